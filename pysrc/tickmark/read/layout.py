"""What a sheet part says around its cells: hidden rows and columns, merges, tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from tickmark.model.address import MAX_COLUMN, MAX_ROW, RangeRef
from tickmark.model.sheet_details import OutlineRun
from tickmark.model.workbook import Interval
from tickmark.read.addresses import range_or_none
from tickmark.read.limits import allows_more
from tickmark.read.markup import Attributes, number, true

_LEVELS = range(1, 8)


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
    row_levels: list[OutlineRun] = field(default_factory=list)
    column_levels: list[OutlineRun] = field(default_factory=list)
    merges: list[RangeRef] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    bad_merges: int = 0
    left_out: int = 0

    def start_row(self, attributes: Attributes) -> None:
        """Note a row; one without number follows the row before it."""
        self.row = number(attributes.get("r"), self.row + 1)
        if "outlineLevel" in attributes:
            self._level(self.row_levels, self.row, self.row, attributes, MAX_ROW)
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
            self._columns(attributes)
        elif name == "sheetFormatPr":
            self.rows_hidden = true(attributes.get("zeroHeight"))

    def hidden_rows(self) -> tuple[Interval, ...]:
        """Hidden rows as sorted, disjoint intervals."""
        noted = _joined((row, row) for row in self.rows if 1 <= row <= MAX_ROW)
        return tuple(_gaps(noted, MAX_ROW)) if self.rows_hidden else tuple(noted)

    def hidden_columns(self) -> tuple[Interval, ...]:
        """Hidden columns as sorted, disjoint intervals."""
        return tuple(_joined(one for one in self.columns if one[0] <= one[1]))

    def row_outline(self) -> tuple[OutlineRun, ...]:
        """Rows of an outline level, neighbours of one level together."""
        return tuple(_runs(self.row_levels))

    def column_outline(self) -> tuple[OutlineRun, ...]:
        """Columns of an outline level, neighbours of one level together."""
        return tuple(_runs(self.column_levels))

    def problems(self) -> tuple[str, ...]:
        """Sentences about merges that were not read."""
        notes: list[str] = []
        if self.left_out:
            notes.append(f"{self.left_out:,} merged ranges left out; {allows_more('ranges')}.")
        if self.bad_merges:
            notes.append(f"Merged ranges skipped because they name no range: {self.bad_merges:,}.")
        return tuple(notes)

    def _columns(self, attributes: Attributes) -> None:
        first, last = number(attributes.get("min")), number(attributes.get("max"))
        first, last = max(first, 1), min(last, MAX_COLUMN)
        if _hidden(attributes, "width") and len(self.columns) < self.most:
            self.columns.append((first, last))
        if "outlineLevel" in attributes:
            self._level(self.column_levels, first, last, attributes, MAX_COLUMN)

    def _level(
        self, runs: list[OutlineRun], first: int, last: int, attributes: Attributes, most: int
    ) -> None:
        level = number(attributes.get("outlineLevel"))
        if 1 <= first <= last <= most and level in _LEVELS and len(runs) < most:
            runs.append(OutlineRun(first, last, level, true(attributes.get("collapsed"))))

    def _merge(self, text: str | None) -> None:
        if len(self.merges) >= self.most:
            self.left_out += 1
            return
        span = range_or_none(text, self.sheet)
        if span is None:
            self.bad_merges += 1
        elif span.cells > 1:
            self.merges.append(span)


def _runs(noted: Iterable[OutlineRun]) -> list[OutlineRun]:
    joined: list[OutlineRun] = []
    for one in sorted(noted, key=lambda run: run.first):
        before = joined[-1] if joined else None
        if before is not None and (before.last + 1, before.level, before.collapsed) == (
            one.first,
            one.level,
            one.collapsed,
        ):
            joined[-1] = replace(before, last=one.last)
        else:
            joined.append(one)
    return joined


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
