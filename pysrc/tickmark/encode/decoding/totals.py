"""What decoded claims tell of the values of an area together: extremes, sum, ends, kinds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from tickmark.encode.claim import Claim, Summary, TypeWord, Value
from tickmark.encode.decoding.index import ToldPart
from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind

_NUMERIC: Final = (CellKind.NUMBER, CellKind.DATE)
_NUMBERS: Final = {TypeWord.INTEGER, TypeWord.NUMBER, TypeWord.PERCENT, TypeWord.CURRENCY}
_DATES: Final = {TypeWord.DATE, TypeWord.TIME}
_WORDS: Final = {
    CellKind.DATE: TypeWord.DATE,
    CellKind.TEXT: TypeWord.TEXT,
    CellKind.BOOL: TypeWord.BOOL,
    CellKind.ERROR: TypeWord.ERROR,
}

Run = tuple[int, int, Value, int]
"""Row and column of the first cell with a value, the value, and the number of cells."""


@dataclass(slots=True)
class Tally:
    """Values met so far; `terms` have the exact sum of all numbers."""

    words: set[TypeWord] = field(default_factory=set)
    lows: list[float] = field(default_factory=list)
    highs: list[float] = field(default_factory=list)
    terms: list[float] = field(default_factory=list)
    values: set[tuple[CellKind, float | str | bool | None]] = field(default_factory=set)
    first: tuple[tuple[int, int], Value] | None = None
    last: tuple[tuple[int, int], Value] | None = None
    true: int = 0
    whole: bool = True
    all_told: bool = True

    def add(self, run: Run, end: tuple[int, int]) -> None:
        """Count cells with one value in; `end` is the last of them."""
        row, column, value, cells = run
        if value.kind is CellKind.EMPTY:
            return
        if value.exact:
            self.values.add((value.kind, value.value))
        else:
            self.all_told = False
        if value.kind is CellKind.NUMBER and isinstance(value.value, float):
            whole = value.value.is_integer()
            self.words.add(TypeWord.INTEGER if whole else TypeWord.NUMBER)
        else:
            self.words.add(_WORDS[value.kind])
        if value.kind in _NUMERIC and isinstance(value.value, float):
            self.lows.append(value.value)
            self.highs.append(value.value)
            self.terms.extend(_times(value.value, cells))
        self.true += cells if value.value is True else 0
        if self.first is None or (row, column) < self.first[0]:
            self.first = (row, column), value
        if self.last is None or end > self.last[0]:
            self.last = end, value


def summary_of(area: RangeRef, parts: Sequence[ToldPart]) -> Summary | None:
    """What the parts of claims in an area tell together; None where they leave a value open."""
    tally = Tally()
    told: dict[int, tuple[Claim, Summary]] = {}
    for part in parts:
        claim = part.claim
        if claim.values is None and claim.constant is None:
            if claim.summary is None or not all(_holds(area, one) for one in claim.areas):
                return None
            told[claim.line] = (claim, claim.summary)
            continue
        for run in _runs(part, area):
            tally.add(run, _end(part, area) if claim.constant else run[:2])
    summaries = [summary for _, summary in told.values()]
    if not tally.words and len(summaries) == 1:
        return summaries[0]
    return _together(tally, summaries) if tally.words or summaries else None


def _together(tally: Tally, summaries: Sequence[Summary]) -> Summary:
    words = tally.words | {one.word for one in summaries}
    word = _word(words)
    numeric = [one for one in summaries if one.word not in {TypeWord.TEXT, TypeWord.ERROR}]
    numeric = [one for one in numeric if one.word is not TypeWord.BOOL]
    lows, highs = _known(one.low for one in numeric), _known(one.high for one in numeric)
    totals = _known(one.total for one in numeric)
    truths = _known(one.true for one in summaries if one.word is TypeWord.BOOL)
    comparable = not (words & _NUMBERS and words & _DATES)
    all_exact = not summaries and tally.all_told
    return Summary(
        word=word,
        low=min(lows + tally.lows, default=None) if comparable and lows is not None else None,
        high=max(highs + tally.highs, default=None) if comparable and highs is not None else None,
        bounds_exact=all(one.bounds_exact for one in numeric),
        total=_sum(totals + tally.terms) if comparable and totals is not None else None,
        first=tally.first[1] if tally.first and not summaries else None,
        last=tally.last[1] if tally.last and not summaries else None,
        distinct=len(tally.values) if all_exact else None,
        true=int(sum(truths)) + tally.true
        if truths is not None and word is TypeWord.BOOL
        else None,
    )


def _known(numbers: Iterable[float | None]) -> list[float] | None:
    """The numbers; None where one of them is not told."""
    found = list(numbers)
    told = [one for one in found if one is not None]
    return told if len(told) == len(found) else None


def _word(words: set[TypeWord]) -> TypeWord:
    if len(words) == 1:
        return next(iter(words))
    if words <= _NUMBERS:
        return TypeWord.NUMBER
    return TypeWord.DATE if words <= _DATES else TypeWord.ANY


def _sum(terms: Sequence[float]) -> float | None:
    """The sum of all terms, rounded once; None for no terms or one too large for a number."""
    try:
        return math.fsum(terms) if terms else None
    except OverflowError:
        return None


def _times(number: float, count: int) -> Iterator[float]:
    """Terms whose exact sum is a number taken so many times."""
    power = 1.0
    while count:
        if count & 1:
            yield number * power
        power *= 2
        count >>= 1


def _runs(part: ToldPart, area: RangeRef) -> Iterator[Run]:
    """The values of a part inside an area with their cells."""
    own, claim = part.area, part.claim
    top, bottom = max(own.top, area.top), min(own.bottom, area.bottom)
    left, right = max(own.left, area.left), min(own.right, area.right)
    if claim.constant is not None:
        yield top, left, claim.constant, (bottom - top + 1) * (right - left + 1)
        return
    width = own.right - own.left + 1
    for row in range(top, bottom + 1) if claim.values is not None else ():
        start = part.offset + (row - own.top) * width - own.left
        for column in range(left, right + 1):
            yield row, column, claim.values[start + column], 1  # type: ignore[index] # is not None


def _end(part: ToldPart, area: RangeRef) -> tuple[int, int]:
    return min(part.area.bottom, area.bottom), min(part.area.right, area.right)


def _holds(area: RangeRef, other: RangeRef) -> bool:
    return area.contains(other.top, other.left) and area.contains(other.bottom, other.right)
