"""Values of cells as short plain text, for encodings that are there for comparison."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tickmark.encode.values import quoted
from tickmark.model.grid import CellKind
from tickmark.model.workbook import Sheet, Workbook
from tickmark.structure.dates import LAST_SERIAL, LAST_SERIAL_1904, date_text
from tickmark.structure.number_formats import shows_duration

_WHOLE = 1e15
_DAY_MS = 86_400_000
_MARCH_1900 = 61

Texts = npt.NDArray[np.object_]


def plain_texts(workbook: Workbook, sheet: Sheet, positions: npt.NDArray[np.intp]) -> list[str]:
    """The value of each of these cells of a sheet as text, "" where there is none.

    Numbers are as short as they can be and still exact, dates are in ISO form; formulas show their
    stored results. A text stands in quotes with escapes as in JSON where it has a bar or a
    character that is not seen, such as a line break, so that it cannot pass for another cell.
    """
    cells = sheet.cells
    kinds, values = cells.kinds[positions], cells.values[positions]
    found = np.full(len(positions), "", object)
    numbers = kinds == CellKind.NUMBER
    found[numbers] = _number_texts(values[numbers])
    words = (kinds == CellKind.TEXT) | (kinds == CellKind.ERROR)
    used, which = np.unique(values[words].astype(np.int64), return_inverse=True)
    found[words] = _objects([safe_text(cells.texts[one]) for one in used.tolist()])[which]
    truths = kinds == CellKind.BOOL
    found[truths] = np.where(values[truths] != 0, "TRUE", "FALSE").astype(object)
    dates = kinds == CellKind.DATE
    found[dates] = _date_texts(workbook, values[dates], cells.styles[positions[dates]])
    texts: list[str] = found.tolist()
    return texts


def safe_text(text: str) -> str:
    """A text as it is, or in quotes where it could pass for the bar or the end of a line."""
    if text.isprintable() and "|" not in text and not text.startswith('"'):
        return text
    return quoted(text)


def _number_texts(values: npt.NDArray[np.float64]) -> Texts:
    whole = (np.abs(values) < _WHOLE) & (values == np.floor(values))
    found = np.empty(len(values), object)
    found[whole] = _objects([str(one) for one in values[whole].astype(np.int64).tolist()])
    found[~whole] = _objects([repr(one) for one in values[~whole].tolist()])
    return found


def _date_texts(
    workbook: Workbook, values: npt.NDArray[np.float64], styles: npt.NDArray[np.int32]
) -> Texts:
    """Days since March 1900 all at once, earlier ones, mere times and durations one by one."""
    used, which = np.unique(styles, return_inverse=True)
    formats = [workbook.styles[style].number_format for style in used.tolist()]
    counting = np.array([shows_duration(code) for code in formats], np.bool_)[which]
    first, last = (1, LAST_SERIAL_1904) if workbook.date1904 else (_MARCH_1900, LAST_SERIAL)
    days = ~counting & (values >= first) & (values < last - 1)
    epoch = np.datetime64("1904-01-01" if workbook.date1904 else "1899-12-30", "ms")
    since = np.rint(values[days] * _DAY_MS).astype(np.int64).astype("timedelta64[ms]")
    found = np.empty(len(values), object)
    found[days] = _objects(
        [
            text.removesuffix(".000").removesuffix("T00:00:00")
            for text in np.datetime_as_string(epoch + since).tolist()
        ]
    )
    rest = np.flatnonzero(~days)
    pairs = zip(values[rest].tolist(), which[rest].tolist(), strict=True)
    found[rest] = _objects(
        [
            date_text(serial, date1904=workbook.date1904, number_format=formats[code])
            for serial, code in pairs
        ]
    )
    return found


def _objects(texts: list[str]) -> Texts:
    """The texts in an array that does not give each the room of the longest."""
    return np.array(texts, object)
