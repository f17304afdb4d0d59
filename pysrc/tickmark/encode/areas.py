"""The areas of a line: rectangles that hold its cells, or a box with exceptions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tickmark.model.address import cell_address
from tickmark.structure.ordering import changes
from tickmark.structure.rectangles import fewest_rectangles

Numbers = npt.NDArray[np.int64]

FEWEST_STRIPES = 3

MOST_BLANK = 3
"""A box with exceptions is at most so many times as large as its cells."""


@dataclass(frozen=True, slots=True, eq=False)
class Areas:
    """Rectangles (n, 4) of top, left, bottom, right, without the `excepted` ones.

    `labels` has the label of each rectangle, `excepted_labels` that of each excepted one.
    """

    rectangles: Numbers
    labels: Numbers
    excepted: Numbers
    excepted_labels: Numbers


def areas_of(rows: Numbers, columns: Numbers, labels: Numbers) -> Areas:
    """For each label the areas of its cells, in as few addresses as are found.

    Labels should be those of cells that lie together: a label whose box holds much else is told by
    rectangles alone.
    """
    found = fewest_rectangles(rows, columns, labels)
    if not len(found):
        none = np.empty((0, 4), np.int64)
        return Areas(none, np.empty(0, np.int64), none, np.empty(0, np.int64))
    order = np.argsort(found[:, 4], kind="stable")
    found = found[order]
    starts = np.flatnonzero(changes(found[:, 4]))
    counts = np.diff(np.append(starts, len(found)))
    tops = np.minimum.reduceat(found[:, 0], starts)
    lefts = np.minimum.reduceat(found[:, 1], starts)
    bottoms = np.maximum.reduceat(found[:, 2], starts)
    rights = np.maximum.reduceat(found[:, 3], starts)
    sizes = (found[:, 2] - found[:, 0] + 1) * (found[:, 3] - found[:, 1] + 1)
    cells = np.add.reduceat(sizes, starts)
    boxes = (bottoms - tops + 1) * (rights - lefts + 1)
    kept, excepted, marks, labels_of = [], [], [], []
    for at in np.flatnonzero((counts > 2) & (boxes <= cells * MOST_BLANK)).tolist():  # noqa: PLR2004 - two are short
        label = int(found[starts[at], 4])
        own = found[starts[at] : starts[at] + counts[at]]
        edges = np.array([tops[at], lefts[at], bottoms[at], rights[at]])
        rest = _complement(own, edges)
        if _price(rest) + _price(edges[None]) + 1 < _price(own):
            kept.append(edges)
            labels_of.append(label)
            excepted.append(rest)
            marks.append(np.full(len(rest), label))
    if not kept:
        none = np.empty((0, 4), np.int64)
        return Areas(found[:, :4], found[:, 4], none, np.empty(0, np.int64))
    plain = found[~np.isin(found[:, 4], labels_of)]
    rectangles = np.concatenate((plain[:, :4], np.array(kept)))
    names = np.concatenate((plain[:, 4], np.array(labels_of)))
    return Areas(rectangles, names, np.concatenate(excepted), np.concatenate(marks))


def address(edges: tuple[int, int, int, int]) -> str:
    """A rectangle as `B5` or `B5:D9`."""
    top, left, bottom, right = edges
    first = cell_address(top, left)
    return first if (top, left) == (bottom, right) else f"{first}:{cell_address(bottom, right)}"


def addresses(areas: Sequence[tuple[int, int, int, int]]) -> str:
    """Rectangles as addresses with commas; even stripes as one, such as `C5:S16/2`."""
    found: list[str] = []
    at = 0
    while at < len(areas):
        columns, rows = _stripes(areas, at, 1), _stripes(areas, at, 0)
        size = max(columns, rows)
        if size < FEWEST_STRIPES:
            found.append(address(areas[at]))
            at += 1
            continue
        first, last = areas[at], areas[at + size - 1]
        way = 1 if columns == size else 0
        step = areas[at + 1][way] - first[way]
        found.append(f"{address((*first[:2], *last[2:]))}{'/' if way else '//'}{step}")
        at += size
    return ",".join(found)


def _stripes(areas: Sequence[tuple[int, int, int, int]], at: int, way: int) -> int:
    """How many areas from one on are single lines at even distances; way 1 is columns, 0 rows."""
    first = areas[at]
    other = 1 - way
    step = areas[at + 1][way] - first[way] if at + 1 < len(areas) else 0
    if step < 2 or first[way] != first[way + 2]:  # noqa: PLR2004 - stripes do not touch
        return 0
    end = at
    while (
        end < len(areas)
        and areas[end][way] == areas[end][way + 2] == first[way] + (end - at) * step
        and (areas[end][other], areas[end][other + 2]) == (first[other], first[other + 2])
    ):
        end += 1
    return end - at


def _complement(own: Numbers, edges: Numbers) -> Numbers:
    """What of a box its rectangles leave free, as rectangles (n, 4)."""
    top, left, bottom, right = edges.tolist()
    free = np.ones((bottom - top + 1, right - left + 1), np.bool_)
    for one in (own[:, :4] - np.array([top, left, top, left])).tolist():
        free[one[0] : one[2] + 1, one[1] : one[3] + 1] = False
    rows, columns = np.nonzero(free)
    rest = fewest_rectangles(rows + top, columns + left, np.zeros(len(rows), np.int64))
    return rest[:, :4]


def _price(areas: Numbers) -> int:
    """About how many tokens addresses cost: a cell 3, a range 5."""
    several = (areas[:, 0] != areas[:, 2]) | (areas[:, 1] != areas[:, 3])
    return int(3 * len(areas) + 2 * np.count_nonzero(several))
