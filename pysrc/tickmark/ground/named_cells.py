"""The cells that a text names, wherever in its sentences they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from tickmark.errors import AddressError
from tickmark.model.address import MAX_ROW, RangeRef, column_number, quote_sheet_name

_CELL: Final = r"\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,6}"
_COLUMNS: Final = r"\$?[A-Z]{1,3}:\$?[A-Z]{1,3}"
_ROWS: Final = r"\$?[1-9][0-9]{0,6}:\$?[1-9][0-9]{0,6}"
_R1C1: Final = r"R(?:\[-?\d+\]|\d+)?C(?:\[-?\d+\]|\d+)?"
# Operators end a sheet's name, for it would stand in quotes with them; known names are tried first.
_SHEET: Final = r"'(?:[^'\n]|'')+'|[^\s'!\[\](){}=,;:+*/<>\"&|^-]+"
_END: Final = r"(?![A-Za-z0-9_(]|\.\d)"


@dataclass(frozen=True, slots=True)
class NamedCells:
    """An address in a text, from `start` to `end`; `area` is None for one in R1C1 notation.

    The area has the sheet "" where none is named, and whole rows or columns reach to the end of
    the sheet.
    """

    text: str
    start: int
    end: int
    area: RangeRef | None

    @property
    def word(self) -> str:
        """The address without dollar signs and regard to case."""
        return self.text.replace("$", "").casefold()


def named_cells(text: str, sheets: Iterable[str] = ()) -> Iterator[NamedCells]:
    """The addresses in a text, in order; `sheets` are names that may stand there without quotes.

    A word such as `Q1` is an address too. What stands behind a sheet's name and `!` may also be
    whole rows or columns.
    """
    for match in _pattern(sheets).finditer(text):
        if match["relative"]:
            if any(letter.isdigit() for letter in match[0]):
                yield NamedCells(match[0], match.start(), match.end(), None)
            continue
        area = _area(match["sheet"] or "", match["cells"])
        if area is not None:
            yield NamedCells(match[0], match.start(), match.end(), area)


_LONGEST_NAMES: Final = 40


def _pattern(sheets: Iterable[str]) -> re.Pattern[str]:
    known = {name for name in sheets if name}
    known |= {quote_sheet_name(name) for name in known}
    ordered = sorted(known, key=len, reverse=True)[:_LONGEST_NAMES]
    names = "|".join([*map(re.escape, ordered), _SHEET])
    sheet = rf"(?:(?P<sheet>{names})!)?"
    area = rf"{_CELL}(?::{_CELL})?|{_COLUMNS}|(?<=!){_ROWS}"
    return re.compile(
        rf"(?<![A-Za-z0-9_$])(?:(?P<relative>{_R1C1}){_END}|{sheet}(?P<cells>{area}){_END})"
    )


def _area(sheet: str, cells: str) -> RangeRef | None:
    if sheet[:1] == "'":
        sheet = sheet[1:-1].replace("''", "'")
    first, _, last = cells.replace("$", "").partition(":")
    try:
        if first.isalpha():
            left, right = sorted(map(column_number, (first, last)))
            return RangeRef(sheet, 1, left, MAX_ROW, right)
        if first.isdigit():
            top, bottom = sorted(map(int, (first, last)))
            return RangeRef(sheet, top, 1, bottom, column_number("XFD"))
        return RangeRef.parse(cells, sheet=sheet)
    except AddressError:
        # No sheet has such a cell: it is a word with digits.
        return None
