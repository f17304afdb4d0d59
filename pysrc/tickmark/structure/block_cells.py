"""The cells of formula blocks, each with its position in the cells of its sheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from tickmark.model.workbook import Workbook
from tickmark.structure.lattices import Lattices, Numbers

_ROW = 1 << 15


@dataclass(frozen=True, slots=True, eq=False)
class BlockCells:
    """n cells: number of the sheet, position in its cells, and which lattice they belong to."""

    sheets: int
    sheet: Numbers
    position: Numbers
    lattice: Numbers

    @classmethod
    def of(cls, workbook: Workbook, lattices: Lattices) -> Self:
        """The cells of lattices that the workbook has."""
        lattice, row, column = cells_of(lattices)
        sheet = lattices.sheet[lattice]
        position = np.full(len(sheet), -1)
        for number in np.unique(sheet).tolist():
            cells = workbook.sheets[number].cells
            here = np.flatnonzero(sheet == number)
            keys = cells.rows.astype(np.int64) * _ROW + cells.columns
            wanted = row[here] * _ROW + column[here]
            at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
            position[here] = np.where(keys[at] == wanted, at, -1)
        there = position >= 0
        return cls(len(workbook.sheets), sheet[there], position[there], lattice[there])

    def positions(self, chosen: Numbers | None = None) -> list[npt.NDArray[np.intp]]:
        """For each sheet the sorted positions of all cells, or of those with some numbers."""
        sheet = self.sheet if chosen is None else self.sheet[chosen]
        position = self.position if chosen is None else self.position[chosen]
        return [np.sort(position[sheet == number]) for number in range(self.sheets)]

    def groups(self, of_lattice: Numbers) -> Iterator[tuple[int, Numbers]]:
        """The numbers of the cells of each group of lattices, groups in order."""
        group = of_lattice[self.lattice]
        order = np.argsort(group, kind="stable")
        starts = np.flatnonzero(np.diff(group[order], prepend=-1))
        for part in np.split(order, starts[1:]) if len(order) else ():
            yield int(group[part[0]]), part


def cells_of(lattices: Lattices) -> tuple[Numbers, Numbers, Numbers]:
    """All cells of lattices: the number of the lattice, row and column of each."""
    sizes = lattices.cells
    lattice = np.repeat(np.arange(len(lattices)), sizes)
    ahead = np.arange(len(lattice)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    i, j = ahead // lattices.width[lattice], ahead % lattices.width[lattice]
    row = lattices.top[lattice] + i * lattices.row_step[lattice]
    return lattice, row, lattices.left[lattice] + j * lattices.column_step[lattice]
