"""What of a sheet cannot be seen: it may be counted and placed, but nothing in it is told."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.encode.preface_words import column_words, listed, row_words
from tickmark.encode.source import Source
from tickmark.model.address import MAX_ROW, RangeRef
from tickmark.model.workbook import Interval, Sheet, SheetState, Workbook
from tickmark.structure.concealment import Mask, unseen_cells
from tickmark.structure.rectangles import rectangles

MOST_SPANS: Final = 200
"""How many spans of rows, of columns, and areas of cells, the line names at most."""
SPANS_IN_SHORT: Final = 3


@dataclass(frozen=True, eq=False)
class UnseenCells:
    """The cells of a sheet that cannot be seen; `find` is asked for them when they matter."""

    sheet: Sheet
    find: Callable[[], Mask] = field(repr=False)

    @cached_property
    def mask(self) -> Mask:
        """For each cell of the sheet, whether it cannot be seen."""
        return self.find()

    def meet(self, area: RangeRef) -> bool:
        """Whether one of them lies in a range."""
        return self._are_any and bool(self.mask[self.sheet.cells.within(area)].any())

    @cached_property
    def _are_any(self) -> bool:
        return bool(self.mask.any())


@dataclass(frozen=True, slots=True)
class Hidden:
    """The hidden rows and columns of a sheet as ascending spans that do not touch.

    `sheet` tells that all of it is hidden, `cells` which cells cannot be seen, one by one. Nothing
    is hidden where such cells may be shown.
    """

    rows: tuple[Interval, ...] = ()
    columns: tuple[Interval, ...] = ()
    sheet: bool = False
    cells: UnseenCells | None = field(default=None, repr=False, compare=False)

    def covers(self, area: RangeRef) -> bool:
        """Whether no cell of a range can be seen."""
        return (
            self.sheet
            or _within(self.rows, area.top, area.bottom)
            or _within(self.columns, area.left, area.right)
            or (area.cells == 1 and self.cells is not None and self.cells.meet(area))
        )

    def touches(self, area: RangeRef) -> bool:
        """Whether a cell of a range cannot be seen."""
        return (
            self.sheet
            or _meets(self.rows, area.top, area.bottom)
            or _meets(self.columns, area.left, area.right)
            or (self.cells is not None and self.cells.meet(area))
        )


def hidden_of(
    workbook: Workbook, sheet: Sheet, *, shown: bool = False, unseen: Mask | None = None
) -> Hidden:
    """What of a sheet cannot be seen; with `shown` it may be told like the rest.

    `unseen` are its cells that cannot be seen, where they are known.
    """
    if shown:
        return Hidden()
    hidden = sheet.state is not SheetState.VISIBLE
    cells = UnseenCells(sheet, lambda: unseen_cells(workbook, sheet) if unseen is None else unseen)
    return Hidden(_joined(sheet.hidden_rows), _joined(sheet.hidden_columns), hidden, cells)


def shows_hidden(source: Source) -> bool:
    """Whether cells of a sheet may be shown that cannot be seen."""
    return bool((source.visible & source.unseen).any())


def hidden_line(source: Source, most: int = MOST_SPANS) -> Iterator[str]:
    """The line that counts the cells that cannot be seen and says where they are, if any.

    At most so many spans of rows, of columns, and areas of other cells, are named.
    """
    count = source.hidden
    if not count:
        return
    start = f"# hidden {count} {'cell' if count == 1 else 'cells'}"
    if source.sheet.state is not SheetState.VISIBLE:
        yield f"{start}|sheet"
    else:
        yield start + "".join(f"|{word} {listed(spans, most)}" for word, spans in _parts(source))


def shown_line(source: Source) -> Iterator[str]:
    """What cannot be seen in the file although it is shown."""
    sheet = source.sheet
    if not shows_hidden(source):
        return
    if sheet.state is not SheetState.VISIBLE:
        yield "# shown though hidden|sheet"
        return
    parts = (f"|{word} {listed(one, SPANS_IN_SHORT)}" for word, one in _parts(source))
    yield f"# shown though hidden{''.join(parts)}"


def _parts(source: Source) -> list[tuple[str, list[str]]]:
    """The hidden rows and columns that hold cells, and other cells that are unseen, as words."""
    sheet = source.sheet
    cells = sheet.cells
    rows = row_words(_held(_joined(sheet.hidden_rows), cells.rows))
    columns = column_words(_held(_joined(sheet.hidden_columns), np.unique(cells.columns)))
    at = np.flatnonzero(source.unseen & ~sheet.hidden_cells())
    alone = [one.a1 for one in rectangles(sheet.name, cells.rows[at], cells.columns[at])]
    parts = (("rows", rows), ("columns", columns), ("cells", alone))
    return [(word, one) for word, one in parts if one]


def _held(
    spans: Sequence[Interval], numbers: npt.NDArray[np.int32] | npt.NDArray[np.int16]
) -> list[Interval]:
    """The spans that hold one of the ascending numbers, without what is outside of them all."""
    if not spans or not len(numbers):
        return []
    firsts, lasts = np.array(spans, np.int64).T
    firsts, lasts = np.maximum(firsts, int(numbers[0])), np.minimum(lasts, int(numbers[-1]))
    low = np.searchsorted(numbers, firsts, side="left")
    high = np.searchsorted(numbers, lasts, side="right")
    held = np.flatnonzero(high > low)
    return list(zip(firsts[held].tolist(), lasts[held].tolist(), strict=True))


def _joined(intervals: Sequence[Interval]) -> tuple[Interval, ...]:
    """The same rows or columns in as few spans as possible, in order."""
    found: list[Interval] = []
    for first, last in sorted(intervals):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        elif first <= last:
            found.append((first, last))
    return tuple(found)


def _within(spans: Sequence[Interval], first: int, last: int) -> bool:
    at = bisect_right(spans, (first, MAX_ROW)) - 1
    return at >= 0 and last <= spans[at][1]


def _meets(spans: Sequence[Interval], first: int, last: int) -> bool:
    at = bisect_right(spans, (last, MAX_ROW)) - 1
    return at >= 0 and spans[at][1] >= first
