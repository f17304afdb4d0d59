"""The short texts that a picture of a sheet shows in its cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.grid import Cell, CellKind
from tickmark.model.workbook import Sheet, Style, Workbook
from tickmark.report.regions_axis import Lanes
from tickmark.report.regions_cells import Kinds, merged
from tickmark.report.regions_words import readable
from tickmark.report.terminal_text import fitted, shown_width
from tickmark.structure.dates import date_text
from tickmark.structure.number_formats import percent_text

LETTER: Final = 5.3
"""Width of a small letter in a cell, in units of the picture."""

_WHOLE: Final = 1e12
_CAPITAL: Final = 0.3
_BOLD: Final = 1.08


@dataclass(frozen=True, slots=True)
class CellText:
    """A text in a lane of rows, over the lanes of columns from `first` to `last`.

    `own` is the last lane of the cell itself; a text may run on over the empty ones behind it.
    """

    row: int
    first: int
    own: int
    last: int
    text: str
    right: bool
    bold: bool


def breadth(text: str, *, bold: bool = False) -> float:
    """About how wide a text is drawn in a cell."""
    capitals = sum(map(str.isupper, text))
    return LETTER * (shown_width(text) + _CAPITAL * capitals) * (_BOLD if bold else 1)


def cut(text: str, room: float, *, bold: bool = False) -> str:
    """A text cut to about a room; empty where not even two letters fit."""
    wide = breadth(text, bold=bold)
    if wide <= room:
        return text
    letters = int(room / wide * shown_width(text))
    return fitted(text, letters) if letters > 1 else ""


def shown_cells(
    sheet: Sheet, rows: Lanes, columns: Lanes, wanted: npt.NDArray[np.bool_]
) -> npt.NDArray[np.intp]:
    """Positions of the cells whose lanes are one row and one column and are wanted."""
    cells = sheet.cells
    row, column = rows.of_all(cells.rows), columns.of_all(cells.columns)
    shown = (wanted & rows.single[:, None] & columns.single)[row, column]
    return np.flatnonzero(shown & (cells.kinds != CellKind.EMPTY))


def cell_texts(
    workbook: Workbook,
    sheet: Sheet,
    rows: Lanes,
    columns: Lanes,
    *,
    kinds: Kinds,
    shown: npt.NDArray[np.intp],
) -> Iterator[CellText]:
    """The texts of the cells at some positions, which lanes of their own show."""
    wide = {(top, left): right for top, left, _, right in merged(sheet, rows, columns)}
    free = kinds == 0
    for at in shown.tolist():
        cell = sheet.cells[at]
        lane, first = rows.of(cell.row), columns.of(cell.column)
        own = wide.get((lane, first), first)
        last = own
        is_text = cell.kind is CellKind.TEXT
        while is_text and last + 1 < len(columns) and free[lane, last + 1]:
            last += 1
        style = workbook.styles[cell.style]
        text = _text(cell, style, date1904=workbook.date1904)
        if text:
            yield CellText(lane, first, own, last, text, not is_text, style.bold)


def _text(cell: Cell, style: Style, *, date1904: bool) -> str:
    match cell.value:
        case bool(truth):
            return str(truth).upper()
        case str(text):
            return readable(text)
        case float(serial) if cell.kind is CellKind.DATE:
            shown = date_text(serial, date1904=date1904, number_format=style.number_format)
            return shown.replace("T", " ")
        case float(amount):
            return _amount(amount, style.number_format)
        case _:
            return ""


def _amount(amount: float, number_format: str) -> str:
    """A number in few digits; with commas where its format has them."""
    percent = percent_text(amount, number_format) if abs(amount) < _WHOLE else None
    if percent is not None:
        return percent
    comma = "," if "#,#" in number_format else ""
    if abs(amount) >= _WHOLE:
        return short_power(f"{amount:.4g}")
    if amount == int(amount):
        return f"{int(amount):{comma}}"
    shown = f"{amount:{comma}.{_decimals(amount)}f}"
    if "." in shown:
        shown = shown.rstrip("0").rstrip(".")
    return short_power(f"{amount:.1e}") if shown in {"0", "-0"} else shown


def short_power(number: str) -> str:
    """`5e+04` as `5e4`."""
    return re.sub(r"e([+-])0*", lambda found: f"e{found[1].replace('+', '')}", number)


def _decimals(amount: float) -> int:
    size = abs(amount)
    bounds = ((1_000, 0), (100, 1), (1, 2), (0.1, 3), (0.01, 4))
    return next((places for least, places in bounds if size >= least), 6)
