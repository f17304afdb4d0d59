"""A part on its way to the parser: whole units of it are taken out for who reads them faster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

BLOCK: Final = 1 << 20
"""Bytes that are handed over at once; more does not fit the processor's cache."""

LEAST: Final = 1 << 13
"""Fewer bytes at once cost more in bulk than in the parser."""

MOST: Final = 1 << 23
"""A unit of more bytes than these is left to the parser."""


@dataclass(frozen=True, slots=True)
class Units:
    """The tag in front of the units of a part or of the first, the ends of each and of all."""

    begin: bytes
    unit_end: bytes
    end: bytes
    inside: bool = False

    @property
    def head(self) -> int:
        """How many bytes of `begin` the parser sees before the first unit."""
        return 0 if self.inside else len(self.begin)


ROWS: Final = Units(b"<sheetData>", b"</row>", b"</sheetData>")
STRINGS: Final = Units(b"<si>", b"</si>", b"</sst>", inside=True)


def without_units(
    pieces: Iterable[bytes],
    units: Units,
    ready: Callable[[], bool],
    take: Callable[[bytes], bool],
) -> Iterator[bytes]:
    """The pieces of a part without the units that `take` has read.

    `ready` tells, once everything in front of the units was handed on, whether any may be taken,
    and again before each block; a block that `take` returns False for is handed on. Of those taken
    only the line breaks are, so that lines keep their numbers.
    """
    source = iter(pieces)
    head = _until(source, units.begin)
    at = head.find(units.begin)
    if at < 0:
        yield head
        yield from source
        return
    at += units.head
    yield head[:at]
    rest = head[at:]
    while ready():
        data, more = _filled(source, rest)
        cut = data.rfind(units.unit_end) + len(units.unit_end)
        if cut < len(units.unit_end):
            cut = 0
        # Where the end stands before a unit, the block is not taken and the parser meets it.
        end = data.find(units.end, cut)
        cut = max(cut, end)
        block, rest = data[:cut], data[cut:]
        if len(block) >= LEAST and take(block):
            block = b"\n" * line_breaks(block)
        elif holds_markup(block):
            # What looks like the end of a unit may stand in a comment.
            yield block
            break
        if block:
            yield block
        elif len(rest) > MOST:
            break
        if end >= 0 or not more:
            break
    yield rest
    yield from source


def line_breaks(block: bytes) -> int:
    """How many lines end in a block: by a line feed, a carriage return, or both together."""
    breaks = block.count(b"\n")
    if b"\r" in block:
        breaks += block.count(b"\r") - block.count(b"\r\n")
    return breaks


def holds_markup(block: bytes) -> bool:
    """Whether a block holds a comment, CDATA, a document type or an instruction."""
    # A lone letter is looked for much faster than one that follows another.
    return (b"!" in block and b"<!" in block) or (b"?" in block and b"<?" in block)


def _until(source: Iterator[bytes], wanted: bytes) -> bytes:
    """The pieces up to the one with which some bytes are complete, but no endless head."""
    head = b""
    for piece in source:
        head += piece
        if wanted in head or len(head) > MOST:
            break
    return head


def _filled(source: Iterator[bytes], begun: bytes) -> tuple[bytes, bool]:
    """What was begun and enough pieces behind it, and whether there may be more."""
    gathered = [begun]
    size = len(begun)
    target = size + BLOCK if size >= BLOCK else BLOCK
    for piece in source:
        gathered.append(piece)
        size += len(piece)
        if size >= target:
            return b"".join(gathered), True
    return b"".join(gathered), False
