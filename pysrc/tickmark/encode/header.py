"""The lines above the cells: what sheet it is, what is hidden, which tables it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from tickmark.encode.claims import VisibleCells
from tickmark.encode.values import counted, quoted, text_value
from tickmark.model.address import MAX_COLUMN, RangeRef, cell_address, column_letters
from tickmark.model.grid import CellKind
from tickmark.model.workbook import Interval, Sheet, SheetState, Table

MOST_INTERVALS = 12
MOST_TABLES = 40
MOST_COLUMNS = 60
LONGEST_NAME = 60


def header_lines(sheet: Sheet, cells: VisibleCells) -> Iterator[str]:
    """The lines, most important first; each stands for itself.

    Names of tables and of their columns are left out where they are hidden.
    """
    yield f"Sheet: {text_value(sheet.name, LONGEST_NAME)}"
    used = sheet.used_range
    if used is None:
        yield "Empty."
        return
    formulas = int(np.count_nonzero(cells.is_formula))
    errors = int(np.count_nonzero(cells.kinds == CellKind.ERROR))
    yield (
        f"Used range: {used.a1}; visible: {counted(len(cells), 'cell')}, "
        f"{counted(formulas, 'formula')}, {counted(errors, 'error')}"
    )
    hidden = len(sheet.cells) - len(cells)
    if hidden:
        yield f"Hidden and not shown: {counted(hidden, 'cell')}{_hidden_parts(sheet)}"
    for table in sheet.tables[:MOST_TABLES]:
        columns = _visible_columns(sheet, table)
        if columns:
            names = _column_names(table, columns, sheet.hidden_rows)
            yield f"Table {quoted(table.name)}: {table.range.a1}{names}"
    if len(sheet.tables) > MOST_TABLES:
        yield f"Tables: {len(sheet.tables)} in all"


def merged_cells(sheet: Sheet) -> Mapping[tuple[int, int], str]:
    """For the first cell of each merge, the address of the last."""
    return {
        (area.top, area.left): cell_address(area.bottom, area.right)
        for area in sheet.merges
        if area.cells > 1
    }


def _hidden_parts(sheet: Sheet) -> str:
    if sheet.state is not SheetState.VISIBLE:
        return " (the whole sheet is hidden)"
    parts = []
    if sheet.hidden_rows:
        parts.append(f"rows {_listed([f'{a}:{b}' for a, b in _joined(sheet.hidden_rows)])}")
    if sheet.hidden_columns:
        spans = _joined(sheet.hidden_columns)
        letters = [f"{column_letters(a)}:{column_letters(min(b, MAX_COLUMN))}" for a, b in spans]
        parts.append(f"columns {_listed(letters)}")
    return f" ({'; '.join(parts)})"


def _joined(intervals: Sequence[Interval]) -> list[Interval]:
    """The same rows or columns in as few intervals as possible, in order."""
    found: list[Interval] = []
    for first, last in sorted(intervals):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def _listed(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - MOST_INTERVALS} more" if len(texts) > MOST_INTERVALS else ""
    return ", ".join(texts[:MOST_INTERVALS]) + more


def _visible_columns(sheet: Sheet, table: Table) -> list[int]:
    """The columns of a table that can be seen; none where its rows are all hidden."""
    area = table.range
    if sheet.state is not SheetState.VISIBLE or not _seen(area.top, area.bottom, sheet.hidden_rows):
        return []
    return [
        column
        for column in range(area.left, area.right + 1)
        if _seen(column, column, sheet.hidden_columns)
    ]


def _seen(first: int, last: int, hidden: Sequence[Interval]) -> bool:
    """Whether a row or column from first to last is not hidden."""
    at = first
    for start, end in sorted(hidden):
        if start <= at <= end:
            at = end + 1
    return at <= last


def _column_names(table: Table, columns: Sequence[int], hidden_rows: Sequence[Interval]) -> str:
    """The names of columns, unless the row that they stand in is hidden."""
    names = [
        text_value(table.columns[column - table.range.left], LONGEST_NAME)
        for column in columns[:MOST_COLUMNS]
        if column - table.range.left < len(table.columns)
    ]
    if not names or not _seen(table.range.top, table.range.top, hidden_rows):
        return ""
    more = "; …" if len(columns) > MOST_COLUMNS else ""
    return f"; columns {'; '.join(names)}{more}"


def left_out_line(areas: Sequence[RangeRef], cells: int, *, most: int) -> str:
    """The last line, about cells that had no room."""
    texts = [area.a1 for area in areas[:most]]
    more = f" and {len(areas) - most} more areas" if len(areas) > most else ""
    where = f" in {', '.join(texts)}{more}" if texts else ""
    return f"Left out for lack of room: {counted(cells, 'cell')}{where}"
