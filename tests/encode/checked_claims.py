"""What is wrong in an encoding: its text is decoded and held against the cells of the sheet."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import numpy.typing as npt

from tickmark.encode.claim import UNKNOWN, Claim, DecodedSheet, FormulaText, Summary, Value
from tickmark.encode.decode import decode
from tickmark.encode.encoding import Encoding, Level
from tickmark.encode.source import Source
from tickmark.encode.type_words import type_codes, word_of
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.grid import CellKind
from tickmark.structure.formulas import NO_TEMPLATE
from tickmark.structure.relative import formula_text, r1c1

Positions = npt.NDArray[np.intp]
Numbers = npt.NDArray[np.int64]

BLANK = -1
COMPARED = 200
"""So many cells of a formula are compared by their own texts, the others by their template."""
FAULTS = 20
"""Nobody reads more of them."""


def faults(
    encoding: Encoding, tokens: Callable[[str], int], budget: int | None = None
) -> list[str]:
    """What an encoding says that is not so, and what it does not say though it should.

    Each visible cell with a value or a formula has to stand in one claim or in an area that is
    left out, and no other cell in a claim; values are equal in kind and bits, formulas once they
    are moved to their cells.
    """
    if not encoding.text:
        told = encoding.shown_cells or encoding.tokens or encoding.legend
        return ["an empty text tells something"] if told else []
    (sheet,) = decode(encoding.text)
    assert encoding.source is not None
    found = list(islice(_Check(encoding.source, sheet, encoding).faults(), FAULTS))
    if encoding.tokens != tokens(encoding.text):
        found.append(f"{encoding.tokens} tokens are not {tokens(encoding.text)}")
    if budget is not None and encoding.tokens > budget:
        found.append(f"{encoding.tokens} tokens are more than {budget}")
    return found


@dataclass(eq=False)
class _Check:
    """`line_of` is the line that tells each cell, `whole` where it tells the value in full.

    `cut` are the cells whose formula is told by its beginning only.
    """

    source: Source
    sheet: DecodedSheet
    encoding: Encoding
    line_of: Numbers = field(init=False)
    whole: npt.NDArray[np.bool_] = field(init=False)
    cut: npt.NDArray[np.bool_] = field(init=False)
    keys: Numbers = field(init=False)
    codes: npt.NDArray[np.uint8] = field(init=False)
    merges: set[RangeRef] = field(init=False)

    def __post_init__(self) -> None:
        cells = self.source.sheet.cells
        self.line_of = np.zeros(len(cells), np.int64)
        self.whole = np.zeros(len(cells), np.bool_)
        self.cut = np.zeros(len(cells), np.bool_)
        self.keys = _keys(cells.rows, cells.columns)
        self.codes = type_codes(self.source.workbook, self.source.sheet)
        self.merges = set(self.source.sheet.merges)

    def faults(self) -> Iterator[str]:
        page = self.source.sheet
        if (self.sheet.name, self.sheet.used_range) != (page.name, page.used_range):
            yield f"the heading says {self.sheet.name!r} {self.sheet.used_range}"
        for claim in self.sheet.claims:
            for fault in self._hidden(claim) if claim.hidden else self._claim(claim):
                yield f"line {claim.line}: {fault}"
        yield from self._coverage()
        yield from self._counts()

    def _hidden(self, claim: Claim) -> Iterator[str]:
        inside = self._within(claim.areas)
        inside = inside[~np.isin(inside, self._within(claim.excepted))]
        if self.source.visible[inside].any():
            yield "a visible cell is called hidden"

    def _claim(self, claim: Claim) -> Iterator[str]:
        rows, columns = _cells_of(claim)
        at, values = self._positions(rows, columns), claim.values
        if values is not None and len(values) != len(at):
            yield f"{len(values)} values for {len(at)} cells"
            return
        if values is not None and claim.formula is None:
            blank = np.array([one.kind is CellKind.EMPTY for one in values], np.bool_)
            yield from self._blanks(at[blank])
            values = tuple(one for one in values if one.kind is not CellKind.EMPTY)
            rows, columns, at = rows[~blank], columns[~blank], at[~blank]
        if (at == BLANK).any():
            where = np.flatnonzero(at == BLANK)[0]
            yield f"{cell_address(int(rows[where]), int(columns[where]))} holds nothing"
            return
        yield from self._place(claim.line, at)
        if claim.constant is not None:
            values = (claim.constant,) * len(at)
        if values is not None:
            yield from self._values(values, at)
            self.whole[at] = [one.exact for one in values]
        if claim.summary is not None:
            yield from self._summary(claim.summary, at)
        yield from self._formula(claim.formula, at)
        for merge in claim.merged:
            if merge not in self.merges:
                yield f"{merge} is not merged"

    def _place(self, line: int, at: Positions) -> Iterator[str]:
        hidden, before = ~self.source.visible[at], self.line_of[at] > 0
        if hidden.any():
            yield f"{self._address(at[hidden][0])} is hidden"
        if before.any():
            yield f"{self._address(at[before][0])} is told by line {self.line_of[at][before][0]}"
        self.line_of[at] = line

    def _blanks(self, at: Positions) -> Iterator[str]:
        """A blank item stands for no visible cell, unless that has neither value nor formula."""
        at = at[at != BLANK]
        filled = (self.source.sheet.cells.kinds[at] != CellKind.EMPTY) | self._has_formula(at)
        filled &= self.source.visible[at]
        if filled.any():
            yield f"{self._address(at[filled][0])} is called blank"

    def _values(self, told: Iterable[Value], at: Positions) -> Iterator[str]:
        cells = self.source.sheet.cells
        kinds, raw = cells.kinds[at].tolist(), cells.values[at].tolist()
        for one, kind, number, place in zip(told, kinds, raw, at.tolist(), strict=True):
            if one.kind != kind:
                yield f"{self._address(place)} is no {one.kind.name}"
            elif kind in (CellKind.TEXT, CellKind.ERROR):
                text = cells.texts[int(number)]
                if one.value != (text[: len(str(one.value))] if one.length else text):
                    yield f"{self._address(place)} is not {one.value!r}"
                if one.length and not len(str(one.value)) < one.length == len(text):
                    yield f"{self._address(place)} has not {one.length} characters"
            elif kind == CellKind.BOOL:
                if one.value is not bool(number):
                    yield f"{self._address(place)} is not {one.value}"
            elif kind != CellKind.EMPTY and not _same(one.value, number):
                yield f"{self._address(place)} is not {one.value!r} but {number!r}"

    def _formula(self, formula: FormulaText | None, at: Positions) -> Iterator[str]:
        has = self._has_formula(at)
        if not has.any() if formula is None else has.all():
            if formula is not None:
                yield from self._copies(formula, at)
            return
        wrong = at[has] if formula is None else at[~has]
        yield f"{self._address(wrong[0])} holds {'a' if formula is None else 'no'} formula"

    def _copies(self, formula: FormulaText, at: Positions) -> Iterator[str]:
        own = self.source.formulas.template_of[at]
        template = self.source.formulas.templates[int(own[0])]
        first = self._formula_text(int(at[0]))
        if formula.array != (template.fills is not None):
            yield f"{formula.text[:40]!r} is written with wrong braces"
        if formula.length:
            self.cut[at] = True
            if not first.startswith(formula.text) or formula.length not in (
                UNKNOWN,
                len(first),
            ):
                yield f"{self._address(at[0])} does not begin with {formula.text!r}"
        elif formula.text != first:
            yield f"{self._address(at[0])} holds {first!r}, not {formula.text!r}"
        other = own != own[0]
        if formula.array:
            if other.any():
                yield f"{self._address(at[other][0])} is in another array"
            return
        wanted = self._relative(int(at[0]), first)
        some = {*at[:COMPARED].tolist(), *at[-COMPARED:].tolist(), *at[other].tolist()}
        for place in sorted(some):
            if self._relative(place, self._formula_text(place)) != wanted:
                yield f"{self._address(place)} is no copy of {formula.text!r}"

    def _formula_text(self, place: int) -> str:
        template = self.source.formulas.templates[int(self.source.formulas.template_of[place])]
        if template.fills is not None:
            return "=" + template.text_at(template.row, template.column)
        return formula_text(self.source.sheet, place)

    def _relative(self, place: int, text: str) -> str:
        cells = self.source.sheet.cells
        return r1c1(text[1:], int(cells.rows[place]), int(cells.columns[place]))

    def _summary(self, told: Summary, at: Positions) -> Iterator[str]:
        cells = self.source.sheet.cells
        values = cells.values[at]
        if told.word is not word_of(self.codes[at]):
            yield f"the word is {word_of(self.codes[at])}, not {told.word}"
        if told.low is not None and told.high is not None:
            low, high = float(values.min()), float(values.max())
            if told.bounds_exact and (told.low, told.high) != (low, high):
                yield f"the bounds are {low!r}..{high!r}, not {told.low!r}..{told.high!r}"
            if not told.low <= low <= high <= told.high:
                yield f"the bounds {told.low!r}..{told.high!r} are too narrow"
        if told.total is not None and not _same(told.total, math.fsum(values.tolist())):
            yield f"the sum is not {told.total!r}"
        if told.distinct is not None and told.distinct != len(
            {cells.value(int(one)) for one in at}
        ):
            yield f"there are not {told.distinct} different values"
        if told.true is not None and told.true != np.count_nonzero(values):
            yield f"there are not {told.true} true values"
        for end, place in ((told.first, at[:1]), (told.last, at[-1:])):
            if end is not None:
                yield from self._values([end], place)
        yield from self._samples(told.samples, at)

    def _samples(self, samples: tuple[Value, ...], at: Positions) -> Iterator[str]:
        """Samples are different values of the cells, in the order of their first appearance."""
        cells = self.source.sheet.cells
        different = iter(dict.fromkeys(cells.value(int(place)) for place in at) if samples else ())
        for one in samples:
            if not any(_tells(one, value) for value in different):
                yield f"no cell holds {one.value!r}, or it comes earlier"

    def _coverage(self) -> Iterator[str]:
        """Each visible cell is told once, or in one left-out area."""
        told, visible = self.line_of > 0, self.source.visible
        left_out = np.zeros(len(told), np.int64)
        areas = [RangeRef.parse(one, sheet=self.sheet.name) for one in self.encoding.left_out]
        for area in areas:
            left_out[self.source.sheet.cells.within(area)] += 1
        if (told & (left_out > 0)).any():
            yield f"{self._any(told & (left_out > 0))} is told and left out"
        missing = visible & ~told & (left_out != 1)
        if missing.any():
            yield f"{self._any(missing)} is not told and left out {left_out[missing][0]} times"
        named, more = self.sheet.left_out, self.sheet.more_left_out
        if (named or more) and (
            named != tuple(areas[: len(named)]) or more != len(areas) - len(named)
        ):
            yield f"the text names {len(named)} and {more} more of {len(areas)} left-out areas"

    def _counts(self) -> Iterator[str]:
        encoding, told = self.encoding, self.line_of > 0
        counts = {
            "cells": int(self.source.visible.sum()),
            "shown_cells": int(told.sum()),
            "hidden_cells": int((~self.source.visible).sum()),
            "summarised_cells": int((told & ~self.whole).sum()),
        }
        for name, count in counts.items():
            if getattr(encoding, name) != count:
                yield f"{name} is {getattr(encoding, name)}, not {count}"
        lacking = self.source.visible & (~self.whole | self.cut)
        if encoding.level is Level.LOSSLESS and lacking.any():
            yield f"{self._any(lacking)} is not told in full"
        claimed = np.zeros(len(told), np.bool_)
        for areas in encoding.legend.values():
            claimed[self._within(areas)] = True
        if (told & ~claimed).any():
            yield f"{self._any(told & ~claimed)} is in no entry of the legend"

    def _has_formula(self, at: Positions) -> npt.NDArray[np.bool_]:
        found: npt.NDArray[np.bool_] = self.source.formulas.template_of[at] != NO_TEMPLATE
        return found

    def _within(self, areas: Iterable[RangeRef]) -> Positions:
        inside = [self.source.sheet.cells.within(area) for area in areas]
        return np.concatenate([np.empty(0, np.intp), *inside])

    def _positions(self, rows: Numbers, columns: Numbers) -> Positions:
        """Where cells stand in the sheet's arrays, BLANK for those that it does not have."""
        keys = _keys(rows, columns)
        if not len(self.keys):
            return np.full(len(keys), BLANK, np.intp)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[at] == keys, at, BLANK)

    def _address(self, place: int | np.intp) -> str:
        cells = self.source.sheet.cells
        return cell_address(int(cells.rows[place]), int(cells.columns[place]))

    def _any(self, mask: npt.NDArray[np.bool_]) -> str:
        return self._address(np.flatnonzero(mask)[0])


