"""What the paper calls the data of a cell: its number format, else the type that rules tell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.encode.plain_texts import safe_text
from tickmark.model.grid import CellKind
from tickmark.model.workbook import Sheet, Workbook
from tickmark.structure.number_formats import GENERAL

OTHERS: Final = ""
"""The type of what no rule knows: it stays as it is written."""

YEAR: Final = "YearData"
INTEGER: Final = "IntNum"
FLOAT: Final = "FloatNum"
PERCENTAGE: Final = "PercentageNum"
SCIENTIFIC: Final = "ScientificNum"
DATE: Final = "DateData"
TIME: Final = "TimeData"
CURRENCY: Final = "CurrencyData"
EMAIL: Final = "EmailData"

_PLAIN: Final = {"", GENERAL.lower(), "@"}
_LONGEST: Final = 254

_RULES: Final = (
    (YEAR, r"(?:19|20)\d\d"),
    (INTEGER, r"[-+]?(?:\d+|\d{1,3}(?:,\d{3})+)"),
    (FLOAT, r"[-+]?(?:\d+|\d{1,3}(?:,\d{3})+)?\.\d+"),
    (PERCENTAGE, r"[-+]?\d+(?:\.\d+)?\s?%"),
    (SCIENTIFIC, r"[-+]?(?:\d+\.?\d*|\.\d+)[eE][-+]?\d+"),
    (DATE, r"\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d\d)"),
    (TIME, r"\d{1,2}:[0-5]\d(?::[0-5]\d)?(?:\s?[AaPp][Mm])?"),
    (CURRENCY, r"[-+]?[$€£¥]\s?\d[\d,]*(?:\.\d+)?|[-+]?\d[\d,]*(?:\.\d+)?\s?[$€£¥]"),
    (EMAIL, r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
)
_TYPE: Final = re.compile("|".join(f"({pattern})" for _, pattern in _RULES), re.ASCII)


def data_types(
    workbook: Workbook, sheet: Sheet, positions: npt.NDArray[np.intp], texts: Sequence[str]
) -> list[str]:
    """The type of each of these cells, whose values are written as `texts`.

    A number or date with a format has the format's text as its type. Formats of texts are not
    asked: they do not show in a text, and headers would be lost.
    """
    cells = sheet.cells
    kinds, styles = cells.kinds[positions], cells.styles[positions]
    formats = {one: _format_type(workbook, one) for one in np.unique(styles).tolist()}
    known: dict[tuple[int, str], str] = {}
    found = []
    for kind, style, text in zip(kinds.tolist(), styles.tolist(), texts, strict=True):
        own = formats[style] if kind in _FORMATTED else OTHERS
        if not own:
            key = (kind, text)
            own = known.get(key, "?")
            if own == "?":
                own = known[key] = OTHERS if kind in _UNTYPED else text_type(text)
        found.append(own)
    return found


def text_type(text: str) -> str:
    """The type of a value by how it is written, OTHERS where no rule fits."""
    if len(text) > _LONGEST:
        return OTHERS
    match = _TYPE.fullmatch(text)
    if match is None or match.lastindex is None:
        return OTHERS
    return _RULES[match.lastindex - 1][0]


_FORMATTED = frozenset({CellKind.NUMBER, CellKind.DATE})
_UNTYPED = frozenset({CellKind.EMPTY, CellKind.BOOL, CellKind.ERROR})


def _format_type(workbook: Workbook, style: int) -> str:
    code = workbook.styles[style].number_format
    return OTHERS if code.lower() in _PLAIN else safe_text(code)
