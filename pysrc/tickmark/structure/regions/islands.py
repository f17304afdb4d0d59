"""Islands of cells: what blank rows and columns keep apart."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.address import RangeRef
from tickmark.structure.regions.appearance import Appearance
from tickmark.structure.regions.merges import ROW, covered
from tickmark.structure.regions.raster import Box

ROW_GAP: Final = 2
COLUMN_GAP: Final = 1
"""So many blank rows, or blank columns in one row, do not part an island."""

_MOST_ROUNDS: Final = 40

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Stretches of cells in a row with gaps of at most COLUMN_GAP, sorted; arrays of one length."""

    rows: Numbers
    lefts: Numbers
    rights: Numbers

    def __len__(self) -> int:
        return len(self.rows)


def islands_of(appearance: Appearance, taken: Iterable[RangeRef] = ()) -> list[Box]:
    """The boxes of the islands of a sheet, 1-based rows and columns, sorted; none overlap.

    Two cells of a row are of one island where at most COLUMN_GAP blank columns lie between them,
    two of different rows where at most ROW_GAP blank rows do, and no blank column; islands whose
    boxes overlap are one. Cells of `taken` ranges are passed over.
    """
    runs = _runs(*_places(appearance, tuple(taken)))
    if not len(runs):
        return []
    island = _joined(len(runs), *_touching(runs))
    order = np.argsort(island, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(island[order]) > 0])
    boxes = zip(
        np.minimum.reduceat(runs.rows[order], starts).tolist(),
        np.minimum.reduceat(runs.lefts[order], starts).tolist(),
        np.maximum.reduceat(runs.rows[order], starts).tolist(),
        np.maximum.reduceat(runs.rights[order], starts).tolist(),
        strict=True,
    )
    return disjoint(Box(*box) for box in boxes)


def disjoint(boxes: Iterable[Box]) -> list[Box]:
    """Boxes with those that overlap joined to one, until none overlap; sorted."""
    found = sorted(boxes)
    for _ in range(_MOST_ROUNDS):
        joined = _swept(found)
        if len(joined) == len(found):
            return joined
        found = joined
    whole = found[0]
    for box in found:
        whole = whole.around(box)
    return [whole]


def _swept(boxes: list[Box]) -> list[Box]:
    """One pass from top to bottom; the boxes that are open at a row never share a column."""
    done: list[Box] = []
    lefts: list[int] = []
    open_at: dict[int, Box] = {}
    for box in boxes:
        grown = box
        first = max(bisect_right(lefts, grown.left) - 1, 0)
        last = bisect_right(lefts, grown.right)
        for left in lefts[first:last]:
            other = open_at[left]
            if other.bottom < box.top:
                done.append(other)
            elif other.right >= grown.left:
                grown = grown.around(other)
            else:
                continue
            del open_at[left]
            del lefts[bisect_left(lefts, left)]
        insort(lefts, grown.left)
        open_at[grown.left] = grown
    return sorted([*done, *open_at.values()])


def _places(appearance: Appearance, taken: tuple[RangeRef, ...]) -> tuple[Numbers, Numbers]:
    """Rows and columns of the cells with content, those of merges included, sorted."""
    cells = appearance.sheet.cells
    seen = appearance.filled_in.copy()
    for area in taken:
        seen[appearance.places.within(area)] = False
    rows, columns = cells.rows[seen].astype(np.int64), cells.columns[seen].astype(np.int64)
    used = appearance.sheet.used_range
    if used is None:
        return rows, columns
    places = rows * ROW + columns
    merged, _ = covered(appearance.merge_edges, places, used)
    if not len(merged):
        return rows, columns
    places = np.unique(np.concatenate((places, merged)))
    return places // ROW, places % ROW


def _runs(rows: Numbers, columns: Numbers) -> Runs:
    if not len(rows):
        return Runs(rows, columns, columns)
    parted = (np.diff(rows) > 0) | (np.diff(columns) > COLUMN_GAP + 1)
    firsts = np.concatenate(([0], np.flatnonzero(parted) + 1))
    lasts = np.concatenate((firsts[1:] - 1, [len(rows) - 1]))
    return Runs(rows[firsts], columns[firsts], columns[lasts])


def _touching(runs: Runs) -> tuple[Numbers, Numbers]:
    """Pairs of runs that are near enough, each with one of the next rows below.

    In two rows of disjoint runs no more pairs meet than there are runs.
    """
    lefts, rights = runs.rows * ROW + runs.lefts, runs.rows * ROW + runs.rights
    ones, others = [], []
    for step in range(1, ROW_GAP + 2):
        below = (runs.rows + step) * ROW
        low = np.searchsorted(rights, below + runs.lefts - COLUMN_GAP)
        high = np.searchsorted(lefts, below + runs.rights + COLUMN_GAP, side="right")
        many = np.maximum(high - low, 0)
        ones.append(np.repeat(np.arange(len(runs)), many))
        ends = np.cumsum(many)
        others.append(np.arange(ends[-1]) - np.repeat(ends - many - low, many))
    return np.concatenate(ones), np.concatenate(others)


def _joined(count: int, ones: Numbers, others: Numbers) -> Numbers:
    """For each of `count` nodes the lowest node that a chain of pairs leads to."""
    label = np.arange(count)
    while len(ones):
        first, second = label[ones], label[others]
        apart = first != second
        ones, others, first, second = ones[apart], others[apart], first[apart], second[apart]
        np.minimum.at(label, np.maximum(first, second), np.minimum(first, second))
        while True:
            shorter = label[label]
            if np.array_equal(shorter, label):
                break
            label = shorter
    return label
