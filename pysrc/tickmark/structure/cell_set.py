"""Cells of a workbook as an answer: disjoint lattices and their exact number."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from tickmark.model.address import RangeRef
from tickmark.structure.coverage import areas_of
from tickmark.structure.lattices import Lattices, Numbers
from tickmark.structure.sweep import cuts, union

MOST_CUTS: Final = 1_000_000
_TURNED: Final = [1, 0, 3, 2]


@dataclass(frozen=True, eq=False)
class CellSet:
    """A set of cells; no two of `lattices` share one. `sheets` are the names by number."""

    lattices: Lattices
    sheets: tuple[str, ...]

    @cached_property
    def count(self) -> int:
        """Number of cells."""
        return int(self.lattices.cells.sum())

    @cached_property
    def ranges(self) -> tuple[RangeRef, ...]:
        """The cells as few disjoint rectangles, in the order of sheets, top, left.

        They are as tall as can be or as wide as can be, whichever gives fewer on a sheet, so that
        equal sets of cells have equal ranges. Where rectangles cross each other more than
        MOST_CUTS times, those that happen to continue one another are joined and no more.
        """
        if len(self.lattices) == 1:
            only = self.lattices[0]
            if only.row_step == only.column_step == 1:
                name = self.sheets[only.sheet]
                return (RangeRef(name, only.top, only.left, only.bottom, only.right),)
        sheets, areas = areas_of(self.lattices)
        found = []
        for sheet in np.unique(sheets).tolist():
            own = _few(_joined(areas[sheets == sheet]))
            own = own[np.lexsort((own[:, 1], own[:, 0]))]
            found += [RangeRef(self.sheets[sheet], *edges) for edges in own.tolist()]
        return tuple(found)


def _few(areas: Numbers) -> Numbers:
    """The same cells as few disjoint rectangles: top, left, bottom, right (n, 4)."""
    if len(areas) == 1:
        return areas
    turned = areas[:, _TURNED]
    found = [union(areas)] if cuts(areas) <= MOST_CUTS else []
    found += [union(turned)[:, _TURNED]] if cuts(turned) <= MOST_CUTS else []
    return min(found, key=len, default=areas)


def _joined(areas: Numbers) -> Numbers:
    """Rectangles of one height side by side, and of one width below each other, as one."""
    for axis in (0, 1, 0):
        order = np.lexsort((areas[:, axis], areas[:, 3 - axis], areas[:, 1 - axis]))
        areas = areas[order]
        new = np.ones(len(areas), np.bool_)
        across = [1 - axis, 3 - axis]
        new[1:] = (areas[1:, across] != areas[:-1, across]).any(axis=1)
        new[1:] |= areas[1:, axis] != areas[:-1, axis + 2] + 1
        starts = np.flatnonzero(new)
        last = np.append(starts[1:], len(areas)) - 1
        areas, ends = areas[starts], areas[last, axis + 2]
        areas[:, axis + 2] = ends
    return areas
