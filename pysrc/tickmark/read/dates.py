"""Dates and times as serial numbers: days since the epoch of the workbook's date system."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

DATE_FORMAT: Final = "yyyy-mm-dd"
DATE_TIME_FORMAT: Final = "yyyy-mm-dd hh:mm:ss"
TIME_FORMAT: Final = "hh:mm:ss"
DURATION_FORMAT: Final = "[h]:mm:ss"

_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheets know no time zone
_EPOCH_1904 = dt.datetime(1904, 1, 1)  # noqa: DTZ001 - spreadsheets know no time zone
_DAY = dt.timedelta(days=1)
_FIRST_OF_MARCH = 61
_ISO = re.compile(
    r"(?:(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]|$))?"
    r"(?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?[0-9]*)?)?Z?"
)


def serial_number(moment: dt.datetime, *, date1904: bool = False, leap_1900: bool = True) -> float:
    """Serial number of a moment.

    `leap_1900` counts as Excel does, for which 1900 had a 29 February; without it days run on.
    """
    if date1904:
        return (moment - _EPOCH_1904) / _DAY
    serial = (moment - _EPOCH) / _DAY
    return serial - 1 if leap_1900 and serial < _FIRST_OF_MARCH else serial


def serial_of_time(time: dt.time) -> float:
    """A time of day as a fraction of a day."""
    return (dt.datetime.combine(_EPOCH, time) - _EPOCH) / _DAY


def serial_of_iso(text: str, *, date1904: bool = False) -> float | None:
    """Serial number of `2024-02-29`, `2024-02-29T13:30:00` or `13:30:00`; None for other texts."""
    found = _ISO.fullmatch(text.strip())
    if found is None or not (found["date"] or found["time"]):
        return None
    try:
        time = dt.time.fromisoformat(found["time"]) if found["time"] else dt.time()
        if not found["date"]:
            return serial_of_time(time)
        day = dt.date.fromisoformat(found["date"])
    except ValueError:  # such as a 13th month
        return None
    serial = serial_number(dt.datetime.combine(day, time), date1904=date1904)
    return serial if serial >= 0 else None
