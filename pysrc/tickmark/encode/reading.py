"""What a reader of an encoded sheet can know of its cells, asked of the decoded claims alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tickmark.encode.claim import Claim, DecodedSheet, Summary, Value
from tickmark.encode.decoding.cells import common, rectangles
from tickmark.encode.decoding.index import ClaimIndex, ToldPart, index_of
from tickmark.encode.decoding.totals import summary_of
from tickmark.encode.decoding.work import Work
from tickmark.model.address import RangeRef
from tickmark.structure.relative import r1c1, shift

Groups = dict[str, list[Claim]]
Cell = tuple[int, int]
"""Row and column."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A decoded sheet with an index of its cells; make it with `reading_of`.

    Rows and columns count from 1. Nothing is known of cells that are hidden or left out. `ends`
    are the first and the last cell of summaries that tell the values there, by their line.
    """

    sheet: DecodedSheet
    index: ClaimIndex
    ends: Mapping[int, tuple[Cell, Cell]]
    _groups: Groups = field(default_factory=dict)

    def claim_at(self, row: int, column: int) -> Claim | None:
        """The claim that tells of a cell; None for blank, hidden and left out ones."""
        part = self.index.part_at(row, column)
        return None if part is None else part.claim

    def value_at(self, row: int, column: int) -> Value | None:
        """The exact value of a cell; None where it is not known.

        Of kind EMPTY for a blank cell of a list and for a formula without a stored result.
        """
        part = self.index.part_at(row, column)
        value = None if part is None else self._told_value(part, row, column)
        return value if value is not None and value.exact else None

    def type_at(self, row: int, column: int) -> str | None:
        """The kind of a cell's value: number, text, bool, error, date or empty; None if unknown."""
        part = self.index.part_at(row, column)
        if part is None:
            return None
        value = self._told_value(part, row, column)
        summary = part.claim.summary
        if value is not None:
            return value.kind.name.lower()
        kind = None if summary is None else summary.word.kind
        return None if kind is None else kind.name.lower()

    def formula_at(self, row: int, column: int) -> str | None:
        """The formula of a cell with its `=`, as Excel shows it there; None where none is told.

        Also None for one of which only the beginning is told.
        """
        claim = self.claim_at(row, column)
        return None if claim is None else formula_in(claim, row, column)

    def cells_sharing_formula(self, row: int, column: int) -> tuple[RangeRef, ...]:
        """The cells that hold the formula of a cell, or copies of it, as disjoint areas.

        All cells of the array for an array formula; () where the formula is not known.
        """
        claim = self.claim_at(row, column)
        if claim is None or claim.formula is None or claim.formula.length:
            return ()
        sharing = [claim] if claim.formula.array else self._by_formula()[relative_formula(claim)]
        work = Work()
        return tuple(part for one in sharing for part in rectangles(one.areas, one.excepted, work))

    def column_summary(self, area: RangeRef) -> Summary | None:
        """What is known of the values of an area together, such as a column of a table.

        Made from exact values, and from summaries that lie inside as a whole: the sum is then
        rounded once more. Blank cells do not count. None where the value of some cell is unknown.
        """
        if self._unknown_within(area):
            return None
        return summary_of(area, list(self.index.parts_in(area)))

    def _told_value(self, part: ToldPart, row: int, column: int) -> Value | None:
        """The value, or the beginning of the text, that a part tells of one of its cells."""
        claim, area = part.claim, part.area
        if claim.values is not None:
            down = (row - area.top) * (area.right - area.left + 1)
            return claim.values[part.offset + down + column - area.left]
        if claim.constant is not None or claim.summary is None:
            return claim.constant
        return _summarised_value(claim.summary, self.ends.get(claim.line), (row, column))

    def _by_formula(self) -> Groups:
        if not self._groups:
            for claim in self.sheet.claims:
                formula = claim.formula
                if formula is not None and not formula.array and not formula.length:
                    self._groups.setdefault(relative_formula(claim), []).append(claim)
        return self._groups

    def _unknown_within(self, area: RangeRef) -> bool:
        """Whether cells of an area may be filled although no claim tells of them."""
        unknown = [*self.sheet.left_out]
        unknown += [one for claim in self.sheet.claims if claim.hidden for one in claim.areas]
        if any(one.meets(area) for one in unknown):
            return True
        if not self.sheet.more_left_out and not self.sheet.more_hidden:
            return False
        told = (common(part.area, area) for part in self.index.parts_in(area))
        return sum(one.cells for one in told) < area.cells


def reading_of(sheet: DecodedSheet) -> Reading:
    """A decoded sheet that can be asked."""
    ends = {
        claim.line: _ends(claim)
        for claim in sheet.claims
        if claim.summary is not None and claim.summary.first is not None
    }
    return Reading(sheet, index_of(sheet.claims), ends)


def formula_in(claim: Claim, row: int, column: int) -> str | None:
    """The formula that a claim tells of one of its cells; None where it does not tell it whole."""
    formula = claim.formula
    if formula is None or formula.length:
        return None
    if formula.array:
        return formula.text
    first = _first_cell(claim)
    return "=" + shift(formula.text[1:], row - first[0], column - first[1])


def relative_formula(claim: Claim) -> str:
    """The formula of a claim in R1C1 notation with its `=`, the same for all copies."""
    return "" if claim.formula is None else "=" + r1c1(claim.formula.text[1:], *_first_cell(claim))


def _first_cell(claim: Claim) -> tuple[int, int]:
    """The cell for which the formula is written: the first of the first area."""
    return claim.areas[0].top, claim.areas[0].left


def _summarised_value(summary: Summary, ends: tuple[Cell, Cell] | None, cell: Cell) -> Value | None:
    """The value of a cell where a summary tells it: at its ends, or if all are the same."""
    if ends is not None and cell == ends[0] and summary.first is not None:
        return summary.first
    if ends is not None and cell == ends[1] and summary.last is not None:
        return summary.last
    kind = summary.word.kind
    if kind is not None and summary.low is not None and summary.low == summary.high:
        return Value(kind, summary.low)
    if summary.distinct == 1 and summary.samples:
        return summary.samples[0]
    return None


def _ends(claim: Claim) -> tuple[Cell, Cell]:
    """The first and the last of the cells of a claim, in their order."""
    parts = rectangles(claim.areas, claim.excepted, Work())
    first = min((one.top, one.left) for one in _in_one(claim.areas, parts))
    last = max((one.bottom, one.right) for one in _in_one(claim.areas[::-1], parts))
    return first, last


def _in_one(areas: Sequence[RangeRef], parts: Sequence[RangeRef]) -> list[RangeRef]:
    """The parts that lie in the first of the areas that has any."""
    found = ([part for part in parts if area.contains(part.top, part.left)] for area in areas)
    return next(inside for inside in found if inside)
