"""The word of a summary that is true for cells: whole numbers, per cent, dates, texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.encode.claim import TypeWord
from tickmark.model.grid import CellKind
from tickmark.model.workbook import Sheet, Workbook
from tickmark.structure.number_formats import (
    shows_currency,
    shows_duration,
    shows_percent,
    shows_time_only,
)

Codes = npt.NDArray[np.uint8]

NO_RESULT: Final = 0
"""The code of a formula without a stored result."""

WORDS: Final = (
    TypeWord.ANY,
    TypeWord.INTEGER,
    TypeWord.NUMBER,
    TypeWord.PERCENT,
    TypeWord.CURRENCY,
    TypeWord.DATE,
    TypeWord.TIME,
    TypeWord.TEXT,
    TypeWord.BOOL,
    TypeWord.ERROR,
    TypeWord.ANY,
)
"""The word of each code; that of NO_RESULT stands for no word of its own."""

CODE_OF: Final = {word: WORDS.index(word, 1) for word in TypeWord}
"""The code of each word."""

_WHOLE: Final = 1e15
_ONE_CODE: Final = {
    CellKind.TEXT: CODE_OF[TypeWord.TEXT],
    CellKind.BOOL: CODE_OF[TypeWord.BOOL],
    CellKind.ERROR: CODE_OF[TypeWord.ERROR],
    CellKind.DATE: CODE_OF[TypeWord.DATE],
}


def type_codes(workbook: Workbook, sheet: Sheet) -> Codes:
    """For each cell of a sheet the code of its most specific word, NO_RESULT where it is empty.

    A number is shown as per cent or as money where its format says so, else it is whole (below
    1e15) or any number. A date is a time where its format shows no day and it has none, or where
    the format counts hours.
    """
    cells = sheet.cells
    codes = np.full(len(cells), NO_RESULT, np.uint8)
    for kind, code in _ONE_CODE.items():
        codes[cells.kinds == kind] = code
    numbers = np.flatnonzero(cells.kinds == CellKind.NUMBER)
    values = cells.values[numbers]
    whole = (np.abs(values) < _WHOLE) & (values == np.floor(values))
    found = np.where(whole, CODE_OF[TypeWord.INTEGER], CODE_OF[TypeWord.NUMBER])
    styles = cells.styles[numbers]
    found[_where(workbook, styles, shows_currency)] = CODE_OF[TypeWord.CURRENCY]
    found[_where(workbook, styles, shows_percent)] = CODE_OF[TypeWord.PERCENT]
    codes[numbers] = found
    dates = np.flatnonzero(cells.kinds == CellKind.DATE)
    styles = cells.styles[dates]
    clock = _where(workbook, styles, shows_time_only) & (np.abs(cells.values[dates]) < 1)
    times = clock | _where(workbook, styles, shows_duration)
    codes[dates[times]] = CODE_OF[TypeWord.TIME]
    return codes


def word_of(codes: Codes) -> TypeWord:
    """The most specific word that is true for all cells with these codes.

    Numbers of several sorts are numbers, dates and times are dates; ANY for several kinds, for
    cells without a result and for none at all.
    """
    return WORDS[_JOINT[np.bitwise_or.reduce(_BITS[codes])]]


def words_of_groups(codes: Codes, starts: npt.NDArray[np.intp]) -> Codes:
    """The codes of the words (indexes into WORDS) of groups of cells that stand in a row.

    `starts` ascend; each group runs from its start to before the next one.
    """
    if not len(starts):
        return np.empty(0, np.uint8)
    return _JOINT[np.bitwise_or.reduceat(_BITS[codes], starts)]


def _where(
    workbook: Workbook, styles: npt.NDArray[np.int32], shows: Callable[[str], bool]
) -> npt.NDArray[np.bool_]:
    """For each style whether its number format shows something."""
    known = np.zeros(len(workbook.styles), np.bool_)
    for style in np.flatnonzero(np.bincount(styles, minlength=len(known))).tolist():
        known[style] = shows(workbook.styles[style].number_format)
    found: npt.NDArray[np.bool_] = known[styles]
    return found


def _joint(bits: int) -> int:
    """The code of the word for all codes whose bits are set."""
    if bits and not bits & _NO_WORD:
        if not bits & (bits - 1):
            return bits.bit_length() - 1
        if not bits & ~_NUMBERS:
            return CODE_OF[TypeWord.NUMBER]
        if not bits & ~_DATES:
            return CODE_OF[TypeWord.DATE]
    return CODE_OF[TypeWord.ANY]


def _bits(*words: TypeWord) -> int:
    return sum(1 << CODE_OF[word] for word in words)


_NO_WORD = 1 << NO_RESULT
_NUMBERS = _bits(TypeWord.INTEGER, TypeWord.NUMBER, TypeWord.PERCENT, TypeWord.CURRENCY)
_DATES = _bits(TypeWord.DATE, TypeWord.TIME)
_BITS = (1 << np.arange(len(WORDS))).astype(np.uint16)
_JOINT = np.array([_joint(bits) for bits in range(1 << len(WORDS))], np.uint8)
