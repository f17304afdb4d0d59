"""The cached values of one sheet, looked up and added up for many cells and areas at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from tickmark.model.grid import NO_FORMULA, CellKind, Cells

Floats: TypeAlias = npt.NDArray[np.float64]
Longs: TypeAlias = npt.NDArray[np.int64]
Kinds: TypeAlias = npt.NDArray[np.uint8]

SHORT: Final = 64
"""Cells of an area, on average, up to which they are added one by one instead of by prefix sums."""

MOST_AT_ONCE: Final = 4_000_000

_NEXT_LINE: Final = 1 << 21
_LEAST: Final = 1e-6


@dataclass(slots=True, eq=False)
class Budget:
    """How many cells may still be looked at one by one; what is beyond it is not told."""

    left: int

    def takes(self, count: int) -> bool:
        """Whether so many are left and may be held at once; they are taken."""
        if count > min(self.left, MOST_AT_ONCE):
            return False
        self.left -= count
        return True


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """What n areas hold: how many numbers, how many values of any kind, and whether all is known.

    `reduced` (float64) is what was asked for of the numbers: their sum, product, least or largest
    one; where there is no number it is 0, 1, inf or -inf.
    """

    reduced: Floats
    numbers: Longs
    filled: Longs
    known: npt.NDArray[np.bool_]


class CellValues:
    """The values of a sheet's cells as formulas see them.

    Errors, and formula cells without cached value, are of the kind ERROR: nothing is known of what
    is calculated with them. `budget` is shared by all that an audit asks.
    """

    def __init__(self, cells: Cells, budget: Budget) -> None:
        self.cells = cells
        self.budget = budget
        kinds = cells.kinds.copy()
        kinds[kinds == CellKind.DATE] = CellKind.NUMBER
        kinds[(kinds == CellKind.EMPTY) & (cells.formulas != NO_FORMULA)] = CellKind.ERROR
        numeric = (kinds == CellKind.NUMBER) & ~np.isfinite(cells.values)
        kinds[numeric] = CellKind.ERROR
        self.kinds: Kinds = kinds

    @cached_property
    def _by_row(self) -> _Lines:
        return _Lines(self, np.arange(len(self.cells)), self.cells.rows, self.cells.columns)

    @cached_property
    def _by_column(self) -> _Lines:
        order = np.lexsort((self.cells.rows, self.cells.columns))
        return _Lines(self, order, self.cells.columns[order], self.cells.rows[order])

    def at(self, rows: Longs, columns: Longs) -> tuple[Kinds, Floats]:
        """Kinds and values of cells; a cell that is not there is EMPTY.

        The value of a text is its number among the texts of the sheet.
        """
        keys = self._by_row.keys
        kinds = np.zeros(len(rows), np.uint8)
        values = np.zeros(len(rows))
        if len(keys):
            wanted = rows * _NEXT_LINE + columns
            found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
            there = keys[found] == wanted
            kinds[there] = self.kinds[found[there]]
            values[there] = self.cells.values[found[there]]
        return kinds, values

    def tally(self, edges: Longs, function: str) -> Tally:
        """What areas hold, given as an array (n, 4) of top, left, bottom, right.

        `function` is SUM, PRODUCT, MIN or MAX.
        """
        top, left, bottom, right = edges.T
        rows, columns = self._by_row, self._by_column
        if columns.crossed(left, right) <= rows.crossed(top, bottom):
            return columns.tally(left, right, top, bottom, function)
        return rows.tally(top, bottom, left, right, function)


@dataclass(frozen=True, slots=True, eq=False)
class _Spans:
    """Runs of cells in one line each: whose they are, and first and one past the last cell."""

    owner: Longs
    first: Longs
    last: Longs


class _Lines:
    """The cells of a sheet line by line; a line is a row or a column."""

    def __init__(
        self,
        values: CellValues,
        order: npt.NDArray[np.intp],
        lines: npt.NDArray[np.integer],
        places: npt.NDArray[np.integer],
    ) -> None:
        self.budget = values.budget
        self.keys: Longs = lines.astype(np.int64) * _NEXT_LINE + places
        self.lines: Longs = np.unique(lines.astype(np.int64))
        self._kinds = values.kinds[order]
        self._is_number = self._kinds == CellKind.NUMBER
        self._numbers: Floats = np.where(self._is_number, values.cells.values[order], 0.0)

    @cached_property
    def _counts(self) -> tuple[Longs, Longs, Longs]:
        """Before each cell: numbers, values of any kind, cells of which nothing is known."""
        kinds = self._kinds
        return (
            _prefix(self._is_number),
            _prefix(kinds != CellKind.EMPTY),
            _prefix(kinds == CellKind.ERROR),
        )

    @cached_property
    def _sums(self) -> tuple[npt.NDArray[np.longdouble], Floats]:
        """Before each cell: the sum of the numbers, and of what they are without sign."""
        zero = np.zeros(1, np.longdouble)
        wide = self._numbers.astype(np.longdouble)
        sums = np.concatenate((zero, np.cumsum(wide)))
        sizes = np.concatenate(([0.0], np.cumsum(np.abs(self._numbers))))
        return sums, sizes

    def crossed(self, first: Longs, last: Longs) -> int:
        """How many lines areas cross in all."""
        return int(np.sum(self._crossing(first, last)[1]))

    def _crossing(self, first: Longs, last: Longs) -> tuple[Longs, Longs]:
        begins = np.searchsorted(self.lines, first)
        return begins, np.searchsorted(self.lines, last, side="right") - begins

    def tally(self, first: Longs, last: Longs, low: Longs, high: Longs, function: str) -> Tally:
        """What areas hold, given by their first and last lines and places in the lines."""
        count = len(first)
        begins, crossed = self._crossing(first, last)
        many = int(crossed.sum())
        if not self.budget.takes(max(0, many - SHORT * count)):
            nothing = np.zeros(count, np.int64)
            return Tally(np.zeros(count), nothing, nothing, np.zeros(count, np.bool_))
        owner = np.repeat(np.arange(count), crossed)
        line = self.lines[np.repeat(begins, crossed) + _within(crossed)] * _NEXT_LINE
        spans = _Spans(
            owner,
            np.searchsorted(self.keys, line + low[owner]),
            np.searchsorted(self.keys, line + high[owner], side="right"),
        )
        numbers, filled, unknown = (
            np.bincount(owner, one[spans.last] - one[spans.first], count).astype(np.int64)
            for one in self._counts
        )
        reduced, told = self._reduced(spans, count, function)
        return Tally(reduced, numbers, filled, (unknown == 0) & told)

    def _reduced(
        self, spans: _Spans, count: int, function: str
    ) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """The numbers of the spans of each area reduced to one, and where that could be told."""
        cells = int(np.sum(spans.last - spans.first))
        if cells > SHORT * (count + SHORT) and function == "SUM":
            return self._summed(spans, count)
        told = np.ones(count, np.bool_)
        reducing, neutral = _REDUCING[function]
        result = np.full(count, neutral)
        if cells <= SHORT * (count + SHORT) or self.budget.takes(cells):
            at = np.repeat(spans.first, spans.last - spans.first)
            at += _within(spans.last - spans.first)
            owner = np.repeat(spans.owner, spans.last - spans.first)
            numeric = self._is_number[at]
            at, owner = at[numeric], owner[numeric]
            if len(at):
                starts = np.flatnonzero(np.concatenate(([True], owner[1:] != owner[:-1])))
                result[owner[starts]] = reducing(self._numbers[at], starts)
        else:
            told[:] = False
        return result, told

    def _summed(self, spans: _Spans, count: int) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Sums by differences of running sums; not told where these would have no digits left."""
        sums, sizes = self._sums
        parts = (sums[spans.last] - sums[spans.first]).astype(np.float64)
        largest = np.zeros(count)
        np.maximum.at(largest, spans.owner, sizes[spans.last])
        own = np.bincount(spans.owner, sizes[spans.last] - sizes[spans.first], count)
        result: Floats = np.bincount(spans.owner, parts, count).astype(np.float64)
        counted = self._counts[0]
        held = np.bincount(spans.owner, counted[spans.last] - counted[spans.first], count)
        told = (own >= _LEAST * largest) | (held == 0)
        again = np.flatnonzero(~told[spans.owner])
        if len(again):
            few = _Spans(spans.owner[again], spans.first[again], spans.last[again])
            if self.budget.takes(int(np.sum(few.last - few.first))):
                for owner, low, high in zip(few.owner, few.first, few.last, strict=True):
                    if not told[owner]:
                        result[owner] = 0.0
                        told[owner] = True
                    result[owner] += self._numbers[low:high].sum()
        return result, told


_Reducing: TypeAlias = Callable[[Floats, npt.NDArray[np.intp]], Floats]

_REDUCING: Final[dict[str, tuple[_Reducing, float]]] = {
    "SUM": (np.add.reduceat, 0.0),
    "PRODUCT": (np.multiply.reduceat, 1.0),
    "MIN": (np.minimum.reduceat, np.inf),
    "MAX": (np.maximum.reduceat, -np.inf),
}


def _prefix(marks: npt.NDArray[np.bool_]) -> Longs:
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(marks, dtype=np.int64)))


def _within(counts: Longs) -> Longs:
    """0, 1, … up to each count, one after the other."""
    ends = np.cumsum(counts)
    return np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - counts, counts)
