"""Dependents and precedents cell by cell, over a parse of its own with openpyxl's tokenizer."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.formula.translate import Translator

from tickmark.model.address import MAX_COLUMN, MAX_ROW, RangeRef, column_number, parse_cell
from tickmark.model.grid import NO_FORMULA, FormulaKind
from tickmark.model.workbook import Sheet, Table, Workbook

Place = tuple[int, int, int]
"""Number of the sheet, row, column."""
Area = tuple[int, int, int, int, int]
"""Number of the sheet, top, left, bottom, right."""

_CORNER = r"(\$?[A-Z]{1,3})(\$?\d+)"
_AREA = re.compile(f"{_CORNER}(?::{_CORNER})?", re.IGNORECASE)
_COLUMNS = re.compile(r"(\$?[A-Z]{1,3}):(\$?[A-Z]{1,3})", re.IGNORECASE)
_ROWS = re.compile(r"(\$?\d+):(\$?\d+)")
_SHEET = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!(.*)", re.DOTALL)
_TABLE = re.compile(r"([\w.\\]*)\[(.*)\]", re.DOTALL)


class CellGraph:
    """The formula cells of a workbook and the areas that each refers to, nothing compressed."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.numbers = {sheet.name.casefold(): at for at, sheet in enumerate(workbook.sheets)}
        self.areas_of: dict[Place, frozenset[Area]] = {}
        for number, sheet in enumerate(workbook.sheets):
            self._read(number, sheet)
        self.users: dict[Area, list[Place]] = defaultdict(list)
        for place, areas in self.areas_of.items():
            for area in areas:
                self.users[area].append(place)
        self.known = list(self.users)
        self.table = np.array(self.known, np.int64).reshape(-1, 5)
        cells = np.array(list(self.areas_of), np.int64).reshape(-1, 3)
        self.cells = cells[np.lexsort((cells[:, 2], cells[:, 1], cells[:, 0]))]
        self.around: dict[Place, list[Area]] = {}
        self.inside: dict[Area, list[Place]] = {}

    def areas_around(self, place: Place) -> list[Area]:
        """The areas referred to that hold a cell."""
        if place not in self.around:
            sheet, row, column = place
            table = self.table
            held = (table[:, 0] == sheet) & (table[:, 1] <= row) & (table[:, 3] >= row)
            held &= (table[:, 2] <= column) & (table[:, 4] >= column)
            self.around[place] = [self.known[at] for at in np.flatnonzero(held).tolist()]
        return self.around[place]

    def formulas_inside(self, area: Area) -> list[Place]:
        """The formula cells of an area."""
        if area not in self.inside:
            sheet, top, left, bottom, right = area
            key = self.cells[:, 0] * (MAX_ROW + 1) + self.cells[:, 1]
            low = np.searchsorted(key, sheet * (MAX_ROW + 1) + top, side="left")
            high = np.searchsorted(key, sheet * (MAX_ROW + 1) + bottom, side="right")
            columns = self.cells[low:high, 2]
            rows = self.cells[low:high][(columns >= left) & (columns <= right)]
            self.inside[area] = [(a, b, c) for a, b, c in rows.tolist()]
        return self.inside[area]

    def dependents(self, starts: Iterable[Place], depth: int | None = None) -> set[Place]:
        """All formula cells that depend on one of the cells."""
        seen: set[Place] = set()
        areas: set[Area] = set()
        layer = list(starts)
        while layer and depth != 0:
            found = []
            for place in layer:
                for area in self.areas_around(place):
                    if area not in areas:
                        areas.add(area)
                        found += [user for user in self.users[area] if user not in seen]
                        seen.update(self.users[area])
            layer = found
            depth = None if depth is None else depth - 1
        return seen

    def precedents(self, starts: Iterable[Place], depth: int | None = None) -> set[Area]:
        """All areas that one of the cells depends on."""
        areas: set[Area] = set()
        visited: set[Place] = set()
        layer = list(starts)
        while layer and depth != 0:
            new = {area for place in layer for area in self.areas_of.get(place, ())} - areas
            areas |= new
            found = []
            for area in new:
                found += [place for place in self.formulas_inside(area) if place not in visited]
                visited.update(found)
            layer = found
            depth = None if depth is None else depth - 1
        return areas

    def _read(self, number: int, sheet: Sheet) -> None:
        cells = sheet.cells
        filled: dict[Place, frozenset[Area]] = {}
        for at in np.flatnonzero(cells.formulas != NO_FORMULA).tolist():
            row, column = int(cells.rows[at]), int(cells.columns[at])
            index = int(cells.formulas[at])
            text, group = cells.formula_texts[index], cells.formula_groups.get(index)
            if group is not None and group.kind is FormulaKind.SHARED:
                master = RangeRef("", group.row, group.column, group.row, group.column).a1
                cell = RangeRef("", row, column, row, column).a1
                text = Translator("=" + text, origin=master).translate_formula(cell)[1:]
            elif group is not None:
                areas = frozenset(self._areas(text, number, group.row, group.column))
                span = group.range
                for inner in cells.within(span).tolist():
                    place = number, int(cells.rows[inner]), int(cells.columns[inner])
                    filled[place] = areas
            self.areas_of[number, row, column] = frozenset(self._areas(text, number, row, column))
        self.areas_of |= filled

    def _areas(self, text: str, sheet: int, row: int, column: int) -> Iterator[Area]:
        for token in Tokenizer("=" + text).items:
            if token.type == Token.OPERAND and token.subtype == Token.RANGE:
                yield from self._operand(token.value, sheet, row, column, 0)

    def _operand(self, text: str, sheet: int, row: int, column: int, nested: int) -> Iterator[Area]:
        match = _SHEET.fullmatch(text)
        first = last = sheet
        if match is not None:
            prefix = (match[1] or match[2]).replace("''", "'")
            before, _, after = prefix.partition(":")
            numbers = [self.numbers.get(name.casefold()) for name in (before, after or before)]
            if numbers[0] is None or numbers[1] is None:
                return  # another workbook, or a sheet that is not there
            first, last = sorted((numbers[0], numbers[1]))
            text = match[3]
        span = area(text, row - 1, column - 1) if nested else area(text)
        if span is not None:
            for number in range(first, last + 1):
                yield number, *span
        elif "[" in text:
            yield from self._table(text, sheet, row, column)
        else:
            yield from self._name(text, first, row, column, nested)

    def _name(self, text: str, sheet: int, row: int, column: int, nested: int) -> Iterator[Area]:
        own = self.workbook.sheets[sheet].name.casefold()
        found = [one for one in self.workbook.names if one.name.casefold() == text.casefold()]
        found = [one for one in found if one.sheet.casefold() == own] or [
            one for one in found if not one.sheet
        ]
        if found and nested < 20:
            for token in Tokenizer("=" + found[0].refers_to.removeprefix("=")).items:
                if token.type == Token.OPERAND and token.subtype == Token.RANGE:
                    yield from self._operand(token.value, sheet, row, column, nested + 1)

    def _table(self, text: str, sheet: int, row: int, column: int) -> Iterator[Area]:
        match = _TABLE.fullmatch(text)
        assert match is not None, text
        tables = [table for one in self.workbook.sheets for table in one.tables]
        name, item = match[1].casefold(), match[2]
        named = [
            table
            for table in tables
            if (table.name.casefold() == name if name else table.range.contains(row, column))
            and (name or table.range.sheet == self.workbook.sheets[sheet].name)
        ]
        if not named:
            return
        span = _in_table(named[0], item, row)
        if span is not None:
            yield self.numbers[named[0].range.sheet.casefold()], *span


