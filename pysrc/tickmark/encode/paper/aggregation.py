"""Step 3 of the paper: neighbouring cells with data of one type become one area."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]

_ROW = 1 << 20


def aggregated(rows: Numbers, columns: Numbers, labels: Numbers) -> Numbers:
    """The areas (n, 5) of cells with one label: top, left, bottom, right, label.

    An area is the box around cells that are joined by sides (4 neighbours), as in algorithm 1 of
    the paper. So it also claims blank cells and cells of other labels where the joined cells do
    not fill their box, and areas may overlap. The areas come in the order of their first cells;
    cells are sorted by row, then column.
    """
    if not len(rows):
        return np.empty((0, 5), np.int64)
    parted = (np.diff(rows) > 0) | (np.diff(columns) > 1) | (np.diff(labels) != 0)
    firsts = np.concatenate(([0], np.flatnonzero(parted) + 1))
    lasts = np.append(firsts[1:], len(rows)) - 1
    lines, lefts, rights, marks = rows[firsts], columns[firsts], columns[lasts], labels[firsts]
    component = _joined(len(firsts), *_touching(lines, lefts, rights, marks))
    order = np.argsort(component, kind="stable")
    starts = np.flatnonzero(np.diff(component[order], prepend=-1))
    return np.stack(
        [
            lines[order][starts],
            np.minimum.reduceat(lefts[order], starts),
            np.maximum.reduceat(lines[order], starts),
            np.maximum.reduceat(rights[order], starts),
            marks[order][starts],
        ],
        axis=1,
    )


def _touching(
    lines: Numbers, lefts: Numbers, rights: Numbers, marks: Numbers
) -> tuple[Numbers, Numbers]:
    """Pairs of runs with one label, the second in the next row under the first.

    Runs of one row are disjoint, so that two rows have no more such pairs than runs.
    """
    below = (lines + 1) * _ROW
    low = np.searchsorted(lines * _ROW + rights, below + lefts)
    high = np.searchsorted(lines * _ROW + lefts, below + rights, side="right")
    many = np.maximum(high - low, 0)
    ends = np.cumsum(many)
    ones = np.repeat(np.arange(len(lines)), many)
    others = np.arange(ends[-1]) - np.repeat(ends - many - low, many)
    same = marks[ones] == marks[others]
    return ones[same], others[same]


def _joined(count: int, ones: npt.NDArray[np.intp], others: npt.NDArray[np.intp]) -> Numbers:
    """For each of `count` nodes the lowest node that a chain of pairs leads to."""
    lowest = np.arange(count)
    while len(ones):
        first, second = lowest[ones], lowest[others]
        apart = first != second
        ones, others, first, second = ones[apart], others[apart], first[apart], second[apart]
        np.minimum.at(lowest, np.maximum(first, second), np.minimum(first, second))
        while not np.array_equal(lowest, further := lowest[lowest]):
            lowest = further
    return lowest
