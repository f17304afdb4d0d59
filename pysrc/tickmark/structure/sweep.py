"""Overlapping rectangles made disjoint, by a sweep down strips that none of their sides cuts."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.structure.lattices import Numbers

_ROWS: Final = 21


def union(areas: Numbers) -> Numbers:
    """Disjoint rectangles of the same cells: top, left, bottom, right (n, 4).

    Each is as tall as can be; equal sets of cells give equal rectangles.
    """
    none = np.zeros(len(areas), np.int64)
    return swept(areas, none == 0, none)


def swept(areas: Numbers, wanted: npt.NDArray[np.bool_], marks: Numbers) -> Numbers:
    """Disjoint rectangles of the cells that wanted areas hold and no other area does.

    The sum of the `marks` of the areas that hold a cell is one in each rectangle.
    """
    bounds, strips, first = _strips(areas)
    size = int(strips.sum())
    at = np.repeat(np.arange(len(areas)), strips)
    strip = first[at] + np.arange(size) - np.repeat(np.cumsum(strips) - strips, strips)
    key = np.concatenate([strip << _ROWS, strip << _ROWS])
    key += np.concatenate([areas[at, 0], areas[at, 2] + 1])
    order = np.argsort(key, kind="stable")
    key = key[order]
    last = np.ones(len(key), np.bool_)
    last[:-1] = key[1:] != key[:-1]
    key = key[last]
    depth, sums = (
        np.cumsum(np.concatenate([values[at], -values[at]])[order])[last]
        for values in (np.where(wanted, 1, 1 << 32), marks)
    )
    inside = np.flatnonzero((depth > 0) & (depth < 1 << 32))
    mask = (1 << _ROWS) - 1
    table = np.stack(
        [key[inside] >> _ROWS, key[inside] & mask, (key[inside + 1] & mask) - 1, sums[inside]],
        axis=1,
    )
    if not len(table):
        return np.empty((0, 4), np.int64)
    return _joined_across(_joined_down(table), bounds)


def cuts(areas: Numbers) -> int:
    """How often areas cross the strips of a sweep down the columns: the size of that sweep."""
    return int(_strips(areas)[1].sum())


def _strips(areas: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Bounds of strips of columns that no area cuts; for each area how many, and the first."""
    bounds = np.unique(np.concatenate([areas[:, 1], areas[:, 3] + 1]))
    first = np.searchsorted(bounds, areas[:, 1])
    return bounds, np.searchsorted(bounds, areas[:, 3] + 1) - first, first


def _joined_down(table: Numbers) -> Numbers:
    """Spans of strip, top, bottom, mark, sorted; those that touch with one mark are joined."""
    new = np.ones(len(table), np.bool_)
    new[1:] = (
        (table[1:, 0] != table[:-1, 0])
        | (table[1:, 3] != table[:-1, 3])
        | (table[1:, 1] != table[:-1, 2] + 1)
    )
    starts = np.flatnonzero(new)
    joined = table[starts]
    joined[:, 2] = table[np.append(starts[1:], len(table)) - 1, 2]
    return joined


def _joined_across(table: Numbers, bounds: Numbers) -> Numbers:
    """Equal spans of neighbouring strips as one rectangle."""
    table = table[np.lexsort(table.T[[0, 3, 2, 1]])]
    new = np.ones(len(table), np.bool_)
    new[1:] = (table[1:, 1:] != table[:-1, 1:]).any(axis=1) | (table[1:, 0] != table[:-1, 0] + 1)
    starts = np.flatnonzero(new)
    ends = np.append(starts[1:], len(table)) - 1
    first, last = bounds[table[starts, 0]], bounds[table[ends, 0] + 1] - 1
    return np.stack([table[starts, 1], first, table[starts, 2], last], axis=1)
