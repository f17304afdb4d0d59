"""The container of a VBA project: a compound file, version 3 (MS-CFB), written in one go."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

Storage = Mapping[str, "bytes | Storage"]
"""Names to streams and to storages within."""

SECTOR: Final = 512
MINI_SECTOR: Final = 64
MINI_LIMIT: Final = 4096
"""Streams below this many bytes live in the mini stream."""

_FREE: Final = 0xFFFF_FFFF
_END: Final = 0xFFFF_FFFE
_FAT: Final = 0xFFFF_FFFD
_NONE: Final = 0xFFFF_FFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_HEADER_FATS: Final = 109
_PER_FAT: Final = SECTOR // 4
_SIGNATURE: Final = bytes.fromhex("D0CF11E0A1B11AE1")
_LONGEST_NAME: Final = 31


@dataclass(slots=True)
class _Entry:
    """One directory entry; `content` is what a stream holds."""

    name: str
    kind: int
    content: bytes = b""
    left: int = _NONE
    right: int = _NONE
    child: int = _NONE
    start: int = _END


@dataclass(slots=True)
class _Sectors:
    """Sectors of one size with the chains that join them."""

    size: int
    data: bytearray = field(default_factory=bytearray)
    chains: list[int] = field(default_factory=list)

    def put(self, content: bytes) -> int:
        """Append a chain with this content; its first sector."""
        if not content:
            return _END
        first, count = len(self.chains), -(-len(content) // self.size)
        self.chains += [*range(first + 1, first + count), _END]
        self.data += content.ljust(count * self.size, b"\0")
        return first


def compound_file(root: Storage) -> bytes:
    """A compound file with these streams; equal trees give equal bytes.

    Raises ValueError for a name of more than 31 characters and for more than about 7 MB.
    """
    entries = _entries(root)
    sectors, mini = _Sectors(SECTOR), _Sectors(MINI_SECTOR)
    for entry in entries:
        if entry.kind == _STREAM:
            entry.start = (mini if len(entry.content) < MINI_LIMIT else sectors).put(entry.content)
    entries[0].content = bytes(mini.data)
    entries[0].start = sectors.put(entries[0].content)
    chains = struct.pack(f"<{len(mini.chains)}I", *mini.chains)
    mini_fat = sectors.put(_padded(chains, b"\xff"))
    directory = sectors.put(_directory(entries))
    first_fat, fat = _fat(sectors.chains)
    header = _header(
        fats=range(first_fat, first_fat + len(fat) // SECTOR),
        directory=directory,
        mini_fat=mini_fat,
        mini_fats=-(-len(chains) // SECTOR),
    )
    return header + bytes(sectors.data) + fat


def _entries(root: Storage) -> list[_Entry]:
    """All entries, the root first, each storage with its children as a balanced tree."""
    entries = [_Entry("Root Entry", _ROOT)]
    _add_children(entries, 0, root)
    return entries


def _add_children(entries: list[_Entry], parent: int, storage: Storage) -> None:
    numbers = []
    for name in sorted(storage, key=_order):
        if len(name) > _LONGEST_NAME:
            message = f"{name!r} is too long for a stream: at most {_LONGEST_NAME} characters."
            raise ValueError(message)
        content = storage[name]
        numbers.append(len(entries))
        if isinstance(content, bytes):
            entries.append(_Entry(name, _STREAM, content))
        else:
            entries.append(_Entry(name, _STORAGE))
            _add_children(entries, numbers[-1], content)
    entries[parent].child = _tree(entries, numbers)


def _order(name: str) -> tuple[int, str]:
    """Names are in order of length, then of capital letters."""
    return len(name), name.upper()


def _tree(entries: list[_Entry], numbers: Sequence[int]) -> int:
    """Joins sorted siblings to a balanced tree; its root."""
    if not numbers:
        return _NONE
    middle = len(numbers) // 2
    entry = entries[numbers[middle]]
    entry.left = _tree(entries, numbers[:middle])
    entry.right = _tree(entries, numbers[middle + 1 :])
    return numbers[middle]


def _directory(entries: Sequence[_Entry]) -> bytes:
    records = b"".join(_record(entry) for entry in entries)
    unused = bytes(68) + struct.pack("<III", _NONE, _NONE, _NONE) + bytes(48)
    while len(records) % SECTOR:
        records += unused
    return records


def _record(entry: _Entry) -> bytes:
    name = entry.name.encode("utf-16-le") + b"\0\0"
    black = 1
    start = 0 if entry.kind == _STORAGE else entry.start
    return (
        name.ljust(64, b"\0")
        + struct.pack("<HBB", len(name), entry.kind, black)
        + struct.pack("<III", entry.left, entry.right, entry.child)
        + bytes(16 + 4 + 8 + 8)  # class, state and times: none
        + struct.pack("<IQ", start, len(entry.content))
    )


def _fat(chains: Sequence[int]) -> tuple[int, bytes]:
    """The table of all chains and the number of its first sector."""
    count = 1
    while count * _PER_FAT < len(chains) + count:
        count += 1
    if count > _HEADER_FATS:
        raise ValueError("The compound file would be larger than about 7 MB.")
    table = struct.pack(f"<{len(chains) + count}I", *chains, *[_FAT] * count)
    return len(chains), _padded(table, b"\xff")


def _header(*, fats: range, directory: int, mini_fat: int, mini_fats: int) -> bytes:
    numbers = [*fats, *[_FREE] * (_HEADER_FATS - len(fats))]
    return (
        _SIGNATURE
        + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)  # version 3.62, sectors of 2**9 and 2**6
        + bytes(6)
        + struct.pack("<IIIII", 0, len(fats), directory, 0, MINI_LIMIT)
        + struct.pack("<IIII", mini_fat, mini_fats, _END, 0)
        + struct.pack(f"<{_HEADER_FATS}I", *numbers)
    )


def _padded(content: bytes, filler: bytes) -> bytes:
    return content.ljust(-(-len(content) // SECTOR) * SECTOR, filler)
