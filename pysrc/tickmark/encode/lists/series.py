"""Values of a list that go up or down by the same step, such as `1..50`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tickmark.encode.literals.cells import Literals
from tickmark.encode.literals.dates import EPOCH, EPOCH_1904, first_plain_day
from tickmark.encode.literals.numbers import number_literal
from tickmark.model.grid import CellKind
from tickmark.structure.dates import LAST_SERIAL, LAST_SERIAL_1904

FEWEST = 3
FEWEST_BY_STEP = 4

_FEW = 64
_SHORTEST_MONTH = 28
_DATE = int(CellKind.DATE)
_STEPPING = (int(CellKind.NUMBER), _DATE)
_CLOSE = 1e-12
_STEP_DECIMALS = 10
_MONTHS = {1: "month", 12: "year"}

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Segment = tuple[int, int, str]
"""First position in a list, position after the last, and the item that stands for them."""


@dataclass(frozen=True, slots=True, eq=False)
class _Steps:
    """The cells of a list that can be part of a series.

    Arrays of one length: `values`, whether each is a `number` or a `day` (a date without a time,
    counted as serial number; `epoch` is its day 0), and whether it is the first of its `line`,
    which no series crosses.
    """

    values: Floats
    number: Mask
    day: Mask
    first: Mask
    epoch: np.datetime64

    def segments(self, texts: Sequence[str], taken: Sequence[Segment] = ()) -> list[Segment]:
        """The series, outside of what is taken."""
        free = np.ones(len(self.values), np.bool_)
        for start, stop, _ in taken:
            free[start:stop] = False
        found = list(self._by_months(free, texts)) if self.day.any() else []
        for start, stop, _ in found:
            free[start:stop] = False
        # Numbers of any size are looked at before it is known whether they are a series.
        with np.errstate(over="ignore", invalid="ignore"):
            return sorted([*found, *self._by_numbers(free, texts)])

    def _by_numbers(self, free: Mask, texts: Sequence[str]) -> Iterator[Segment]:
        values, number = self.values, self.number & free
        linked = (number[1:] & number[:-1]) | ((self.day & free)[1:] & (self.day & free)[:-1])
        linked &= ~self.first[1:]
        if np.count_nonzero(linked) < FEWEST - 1:
            return
        steps = np.where(linked, values[1:], 0.0) - np.where(linked, values[:-1], 0.0)
        inner = values[1:-1]
        # Differences of whole numbers are exact, those of others are not.
        slack = np.where(np.rint(inner) == inner, 0.0, _CLOSE * np.abs(inner))
        near = np.abs(steps[1:] - steps[:-1]) <= slack
        near &= linked[1:] & linked[:-1] & (steps[1:] != 0)
        starts, stops = _runs(near)
        if not len(starts):
            return
        stops += 2
        sizes = stops - starts
        step = steps[starts]
        step = np.where(step == np.rint(step), step, np.round(step, _STEP_DECIMALS))
        # A series must give back each of its values exactly.
        offsets = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        at = np.repeat(starts, sizes) + offsets
        same = values[np.repeat(starts, sizes)] + offsets * np.repeat(step, sizes) == values[at]
        exact = np.logical_and.reduceat(same, np.cumsum(sizes) - sizes) & (step != 0)
        end = 0
        for start, stop, by in zip(
            starts[exact].tolist(), stops[exact].tolist(), step[exact].tolist(), strict=True
        ):
            begin = max(start, end)
            text = self._text(begin, stop, by, texts)
            if text:
                end = stop
                yield begin, stop, text

    def _text(self, start: int, stop: int, step: float, texts: Sequence[str]) -> str:
        """A series by numbers or days; empty where it has too few cells or would be longer."""
        count = stop - start
        by_one = abs(step) == 1 and float(self.values[start]).is_integer()
        if count < (FEWEST if by_one else FEWEST_BY_STEP):
            return ""
        low, high = float(self.values[start]), float(self.values[stop - 1])
        # A part of a stretch begins at another value, which may round otherwise.
        if low + (count - 1) * step != high or round((high - low) / step) != count - 1:
            return ""
        if not by_one and not _reached(self.values[start:stop], step):
            return ""
        by = "" if by_one else f" by {number_literal(step)}"
        return _shorter(f"{texts[start]}..{texts[stop - 1]}{by}", texts, start, stop)

    def _by_months(self, free: Mask, texts: Sequence[str]) -> Iterator[Segment]:
        usable = self.day & free
        days = self.epoch + np.where(usable, self.values, 0).astype(np.int64)
        months = days.astype("datetime64[M]")
        of_month = (days - months.astype("datetime64[D]")).astype(np.int64) + 1
        lengths = ((months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")).astype(
            np.int64
        )
        moves = np.diff(months.astype(np.int64))
        linked = usable[1:] & usable[:-1] & ~self.first[1:] & (moves != 0)
        starts, stops = _runs(linked[1:] & linked[:-1] & (moves[1:] == moves[:-1]))
        done = 0
        for first, stop in zip(starts.tolist(), (stops + 2).tolist(), strict=True):
            start = max(first, done)  # Two stretches may share a date.
            by = f" by {_months_text(abs(int(moves[first])))}"
            own, longest = of_month[start:stop].tolist(), lengths[start:stop].tolist()
            for begin, end in _same_day(own, longest):
                done = start + end
                yield start + begin, done, f"{texts[start + begin]}..{texts[done - 1]}{by}"


def series(
    literals: Literals,
    positions: npt.NDArray[np.intp],
    texts: Sequence[str],
    *,
    first: Mask,
    taken: Sequence[Segment] = (),
) -> list[Segment]:
    """The series of a list that are shorter than the literals of their cells.

    `texts` are these literals, empty for blank cells, whose position is -1. `first` marks the
    cells that begin a line, which no series crosses; cells of the segments that are taken are left
    alone.
    """
    if len(positions) < FEWEST:
        return []
    cells = literals.cells
    if len(positions) <= _FEW and not _goes_on(
        cells.values[positions].tolist(), cells.kinds[positions].tolist()
    ):
        return []
    return _steps_of(literals, positions, first).segments(texts, taken)


def _goes_on(values: Sequence[float], kinds: Sequence[int]) -> bool:
    """Whether three cells could be a series: a quick look that spares most short lists the rest."""
    for at in range(2, len(values)):
        kind = kinds[at]
        if kind in _STEPPING and kinds[at - 1] == kind == kinds[at - 2]:
            step, middle = values[at] - values[at - 1], values[at - 1]
            if abs(step - (middle - values[at - 2])) <= _CLOSE * abs(middle):
                return True
            if kind == _DATE and abs(step) >= _SHORTEST_MONTH:
                return True
    return False


def _steps_of(literals: Literals, positions: npt.NDArray[np.intp], first: Mask) -> _Steps:
    """What can be part of a series among the cells of a list; blank ones have position -1."""
    cells, date1904 = literals.cells, literals.date1904
    filled = positions >= 0
    values = np.where(filled, cells.values[positions], 0.0)
    kinds = np.where(filled, cells.kinds[positions], CellKind.EMPTY)
    styles = cells.styles[positions]
    number = (kinds == CellKind.NUMBER) & ~literals.percent[styles] & np.isfinite(values)
    # The least difference between values that are the same to a series: that of 0 and -0.
    number &= (values != 0) | ~np.signbit(values)
    day = (kinds == CellKind.DATE) & ~literals.duration[styles] & (np.rint(values) == values)
    day &= values >= first_plain_day(date1904=date1904)
    day &= values < (LAST_SERIAL_1904 if date1904 else LAST_SERIAL) - 1
    return _Steps(values, number, day, first, np.datetime64(EPOCH_1904 if date1904 else EPOCH))


def _months_text(months: int) -> str:
    return _MONTHS.get(months) or f"{months} month"


def _same_day(days: Sequence[int], lengths: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Stretches of one day of the month, or the last one of months of `lengths` without it."""
    begin = 0
    while begin <= len(days) - FEWEST:
        end = begin + 1
        while end < len(days) and days[end] == min(days[begin], lengths[end]):
            end += 1
        if end - begin >= FEWEST:
            yield begin, end
            begin = end
        else:
            begin += 1


def _runs(mask: Mask) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """First positions of the stretches of a mask, and the positions after their last ones."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False]))))
    return edges[::2], edges[1::2]


def _reached(values: Floats, step: float) -> bool:
    """Whether a series from the first value gives back each of them exactly."""
    return bool(np.all(values[0] + np.arange(len(values)) * step == values))


def _shorter(text: str, texts: Sequence[str], start: int, stop: int) -> str:
    """The text of a series; empty where its items are no longer than it."""
    length = len(text) - (stop - start - 1)
    for at in range(start, stop):
        length -= len(texts[at])
        if length < 0:
            return text
    return ""
