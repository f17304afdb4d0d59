"""Numbers, money, times and strangers' texts as a reader of a report wants to see them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from tickmark.model.analysis import SheetAnalysis
from tickmark.model.usage import Usage

_UNPRINTABLE: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff\ufffe\uffff]"
)


def plain(text: str, limit: int = 2_000) -> str:
    """A stranger's text fit for any file, cut to `limit` characters.

    Control characters, lone surrogates and the two that turn the reading direction of what follows
    (a name could pose as another) become U+FFFD; a cut ends in an ellipsis.
    """
    shown = _UNPRINTABLE.sub("\ufffd", text.replace("\r\n", "\n"))
    return shown if len(shown) <= limit else shown[: limit - 1].rstrip() + "…"


def number(value: int) -> str:
    """A whole number with commas between thousands."""
    return f"{value:,}"


def counted(value: int, noun: str, plural: str = "") -> str:
    """A number with its noun: `1 sheet`, `2,400 cells`."""
    return f"{value:,} {noun if value == 1 else plural or noun + 's'}"


def listed(parts: Sequence[str]) -> str:
    """Parts as prose: `a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def used_range(sheet: SheetAnalysis) -> str:
    """The used range; a sheet that could not be read is never called empty."""
    return plain(sheet.used_range, 40) or ("not known" if sheet.error else "empty")


def first_few(texts: Sequence[str], most: int = 12) -> str:
    """The first texts with commas, and how many more there are."""
    more = f" and {number(len(texts) - most)} more" if len(texts) > most else ""
    return ", ".join(plain(one, 120) for one in texts[:most]) + more


def dollars(usd: float) -> str:
    """US dollars: two digits, four below ten cents, `under $0.0001` for less."""
    if not math.isfinite(usd):
        return "no limit"
    if 0 < usd < 0.0001:  # noqa: PLR2004 - the smallest amount that four digits can show
        return "under $0.0001"
    return f"${usd:,.4f}" if 0 < usd < 0.1 else f"${usd:,.2f}"  # noqa: PLR2004 - see above


def cost(usage: Usage) -> str:
    """What the calls cost; `price not known` where tokens were used and nothing was charged."""
    used = usage.input_tokens + usage.output_tokens + usage.cache_write_tokens
    return "price not known" if used and usage.usd == 0 else dollars(usage.usd)


def moment(iso: str) -> str:
    """`20 Nov 2026, 14:03 UTC+01:00` from ISO 8601; any other text as it is."""
    try:
        when = datetime.fromisoformat(iso)
    except ValueError:
        return plain(iso, 60)
    zone = f" {when.tzname()}" if when.tzinfo else ""
    return f"{when.day} {when:%b %Y, %H:%M}{zone}"


def duration(seconds: float) -> str:
    """`0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`."""
    if not math.isfinite(seconds) or seconds < 0:
        return ""
    if seconds < 10:  # noqa: PLR2004 - below ten seconds a tenth matters
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes_left = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes_left} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
