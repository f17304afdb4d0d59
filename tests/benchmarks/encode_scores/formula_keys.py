"""Formulas as seen from their cell, so that copies are equal: this benchmark's own reading.

It shares no code with the product, whose claims are judged by it.
"""

from __future__ import annotations

import re

from tickmark.encode.claim import Claim
from tickmark.model.address import MAX_COLUMN, MAX_ROW, column_number
from tickmark.model.grid import NO_FORMULA, FormulaKind
from tickmark.model.workbook import Sheet

_PART = re.compile(
    r'"[^"]*"'  # a text
    r"|'[^']*'"  # a sheet's name
    r"|\[(?:[^\[\]']|'.|\[[^\[\]]*\])*\]"  # columns of a table, or the number of a workbook
    r"|(?<![\w.\\])(?P<c1>\$?[A-Za-z]{1,3})(?P<r1>\$?[1-9]\d{0,6})(?![\w.(!])"  # a cell
    r"|(?<![\w.\\$])(?P<cs>\$?[A-Za-z]{1,3}):(?P<ce>\$?[A-Za-z]{1,3})(?![\w.(!])"  # columns
    r"|(?<![\w.\\$:])(?P<rs>\$?[1-9]\d{0,6}):(?P<re>\$?[1-9]\d{0,6})(?![\w.(!])"  # rows
)
_ARRAYS = (FormulaKind.ARRAY, FormulaKind.DYNAMIC_ARRAY)
_PREFIX = re.compile(r"_xl(?:fn|ws|udf|pm|l)\.", re.IGNORECASE)


def relative(text: str, row: int, column: int) -> str:
    """A formula (without `=`) with its references as seen from its cell."""

    def seen(found: re.Match[str]) -> str:
        if found["c1"]:
            made = _column(found["c1"], column)
            down = _row(found["r1"], row)
            return f"{down}{made}" if made and down else found[0]
        if found["cs"]:
            ends = [_column(found[end], column) for end in ("cs", "ce")]
            return f"<{':'.join(ends)}>" if all(ends) else found[0]
        if found["rs"]:
            ends = [_row(found[end], row) for end in ("rs", "re")]
            return f"<{':'.join(ends)}>" if all(ends) else found[0]
        return found[0]

    return _PART.sub(seen, text)


def shown(text: str) -> str:
    """A formula without the prefixes of newer functions that files carry."""
    return _PREFIX.sub("", text) if "_xl" in text.lower() else text


def keys_of(sheet: Sheet) -> dict[int, tuple[str, ...]]:
    """The key of each formula cell by its position among the cells.

    Copies have equal keys; cells of an array or data table have its text and its range, those too
    that hold only its results. An array formula of one cell is a formula like any other: it is
    copied like one, and only its braces tell it from one.
    """
    cells = sheet.cells
    keys: dict[int, tuple[str, ...]] = {}
    grouped: dict[int, tuple[str, ...]] = {}
    rows, columns = cells.rows.tolist(), cells.columns.tolist()
    for at, number in enumerate(cells.formulas.tolist()):
        if number == NO_FORMULA:
            continue
        group = cells.formula_groups.get(number)
        text = shown(cells.formula_texts[number])
        if group is None or (group.kind in _ARRAYS and group.range.cells == 1):
            keys[at] = (relative(text, rows[at], columns[at]),)
            continue
        if number not in grouped:
            if group.kind is FormulaKind.SHARED:
                grouped[number] = (relative(text, group.row, group.column),)
            else:
                grouped[number] = ("array", text, group.range.a1)
                for held in cells.within(group.range).tolist():
                    keys.setdefault(held, grouped[number])
        keys[at] = grouped[number]
    return keys


def claim_key(claim: Claim) -> str | None:
    """The key of the formula that a claim tells; None for none, an array or a part of one."""
    formula = claim.formula
    if formula is None or formula.length or formula.array:
        return None
    first = claim.areas[0]
    return relative(shown(formula.text.removeprefix("=")), first.top, first.left)


def _column(text: str, own: int) -> str:
    letters = text.removeprefix("$")
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    if number > MAX_COLUMN:
        return ""
    if text.startswith("$"):
        return f"C{number}"
    return f"C[{(column_number(letters) - own) % MAX_COLUMN}]"


def _row(text: str, own: int) -> str:
    number = int(text.removeprefix("$"))
    if number > MAX_ROW:
        return ""
    return f"R{number}" if text.startswith("$") else f"R[{(number - own) % MAX_ROW}]"
