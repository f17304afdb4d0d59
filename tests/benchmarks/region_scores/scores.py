"""Precision, recall and F1, summed over all sheets and as a mean over workbooks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tests.benchmarks.region_scores.matching import Boxes, matched, meeting_any

CLOSE = 2
"""Cells by which an edge may be off in EoB-2."""

TOKENS = 5
"""Estimated tokens of a cell of the used range, blank ones too, written row by row as address and
value; the exact number would need a tokenizer."""

SIZES = (("< 4k", 4_000), ("4-8k", 8_000), ("8-32k", 32_000), ("> 32k", None))


class Score(NamedTuple):
    """Shares from 0 to 1. `touching` is the precision among the found boxes that share a cell with
    a drawn one, `touching_f1` goes with it.
    """

    precision: float
    recall: float
    f1: float
    touching: float
    touching_f1: float


@dataclass(frozen=True, slots=True)
class Counts:
    """Boxes drawn, found, found that share a cell with a drawn one, right by EoB-0, by EoB-2."""

    drawn: int = 0
    found: int = 0
    touching: int = 0
    exact: int = 0
    close: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.drawn + other.drawn,
            self.found + other.found,
            self.touching + other.touching,
            self.exact + other.exact,
            self.close + other.close,
        )

    def score(self, *, close: bool) -> Score:
        """The score by EoB-2 or by EoB-0."""
        right = self.close if close else self.exact
        recall = share(right, self.drawn)
        precision, touching = share(right, self.found), share(right, self.touching)
        return Score(precision, recall, f1(precision, recall), touching, f1(touching, recall))


@dataclass(frozen=True, slots=True)
class SheetCounts:
    """What one candidate did on one sheet."""

    workbook: str
    size: str
    counts: Counts


def counted(drawn: Boxes, found: Boxes) -> Counts:
    """The counts of one sheet."""
    return Counts(
        len(drawn),
        len(found),
        meeting_any(found, drawn),
        len(matched(drawn, found, 0)),
        len(matched(drawn, found, CLOSE)),
    )


def micro(sheets: Iterable[SheetCounts]) -> Counts:
    """All sheets as if they were one."""
    return sum((one.counts for one in sheets), Counts())


def per_workbook(sheets: Sequence[SheetCounts], *, close: bool) -> Score:
    """The mean of the workbooks' scores, those without a drawn table left out."""
    books: dict[str, Counts] = {}
    for one in sheets:
        books[one.workbook] = books.get(one.workbook, Counts()) + one.counts
    every = [counts.score(close=close) for counts in books.values() if counts.drawn]
    if not every:
        return Score(0.0, 0.0, 0.0, 0.0, 0.0)
    return Score(*(sum(part) / len(every) for part in zip(*every, strict=True)))


def size_class(cells: int) -> str:
    """The class of a sheet by the cells of its used range."""
    for name, end in SIZES:
        if end is None or cells * TOKENS < end:
            return name
    raise AssertionError(cells)


def share(part: int, whole: int) -> float:
    """A share; 0 of nothing is 0."""
    return part / whole if whole else 0.0


def f1(precision: float, recall: float) -> float:
    """The harmonic mean; 0 where both are."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