def _in_table(table: Table, item: str, row: int) -> tuple[int, int, int, int] | None:
    """Top, left, bottom and right of what stands in the brackets; None for no cells."""
    whole = table.range
    data = whole.top + table.header_rows, whole.bottom - table.totals_rows
    rows = {
        "": data,
        "#data": data,
        "#all": (whole.top, whole.bottom),
        "#headers": (whole.top, whole.top),
        "#totals": (whole.bottom, whole.bottom),
        "#this row": (row, row) if data[0] <= row <= data[1] else (1, 0),
    }
    parts = [part.lstrip("@").casefold() for part in re.findall(r"\[([^\[\]]*)\]", item) or [item]]
    taken = "#this row" if item.startswith("@") else "#data"
    headers = [header.casefold() for header in table.columns]
    columns = []
    for part in parts:
        if part in rows:
            taken = part or taken
        elif part in headers:
            columns.append(whole.left + headers.index(part))
        else:
            return None
    top, bottom = rows[taken]
    if top > bottom:
        return None
    return top, min(columns, default=whole.left), bottom, max(columns, default=whole.right)


def area(text: str, down: int = 0, across: int = 0) -> tuple[int, int, int, int] | None:
    """Top, left, bottom, right of a reference without sheet; None for anything else.

    What is relative is moved down and across; what leaves the sheet comes in on the other side.
    """
    if match := _AREA.fullmatch(text):
        corners = (match[1], match[2]), (match[3] or match[1], match[4] or match[2])
        rows = [_moved(row, down, MAX_ROW) for _, row in corners]
        columns = [_moved(column, across, MAX_COLUMN) for column, _ in corners]
    elif match := _COLUMNS.fullmatch(text):
        rows = [1, MAX_ROW]
        columns = [_moved(column, across, MAX_COLUMN) for column in match.groups()]
    elif match := _ROWS.fullmatch(text):
        rows = [_moved(row, down, MAX_ROW) for row in match.groups()]
        columns = [1, MAX_COLUMN]
    else:
        return None
    return min(rows), min(columns), max(rows), max(columns)


