"""What each cell of a sheet is to its region: whose it is, and what its row and column hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tickmark.audit.memo import once
from tickmark.audit.region_grid import LineRole
from tickmark.audit.rule import Facts

NO_REGION = -1

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class CellRoles:
    """For the cells of a sheet, by position: the number of their grid and what their lines hold.

    `region` (n) is the index in `Facts.grids` of the sheet, NO_REGION for none; `row` and `column`
    (n, LineRole) the roles of the cell's row and column, DATA without a region; `part` (n) the
    part of the region that the row belongs to, -1 for rows without data.
    """

    region: Numbers
    row: npt.NDArray[np.uint8]
    column: npt.NDArray[np.uint8]
    part: Numbers

    def is_data(self, at: Numbers) -> npt.NDArray[np.bool_]:
        """Which cells of a region stand in a row and a column of data."""
        data = (self.row[at] == LineRole.DATA) & (self.column[at] == LineRole.DATA)
        return np.asarray(data & (self.region[at] != NO_REGION), np.bool_)


@once
def cell_roles(facts: Facts) -> tuple[CellRoles, ...]:
    """The roles of the cells of each sheet, by its number."""
    return tuple(_of_sheet(facts, number) for number in range(len(facts.formulas.sheets)))


def _of_sheet(facts: Facts, number: int) -> CellRoles:
    count = len(facts.formulas.sheets[number].sheet.cells)
    region = np.full(count, NO_REGION, np.int64)
    row, column = np.zeros(count, np.uint8), np.zeros(count, np.uint8)
    part = np.full(count, -1, np.int64)
    for at, grid in enumerate(facts.grids[number]):
        filled = grid.position >= 0
        cells = grid.position[filled]
        in_row, in_column = np.nonzero(filled)
        region[cells] = at
        row[cells], column[cells] = grid.rows[in_row], grid.columns[in_column]
        part[cells] = grid.part[in_row]
    return CellRoles(region, row, column, part)
