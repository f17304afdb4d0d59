"""What a sheet part says around its cells: hidden rows and columns, merges, tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tickmark.model.address import MAX_COLUMN, MAX_ROW, RangeRef
from tickmark.model.workbook import Interval
from tickmark.read.addresses import range_or_none
from tickmark.read.markup import Attributes, number, true


@dataclass(slots=True, eq=False)
class Layout:
    """The layout of one sheet while its part is read.

    `row` is the row read last. `rows_hidden` says that rows are hidden unless the part shows them;
    then `rows` are those shown, else those hidden. `left_out` counts merges over the limit.
    """

    sheet: str
    most: int
    row: int = 0
    rows_hidden: bool = False
    rows: list[int] = field(default_factory=list)
    columns: list[Interval] = field(default_factory=list)
    merges: list[RangeRef] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    bad_merges: int = 0
    left_out: int = 0

    def start_row(self, attributes: Attributes) -> None:
        """Note a row; one without number follows the row before it."""
        self.row = number(attributes.get("r"), self.row + 1)
        plain = not (self.rows_hidden or "hidden" in attributes or "ht" in attributes)
        if plain or len(self.rows) >= MAX_ROW:
            return
        if _hidden(attributes, "ht") != self.rows_hidden:
            self.rows.append(self.row)

    def element(self, name: str, attributes: Attributes) -> None:
        """Note an element that stands outside the cells."""
        if name == "mergeCell":
            self._merge(attributes.get("ref"))
        elif name == "col":
            if _hidden(attributes, "width") and len(self.columns) < self.most:
                first, last = number(attributes.get("min")), number(attributes.get("max"))
                self.columns.append((max(first, 1), min(last, MAX_COLUMN)))
        elif name == "sheetFormatPr":
            self.rows_hidden = true(attributes.get("zeroHeight"))

    def hidden_rows(self) -> tuple[Interval, ...]:
        """Hidden rows as sorted, disjoint intervals."""
        noted = _joined((row, row) for row in self.rows if 1 <= row <= MAX_ROW)
        return tuple(_gaps(noted, MAX_ROW)) if self.rows_hidden else tuple(noted)

    def hidden_columns(self) -> tuple[Interval, ...]:
        """Hidden columns as sorted, disjoint intervals."""
        return tuple(_joined(one for one in self.columns if one[0] <= one[1]))

    def notes(self) -> tuple[str, ...]:
        """Sentences about merges that were not read."""
        notes: list[str] = []
        if self.left_out:
            notes.append(f"{self.left_out:,} merged ranges left out; the limit is {self.most:,}.")
        if self.bad_merges:
            notes.append(f"Merged ranges skipped because they name no range: {self.bad_merges:,}.")
        return tuple(notes)

    def _merge(self, text: str | None) -> None:
        if len(self.merges) >= self.most:
            self.left_out += 1
            return
        span = range_or_none(text, self.sheet)
        if span is None:
            self.bad_merges += 1
        elif span.cells > 1:
            self.merges.append(span)


def _hidden(attributes: Attributes, size: str) -> bool:
    """Whether a row or column is hidden, by its flag or by having no height or width."""
    if true(attributes.get("hidden")):
        return True
    return size in attributes and attributes[size].strip() in {"0", "0.0"}


def _joined(intervals: Iterable[Interval]) -> list[Interval]:
    joined: list[Interval] = []
    for first, last in sorted(intervals):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


def _gaps(intervals: Iterable[Interval], end: int) -> list[Interval]:
    gaps: list[Interval] = []
    after = 1
    for first, last in intervals:
        if first > after:
            gaps.append((after, first - 1))
        after = last + 1
    if after <= end:
        gaps.append((after, end))
    return gaps
