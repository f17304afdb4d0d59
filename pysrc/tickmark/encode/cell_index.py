"""The cells of a sheet, looked up by rectangle in either direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tickmark.model.address import RangeRef
from tickmark.model.grid import Cells
from tickmark.structure.ordering import counted

Positions = npt.NDArray[np.intp]
Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Edges = tuple[int, int, int, int]

_ROWS = 1 << 21
_COLUMNS = 1 << 15


@dataclass(frozen=True, eq=False)
class CellIndex:
    """Finds cells through their rows or through their columns, whichever hold fewer others.

    A rectangle is given by its edges: top, left, bottom, right.
    """

    cells: Cells

    @cached_property
    def by_column(self) -> Positions:
        """Positions of all cells, column by column, each from top to bottom."""
        return np.argsort(self.cells.columns, kind="stable")

    @cached_property
    def ranks(self) -> Positions:
        """The place of each cell in `by_column`."""
        ranks = np.empty(len(self.by_column), np.intp)
        ranks[self.by_column] = np.arange(len(ranks))
        return ranks

    def within(self, edges: Edges) -> Positions:
        """Positions of the cells of a rectangle, in order."""
        top, left, bottom, right = edges
        low, high, first, last = self._bands(edges)
        if top == bottom:
            return np.arange(low, high)
        if left == right:
            return self.by_column[first:last]
        if high - low <= last - first:
            columns = self.cells.columns[low:high]
            return low + np.flatnonzero((columns >= left) & (columns <= right))
        at = self.by_column[first:last]
        rows = self.cells.rows[at]
        return np.sort(at[(rows >= top) & (rows <= bottom)])

    def stretches(self, edges: Numbers, flat: Mask) -> tuple[Positions, Positions]:
        """Where the cells of rows (`flat`) begin and end among all, of columns in `by_column`.

        `edges` has shape (n, 4); of rectangles that are neither, any places are given.
        """
        rows = edges[:, [0, 2]] * _COLUMNS + edges[:, [1, 3]]
        columns = edges[:, [1, 3]] * _ROWS + edges[:, [0, 2]]
        low = np.where(
            flat, self._across.searchsorted(rows[:, 0]), self._down.searchsorted(columns[:, 0])
        )
        high = np.where(
            flat,
            self._across.searchsorted(rows[:, 1], side="right"),
            self._down.searchsorted(columns[:, 1], side="right"),
        )
        return low, high

    def looked_at(self, edges: Edges) -> int:
        """How many cells are looked at to find those of a rectangle."""
        low, high, first, last = self._bands(edges)
        return min(high - low, last - first)

    def at(self, rows: npt.ArrayLike, columns: npt.ArrayLike) -> Positions:
        """Positions of single cells, -1 for those that the sheet does not have."""
        keys = np.asarray(rows, np.int64) * _COLUMNS + np.asarray(columns, np.int64)
        at = self._across.searchsorted(keys)
        found = at < len(self._across)
        found[found] = self._across[at[found]] == keys[found]
        return np.where(found, at, -1)

    def _bands(self, edges: Edges) -> tuple[int, int, int, int]:
        """Where the rows of a rectangle begin and end among the cells, and its columns."""
        top, left, bottom, right = edges
        rows = self._across.searchsorted((top * _COLUMNS + left, bottom * _COLUMNS + right + 1))
        columns = self._down.searchsorted((left * _ROWS + top, right * _ROWS + bottom + 1))
        return int(rows[0]), int(rows[1]), int(columns[0]), int(columns[1])

    @cached_property
    def _across(self) -> npt.NDArray[np.int64]:
        return self.cells.rows.astype(np.int64) * _COLUMNS + self.cells.columns

    @cached_property
    def _down(self) -> npt.NDArray[np.int64]:
        order = self.by_column
        return self.cells.columns[order].astype(np.int64) * _ROWS + self.cells.rows[order]


def positions_of(
    index: CellIndex, areas: Sequence[Edges], excepted: Sequence[Edges] = ()
) -> Positions:
    """Positions of the cells of areas, one area after the other, without the excepted ones."""
    found = _positions(index, areas)
    if not excepted:
        return found
    return found[~np.isin(found, _positions(index, excepted))]


def edges_of(area: RangeRef) -> Edges:
    """The edges of a range."""
    return area.top, area.left, area.bottom, area.right


def _positions(index: CellIndex, areas: Sequence[Edges]) -> Positions:
    if len(areas) == 1:
        return index.within(areas[0])
    edges = np.array(areas, np.int64)
    flat, thin = edges[:, 0] == edges[:, 2], edges[:, 1] == edges[:, 3]
    low, high = index.stretches(edges, flat)
    sizes = high - low
    thick = {at: index.within(areas[at]) for at in np.flatnonzero(~flat & ~thin).tolist()}
    for at, inside in thick.items():
        sizes[at] = len(inside)
    starts = np.cumsum(sizes) - sizes
    found = np.empty(int(sizes.sum()), np.intp)
    # The cells of a row, or of a column, are all looked up at once.
    for lines, order in ((flat, None), (thin & ~flat, index.by_column)):
        of_line, ahead = counted(sizes[lines])
        places = low[lines][of_line] + ahead
        told = places if order is None else order[places]
        found[starts[lines][of_line] + ahead] = told
    for at, inside in thick.items():
        found[starts[at] : starts[at] + sizes[at]] = inside
    return found
