"""Brute force where one node a cell would be too much: level by level over all references.

Each step marks the cells newly reached in a picture of their sheet and asks, by sums over the
picture, which references meet them. Independent of blocks, edges and the queries under test.
"""

from __future__ import annotations

import numpy as np

from tests.benchmarks.formula_graph.cell_graph import Cell, covered, node
from tests.benchmarks.formula_graph.pairs import Pairs, packed

_BITS = (34, 14)


class Sweeps:
    """All references of a workbook, ready for steps in both directions."""

    def __init__(self, pairs: Pairs, formulas: Pairs) -> None:
        self.pairs = pairs
        self.heads = packed(pairs[:, 0], pairs[:, 1], pairs[:, 2])
        self.formulas = np.unique(packed(formulas[:, 0], formulas[:, 1], formulas[:, 2]))
        self.of_sheet = {
            sheet: np.flatnonzero(pairs[:, 3] == sheet) for sheet in np.unique(pairs[:, 3]).tolist()
        }

    def dependents(self, cell: Cell) -> int:
        """Number of formula cells that depend on a cell, itself among them if it does."""
        new = np.array([node(cell)])
        reached = np.empty(0, np.int64)
        while len(new):
            heads = np.unique(self.heads[self._meeting(new)])
            new = np.setdiff1d(heads, reached, assume_unique=True)
            reached = np.concatenate([reached, new])
        return len(reached)

    def precedents(self, cell: Cell) -> int:
        """Number of cells, empty ones too, that a cell depends on."""
        new = reached = np.array([node(cell)])
        while len(new):
            areas = np.unique(self.pairs[np.isin(self.heads, new), 3:], axis=0)
            found = self._formulas_in(areas)
            new = np.setdiff1d(found, reached, assume_unique=True)
            reached = np.concatenate([reached, new])
        return covered(self.pairs[np.isin(self.heads, reached), 3:])

    def _meeting(self, cells: Pairs) -> Pairs:
        """Numbers of the references that take in one of the cells."""
        found = [np.empty(0, np.int64)]
        sheets, rows, columns = _places(cells)
        for sheet in np.unique(sheets).tolist():
            own = self.of_sheet.get(sheet)
            if own is None:
                continue
            at = sheets == sheet
            top, left = rows[at].min(), columns[at].min()
            bottom, right = rows[at].max(), columns[at].max()
            sums = np.zeros((bottom - top + 2, right - left + 2), np.int32)
            sums[rows[at] - top + 1, columns[at] - left + 1] = 1
            np.cumsum(sums, axis=0, out=sums)
            np.cumsum(sums, axis=1, out=sums)
            area = self.pairs[own, 4:]
            first = np.clip(area[:, 0] - top, 0, bottom - top + 1)
            last = np.clip(area[:, 2] - top + 1, 0, bottom - top + 1)
            before = np.clip(area[:, 1] - left, 0, right - left + 1)
            behind = np.clip(area[:, 3] - left + 1, 0, right - left + 1)
            inside = sums[last, behind] - sums[first, behind]
            inside += sums[first, before] - sums[last, before]
            found.append(own[inside > 0])
        return np.concatenate(found)

    def _formulas_in(self, areas: Pairs) -> Pairs:
        """The packed formula cells inside one of the areas."""
        sheets, rows, columns = _places(self.formulas)
        found = [np.empty(0, np.int64)]
        for sheet in np.unique(areas[:, 0]).tolist():
            at = np.flatnonzero(sheets == sheet)
            if not len(at):
                continue
            height, width = rows[at].max() + 1, columns[at].max() + 1
            own = areas[areas[:, 0] == sheet, 1:]
            marks = np.zeros((height + 1, width + 1), np.int32)
            top, bottom = np.minimum(own[:, 0], height), np.minimum(own[:, 2] + 1, height)
            left, right = np.minimum(own[:, 1], width), np.minimum(own[:, 3] + 1, width)
            for row, column, sign in (
                (top, left, 1),
                (bottom, right, 1),
                (top, right, -1),
                (bottom, left, -1),
            ):
                np.add.at(marks, (row, column), sign)
            marks = marks.cumsum(axis=0).cumsum(axis=1)
            found.append(self.formulas[at[marks[rows[at], columns[at]] > 0]])
        return np.concatenate(found)


def _places(cells: Pairs) -> tuple[Pairs, Pairs, Pairs]:
    """Sheets, rows and columns of packed cells."""
    high, low = _BITS
    rows = (cells >> low) & ((1 << (high - low)) - 1)
    return cells >> high, rows + 1, (cells & ((1 << low) - 1)) + 1
