"""The claims about a sheet by place and by text, so that questions find them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import numpy as np
import numpy.typing as npt

from tests.benchmarks.encode_scores.formula_keys import claim_key
from tests.benchmarks.encode_scores.told_sheet import ToldSheet
from tickmark.encode.claim import Claim, Summary, Value
from tickmark.model.address import RangeRef

Cell = tuple[int, int]
"""Row and column, 1-based."""

MOST = 20_000
"""Cells of a constant that are looked up by its text."""


@dataclass(frozen=True, slots=True)
class Part:
    """A rectangle of a claim; `offset` is the number of its first cell among the claim's."""

    area: RangeRef
    claim: Claim
    offset: int

    def value_at(self, row: int, column: int) -> Value | None:
        """What the claim tells of the value of one cell, exact or cut; None for nothing."""
        claim, area = self.claim, self.area
        if claim.values is not None:
            down = (row - area.top) * (area.right - area.left + 1)
            return claim.values[self.offset + down + column - area.left]
        if claim.constant is not None:
            return claim.constant
        return None if claim.summary is None else self._summarised(claim.summary, (row, column))

    def _summarised(self, summary: Summary, cell: Cell) -> Value | None:
        """The value of a cell that a summary tells: the first, the last, or that of all cells."""
        first, last = self.claim.areas[0], self.claim.areas[-1]
        if not self.claim.excepted:
            if summary.first is not None and cell == (first.top, first.left):
                return summary.first
            if summary.last is not None and cell == (last.bottom, last.right):
                return summary.last
        kind = summary.word.kind
        if kind is not None and summary.low is not None and summary.bounds_exact:
            return Value(kind, summary.low) if summary.low == summary.high else None
        return summary.samples[0] if summary.distinct == 1 and summary.samples else None


@dataclass(frozen=True, eq=False)
class ToldIndex:
    """The parts of all claims about a sheet."""

    told: ToldSheet

    @cached_property
    def parts(self) -> Sequence[Part]:
        """The rectangles of all claims that tell anything."""
        return [part for claim in self.told.claims if not claim.hidden for part in _parts(claim)]

    @cached_property
    def _boxes(self) -> npt.NDArray[np.int64]:
        boxes = [(p.area.top, p.area.left, p.area.bottom, p.area.right) for p in self.parts]
        return np.array(boxes, np.int64).reshape(-1, 4)

    @cached_property
    def _texts(self) -> dict[str, list[Cell]]:
        """Where each exact text stands."""
        found: dict[str, list[Cell]] = {}
        for part in self.parts:
            claim, area = part.claim, part.area
            if claim.values is None and claim.constant is None:
                continue
            if claim.values is None and area.cells > MOST:
                continue
            for row in range(area.top, area.bottom + 1):
                for column in range(area.left, area.right + 1):
                    value = part.value_at(row, column)
                    if value is not None and value.exact and value.value is not None:
                        found.setdefault(_spelled(value), []).append((row, column))
        return found

    @cached_property
    def copies(self) -> dict[str, frozenset[Cell]]:
        """The cells told to hold each formula, by its key."""
        found: dict[str, set[Cell]] = {}
        for claim in self.told.claims:
            key = claim_key(claim)
            if key is not None:
                found.setdefault(key, set()).update(claim.cells())
        return {key: frozenset(cells) for key, cells in found.items()}

    def part_at(self, row: int, column: int) -> Part | None:
        """The part that tells of a cell."""
        return next(iter(self.meeting(RangeRef("", row, column, row, column))), None)

    def meeting(self, area: RangeRef) -> list[Part]:
        """The parts that share a cell with an area."""
        boxes = self._boxes
        hit = (
            (boxes[:, 0] <= area.bottom)
            & (boxes[:, 2] >= area.top)
            & (boxes[:, 1] <= area.right)
            & (boxes[:, 3] >= area.left)
        )
        return [self.parts[at] for at in np.flatnonzero(hit).tolist()]

    def places(self, value: Value) -> list[Cell]:
        """Where a value is told exactly."""
        return self._texts.get(_spelled(value), [])

    def knows_blanks(self, area: RangeRef) -> bool:
        """Whether a cell of an area without a claim must be blank."""
        if any(_meet(one, area) for one in self.told.unknown):
            return False
        return any(
            one.top <= area.top
            and one.left <= area.left
            and one.bottom >= area.bottom
            and one.right >= area.right
            for one in self.told.described
        )


def _meet(one: RangeRef, other: RangeRef) -> bool:
    return (
        one.top <= other.bottom
        and one.bottom >= other.top
        and one.left <= other.right
        and one.right >= other.left
    )


def _spelled(value: Value) -> str:
    if isinstance(value.value, str):
        return "t" + " ".join(value.value.split())
    return f"n{value.value!r}"


def _parts(claim: Claim) -> Iterator[Part]:
    offset = 0
    if claim.excepted and claim.values is not None:
        for row, cells in groupby(claim.cells(), key=lambda cell: cell[0]):
            for _, column in cells:
                yield Part(RangeRef(claim.sheet, row, column, row, column), claim, offset)
                offset += 1
        return
    for area in claim.areas:
        if claim.excepted:
            for piece in without([area], claim.excepted):
                yield Part(piece, claim, 0)
        else:
            yield Part(area, claim, offset)
            offset += area.cells


def without(areas: Sequence[RangeRef], excepted: Sequence[RangeRef]) -> list[RangeRef]:
    """What is left of areas, as rectangles in no order of use."""
    left = list(areas)
    for hole in excepted:
        left = [piece for area in left for piece in _around(area, hole)]
    return left


def _around(area: RangeRef, hole: RangeRef) -> Iterator[RangeRef]:
    if not _meet(area, hole):
        yield area
        return
    top, bottom = max(area.top, hole.top), min(area.bottom, hole.bottom)
    sheet = area.sheet
    if area.top < top:
        yield RangeRef(sheet, area.top, area.left, top - 1, area.right)
    if area.left < hole.left:
        yield RangeRef(sheet, top, area.left, bottom, hole.left - 1)
    if hole.right < area.right:
        yield RangeRef(sheet, top, hole.right + 1, bottom, area.right)
    if bottom < area.bottom:
        yield RangeRef(sheet, bottom + 1, area.left, area.bottom, area.right)
