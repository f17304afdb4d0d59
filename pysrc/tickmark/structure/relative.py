"""Formulas as they look from their own cell: moved by copying, and in R1C1 notation."""

from __future__ import annotations

from tickmark.model.address import MAX_COLUMN, MAX_ROW
from tickmark.model.grid import NO_FORMULA, FormulaKind
from tickmark.model.workbook import Sheet
from tickmark.structure.pieces import (
    BOTTOM,
    COLUMNS,
    LEFT,
    RIGHT,
    ROWS,
    TOP,
    TWO,
    Area,
    a1_area,
    pieces,
    r1c1_text,
    split,
    written_area,
)
from tickmark.structure.tokens import displayed


def shift(text: str, rows: int, columns: int) -> str:
    """A formula as copying it down and right by so many cells changes it.

    Relative rows and columns move and come in again on the other side when they leave the sheet;
    everything else, names, strings and structured references among it, stays as written.
    """
    if not rows and not columns:
        return text
    parts = []
    for written, reference in split(text):
        parts.append(written)
        if reference:
            parts.append(a1_area(_shifted(written_area(reference), rows, columns)))
    return "".join(parts)


def r1c1(text: str, row: int, column: int) -> str:
    """A formula of the cell at row and column with its references in R1C1 notation.

    Two cells hold the same formula, copied, exactly if these texts are equal.
    """
    return r1c1_text(pieces(text, row, column))


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


def _shifted(area: Area, rows: int, columns: int) -> Area:
    """A written area moved; corners that change their order are written in the usual one."""
    form, top, left, bottom, right = area
    upper = (top + rows - 1) % MAX_ROW + 1 if form & TOP else top
    lower = (bottom + rows - 1) % MAX_ROW + 1 if form & BOTTOM else bottom
    before = (left + columns - 1) % MAX_COLUMN + 1 if form & LEFT else left
    behind = (right + columns - 1) % MAX_COLUMN + 1 if form & RIGHT else right
    if form & TWO and not form & COLUMNS and top <= bottom and upper > lower:
        upper, lower = lower, upper
        form = _swapped(form, TOP, BOTTOM)
    if form & TWO and not form & ROWS and left <= right and before > behind:
        before, behind = behind, before
        form = _swapped(form, LEFT, RIGHT)
    return form, upper, before, lower, behind


def _swapped(form: int, one: int, other: int) -> int:
    rest = form & ~(one | other)
    return rest | (other if form & one else 0) | (one if form & other else 0)
