"""Claims of our own texts held against the cells of the reader, one by one.

What is looked at: each filled cell lies in exactly one claim, no claim holds a blank cell but those
that a list leaves blank; exact values are equal, texts that were cut begin so and have that length;
a claim has a formula exactly where its cells have one, and it is the same after shifting; summaries
are true: kind, bounds, sum, number of different values, first, last, samples.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tests.benchmarks.encode_scores.formula_keys import keys_of, relative, shown
from tickmark.encode.claim import UNKNOWN, Claim, DecodedSheet, Summary, TypeWord, Value
from tickmark.model.address import cell_address
from tickmark.model.grid import CellKind
from tickmark.model.workbook import Sheet

Positions = npt.NDArray[np.int64]
_ROW = 1 << 20
_MOST_SAID = 5


@dataclass
class Account:
    """What the claims about one sheet or many come to, counted in cells.

    `once` are filled cells in exactly one claim, `left_out` those without any that the text names
    as left out, `exact` those whose value and formula it gives back; `wrong` lie in a claim that
    the sheet contradicts, as `said` tells for a few.
    """

    cells: int = 0
    once: int = 0
    left_out: int = 0
    exact: int = 0
    wrong: int = 0
    claims: int = 0
    said: list[str] = field(default_factory=list)

    def add(self, other: Account) -> None:
        """Count another sheet in."""
        self.cells += other.cells
        self.once += other.once
        self.left_out += other.left_out
        self.exact += other.exact
        self.wrong += other.wrong
        self.claims += other.claims
        self.said = (self.said + other.said)[:_MOST_SAID]


class SheetTruth:
    """The cells of a sheet as the reader gives them."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.cells = sheet.cells
        self.place = self.cells.rows.astype(np.int64) * _ROW + self.cells.columns

    @cached_property
    def keys(self) -> dict[int, tuple[str, ...]]:
        """The formula of each cell that has one, the same for copies."""
        return keys_of(self.sheet)

    @cached_property
    def has_formula(self) -> npt.NDArray[np.bool_]:
        """Which cells hold a formula, or the results of an array."""
        has = np.zeros(len(self.cells), np.bool_)
        has[[*self.keys]] = True
        return has

    @cached_property
    def filled(self) -> npt.NDArray[np.bool_]:
        """Which cells show anything: they have a value, and no text of blanks alone."""
        cells = self.cells
        empty = np.array([not text.strip() for text in cells.texts] or [False])
        is_text = np.isin(cells.kinds, (CellKind.TEXT, CellKind.ERROR))
        shown = cells.kinds != CellKind.EMPTY
        shown[is_text] &= ~empty[cells.values[is_text].astype(np.int64)]
        return shown

    def at(self, places: Positions) -> tuple[Positions, npt.NDArray[np.bool_]]:
        """Positions of the cells at places, and which of the places have a cell."""
        found = np.searchsorted(self.place, places)
        inside = np.minimum(found, max(0, len(self.place) - 1))
        there = self.place[inside] == places if len(self.place) else np.zeros(len(places), bool)
        return inside, there

    def value(self, at: int) -> tuple[CellKind, float | str | bool | None]:
        """Kind and value of a cell."""
        return CellKind(int(self.cells.kinds[at])), self.cells.value(at)

    def address(self, at: int) -> str:
        """Where a cell is, for a message."""
        cells = self.cells
        return f"{self.sheet.name}!{cell_address(int(cells.rows[at]), int(cells.columns[at]))}"


