"""Hidden rows, columns and sheets, without the rows that only a filter hides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.address import RangeRef, column_letters
from tickmark.model.sheet_details import OutlineRun
from tickmark.model.workbook import Interval, Sheet, SheetState

MOST_PARTS: Final = 20
"""Where more rows or columns of a sheet are hidden here and there, they are one part."""


class Hidden(StrEnum):
    """What is hidden."""

    ROWS = "rows"
    COLUMNS = "columns"
    SHEET = "sheet"


@dataclass(frozen=True, slots=True)
class HiddenPart:
    """Hidden rows or columns of a sheet, as 1-based inclusive intervals, or the sheet itself.

    `grouped` tells that they are folded up by an outline, whose mark a reader sees.
    """

    sheet: int
    what: Hidden
    intervals: tuple[Interval, ...] = ()
    grouped: bool = False

    @property
    def text(self) -> str:
        """The hidden rows or columns as a reader names them: `5:7` or `H:J`."""
        return ", ".join(_named(one, self.what) for one in self.intervals)

    @property
    def lines(self) -> int:
        """Number of rows or columns."""
        return sum(last - first + 1 for first, last in self.intervals)

    def cells(self, sheet: Sheet) -> npt.NDArray[np.bool_]:
        """For each cell of the sheet, whether it lies in the part."""
        cells = sheet.cells
        if self.what is Hidden.SHEET:
            return np.ones(len(cells), np.bool_)
        numbers = cells.rows if self.what is Hidden.ROWS else cells.columns
        found = np.zeros(len(cells), np.bool_)
        for first, last in self.intervals:
            found |= (numbers >= first) & (numbers <= last)
        return found


def hidden_parts(number: int, sheet: Sheet) -> Iterator[HiddenPart]:
    """The hidden parts of the sheet with a number; of a hidden sheet only the sheet."""
    if sheet.state is not SheetState.VISIBLE:
        yield HiddenPart(number, Hidden.SHEET)
        return
    rows = _without(sheet.hidden_rows, _filtered(sheet))
    details = sheet.details
    for what, intervals, outline in (
        (Hidden.ROWS, rows, details.row_outline),
        (Hidden.COLUMNS, sheet.hidden_columns, details.column_outline),
    ):
        parts = [HiddenPart(number, what, (one,), _is_grouped(one, outline)) for one in intervals]
        if len(parts) > MOST_PARTS:
            grouped = all(part.grouped for part in parts)
            parts = [HiddenPart(number, what, tuple(intervals), grouped)]
        yield from parts


def _named(interval: Interval, what: Hidden) -> str:
    first, last = interval
    ends = (str(first), str(last))
    if what is Hidden.COLUMNS:
        ends = (column_letters(first), column_letters(last))
    return ends[0] if first == last else ":".join(ends)


def _filtered(sheet: Sheet) -> list[RangeRef]:
    """The ranges whose rows a filter shows and hides."""
    found = [table.filter_range for table in sheet.tables]
    return [area for area in (*found, sheet.details.filter_range) if area is not None]


def _without(intervals: Iterable[Interval], areas: Iterable[RangeRef]) -> list[Interval]:
    """Intervals of rows without those of some areas."""
    left = list(intervals)
    for area in areas:
        kept = []
        for first, last in left:
            kept.append((first, min(last, area.top - 1)))
            kept.append((max(first, area.bottom + 1), last))
        left = [one for one in kept if one[0] <= one[1]]
    return sorted(left)


def _is_grouped(interval: Interval, outline: Iterable[OutlineRun]) -> bool:
    first, last = interval
    return any(run.first <= first and last <= run.last for run in outline)
