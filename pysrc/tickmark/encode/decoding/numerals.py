"""Numbers, dates and times of an encoded sheet, and what looks like them."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Final

from tickmark.encode.claim import Value
from tickmark.encode.decoding.pieces import shown
from tickmark.errors import EncodingError
from tickmark.model.grid import CellKind

NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:e[-+][0-9]{1,3}+)?")
STARTS: Final = frozenset("0123456789-+.")
"""What the text of a number, date or time begins with."""

_PERCENT: Final = 100
_DAY: Final = 86_400_000_000
_MICRO: Final = dt.timedelta(microseconds=1)
_EPOCH: Final = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheets know no time zone
_EPOCH_1904: Final = dt.datetime(1904, 1, 1)  # noqa: DTZ001 - as above
_FIRST: Final = dt.datetime(1900, 1, 1)  # noqa: DTZ001 - as above
_AFTER_LEAP_DAY: Final = dt.datetime(1900, 3, 1)  # noqa: DTZ001 - as above

_STEPS: Final = re.compile(r"~(-?[1-9])\Z")
_LIKE_NUMBER: Final = re.compile(
    r"[-+]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][-+]?[0-9]++)?%?(?:~-?[1-9])?"
)
_SERIAL: Final = re.compile(rf"@{NUMBER.pattern}(?:~-?[1-9])?")
_DATE: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,6}))?)?"
)
_LIKE_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]*+)?")
_TIME: Final = re.compile(r"(-?)([0-9]{1,9}):([0-5][0-9]):([0-5][0-9])(?:\.([0-9]{1,6}))?")
_LIKE_TIME: Final = re.compile(r"-?[0-9]++:[0-9]{2}:[0-9]{2}(?:\.[0-9]++)?")


def number(text: str) -> float:
    """A number in digits, as per cent or a few steps beside a shorter one; raises EncodingError."""
    value = float(text) if NUMBER.fullmatch(text) else _written(text)
    if not math.isfinite(value):
        raise EncodingError(f"{shown(text)} is no number; a text like it stands in quotes.")
    return value


def numeric(text: str, *, date1904: bool) -> Value | None:
    """A number, per cent, date or time; None for what looks like none of them.

    Raises EncodingError for what looks like one and is none.
    """
    if _LIKE_NUMBER.fullmatch(text):
        return Value(CellKind.NUMBER, number(text))
    if _LIKE_DATE.fullmatch(text):
        return Value(CellKind.DATE, _date(text, date1904=date1904))
    if _LIKE_TIME.fullmatch(text):
        return Value(CellKind.DATE, _time(text))
    return serial(text)


def serial(text: str) -> Value | None:
    """A date by its serial number, `@45000.5`; None for what is none."""
    return Value(CellKind.DATE, number(text[1:])) if _SERIAL.fullmatch(text) else None


def alike(one: str, other: str) -> bool:
    """Whether two texts are both numbers or both look like dates, as the ends of a series are."""
    if _LIKE_DATE.fullmatch(one):
        return _LIKE_DATE.fullmatch(other) is not None
    return is_number(one) and is_number(other)


def is_number(text: str) -> bool:
    """Whether a text is a number as it is written, perhaps as per cent."""
    return NUMBER.fullmatch(_STEPS.sub("", text).removesuffix("%")) is not None


def serial_of(moment: dt.datetime, *, date1904: bool) -> float:
    """The serial number of a moment: the float64 nearest to days with their fraction.

    Raises EncodingError for moments before the first day.
    """
    if moment < (_EPOCH_1904 if date1904 else _FIRST):
        raise EncodingError(f"no date is as early as {moment.date().isoformat()}.")
    passed = (moment - (_EPOCH_1904 if date1904 else _EPOCH)) // _MICRO
    if not date1904 and moment < _AFTER_LEAP_DAY:
        passed -= _DAY
    return passed / _DAY


def moment_of(text: str) -> dt.datetime | None:
    """The moment that a date stands for; None for what is no date."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    *parts, fraction = match.groups("0")
    year, month, day, hour, minute, second = map(int, parts)
    micros = int(fraction.ljust(6, "0"))
    try:
        return dt.datetime(year, month, day, hour, minute, second, micros)  # noqa: DTZ001 - as above
    except ValueError:
        return None


def _written(text: str) -> float:
    """A number as per cent or with steps; infinite for what is none."""
    steps = _STEPS.search(text)
    digits = text[: steps.start()] if steps else text
    percent = digits.endswith("%")
    digits = digits[:-1] if percent else digits
    value = float(digits) if NUMBER.fullmatch(digits) else math.inf
    value = value / _PERCENT if percent else value
    return _beside(value, int(steps[1])) if steps and math.isfinite(value) else value


def _beside(value: float, steps: int) -> float:
    """The float64 so many steps above a number, or below it."""
    for _ in range(abs(steps)):
        value = math.nextafter(value, math.copysign(math.inf, steps))
    return value


def _date(text: str, *, date1904: bool) -> float:
    moment = moment_of(text)
    if moment is None:
        raise EncodingError(f"{shown(text)} is no date; a text like it stands in quotes.")
    return serial_of(moment, date1904=date1904)


def _time(text: str) -> float:
    match = _TIME.fullmatch(text)
    if match is None:
        raise EncodingError(f"{shown(text)} is no time; a text like it stands in quotes.")
    sign, hours, minutes, seconds, fraction = match.groups("")
    passed = (int(hours) * 60 + int(minutes)) * 60 + int(seconds)
    micros = passed * 1_000_000 + int(fraction.ljust(6, "0"))
    return (-micros if sign else micros) / _DAY