def checked(told: DecodedSheet, truth: SheetTruth) -> Account:
    """The account of the claims about one sheet."""
    account = Account(cells=len(truth.cells), claims=len(told.claims))
    times = np.zeros(len(truth.cells), np.int64)
    exact = np.zeros(len(truth.cells), np.bool_)
    wrong = np.zeros(len(truth.cells), np.bool_)
    for claim in told.claims:
        if claim.hidden:
            continue
        places = _places(claim)
        positions, there = truth.at(places)
        held = positions[there]
        np.add.at(times, held, 1)
        faults = [*_faults(claim, truth, positions, there)]
        if not faults:
            exact[held] = _is_exact(claim, there)
            continue
        wrong[held] = True
        if not len(held):
            account.wrong += 1
        where = claim.areas[0].a1
        account.said += [f"{told.name}!{where} line {claim.line}: {fault}" for fault in faults]
    for area in told.left_out:
        inside = truth.cells.within(area)
        account.left_out += int((times[inside] == 0).sum())
    missing = np.flatnonzero(times == 0)
    if len(missing) > account.left_out + told.more_left_out:
        account.said.append(f"{truth.address(int(missing[0]))} has no claim")
    twice = np.flatnonzero(times > 1)
    if len(twice):
        account.said.append(f"{truth.address(int(twice[0]))} has {times[twice[0]]} claims")
    account.once = int((times == 1).sum())
    account.exact = int((exact & (times == 1)).sum())
    account.wrong += int((wrong | (times > 1)).sum())
    account.said = account.said[:_MOST_SAID]
    return account


def _places(claim: Claim) -> Positions:
    """The cells of a claim in its order, as numbers made of row and column."""
    parts = []
    for area in claim.areas:
        rows = np.arange(area.top, area.bottom + 1, dtype=np.int64)
        columns = np.arange(area.left, area.right + 1, dtype=np.int64)
        parts.append((rows[:, None] * _ROW + columns).ravel())
    places = np.concatenate(parts)
    if claim.excepted:
        row, column = places // _ROW, places % _ROW
        kept = np.ones(len(places), np.bool_)
        for area in claim.excepted:
            kept &= ~(
                (row >= area.top)
                & (row <= area.bottom)
                & (column >= area.left)
                & (column <= area.right)
            )
        places = places[kept]
    return places


