"""An OPC package opened to be copied: its members, its parts, its limits."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import unquote

from tickmark.errors import WriteRefused
from tickmark.write.outline import Element, outline

MOST_BYTES: Final = 2 << 30
MOST_MEMBERS: Final = 20_000
MOST_MEMBER_BYTES: Final = (4 << 30) - 2
"""What a member may unpack to without ZIP64 records."""

MOST_PART_BYTES: Final = 128 << 20
"""Bound of a part that is unpacked; parts that stay as they are have none."""

CONTENT_TYPES: Final = "[Content_Types].xml"

_OLE: Final = b"\xd0\xcf\x11\xe0"
_LOCAL_HEADER: Final = 30
_ENCRYPTED: Final = 0x1
_UNPACKABLE: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True, slots=True)
class Package:
    """An open package; `members` are found by lower-case part name.

    `stream` is the source, open for reading; `name` stands in messages.
    """

    name: str
    stream: BinaryIO
    archive: zipfile.ZipFile
    members: Mapping[str, zipfile.ZipInfo]

    def member(self, part: str) -> zipfile.ZipInfo | None:
        """The zip member that holds a part; letter case does not matter."""
        return self.members.get(_folded(part))

    def read(self, part: str) -> bytes:
        """The bytes of a part. Raises WriteRefused where it is missing, damaged or too large."""
        info = self.member(part)
        if info is None:
            raise self.refused(f"is damaged: its part {shown(part)} is missing", "save it again")
        if info.file_size > MOST_PART_BYTES:
            megabytes = f"{MOST_PART_BYTES >> 20} MB"
            raise self.refused(
                f"cannot be patched: its part {shown(part)} is over {megabytes}", "make it smaller"
            )
        if info.compress_type not in _UNPACKABLE:
            raise self.refused(f"packs {shown(part)} in an unusual way", "save it again")
        try:
            return self.archive.read(info)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            reason = f"is damaged in {shown(part)} ({str(error) or 'cut short'})"
            raise self.refused(reason, "open and save it again") from error

    def outline(self, part: str, inside: Collection[str]) -> Element:
        """The outline of a part, with the children of the elements named `inside`."""
        return outline(self.read(part), inside, label=f"{shown(part)} of {self.name}")

    def refused(self, reason: str, remedy: str) -> WriteRefused:
        """The error that says why this package is not patched and what to do in Excel."""
        return WriteRefused(f"{self.name} {reason}; {remedy} in Excel first.")


@dataclass(frozen=True, slots=True)
class Relationship:
    """One relationship of a part; `target` is a part name, empty for one outside."""

    id: str
    type: str
    target: str


@contextmanager
def open_package(source: Path) -> Iterator[Package]:
    """Open a workbook file for reading only.

    Raises WriteRefused for what is no sound zip package of a bearable size or is signed, OSError
    where the file cannot be read.
    """
    with source.open("rb") as stream:
        _check_head(source.name, stream)
        try:
            archive = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            message = f"{source.name} is damaged ({error}); open and save it again in Excel."
            raise WriteRefused(message) from error
        with archive:
            package = Package(source.name, stream, archive, _members(source.name, archive))
            _check(package)
            yield package


def _check_head(name: str, stream: BinaryIO) -> None:
    head = stream.read(4)
    size = stream.seek(0, 2)
    stream.seek(0)
    if head == _OLE:
        message = (
            f"{name} is an old .xls file or protected with a password, and neither can be patched; "
            "save it in Excel as .xlsx without a password first."
        )
    elif not head.startswith(b"PK"):
        message = f"{name} is no .xlsx file inside; open and save it again in Excel."
    elif size > MOST_BYTES:
        message = f"{name} is over {MOST_BYTES >> 30} GB and cannot be patched; make it smaller."
    else:
        return
    raise WriteRefused(message)


def _members(name: str, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    members: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        key = _folded(info.filename)
        if key in members:
            message = (
                f"{name} holds two parts called {shown(info.filename)}; "
                "open and save it again in Excel first."
            )
            raise WriteRefused(message)
        members[key] = info
    return members


def _check(package: Package) -> None:
    infos = package.archive.infolist()
    if len(infos) > MOST_MEMBERS:
        raise package.refused(f"has more than {MOST_MEMBERS:,} parts", "make it smaller")
    if any(info.file_size > MOST_MEMBER_BYTES for info in infos):
        raise package.refused("has a part of more than 4 GB", "make it smaller")
    if any(info.flag_bits & _ENCRYPTED for info in infos):
        raise package.refused("has encrypted parts", "save it without a password")
    packed = sum(info.compress_size + _LOCAL_HEADER for info in infos)
    if packed > package.stream.seek(0, 2) or any(info.header_offset < 0 for info in infos):
        raise package.refused(
            "is damaged: its parts overlap or stand outside", "open and save it again"
        )
    if package.member(CONTENT_TYPES) is None:
        raise package.refused("is a zip file but no workbook", "save it as .xlsx")
    if any(key.startswith("_xmlsignatures/") for key in package.members):
        raise package.refused(
            "is digitally signed, and any change would void the signature", "remove the signature"
        )


def relationships(package: Package, part: str) -> tuple[Relationship, ...]:
    """The relationships of a part; of the package itself for "".

    Raises WriteRefused for one that points outside the package without saying so.
    """
    place = relationships_part(part)
    if package.member(place) is None:
        return ()
    found = package.outline(place, {"Relationships"}).named("Relationship")
    return tuple(
        Relationship(
            one.attributes.get("Id", ""),
            one.attributes.get("Type", ""),
            _target(package, part, one),
        )
        for one in found
    )


def relationships_part(part: str) -> str:
    """The part that holds the relationships of a part."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def relative_target(part: str, target: str) -> str:
    """How a relationship of `part` names the part `target`."""
    return posixpath.relpath("/" + target, "/" + posixpath.dirname(part))


def shown(part: str) -> str:
    """A part name fit for a message, whatever a stranger called it."""
    most = 80
    return repr(part if len(part) <= most else part[:most] + "…")


def _target(package: Package, part: str, one: Element) -> str:
    if one.attributes.get("TargetMode", "").lower() == "external":
        return ""
    text = one.attributes.get("Target", "").replace("\\", "/").partition("#")[0]
    joined = text if text.startswith("/") else posixpath.join(posixpath.dirname(part), text)
    target = posixpath.normpath(joined.lstrip("/")) if text else ""
    if target.startswith(".."):
        raise package.refused(
            f"is damaged: {shown(text)} points outside of it", "open and save it again"
        )
    plain = unquote(target)
    return plain if package.member(target) is None and package.member(plain) else target


def _folded(part: str) -> str:
    return part.replace("\\", "/").lstrip("/").lower()
