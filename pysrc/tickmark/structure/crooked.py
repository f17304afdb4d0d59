"""Strands with gaps, other slopes than 0 and 1, or rows that follow columns."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from tickmark.structure.boxes import Box
from tickmark.structure.strand_table import (
    AXIS,
    BY,
    COUNT,
    FIRST,
    HIGH,
    HIGH_BY,
    LOW,
    LOW_BY,
    SIDE,
    STEP,
    UNIT,
)

Span = tuple[int, int]


class Crooked:
    """One strand, followed in both directions; its parts are those of the rows and the columns."""

    __slots__ = ("counts", "firsts", "sides", "steps", "units")

    def __init__(self, strand: list[int]) -> None:
        self.firsts = strand[FIRST], strand[FIRST + AXIS]
        self.steps = strand[STEP], strand[STEP + AXIS]
        self.counts = strand[COUNT], strand[COUNT + AXIS]
        self.units = strand[UNIT], strand[UNIT + SIDE]
        self.sides = tuple(
            tuple(strand[column + at] for column in (LOW, HIGH, LOW_BY, HIGH_BY, BY))
            for at in (0, SIDE)
        )

    def dependents(self, i0: int, i1: int, j0: int, j1: int) -> Iterable[Box]:
        """From cells that are referred to, to all dependents that refer to one of them."""
        limits = [[0, self.counts[0] - 1], [0, self.counts[1] - 1]]
        for axis, (near, far) in enumerate(((i0, i1), (j0, j1))):
            by = self.sides[axis][4]
            unit = self.units[axis]
            begin, end = self._touching(axis, near * unit, far * unit)
            if begin > end:
                return ()
            if by >= 0:
                limits[by] = [max(limits[by][0], begin), min(limits[by][1], end)]
        if any(begin > end for begin, end in limits):
            return ()
        rows, columns = (self._places(axis, *limits[axis]) for axis in (0, 1))
        return [(*row, *column) for row, column in product(rows, columns)]

    def precedents(self, box: Box, height: int, width: int) -> Iterable[Box]:
        """From dependents to the cells they refer to, in a node of a height and width."""
        limits = []
        for axis, (near, far) in enumerate((box[:2], box[2:])):
            first, step = self.firsts[axis], self.steps[axis]
            begin = max(-((first - near) // step), 0)
            end = min((far - first) // step, self.counts[axis] - 1)
            if begin > end:
                return ()
            limits.append((begin, end))
        by = self.sides[0][4], self.sides[1][4]
        if by[0] == by[1] >= 0:  # each row goes with one column
            begin, end = limits[by[0]]
            return [
                (*rows, *columns)
                for z in range(begin, end + 1)
                for rows in self._targets(0, z, z, height)
                for columns in self._targets(1, z, z, width)
            ]
        rows, columns = (
            self._targets(axis, *limits[max(by[axis], 0)], size)
            for axis, size in ((0, height), (1, width))
        )
        return [(*row, *column) for row, column in product(rows, columns)]

    def _touching(self, axis: int, near: int, far: int) -> Span:
        """The first and last z whose target has a place from near to far; first > last for none."""
        low, high, low_by, high_by, by = self.sides[axis]
        begin, end = 0, self.counts[max(by, 0)] - 1
        for room, slope in ((far - low, low_by), (high - near, -high_by)):
            if slope > 0:  # slope * z <= room
                end = min(end, room // slope)
            elif slope < 0:
                begin = max(begin, -(room // -slope))
            elif room < 0:
                return 1, 0
        return begin, end

    def _places(self, axis: int, begin: int, end: int) -> list[Span]:
        """The dependents from one z to another, as spans without gaps."""
        first, step = self.firsts[axis], self.steps[axis]
        if step == 1:
            return [(first + begin, first + end)]
        return [(first + step * z,) * 2 for z in range(begin, end + 1)]

    def _targets(self, axis: int, begin: int, end: int, size: int) -> list[Span]:
        """What the dependents from one z to another refer to, as spans without gaps."""
        low, high, low_by, high_by, by = self.sides[axis]
        unit, last = self.units[axis], size - 1
        if by < 0:
            end = begin
        elif begin < end and self._touch(axis, begin) and self._touch(axis, end - 1):
            # Whether neighbours touch is even in z, so the first and the last ones tell.
            low, low_by = min(low + low_by * begin, low + low_by * end), 0
            high, high_by = max(high + high_by * begin, high + high_by * end), 0
            end = begin
        return [
            (max(-(-(low + low_by * z) // unit), 0), min((high + high_by * z) // unit, last))
            for z in range(begin, end + 1)
        ]

    def _touch(self, axis: int, z: int) -> bool:
        """Whether a target and the next one leave no gap between them."""
        low, high, low_by, high_by, _ = self.sides[axis]
        first, last = low + low_by * z, high + high_by * z
        return first + low_by <= last + 1 and first <= last + high_by + 1
