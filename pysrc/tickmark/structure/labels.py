"""What the cells of a sheet are called: the nearest text to their left and above them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.address import CellRef, RangeRef
from tickmark.model.grid import CellKind
from tickmark.model.workbook import Sheet

LONGEST_LABEL: Final = 80


@dataclass(frozen=True, slots=True)
class Label:
    """A text that names a row or a column, and the cell that it stands in."""

    text: str
    cell: CellRef


class Labels:
    """The labels of one sheet; nothing in a hidden row, column or sheet is one.

    Whether a text was typed or computed does not matter; numbers, dates and blanks are stepped
    over.
    """

    def __init__(self, sheet: Sheet) -> None:
        cells = sheet.cells
        texts = (cells.kinds == CellKind.TEXT) & ~sheet.hidden_cells()
        self._sheet = sheet
        self._across = np.flatnonzero(texts)
        self._rows = cells.rows[self._across].astype(np.int64)
        self._columns = cells.columns[self._across].astype(np.int64)
        down = np.lexsort((self._rows, self._columns))
        self._down = self._across[down]
        self._down_columns, self._down_rows = self._columns[down], self._rows[down]

    def left_of(self, row: int, column: int) -> Label | None:
        """The nearest text to the left of a cell, in its row."""
        return self._before(self._across, self._rows, self._columns, row, column)

    def above(self, row: int, column: int) -> Label | None:
        """The nearest text above a cell, in its column."""
        return self._before(self._down, self._down_columns, self._down_rows, column, row)

    def parts(self, area: RangeRef) -> tuple[str, str]:
        """What an area's row and its column are called, each "" where nothing tells.

        An area of several rows has no row label, one of several columns no column label.
        """
        row = self.left_of(area.top, area.left) if area.top == area.bottom else None
        column = self.above(area.top, area.left) if area.left == area.right else None
        return row.text if row else "", column.text if column else ""

    def _before(
        self,
        positions: npt.NDArray[np.intp],
        lines: npt.NDArray[np.int64],
        places: npt.NDArray[np.int64],
        line: int,
        place: int,
    ) -> Label | None:
        """The last text of a line before a place; line and place may be row and column or not."""
        low = int(np.searchsorted(lines, line, side="left"))
        high = int(np.searchsorted(lines, line, side="right"))
        at = low + int(np.searchsorted(places[low:high], place)) - 1
        while at >= low:
            position = int(positions[at])
            text = str(self._sheet.cells.value(position)).strip()
            if text:
                cell = self._sheet.cells[position]
                return Label(_short(text), CellRef(self._sheet.name, cell.row, cell.column))
            at -= 1
        return None


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_LABEL else f"{text[:LONGEST_LABEL]}…"


@lru_cache(maxsize=4)
def labels_of(sheet: Sheet) -> Labels:
    """The labels of a sheet, found once for all that is asked about it at once."""
    return Labels(sheet)
