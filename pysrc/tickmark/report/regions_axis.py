"""The rows or columns of a picture of a sheet: all of them, squeezed at breaks, or in tiles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]
Interval = tuple[int, int]

_AROUND_BLANK: Final = 2
_SHORTEST_BREAK: Final = 4
_NEAR: Final = ((False, 12), (False, 6), (False, 3), (True, 6), (True, 3), (True, 1))


@dataclass(frozen=True, slots=True, eq=False)
class Lanes:
    """Neighbouring rows or columns in the strips that a picture draws, in order without gap.

    `firsts` and `lasts` are the 1-based numbers of each lane; `breaks` tells which stand for many
    lines that are not drawn. `tile` is the most lines of any other lane.
    """

    firsts: Numbers
    lasts: Numbers
    breaks: Truths
    tile: int

    def __len__(self) -> int:
        return len(self.firsts)

    @property
    def single(self) -> Truths:
        """For each lane, whether it is one line and no break."""
        return np.asarray((self.firsts == self.lasts) & ~self.breaks, np.bool_)

    def of(self, number: int) -> int:
        """The lane of a line; the nearest one for a line outside."""
        at = int(np.searchsorted(self.firsts, number, side="right")) - 1
        return min(max(at, 0), len(self.firsts) - 1)

    def of_all(self, numbers: npt.NDArray[np.integer]) -> npt.NDArray[np.int32]:
        """The lane of each of many lines, which lie inside."""
        lanes = np.repeat(np.arange(len(self.firsts), dtype=np.int32), self.lasts - self.firsts + 1)
        return np.asarray(lanes[numbers.astype(np.int64) - self.firsts[0]])


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """What is worth seeing along one side of a sheet.

    `outer` are the first and last lines of regions and of their headers, `inner` lines that differ
    inside, such as totals; `covered` are the runs of lines that regions take.
    """

    outer: Numbers
    inner: Numbers
    covered: Numbers


def marks_of(edges: Iterable[Interval], headers: Iterable[int], inner: Iterable[int]) -> Marks:
    """Marks from the first and last lines of regions, the last lines of headers, and lines inside.

    A mark at a header is also one at the line behind it.
    """
    covered = np.array(sorted(edges), np.int64).reshape(-1, 2)
    ends = np.array(list(headers), np.int64)
    outer = np.unique(np.concatenate([covered.ravel(), ends, ends + 1]))
    return Marks(outer, np.unique(np.array(list(inner), np.int64)), covered)


def lanes_of(span: Interval, marks: Marks, most: int) -> Lanes | None:
    """One lane for each line of a span; blank stretches are breaks.

    Where that is too much, lines far from any mark are breaks too, first inner marks and then
    distance being given up. None where `most` lanes do not show all outer marks.
    """
    shown = _not_blank(span, marks)
    lanes = _lanes(span, shown)
    if len(lanes) <= most:
        return lanes
    every = np.concatenate([marks.outer, marks.inner])
    for outer_only, distance in _NEAR:
        near = _near(span, marks.outer if outer_only else every, distance)
        lanes = _lanes(span, shown & near)
        if len(lanes) <= most:
            return lanes
    return None


def tiles_of(span: Interval, marks: Marks, most: int) -> Lanes:
    """Lanes of several lines each, as few as needed; blank stretches are left out if that helps."""
    first, last = span
    lanes = _lanes(span, _not_blank(span, marks))
    many = int(lanes.breaks.sum())
    if len(lanes) <= most:
        return lanes
    if 4 * many > most:
        size = -(-(last - first + 1) // most)
        firsts = np.arange(first, last + 1, size, dtype=np.int64)
        lasts = np.minimum(firsts + size - 1, last)
        return Lanes(firsts, lasts, np.zeros(len(firsts), np.bool_), size)
    size = -(-(len(lanes) - many) // (most - 2 * many))
    # The place of each lane since the last break; every size-th of them begins a tile.
    at = np.arange(len(lanes))
    since = at - np.maximum.accumulate(np.where(lanes.breaks, at + 1, 0))
    begins = lanes.breaks | (since % size == 0)
    starts = np.flatnonzero(begins)
    lasts = lanes.lasts[np.append(starts[1:], len(lanes)) - 1]
    return Lanes(lanes.firsts[starts], lasts, lanes.breaks[starts], size)


def inside(lanes: Lanes, intervals: Sequence[Interval]) -> Truths:
    """For each lane, whether its first line lies in one of the intervals."""
    if not intervals:
        return np.zeros(len(lanes), np.bool_)
    span = int(lanes.firsts[0]), int(lanes.lasts[-1])
    lines = _covered(span, np.array(intervals, np.int64))
    return lines[lanes.firsts - span[0]]


def _lanes(span: Interval, shown: Truths) -> Lanes:
    """A lane for each shown line; longer runs of others are breaks, short ones are shown."""
    first, last = span
    starts, ends = _runs(~shown)
    short = ends - starts < _SHORTEST_BREAK
    shown = shown | _covered((0, last - first), np.stack([starts[short], ends[short] - 1], axis=1))
    begins = shown.copy()
    begins[0] = True
    begins[1:] |= shown[:-1]
    firsts = first + np.flatnonzero(begins)
    lasts = np.append(firsts[1:] - 1, last)
    return Lanes(firsts, lasts, ~shown[firsts - first], 1)


def _not_blank(span: Interval, marks: Marks) -> Truths:
    """The lines of regions and those near them, and those at both ends."""
    around = marks.covered + np.array([-_AROUND_BLANK, _AROUND_BLANK])
    shown = _covered(span, around)
    shown[: _AROUND_BLANK + 1] = True
    shown[-_AROUND_BLANK - 1 :] = True
    return shown


def _near(span: Interval, lines: Numbers, distance: int) -> Truths:
    return _covered(span, np.stack([lines - distance, lines + distance], axis=1))


def _covered(span: Interval, intervals: Numbers) -> Truths:
    """For each line of a span, whether it lies in one of the intervals."""
    first, last = span
    steps = np.zeros(last - first + 2, np.int64)
    meeting = intervals[(intervals[:, 0] <= last) & (intervals[:, 1] >= first)]
    np.add.at(steps, np.maximum(meeting[:, 0], first) - first, 1)
    np.add.at(steps, np.minimum(meeting[:, 1], last) - first + 1, -1)
    return np.cumsum(steps[:-1]) > 0


def _runs(truths: Truths) -> tuple[Numbers, Numbers]:
    """Where runs of true begin and where they end, the ends exclusive."""
    changes = np.diff(np.concatenate([[0], truths.view(np.int8), [0]]))
    return np.flatnonzero(changes == 1), np.flatnonzero(changes == -1)


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """Lanes with their places in a picture; `starts` and `ends` are in its units."""

    lanes: Lanes
    starts: Numbers
    ends: Numbers

    def span(self, first: int, last: int) -> Interval:
        """Where the lanes of some lines start and end."""
        lanes = self.lanes
        return int(self.starts[lanes.of(first)]), int(self.ends[lanes.of(last)])


def placed(lanes: Lanes, sizes: Numbers, gaps: Numbers, start: int) -> Axis:
    """Lanes one behind the other from `start` on, each of its size behind a gap."""
    ends = start + np.cumsum(sizes + gaps)
    return Axis(lanes, ends - sizes, ends)
