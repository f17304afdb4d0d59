"""What the cells of a sheet look like at a glance, as one small number each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.grid import NO_FORMULA, CellKind
from tickmark.model.workbook import Sheet, Style
from tickmark.structure.formulas import NO_TEMPLATE
from tickmark.structure.number_formats import shows_date
from tickmark.structure.regions.appearance import blank_texts
from tickmark.structure.regions.merges import ROW, covered

_YEARS: Final = (1900, 2100)
_YEAR: Final = 6

_FAMILY: Final = 0, 3
_BOLD: Final = 3, 1
_BORDERED: Final = 4, 1
_FORMULA: Final = 5, 1
_MERGED: Final = 6, 1
_FORMAT: Final = 7, 3
_FILL: Final = 10, 6
"""First bit and number of bits of each part of a signature."""

_WEIGHTS: Final = (
    (_FAMILY, 100),
    (_BOLD, 80),
    (_MERGED, 60),
    (_FILL, 60),
    (_FORMAT, 20),
    (_BORDERED, 10),
    (_FORMULA, 10),
)
FULL: Final = 100

Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Signatures:
    """Places with content and what stands there, sorted by row, then column.

    `codes` are equal where kind, weight, fill, border, class of number format and formula are; they
    index, joined by exclusive or, the array that `changes()` gives. Cells inside a merge look like
    its first one.
    """

    rows: Numbers
    columns: Numbers
    codes: npt.NDArray[np.int32]


def changes() -> npt.NDArray[np.int32]:
    """How much two signatures differ, in per cent, by the exclusive or of their codes."""
    codes = np.arange(1 << (_FILL[0] + _FILL[1]))
    total = np.zeros(len(codes), np.int32)
    for (first, bits), weight in _WEIGHTS:
        total += np.where(codes >> first & ((1 << bits) - 1), weight, 0).astype(np.int32)
    return np.minimum(total, FULL)


def signatures_of(
    sheet: Sheet, styles: Sequence[Style], templates: npt.NDArray[np.int32] | None = None
) -> Signatures:
    """The signatures of a sheet's cells; blank texts that were typed are no content."""
    cells = sheet.cells
    formulas = cells.formulas != NO_FORMULA if templates is None else templates != NO_TEMPLATE
    kinds = _kinds(sheet)
    codes = kinds | _look_codes(styles, cells.styles)[cells.styles]
    codes |= formulas.astype(np.int32) << _FORMULA[0]
    # The number format of a text shows nowhere.
    codes[kinds == CellKind.TEXT] &= ~(((1 << _FORMAT[1]) - 1) << _FORMAT[0])
    rows, columns = cells.rows, cells.columns.astype(np.int32)
    seen = (kinds != CellKind.EMPTY) | formulas
    if not seen.all():
        rows, columns, codes = rows[seen], columns[seen], codes[seen]
    return _with_merges(sheet, Signatures(rows, columns, codes))


def _kinds(sheet: Sheet) -> npt.NDArray[np.int32]:
    """Kinds as a person sees them: blank texts are empty, errors are failed numbers."""
    cells = sheet.cells
    kinds = cells.kinds.astype(np.int32)
    blank = blank_texts(cells)
    if blank.any():
        texts = np.flatnonzero(kinds == CellKind.TEXT)
        kinds[texts[blank[cells.values[texts].astype(np.int64)]]] = CellKind.EMPTY
    numbers = kinds == CellKind.NUMBER
    with np.errstate(invalid="ignore"):
        years = (cells.values >= _YEARS[0]) & (cells.values <= _YEARS[1]) & numbers
    at = np.flatnonzero(years)
    kinds[at[cells.values[at] % 1 == 0]] = _YEAR
    kinds[cells.kinds == CellKind.ERROR] = CellKind.NUMBER
    kinds[(cells.kinds == CellKind.EMPTY) & (cells.formulas != NO_FORMULA)] = CellKind.NUMBER
    return kinds


def _look_codes(styles: Sequence[Style], used: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """The part of a code that each style makes; 0 for styles that no cell has."""
    codes = np.zeros(len(styles), np.int32)
    seen = np.zeros(len(styles), np.bool_)
    seen[used] = True
    fills: dict[str, int] = {}
    formats: dict[str, int] = {}
    for index in np.flatnonzero(seen).tolist():
        style = styles[index]
        fill = 1 + fills.setdefault(style.fill_colour, len(fills)) % 63 if style.filled else 0
        known = formats.get(style.number_format)
        if known is None:
            known = formats[style.number_format] = _format_class(style.number_format)
        codes[index] = (
            int(style.bold) << _BOLD[0]
            | int(style.bordered) << _BORDERED[0]
            | known << _FORMAT[0]
            | fill << _FILL[0]
        )
    return codes


def _format_class(code: str) -> int:
    plain = code.lower()
    if plain in ("", "general"):
        return 0
    if plain == "@":
        return 1
    if shows_date(code):
        return 2
    marks = ("%",), ("e+", "e-"), ("$", "€", "£", "¥"), (".0", ".#")
    found = (number for number, some in enumerate(marks, 3) if any(one in plain for one in some))
    return next(found, 7)


def _with_merges(sheet: Sheet, own: Signatures) -> Signatures:
    """Signatures with the cells that merges cover, the smallest merges first."""
    used = sheet.used_range
    if used is None or not sheet.merges or not len(own.codes):
        return own
    places = own.rows.astype(np.int64) * ROW + own.columns
    edges = np.array([(m.top, m.left, m.bottom, m.right) for m in sheet.merges], np.int64)
    found, of = covered(edges, places, used)
    if not len(found):
        return own
    codes = own.codes.copy()
    codes[of] |= 1 << _MERGED[0]
    free = ~np.isin(found, places, assume_unique=True)
    places = np.concatenate((places, found[free]))
    codes = np.concatenate((codes, codes[of[free]]))
    order = np.argsort(places, kind="stable")
    places = places[order]
    return Signatures(
        (places // ROW).astype(np.int32), (places % ROW).astype(np.int32), codes[order]
    )
