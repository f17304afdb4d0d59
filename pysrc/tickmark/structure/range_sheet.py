"""A live range as a workbook of one sheet, its cells at their own addresses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from tickmark.model.address import RangeRef
from tickmark.model.grid import NO_FORMULA, CellKind, Cells
from tickmark.model.range_content import ErrorValue, RangeContent, Scalar
from tickmark.model.workbook import Sheet, Style, Workbook
from tickmark.structure.number_formats import GENERAL, shows_date

ARRAY: Final = "Array"
"""Name of the sheet on which an array without cells is laid out, from A1 on."""


def place_of(content: RangeContent) -> RangeRef:
    """Where the values stand; an array that stands in no cells begins in A1 of ARRAY."""
    if content.area is not None:
        return content.area
    rows, columns = content.shape
    return RangeRef(ARRAY, 1, 1, max(1, rows), max(1, columns))


def range_workbook(content: RangeContent, *, date1904: bool = False) -> Workbook:
    """The workbook; without formats no number is a date, without formulas none are available."""
    place = place_of(content)
    styles: dict[str, int] = {GENERAL: 0}
    cells = _cells(content, place, styles)
    return Workbook(
        path=content.book,
        format="",
        sha256="",
        sheets=(Sheet(place.sheet, cells),),
        styles=tuple(Style(code) for code in styles),
        date1904=date1904,
        formulas_available=bool(content.formulas),
    )


def _cells(content: RangeContent, place: RangeRef, styles: dict[str, int]) -> Cells:
    texts: dict[str, int] = {}
    formulas: dict[str, int] = {}
    found = [
        (row, column, *_payload(value, code, texts), styles.setdefault(code, len(styles)), number)
        for row, column, value, code, number in _filled(content, place, formulas)
    ]
    if not found:
        return Cells.empty()
    rows, columns, kinds, values, looks, numbers = zip(*found, strict=True)
    return Cells(
        rows=np.array(rows, np.int32),
        columns=np.array(columns, np.int16),
        kinds=np.array(kinds, np.uint8),
        values=np.array(values, np.float64),
        styles=np.array(looks, np.int32),
        formulas=np.array(numbers, np.int32),
        texts=tuple(texts),
        formula_texts=tuple(formulas),
    )


def _filled(
    content: RangeContent, place: RangeRef, formulas: dict[str, int]
) -> Iterator[tuple[int, int, Scalar, str, int]]:
    """Row, column, value, number format and number of the formula of each cell that is not blank.

    A text that equals its own formula text was typed with a leading apostrophe: it is a text.
    """
    for down, values in enumerate(content.values):
        texts = content.formulas[down] if content.formulas else ()
        codes = content.formats[down] if content.formats else ()
        for across, value in enumerate(values):
            text = texts[across] if texts else ""
            number = NO_FORMULA
            if text.startswith("=") and text != value:
                number = formulas.setdefault(text[1:], len(formulas))
            elif value is None or value == "":
                continue
            code = codes[across] if codes else GENERAL
            yield place.top + down, place.left + across, value, code, number


def _payload(value: Scalar, code: str, texts: dict[str, int]) -> tuple[int, float]:
    """The kind of a value and its number, as Cells holds them."""
    match value:
        case None:
            return CellKind.EMPTY, float("nan")
        case bool():
            return CellKind.BOOL, float(value)
        case ErrorValue():
            return CellKind.ERROR, float(texts.setdefault(value.text, len(texts)))
        case str():
            return CellKind.TEXT, float(texts.setdefault(value, len(texts)))
        case _:
            return CellKind.DATE if shows_date(code) else CellKind.NUMBER, float(value)
