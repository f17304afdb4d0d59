"""A zip package of parts: opened from bytes, inflated piece by piece within the limits."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar, cast

from tickmark.errors import SheetUnreadable, WorkbookRefused
from tickmark.read.limits import Limits, allows_more

Made = TypeVar("Made")

CHUNK = 1 << 18

_ENTRY = b"PK\x01\x02"
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,  # also NotImplementedError
    ValueError,  # also UnicodeDecodeError
    OverflowError,
    IndexError,
)


class PartUnreadable(SheetUnreadable):
    """A part that is missing, damaged or too large; the text is a clause without a subject."""


@dataclass(slots=True, eq=False)
class Package:
    """The parts of an opened file; `path` is how messages call it, `data` are its bytes.

    `members` maps a part's name in lower case, with `/` and no leading slash, to its place in the
    archive. `inflated` counts all bytes unpacked so far, of parts that are read twice both times.
    `kept` is what `once` has made.
    """

    path: str
    archive: zipfile.ZipFile
    members: dict[str, zipfile.ZipInfo]
    limits: Limits
    data: bytes
    inflated: int = 0
    kept: dict[str, object] = field(default_factory=dict)

    def __contains__(self, part: str) -> bool:
        return part.lower() in self.members


def open_package(data: bytes, path: str, limits: Limits) -> Package:
    """The package in a file's bytes.

    Raises WorkbookRefused for a damaged archive, too many members or two of one name.
    """
    if data.count(_ENTRY) > limits.zip_members:
        raise WorkbookRefused(
            f"{path} holds more than {limits.zip_members:,} parts and was refused as a possible "
            f"zip bomb; {allows_more('zip_members')}."
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _ZIP_ERRORS:
        raise WorkbookRefused(
            f"{path} is damaged: its zip archive cannot be opened; restore it from a backup or "
            "save it again."
        ) from None
    members: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        name = member.filename.replace("\\", "/").lstrip("/").lower()
        if name in members and not name.endswith("/"):
            raise WorkbookRefused(
                f"{path} was refused: it holds two parts of the name {name!r}, and programs "
                "differ in which of them they read."
            )
        members[name] = member
    return Package(path, archive, members, limits, data)


def chunks(package: Package, part: str) -> Iterator[bytes]:
    """The unpacked bytes of a part, piece by piece.

    Raises PartUnreadable for a part that is missing, damaged or too large, WorkbookRefused where
    all parts together are too large.
    """
    member = package.members.get(part.lower())
    if member is None:
        raise PartUnreadable(f"its part {part} is missing")
    if member.compress_type not in _METHODS or member.flag_bits & _ENCRYPTED:
        raise PartUnreadable(f"its part {part} is packed in a way that workbooks never are")
    size = 0
    try:
        with package.archive.open(member) as stream:
            while piece := stream.read(CHUNK):
                size += len(piece)
                count_inflated(package, len(piece))
                _check(package, member, part, size)
                yield piece
    except _ZIP_ERRORS as error:
        raise PartUnreadable(f"its part {part} is damaged inside the zip archive") from error


def check_sizes(package: Package) -> None:
    """Unpack all parts that hold data, for readers without bounds of their own.

    Raises as `chunks` does.
    """
    for part in package.members:
        if part.endswith((".xml", ".bin", ".rels")):
            for _ in chunks(package, part):
                pass


def content(package: Package, part: str) -> bytes:
    """All bytes of a part; raises as `chunks` does."""
    return b"".join(chunks(package, part))


def once(package: Package, key: str, make: Callable[[], Made]) -> Made:
    """What `make` gives, made once for all sheets of a package; a key has one kind of it."""
    if key not in package.kept:
        package.kept[key] = make()
    return cast("Made", package.kept[key])


def count_inflated(package: Package, count: int) -> None:
    """Add to the bytes unpacked so far. Raises WorkbookRefused where they are too many."""
    package.inflated += count
    limits = package.limits
    if _too_much_for_its_size(package, package.inflated):
        raise WorkbookRefused(
            f"{package.path} unpacks to more than {limits.ratio} times its size and was refused as "
            f"a possible zip bomb; {allows_more('ratio')}."
        )
    if package.inflated > limits.total_bytes:
        raise WorkbookRefused(
            f"{package.path} unpacks to more than {limits.total_bytes / 1e9:g} GB and was refused "
            f"as a possible zip bomb; {allows_more('total_bytes')}."
        )


def may_inflate(package: Package, count: int) -> bool:
    """Whether so many more bytes can be unpacked without a refusal."""
    total = package.inflated + count
    return total <= package.limits.total_bytes and not _too_much_for_its_size(package, total)


def _too_much_for_its_size(package: Package, inflated: int) -> bool:
    limits = package.limits
    return inflated > limits.ratio_from and inflated > limits.ratio * len(package.data)


def _check(package: Package, member: zipfile.ZipInfo, part: str, size: int) -> None:
    limits = package.limits
    if size > limits.part_bytes:
        raise PartUnreadable(
            f"its part {part} unpacks to more than {limits.part_bytes / 1e6:g} MB; "
            f"{allows_more('part_bytes')}"
        )
    if size > limits.ratio_from and size > limits.ratio * max(member.compress_size, 1):
        raise PartUnreadable(
            f"its part {part} unpacks to more than {limits.ratio} times its size, which is the "
            f"mark of a zip bomb; {allows_more('ratio')}"
        )
