"""Formulas as they look from their own cell: moved by copying, and in R1C1 notation."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from tickmark.model.address import MAX_COLUMN, MAX_ROW, column_letters, column_number
from tickmark.model.grid import NO_FORMULA, FormulaKind
from tickmark.model.workbook import Sheet
from tickmark.structure.tokens import TokenKind, displayed, tokens

_PARTS = re.compile(r"(\$?)([A-Za-z]*)(\$?)(\d*)")


class Corner(NamedTuple):
    """One end of a written reference; a whole row has no column (0), a whole column no row.

    A tuple, since a workbook has millions of them.
    """

    row: int
    column: int
    fixed_row: bool
    fixed_column: bool


def shift(text: str, rows: int, columns: int) -> str:
    """A formula as copying it down and right by so many cells changes it.

    Relative rows and columns move and come in again on the other side when they leave the sheet;
    everything else, names, strings and structured references among it, stays as written.
    """
    if not rows and not columns:
        return text
    return _rewritten(text, lambda first, last: _shifted(first, last, rows, columns))


def r1c1(text: str, row: int, column: int) -> str:
    """A formula of the cell at row and column with its references in R1C1 notation.

    Two cells hold the same formula, copied, exactly if these texts are equal.
    """

    def relative(first: Corner, last: Corner | None) -> str:
        text = _r1c1(first, row, column)
        return text if last is None else f"{text}:{_r1c1(last, row, column)}"

    return _rewritten(text, relative)


def formula_text(sheet: Sheet, index: int) -> str:
    """The formula of the cell at a position of the sheet's arrays, with `=`; empty without one.

    It reads as in Excel, without the prefixes of newer functions that files carry. A member of a
    shared formula gets its own text; cells of an array have the text of the array.
    """
    cells = sheet.cells
    number = int(cells.formulas[index])
    if number == NO_FORMULA:
        return ""
    text = cells.formula_texts[number]
    group = cells.formula_groups.get(number)
    if group is None or group.kind is not FormulaKind.SHARED:
        return "=" + displayed(text)
    rows = int(cells.rows[index]) - group.row
    return "=" + displayed(shift(text, rows, int(cells.columns[index]) - group.column))


def row_pattern(text: str, row: int) -> tuple[str, tuple[int, ...]]:
    """A `%` format and row distances that give the same formula in other rows of its column.

    `format % (row + distance, …)` is the text of a copy, as long as no row leaves the sheet.
    """
    distances: list[int] = []

    def pattern(corner: Corner) -> str:
        if not corner.row or corner.fixed_row:
            return _a1(corner)
        distances.append(corner.row - row)
        return _a1(corner._replace(row=0)) + "%d"

    def patterns(first: Corner, last: Corner | None) -> str:
        return pattern(first) if last is None else f"{pattern(first)}:{pattern(last)}"

    return _rewritten(text.replace("%", "%%"), patterns), tuple(distances)


_CELLS = {TokenKind.AREA, TokenKind.CELL, TokenKind.COLUMNS, TokenKind.ROWS}


def _rewritten(text: str, write: Callable[[Corner, Corner | None], str]) -> str:
    """The formula with each of its cell references written anew."""
    pieces = []
    for kind, piece in tokens(text):
        if kind in _CELLS:
            first, colon, last = piece.partition(":")
            pieces.append(write(_corner(first), _corner(last) if colon else None))
        else:
            pieces.append(piece)
    return "".join(pieces)


@lru_cache(maxsize=16_384)
def _corner(text: str) -> Corner:
    match = _PARTS.fullmatch(text)
    if match is None:
        message = f"{text!r} is no corner of a reference"
        raise ValueError(message)
    before, letters, behind, digits = match.groups()
    return Corner(
        row=int(digits or 0),
        column=column_number(letters) if letters else 0,
        fixed_row=bool(behind if letters else before),
        fixed_column=bool(before),
    )


def _shifted(first: Corner, last: Corner | None, rows: int, columns: int) -> str:
    one = _moved(first, rows, columns)
    if last is None:
        return _a1(one)
    other = _moved(last, rows, columns)
    if first.row <= last.row and one.row > other.row:
        one, other = _with_row(one, other), _with_row(other, one)
    if first.column <= last.column and one.column > other.column:
        one, other = _with_column(one, other), _with_column(other, one)
    return f"{_a1(one)}:{_a1(other)}"


def _moved(corner: Corner, rows: int, columns: int) -> Corner:
    row, column = corner.row, corner.column
    if row and not corner.fixed_row:
        row = (row + rows - 1) % MAX_ROW + 1
    if column and not corner.fixed_column:
        column = (column + columns - 1) % MAX_COLUMN + 1
    return corner._replace(row=row, column=column)


def _with_row(corner: Corner, other: Corner) -> Corner:
    return corner._replace(row=other.row, fixed_row=other.fixed_row)


def _with_column(corner: Corner, other: Corner) -> Corner:
    return corner._replace(column=other.column, fixed_column=other.fixed_column)


def _a1(corner: Corner) -> str:
    text = ""
    if corner.column:
        text = ("$" if corner.fixed_column else "") + column_letters(corner.column)
    if corner.row:
        text += ("$" if corner.fixed_row else "") + str(corner.row)
    return text


def _r1c1(corner: Corner, row: int, column: int) -> str:
    text = ""
    if corner.row:
        text = _relative("R", corner.row, corner.fixed_row, row, MAX_ROW)
    if corner.column:
        text += _relative("C", corner.column, corner.fixed_column, column, MAX_COLUMN)
    return text


def _relative(letter: str, number: int, fixed: bool, origin: int, size: int) -> str:  # noqa: FBT001 - private, and the sign of the number itself
    if fixed:
        return f"{letter}{number}"
    distance = (number - origin) % size
    if distance > size // 2:
        distance -= size
    return f"{letter}[{distance}]" if distance else letter
