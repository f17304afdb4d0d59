"""The rows and columns of a sheet that are shown, and the cells in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tickmark.model.workbook import Interval, Sheet, SheetState, Workbook
from tickmark.structure.concealment import unseen_cells

Lines = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ShownGrid:
    """Rows and columns of a sheet, sorted 1-based numbers, and the cells where they cross.

    `positions` are those of the sheet's arrays, sorted; `row_of` and `column_of` tell for each of
    these cells which of the rows and columns it stands in, counted from 0.
    """

    rows: Lines
    columns: Lines
    positions: npt.NDArray[np.intp]
    row_of: Numbers
    column_of: Numbers

    @property
    def size(self) -> int:
        """Number of cells of the grid, blank ones included."""
        return len(self.rows) * len(self.columns)

    def only(self, chosen: npt.NDArray[np.bool_]) -> ShownGrid:
        """The grid with the chosen ones, of all cells of its sheet, alone; the others are blank."""
        kept = chosen[self.positions]
        if kept.all():
            return self
        positions, row_of = self.positions[kept], self.row_of[kept]
        return ShownGrid(self.rows, self.columns, positions, row_of, self.column_of[kept])


def shown_grid(workbook: Workbook, sheet: Sheet, *, hidden: bool = False) -> ShownGrid:
    """The used range of a sheet without its hidden rows and columns, with `hidden` all of it.

    Nothing of a hidden sheet is shown otherwise, and cells that cannot be seen look blank.
    """
    used = sheet.used_range
    if used is None or (sheet.state is not SheetState.VISIBLE and not hidden):
        return crossing(sheet, np.empty(0, np.int32), np.empty(0, np.int32))
    if hidden:
        return crossing(sheet, _without(used.top, used.bottom), _without(used.left, used.right))
    grid = crossing(
        sheet,
        _without(used.top, used.bottom, sheet.hidden_rows),
        _without(used.left, used.right, sheet.hidden_columns),
    )
    return grid.only(~unseen_cells(workbook, sheet))


def crossing(sheet: Sheet, rows: Lines, columns: Lines) -> ShownGrid:
    """The grid of these rows and columns of a sheet, sorted numbers."""
    cells = sheet.cells
    row_of, column_of = _places(rows, cells.rows), _places(columns, cells.columns)
    positions = np.flatnonzero((row_of >= 0) & (column_of >= 0))
    return ShownGrid(rows, columns, positions, row_of[positions], column_of[positions])


def _places(lines: Lines, numbers: Lines | npt.NDArray[np.int16]) -> Numbers:
    """For each number its place among the lines, -1 for none."""
    if not len(lines) or not len(numbers):
        return np.full(len(numbers), -1, np.int64)
    places = np.full(max(int(lines[-1]), int(numbers.max())) + 1, -1, np.int64)
    places[lines] = np.arange(len(lines))
    return np.asarray(places[numbers])


def _without(first: int, last: int, intervals: tuple[Interval, ...] = ()) -> Lines:
    """The numbers from first to last that lie in no interval; intervals may overlap."""
    size = last - first + 1
    covered = np.zeros(size + 1, np.int64)
    if intervals:
        edges = np.clip(np.array(intervals, np.int64) + np.array([0, 1]), first, last + 1) - first
        covered += np.bincount(edges[:, 0], minlength=size + 1)
        covered -= np.bincount(edges[:, 1], minlength=size + 1)
    return (np.flatnonzero(np.cumsum(covered)[:-1] <= 0) + first).astype(np.int32)
