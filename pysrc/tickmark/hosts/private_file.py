"""Small JSON files in the user's own folders that nobody else may read."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


def write_private(path: Path, record: Mapping[str, object]) -> None:
    """Write a file whole or not at all, readable by its owner only. Raises OSError."""
    write_private_text(path, json.dumps(record, indent=1))


def write_private_text(path: Path, text: str) -> None:
    """The same with text. Raises OSError."""
    private_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        create_private(temporary, text)
        temporary.replace(path)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def create_private(path: Path, text: str) -> None:
    """Make a new file readable by its owner only. Raises FileExistsError where it is there."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def read_private(path: Path) -> dict[str, object]:
    """The record of a file; an empty one where it is missing or damaged."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def private_folder(path: Path) -> Path:
    """The folder, made for its owner only where it is missing. Raises OSError."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
