"""LibreOffice as a converter of old formats, each file once."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tickmark.read.clean_copy import clean_copy
from tickmark.read.conversion import NotConverted, convert
from tickmark.read.converted_files import ConvertedFiles
from tickmark.read.limits import Limits
from tickmark.read.package import PartUnreadable

_RECIPE: Final = 1
"""To be raised when what is given to LibreOffice, or its settings, change."""

_TOLD: Final = ("versionrc", "version.ini", "bootstraprc", "bootstrap.ini")
_PRODUCT: Final = re.compile(r"^ProductKey\s*=\s*(LibreOffice [0-9.]{1,12})", re.MULTILINE)
_MOST: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Office:
    """A LibreOffice: its executable `soffice`, and the private folder of converted files."""

    program: Path
    converted: Path


def office_name(program: Path) -> str:
    """`LibreOffice 7.4`, or without number where the installation does not tell."""
    for text in _told(program):
        found = _PRODUCT.search(text.decode("utf-8", "replace"))
        if found is not None:
            return found[1]
    return "LibreOffice"


def converted(office: Office, data: bytes, path: str, kind: str, limits: Limits) -> bytes:
    """The bytes of an .xls, .xlsb or .ods file, converted to .xlsx now or before.

    `path` is for messages. Raises NotConverted; no other error leaves it but WorkbookRefused.
    """
    files = ConvertedFiles(office.converted)
    key = _key(office.program, data, kind)
    known = files.get(key)
    if known is not None:
        return known
    try:
        copy = clean_copy(data, path, kind, limits)
    except PartUnreadable as error:
        raise NotConverted(str(error)) from error
    try:
        files.prepare()
    except OSError as error:
        reason = error.strerror or "the system refuses"
        raise NotConverted(f"the folder {office.converted} cannot be written: {reason}") from error
    made = convert(office.program, office.converted, copy, kind, limits)
    if zipfile.is_zipfile(io.BytesIO(made)):  # else it is for the reader to refuse
        files.put(key, made)
    return made


def _key(program: Path, data: bytes, kind: str) -> str:
    """What a conversion depends on: file, kind, LibreOffice, and how it is asked."""
    seen = hashlib.sha256(f"{_RECIPE} {kind}\n".encode())
    for text in _told(program):
        seen.update(hashlib.sha256(text).digest())
    try:
        found = program.resolve().stat()
        seen.update(f"{found.st_size} {found.st_mtime_ns}".encode())
    except OSError:
        pass  # a program that is not there converts nothing either
    seen.update(data)
    return seen.hexdigest()


def _told(program: Path) -> list[bytes]:
    """What an installation says about its version, in files beside its programs."""
    folder = program.resolve().parent
    places = (folder, folder.parent / "Resources")
    found: list[bytes] = []
    for place in places:
        for name in _TOLD:
            try:
                with (place / name).open("rb") as stream:
                    found.append(stream.read(_MOST))
            except OSError:
                continue
    return found
