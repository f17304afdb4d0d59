"""Which cells a reader cannot see although they hold something, and what hides them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import IntEnum
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.address import RangeRef
from tickmark.model.grid import NO_FORMULA, CellKind, Cells
from tickmark.model.workbook import Sheet, SheetState, Style, Workbook
from tickmark.structure.coverage import covered

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
    if sheet.state is not SheetState.VISIBLE:
        very = sheet.state is SheetState.VERY_HIDDEN
        way = Concealment.VERY_HIDDEN_SHEET if very else Concealment.HIDDEN_SHEET
        return np.full(len(sheet.cells), way, np.uint8)
    ways = _by_style(workbook, sheet)
    ways[replace(sheet, hidden_rows=()).hidden_cells()] = Concealment.HIDDEN_COLUMN
    ways[replace(sheet, hidden_columns=()).hidden_cells()] = Concealment.HIDDEN_ROW
    return ways


def unseen_cells(workbook: Workbook, sheet: Sheet) -> Mask:
    """For each cell of a sheet, whether it is hidden or holds words that a reader cannot see.

    Words are a text, or one that a formula writes. Mere numbers whose letters cannot be seen are
    not among them: results that are seen may rest on them, and they give no orders.
    """
    hidden = sheet.hidden_cells()
    if sheet.state is not SheetState.VISIBLE:
        return hidden
    concealed = np.flatnonzero(_by_style(workbook, sheet))
    if len(concealed):
        hidden[concealed[_has_words(sheet.cells, concealed)]] = True
    return hidden


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


def _by_style(workbook: Workbook, sheet: Sheet) -> Ways:
    """What hides each cell of a visible sheet by the looks of the cell itself."""
    cells = sheet.cells
    ways = np.zeros(len(cells), np.uint8)
    used = np.flatnonzero(np.bincount(cells.styles))
    styles = [workbook.styles[at] for at in used.tolist()]
    formats = np.array([blanked(one.number_format) for one in styles], np.bool_).reshape(-1, 4)
    tiny = np.array([0 < one.font_size < SMALLEST_READABLE for one in styles], np.bool_)
    same = np.array([is_unseen_colour(one) for one in styles], np.bool_)
    if not (formats.any() or tiny.any() or same.any()):
        return ways
    numbers = np.zeros(int(used[-1]) + 1, np.intp)
    numbers[used] = np.arange(len(used))
    which = numbers[cells.styles]
    if formats.any():
        ways[_by_format(cells, formats[which])] = Concealment.FORMAT
    ways[tiny[which]] = Concealment.SIZE
    if same.any():
        filled = np.array([one.filled for one in styles], np.bool_)
        ways[_by_colour(sheet, same[which], filled[which])] = Concealment.COLOUR
    return ways


# A text in a formula that is not empty; a quote inside of it is doubled.
_WRITTEN = re.compile(r'"((?:[^"]|"")+)"|""')


def _has_words(cells: Cells, at: npt.NDArray[np.intp]) -> Mask:
    """Which of some cells hold a text or a formula that has one in it."""
    found = cells.kinds[at] == CellKind.TEXT
    formulas = cells.formulas[at]
    rest = np.flatnonzero(~found & (formulas != NO_FORMULA))
    if len(rest):
        used, which = np.unique(formulas[rest], return_inverse=True)
        texts = (cells.formula_texts[one] for one in used.tolist())
        writes = [any(match[1] for match in _WRITTEN.finditer(text)) for text in texts]
        found[rest] = np.array(writes, np.bool_)[which]
    return np.asarray(found, np.bool_)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[:2], 16), int(colour[2:4], 16), int(colour[4:6], 16)


def _by_format(cells: Cells, blank: Mask) -> Mask:
    """The cells that their formats leave blank; `blank` is `blanked` for each cell, (n, 4).

    A formula without a saved value counts as one that gives a text.
    """
    numeric = np.isin(cells.kinds, (CellKind.NUMBER, CellKind.DATE))
    found = numeric & (cells.values > 0) & blank[:, 0]
    found |= numeric & (cells.values < 0) & blank[:, 1]
    textual = (cells.kinds == CellKind.TEXT) | (cells.kinds == CellKind.EMPTY)
    return np.asarray(found | (textual & blank[:, 3]), np.bool_)


def _by_colour(sheet: Sheet, same: Mask, filled: Mask) -> Mask:
    """The cells in the colour of what is behind them; by their own style those of `same` are."""
    found = same.copy()
    painted = tuple(_painted(sheet))
    if painted:
        at = np.flatnonzero(same)
        cells = sheet.cells.chosen(at)
        unsure = covered(cells, _edges(area for area, decides in painted if decides))
        unsure |= ~filled[at] & covered(cells, _edges(area for area, _ in painted))
        found[at[unsure]] = False
    return found


def _edges(areas: Iterable[RangeRef]) -> npt.NDArray[np.int64]:
    edges = [(area.top, area.left, area.bottom, area.right) for area in areas]
    return np.array(edges, np.int64).reshape(-1, 4)


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
