"""Values as the texts of other tools tell them, and whether they are those of the sheet."""

from __future__ import annotations

import datetime as dt
import math
import re

from tickmark.encode.claim import Value
from tickmark.model.grid import CellKind

SIX_DIGITS = 5e-6
"""Share by which two numbers may differ that agree to six significant digits."""

SECOND = 1.5 / 86_400
"""Days by which two moments may differ."""

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d:\d\d(?:\.\d{1,9})?)?")
_TIME = re.compile(r"(-?)(\d+):(\d\d):(\d\d)(?:\.\d+)?")
_ERROR = re.compile(r"#(?:REF!|DIV/0!|VALUE!|NAME\?|N/A|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)")
_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheets know no time zone
_EPOCH_1904 = dt.datetime(1904, 1, 1)  # noqa: DTZ001 - likewise


def told_value(text: str, *, date1904: bool = False) -> Value:
    """What a reader takes a bare text for: a number, a date, a truth value, an error or a text."""
    bare = text.strip()
    if _NUMBER.fullmatch(bare):
        return Value(CellKind.NUMBER, float(bare))
    if bare.upper() in {"TRUE", "FALSE"}:
        return Value(CellKind.BOOL, bare.upper() == "TRUE")
    if _ERROR.fullmatch(bare):
        return Value(CellKind.ERROR, bare)
    moment = _moment(bare, date1904=date1904)
    return Value(CellKind.TEXT, bare) if moment is None else Value(CellKind.DATE, moment)


def _moment(text: str, *, date1904: bool) -> float | None:
    """The serial number of a day, with or without a time, or of a time; None for other texts."""
    if _DAY.fullmatch(text):
        try:
            return serial(dt.datetime.fromisoformat(text), date1904=date1904)
        except ValueError:
            return None
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    seconds = int(found[2]) * 3600 + int(found[3]) * 60 + int(found[4])
    return (-seconds if found[1] else seconds) / 86_400


def serial(moment: dt.datetime, *, date1904: bool = False) -> float:
    """The serial number of a moment; the 1900 system counts a day that never was."""
    days = (moment - (_EPOCH_1904 if date1904 else _EPOCH)) / dt.timedelta(days=1)
    return days if date1904 or days > 60 else days - 1


def agrees(told: Value, true: Value) -> bool:
    """Whether a value is that of the sheet, as any reader would judge it.

    Numbers agree to six significant digits, moments to the second, texts but for their blanks. A
    text cut short agrees with none.
    """
    if not told.exact:
        return False
    if isinstance(true.value, str):
        said = told.value
        if isinstance(said, (float, bool)) or said is None:
            # A tool that does not quote its texts writes the text 12 like the number.
            other = told_value(true.value)
            return not isinstance(other.value, str) and agrees(told, other)
        return " ".join(said.split()) == " ".join(true.value.split())
    if isinstance(told.value, str) or told.value is None or true.value is None:
        return False
    if true.kind is CellKind.DATE and told.kind is CellKind.DATE:
        return abs(float(told.value) - float(true.value)) <= SECOND
    return math.isclose(
        float(told.value), float(true.value), rel_tol=SIX_DIGITS, abs_tol=1e-12
    ) and (true.kind is CellKind.BOOL) == (told.kind is CellKind.BOOL)
