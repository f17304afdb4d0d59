"""Records of the workbook stream of an .xls file (MS-XLS): what other readers of it leave out."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from tickmark.model.book_details import BookProtection, Calculation
from tickmark.model.sheet_details import SheetProtection
from tickmark.read.package import PartUnreadable

STREAMS: Final = ("Workbook", "Book")
"""Names of the stream that holds the workbook; the first one counts."""

ERRORS: Final = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}

_FORMULA, _CELL_ERROR, _SHEET, _BEGIN, _END = 0x0006, 0x0205, 0x0085, 0x0809, 0x000A
_ENCRYPTED, _CONTINUE = 0x002F, 0x003C
_ROUNDS, _MODE, _EXACT, _A1, _CHANGE, _ITERATES = 0x000C, 0x000D, 0x000E, 0x000F, 0x0010, 0x0011
_LOCKED, _PASSWORD, _WINDOWS = 0x0012, 0x0013, 0x0019
_SETTINGS = frozenset(
    {_ROUNDS, _MODE, _EXACT, _A1, _CHANGE, _ITERATES, _LOCKED, _PASSWORD, _WINDOWS}
)
_MODES = {0: "manual", 1: "auto", 2: "autoNoTable", 0xFFFF: "autoNoTable"}
_DRAWINGS = frozenset({0x00EC, 0x00EB})
# The property `pibFlags` of a picture, with those of its bits that make it a link to a file.
_PICTURE_FLAGS = re.compile(rb"\x06[\x01\x41\x81\xc1](?=[\x00-\xff])", re.DOTALL)
_LINKED = 0x0C
_MOST_SHEETS: Final = 65_536
_MOST_DRAWINGS: Final = 1_000_000

Errors = dict[tuple[int, int], str]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the records say beside values: of all sheets, in the order of the file, and the book.

    `errors` maps the 1-based (row, column) of cells to the error that they hold.
    """

    errors: tuple[Errors, ...] = ()
    protections: tuple[SheetProtection | None, ...] = ()
    protection: BookProtection = field(default_factory=BookProtection)
    calculation: Calculation = field(default_factory=Calculation)


def records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """Number, first byte and length of each record's body, up to the first that is cut off."""
    at, end = 0, len(stream)
    unpack = struct.Struct("<HH").unpack_from
    while at + 4 <= end:
        number, length = unpack(stream, at)
        at += 4
        if at + length > end:
            return
        yield number, at, length
        at += length


def is_encrypted(stream: bytes) -> bool:
    """Whether the records are encrypted."""
    for number, _, _ in records(stream):
        if number in {_ENCRYPTED, _END}:
            return number == _ENCRYPTED
    return False


def read_facts(stream: bytes, most: int) -> Facts:
    """What the records say; at most `most` errors are read."""
    begins: list[int] = []
    errors: dict[int, Errors] = {}
    settings: dict[int, dict[int, bytes]] = {}
    depth, now, count = 0, -1, 0
    for number, at, length in records(stream):
        if number == _BEGIN:
            if depth == 0:
                now = at - 4
            depth += 1
        elif number == _END:
            depth -= 1
        elif number == _SHEET and length >= 4 and len(begins) < _MOST_SHEETS:  # noqa: PLR2004
            begins.append(struct.unpack_from("<I", stream, at)[0])
        elif number in _SETTINGS and depth == 1 and len(settings) < _MOST_SHEETS:
            settings.setdefault(now, {})[number] = stream[at : at + length]
        elif depth == 1 and count < most:
            error = _error(stream, number, at, length)
            if error:
                row, column = struct.unpack_from("<HH", stream, at)
                errors.setdefault(now, {})[row + 1, column + 1] = error
                count += 1
    book = settings.get(0, {})
    first = next((settings[begin] for begin in begins if _MODE in settings.get(begin, {})), {})
    return Facts(
        errors=tuple(errors.get(begin, {}) for begin in begins),
        protections=tuple(_sheet_protection(settings.get(begin, {})) for begin in begins),
        protection=BookProtection(
            structure=_number(book, _LOCKED) == 1,
            windows=_number(book, _WINDOWS) == 1,
            password=_number(book, _PASSWORD) != 0,
        ),
        calculation=_calculation({**first, **book}),
    )


def _sheet_protection(settings: dict[int, bytes]) -> SheetProtection | None:
    if _number(settings, _LOCKED) != 1:
        return None
    return SheetProtection(password=_number(settings, _PASSWORD) != 0)


def _calculation(settings: dict[int, bytes]) -> Calculation:
    change = settings.get(_CHANGE, b"")
    return Calculation(
        mode=_MODES.get(_number(settings, _MODE, 1), "auto"),
        iterates=_number(settings, _ITERATES) == 1,
        most_iterations=_number(settings, _ROUNDS, 100),
        most_change=struct.unpack("<d", change)[0] if len(change) == 8 else 0.001,  # noqa: PLR2004
        as_displayed=_number(settings, _EXACT, 1) == 0,
        r1c1=_number(settings, _A1, 1) == 0,
    )


def _number(settings: dict[int, bytes], record: int, default: int = 0) -> int:
    body = settings.get(record, b"")
    return int.from_bytes(body[:2], "little") if len(body) >= 2 else default  # noqa: PLR2004 - short


def _error(stream: bytes, number: int, at: int, length: int) -> str:
    """The error of a cell's record, empty for other cells and records."""
    if number == _FORMULA and length >= 14:  # noqa: PLR2004 - its result ends there
        special = stream[at + 12 : at + 14] == b"\xff\xff" and stream[at + 6] == 2  # noqa: PLR2004
        return ERRORS.get(stream[at + 8], "") if special else ""
    if number == _CELL_ERROR and length >= 8 and stream[at + 7] == 1:  # noqa: PLR2004 - as above
        return ERRORS.get(stream[at + 6], "")
    return ""


def without_picture_links(stream: bytes) -> bytes:
    """The stream with pictures that are links to files turned into pictures without content.

    Raises PartUnreadable for more drawings than any workbook has.
    """
    changed = bytearray(stream)
    drawing: list[tuple[int, int]] = []
    inside = False
    for number, at, length in records(stream):
        inside = number in _DRAWINGS or (inside and number == _CONTINUE)
        if len(drawing) > _MOST_DRAWINGS:
            raise PartUnreadable(f"it holds more than {_MOST_DRAWINGS:,} pieces of drawings")
        if inside:
            drawing.append((at, length))
    # A property may lie across records, so they are looked at as the one text that they are.
    text = b"".join(stream[at : at + length] for at, length in drawing)
    ends = (found.end() for found in _PICTURE_FLAGS.finditer(text))
    first = 0
    pieces = iter(drawing)
    at, length = next(pieces, (0, 0))
    for place in ends:
        while place >= first + length:
            first += length
            at, length = next(pieces)
        changed[at + place - first] &= ~_LINKED & 0xFF
    return bytes(changed)
