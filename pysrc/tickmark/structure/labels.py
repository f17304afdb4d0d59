"""What the cells of a sheet are called: by texts to their left, texts and periods above them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.address import CellRef, RangeRef
from tickmark.model.grid import CellKind, Cells
from tickmark.model.workbook import Sheet, Workbook
from tickmark.structure.concealment import Mask, unseen_cells
from tickmark.structure.dates import date_text

LONGEST_LABEL: Final = 80

_PLACEHOLDERS: Final = frozenset({"n/a", "n.a.", "n/m", "n.m.", "tbd"})

# A period is 27 to 370 days long, a year between these two.
_PERIOD: Final = (27, 370)
_YEARS: Final = (1900, 2100)
_NEXT_ROW: Final = 1 << 16
_TEXT: Final = int(CellKind.TEXT)


@dataclass(frozen=True, slots=True)
class Label:
    """A text that names a row or a column, and the cell that it stands in."""

    text: str
    cell: CellRef


class Labels:
    """The labels of one sheet; nothing in a hidden row, column or sheet is one.

    Nor is a cell of `unseen`, a mask of all cells, which then stands for the hidden ones too.

    Whether a text was typed or computed does not matter; numbers, dates, blanks, and texts that say
    nothing, such as `-` or `%`, are stepped over. Years and dates that head columns are labels too.
    """

    def __init__(self, sheet: Sheet, *, date1904: bool = False, unseen: Mask | None = None) -> None:
        cells = sheet.cells
        visible = ~(sheet.hidden_cells() if unseen is None else unseen)
        texts = (cells.kinds == CellKind.TEXT) & visible
        self._sheet = sheet
        self._date1904 = date1904
        self._across = np.flatnonzero(texts)
        self._rows = cells.rows[self._across].astype(np.int64)
        self._columns = cells.columns[self._across].astype(np.int64)
        heads = np.flatnonzero(texts | (periods(cells) & visible))
        rows, columns = cells.rows[heads].astype(np.int64), cells.columns[heads].astype(np.int64)
        down = np.lexsort((rows, columns))
        self._down = heads[down]
        self._down_columns, self._down_rows = columns[down], rows[down]

    def left_of(self, row: int, column: int) -> Label | None:
        """The nearest text to the left of a cell, in its row."""
        found = self._before(self._across, self._rows, self._columns, row, column)
        return next(found, None)

    def above(self, row: int, column: int) -> Label | None:
        """The nearest text above a cell in its column, or the year or date that heads it.

        A period heads only cells with others beside them, not the lone results below a table.
        """
        found = self._before(self._down, self._down_columns, self._down_rows, column, row)
        for one in found:
            if self._is_text(one.cell.row, one.cell.column) or self._has_neighbours(row, column):
                return one
        return None

    def parts(self, area: RangeRef) -> tuple[str, str]:
        """What an area's row and its column are called, each "" where nothing tells.

        An area of several rows has no row label, one of several columns no column label. A row with
        two texts, such as a name and a unit, is called by both. A text has no column label: what
        stands above it is another text of its kind.
        """
        row = self._row(area.top, area.left) if area.top == area.bottom else ""
        column = self.above(area.top, area.left) if area.left == area.right else None
        if area.cells == 1 and self._is_text(area.top, area.left):
            column = None
        return row, column.text if column else ""

    def _row(self, row: int, column: int) -> str:
        found = self._before(self._across, self._rows, self._columns, row, column)
        near, far = next(found, None), next(found, None)
        if near is None:
            return ""
        both = near.text if far is None else f"{far.text}, {near.text}"
        return both if len(both) <= LONGEST_LABEL else near.text

    def _before(
        self,
        positions: npt.NDArray[np.intp],
        lines: npt.NDArray[np.int64],
        places: npt.NDArray[np.int64],
        line: int,
        place: int,
    ) -> Iterator[Label]:
        """The labels of a line before a place, the last first; a line is a row or a column."""
        low = int(lines.searchsorted(line, side="left"))
        high = int(lines.searchsorted(line, side="right"))
        at = low + int(places[low:high].searchsorted(place)) - 1
        cells = self._sheet.cells
        while at >= low:
            position = int(positions[at])
            text = self._text(position)
            if text:
                row, column = int(cells.rows[position]), int(cells.columns[position])
                yield Label(_short(text), CellRef(self._sheet.name, row, column))
            at -= 1

    def _has_neighbours(self, row: int, column: int) -> bool:
        cells = self._sheet.cells
        beside = (cells.position(row, column + step) for step in (-1, 1, -2, 2))
        return any(at is not None and cells.kinds[at] != _TEXT for at in beside)

    def _is_text(self, row: int, column: int) -> bool:
        cells = self._sheet.cells
        at = cells.position(row, column)
        return at is not None and bool(cells.kinds[at] == _TEXT)

    def _text(self, position: int) -> str:
        """What the cell says as a label; "" where that is nothing."""
        match self._sheet.cells.value(position):
            case str(text):
                return text.strip() if _tells(text) else ""
            case float(number) if self._sheet.cells.kinds[position] == CellKind.DATE:
                return date_text(number, date1904=self._date1904)
            case value:
                return f"{value:.15g}"


def _tells(text: str) -> bool:
    """Whether a text says something: not `-`, `%` or `n/a`."""
    return any(map(str.isalnum, text)) and text.strip().lower() not in _PLACEHOLDERS


def periods(cells: Cells) -> npt.NDArray[np.bool_]:
    """The years and dates that head columns: another period beside them, none below."""
    dates = cells.kinds == CellKind.DATE
    values = np.where(dates | (cells.kinds == CellKind.NUMBER), cells.values, 0.0)
    years = ~dates & (values >= _YEARS[0]) & (values <= _YEARS[1]) & (values % 1 == 0)
    places = cells.rows.astype(np.int64) * _NEXT_ROW + cells.columns
    found = np.zeros(len(cells), np.bool_)
    if not np.any(dates | years):
        return found
    for step in (-2, -1, 1, 2):
        other, there = _at(places, step)
        apart = np.abs(values[other] - values)
        found |= there & years & years[other] & (apart == 1)
        found |= there & dates & dates[other] & (apart >= _PERIOD[0]) & (apart <= _PERIOD[1])
    below, there = _at(places, _NEXT_ROW)
    heads: npt.NDArray[np.bool_] = found & ~(
        there & ((years & years[below]) | (dates & dates[below]))
    )
    return heads


def _at(
    places: npt.NDArray[np.int64], step: int
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """For each cell the position of the one so far from it, and whether there is one."""
    other = np.minimum(np.searchsorted(places, places + step), len(places) - 1)
    return other, places[other] == places + step


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_LABEL else f"{text[:LONGEST_LABEL]}…"


@lru_cache(maxsize=4)
def labels_of(workbook: Workbook, sheet: Sheet) -> Labels:
    """The labels of a sheet that its reader sees, found once for all that is asked at once."""
    unseen = unseen_cells(workbook, sheet)
    return Labels(sheet, date1904=workbook.date1904, unseen=unseen)
