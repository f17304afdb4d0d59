"""Whether a value as a model quotes it agrees with the value of a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tickmark.model.range_content import ErrorValue, Scalar
from tickmark.structure.dates import date_text
from tickmark.structure.number_formats import shows_date

LONGEST_QUOTE: Final = 200

_SCALES: Final = {
    **dict.fromkeys(("k", "thousand", "thousands", "tsd", "tausend"), 1e3),
    **dict.fromkeys(("m", "mm", "mn", "mln", "mio", "million", "millions", "millionen"), 1e6),
    **dict.fromkeys(("bn", "b", "mrd", "billion", "billions", "milliarden"), 1e9),
}
_NUMBER = re.compile(
    r"(?P<open>\()?(?P<sign>[-+\N{MINUS SIGN}])?\s*[^\w\s.,()+-]{0,3}\s*"
    r"(?P<inner>[-\N{MINUS SIGN}])?"
    r"(?P<digits>\d[\d.,'\N{RIGHT SINGLE QUOTATION MARK}\u00a0\u202f ]*|[.,]\d+)"
    r"(?P<power>[eE][+-]?\d{1,3})?\s*(?P<percent>%)?\s*(?P<scale>[A-Za-z]{1,10})?"
)
_GROUPED = re.compile(r"\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*")
_SLACK: Final = 1e-9


def agrees(quoted: str, value: Scalar, *, number_format: str = "", date1904: bool = False) -> bool:
    """Whether a quoted value is that of the cell.

    A number agrees rounded to the digits that were quoted, in thousands, millions or billions where
    the quote says so, and in per cent. Where a comma may part thousands or decimals, either
    reading will do. A date agrees as ISO text or as its serial number; a text without regard to
    case and blanks. An empty quote agrees with anything but a number or an error.
    """
    quoted = " ".join(quoted.split())[:LONGEST_QUOTE]
    match value:
        case bool():
            return quoted.casefold() in {str(value).casefold(), str(int(value))}
        case ErrorValue():
            return value.text.casefold() in quoted.casefold()
        case float() | int():
            if shows_date(number_format):
                text = date_text(value, date1904=date1904, number_format=number_format)
                if quoted in {text, text.partition("T")[0]}:
                    return True
            percent = "%" in number_format
            return any(_same(one, float(value)) for one in _numbers(quoted, percent=percent))
        case None:
            return quoted.casefold() in {"", "blank", "empty", "(blank)", "(empty)"}
        case _:
            return not quoted or _folded(quoted) in {_folded(value), _folded(value[:LONGEST_QUOTE])}


@dataclass(frozen=True, slots=True)
class _Quote:
    """A number as it was quoted, and half of the last digit that was written."""

    number: float
    half: float


def _numbers(quoted: str, *, percent: bool) -> Iterator[_Quote]:
    """All readings of the first number of a quote, those in per cent where the cell shows so."""
    match = _NUMBER.search(quoted)
    if match is None:
        return
    word = (match["scale"] or "").lower()
    negative = bool(match["open"] and ")" in quoted) or any(
        sign in {"-", "\N{MINUS SIGN}"} for sign in (match["sign"], match["inner"])
    )
    scale = (-1.0 if negative else 1.0) * float(f"1{match['power'] or ''}")
    scale *= _SCALES.get(word, 1.0)
    for digits in _readings(match["digits"]):
        decimals = len(digits.partition(".")[2])
        number, half = float(digits) * scale, 0.5 * 10.0**-decimals * abs(scale)
        if match["percent"] or percent:
            yield _Quote(number / 100, half / 100)
        yield _Quote(number, half)


def _readings(text: str) -> set[str]:
    """Plain decimals that digits with group marks can mean."""
    digits = re.sub("[\N{RIGHT SINGLE QUOTATION MARK}\u00a0\u202f]", " ", text).rstrip(" .,'")
    found = set()
    if _GROUPED.fullmatch(digits):
        found.add(re.sub(r"[., ']", "", digits))
    plain = re.sub(r"[ ']", "", digits)
    for mark, group in ((".", ","), (",", ".")):
        whole, _, rest = plain.rpartition(mark) if mark in plain else (plain, "", "")
        if plain.count(mark) > 1 or group in rest or (mark not in plain and group in plain):
            continue
        groups = whole.split(group)
        if all(len(one) == 3 for one in groups[1:]):  # noqa: PLR2004 - digits of a thousand
            found.add(f"{''.join(groups) or '0'}.{rest}".rstrip(".") if rest else "".join(groups))
    return {one for one in found if one.replace(".", "", 1).isdecimal()}


def _same(quote: _Quote, value: float) -> bool:
    return abs(quote.number - value) <= quote.half * (1 + _SLACK) + _SLACK * abs(value)


def _folded(text: str) -> str:
    return " ".join(text.split()).strip("\"'").casefold()
