"""A sheet as plain texts in a grid, which is all that most encoders see of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from tickmark.model.grid import CellKind
from tickmark.model.workbook import Sheet, Style, Workbook
from tickmark.structure.dates import date_text

MOST = 30_000_000
"""Places of the used ranges of a workbook above which no grid is written."""


@dataclass(frozen=True, eq=False)
class PlainSheet:
    """The cells of a sheet that have a value, as texts.

    `rows` and `columns` are 1-based and sorted by row, then column; `kinds` and `values` are those
    of the sheet's cells; `texts` has one entry a cell.
    """

    name: str
    rows: npt.NDArray[np.int64]
    columns: npt.NDArray[np.int64]
    kinds: npt.NDArray[np.uint8]
    values: npt.NDArray[np.float64]
    texts: Sequence[str]

    @cached_property
    def box(self) -> tuple[int, int, int, int]:
        """Top, left, bottom and right of the cells; all 0 without any."""
        if not len(self.rows):
            return (0, 0, 0, 0)
        left, right = int(self.columns.min()), int(self.columns.max())
        return int(self.rows[0]), left, int(self.rows[-1]), right

    @property
    def places(self) -> int:
        """Cells of the box, blank ones too."""
        top, left, bottom, right = self.box
        return (bottom - top + 1) * (right - left + 1) if top else 0

    def lines(self) -> Iterator[tuple[int, list[str]]]:
        """Each row of the box with its number; blank cells are empty texts."""
        top, left, bottom, right = self.box
        if not top:
            return
        width = right - left + 1
        starts = np.searchsorted(self.rows, np.arange(top, bottom + 2)).tolist()
        columns = (self.columns - left).tolist()
        for row, low, high in zip(range(top, bottom + 1), starts, starts[1:], strict=False):
            line = [""] * width
            for at in range(low, high):
                line[columns[at]] = self.texts[at]
            yield row, line


class TooLarge(Exception):
    """A workbook whose used ranges have more places than any grid can hold."""


def plain_sheets(workbook: Workbook, *, errors: bool = True) -> list[PlainSheet]:
    """The sheets of a workbook, those without any value too; raises TooLarge.

    Without `errors` cells that show one count as blank, as some readers give them.
    """
    made = [_plain(workbook, sheet, errors=errors) for sheet in workbook.sheets]
    if sum(one.places for one in made) > MOST:
        raise TooLarge(f"more than {MOST:,} places")
    return made


def number_text(value: float) -> str:
    """A number as spreadsheets store it: whole ones without a point."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _plain(workbook: Workbook, sheet: Sheet, *, errors: bool) -> PlainSheet:
    cells = sheet.cells
    kept = cells.kinds != CellKind.EMPTY
    if not errors:
        kept &= cells.kinds != CellKind.ERROR
    for text in (CellKind.TEXT, CellKind.ERROR):
        mask = cells.kinds == text
        empty = np.array([not one for one in cells.texts] or [True])
        kept[mask] &= ~empty[cells.values[mask].astype(np.int64)]
    kinds, values = cells.kinds[kept], cells.values[kept]
    texts: list[str] = []
    for kind, value, style in zip(
        kinds.tolist(), values.tolist(), cells.styles[kept].tolist(), strict=True
    ):
        if kind in (CellKind.TEXT, CellKind.ERROR):
            texts.append(cells.texts[int(value)])
        elif kind == CellKind.NUMBER:
            texts.append(number_text(value))
        elif kind == CellKind.BOOL:
            texts.append("TRUE" if value else "FALSE")
        else:
            texts.append(_date(value, workbook.styles[style], workbook.date1904))
    rows, columns = cells.rows[kept].astype(np.int64), cells.columns[kept].astype(np.int64)
    return PlainSheet(sheet.name, rows, columns, kinds, values, texts)


@lru_cache(maxsize=50_000)
def _date(serial: float, style: Style, date1904: bool) -> str:
    text = date_text(serial, date1904=date1904, number_format=style.number_format)
    return text.replace("T", " ")
