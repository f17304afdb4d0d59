"""The cells of a sheet along its columns and rows: where each stands, and how many are numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.memo import once
from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind
from tickmark.model.workbook import Sheet

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

DOWN, ACROSS = 0, 1
"""The two ways in which a line of cells runs: down a column, across a row."""

_STEP: Final = 1 << 24


@dataclass(frozen=True, slots=True, eq=False)
class CellLines:
    """The cells of a sheet, sorted along its rows and along its columns.

    A line is a column (DOWN) or a row (ACROSS), a place is the row or column of a cell in it.
    `keys[axis]` (n, sorted) are one number for line and place; `order[axis]` (n) the positions of
    these cells in the sheet's arrays; `numbers[axis]` (n + 1) how many of the cells before are
    numbers; `number` (n) tells by position which cells are.
    """

    keys: tuple[Numbers, Numbers]
    order: tuple[Numbers, Numbers]
    numbers: tuple[Numbers, Numbers]
    number: Mask

    def is_number(self, positions: Numbers) -> Mask:
        """Which cells are numbers; dates are none."""
        return np.asarray(self.number[positions], np.bool_)

    def positions(self, axis: int, line: Numbers, place: Numbers) -> Numbers:
        """The positions of cells, -1 where there is none."""
        keys = self.keys[axis]
        if not len(keys):
            return np.full(len(line), -1, np.int64)
        wanted = line * _STEP + place
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[at] == wanted, self.order[axis][at], -1)

    def number_counts(self, axis: int, line: Numbers, first: Numbers, last: Numbers) -> Numbers:
        """How many numbers stand between two places of a line, both included."""
        keys, counts = self.keys[axis], self.numbers[axis]
        low = np.searchsorted(keys, line * _STEP + first, side="left")
        high = np.searchsorted(keys, line * _STEP + last, side="right")
        return np.asarray(counts[high] - counts[low], np.int64)

    def span(self, axis: int, line: int, first: int, last: int) -> Numbers:
        """The positions of all cells between two places of a line, both included."""
        keys = self.keys[axis]
        low = int(np.searchsorted(keys, line * _STEP + first, side="left"))
        high = int(np.searchsorted(keys, line * _STEP + last, side="right"))
        return self.order[axis][low:high]


@once
def cell_lines(sheet: Sheet) -> CellLines:
    """The lines of a sheet, sorted once for all that ask."""
    cells = sheet.cells
    rows, columns = cells.rows.astype(np.int64), cells.columns.astype(np.int64)
    number = cells.kinds == CellKind.NUMBER
    across = np.arange(len(cells), dtype=np.int64)
    down = np.lexsort((rows, columns)).astype(np.int64)
    return CellLines(
        keys=((columns * _STEP + rows)[down], rows * _STEP + columns),
        order=(down, across),
        numbers=(_counts(number[down]), _counts(number)),
        number=number,
    )


def _counts(flags: Mask) -> Numbers:
    return np.concatenate(([0], np.cumsum(flags)))


def line_area(axis: int, line: int, first: int, last: int, *, sheet: str = "") -> RangeRef:
    """The cells between two places of a line, both included."""
    if axis == DOWN:
        return RangeRef(sheet, first, line, last, line)
    return RangeRef(sheet, line, first, line, last)
