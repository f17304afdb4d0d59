"""A formula as its pieces: what is written, and references as seen from the formula's own cell."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from tickmark.model.address import MAX_COLUMN, MAX_ROW, column_letters, column_number
from tickmark.structure.grammar import (
    ERROR,
    NAME,
    NUMBER,
    QUOTED,
    R1C1_IN_A1,
    R1C1_REFERENCE,
    REFERENCE,
    SHEET,
    TABLE,
    TEXT,
)

Area = tuple[int, int, int, int, int]
"""Form, top, left, bottom and right of a reference as written; a tuple, since there are millions.

The form is a sum of TOP, LEFT, BOTTOM, RIGHT for those that are relative, TWO for a second corner,
COLUMNS and ROWS for whole ones, BEFORE and BEHIND for the dots of `A1.:.D6`. What is not written
is 0. An area in pieces has distances where it is relative, one read from text has the numbers.
"""
Pieces = tuple[str | Area, ...]
"""Texts and areas in turn, a text (perhaps empty) first and last; equal exactly for copies."""

TOP: Final = 1
LEFT: Final = 2
BOTTOM: Final = 4
RIGHT: Final = 8
TWO: Final = 16
COLUMNS: Final = 32
ROWS: Final = 64
BEFORE: Final = 128
BEHIND: Final = 256


def split(text: str) -> list[tuple[str, str]]:
    """Pairs of a text and the reference in A1 notation behind it; the last reference is empty.

    The references are those that `tokens` finds. Reads any text in time linear to its length.
    """
    return _found(text, REFERENCE)


def pieces(text: str, row: int, column: int) -> Pieces:
    """The pieces of the formula (without `=`) of a cell."""
    return pieces_of_split(split(text), row, column)


def pieces_of_split(found: list[tuple[str, str]], row: int, column: int) -> Pieces:
    """The pieces of a cell's formula that is already split."""
    made: list[str | Area] = []
    for written, reference in found:
        made.append(written)
        if reference:
            made.append(relative_area(written_area(reference), row, column))
    return tuple(made)


def pieces_of_r1c1(text: str) -> Pieces:
    """The pieces of a formula in R1C1 notation."""
    made: list[str | Area] = []
    for written, reference in _found(text, R1C1_REFERENCE):
        made.append(written)
        if reference:
            made.append(r1c1_area(reference))
    return tuple(made)


def a1_text(made: Pieces, row: int, column: int) -> str:
    """The formula in A1 notation as the cell at a row and column has it."""
    return "".join(
        [
            piece if isinstance(piece, str) else a1_area(placed_area(piece, row, column))
            for piece in made
        ]
    )


def r1c1_text(made: Pieces) -> str:
    """The formula in R1C1 notation, the same in each cell that holds a copy."""
    return "".join([piece if isinstance(piece, str) else _r1c1_text(piece) for piece in made])


_HALF_ROWS: Final = MAX_ROW // 2 - 1
_HALF_COLUMNS: Final = MAX_COLUMN // 2 - 1


def relative_area(area: Area, row: int, column: int) -> Area:
    """An area with numbers as seen from a cell: distances of at most half the sheet."""
    form, top, left, bottom, right = area
    if form & TOP:
        top = (top - row + _HALF_ROWS) % MAX_ROW - _HALF_ROWS
    if form & LEFT:
        left = (left - column + _HALF_COLUMNS) % MAX_COLUMN - _HALF_COLUMNS
    if form & BOTTOM:
        bottom = (bottom - row + _HALF_ROWS) % MAX_ROW - _HALF_ROWS
    if form & RIGHT:
        right = (right - column + _HALF_COLUMNS) % MAX_COLUMN - _HALF_COLUMNS
    return form, top, left, bottom, right


def placed_area(area: Area, row: int, column: int) -> Area:
    """An area with distances, with the numbers that it has in a cell.

    What leaves the sheet on one side comes in on the other, as in Excel.
    """
    form, top, left, bottom, right = area
    if form & TOP:
        top = (row + top - 1) % MAX_ROW + 1
    if form & LEFT:
        left = (column + left - 1) % MAX_COLUMN + 1
    if form & BOTTOM:
        bottom = (row + bottom - 1) % MAX_ROW + 1
    if form & RIGHT:
        right = (column + right - 1) % MAX_COLUMN + 1
    return form, top, left, bottom, right


@lru_cache(maxsize=65_536)
def written_area(reference: str) -> Area:
    """A reference in A1 notation, without sheet, as an area with numbers.

    Raises ValueError for a text that is none.
    """
    match = _PARTS.fullmatch(reference)
    if match is None:
        message = f"{reference!r} is no reference to cells"
        raise ValueError(message)
    one, letters, two, digits, colon, three, others, four, numbers = match.groups()
    form = 0
    if not letters:  # the `$` of a row alone stands where that of a column would
        two, four = one, three
    if digits:
        form |= 0 if two else TOP
    if letters:
        form |= 0 if one else LEFT
    if colon:
        form |= TWO | (BEFORE if colon[0] == "." else 0) | (BEHIND if colon[-1] == "." else 0)
        form |= 0 if four or not numbers else BOTTOM
        form |= 0 if three or not others else RIGHT
        form |= (0 if letters else ROWS) | (0 if digits else COLUMNS)
    return (
        form,
        int(digits or 0),
        column_number(letters) if letters else 0,
        int(numbers or 0),
        column_number(others) if others else 0,
    )


