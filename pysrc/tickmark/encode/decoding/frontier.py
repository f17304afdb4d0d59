"""Rectangles met from the top of a sheet down: which of them meet others."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from tickmark.model.address import RangeRef

Labelled = tuple[RangeRef, int]
"""A rectangle and the number of what it belongs to."""


class Frontier:
    """The rectangles that reach a row or lately did, disjoint in their columns.

    Rectangles are asked for and added from the top down. There are never more than columns, so
    that each step costs little.
    """

    def __init__(self) -> None:
        self._lefts: list[int] = []
        self._open: list[Labelled] = []

    def meeting(self, area: RangeRef) -> Sequence[Labelled]:
        """Those added that share a cell with an area whose top is not above theirs."""
        at = bisect_right(self._lefts, area.left) - 1
        if at < 0 or self._open[at][0].right < area.left:
            at += 1
        end = bisect_right(self._lefts, area.right, at)
        if at == end:
            return ()
        found = [one for one in self._open[at:end] if one[0].bottom >= area.top]
        if len(found) < end - at:
            self._open[at:end] = found
            self._lefts[at:end] = [one.left for one, _ in found]
        return found

    def add(self, area: RangeRef, label: int) -> Sequence[Labelled]:
        """Take in a rectangle if it meets none; those that it meets."""
        met = self.meeting(area)
        if not met:
            at = bisect_left(self._lefts, area.left)
            self._lefts.insert(at, area.left)
            self._open.insert(at, (area, label))
        return met


def first_clash(rectangles: Iterable[Labelled]) -> tuple[Labelled, Labelled] | None:
    """Two of the rectangles that share a cell; None where all are apart."""
    frontier = Frontier()
    for area, label in sorted(rectangles, key=from_the_top):
        met = frontier.add(area, label)
        if met:
            return met[0], (area, label)
    return None


def from_the_top(one: Labelled) -> tuple[int, int]:
    """The order in which a frontier takes rectangles in."""
    return one[0].top, one[0].left
