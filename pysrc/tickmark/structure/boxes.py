"""Sets of rows and columns of one node as rectangles, counted from 0."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from tickmark.structure.sweep import union

Box = tuple[int, int, int, int]
"""First row, last row, first column, last column."""

MANY: Final = 48


def area(boxes: Iterable[Box]) -> int:
    """Number of cells of disjoint boxes."""
    return sum((i1 - i0 + 1) * (j1 - j0 + 1) for i0, i1, j0, j1 in boxes)


def merged(boxes: Sequence[Box]) -> list[Box]:
    """The same cells as disjoint boxes; equal sets of cells give equal lists."""
    if len(boxes) == 1:
        return [boxes[0]]
    distinct = sorted(set(boxes))
    if len(distinct) < 2:  # noqa: PLR2004 - nothing to merge
        return distinct
    _, _, left, right = distinct[0]
    if all(box[2] == left and box[3] == right for box in distinct):
        return [(*span, left, right) for span in _merged((i0, i1) for i0, i1, _, _ in distinct)]
    top, bottom = distinct[0][:2]
    if all(box[0] == top and box[1] == bottom for box in distinct):
        return [(top, bottom, *span) for span in _merged((j0, j1) for _, _, j0, j1 in distinct)]
    if len(distinct) > MANY:
        edges = np.array(distinct, np.int64)[:, [0, 2, 1, 3]]
        return sorted((i0, i1, j0, j1) for i0, j0, i1, j1 in union(edges).tolist())
    return _in_strips(distinct)


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted spans without overlap or contact."""
    found: list[tuple[int, int]] = []
    last = -2
    for low, high in spans:
        if low <= last + 1:
            if high > last:
                found[-1] = (found[-1][0], high)
                last = high
        else:
            found.append((low, high))
            last = high
    return found


def _in_strips(boxes: list[Box]) -> list[Box]:
    """The same for any boxes, sorted by their first row."""
    cuts = sorted({box[2] for box in boxes} | {box[3] + 1 for box in boxes})
    found: list[Box] = []
    begun: dict[tuple[int, int], int] = {}
    for left, after in pairwise(cuts):
        spans = _merged((i0, i1) for i0, i1, j0, j1 in boxes if j0 <= left <= j1)
        here = {span: begun.pop(span, left) for span in spans}
        found += [(*span, first, left - 1) for span, first in begun.items()]
        begun = here
        last = after
    found += [(*span, first, last - 1) for span, first in begun.items()]
    return sorted(found)


class Hits:
    """A growing set of cells of one node, in spans along its longer side."""

    __slots__ = ("lines", "tall")

    def __init__(self, height: int, width: int) -> None:
        self.tall = height >= width
        self.lines: dict[int, tuple[list[int], list[int]]] = {}

    def add(self, box: Box) -> list[Box]:
        """Put a box in; the disjoint boxes of cells that were not there before."""
        i0, i1, j0, j1 = box
        low, high, first, last = (i0, i1, j0, j1) if self.tall else (j0, j1, i0, i1)
        found: list[Box] = []
        begun: dict[tuple[int, int], int] = {}
        for line in range(first, last + 1):
            spans = self._put(line, low, high)
            here = {span: begun.pop(span, line) for span in spans}
            found += [self._box(span, since, line - 1) for span, since in begun.items()]
            begun = here
        found += [self._box(span, since, last) for span, since in begun.items()]
        return found

    def boxes(self) -> list[Box]:
        """All cells as boxes one line wide."""
        return [
            self._box(span, line, line)
            for line, (lows, highs) in self.lines.items()
            for span in zip(lows, highs, strict=True)
        ]

    def _box(self, span: tuple[int, int], first: int, last: int) -> Box:
        return (*span, first, last) if self.tall else (first, last, *span)

    def _put(self, line: int, low: int, high: int) -> list[tuple[int, int]]:
        if line not in self.lines:
            self.lines[line] = ([low], [high])
            return [(low, high)]
        lows, highs = self.lines[line]
        begin = bisect_left(highs, low - 1)
        end = bisect_right(lows, high + 1)
        known = zip(lows[begin:end], highs[begin:end], strict=True)
        found = list(_gaps(known, low, high))
        if begin < end:
            low, high = min(low, lows[begin]), max(high, highs[end - 1])
        lows[begin:end], highs[begin:end] = [low], [high]
        return found


def _gaps(known: Iterable[tuple[int, int]], low: int, high: int) -> Iterator[tuple[int, int]]:
    """What of a span lies in none of the known spans, which are sorted."""
    for first, last in known:
        if low < first:
            yield low, min(high, first - 1)
        low = max(low, last + 1)
    if low <= high:
        yield low, high
