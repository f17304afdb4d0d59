"""Cells in even steps: rectangles of which every second, third or fourth row or column counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

MOST_STEP = 4
Numbers = npt.NDArray[np.int64]


class Lattice(NamedTuple):
    """One lattice: the cells of rows `top + i * row_step` and columns `left + j * column_step`.

    `sheet` is the number of the sheet in the workbook; i runs below `height`, j below `width`. A
    lattice of one row has the row step 1, one of one column the column step 1.
    """

    sheet: int
    top: int
    left: int
    height: int = 1
    width: int = 1
    row_step: int = 1
    column_step: int = 1

    @property
    def bottom(self) -> int:
        """The last row."""
        return self.top + (self.height - 1) * self.row_step

    @property
    def right(self) -> int:
        """The last column."""
        return self.left + (self.width - 1) * self.column_step

    @property
    def cells(self) -> int:
        """Number of cells."""
        return self.height * self.width

    def rectangles(self) -> Iterator[tuple[int, int, int, int]]:
        """Top, left, bottom, right of the rectangles that hold exactly its cells."""
        rows = _spans(self.top, self.bottom, self.height, self.row_step)
        columns = _spans(self.left, self.right, self.width, self.column_step)
        return ((top, left, bottom, right) for top, bottom in rows for left, right in columns)


@dataclass(frozen=True, slots=True, eq=False)
class Lattices:
    """Many lattices as an int64 array of shape (n, 7), a row each, columns as in Lattice."""

    table: Numbers

    @classmethod
    def of(cls, rows: Iterable[Lattice]) -> Lattices:
        """Lattices from single ones."""
        return cls(np.array(list(rows), np.int64).reshape(-1, 7))

    def __len__(self) -> int:
        return len(self.table)

    def __getitem__(self, index: int) -> Lattice:
        return Lattice(*self.table[index].tolist())

    def __iter__(self) -> Iterator[Lattice]:
        return (Lattice(*row) for row in self.table.tolist())

    @property
    def sheet(self) -> Numbers:
        """Numbers of the sheets."""
        return self.table[:, 0]

    @property
    def top(self) -> Numbers:
        """First rows."""
        return self.table[:, 1]

    @property
    def left(self) -> Numbers:
        """First columns."""
        return self.table[:, 2]

    @property
    def height(self) -> Numbers:
        """Numbers of rows."""
        return self.table[:, 3]

    @property
    def width(self) -> Numbers:
        """Numbers of columns."""
        return self.table[:, 4]

    @property
    def row_step(self) -> Numbers:
        """Distances between rows."""
        return self.table[:, 5]

    @property
    def column_step(self) -> Numbers:
        """Distances between columns."""
        return self.table[:, 6]

    @property
    def bottom(self) -> Numbers:
        """Last rows."""
        return self.top + (self.height - 1) * self.row_step

    @property
    def right(self) -> Numbers:
        """Last columns."""
        return self.left + (self.width - 1) * self.column_step

    @property
    def cells(self) -> Numbers:
        """Numbers of cells."""
        return self.height * self.width


def _spans(first: int, last: int, count: int, step: int) -> list[tuple[int, int]]:
    if step == 1:
        return [(first, last)]
    return [(first + at * step,) * 2 for at in range(count)]
