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


def decrypt(data: bytes, path: str, limits: Limits, password: str | None) -> bytes:
    """The bytes of the workbook inside an encrypted one.

    Raises PasswordNeeded without the right password, WorkbookRefused for a damaged file.
    """
    until = time.monotonic() + limits.child_seconds
    with running(_MODULE, {"password": password}, data, limits, until=until) as child:
        line = child.output.readline()
        opened = child.output.read()
    status = json.loads(line)["status"] if line.endswith(b"\n") else "damaged"
    if status == "open":
        return opened
    if status == "damaged":
        raise WorkbookRefused(
            f"{path} is encrypted in a way that cannot be opened; save it without a password."
        )
    if password is None:
        raise PasswordNeeded(f"{path} is protected by a password; give it with --password.")
    raise PasswordNeeded(f"{path} does not open with the password that --password gives.")
