"""The templates of one sheet; most copies are recognised without being read."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.address import RangeRef
from tickmark.model.grid import NO_FORMULA, FormulaGroup, FormulaKind
from tickmark.model.workbook import Sheet
from tickmark.structure.pieces import Pieces, a1_text, pieces_of_split, split
from tickmark.structure.row_pattern import RowPattern, row_pattern
from tickmark.structure.template import Template

NO_TEMPLATE: Final = -1

Positions = npt.NDArray[np.intp]

_MOST_GUESSES: Final = 3
_BULK_FROM: Final = 4
_LEAST_BULK: Final = 32
_MOST_BULK: Final = 32_768


class TemplateReader:
    """Collects the templates of a sheet.

    `template_of` has for each cell of the sheet the index of its template, or NO_TEMPLATE. A
    formula is compared with what the ones above and beside it would read like in its cell; only
    one that equals none of them is read.
    """

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.templates: list[Template] = []
        self.template_of = np.full(len(sheet.cells), NO_TEMPLATE, np.int32)
        self._known: dict[tuple[Pieces, RangeRef | None], int] = {}

    def read(self) -> None:
        """Read all formulas of the sheet: those of groups, then all others."""
        cells = self.sheet.cells
        positions = np.flatnonzero(cells.formulas != NO_FORMULA)
        if not len(positions):
            return
        if not cells.formula_groups:
            self._columns(positions)
            return
        master = np.zeros((len(cells.formula_texts), 2), np.int32)
        filled = np.zeros(len(cells.formula_texts), np.bool_)
        for number, group in cells.formula_groups.items():
            fills = _filled(group)
            if fills is not None:
                filled[number] = True
                self._fill(cells.formula_texts[number], group, fills)
            else:
                master[number] = group.row, group.column
        numbers = cells.formulas[positions]
        shared = master[numbers, 0] > 0
        is_master = shared & (master[numbers, 0] == cells.rows[positions])
        is_master &= master[numbers, 1] == cells.columns[positions]
        self._columns(positions[is_master])
        self._members(positions[is_master], positions[shared & ~is_master])
        self._columns(positions[~shared & ~filled[numbers]])

    def known(
        self,
        text: str,
        made: Pieces,
        row: int,
        column: int,
        fills: RangeRef | None = None,
        *,
        computed: bool = True,
    ) -> int:
        """The index of a formula's template, a new one if no cell before had the same."""
        key = (made, fills)
        index = self._known.get(key)
        if index is None:
            self._known[key] = index = len(self.templates)
            self.templates.append(Template(text, made, row, column, fills, computed))
        return index

    def _fill(self, text: str, group: FormulaGroup, fills: RangeRef) -> None:
        computed = group.kind is not FormulaKind.DATA_TABLE
        made = pieces_of_split(split(text), group.row, group.column)
        index = self.known(text, made, group.row, group.column, fills, computed=computed)
        self.template_of[self.sheet.cells.within(fills)] = index

    def _members(self, masters: Positions, members: Positions) -> None:
        """Give the members of shared formulas the templates of their masters."""
        cells = self.sheet.cells
        of_number = np.full(len(cells.formula_texts), NO_TEMPLATE, np.int32)
        of_number[cells.formulas[masters]] = self.template_of[masters]
        numbers = cells.formulas[members]
        for number in np.unique(numbers[of_number[numbers] == NO_TEMPLATE]).tolist():
            text, group = cells.formula_texts[number], cells.formula_groups[number]
            made = pieces_of_split(split(text), group.row, group.column)
            of_number[number] = self.known(text, made, group.row, group.column)
        self.template_of[members] = of_number[numbers]

    def _columns(self, positions: Positions) -> None:
        """Read formulas that have a text of their own, column by column."""
        if not len(positions):
            return
        cells = self.sheet.cells
        positions = positions[np.argsort(cells.columns[positions], kind="stable")]
        columns = cells.columns[positions]
        found = _ColumnReader(self, positions)
        starts = [0, *(np.flatnonzero(columns[1:] != columns[:-1]) + 1).tolist(), len(positions)]
        for start, end in pairwise(starts):
            found.read(int(columns[start]), end)
        self.template_of[positions] = found.found


