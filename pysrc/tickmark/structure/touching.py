"""Whether the moving target of an edge meets a lattice of cells, told exactly."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tickmark.structure.edges import Edges
from tickmark.structure.lattices import Lattices, Numbers

Flags = npt.NDArray[np.bool_]

MOST_STEPS = 1_024


class Spans(NamedTuple):
    """Spans from `low + low_step * i` to `high + high_step * i` with 0 <= i < size, an array each.

    `by` tells what i counts: 1 the rows of the dependents, 2 their columns, 0 nothing.
    """

    low: Numbers
    high: Numbers
    low_step: Numbers
    high_step: Numbers
    size: Numbers
    by: Numbers

    def at(self, chosen: Numbers) -> Spans:
        """Those at some positions."""
        return Spans(*(part[chosen] for part in self))

    def between(self, first: Numbers, last: Numbers) -> Spans:
        """Those with i from a first to a last number only; the size is 0 where there is none."""
        count = np.maximum(np.minimum(last, self.size - 1) - np.maximum(first, 0) + 1, 0)
        first = np.maximum(first, 0)
        low, high = self.low + self.low_step * first, self.high + self.high_step * first
        return Spans(low, high, self.low_step, self.high_step, count, self.by)

    def ends(self) -> tuple[Numbers, Numbers]:
        """The first and last place of all spans together."""
        far = self.size - 1
        return (
            self.low + np.minimum(self.low_step * far, 0),
            self.high + np.maximum(self.high_step * far, 0),
        )

    def without_gaps(self) -> Flags:
        """Whether all places between the ends lie in a span."""
        # Each span must touch the next one; that is even in i, so the first and the last tell.
        fits = np.ones(len(self.low), np.bool_)
        for i in (np.zeros_like(self.size), np.maximum(self.size - 2, 0)):
            low, high = self.low + self.low_step * i, self.high + self.high_step * i
            fits &= (low + self.low_step <= high + 1) & (low <= high + self.high_step + 1)
        fits |= self.size == 1
        return fits


def row_spans(edges: Edges) -> Spans:
    """The rows of the targets of edges."""
    return _spans(edges, 0)


def column_spans(edges: Edges) -> Spans:
    """The columns of the targets of edges."""
    return _spans(edges, 1)


def solid(rows: Spans, columns: Spans) -> Flags:
    """Whether all targets of an edge together are one rectangle."""
    apart: Flags = (rows.by == 0) | (columns.by == 0) | (rows.by != columns.by)
    apart &= rows.without_gaps() & columns.without_gaps()
    return apart


def touching(rows: Spans, columns: Spans, lattices: Lattices) -> Flags:
    """Whether targets meet lattices of their sheet, pair by pair.

    Exact but for targets that move in a diagonal over cells with gaps both ways, or in steps
    longer than MOST_STEPS: these meet where the rectangles around both do.
    """
    down = lattices.top, lattices.height, lattices.row_step
    across = lattices.left, lattices.width, lattices.column_step
    together = (rows.by != 0) & (rows.by == columns.by)
    if together.any():
        plain = (columns.by != 0) & (across[2] == 1)
        rows = _kept(rows, columns, across, together & plain)
        columns = _kept(columns, rows, down, together & ~plain & (down[2] == 1))
    return _touch(rows, *down) & _touch(columns, *across)


def _spans(edges: Edges, side: int) -> Spans:
    near, far = edges.base[:, side], edges.base[:, side + 2]
    down, across = edges.by_row[:, [side, side + 2]], edges.by_column[:, [side, side + 2]]
    by = np.where(down.any(axis=1), 1, np.where(across.any(axis=1), 2, 0))
    count = np.where(by == 1, edges.dependents.height, edges.dependents.width)
    count = np.where(by == 0, 1, count)
    return Spans(near, far, (down + across)[:, 0], (down + across)[:, 1], count, by)


def _kept(
    spans: Spans, others: Spans, lattice: tuple[Numbers, Numbers, Numbers], chosen: Flags
) -> Spans:
    """The spans of which the other ones, that move with them, meet a lattice without gaps."""
    first, last = lattice[0], lattice[0] + lattice[1] - 1
    # A span must begin no later than the lattice ends, and end no earlier than it begins.
    begin, end = _at_most(others.low_step, last - others.low, others.size)
    above, below = _at_most(-others.high_step, others.high - first, others.size)
    begin = np.where(chosen, np.maximum(begin, above), 0)
    end = np.where(chosen, np.minimum(end, below), spans.size - 1)
    return spans.between(begin, end)


def _at_most(step: Numbers, room: Numbers, count: Numbers) -> tuple[Numbers, Numbers]:
    """The first and last i below the count with `step * i <= room`; first > last for none."""
    size = np.maximum(np.abs(step), 1)
    first = np.where(step < 0, np.maximum(-(room // size), 0), 0)
    last = np.where(step > 0, room // size, count - 1)
    none = (step == 0) & (room < 0)
    return np.where(none, 1, first), np.where(none, 0, last)


def _touch(spans: Spans, first: Numbers, count: Numbers, step: Numbers) -> Flags:
    """Whether a span holds one of the places `first + step * k` with 0 <= k < count."""
    low, high = spans.ends()
    last = first + (count - 1) * step
    ahead = -(-(np.maximum(low, first) - first) // step)
    place = first + ahead * step
    found: Flags = (place <= np.minimum(high, last)) & (spans.size > 0)
    gaps = found & ~spans.without_gaps() & (spans.low_step == spans.high_step)
    at = np.flatnonzero(gaps)
    if len(at):
        ends = np.minimum(high, last)[at]
        found[at] = _touch_with_gaps(spans.at(at), low[at], place[at], step[at], ends)
    return found


def _touch_with_gaps(
    spans: Spans, low: Numbers, place: Numbers, step: Numbers, end: Numbers
) -> Flags:
    """The same for spans of one length with gaps between them, from a place of the lattice on."""
    size, length = np.abs(spans.low_step), spans.high - spans.low
    found = np.zeros(len(low), np.bool_)
    left = np.arange(len(low))
    for done in range(1, MOST_STEPS + 1):  # the steps of a span are where all repeats
        inside = (place[left] - low[left]) % size[left] <= length[left]
        found[left[inside]] = True
        place[left] += step[left]
        left = left[~inside & (place[left] <= end[left]) & (done < size[left])]
        if not len(left):
            return found
    found[left] = True
    return found
