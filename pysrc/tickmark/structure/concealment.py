"""Which cells a reader cannot see although they hold something, and what hides them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from enum import IntEnum
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind
from tickmark.model.workbook import Sheet, SheetState, Style, Workbook

SMALLEST_READABLE: Final = 3.0
"""Letters of fewer points look like a line or a speck."""

NEAREST_COLOUR: Final = 16
"""Colours whose parts differ by less than this (of 255) cannot be told apart on a screen."""

PAPER: Final = "FFFFFF"
INK: Final = "000000"

Ways = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]


class Concealment(IntEnum):
    """What hides a cell; of several the first in this order."""

    NONE = 0
    VERY_HIDDEN_SHEET = 1
    HIDDEN_SHEET = 2
    HIDDEN_ROW = 3
    HIDDEN_COLUMN = 4
    COLOUR = 5
    SIZE = 6
    FORMAT = 7

    @property
    def words(self) -> str:
        """Where or how the cell stands, such as `in a hidden row`; empty for NONE."""
        return _WORDS[self]


_WORDS: Final = {
    Concealment.NONE: "",
    Concealment.VERY_HIDDEN_SHEET: "on a very hidden sheet",
    Concealment.HIDDEN_SHEET: "on a hidden sheet",
    Concealment.HIDDEN_ROW: "in a hidden row",
    Concealment.HIDDEN_COLUMN: "in a hidden column",
    Concealment.COLOUR: "in the colour of the background",
    Concealment.SIZE: "in letters too small to read",
    Concealment.FORMAT: "under a number format that shows nothing",
}


def concealments(workbook: Workbook, sheet: Sheet) -> Ways:
    """For each cell of a sheet, what hides it (uint8, Concealment).

    A zero that a format leaves blank, text under a fill that is no plain colour, and colours where
    a table, a conditional format or a drawing decides what is behind them count as seen.
    """
    cells = sheet.cells
    ways = np.zeros(len(cells), np.uint8)
    if sheet.state is not SheetState.VISIBLE:
        very = sheet.state is SheetState.VERY_HIDDEN
        ways[:] = Concealment.VERY_HIDDEN_SHEET if very else Concealment.HIDDEN_SHEET
        return ways
    used, which = np.unique(cells.styles, return_inverse=True)
    styles = [workbook.styles[at] for at in used.tolist()]
    ways[_by_format(sheet, styles, which)] = Concealment.FORMAT
    tiny = np.array([0 < one.font_size < SMALLEST_READABLE for one in styles], np.bool_)
    ways[tiny[which]] = Concealment.SIZE
    ways[_by_colour(sheet, styles, which)] = Concealment.COLOUR
    ways[replace(sheet, hidden_rows=()).hidden_cells()] = Concealment.HIDDEN_COLUMN
    ways[replace(sheet, hidden_columns=()).hidden_cells()] = Concealment.HIDDEN_ROW
    return ways


def is_unseen_colour(style: Style) -> bool:
    """Whether letters have the colour of the fill behind them, as far as the style tells."""
    if style.filled and not style.fill_colour:
        return False
    one, other = style.font_colour or INK, style.fill_colour or PAPER
    parts = zip(_parts(one), _parts(other), strict=True)
    return all(abs(a - b) < NEAREST_COLOUR for a, b in parts)


@lru_cache(maxsize=4096)
def blanked(code: str) -> tuple[bool, bool, bool, bool]:
    """Which values a number format shows as nothing: above zero, below, zero, text."""
    sections = _sections(code)
    if len(sections) == 1 or any(_CONDITION.search(one) for one in sections):
        return False, False, False, False
    empty = [not _SILENT.sub("", one) for one in sections]
    positive, negative = empty[0], empty[1]
    zero = empty[2] if len(empty) > 2 else empty[0]  # noqa: PLR2004 - the third section
    text = len(empty) > 3 and empty[3]  # noqa: PLR2004 - the fourth section
    return positive, negative, zero, text


_SECTION = re.compile(r'(?:"[^"]*"?|\\.|[_*].|\[[^\]]*\]?|[^;"\\\[_*])+|(?=;)|$', re.DOTALL)
_CONDITION = re.compile(r"\[\s*[<>=]")
# Colours, spaces of a letter's width, letters that fill the cell, quotes around nothing.
_SILENT = re.compile(r'\[[^\]]*\]?|_.|\*\s|""|\s', re.DOTALL)


def _sections(code: str) -> list[str]:
    found, at = [], 0
    while True:
        match = _SECTION.match(code, at)
        text = match[0] if match is not None else ""
        found.append(text)
        at += len(text)
        if at >= len(code) or code[at] != ";":
            return found
        at += 1


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[:2], 16), int(colour[2:4], 16), int(colour[4:6], 16)


def _by_format(sheet: Sheet, styles: list[Style], which: npt.NDArray[np.intp]) -> Mask:
    cells = sheet.cells
    table = np.array([blanked(one.number_format) for one in styles], np.bool_).reshape(-1, 4)
    if not table.any():
        return np.zeros(len(cells), np.bool_)
    mine = table[which]
    numeric = np.isin(cells.kinds, (CellKind.NUMBER, CellKind.DATE))
    found = numeric & (cells.values > 0) & mine[:, 0]
    found |= numeric & (cells.values < 0) & mine[:, 1]
    return np.asarray(found | ((cells.kinds == CellKind.TEXT) & mine[:, 3]), np.bool_)


def _by_colour(sheet: Sheet, styles: list[Style], which: npt.NDArray[np.intp]) -> Mask:
    cells = sheet.cells
    same = np.array([is_unseen_colour(one) for one in styles], np.bool_)[which]
    at = np.flatnonzero(same)
    if not len(at):
        return same
    rows, columns = cells.rows[at], cells.columns[at]
    filled = np.array([one.filled for one in styles], np.bool_)[which[at]]
    unsure = np.zeros(len(at), np.bool_)
    for area, decides in _painted(sheet):
        inside = (rows >= area.top) & (rows <= area.bottom)
        inside &= (columns >= area.left) & (columns <= area.right)
        unsure |= inside if decides else inside & ~filled
    same[at[unsure]] = False
    return same


def _painted(sheet: Sheet) -> Iterator[tuple[RangeRef, bool]]:
    """Areas whose colours cells do not tell alone, and whether that goes for filled cells too."""
    for table in sheet.tables:
        area = table.range
        if table.header_rows:
            yield replace(area, bottom=area.top + table.header_rows - 1), False
        if table.totals_rows:
            yield replace(area, top=area.bottom - table.totals_rows + 1), False
    details = sheet.details
    for pivot in details.pivots:
        yield pivot.range, False
    for rule in details.conditional_formats:
        for one in rule.ranges:
            yield one, True
    shapes = (shape.anchor for shape in details.shapes)
    for anchor in (*shapes, *(chart.anchor for chart in details.charts)):
        if anchor is not None:
            yield anchor, True
