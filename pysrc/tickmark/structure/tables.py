"""The cells behind a structured reference such as `Sales[[#This Row],[Amount]]`."""

from __future__ import annotations

import re
from dataclasses import replace

from tickmark.model.address import RangeRef
from tickmark.model.workbook import Table

# A column's name without brackets of its own, as in `[[#This Row],Net]`, is what XlsxWriter and
# polars make of `[@Net]`.
_PART = re.compile(r"\[((?:[^\[\]']|'.)*)\]|((?:[^\[\],:@']|'.)+)", re.DOTALL)
_ESCAPED = re.compile(r"'(.)", re.DOTALL)
_ITEMS = ("#all", "#data", "#headers", "#totals", "#this row")


def table_areas(table: Table, item: str, row: int) -> tuple[tuple[RangeRef, bool], ...]:
    """The areas that the part in brackets means for a formula in a row of the sheet.

    Each comes with whether it is the formula's own row, which moves with the formula. Empty for
    columns that the table does not have and rows outside of its data.
    """
    items, names = _parsed(item)
    columns = _columns(table, names)
    if columns is None:
        return ()
    left, right = columns
    found = []
    for rows in _rows(table, items, row):
        first, last, this_row = rows
        if first <= last:
            area = replace(table.range, top=first, bottom=last, left=left, right=right)
            found.append((area, this_row))
    return tuple(found)


def data_rows(table: Table) -> tuple[int, int]:
    """First and last row of a table's data."""
    return table.range.top + table.header_rows, table.range.bottom - table.totals_rows


def takes_own_row(item: str) -> bool:
    """Whether the part in brackets means the formula's own row, as `@Net` does."""
    return "#this row" in _parsed(item)[0]


def _parsed(item: str) -> tuple[list[str], list[str]]:
    """Special items in lower case, and column names: none for all, one, or the ends of a span."""
    text = item.strip()
    items: list[str] = []
    names: list[str] = []
    if text.startswith("@"):
        items.append("#this row")
        text = text[1:].strip()
    if text.startswith("["):
        found = _PART.finditer(text)
        parts = [match[2].strip() if match[1] is None else match[1] for match in found]
    else:
        parts = [text]
    for part in parts:
        if part.strip().lower() in _ITEMS:
            items.append(part.strip().lower())
        elif part:
            names.append(_unescaped(part))
    return items, names


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def _columns(table: Table, names: list[str]) -> tuple[int, int] | None:
    """First and last column of the sheet; None where the table has no such column."""
    area = table.range
    if not names:
        return area.left, area.right
    known = {name.casefold(): area.left + at for at, name in enumerate(table.columns)}
    found = [known.get(name.casefold()) for name in names]
    numbers = [number for number in found if number is not None]
    if len(numbers) < len(found):
        return None
    return min(numbers), max(numbers)


def _rows(table: Table, items: list[str], row: int) -> list[tuple[int, int, bool]]:
    """First and last rows and whether they are the formula's own row, for each item."""
    top, bottom = table.range.top, table.range.bottom
    first, last = data_rows(table)
    rows = {
        "#all": (top, bottom, False),
        "#data": (first, last, False),
        "#headers": (top, first - 1, False),
        "#totals": (last + 1, bottom, False),
        "#this row": (row, row, True) if first <= row <= last else (1, 0, True),
    }
    return [rows[item] for item in items or ["#data"]]