def _cells_of(claim: Claim) -> tuple[Numbers, Numbers]:
    """Rows and columns of the cells of a claim, in order."""
    rows, columns = [], []
    for area in claim.areas:
        high, wide = area.bottom - area.top + 1, area.right - area.left + 1
        down = np.repeat(np.arange(area.top, area.bottom + 1), wide)
        across = np.tile(np.arange(area.left, area.right + 1), high)
        kept = np.ones(len(down), np.bool_)
        for one in claim.excepted:
            kept &= (
                (down < one.top) | (down > one.bottom) | (across < one.left) | (across > one.right)
            )
        rows.append(down[kept])
        columns.append(across[kept])
    return np.concatenate(rows), np.concatenate(columns)


def _keys(rows: npt.NDArray[np.integer], columns: npt.NDArray[np.integer]) -> Numbers:
    return rows.astype(np.int64) << 16 | columns.astype(np.int64)


def _same(one: object, other: float) -> bool:
    """Whether two floats have the same bits."""
    return isinstance(one, float) and struct.pack("<d", one) == struct.pack("<d", other)


def _tells(one: Value, value: float | str | bool | None) -> bool:
    """Whether a value, or the beginning of a text, is that of a cell."""
    if one.length:
        return (
            isinstance(value, str)
            and value.startswith(str(one.value))
            and (len(value) == one.length)
        )
    return value == one.value
