"""What the aggregates of a sheet take along the column or row that they stand in themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.lines.cell_lines import ACROSS, DOWN, line_area
from tickmark.audit.memo import once
from tickmark.audit.ranges.aggregates import PLUS, Aggregates, aggregates_of
from tickmark.model.address import RangeRef
from tickmark.structure.formulas import Formulas

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_STEP: Final = 1 << 24


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """k stretches of cells without a gap, each taken by an aggregate in the same column or row.

    `axis` tells which way the line runs, `line` is its column or row, `first` and `last` are the
    places of the stretch in it, `place` that of the formula; `position` and `template` are those of
    the formula. `before` is the end of the formula's stretch before this one and `behind` the start
    of the next, 0 where there is none. `ranges` and `cells` count the ranges and the single cells
    that make it up; `function` is that of its ranges, else PLUS. `sums` tells that the formula only
    adds up. Sorted by formula, axis and place.
    """

    axis: Numbers
    line: Numbers
    first: Numbers
    last: Numbers
    place: Numbers
    position: Numbers
    template: Numbers
    before: Numbers
    behind: Numbers
    ranges: Numbers
    cells: Numbers
    function: Numbers
    sums: Mask

    def __len__(self) -> int:
        return len(self.line)

    def area(self, stretch: int, first: int | None = None, last: int | None = None) -> RangeRef:
        """The cells of a stretch, or those between other ends in its line; without sheet."""
        line = int(self.line[stretch])
        low = int(self.first[stretch]) if first is None else first
        high = int(self.last[stretch]) if last is None else last
        return line_area(int(self.axis[stretch]), line, low, high)

    def covering(self, axis: Numbers, line: Numbers, place: Numbers) -> Numbers:
        """How many stretches hold each of some cells."""
        count = np.zeros(len(line), np.int64)
        for way in (DOWN, ACROSS):
            own, asked = self.axis == way, axis == way
            wanted = line[asked] * _STEP + place[asked]
            starts = np.sort(self.line[own] * _STEP + self.first[own])
            ends = np.sort(self.line[own] * _STEP + self.last[own])
            begun = np.searchsorted(starts, wanted, side="right")
            count[asked] = begun - np.searchsorted(ends, wanted, side="left")
        return count


@once
def _of_sheet(found: Aggregates, number: int) -> Stretches:
    top, left, bottom, right = found.areas.T
    here = found.target == number
    single = (top == bottom) & (left == right)
    down = here & (left == right) & (left == found.column) & (found.upright | single)
    across = here & (top == bottom) & (top == found.row) & (found.level | single)
    down &= ~((found.row >= top) & (found.row <= bottom))
    across &= ~((found.column >= left) & (found.column <= right))
    made = [_merged(found.of(chosen), axis) for chosen, axis in ((down, DOWN), (across, ACROSS))]
    return Stretches(
        *(
            np.concatenate([getattr(one, name) for one in made])
            for name in Stretches.__dataclass_fields__
        )
    )


def stretches_of(formulas: Formulas, number: int) -> Stretches:
    """The stretches of the sheet with a number, found once for all that ask."""
    return _of_sheet(aggregates_of(formulas)[number], number)


def _merged(found: Aggregates, axis: int) -> Stretches:
    start, end = found.areas[:, axis], found.areas[:, axis + 2]
    order = np.lexsort((start, found.position))
    start, end, position = start[order], end[order], found.position[order]
    # Within one formula the largest end so far; formulas are kept apart by a step.
    level = np.concatenate(([0], np.cumsum(position[1:] != position[:-1]))) if len(order) else order
    reach = np.maximum.accumulate(end + level * _STEP) - level * _STEP if len(order) else end
    new = np.ones(len(order), np.bool_)
    same = level[1:] == level[:-1]
    new[1:] = ~same | (start[1:] > reach[:-1] + 1)
    begin = np.flatnonzero(new)
    final = np.append(begin[1:], len(order)) - 1 if len(order) else begin
    first, last, owner = start[begin], reach[final], level[begin]
    linked = owner[1:] == owner[:-1]
    before, behind = np.zeros(len(begin), np.int64), np.zeros(len(begin), np.int64)
    before[1:] = np.where(linked, last[:-1], 0)
    behind[:-1] = np.where(linked, first[1:], 0)
    ranged = (found.function != PLUS)[order].astype(np.int64)
    line, place = (found.column, found.row) if axis == DOWN else (found.row, found.column)
    sums = found.sums[order]
    return Stretches(
        axis=np.full(len(begin), axis, np.int64),
        line=line[order][begin],
        first=first,
        last=last,
        place=place[order][begin],
        position=position[begin],
        template=found.template[order][begin],
        before=before,
        behind=behind,
        ranges=_totals(ranged, begin),
        cells=_totals(1 - ranged, begin),
        function=_largest(found.function[order], begin),
        sums=_largest(sums.astype(np.int64), begin).astype(np.bool_),
    )


def _totals(values: Numbers, begin: Numbers) -> Numbers:
    return np.add.reduceat(values, begin) if len(begin) else np.zeros(0, np.int64)


def _largest(values: Numbers, begin: Numbers) -> Numbers:
    return np.maximum.reduceat(values, begin) if len(begin) else np.zeros(0, np.int64)
