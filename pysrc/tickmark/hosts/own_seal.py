"""A seal that only this user on this machine can put on what is read again later."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from tickmark.hosts.private_file import create_private, private_folder
from tickmark.settings import state_folder

FILE_NAME: Final = "seal.key"
SECRET_BYTES: Final = 32


def seal_of(record: Mapping[str, object]) -> str:
    """64 hex digits over a JSON object; new ones each time where no secret can be kept."""
    text = json.dumps(record, sort_keys=True)
    return hmac.new(_secret(), text.encode(), "sha256").hexdigest()


def _secret() -> bytes:
    path = state_folder() / FILE_NAME
    with suppress(OSError):
        private_folder(path.parent)
        with suppress(FileExistsError):
            create_private(path, secrets.token_hex(SECRET_BYTES))
        return path.read_bytes()
    return secrets.token_bytes(SECRET_BYTES)