def a1_area(area: Area) -> str:
    """An area with numbers in A1 notation."""
    form, top, left, bottom, right = area
    text = _letters(form, left, LEFT) + _digits(form, top, TOP)
    if form & TWO:
        text += _colon(form) + _letters(form, right, RIGHT) + _digits(form, bottom, BOTTOM)
    return text


@lru_cache(maxsize=4_096)
def r1c1_area(reference: str) -> Area:
    """A reference in R1C1 notation, without sheet, as an area with distances.

    A row or column beyond the sheet counts on from its other side. Raises ValueError for a text
    that is no such reference.
    """
    corners = [_R1C1_PARTS.fullmatch(corner) for corner in re.split(r"\.?:\.?", reference)]
    first, last = corners[0], corners[-1]
    if first is None or last is None:
        message = f"{reference!r} is no reference in R1C1 notation"
        raise ValueError(message)
    form, top, left = _r1c1_corner(first, TOP, LEFT)
    other, bottom, right = _r1c1_corner(last, BOTTOM, RIGHT)
    form |= (0 if first["r"] else COLUMNS) | (0 if first["c"] else ROWS)
    if len(corners) > 1 or form & (ROWS | COLUMNS):
        form |= other | TWO
        form |= (BEFORE if ".:" in reference else 0) | (BEHIND if ":." in reference else 0)
    else:
        bottom = right = 0
    return form, top, left, bottom, right


_PARTS: Final = re.compile(
    r"(\$?)([A-Za-z]*)(\$?)([0-9]*)(?:(\.?:\.?)(\$?)([A-Za-z]*)(\$?)([0-9]*))?"
)
_R1C1_PARTS: Final = re.compile(
    r"(?:(?P<r>[Rr])(?:\[(?P<down>-?[0-9]+)\]|(?P<row>[0-9]+))?)?"
    r"(?:(?P<c>[Cc])(?:\[(?P<across>-?[0-9]+)\]|(?P<column>[0-9]+))?)?"
)


def _found(text: str, reference: str) -> list[tuple[str, str]]:
    found = _splitter(reference).findall(text)
    if len(found) > 1 and not found[-2][1]:
        found.pop()
    return found


@cache
def _splitter(reference: str) -> re.Pattern[str]:
    """What stands before a reference, and the reference; a function is tried first as most are."""
    marks = r"[ \t\r\n\-+*/^&=<>%,;:(){}@!|~]++"
    other = rf"{SHEET}|{ERROR}|{R1C1_IN_A1}|{TABLE}|{NAME}|{QUOTED}|{NUMBER}|\#|.++\Z"
    return re.compile(
        rf"((?:{marks}|{NAME}\(|{TEXT}|(?!{reference})(?:{other}))*+)({reference}|\Z)", re.DOTALL
    )


def _colon(form: int) -> str:
    return f"{'.' if form & BEFORE else ''}:{'.' if form & BEHIND else ''}"


def _letters(form: int, column: int, relative: int) -> str:
    if form & ROWS:
        return ""
    return column_letters(column) if form & relative else f"${column_letters(column)}"


def _digits(form: int, row: int, relative: int) -> str:
    if form & COLUMNS:
        return ""
    return str(row) if form & relative else f"${row}"


def _r1c1_text(area: Area) -> str:
    form, top, left, bottom, right = area
    text = _steps(form, top, TOP, left, LEFT)
    if form & TWO:
        text += _colon(form) + _steps(form, bottom, BOTTOM, right, RIGHT)
    return text


def _steps(form: int, row: int, down: int, column: int, across: int) -> str:
    text = ""
    if not form & COLUMNS:
        text = "R" + _step(row, relative=bool(form & down))
    if not form & ROWS:
        text += "C" + _step(column, relative=bool(form & across))
    return text


def _step(number: int, *, relative: bool) -> str:
    if not relative:
        return str(number)
    return f"[{number}]" if number else ""


def _r1c1_corner(match: re.Match[str], down: int, across: int) -> tuple[int, int, int]:
    form = row = column = 0
    if match["r"] and match["row"]:
        row = (int(match["row"]) - 1) % MAX_ROW + 1
    elif match["r"]:
        form |= down
        row = (int(match["down"] or 0) + _HALF_ROWS) % MAX_ROW - _HALF_ROWS
    if match["c"] and match["column"]:
        column = (int(match["column"]) - 1) % MAX_COLUMN + 1
    elif match["c"]:
        form |= across
        column = (int(match["across"] or 0) + _HALF_COLUMNS) % MAX_COLUMN - _HALF_COLUMNS
    return form, row, column
