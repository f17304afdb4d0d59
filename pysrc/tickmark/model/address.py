"""Cell addresses and ranges: A1 notation in and out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tickmark.errors import AddressError

MAX_ROW = 1_048_576
MAX_COLUMN = 16_384

_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")
_PLAIN_SHEET_NAME = re.compile(r"[^\W\d][\w.]*")
_LOOKS_LIKE_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*|[RrCc]")


@lru_cache(maxsize=MAX_COLUMN)
def column_letters(column: int) -> str:
    """Letters of a 1-based column number: 1 is `A`, 16384 is `XFD`."""
    if not 1 <= column <= MAX_COLUMN:
        message = f"Column {column} is outside 1 to {MAX_COLUMN}."
        raise AddressError(message)
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@lru_cache(maxsize=MAX_COLUMN)
def column_number(letters: str) -> int:
    """1-based column number of its letters: `A` is 1, `XFD` is 16384."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    if not (letters.isascii() and letters.isalpha()) or number > MAX_COLUMN:
        message = f"{letters!r} is no column; columns run from A to XFD."
        raise AddressError(message)
    return number


def parse_cell(text: str) -> tuple[int, int]:
    """(row, column) of an A1 address such as `B7` or `$B$7`, both 1-based."""
    match = _CELL.fullmatch(text)
    if match is None or int(match[2]) > MAX_ROW:
        message = f"{text!r} is no cell address; write it like B7."
        raise AddressError(message)
    return int(match[2]), column_number(match[1])


def cell_address(row: int, column: int) -> str:
    """A1 address of a 1-based row and column."""
    if not 1 <= row <= MAX_ROW:
        message = f"Row {row} is outside 1 to {MAX_ROW}."
        raise AddressError(message)
    return f"{column_letters(column)}{row}"


def quote_sheet_name(name: str) -> str:
    """A sheet name as it stands before the `!` of a reference, quoted where Excel quotes it."""
    if _PLAIN_SHEET_NAME.fullmatch(name) and not _LOOKS_LIKE_CELL.fullmatch(name):
        return name
    return "'" + name.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True, order=True)
class CellRef:
    """One cell: sheet name, 1-based row and column; ordered sheet, row, column."""

    sheet: str
    row: int
    column: int

    @property
    def a1(self) -> str:
        """The address without sheet and without `$`, such as `C5`."""
        return cell_address(self.row, self.column)

    def __str__(self) -> str:
        return f"{quote_sheet_name(self.sheet)}!{self.a1}"


@dataclass(frozen=True, slots=True, order=True)
class RangeRef:
    """A rectangle of cells on one sheet; all edges 1-based and inclusive."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def parse(cls, text: str, *, sheet: str = "") -> RangeRef:
        """Read `B2:D9`, `B2`, `$B$2:$D$9` or `'P&L'!B2:D9`; `sheet` serves where none is named.

        Raises AddressError. Whole rows and columns are not read.
        """
        name, bang, rest = text.rpartition("!")
        if bang:
            sheet = (
                name[1:-1].replace("''", "'")
                if len(name) > 1 and name[0] == name[-1] == "'"
                else name
            )
        first, colon, last = rest.partition(":")
        top, left = parse_cell(first)
        bottom, right = parse_cell(last) if colon else (top, left)
        return cls(sheet, min(top, bottom), min(left, right), max(top, bottom), max(left, right))

    @property
    def a1(self) -> str:
        """The address without sheet and without `$`: `C5` for one cell, else `C5:F9`."""
        first = cell_address(self.top, self.left)
        if (self.top, self.left) == (self.bottom, self.right):
            return first
        return f"{first}:{cell_address(self.bottom, self.right)}"

    @property
    def cells(self) -> int:
        """Number of cells in the rectangle."""
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)

    def contains(self, row: int, column: int) -> bool:
        """Whether a cell of the same sheet lies inside."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def meets(self, other: RangeRef) -> bool:
        """Whether the two rectangles share a cell, if they are on the same sheet."""
        return (
            self.top <= other.bottom
            and other.top <= self.bottom
            and self.left <= other.right
            and other.left <= self.right
        )

    def __str__(self) -> str:
        return f"{quote_sheet_name(self.sheet)}!{self.a1}"
