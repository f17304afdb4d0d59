"""Compound files (MS-CFB), the container of .xls: their streams read, and a plain one written."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

SIGNATURE: Final = bytes.fromhex("D0CF11E0A1B11AE1")

_SECTOR: Final = 512
_SMALL: Final = 4096
"""Streams below this many bytes live in small sectors of the root's stream."""
_SMALL_SECTOR: Final = 64
_ENTRY: Final = 128
_LAST: Final = 0xFFFF_FFFA
"""Numbers of sectors stay below it; those from it on are marks."""
_END: Final = 0xFFFF_FFFE
_FREE: Final = 0xFFFF_FFFF
_FAT: Final = 0xFFFF_FFFD
_DIFAT: Final = 0xFFFF_FFFC
_NONE: Final = 0xFFFF_FFFF
_IN_HEADER: Final = 109
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_MOST_ENTRIES: Final = 100_000
_SIZES: Final = {3: 512, 4: 4096}


class CompoundDamaged(Exception):
    """A compound file that cannot be read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the directory: a storage or a stream with its first sector and its size."""

    name: str
    kind: int
    start: int
    size: int


@dataclass(frozen=True, slots=True, eq=False)
class Compound:
    """An opened compound file; `fat` and `small_fat` tell for each sector the one behind it."""

    data: bytes
    sector: int
    fat: tuple[int, ...]
    small_fat: tuple[int, ...]
    small: bytes
    entries: tuple[Entry, ...]

    def has_storage(self, *names: str) -> bool:
        """Whether there is a storage of one of the names, at any place; case does not matter."""
        wanted = {name.lower() for name in names}
        return any(one.kind == _STORAGE and one.name.lower() in wanted for one in self.entries)

    def stream(self, *names: str) -> bytes | None:
        """The stream of the first name that there is, at any place. Raises CompoundDamaged."""
        streams = [one for one in self.entries if one.kind == _STREAM]
        for name in names:
            for entry in streams:
                if entry.name.lower() == name.lower():
                    return self._content(entry)
        return None

    def _content(self, entry: Entry) -> bytes:
        if entry.size < _SMALL:
            chain = _chain(self.small_fat, entry.start)
            parts = (self.small[at * _SMALL_SECTOR : (at + 1) * _SMALL_SECTOR] for at in chain)
        else:
            parts = (_sector(self.data, self.sector, at) for at in _chain(self.fat, entry.start))
        return b"".join(parts)[: entry.size]


def open_compound(data: bytes) -> Compound:
    """The compound file in some bytes. Raises CompoundDamaged."""
    try:
        return _open(data)
    except (struct.error, IndexError, UnicodeDecodeError, MemoryError) as error:
        raise CompoundDamaged from error


def _open(data: bytes) -> Compound:
    size = _SIZES.get(struct.unpack_from("<H", data, 26)[0], 0)
    if not data.startswith(SIGNATURE) or not size:
        raise CompoundDamaged
    first_directory, *_ = struct.unpack_from("<I", data, 48)
    first_small, _, more, _ = struct.unpack_from("<4I", data, 60)
    fat = _numbers(data, size, _fat_sectors(data, size, more))
    small_fat = _numbers(data, size, _chain(fat, first_small))
    listed = b"".join(_sector(data, size, at) for at in _chain(fat, first_directory))
    entries = tuple(islice(_entries(listed, wide=size > _SECTOR), _MOST_ENTRIES))
    root = next((one for one in entries if one.kind == _ROOT), None)
    small = b""
    if root is not None:
        small = b"".join(_sector(data, size, at) for at in _chain(fat, root.start))
    return Compound(data, size, fat, small_fat, small, entries)


def _fat_sectors(data: bytes, size: int, more: int) -> list[int]:
    """The sectors that hold the table of sectors."""
    found = list(struct.unpack_from(f"<{_IN_HEADER}I", data, 76))
    seen: set[int] = set()
    while more < _LAST and more not in seen and len(found) * size < len(data):
        seen.add(more)
        *numbers, following = struct.unpack(f"<{size // 4}I", _sector(data, size, more))
        found += numbers
        more = following
    # More than the file's own sectors need is no table; a hostile one names a sector many times.
    needed = len(data) // size // (size // 4) + 2
    return [number for number in found if number < _LAST][:needed]


def _numbers(data: bytes, size: int, sectors: list[int]) -> tuple[int, ...]:
    text = b"".join(_sector(data, size, at) for at in sectors)
    return struct.unpack(f"<{len(text) // 4}I", text)


