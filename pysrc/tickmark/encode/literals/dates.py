"""Dates and times as literals that give back the same serial number."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.encode.literals.numbers import number_literal
from tickmark.structure.dates import LAST_SERIAL, LAST_SERIAL_1904, date_text
from tickmark.structure.number_formats import shows_duration

DAY_US: Final = 86_400_000_000
_DAY_MS: Final = 86_400_000
EPOCH: Final = dt.date(1899, 12, 30)
EPOCH_1904: Final = dt.date(1904, 1, 1)
_FIRST_OF_MARCH_1900: Final = 61
_WRITTEN: Final = re.compile(
    r"(?:(?P<day>\d{4}-\d\d-\d\d)(?:T(?=\d)|\Z))?"
    r"(?:(?P<sign>-?)(?P<h>\d+):(?P<m>\d\d):(?P<s>\d\d)(?:\.(?P<us>\d{6}))?)?"
)


@lru_cache(maxsize=65_536)
def date_literal(serial: float, *, date1904: bool = False, number_format: str = "") -> str:
    """A date, time or duration; the serial number after `@` where none gives back exactly it."""
    text = date_text(serial, date1904=date1904, number_format=number_format)
    match = _WRITTEN.fullmatch(text)
    if match is not None and _serial(match, date1904=date1904) == serial:
        return _without_zeros(text)
    if _is_plain(serial, date1904=date1904) and not shows_duration(number_format):
        micros = _micros(serial)
        if micros / DAY_US == serial:
            moment = dt.timedelta(microseconds=micros)
            day = dt.datetime.combine(EPOCH_1904 if date1904 else EPOCH, dt.time())
            return _without_zeros((day + moment).isoformat())
    return f"@{number_literal(serial)}"


def date_literals(
    serials: npt.NDArray[np.float64], *, date1904: bool = False
) -> tuple[list[str], npt.NDArray[np.intp]]:
    """Literals of many dates at once, and the positions of those that this way cannot write.

    Formats that count hours beyond a day need `date_literal`.
    """
    first, last = _plain_days(date1904=date1904)
    inside = (serials >= first) & (serials < last)
    held = np.where(inside, serials, first)
    micros = np.rint(held * _DAY_MS).astype(np.int64) * 1000
    late = np.flatnonzero(_serials(micros) != held)
    micros[late] = [_micros(serial) for serial in held[late].tolist()]
    moments = np.datetime64(EPOCH_1904 if date1904 else EPOCH, "us") + micros
    if not np.any(micros % DAY_US):
        texts = np.datetime_as_string(moments, unit="D", casting="unsafe").tolist()
    elif not np.any(micros % 1_000_000):
        texts = np.datetime_as_string(moments, unit="s", casting="unsafe").tolist()
        texts = [text.removesuffix("T00:00:00") for text in texts]
    else:
        texts = np.datetime_as_string(moments, unit="us").tolist()
        texts = [
            _without_zeros(text.removesuffix(".000000").removesuffix("T00:00:00")) for text in texts
        ]
    inexact = late[_serials(micros[late]) != held[late]]
    for at, serial in zip(inexact.tolist(), held[inexact].tolist(), strict=True):
        texts[at] = f"@{number_literal(serial)}"
    return texts, np.flatnonzero(~inside)


def _is_plain(serial: float, *, date1904: bool) -> bool:
    first, last = _plain_days(date1904=date1904)
    return first <= serial < last


def _plain_days(*, date1904: bool) -> tuple[int, int]:
    """Serial numbers from one to below the other are always written as days of their own."""
    last = LAST_SERIAL_1904 if date1904 else LAST_SERIAL
    return first_plain_day(date1904=date1904), last - 1


def _micros(serial: float) -> int:
    """The microseconds of a serial number; days and their fraction for themselves are exact."""
    day = int(serial)
    return day * DAY_US + round((serial - day) * DAY_US)


def _serials(micros: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Microseconds in days, rounded once: an array would be rounded to float64 before."""
    return np.fromiter((one / DAY_US for one in micros.tolist()), np.float64, len(micros))


def _without_zeros(text: str) -> str:
    """A moment whose fraction of a second has milliseconds where these tell it all."""
    return text.removesuffix("000") if "." in text else text


def first_plain_day(*, date1904: bool = False) -> int:
    """The least serial number of a day that is always written as a date of its own."""
    return 1 if date1904 else _FIRST_OF_MARCH_1900


def _serial(match: re.Match[str], *, date1904: bool) -> float:
    """The serial number of a written moment: its microseconds in days, rounded once."""
    days = 0
    if match["day"]:
        days = (dt.date.fromisoformat(match["day"]) - (EPOCH_1904 if date1904 else EPOCH)).days
        if not date1904 and days < _FIRST_OF_MARCH_1900:
            days -= 1  # The 29 February 1900, which never was, counts.
    time = 0
    if match["h"]:
        time = (int(match["h"]) * 3600 + int(match["m"]) * 60 + int(match["s"])) * 1_000_000
        time += int(match["us"] or 0)
    return (days * DAY_US + (-time if match["sign"] else time)) / DAY_US
