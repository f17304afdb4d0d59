"""The log of the ribbon: what each button did, and why something failed."""

from __future__ import annotations

import datetime as dt
import os
import traceback
from pathlib import Path
from typing import Final

from tickmark.hosts.private_file import private_folder
from tickmark.settings import debugging, find_key, state_folder

LARGEST: Final = 1_000_000
"""Bytes from which on a log is put aside; one older log is kept."""


def log_file() -> Path:
    """Where the log is, whether it exists or not."""
    return state_folder() / "log" / "tickmark.log"


def log(tag: str, sentence: str, detail: str = "") -> None:
    """Add one entry; `detail` may have many lines. Never raises: a full disk is no reason to fail.

    The API key, should it stand in a detail, is taken out.
    """
    moment = dt.datetime.now(dt.UTC).astimezone().isoformat(timespec="seconds")
    lines = [f"{moment} {tag}: {' '.join(sentence.split())}"]
    if detail:
        lines += [f"    {line}" for line in _without_key(detail).splitlines()]
    text = "\n".join(lines) + "\n"
    path = log_file()
    try:
        private_folder(path.parent)
        if path.exists() and path.stat().st_size > LARGEST:
            path.replace(path.with_suffix(".1.log"))
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        with os.fdopen(os.open(path, flags, 0o600), "ab") as file:
            file.write(text.encode("utf-8", "backslashreplace"))
    except OSError:
        return


def trace(error: Exception) -> str:
    """Where an unexpected error came from; its own text, which may quote a cell, only if debugging.

    What it was caused by is told in the same way.
    """
    if debugging():
        return "".join(traceback.format_exception(error))
    lines: list[str] = []
    one: BaseException | None = error
    while one is not None:
        frames = traceback.extract_tb(one.__traceback__)
        lines += [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
        lines.append(type(one).__name__)
        one = one.__cause__ or one.__context__
    return "\n".join(lines)


def _without_key(text: str) -> str:
    key = find_key()
    return text.replace(key.secret, "(key)") if key else text