def _chain(table: tuple[int, ...], first: int) -> list[int]:
    """The sectors from one on. Raises CompoundDamaged for a circle or one that is not there."""
    found: list[int] = []
    at = first
    while at < _LAST:
        found.append(at)
        if len(found) > len(table) or at >= len(table):
            raise CompoundDamaged
        at = table[at]
    return found


def _sector(data: bytes, size: int, at: int) -> bytes:
    """One sector; what lies behind the end of the file counts as zeros."""
    found = data[(at + 1) * size : (at + 2) * size]
    if not found:
        raise CompoundDamaged
    return found.ljust(size, b"\0")


def _entries(listed: bytes, *, wide: bool) -> Iterator[Entry]:
    for at in range(0, len(listed) - _ENTRY + 1, _ENTRY):
        length, kind = struct.unpack_from("<HB", listed, at + 64)
        start, low, high = struct.unpack_from("<3I", listed, at + 116)
        name = listed[at : at + min(64, max(0, length - 2))].decode("utf-16-le", "replace")
        if kind in {_STORAGE, _STREAM, _ROOT}:
            yield Entry(name, kind, start, low + (high << 32 if wide else 0))


def write_compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file of some streams beside each other; short ones are filled up with zeros."""
    padded = {name: text.ljust(_SMALL, b"\0") for name, text in streams.items()}
    directory_size = -(-(len(padded) + 1) * _ENTRY // _SECTOR)
    counts = [-(-len(text) // _SECTOR) for text in padded.values()]
    used = directory_size + sum(counts)
    tables, more = _table_sizes(used)
    fat: list[int] = []
    entries = [_entry("Root Entry", _ROOT, _END, 0, child=_middle(len(padded)))]
    _link(fat, directory_size)
    ordered = sorted(padded, key=lambda name: (len(name), name.upper()))
    starts: dict[str, int] = {}
    for name, count in zip(padded, counts, strict=True):
        starts[name] = len(fat)
        _link(fat, count)
    # A tree of entries in a row is a valid, if lopsided, search tree.
    for place, name in enumerate(ordered, start=1):
        right = place + 1 if place < len(ordered) else _NONE
        entries.append(_entry(name, _STREAM, starts[name], len(padded[name]), right=right))
    first_table = len(fat)
    fat += [_FAT] * tables + [_DIFAT] * more
    fat += [_FREE] * (tables * (_SECTOR // 4) - len(fat))
    body = b"".join(entries).ljust(directory_size * _SECTOR, b"\0")
    for text in padded.values():
        body += text + b"\0" * (-len(text) % _SECTOR)
    body += struct.pack(f"<{len(fat)}I", *fat)
    places = list(range(first_table, first_table + tables))
    header = _header(places, more, first_table + tables)
    return header + body + _more_places(places[_IN_HEADER:], first_table + tables)


def _table_sizes(used: int) -> tuple[int, int]:
    """How many sectors the table takes, and how many the list of those that fit no header."""
    tables, more = 1, 0
    while True:
        wanted = -(-(used + tables + more) // (_SECTOR // 4))
        lists = -(-max(0, wanted - _IN_HEADER) // (_SECTOR // 4 - 1))
        if (wanted, lists) == (tables, more):
            return tables, more
        tables, more = max(wanted, tables), max(lists, more)


def _middle(count: int) -> int:
    return 1 if count else _NONE


def _link(fat: list[int], count: int) -> None:
    """Append a chain of sectors that follow each other."""
    first = len(fat)
    fat += [*range(first + 1, first + count), _END]


def _entry(
    name: str, kind: int, start: int, size: int, *, right: int = _NONE, child: int = _NONE
) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBB3I", len(text), kind, 1, _NONE, right, child)
        + bytes(36)
        + struct.pack("<3I", start, size, 0)
    )


def _header(places: list[int], more: int, first_more: int) -> bytes:
    known = places[:_IN_HEADER]
    return (
        SIGNATURE
        + bytes(16)
        + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6)
        + bytes(6)
        + struct.pack("<4I", 0, len(places), 0, 0)
        + struct.pack("<5I", _SMALL, _END, 0, first_more if more else _END, more)
        + struct.pack(f"<{_IN_HEADER}I", *known, *[_FREE] * (_IN_HEADER - len(known)))
    )


def _more_places(places: list[int], first: int) -> bytes:
    """The sectors that list the table's sectors which fit no header."""
    each = _SECTOR // 4 - 1
    groups = [places[at : at + each] for at in range(0, len(places), each)]
    return b"".join(
        struct.pack(
            f"<{each + 1}I",
            *group,
            *[_FREE] * (each - len(group)),
            _END if number == len(groups) else first + number,
        )
        for number, group in enumerate(groups, start=1)
    )
