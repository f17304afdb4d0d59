"""The cells of a sheet that hold a value, for those who check an answer."""

from __future__ import annotations

import re
from decimal import Decimal
from math import isfinite
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.encode.literals.cells import literals_of
from tickmark.encode.source import Source
from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind
from tickmark.structure.rectangles import rectangles

Positions = npt.NDArray[np.intp]

_SLACK: Final = 1e-9
_PERCENT: Final = 100
_LONGEST: Final = 40
_NUMBER: Final = re.compile(r"(-?[0-9]+(\.[0-9]+)?)(%)?")


def find(source: Source, value: float | str | bool) -> tuple[RangeRef, ...]:  # noqa: FBT001 - the value that is looked for
    """The visible cells that hold a value, as few rectangles, sorted by top, then left.

    A number stands for cells that hold just this float64; where there are none, for those that
    are it when rounded to its last digit (12.35 finds 12.3456, 12 finds 12.3456 too). A text
    stands for texts and errors equal to it but for case and blanks; where there are none, for
    the numbers and dates that it writes (`12.5%`, `0.50`, `2024-05-01`); where there are none
    either, for texts that contain it. Results of formulas are found like constants.
    """
    kinds = source.sheet.cells.kinds
    if isinstance(value, (bool, np.bool_)):
        at = np.flatnonzero(source.visible & (kinds == CellKind.BOOL))
        found = at[source.sheet.cells.values[at] == value]
    elif isinstance(value, str):
        found = _texts(source, value)
    else:
        found = _numbers(source, value)
    cells = source.sheet.cells
    return rectangles(source.sheet.name, cells.rows[found], cells.columns[found])


def _numbers(source: Source, value: float) -> Positions:
    try:
        wanted = float(value)
    except OverflowError:
        wanted = float("inf")
    if not isfinite(wanted):
        return np.empty(0, np.intp)
    digits = Decimal(repr(wanted)).normalize()
    return _near(source, wanted, 10.0 ** min(0, int(digits.as_tuple().exponent)))


def _near(source: Source, wanted: float, digit: float) -> Positions:
    """The cells with a number, else those that it is when rounded to the place of a digit."""
    cells = source.sheet.cells
    at = np.flatnonzero(source.visible & (cells.kinds == CellKind.NUMBER))
    off = np.abs(cells.values[at] - wanted)
    same = off == 0
    if not same.any():
        same = off <= digit / 2 * (1 + _SLACK)
    found: Positions = at[same]
    return found


def _texts(source: Source, value: str) -> Positions:
    cells = source.sheet.cells
    textual = source.visible & np.isin(cells.kinds, (CellKind.TEXT, CellKind.ERROR))
    at = np.flatnonzero(textual)
    own, inverse = np.unique(cells.values[at].astype(np.int64), return_inverse=True)
    wanted = _folded(value)
    folded = [_folded(cells.texts[index]) for index in own.tolist()]
    equal = np.fromiter((one == wanted for one in folded), np.bool_, len(folded))
    if equal.any():
        return at[equal[inverse]]
    written = _written(source, value.strip())
    if len(written) or not wanted:
        return written
    inside = np.fromiter((wanted in one for one in folded), np.bool_, len(folded))
    return at[inside[inverse]]


def _written(source: Source, text: str) -> Positions:
    """The cells with the number or date that a text writes."""
    if len(text) > _LONGEST:
        return np.empty(0, np.intp)
    number = _NUMBER.fullmatch(text)
    if number is not None:
        wanted = float(number[1]) / (_PERCENT if number[3] else 1)
        return _near(source, wanted, 10.0 ** -(len(number[2] or ".") - 1 + 2 * bool(number[3])))
    cells = source.sheet.cells
    at = np.flatnonzero(source.visible & (cells.kinds == CellKind.DATE))
    if not len(at) or not text[:1].isdecimal():
        return at[:0]
    literals = literals_of(source.workbook, source.sheet).many(at)
    return at[np.fromiter((one == text for one in literals), np.bool_, len(at))]


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
