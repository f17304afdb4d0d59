"""One file to one Workbook, by what the file holds and not by its name alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tickmark.errors import WorkbookRefused
from tickmark.model.workbook import Workbook
from tickmark.read.delimited import is_text, read_delimited
from tickmark.read.encrypted import decrypt, holds_encrypted_package
from tickmark.read.limits import SUPPORTED, Limits
from tickmark.read.office import Office
from tickmark.read.older_formats import Older, read_older
from tickmark.read.ooxml import content_type, main_part, read_ooxml
from tickmark.read.package import Package, PartUnreadable, check_sizes, content, open_package

__all__ = ["SUPPORTED", "read_workbook"]

DEFAULT_LIMITS: Final = Limits()

_ZIP = b"PK"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_EXCEL = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
_OLE_WORKBOOKS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
_OOXML = frozenset({"xlsx", "xlsm", "xltx", "xltm"})
_DELIMITED = frozenset({"csv", "tsv"})
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"


@dataclass(frozen=True, slots=True)
class _File:
    """A file in memory; `extension` is lower case and without dot."""

    path: str
    extension: str
    data: bytes
    sha256: str
    limits: Limits
    password: str | None
    details: bool
    processes: int
    office: Office | None
    encrypted: bool = False


def read_workbook(
    path: str | Path,
    limits: Limits = DEFAULT_LIMITS,
    *,
    password: str | None = None,
    details: bool = True,
    processes: int = 0,
    office: Office | None = None,
) -> Workbook:
    """Read a workbook file of any supported kind.

    `details` False leaves out what stands beside cells, names, tables and links. Several large
    sheets are read by up to `processes` at once: 0 is one a core, or 1 inside a worker of
    multiprocessing; no number changes the result. With `office` the formulas of .xls, .xlsb and
    .ods are read too. A sheet that cannot be read is among the `failures`, the others are read.
    Raises WorkbookRefused for a file that cannot be read at all and PasswordNeeded for an
    encrypted one without the right password.
    """
    data = _bytes(Path(path), str(path), limits)
    file = _File(
        path=str(path),
        extension=Path(path).suffix.lower().removeprefix("."),
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
        limits=limits,
        password=password,
        details=details,
        processes=processes,
        office=office,
    )
    return _read(file)


def _bytes(path: Path, shown: str, limits: Limits) -> bytes:
    try:
        if not path.is_file():
            raise WorkbookRefused(f"{shown} is no file; name a workbook.")
        size = path.stat().st_size
        with path.open("rb") as stream:
            data = stream.read(limits.file_bytes + 1) if size <= limits.file_bytes else b""
    except OSError as error:
        reason = error.strerror or "the system refuses"
        raise WorkbookRefused(f"{shown} cannot be opened: {reason}.") from error
    if max(size, len(data)) > limits.file_bytes:
        raise WorkbookRefused(
            f"{shown} has {size / 1e6:,.1f} MB; the limit is {limits.file_bytes / 1e6:g} MB, set "
            "with --max-file-mb."
        )
    if not data:
        raise WorkbookRefused(f"{shown} is empty.")
    return data


def _read(file: _File) -> Workbook:
    data = file.data
    if data.startswith(_ZIP):
        return _read_package(file)
    if data.startswith(_OLE):
        return _read_ole(file)
    if data.startswith(_OLD_EXCEL):
        raise WorkbookRefused(
            f"{file.path} is a workbook of Excel 4 or older; open it in Excel and save it as .xlsx."
        )
    if is_text(data):
        return _read_text(file)
    raise WorkbookRefused(
        f"{file.path} is no workbook: its content is that of no known format; it may be damaged."
    )


def _read_package(file: _File) -> Workbook:
    package = open_package(file.data, file.path, file.limits)
    if "mimetype" in package or "content.xml" in package:
        _check_open_document(package)
        return _older_package(file, package, "ods")
    part = main_part(package)
    if part.lower().endswith(".bin"):
        return _older_package(file, package, "xlsb")
    kind = _kind(content_type(package, part))
    read = read_ooxml(
        package,
        file.sha256,
        file.extension if file.extension in _OOXML else kind,
        details=file.details,
        processes=file.processes,
    )
    return _named(file, read)


def _check_open_document(package: Package) -> None:
    try:
        kind = content(package, "mimetype") if "mimetype" in package else _ODS
        encrypted = (
            b"encryption-data" in content(package, "META-INF/manifest.xml")
            if "META-INF/manifest.xml" in package
            else False
        )
    except PartUnreadable as error:
        raise WorkbookRefused(f"{package.path} is damaged: {error}.") from error
    if not kind.strip().startswith(_ODS):
        raise WorkbookRefused(f"{package.path} is an OpenDocument file, but no spreadsheet.")
    if encrypted:
        raise WorkbookRefused(
            f"{package.path} is an encrypted OpenDocument file, which cannot be opened here; save "
            "it without a password."
        )


def _kind(declared: str) -> str:
    text = declared.lower()
    return ("xlt" if "template" in text else "xls") + ("m" if "macroenabled" in text else "x")


def _read_ole(file: _File) -> Workbook:
    if holds_encrypted_package(file.data):
        opened = decrypt(file.data, file.path, file.limits, file.password)
        if opened is None or not opened.startswith(_ZIP):
            raise WorkbookRefused(
                f"{file.path} is encrypted, but holds no workbook that can be opened."
            )
        return _read_package(replace(file, data=opened, encrypted=True))
    if not any(name in file.data for name in _OLE_WORKBOOKS):
        raise WorkbookRefused(
            f"{file.path} holds no workbook: it is damaged, or an old document or mail."
        )
    try:
        return _older(file, "xls")
    except WorkbookRefused:  # an encrypted one may look damaged
        opened = decrypt(file.data, file.path, file.limits, file.password)
        if opened is None:
            raise
    return _older(replace(file, data=opened, encrypted=True), "xls")


def _older(file: _File, kind: str) -> Workbook:
    return _named(
        file,
        read_older(
            Older(
                data=file.data,
                path=file.path,
                sha256=file.sha256,
                kind=kind,
                limits=file.limits,
                details=file.details,
                processes=file.processes,
                office=file.office,
                encrypted=file.encrypted,
            )
        ),
    )


def _older_package(file: _File, package: Package, kind: str) -> Workbook:
    try:
        check_sizes(package)
    except PartUnreadable as error:
        raise WorkbookRefused(f"{file.path} cannot be read: {error}.") from error
    return _older(file, kind)


def _read_text(file: _File) -> Workbook:
    start = file.data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"mime-version")):
        raise WorkbookRefused(
            f"{file.path} is a web page with the name of a workbook; open it in Excel and save it "
            "as .xlsx."
        )
    if start.startswith((b"<?xml", b"<workbook")):
        raise WorkbookRefused(
            f"{file.path} is an XML file, perhaps of Excel 2003; open it in Excel and save it as "
            ".xlsx."
        )
    if file.extension not in _DELIMITED and file.extension != "xls":
        raise WorkbookRefused(
            f"{file.path} is a text file and no workbook; if it is a table of values, name it .csv."
        )
    kind = file.extension if file.extension in _DELIMITED else "csv"
    read = read_delimited(file.data, file.path, file.sha256, kind, file.limits)
    return _named(file, read)


def _named(file: _File, read: Workbook) -> Workbook:
    """The workbook, with a note where its name says another format than it has."""
    if read.format == file.extension:
        return read
    note = f"Its name ends in .{file.extension}, but its content is .{read.format}."
    return replace(read, notes=(note, *read.notes))