def _is_exact(claim: Claim, there: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Which cells of a true claim can be given back from it, value and formula."""
    whole = claim.formula is None or not claim.formula.length
    count = int(there.sum())
    if claim.constant is not None:
        return np.full(count, whole and claim.constant.exact)
    if claim.values is not None:
        exact = np.array([value.exact for value in claim.values], np.bool_)
        return exact[there] & whole
    return np.zeros(count, np.bool_)


def _faults(
    claim: Claim, truth: SheetTruth, positions: Positions, there: npt.NDArray[np.bool_]
) -> Iterator[str]:
    """What the sheet says against a claim."""
    if claim.values is not None and len(claim.values) != len(positions):
        yield f"{len(claim.values)} values for {len(positions)} cells"
        return
    blank = ~there
    if claim.values is not None and claim.formula is None:
        told_blank = np.array([value.kind == CellKind.EMPTY for value in claim.values], np.bool_)
        if (blank & ~told_blank).any():
            yield "tells a value of a blank cell"
        if (~blank & told_blank).any():
            yield "tells a filled cell as blank"
    elif blank.any():
        yield f"holds {int(blank.sum())} blank cells"
    held = positions[there]
    yield from _formula_faults(claim, truth, held)
    if claim.summary is not None:
        yield from _summary_faults(claim.summary, truth, held)
    elif claim.constant is not None:
        yield from _value_faults([claim.constant] * len(held), truth, held)
    elif claim.values is not None:
        told = [value for value, one in zip(claim.values, there.tolist(), strict=True) if one]
        yield from _value_faults(told, truth, held)


def _value_faults(told: Sequence[Value], truth: SheetTruth, held: Positions) -> Iterator[str]:
    for value, at in zip(told, held.tolist(), strict=True):
        if not _same(value, *truth.value(at)):
            yield f"{truth.address(at)} is {truth.value(at)[1]!r:.40}, not {value.value!r:.40}"
            return


def _same(told: Value, kind: CellKind, true: float | str | bool | None) -> bool:
    if told.kind != kind:
        return False
    if told.length:
        cut = isinstance(true, str) and isinstance(told.value, str)
        return cut and true.startswith(told.value) and len(true) == told.length
    if isinstance(true, float) and isinstance(told.value, float):
        return true == told.value and math.copysign(1, true) == math.copysign(1, told.value)
    return told.value == true


def _formula_faults(claim: Claim, truth: SheetTruth, held: Positions) -> Iterator[str]:
    has = truth.has_formula[held]
    if claim.formula is None:
        if has.any():
            yield f"{truth.address(int(held[np.argmax(has)]))} has a formula"
        return
    if not has.all():
        yield f"{truth.address(int(held[np.argmin(has)]))} has no formula"
        return
    text = shown(claim.formula.text.removeprefix("="))
    first = claim.areas[0]
    copied = (relative(text, first.top, first.left),)
    for at in held.tolist():
        key = truth.keys[at]
        if (key[0] == "array") != claim.formula.array:
            yield f"{truth.address(at)} is {'an' if key[0] == 'array' else 'no'} array formula"
            return
        if claim.formula.length:
            if at == held[0] and not _begins(text, claim.formula.length, truth, at):
                yield f"the formula of {truth.address(at)} begins otherwise"
                return
        elif key[1:2] != (text,) if claim.formula.array else key != copied:
            yield f"{truth.address(at)} has another formula"
            return


def _begins(text: str, length: int, truth: SheetTruth, at: int) -> bool:
    """Whether the formula of the first cell begins with a text and is so long, with its `=`."""
    from tickmark.structure.relative import formula_text  # noqa: PLC0415 - as Excel shows it

    true = formula_text(truth.sheet, at).removeprefix("=")
    return true.startswith(text) and length in (UNKNOWN, len(true) + 1)


def _summary_faults(summary: Summary, truth: SheetTruth, held: Positions) -> Iterator[str]:
    cells = truth.cells
    kinds = cells.kinds[held]
    wanted = summary.word.kind
    if (kinds == CellKind.EMPTY).any():
        yield "a summary of cells without a value"
    if wanted is not None and (kinds != wanted).any():
        yield f"not all cells are {summary.word.value}"
        return
    numbers = cells.values[held][np.isin(kinds, (CellKind.NUMBER, CellKind.DATE))]
    if summary.word is TypeWord.INTEGER and (numbers != np.floor(numbers)).any():
        yield "not all numbers are whole"
    yield from _bound_faults(summary, numbers)
    if summary.total is not None and math.fsum(numbers.tolist()) != summary.total:
        yield f"the sum is {math.fsum(numbers.tolist())!r}, not {summary.total!r}"
    if summary.true is not None and int((cells.values[held] == 1).sum()) != summary.true:
        yield f"{summary.true} are not TRUE"
    if summary.distinct is not None or summary.samples:
        yield from _sample_faults(summary, truth, held)
    for value, at, name in ((summary.first, 0, "first"), (summary.last, -1, "last")):
        if value is not None and not _same(value, *truth.value(int(held[at]))):
            yield f"the {name} is {truth.value(int(held[at]))[1]!r:.40}, not {value.value!r:.40}"


def _bound_faults(summary: Summary, numbers: npt.NDArray[np.float64]) -> Iterator[str]:
    if summary.low is None or summary.high is None:
        return
    if not len(numbers):
        yield "bounds without numbers"
        return
    low, high = float(numbers.min()), float(numbers.max())
    if summary.bounds_exact and (summary.low, summary.high) != (low, high):
        yield f"bounds are {low!r}..{high!r}, not {summary.low!r}..{summary.high!r}"
    if not summary.bounds_exact and not summary.low <= low <= high <= summary.high:
        yield f"{low!r}..{high!r} is not within {summary.low!r}..{summary.high!r}"


def _sample_faults(summary: Summary, truth: SheetTruth, held: Positions) -> Iterator[str]:
    cells = truth.cells
    pairs = np.stack((cells.kinds[held].astype(np.float64), cells.values[held]), axis=1)
    _, first = np.unique(pairs, axis=0, return_index=True)
    true = {truth.value(int(held[at])) for at in first.tolist()}
    if summary.distinct is not None and len(true) != summary.distinct:
        yield f"{len(true)} different values, not {summary.distinct}"
    for sample in summary.samples:
        if sample.exact and (sample.kind, sample.value) in true:
            continue
        if sample.exact or not any(_same(sample, *one) for one in true):
            yield f"no cell holds {sample.value!r:.40}"
            return
