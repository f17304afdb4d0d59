"""What each cell of a sheet looks like, in arrays that stand beside its cells."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.address import RangeRef
from tickmark.model.grid import NO_FORMULA, CellKind, Cells
from tickmark.model.workbook import Sheet, Style
from tickmark.structure.formulas import NO_TEMPLATE
from tickmark.structure.placeholders import is_placeholder
from tickmark.structure.regions.places import Places, places_of

_LONGEST: Final = 24
_NUMBER: Final = re.compile(
    r"([-+(]?)[$£€]?((?:[1-9]\d{0,2}(?:,\d{3})+|0|[1-9]\d*)(?:\.\d+)?|\.\d+)%?\)?", re.ASCII
)
_CROSSES: Final = frozenset({"x", "nm"})
"""Stand in for numbers of a sheet without being placeholders everywhere."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Appearance:
    """A sheet and arrays aligned with its cells.

    `kinds` (uint8, CellKind) are EMPTY for blank texts and signs such as `$` and `-`, NUMBER for
    formulas without a value and for texts that are numbers to a reader, such as `1,250.00` (not
    `007`); `values` (float64) are those of numbers and dates, also of such texts, NaN elsewhere;
    `filled_in` tells that a cell has content: any but a blank text that was typed, since a formula
    that shows nothing belongs to the table that it was copied through.
    `templates` (int32) are those of the formulas, NO_TEMPLATE elsewhere, and 0 for every formula
    where none were analysed. `formats` (int32) number the number formats of the workbook, -1 for
    General. `blank_like` are words that stand for no value, such as `n/a`. `merges` are
    sorted by their first row, then column; `merge_edges` (int64) are their top, left, bottom and
    right. `places` finds the cells of a range.
    """

    sheet: Sheet
    kinds: npt.NDArray[np.uint8]
    values: npt.NDArray[np.float64]
    filled_in: Mask
    templates: npt.NDArray[np.int32]
    formats: npt.NDArray[np.int32]
    bold: Mask
    filled: Mask
    bordered: Mask
    blank_like: Mask
    merges: tuple[RangeRef, ...]
    merge_edges: npt.NDArray[np.int64]
    places: Places


def appearance_of(
    sheet: Sheet, styles: Sequence[Style], templates: npt.NDArray[np.int32] | None = None
) -> Appearance:
    """What the cells of a sheet look like; `templates` are aligned with them."""
    cells = sheet.cells
    if templates is None:
        templates = np.where(cells.formulas != NO_FORMULA, 0, NO_TEMPLATE).astype(np.int32)
    merges = tuple(sorted(sheet.merges))
    # A workbook may have many more styles than a sheet of it uses.
    used, looks = np.unique(cells.styles, return_inverse=True)
    own = [styles[at] for at in used.tolist()]
    kinds, values = _kinds(sheet)
    return Appearance(
        sheet=sheet,
        kinds=kinds,
        values=values,
        filled_in=_filled_in(sheet),
        templates=templates,
        formats=_formats(own)[looks],
        bold=_each(own, "bold")[looks],
        filled=_each(own, "filled")[looks],
        bordered=_each(own, "bordered")[looks],
        blank_like=_blank_like(sheet, kinds),
        merges=merges,
        merge_edges=np.array(
            [(one.top, one.left, one.bottom, one.right) for one in merges], np.int64
        ).reshape(len(merges), 4),
        places=places_of(cells),
    )


def blank_texts(cells: Cells) -> Mask:
    """Which of the different texts of a sheet show nothing."""
    return np.array([not text or text.isspace() for text in cells.texts], np.bool_)


def _kinds(sheet: Sheet) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64]]:
    cells = sheet.cells
    kinds = cells.kinds.copy()
    values = np.where((kinds == CellKind.NUMBER) | (kinds == CellKind.DATE), cells.values, np.nan)
    texts = np.flatnonzero(kinds == CellKind.TEXT)
    which = cells.values[texts].astype(np.int64)
    if len(texts):
        numbers = np.array([_number(text) for text in cells.texts], np.float64)
        known = ~np.isnan(numbers[which])
        kinds[texts[known]] = CellKind.NUMBER
        values[texts[known]] = numbers[which[known]]
        # Blank texts, too, have neither letter nor digit.
        signs = np.array([not any(map(str.isalnum, text)) for text in cells.texts], np.bool_)
        kinds[texts[signs[which]]] = CellKind.EMPTY
    kinds[(cells.kinds == CellKind.EMPTY) & (cells.formulas != NO_FORMULA)] = CellKind.NUMBER
    return kinds, values


def _filled_in(sheet: Sheet) -> Mask:
    cells = sheet.cells
    found: Mask = (cells.kinds != CellKind.EMPTY) | (cells.formulas != NO_FORMULA)
    blank = blank_texts(cells)
    if blank.any():
        typed = np.flatnonzero((cells.kinds == CellKind.TEXT) & (cells.formulas == NO_FORMULA))
        found[typed[blank[cells.values[typed].astype(np.int64)]]] = False
    return found


def _number(text: str) -> float:
    """What a text means as a number, NaN where it is none."""
    found = _NUMBER.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if found is None:
        return math.nan
    if found[1] == "(" and found[2].isdigit():
        return math.nan  # the number of a column or a note
    number = float(found[2].replace(",", ""))
    return -number if found[1] in ("-", "(") else number


def _blank_like(sheet: Sheet, kinds: npt.NDArray[np.uint8]) -> Mask:
    cells = sheet.cells
    known = [is_placeholder(text) or text.strip().casefold() in _CROSSES for text in cells.texts]
    found = np.zeros(len(cells), np.bool_)
    texts = np.flatnonzero(kinds == CellKind.TEXT)
    if any(known):
        found[texts] = np.array(known, np.bool_)[cells.values[texts].astype(np.int64)]
    return found


def _each(styles: Sequence[Style], part: str) -> Mask:
    return np.array([getattr(style, part) for style in styles], np.bool_)


def _formats(styles: Sequence[Style]) -> npt.NDArray[np.int32]:
    """A number for each style's number format, -1 for General."""
    numbers: dict[str, int] = {"General": -1, "": -1}
    found = [numbers.setdefault(style.number_format, len(numbers)) for style in styles]
    return np.array(found, np.int32)
