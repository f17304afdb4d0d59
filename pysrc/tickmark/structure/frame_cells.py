"""The cells of a sheet by column, for tables that are taken out of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind, Cells
from tickmark.model.workbook import Sheet, Workbook

Positions = npt.NDArray[np.intp]
NOTHING = -1
"""Stands for the position of a cell where there is none."""


@dataclass(frozen=True, slots=True, eq=False)
class FrameCells:
    """The cells of some rows of a sheet, column after column, and the merged ones among them.

    `positions` are those in the sheet's cells, sorted by column, then row; `rows` are their rows.
    `starts` tells where each column begins, from column 0 on. `merges` has top, left, bottom and
    right, sorted by left, then top.
    """

    workbook: Workbook
    cells: Cells
    positions: Positions
    rows: npt.NDArray[np.int32]
    starts: Positions
    merges: npt.NDArray[np.int32]

    def column(self, column: int, top: int, bottom: int) -> Positions:
        """Positions of the cells of a column between two rows that show something, in order.

        Errors are among them; empty texts and blanks are not.
        """
        if not 0 <= column < len(self.starts) - 1:
            return np.empty(0, np.intp)
        first, last = self.starts[column], self.starts[column + 1]
        rows = self.rows[first:last]
        low = first + np.searchsorted(rows, top)
        high = first + np.searchsorted(rows, bottom, side="right")
        return self.shown(self.positions[low:high])

    def shown(self, positions: Positions) -> Positions:
        """Those of some cells that show something."""
        kinds = self.cells.kinds[positions]
        keep = kinds != CellKind.EMPTY
        texts = np.flatnonzero(kinds == CellKind.TEXT)
        if len(texts):
            numbers, which = np.unique(self.cells.values[positions[texts]], return_inverse=True)
            blank = [not self.cells.texts[int(number)].strip() for number in numbers.tolist()]
            keep[texts] = ~np.array(blank, np.bool_)[which]
        found: Positions = positions[keep]
        return found

    def filled_columns(self, area: RangeRef) -> list[int]:
        """The columns of an area that have cells, in order."""
        last = min(area.right, len(self.starts) - 2)
        numbers = np.arange(area.left, last + 1)
        return [int(one) for one in numbers[self.starts[numbers + 1] > self.starts[numbers]]]

    def merged_down(self, column: int) -> npt.NDArray[np.int32]:
        """Tops and bottoms (2 columns) of the merged cells that begin in a column, by top."""
        low, high = np.searchsorted(self.merges[:, 1], (column, column + 1))
        found = self.merges[low:high, ::2]
        return found[found[:, 1] > found[:, 0]]

    def merged_across(self, row: int) -> npt.NDArray[np.int32]:
        """Lefts and rights (2 columns) of the merged cells that begin in a row, by left."""
        return self.merges[self.merges[:, 0] == row, 1::2]


def frame_cells(workbook: Workbook, sheet: Sheet, area: RangeRef | None = None) -> FrameCells:
    """The cells of a sheet, or of the rows of an area of it."""
    cells = sheet.cells
    low, high = 0, len(cells)
    if area is not None:
        low, high = np.searchsorted(cells.rows, np.array((area.top, area.bottom + 1), np.int32))
    columns = cells.columns[low:high]
    # Cells are sorted by row already: a stable sort by column keeps that within each.
    positions = low + np.argsort(columns, kind="stable")
    counts = np.bincount(columns, minlength=1) if len(columns) else np.zeros(1, np.intp)
    merges = np.array(
        [
            (one.top, one.left, one.bottom, one.right)
            for one in sheet.merges
            if area is None or one.meets(area)
        ],
        np.int32,
    ).reshape(-1, 4)
    return FrameCells(
        workbook=workbook,
        cells=cells,
        positions=positions,
        rows=cells.rows[positions],
        starts=np.concatenate(([0], np.cumsum(counts))),
        merges=merges[np.lexsort((merges[:, 0], merges[:, 1]))],
    )


def covering(
    spans: npt.NDArray[np.int32], points: npt.NDArray[np.integer]
) -> npt.NDArray[np.int64]:
    """For each point the first of the span (first and last, sorted) around it, NOTHING outside.

    Of spans that overlap, which only a damaged file has, the one that begins last counts.
    """
    if not len(spans):
        return np.full(len(points), NOTHING, np.int64)
    at = np.searchsorted(spans[:, 0], points, side="right") - 1
    inside = (at >= 0) & (points <= spans[at, 1])
    return np.where(inside, spans[at, 0], NOTHING)