def _moved(text: str, by: int, limit: int) -> int:
    name = text.lstrip("$")
    place = int(name) if name.isdigit() else column_number(name)
    return place if text.startswith("$") else (place - 1 + by) % limit + 1


def painted(first: Iterable[Area], second: Iterable[Area]) -> tuple[int, int, int, bool]:
    """Cells of the first areas together, of the second, of each of these alone, and if equal."""
    one, two = np.array(list(first), np.int64), np.array(list(second), np.int64)
    one, two = one.reshape(-1, 5), two.reshape(-1, 5)
    counts = [0, 0]
    equal = True
    for sheet in np.unique(np.concatenate([one[:, 0], two[:, 0]])).tolist():
        own = [areas[areas[:, 0] == sheet][:, 1:] for areas in (one, two)]
        both = np.concatenate(own)
        rows = np.unique(np.concatenate([both[:, 0], both[:, 2] + 1]))
        columns = np.unique(np.concatenate([both[:, 1], both[:, 3] + 1]))
        sizes = np.diff(rows, append=rows[-1])[:, None] * np.diff(columns, append=columns[-1])
        grids = [_grid(areas, rows, columns) for areas in own]
        counts = [count + int(sizes[grid].sum()) for count, grid in zip(counts, grids, strict=True)]
        equal &= bool((grids[0] == grids[1]).all())
    alone = int(((two[:, 3] - two[:, 1] + 1) * (two[:, 4] - two[:, 2] + 1)).sum())
    return counts[0], counts[1], alone, equal


def _grid(
    areas: npt.NDArray[np.int64], rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    grid = np.zeros((len(rows), len(columns)), np.bool_)
    ends = [np.searchsorted(rows, areas[:, 0]), np.searchsorted(columns, areas[:, 1])]
    ends += [np.searchsorted(rows, areas[:, 2] + 1), np.searchsorted(columns, areas[:, 3] + 1)]
    for top, left, bottom, right in np.stack(ends, axis=1).tolist():
        grid[top:bottom, left:right] = True
    return grid


def place(cell: str) -> Place:
    """A cell of the first sheet."""
    row, column = parse_cell(cell)
    return 0, row, column
