"""Groups of cells that touch, in numpy: runs of a row, joined to the runs of the next."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tests.benchmarks.region_scores.matching import Boxes

Numbers: TypeAlias = npt.NDArray[np.int64]

_ROW = 1 << 20
"""More than any column number."""


def islands(rows: Numbers, columns: Numbers, *, diagonal: bool) -> Numbers:
    """For each cell the number of its island: 4 neighbours, or 8 with `diagonal`.

    Cells come sorted by row, then column, each once. Islands are numbered by their first cell.
    """
    if not len(rows):
        return np.empty(0, np.int64)
    keys = rows * _ROW + columns
    begins = np.concatenate(([True], np.diff(keys) != 1))
    run_of = np.cumsum(begins) - 1
    first = keys[begins]
    last = keys[np.concatenate((begins[1:], [True]))]
    reach = int(diagonal)
    low = np.searchsorted(last, first + _ROW - reach)
    high = np.searchsorted(first, last + _ROW + reach, side="right")
    counts = np.maximum(high - low, 0)
    upper = np.repeat(np.arange(len(first)), counts)
    starts = np.cumsum(counts) - counts
    lower = np.arange(int(counts.sum())) - np.repeat(starts - low, counts)
    return joined(len(first), upper, lower)[run_of]


def joined(count: int, one: Numbers, other: Numbers) -> Numbers:
    """For each of `count` nodes the number of its component, by first node."""
    parent = np.arange(count)
    while True:
        left, right = parent[one], parent[other]
        apart = left != right
        if not apart.any():
            break
        one, other = one[apart], other[apart]
        left, right = left[apart], right[apart]
        np.minimum.at(parent, np.maximum(left, right), np.minimum(left, right))
        while True:
            further = parent[parent]
            if (further == parent).all():
                break
            parent = further
    return np.unique(parent, return_inverse=True)[1]


def boxes_around(rows: Numbers, columns: Numbers, group: Numbers) -> Boxes:
    """The bounding box of each group, by its number."""
    if not len(group):
        return np.empty((0, 4), np.int64)
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    rows, columns = rows[order], columns[order]
    return np.stack(
        (
            np.minimum.reduceat(rows, starts),
            np.minimum.reduceat(columns, starts),
            np.maximum.reduceat(rows, starts),
            np.maximum.reduceat(columns, starts),
        ),
        axis=1,
    )
