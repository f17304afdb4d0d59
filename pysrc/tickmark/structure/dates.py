"""Serial numbers of dates, the way spreadsheets count days."""

from __future__ import annotations

import datetime as dt

from tickmark.structure.number_formats import shows_duration, shows_time_only

LAST_SERIAL = 2_958_466
LAST_SERIAL_1904 = LAST_SERIAL - 1_462

_DAY_MS = 86_400_000
_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheets know no time zone
_EPOCH_1904 = dt.datetime(1904, 1, 1)  # noqa: DTZ001 - spreadsheets know no time zone
_LEAP_DAY = 60


def serial_to_datetime(serial: float, *, date1904: bool = False) -> dt.datetime | None:
    """The moment of a serial number, to the millisecond; None outside of 1900 to 9999.

    The 1900 system counts a 29 February 1900, which never was, as day 60: here it is 1 March like
    day 61. Times without a day (below 1) come on 31 December 1899, Excel's `1900-01-00`.
    """
    if not 0 <= serial < (LAST_SERIAL_1904 if date1904 else LAST_SERIAL):
        return None
    moment = dt.timedelta(milliseconds=round(serial * _DAY_MS))
    if date1904:
        return _EPOCH_1904 + moment
    if moment.days <= _LEAP_DAY:
        moment += dt.timedelta(days=1)
    return _EPOCH + moment


def serial_to_duration(serial: float) -> dt.timedelta | None:
    """The duration of a serial number, to the millisecond; None for more days than dates have."""
    if abs(serial) > LAST_SERIAL:
        return None
    return dt.timedelta(milliseconds=round(serial * _DAY_MS))


def date_text(serial: float, *, date1904: bool = False, number_format: str = "") -> str:
    """A date or time as ISO 8601 text: `2024-05-01`, `2024-05-01T13:30:00` or `13:30:00`.

    A format that counts hours beyond a day, such as `[h]:mm`, gives a duration such as `36:15:00`
    or `-0:30:00`. A number that is no date stays a number.
    """
    if shows_duration(number_format) and abs(serial) <= LAST_SERIAL:
        seconds = round(abs(serial) * _DAY_MS / 1000)
        sign = "-" if serial < 0 and seconds else ""
        return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    moment = serial_to_datetime(serial, date1904=date1904)
    if moment is None:
        return f"{serial:.15g}"
    time = "" if moment.time() == dt.time() else moment.time().isoformat()
    if serial < 1 and (not date1904 or shows_time_only(number_format)):
        return time or "00:00:00"
    return f"{moment.date().isoformat()}T{time}" if time else moment.date().isoformat()
