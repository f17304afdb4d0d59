"""Types of extracted fields, and values of them from text as a model or a person writes it."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final, TypeAlias


class FieldType(StrEnum):
    """What the values of a field are."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    DATE = "date"
    BOOL = "bool"
    LIST = "list"


FieldValue: TypeAlias = float | str | bool | None
"""A value as a cell holds it: a date is its serial number, a list is joined with `; `."""

LONGEST_NUMBER: Final = 60

# What a cell holds exactly; longer whole numbers, such as those of accounts, would lose digits.
DIGITS: Final = 15

# Not any three capitals: `12 MIO` is no amount of a currency named MIO.
_CODES: Final = (
    "AED ARS AUD BGN BHD BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP GEL HKD HRK HUF IDR ILS INR "
    "ISK JOD JPY KES KRW KWD KZT MAD MXN MYR NGN NOK NZD OMR PEN PHP PKR PLN QAR RON RSD RUB SAR "
    "SEK SGD THB TND TRY TWD UAH USD VND ZAR"
)
_SIGN: Final = (
    rf"(?:(?:US|AU?|CA?|NZ|HK|S|R|NT|MX)?\$|[£¥€₹₽₩₪₫₱₴₺₦฿]|{'|'.join(_CODES.split())}"
    r"|kr\.?|zł|Kč|Ft|lei|Fr\.?)"
)
_MONEY = re.compile(rf"(?:{_SIGN}\s*)?([-+]?)\s*(?:{_SIGN}\s*)?(\S+?)\s*(?:{_SIGN})?")
_GROUP_SPACES = re.compile(r"(?<=\d)[ '\u2019\u00a0\u2009\u202f](?=\d{3}(?!\d))")
_PLAIN = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?", re.ASCII)
_WHOLE_GROUPS = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{3})+", re.ASCII)
_UNCLEAR = re.compile(r"[1-9]\d{0,2},\d{3}", re.ASCII)
_DECIMAL_COMMA = re.compile(r"\d+,\d+", re.ASCII)
_MIXED = re.compile(
    r"(?P<point>[1-9]\d{0,2}(?:,\d{3})+\.\d+)|(?P<comma>[1-9]\d{0,2}(?:\.\d{3})+,\d+)", re.ASCII
)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ][\d:.]+Z?)?", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", re.ASCII)

_TRUTH: Final = {"true": True, "yes": True, "false": False, "no": False}
_MONTHS: Final = 12
_FIRST_DAY: Final = dt.date(1900, 1, 1)
_EPOCH: Final = dt.date(1899, 12, 30)
_LEAP_DAY: Final = 60


def value_of(text: str, kind: FieldType) -> FieldValue:
    """The value of a text that is not blank; raises ValueError such as `no date`."""
    return _READERS[kind](text.strip())


def number_of(text: str) -> float:
    """A number in plain form, or an amount whose decimal mark leaves no doubt.

    A currency before or behind is left out, `%` divides by 100, brackets mean minus. `1,234` is
    refused: it is 1.234 to one half of the world and 1234 to the other; a lone point is a decimal
    mark. Raises ValueError for the rest, and for more digits than a cell keeps.
    """
    plain = text.strip().replace("\N{MINUS SIGN}", "-")
    if not plain or len(plain) > LONGEST_NUMBER:
        raise ValueError(_NO_NUMBER)
    negative = plain.startswith("(") and plain.endswith(")")
    plain = plain[1:-1].strip() if negative else plain
    percent = plain.endswith("%")
    plain = _GROUP_SPACES.sub("", plain.removesuffix("%").strip())
    money = _MONEY.fullmatch(plain)
    if money is None or (negative and money[1]):
        raise ValueError(_NO_NUMBER)
    digits = _with_point(money[2])
    if len(digits.partition(".")[0].strip("0")) > DIGITS:
        raise ValueError(_TOO_LONG)
    number = float(f"{money[1]}{digits}") / (100 if percent else 1)
    if not math.isfinite(number):
        raise ValueError(_NO_NUMBER)
    return -number if negative else number


def date_serial(text: str) -> float:
    """The serial number of a date, as workbooks count from 1900; a time of day is left out.

    Taken are dates with the year first, and those with it last where day and month cannot be
    mistaken: with points (day first), or one of the two above 12. Raises ValueError.
    """
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = int(found[1]), int(found[3]), int(found[4])
    elif found := _YEAR_LAST.fullmatch(text):
        day, month, year = int(found[1]), int(found[3]), int(found[4])
        if found[2] != ".":
            if day <= _MONTHS and month <= _MONTHS and day != month:
                raise ValueError(_UNCLEAR_DATE)
            day, month = (month, day) if month > _MONTHS else (day, month)
    else:
        raise ValueError(_NO_DATE)
    try:
        date = dt.date(year, month, day)
    except ValueError:
        raise ValueError(_NO_DATE) from None
    if date < _FIRST_DAY:
        raise ValueError(_EARLY_DATE)
    days = (date - _EPOCH).days
    # The day 60 of workbooks, 29 February 1900, never was.
    return float(days if days > _LEAP_DAY else days - 1)


_NO_NUMBER: Final = "no number"
_TOO_LONG: Final = "a number of too many digits"
_UNCLEAR_NUMBER: Final = "a number with an unclear comma"
_NO_INTEGER: Final = "no whole number"
_NO_DATE: Final = "no date"
_UNCLEAR_DATE: Final = "a date with unclear day and month"
_EARLY_DATE: Final = "a date before 1900"
_NO_TRUTH: Final = "neither true nor false"


def _with_point(digits: str) -> str:
    """Digits with a decimal point and no group marks; raises ValueError where unclear."""
    if _PLAIN.fullmatch(digits):
        return digits
    if _UNCLEAR.fullmatch(digits):
        raise ValueError(_UNCLEAR_NUMBER)
    if _DECIMAL_COMMA.fullmatch(digits):
        return digits.replace(",", ".")
    if _WHOLE_GROUPS.fullmatch(digits) and len({",", "."} & set(digits)) == 1:
        return digits.replace(",", "").replace(".", "")
    mixed = _MIXED.fullmatch(digits)
    if mixed is None:
        raise ValueError(_NO_NUMBER)
    if mixed["point"]:
        return digits.replace(",", "")
    return digits.replace(".", "").replace(",", ".")


def _integer(text: str) -> float:
    number = number_of(text)
    if not number.is_integer():
        raise ValueError(_NO_INTEGER)
    return number


def _bool(text: str) -> bool:
    truth = _TRUTH.get(text.lower())
    if truth is None:
        raise ValueError(_NO_TRUTH)
    return truth


def _text(text: str) -> str:
    return text


_READERS: Final[Mapping[FieldType, Callable[[str], FieldValue]]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: number_of,
    FieldType.INTEGER: _integer,
    FieldType.DATE: date_serial,
    FieldType.BOOL: _bool,
    FieldType.LIST: _text,
}
