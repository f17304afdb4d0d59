"""The copy of a zip archive: raw bytes of members that stay, new bytes of those that do not.

Sizes and offsets stay below 4 GB by the package's limits, so no ZIP64 records are written.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from tickmark.errors import WriteRefused
from tickmark.write.package import Package, shown

_LOCAL_SIZE: Final = 30
_UTF8: Final = 0x800
_DESCRIPTOR: Final = 0x8
_PLAIN: Final = 20
_COMMON: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_CHUNK: Final = 1 << 20
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class _Record:
    """One member of the copy: what the central directory says of it."""

    info: zipfile.ZipInfo
    name: bytes
    flags: int
    version: int
    crc: int
    packed: int
    size: int
    offset: int

    def header(self) -> bytes:
        year, month, day, hour, minute, second = self.info.date_time
        return struct.pack(
            "<5H3L2H",
            self.version,
            self.flags,
            self.info.compress_type,
            hour << 11 | minute << 5 | second // 2,
            (year - 1980) << 9 | month << 5 | day,
            self.crc,
            self.packed,
            self.size,
            len(self.name),
            0,
        )

    def local(self) -> bytes:
        return b"PK\x03\x04" + self.header() + self.name

    def central(self) -> bytes:
        info = self.info
        made_by = info.create_version | info.create_system << 8
        rest = struct.pack(
            "<3H2L", len(info.comment), 0, info.internal_attr, info.external_attr, self.offset
        )
        head = b"PK\x01\x02" + struct.pack("<H", made_by)
        return head + self.header() + rest + self.name + info.comment


def write_archive(
    package: Package, edited: Mapping[str, bytes], added: Mapping[str, bytes], target: BinaryIO
) -> dict[str, int]:
    """Copy a package with some members edited (by their own names) and some added at the end.

    Returns the checksum of the packed bytes of each member copied raw. Order, compression, time
    and attributes stay; padding in extra fields and data descriptors are dropped. Raises
    WriteRefused where the source is damaged.
    """
    records: list[_Record] = []
    checksums: dict[str, int] = {}
    for info in package.archive.infolist():
        if info.filename in edited:
            records.append(_write(info, edited[info.filename], target))
        else:
            record, checksum = _copy(package, info, target)
            records.append(record)
            checksums[info.filename] = checksum
    for name, data in added.items():
        info = zipfile.ZipInfo(name, _EPOCH)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.create_system = 0
        info.flag_bits = 0 if name.isascii() else _UTF8
        records.append(_write(info, data, target))
    _finish(records, package.archive.comment, target)
    return checksums


def check_copy(
    package: Package,
    copy: Path,
    edited: Mapping[str, bytes],
    added: Mapping[str, bytes],
    checksums: Mapping[str, int],
) -> None:
    """Read a written copy back: every member is there in order, each one as it has to be.

    Raises WriteRefused where it is not.
    """
    expected = {**edited, **added}
    with copy.open("rb") as stream, zipfile.ZipFile(stream) as archive:
        sources = package.archive.infolist()
        names = [info.filename for info in sources] + list(added)
        if [info.filename for info in archive.infolist()] != names:
            raise _unfaithful(package, "its list of parts")
        for info in archive.infolist():
            if info.filename in expected:
                same = archive.read(info) == expected[info.filename]
            else:
                was = package.archive.getinfo(info.filename)
                same = _facts(info) == _facts(was) and (
                    _checksum(_packed(stream, info)) == checksums[info.filename]
                )
            if not same:
                raise _unfaithful(package, shown(info.filename))


def _unfaithful(package: Package, what: str) -> WriteRefused:
    return WriteRefused(
        f"The copy of {package.name} failed its check ({what} differs), so nothing was written; "
        "check the disk and try again."
    )


def _facts(info: zipfile.ZipInfo) -> tuple[int, ...]:
    return info.CRC, info.file_size, info.compress_size, info.compress_type


def _copy(package: Package, info: zipfile.ZipInfo, target: BinaryIO) -> tuple[_Record, int]:
    record = _Record(
        info=info,
        name=_name(info),
        flags=info.flag_bits & ~_DESCRIPTOR,
        version=_PLAIN if info.compress_type in _COMMON else info.extract_version,
        crc=info.CRC,
        packed=info.compress_size,
        size=info.file_size,
        offset=target.tell(),
    )
    target.write(record.local())
    checksum = copied = 0
    for chunk in _packed(package.stream, info):
        checksum = zlib.crc32(chunk, checksum)
        copied += target.write(chunk)
    if copied != info.compress_size:
        reason = f"is damaged: {shown(info.filename)} is cut short or misplaced"
        raise package.refused(reason, "open and save it again")
    return record, checksum


def _packed(stream: BinaryIO, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The packed bytes of a member; none where its local header is not what it should be."""
    stream.seek(info.header_offset)
    head = stream.read(_LOCAL_SIZE)
    if len(head) < _LOCAL_SIZE or not head.startswith(b"PK\x03\x04"):
        return
    length, extra = struct.unpack("<2H", head[-4:])
    if stream.read(length) != _name(info):
        return
    stream.seek(extra, 1)
    left = info.compress_size
    while left and (chunk := stream.read(min(left, _CHUNK))):
        left -= len(chunk)
        yield chunk


def _checksum(chunks: Iterator[bytes]) -> int:
    checksum = 0
    for chunk in chunks:
        checksum = zlib.crc32(chunk, checksum)
    return checksum


def _name(info: zipfile.ZipInfo) -> bytes:
    """The member's name in the bytes of the source."""
    return info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437")


def _write(info: zipfile.ZipInfo, data: bytes, target: BinaryIO) -> _Record:
    packed = data
    if info.compress_type == zipfile.ZIP_DEFLATED:
        packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        packed = packer.compress(data) + packer.flush()
    record = _Record(
        info=info,
        name=_name(info),
        flags=info.flag_bits & _UTF8,
        version=_PLAIN,
        crc=zlib.crc32(data),
        packed=len(packed),
        size=len(data),
        offset=target.tell(),
    )
    target.write(record.local())
    target.write(packed)
    return record


def _finish(records: list[_Record], comment: bytes, target: BinaryIO) -> None:
    start = target.tell()
    target.writelines(record.central() for record in records)
    size = target.tell() - start
    count = len(records)
    end = struct.pack("<4H2LH", 0, 0, count, count, size, start, len(comment))
    target.write(b"PK\x05\x06" + end + comment)
    target.flush()
