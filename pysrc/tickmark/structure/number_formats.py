"""Number formats: which of them show a date, a share or money, and numbers as they show them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

GENERAL: Final = "General"

_NOT_CODE = re.compile(
    r'"[^"]*"?'  # quoted text
    r"|\\.|_.|\*."  # one letter: escaped, as a space of its width, repeated
    r"|\[(?!(?:h+|m+|s+)\])[^\]]*\]?"  # colours, conditions, languages; not [h] [mm] [ss]
    r"|general|standard|am/pm|a/p|e[+-]",
    re.IGNORECASE,
)
_DATE_LETTER = re.compile(r"[dmyhs]", re.IGNORECASE)


_ELAPSED = re.compile(r"\[[hms]+\]", re.IGNORECASE)
_DECIMALS = re.compile(r"\.([0#?]+)")
_PLACES = re.compile(r"[0#?][0#?,]*?(?:\.(?P<decimals>[0#?]*))?(?P<thousands>,*)(?![0#?,.])")

_SHOWN = re.compile(
    r'"(?P<quoted>[^"]*)"?'
    r"|\\(?P<escaped>.)"
    r"|[_*]."
    r"|\[\$(?P<symbol>[^\]-]*)[^\]]*\]?"
    r"|\[[^\]]*\]?"
    r"|(?P<end>;)"
    r"|(?P<plain>.)",
    re.DOTALL,
)
_MONEY = re.compile(
    r"(?<![^\W\d_])(?:AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HKD|HUF|INR|JPY|KRW|MXN|NOK|NZD|PLN|RMB"
    r"|RUB|SEK|SGD|THB|TRY|TWD|USD|ZAR|kr|zł|Kč|Rs|Fr|\u0440\u0443\u0431)(?![^\W\d_])"
    r"|[元円원]"
)


@lru_cache(maxsize=4096)
def shows_date(code: str) -> bool:
    """Whether a format shows a number as date or time; its first section decides."""
    return _DATE_LETTER.search(_first_section(code)) is not None


@lru_cache(maxsize=4096)
def shows_duration(code: str) -> bool:
    """Whether a format counts hours beyond a day, minutes or seconds on, such as `[h]:mm`."""
    return _ELAPSED.search(_first_section(code)) is not None


@lru_cache(maxsize=4096)
def shows_time_only(code: str) -> bool:
    """Whether a format shows a time of day and no day, such as `h:mm`."""
    letters = {letter.lower() for letter in _DATE_LETTER.findall(_first_section(code))}
    return bool(letters & {"h", "s"}) and not letters & {"d", "y"}


@lru_cache(maxsize=4096)
def shows_percent(code: str) -> bool:
    """Whether a format shows a number as per cent, such as `0.0%`; its first section decides."""
    return "%" in _first_section(code)


@lru_cache(maxsize=4096)
def shows_currency(code: str) -> bool:
    """Whether a format puts the sign or the code of a currency to a number, such as `$` or `EUR`.

    Its first section decides. An accounting format without a sign, such as `_(* #,##0_)`, shows
    no money.
    """
    shown = []
    for piece in _SHOWN.finditer(code):
        if piece["end"]:
            break
        if (piece["symbol"] or "").strip():
            return True
        shown.append(piece["quoted"] or piece["escaped"] or piece["plain"] or "")
    text = "".join(shown)
    return any(unicodedata.category(letter) == "Sc" for letter in text) or bool(_MONEY.search(text))


@lru_cache(maxsize=4096)
def decimals_shown(code: str) -> int | None:
    """How many decimals of a number a format shows, two more for per cent; None for General.

    Negative for formats that show thousands or millions: -3 for `#,##0,`.
    """
    section = _first_section(code)
    places = _PLACES.search(section)
    if places is None or shows_date(code):
        return None
    decimals = sum(letter in "0#?" for letter in places["decimals"] or "")
    return decimals + 2 * ("%" in section) - 3 * len(places["thousands"])


def percent_text(number: float, code: str) -> str | None:
    """A number as a format with a per cent sign shows it, such as `12.5%`; None for others."""
    if not shows_percent(code):
        return None
    decimals = _DECIMALS.search(_first_section(code))
    return f"{100 * number:.{len(decimals[1]) if decimals else 0}f}%"


def _first_section(code: str) -> str:
    """What a format does with numbers above zero, without its plain text and colours."""
    return _NOT_CODE.sub("", code).partition(";")[0]