class _ColumnReader:
    """Goes down one column after the other, those to the left first.

    The formulas are numbered in this order. `found` are the templates so far, `beside` has for
    each formula the number of the one left of it, or -1, and `known` the template of the cell left
    of it where that was read before.
    """

    def __init__(self, sheet: TemplateReader, positions: Positions) -> None:
        cells = sheet.sheet.cells
        self.sheet = sheet
        self.rows: list[int] = cells.rows[positions].tolist()
        numbers = cells.formulas[positions].tolist()
        self.texts = list(map(cells.formula_texts.__getitem__, numbers))
        before = np.maximum(positions, 1) - 1
        beside = cells.rows[before] == cells.rows[positions]
        beside &= cells.columns[before] == cells.columns[positions] - 1
        number = np.full(len(cells), -1, np.int64)
        number[positions] = np.arange(len(positions))
        self.beside: list[int] = np.where(beside, number[before], -1).tolist()
        self.known: list[int] = np.where(beside, sheet.template_of[before], NO_TEMPLATE).tolist()
        self.found: list[int] = []

    def read(self, column: int, end: int) -> None:
        """Read the formulas of one column, up to the number `end`."""
        self.column = column
        self.patterns: dict[int, RowPattern] = {}
        self.after: dict[int, int] = {}
        self.recent: list[int] = []
        last, alike = NO_TEMPLATE, 0
        found = self.found
        while (at := len(found)) < end:
            index = self._next(at, self.after.get(last, last))
            alike = alike + 1 if index == last else 0
            self.after[last] = index
            last = index
            found.append(index)
            if alike >= _BULK_FROM and index in self.patterns:
                self._bulk(index, end)

    def _next(self, at: int, expected: int) -> int:
        """The template of one formula; `expected` is what followed the last one before."""
        row, text, patterns = self.rows[at], self.texts[at], self.patterns
        pattern = patterns.get(expected)
        if pattern is not None and pattern.holds(row, text):
            return expected
        for index in self.recent:
            if index != expected and patterns[index].holds(row, text):
                return index
        left = self.known[at] if self.beside[at] < 0 else self.found[self.beside[at]]
        if left != NO_TEMPLATE and left not in patterns:
            template = self.sheet.templates[left]
            if template.fills is None and a1_text(template.pieces, row, self.column) == text:
                if left in self.after:  # met again: from now on it is foretold from above
                    self._learn(left, split(text), row)
                return left
        found = split(text)
        index = self.sheet.known(text, pieces_of_split(found, row, self.column), row, self.column)
        if index not in patterns:
            self._learn(index, found, row)
        return index

    def _learn(self, index: int, found: list[tuple[str, str]], row: int) -> None:
        self.patterns[index] = row_pattern(found, row)
        self.recent.insert(0, index)
        del self.recent[_MOST_GUESSES:]

    def _bulk(self, index: int, end: int) -> None:
        """Step over the copies that follow, in chunks that grow as long as all are copies."""
        size = _LEAST_BULK
        while (start := len(self.found)) < end:
            stop = min(start + size, end)
            copies = self.patterns[index].matches(self.rows[start:stop], self.texts[start:stop])
            self.found.extend([index] * copies)
            if start + copies < stop:
                return
            size = min(4 * size, _MOST_BULK)


def _filled(group: FormulaGroup) -> RangeRef | None:
    """The range that a group fills with one formula, if it does not move from cell to cell."""
    several = group.kind is not FormulaKind.SHARED and group.range.cells > 1
    return group.range if several or group.kind is FormulaKind.DATA_TABLE else None
