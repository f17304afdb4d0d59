"""Number formats: which of them show a date or a time, and numbers as they show them."""

from __future__ import annotations

import re
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


def percent_text(number: float, code: str) -> str | None:
    """A number as a format with a per cent sign shows it, such as `12.5%`; None for others."""
    section = _first_section(code)
    if "%" not in section:
        return None
    decimals = _DECIMALS.search(section)
    return f"{100 * number:.{len(decimals[1]) if decimals else 0}f}%"


def _first_section(code: str) -> str:
    """What a format does with numbers above zero, without its plain text and colours."""
    return _NOT_CODE.sub("", code).partition(";")[0]
