"""A set of cells over all sheets, in which those inside an area are found at once."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tickmark.model.grid import Cells
from tickmark.structure.references import Edges

Place = tuple[int, int, int]
"""Number of the sheet in the workbook, row, column."""


@dataclass(frozen=True, slots=True)
class _Column:
    """One column's cells: their rows, sorted, and the number of the first."""

    first: int
    rows: list[int]


class CellIndex:
    """Cells numbered by sheet, column and row, so that a column's part of an area is a span.

    Made from positions in the cells of each sheet, in the order of the sheets. `places` holds
    sheet, row and column of each number, `positions` its position in the cells of its sheet.
    """

    def __init__(self, chosen: Iterable[tuple[Cells, npt.NDArray[np.intp]]]) -> None:
        self.places: list[Place] = []
        self.positions: list[int] = []
        self._letters: list[list[int]] = []
        self._columns: list[list[_Column]] = []
        for number, (cells, positions) in enumerate(chosen):
            rows, columns = cells.rows[positions], cells.columns[positions].astype(np.int64)
            order = np.lexsort((rows, columns))
            down, across = rows[order], columns[order]
            numbers, starts = np.unique(across, return_index=True)
            ends = np.append(starts, len(down))[1:].tolist()
            base = len(self.places)
            self._letters.append(numbers.tolist())
            self._columns.append(
                [
                    _Column(base + start, down[start:end].tolist())
                    for start, end in zip(starts.tolist(), ends, strict=True)
                ]
            )
            self.positions.extend(positions[order].tolist())
            self.places.extend(
                (number, row, column)
                for row, column in zip(down.tolist(), across.tolist(), strict=True)
            )

    def __len__(self) -> int:
        return len(self.places)

    def spans(self, sheet: int, edges: Edges) -> Iterator[tuple[int, int]]:
        """The numbers of the cells inside an area: first and one past the last, by column."""
        top, left, bottom, right = edges
        letters = self._letters[sheet]
        for at in range(bisect_left(letters, left), bisect_right(letters, right)):
            column = self._columns[sheet][at]
            low = bisect_left(column.rows, top)
            high = bisect_right(column.rows, bottom, low)
            if low < high:
                yield column.first + low, column.first + high
