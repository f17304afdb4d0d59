"""Formulas that differ from the copies around them on their line of a region."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from tickmark.audit.deviations.formula_classes import NO_CLASS, FormulaClasses
from tickmark.audit.memo import once
from tickmark.audit.region_grid import LineRole, Matrix, RegionGrid
from tickmark.model.grid import CellKind

LONGEST: Final = 3
MOST_OUTLIERS: Final = 5_000
"""A region with more of them has no even lines."""
WINDOW: Final = 100
"""Lines on each side that are looked at."""
FEWEST_ADJACENT: Final = 2

_FEW_LINES: Final = 4 * WINDOW
_AT_ONCE: Final = 500
_FAR: Final = 1 << 40

Longs: TypeAlias = npt.NDArray[np.int64]

_MOST_KEYS: Final = 1 << 62
_NUMBER: Final = -2
_TEXT: Final = -3


@dataclass(frozen=True, slots=True)
class Outlier:
    """A run of cells on a line whose formula is not that of the copies on both sides, or one side.

    `cells` are rows and columns in the grid, `siblings` likewise the nearest cells that hold the
    expected formula. `found` and `expected` are classes. With `across` the line is a row. `inner`
    tells that there are copies on both sides; otherwise `first` tells that they all come behind.
    `total` tells that the line is one of totals. `copies` of the expected formula stand on the
    line, and `others` of the found one outside of the run. `agreeing` lines beside it go on at this
    place as they do at the siblings, `changing` ones do not, `alike` ones deviate in the same way.
    Of the cells beside the run on the crossing line `crossing` hold the found formula and `squared`
    the expected one; in all `held` cells of that line hold the found one.
    """

    cells: tuple[tuple[int, int], ...]
    siblings: tuple[tuple[int, int], ...]
    found: int
    expected: int
    across: bool
    inner: bool
    first: bool
    total: bool
    copies: int
    others: int
    agreeing: int
    changing: int
    alike: int
    crossing: int
    squared: int
    held: int


@dataclass(frozen=True, slots=True)
class _Run:
    """A run from `first` to before `last` in the order of the lines, and `near` ones to compare."""

    first: int
    last: int
    near: tuple[int, int]
    expected: int
    inner: bool
    copies: int
    others: int


def outliers(grid: RegionGrid, classes: FormulaClasses, *, across: bool) -> Iterator[Outlier]:
    """The outliers on the rows of a region, or on its columns."""
    lines = _lines(grid, classes, across)
    if lines is not None:
        yield from lines.of_runs
        yield from lines.outliers(tuple(lines.repeated()))


def crossing_outliers(
    grid: RegionGrid, classes: FormulaClasses, *, across: bool, fewest: int
) -> Iterator[Outlier]:
    """The outliers of one cell with so many more of the same kind on their crossing line."""
    lines = _lines(grid, classes, across)
    if lines is None:
        return
    alike: dict[tuple[int, int, int], list[Outlier]] = {}
    for one in lines.of_runs:
        if len(one.cells) == 1:
            key = (one.cells[0][1 if across else 0], one.found, one.expected)
            alike.setdefault(key, []).append(one)
    for group in alike.values():
        if len(group) >= fewest:
            yield from group


@once
def _natures(grid: RegionGrid, classes: FormulaClasses) -> npt.NDArray[np.int32]:
    """For each cell the class of its formula, or what else it is: blanks count as numbers."""
    nature = classes.class_of[grid.template]
    texts = (grid.kind == CellKind.TEXT) | (grid.kind == CellKind.BOOL)
    plain = nature == NO_CLASS
    nature[plain] = np.where(texts[plain], _TEXT, _NUMBER)
    return nature


@once
def _lines(grid: RegionGrid, classes: FormulaClasses, across: bool) -> _Lines | None:  # noqa: FBT001
    """The lines of a region in a direction; None where all formulas of each line are alike."""
    if grid.formula_count <= FEWEST_ADJACENT:
        return None
    nature = _natures(grid, classes)
    if across:
        lines = _Lines(nature, grid.rows, grid.columns, across=across)
    else:
        lines = _Lines(nature.T, grid.columns, grid.rows, across=across)
    return lines if len(lines.classes) > FEWEST_ADJACENT and lines.mixed.any() else None


class _Lines:
    """The formulas of a region along its lines; `nature` has one line in each of its rows."""

    def __init__(self, nature: Matrix, roles: Matrix, places: Matrix, *, across: bool) -> None:
        self.nature = nature
        self.across = across
        self.total = roles == LineRole.TOTAL
        self.data = (roles == LineRole.DATA) | self.total
        used = (nature >= 0) & (places == LineRole.DATA)[None, :]
        self.lines, self.places = np.nonzero(used)
        self.classes = nature[self.lines, self.places].astype(np.int64)
        self.new_line = self.lines[1:] != self.lines[:-1]
        self.mixed = ~self.new_line & (self.classes[1:] != self.classes[:-1])

    @cached_property
    def runs(self) -> tuple[_Run, ...]:
        """The runs between copies of another formula, and those at the end of a line."""
        return tuple(self._runs())

    @cached_property
    def of_runs(self) -> tuple[Outlier, ...]:
        """The outliers that the runs are."""
        return tuple(self.outliers(self.runs))

    def _runs(self) -> Iterator[_Run]:
        lines, classes = self.lines, self.classes
        breaks = np.flatnonzero(self.new_line | self.mixed) + 1
        starts = np.concatenate(([0], breaks))
        ends = np.append(breaks, len(classes))
        line, held, size = lines[starts], classes[starts], ends - starts
        before, behind = np.full(len(starts), -1, np.int64), np.full(len(starts), -1, np.int64)
        joined = line[1:] == line[:-1]
        before[1:][joined] = held[:-1][joined]
        behind[:-1][joined] = held[1:][joined]
        inner = (before == behind) & (before >= 0)
        expected = np.where(before >= 0, before, behind)
        copies = self._copies(line, held)
        wanted = self._copies(line, np.maximum(expected, 0))
        chosen = inner & (size <= LONGEST)
        chosen |= ((before >= 0) ^ (behind >= 0)) & (size == 1)
        chosen &= (wanted >= FEWEST_ADJACENT) & (wanted >= 2 * copies)
        at = np.flatnonzero(chosen)
        if len(at) > MOST_OUTLIERS:
            return
        for run in at.tolist():
            first, last = int(starts[run]), int(ends[run])
            near = (first - 1, last)
            if not inner[run]:
                near = (first - 1, first - 2) if before[run] >= 0 else (last, last + 1)
            adjacent = int(size[run - 1]) if before[run] >= 0 else 0
            adjacent += int(size[run + 1]) if behind[run] >= 0 else 0
            if adjacent >= FEWEST_ADJACENT:
                yield _Run(
                    first,
                    last,
                    near,
                    int(expected[run]),
                    inner=bool(inner[run]),
                    copies=int(wanted[run]),
                    others=int(copies[run]) - (last - first),
                )

    def repeated(self) -> Iterator[_Run]:
        """The cells that differ from those between the same two formulas elsewhere on their line.

        That is how blocks show that repeat one pattern of rows, say for each product.
        """
        lines, classes = self.lines, self.classes
        widest = int(classes.max()) + 1
        at = np.flatnonzero(lines[2:] == lines[:-2]) + 1
        if not len(at) or int(lines.max() + 1) > _MOST_KEYS // widest**2:
            return
        keys = (lines[at] * widest + classes[at - 1]) * widest + classes[at + 1]
        order = np.lexsort((classes[at], keys))
        at, keys = at[order], keys[order]
        held = classes[at]
        starts = np.concatenate(([0], np.flatnonzero(keys[1:] != keys[:-1]) + 1))
        size = np.diff(np.append(starts, len(at)))
        first, last = held[starts], held[starts + size - 1]
        # Of three or more only one may differ; sorted by class, it comes first or last.
        chosen = (size > FEWEST_ADJACENT) & (first != last)
        second, before = held[starts + 1 - (size == 1)], held[starts + np.maximum(size - 2, 0)]
        low, high = chosen & (second == last), chosen & (first == before)
        copies = self._copies(lines[at], held)
        for start, count in zip(starts[low].tolist(), size[low].tolist(), strict=True):
            yield from self._odd_one(at, start, range(start + 1, start + count), copies)
        for start, count in zip(starts[high].tolist(), size[high].tolist(), strict=True):
            yield from self._odd_one(at, start + count - 1, range(start, start + count - 1), copies)

    def _odd_one(self, at: Longs, odd: int, others: range, copies: Longs) -> Iterator[_Run]:
        """The run that one cell of a group is, if the others are not what stands around it."""
        cell, group = int(at[odd]), at[others.start : others.stop]
        expected = int(self.classes[group[0]])
        if expected == self.classes[cell - 1] == self.classes[cell + 1]:
            return  # it is the one formula all around, which `runs` sees
        near = group[np.argsort(np.abs(group - cell), kind="stable")[:2]].tolist()
        yield _Run(
            cell,
            cell + 1,
            (near[0], near[1]),
            expected,
            inner=True,
            copies=len(group),
            others=int(copies[odd]) - 1,
        )

    def _copies(self, line: Longs, held: Longs) -> Longs:
        """How many cells of lines hold a class."""
        widest, keys, counts = self._counted
        wanted = line * widest + held
        at = np.minimum(keys.searchsorted(wanted), len(keys) - 1)
        return np.where(keys[at] == wanted, counts[at], 0)

    @cached_property
    def _counted(self) -> tuple[int, Longs, Longs]:
        """A factor, numbers of a line times the factor plus a class, and how many cells have it."""
        widest = int(self.classes.max()) + 1
        return (widest, *np.unique(self.lines * widest + self.classes, return_counts=True))

    def outliers(self, runs: Sequence[_Run]) -> Iterator[Outlier]:
        """The outliers that runs are."""
        if len(self.nature) <= _FEW_LINES:
            for start in range(0, len(runs), _AT_ONCE):
                yield from self._outliers(runs[start : start + _AT_ONCE], 0, len(self.nature))
            return
        for run in runs:
            line = int(self.lines[run.first])
            yield from self._outliers([run], max(line - WINDOW, 0), line + WINDOW + 1)

    def _outliers(self, runs: Sequence[_Run], low: int, high: int) -> Iterator[Outlier]:
        """The same for runs whose windows lie within some lines: arrays are lines by runs."""
        if not runs:
            return
        firsts = np.array([run.first for run in runs])
        nears = np.array([run.near for run in runs])
        expected = np.array([run.expected for run in runs])
        own, found = self.lines[firsts], self.classes[firsts]
        nature, data = self.nature[low:high], self.data[low:high, None]
        here = nature[:, self.places[firsts]]
        one, two = nature[:, self.places[nears[:, 0]]], nature[:, self.places[nears[:, 1]]]
        away = np.arange(low, low + len(nature))[:, None] - own
        inside = data & (np.abs(away) <= WINDOW)
        settled = inside & (away != 0) & (one == two) & ((one >= 0) | (here >= 0))
        alike = settled & (one == expected) & (here == found)
        agreeing = settled & (here == one)
        crossing = inside & (here >= 0)
        before = np.where(crossing & (away < 0), away, -_FAR).max(axis=0) + own - low
        behind = np.where(crossing & (away > 0), away, _FAR).min(axis=0) + own - low
        counts = zip(
            runs,
            own.tolist(),
            found.tolist(),
            agreeing.sum(axis=0).tolist(),
            (settled & ~agreeing & ~alike).sum(axis=0).tolist(),
            alike.sum(axis=0).tolist(),
            (crossing & (here == found)).sum(axis=0).tolist(),
            zip(before.tolist(), behind.tolist(), strict=True),
            strict=True,
        )
        for at, (run, line, kind, agree, change, like, held, beside) in enumerate(counts):
            near = [int(here[index, at]) for index in beside if 0 <= index < len(here)]
            yield Outlier(
                cells=tuple(self._cell(at) for at in range(run.first, run.last)),
                siblings=tuple(self._cell(at) for at in run.near),
                found=kind,
                expected=run.expected,
                across=self.across,
                inner=run.inner,
                first=run.near[0] >= run.last,
                total=bool(self.total[line]),
                copies=run.copies,
                others=run.others,
                agreeing=agree,
                changing=change,
                alike=like,
                crossing=near.count(kind),
                squared=near.count(run.expected),
                held=held,
            )

    def _cell(self, at: int) -> tuple[int, int]:
        line, place = int(self.lines[at]), int(self.places[at])
        return (line, place) if self.across else (place, line)
