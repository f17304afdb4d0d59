"""The claims of an encoded sheet: each from a line and those that go on with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from tickmark.encode.claim import Claim, FormulaText, Value
from tickmark.encode.decoding.areas import column_of, heading_of
from tickmark.encode.decoding.cells import Places, in_order, places_of, row_from
from tickmark.encode.decoding.formula import formula_at, results_at
from tickmark.encode.decoding.items import (
    BLANK,
    Entry,
    FormulaItem,
    Item,
    Spelling,
    items_of,
    spelling_at,
)
from tickmark.encode.decoding.listing import FilledList, merged_range
from tickmark.encode.decoding.literal import LIKE, SUMMARY
from tickmark.encode.decoding.pieces import is_formula, pieces_of
from tickmark.encode.decoding.references import EarlierLines
from tickmark.encode.decoding.summary import summary_at
from tickmark.encode.decoding.work import Work
from tickmark.errors import EncodingError
from tickmark.model.address import RangeRef

Line = tuple[int, str]
"""Number of a line in its text, from 1, and the line."""


@dataclass(frozen=True, slots=True)
class ClaimReader:
    """Reads the claims of one sheet, the lines in their order."""

    sheet: str
    spelling: Spelling
    work: Work
    earlier: EarlierLines

    def claims(self, lines: Sequence[Line]) -> list[Claim]:
        """The claims of a line and of those that go on with it; raises EncodingError.

        One, but for a list along a row with formulas: one for each of them, and for each stretch
        of other items.
        """
        number, text = lines[0]
        try:
            head = _Head(self.sheet, number, text, *heading_of(text, self.sheet, self.work))
            found = self._told(head, lines)
        except EncodingError as error:
            if error.line:
                raise
            raise EncodingError(error.reason, line=number) from error
        if len(found) == 1:
            self.earlier.note(found[0])
        return found

    def _told(self, head: _Head, lines: Sequence[Line]) -> list[Claim]:
        start: int | None = head.start
        if is_formula(head.text, head.start):
            formula, end = formula_at(head.text, head.start)
            if head.growing and _goes_on(head.text, end, lines):
                return self._values(head, head.start, lines)
            first = head.areas[0]
            head.formula = self.earlier.written_out(formula, first.top, first.left)
            start = results_at(head.text, end)
        else:
            like = LIKE.fullmatch(head.text, head.start)
            if like is not None:
                _ends_here(lines)
                cell = int(like[2]), column_of(like[1])
                if head.excepted:
                    raise EncodingError("the values of another line come without exceptions.")
                return [replace(self.earlier.like(cell, head.areas), line=head.line)]
        if start is None:
            _ends_here(lines)
            return [head.claim()]
        if SUMMARY.match(head.text, start):
            _ends_here(lines)
            date1904 = self.spelling.date1904
            return [head.claim(summary=summary_at(head.text, start, date1904=date1904))]
        return self._values(head, start, lines)

    def _values(self, head: _Head, start: int, lines: Sequence[Line]) -> list[Claim]:
        growing = head.growing and head.formula is None
        spelling, start = spelling_at(head.text, start, self.spelling)
        items = items_of(head.text, start, spelling, formulas=growing)
        if len(items) == len(lines) == 1 and not _is_list(head, items[0]):
            return [self._constant(head, items[0])]
        if head.formula is None and (len(head.areas) > 1 or head.excepted):
            raise EncodingError("a list stands for one area, with nothing excepted.")
        places = row_from(head.areas[0]) if growing else self._places(head)
        filled = FilledList(places, head.formula is not None, self.work)
        filled.add_all(items)
        for number, text in lines[1:]:
            with told_at(number):
                label, _, _ = text.partition(" ")
                filled.continue_at(label)
                filled.add_all(items_of(text, len(label) + 1, spelling, formulas=growing))
        count = len(filled.values)
        if not growing and count != places.total:
            raise EncodingError(f"there are {count:,} items for {places.total:,} cells.")
        if growing:
            head.areas = (_row_of(head.areas[0], 0, count),)
        if filled.formulas:
            return [*self._mixed(head, filled)]
        return [head.claim(values=tuple(filled.values), merged=tuple(filled.merged))]

    def _mixed(self, head: _Head, filled: FilledList) -> Iterator[Claim]:
        """The claims of a row with formulas: each of them, and the items between them."""
        row, merged = head.areas[0], filled.merged[::-1]
        begin = 0
        for at, item in [*filled.formulas, (len(filled.values), None)]:
            if at > begin:
                head.areas = (_row_of(row, begin, at - begin),)
                own = []
                while merged and merged[-1].left < row.left + at:
                    own.append(merged.pop())
                yield head.claim(values=tuple(filled.values[begin:at]), merged=tuple(own))
            if item is not None:
                head.areas = (_row_of(row, at, 1),)
                formula = self.earlier.written_out(item.formula, row.top, row.left + at)
                claim = replace(head.claim(constant=item.result), formula=formula)
                self.earlier.note(claim)
                yield claim
            begin = at + 1

    def _places(self, head: _Head) -> Places:
        return places_of(in_order(head.areas, head.excepted, self.work))

    def _constant(self, head: _Head, item: Entry) -> Claim:
        if isinstance(item, Value):
            return head.claim(constant=item)
        if isinstance(item, FormulaItem):
            raise EncodingError("a formula stands where a value should.")
        if item.missing and head.formula is None:
            raise EncodingError("? stands for the result of a formula, and there is none.")
        if item.value is BLANK and not item.missing:
            raise EncodingError("a blank cell is told in lists only.")
        if not item.merged:
            return head.claim(constant=item.value)
        if head.excepted:
            raise EncodingError("merged cells are told without excepted areas.")
        for area in head.areas:
            wide, tall = area.left < area.right, area.top < area.bottom
            if (wide and item.columns > 1) or (tall and item.rows > 1):
                raise EncodingError(f"merged cells overlap in {area.a1}.")
        self.work.spend(8 * sum(area.cells for area in head.areas))
        plain = Claim(self.sheet, head.areas)
        merged = tuple(merged_range(item, self.sheet, *cell) for cell in plain.cells())
        return head.claim(constant=item.value, merged=merged)


@contextmanager
def told_at(line: int) -> Iterator[None]:
    """Errors inside tell the number of the line."""
    try:
        yield
    except EncodingError as error:
        if error.line:
            raise
        raise EncodingError(error.reason, line=line) from error


@dataclass(slots=True)
class _Head:
    """What stands before the values of a claim."""

    sheet: str
    line: int
    text: str
    areas: tuple[RangeRef, ...]
    excepted: tuple[RangeRef, ...]
    start: int
    formula: FormulaText | None = field(default=None)

    @property
    def growing(self) -> bool:
        """Whether a list goes on to the right of the only cell."""
        first = self.areas[0]
        alone = len(self.areas) == 1 and not self.excepted
        return alone and first.top == first.bottom and first.left == first.right

    def claim(self, **told: object) -> Claim:
        """The claim with what it tells of its values."""
        return Claim(
            sheet=self.sheet,
            areas=self.areas,
            excepted=self.excepted,
            formula=self.formula,
            line=self.line,
            **told,  # type: ignore[arg-type] # fields of a claim
        )


def _ends_here(lines: Sequence[Line]) -> None:
    if len(lines) > 1:
        raise EncodingError("only lists go on in the next line.", line=lines[1][0])


def _goes_on(text: str, end: int, lines: Sequence[Line]) -> bool:
    """Whether the formula of a single cell is the first item of a list along its row."""
    if len(lines) > 1 or text.startswith("|", end):
        return True
    start = results_at(text, end)
    if start is None or text.find("|", start) < 0 or text.startswith("{", start):
        return False
    return not SUMMARY.match(text, start) and len(pieces_of(text, start, formulas=True)) > 1


def _is_list(head: _Head, item: Entry) -> bool:
    """Whether a lone item stands for several cells one by one, and not for all of them."""
    if not isinstance(item, Item):
        return False
    if item.count > 1 or item.series is not None:
        return True
    if head.formula is not None or len(head.areas) > 1 or head.excepted or not item.merged:
        return False
    area = head.areas[0]
    down = area.left == area.right and area.top < area.bottom
    return area.cells > 1 and area.cells == (item.rows if down else item.columns)


def _row_of(cell: RangeRef, begin: int, count: int) -> RangeRef:
    left = cell.left + begin
    return RangeRef(cell.sheet, cell.top, left, cell.top, left + count - 1)
