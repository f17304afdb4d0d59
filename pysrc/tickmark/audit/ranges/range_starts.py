"""What the first cells of an aggregate's range are: data, a heading, a blank row, a year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.lines.cell_lines import ACROSS, DOWN, CellLines, cell_lines
from tickmark.audit.lines.cell_roles import CellRoles, cell_roles
from tickmark.audit.memo import once
from tickmark.audit.ranges.aggregate_stretches import Stretches, stretches_of
from tickmark.audit.region_grid import LineRole
from tickmark.audit.rule import Facts
from tickmark.model.grid import CellKind, Cells
from tickmark.structure.labels import periods

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

FEWEST_NUMBERS: Final = 3
MOST_HEADING: Final = 3
"""Rows above the data; a range with more of them does not merely begin with a heading."""
_YEARS: Final = (1900, 2100)


class Start(IntEnum):
    """What a range begins with."""

    OTHER = 0
    """Nothing that can be told apart."""
    DATA = 1
    """A number of data, right below a heading or a blank row that is not taken."""
    HEADING = 2
    """A row that only names the rows below it, or the header."""
    BLANK = 3
    """An empty row."""
    NUMBER = 4
    """A number that heads the cells behind it, such as a year."""


@dataclass(frozen=True, slots=True)
class RangeStart:
    """The number of a stretch, what it begins with, and the place of the first cell of data."""

    stretch: int
    start: Start
    data: int


@once
def range_starts(facts: Facts, number: int) -> tuple[RangeStart, ...]:
    """What the ranges of a sheet's aggregates begin with, those of OTHER left out.

    Ranges down a column with the formula below, and for NUMBER also those along a row.
    """
    found = stretches_of(facts.formulas, number)
    if not len(found):
        return ()
    starts = tuple(_Starts(facts, number, found).all())
    return starts + tuple(_like(found, starts))


def _like(found: Stretches, starts: tuple[RangeStart, ...]) -> Iterator[RangeStart]:
    """The ranges over the same rows as one that begins with a heading, but without numbers yet."""
    known = {one.stretch for one in starts}
    heads: dict[tuple[int, int, int], RangeStart] = {}
    for one in starts:
        if one.start in {Start.HEADING, Start.BLANK}:
            heads[_rows(found, one.stretch)] = one
    if not heads:
        return
    down = (found.axis == DOWN) & (found.ranges > 0) & (found.before == 0)
    for stretch in np.flatnonzero(down & np.isin(found.place, [key[0] for key in heads])).tolist():
        head = heads.get(_rows(found, stretch))
        if head is not None and stretch not in known:
            yield RangeStart(stretch, head.start, head.data)


def _rows(found: Stretches, stretch: int) -> tuple[int, int, int]:
    return int(found.place[stretch]), int(found.first[stretch]), int(found.last[stretch])


class _Starts:
    """What is asked about the ranges of one sheet."""

    def __init__(self, facts: Facts, number: int, found: Stretches) -> None:
        sheet = facts.formulas.sheets[number].sheet
        self.found = found
        self.cells: Cells = sheet.cells
        self.lines: CellLines = cell_lines(sheet)
        self.roles: CellRoles = cell_roles(facts)[number]
        self.heads = periods(sheet.cells)
        self.row_count, self.numbers_in_row = _row_counts(sheet.cells)
        worded = (self.row_count > 0) & (self.numbers_in_row == 0)
        self.worded_before = np.concatenate(([0], np.cumsum(worded)))

    def all(self) -> Iterator[RangeStart]:
        found = self.found
        one = (found.ranges > 0) & (found.place > found.last) & (found.before == 0)
        for axis in (DOWN, ACROSS):
            at = np.flatnonzero(one & (found.axis == axis))
            if not len(at):
                continue
            line, first, last = found.line[at], found.first[at], found.last[at]
            counts = self.lines.number_counts(axis, line, first, last)
            position = self.lines.positions(axis, line, first)
            heading = self._is_number_head(axis, position)
            enough = counts > 0
            for stretch in at[heading & (counts >= FEWEST_NUMBERS)].tolist():
                yield RangeStart(stretch, Start.NUMBER, int(found.first[stretch]) + 1)
            if axis == DOWN:
                rest = at[enough & ~heading]
                yield from self._down(rest)

    def _is_number_head(self, axis: int, position: Numbers) -> Mask:
        """Which cells are numbers that head their line: years in a header, ids of the rows."""
        there = position >= 0
        at = np.where(there, position, 0)
        values = self.cells.values[at]
        number = there & self.lines.is_number(at)
        role = self.roles.row if axis == DOWN else self.roles.column
        header = role[at] == LineRole.HEADER
        year = (values >= _YEARS[0]) & (values <= _YEARS[1]) & (values % 1 == 0)
        if axis == DOWN:
            return np.asarray(number & ((header & year) | self.heads[at]), np.bool_)
        return np.asarray(number & header & year, np.bool_)

    def _down(self, stretches: Numbers) -> Iterator[RangeStart]:
        found = self.found
        line, first = found.line[stretches], found.first[stretches]
        position = self.lines.positions(DOWN, line, first)
        number = (position >= 0) & self.lines.is_number(np.maximum(position, 0))
        above = first - 1
        free = (above < 1) | (self._numbers_in(above) == 0)
        for at in stretches[number & free].tolist():
            yield RangeStart(at, Start.DATA, int(found.first[at]))
        # Cheap first: a range that begins with a heading has no number in its whole first row.
        for at in stretches[~number & (self._numbers_in(first) == 0)].tolist():
            start = self._heading(at)
            if start is not None:
                yield start

    def _numbers_in(self, rows: Numbers) -> Numbers:
        """How many numbers stand in whole rows of the sheet."""
        inside = (rows >= 1) & (rows < len(self.numbers_in_row))
        return np.where(inside, self.numbers_in_row[np.where(inside, rows, 0)], 0)

    def _heading(self, at: int) -> RangeStart | None:
        """The start of a range that holds rows without numbers before its first row of data."""
        found = self.found
        first, last = int(found.first[at]), int(found.last[at])
        rows = np.arange(first, min(last, first + MOST_HEADING) + 1)
        filled = self._numbers_in(rows) > 0
        begin = int(np.argmax(filled))
        if not filled.any():
            return None
        # Headings further down as well: the range covers several sections on purpose.
        ends = np.clip([first + begin, last + 1], 0, len(self.worded_before) - 1)
        if self.worded_before[ends[1]] > self.worded_before[ends[0]]:
            return None
        ends = np.clip([first, first + begin], 0, len(self.worded_before) - 1)
        named = self.worded_before[ends[1]] > self.worded_before[ends[0]]
        return RangeStart(at, Start.HEADING if named else Start.BLANK, first + begin)


def _row_counts(cells: Cells) -> tuple[Numbers, Numbers]:
    """For each row of a sheet, by its number, how many cells and how many numbers it holds."""
    size = int(cells.rows.max()) + 2 if len(cells) else 2
    filled = np.asarray(cells.kinds != CellKind.EMPTY) | (cells.formulas >= 0)
    number = np.isin(cells.kinds, (CellKind.NUMBER, CellKind.DATE, CellKind.ERROR))
    return (
        np.bincount(cells.rows[filled], minlength=size),
        np.bincount(cells.rows[number], minlength=size),
    )
