"""Encrypted workbooks: decrypted into memory by a child process, never onto the disk."""

from __future__ import annotations

import json
import time
from typing import Final

from tickmark.errors import PasswordNeeded, WorkbookRefused
from tickmark.read.child import running
from tickmark.read.limits import Limits

_MODULE: Final = "tickmark.read.decrypt_child"
_PACKAGE_STREAM: Final = "EncryptedPackage".encode("utf-16-le")


def holds_encrypted_package(data: bytes) -> bool:
    """Whether an OLE container is an encrypted workbook of the Office Open XML family."""
    return _PACKAGE_STREAM in data


def decrypt(data: bytes, path: str, limits: Limits, password: str | None) -> bytes | None:
    """The bytes of the workbook inside an encrypted one; None where it is not seen to be encrypted.

    Raises PasswordNeeded without the right password, WorkbookRefused where it cannot be decrypted.
    """
    until = time.monotonic() + limits.child_seconds
    with running(_MODULE, {"password": password}, data, limits, until=until) as child:
        encrypted = _answer(child.output.readline())
        fits = _answer(child.output.readline()) if encrypted else False
        # Encryption packs nothing, so that more than the file holds is none of it.
        opened = child.output.read(len(data) + 1) if fits else b""
        stopped = child.stopped
    if stopped:
        raise WorkbookRefused(f"{path} is encrypted and cannot be opened: {stopped}.")
    if not encrypted:
        return None
    if fits is False:
        given = "does not open with the password that --password gives"
        wanted = "is protected by a password; give it with --password"
        raise PasswordNeeded(f"{path} {given if password else wanted}.")
    if not 0 < len(opened) <= len(data):
        raise WorkbookRefused(
            f"{path} is damaged, or encrypted in a way that cannot be opened; save it without a "
            "password."
        )
    return opened


def _answer(line: bytes) -> bool | None:
    """What a line of the child says; None where the child ended before."""
    if not line.endswith(b"\n"):
        return None
    return bool(next(iter(json.loads(line).values())))
