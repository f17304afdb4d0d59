"""Series of an encoded sheet, `1..50` or `2024-03-31..2024-12-31 by 3 month`, read back."""

from __future__ import annotations

import calendar
import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tickmark.encode.claim import Value
from tickmark.encode.decoding.literal import MONTHS, like_series, series_parts
from tickmark.encode.decoding.numerals import moment_of, number, numeric, serial_of
from tickmark.encode.decoding.pieces import shown
from tickmark.errors import EncodingError
from tickmark.model.address import MAX_COLUMN, MAX_ROW
from tickmark.model.grid import CellKind

FEWEST: Final = 3
_MOST: Final = MAX_ROW * MAX_COLUMN
_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Series:
    """Values with an even step: value i is `first + i * step`, or the date `i * months` later."""

    kind: CellKind
    first: float
    step: float
    count: int
    start: dt.datetime | None = None
    months: int = 0
    date1904: bool = False

    def values(self) -> Iterator[Value]:
        """The values, in order."""
        return (Value(self.kind, self._number(i)) for i in range(self.count))

    @property
    def last(self) -> float:
        """The number of the last value."""
        return self._number(self.count - 1)

    def _number(self, position: int) -> float:
        if self.start is None:
            return self.first + position * self.step
        moment = _months_later(self.start, position * self.months)
        return serial_of(moment, date1904=self.date1904)


def series_of(text: str, *, date1904: bool) -> Series | None:
    """The series that an item of a list stands for; None where it looks like none.

    Raises EncodingError where it looks like one and its numbers do not fit.
    """
    if not like_series(text):
        return None
    first, last, step = series_parts(text)
    low, high = numeric(first, date1904=date1904), numeric(last, date1904=date1904)
    if low is None or high is None or low.kind is not high.kind:
        raise EncodingError(f"the ends of the series {shown(text)} are of two kinds.")
    begin, end = _number(low), _number(high)
    months = MONTHS.fullmatch(step)
    if months is not None:
        size = int(months[1] or 1) * (_MONTHS if months[2] == "year" else 1)
        made = _by_months(first, last, size, date1904=date1904)
    else:
        by = number(step) if step else math.copysign(1.0, end - begin)
        if not step and not (begin.is_integer() and end.is_integer()):
            raise EncodingError(f"the series {shown(text)} does not tell its step.")
        made = Series(low.kind, begin, by, _count(begin, end, by, text))
    if made is None or made.last != end:
        raise EncodingError(f"the series {shown(text)} does not end where it says.")
    if made.count < FEWEST:
        raise EncodingError(f"the series {shown(text)} has fewer than {FEWEST} values.")
    return made


def _number(value: Value) -> float:
    return value.value if isinstance(value.value, float) else math.nan


def _count(begin: float, end: float, step: float, text: str) -> int:
    steps = (end - begin) / step if step else math.inf
    if not 0 <= steps < _MOST:
        raise EncodingError(f"the series {shown(text)} never ends.")
    return round(steps) + 1


def _by_months(first: str, last: str, months: int, *, date1904: bool) -> Series | None:
    """The series of dates so many months apart, in the direction of its end; None if it has none.

    Each value has the day of the first, or the last day of a month that is shorter.
    """
    begin, end = moment_of(first), moment_of(last)
    if begin is None or end is None:
        return None
    apart = (end.year - begin.year) * _MONTHS + end.month - begin.month
    months = months if apart >= 0 else -months
    count, rest = divmod(apart, months)
    if rest:
        return None
    serial = serial_of(begin, date1904=date1904)
    return Series(CellKind.DATE, serial, 0.0, count + 1, begin, months, date1904)


def _months_later(start: dt.datetime, months: int) -> dt.datetime:
    year, month = divmod(start.year * _MONTHS + start.month - 1 + months, _MONTHS)
    days = calendar.monthrange(year, month + 1)[1]
    return start.replace(year=year, month=month + 1, day=min(start.day, days))
