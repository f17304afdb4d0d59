"""How far a run is in one line for a terminal of 80 columns."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from tickmark.engine.totals import Totals
from tickmark.report.terminal_text import shown_width
from tickmark.report.wording import cost, counted, number

_WIDTH: Final = 80
_GAP: Final = "  "
_THOUSAND: Final = 1_000
_MINUTE: Final = 60


def totals_text(totals: Totals, *, width: int = _WIDTH, noun: str = "task") -> str:
    """Such as `3/12 workbooks  25/108 tasks  23 calls  70k+12k tokens  $0.53  2 min left`.

    `noun` is what a task is called. What does not fit is left out, the least telling part first.
    """
    parts = list(_parts(totals, noun))
    while len(parts) > 1 and shown_width(_GAP.join(text for _, text in parts)) > width:
        parts.remove(max(parts, key=lambda part: part[0]))
    return _GAP.join(text for _, text in parts)[:width]


def _parts(totals: Totals, noun: str) -> Iterator[tuple[int, str]]:
    """(rank, text); the highest rank is left out first."""
    usage = totals.usage
    if totals.plans > 1:
        yield 2, f"{number(totals.plans_ended)}/{number(totals.plans)} workbooks"
    yield -1, f"{number(totals.ended)}/{number(totals.tasks)} {noun}s"
    if totals.failed:
        yield 1, f"{number(totals.failed)} failed"
    if totals.skipped:
        yield 6, f"{number(totals.skipped)} skipped"
    if totals.cached:
        yield 7, f"{number(totals.cached)} cached"
    if totals.retries:
        yield 8, counted(totals.retries, "retry", "retries")
    if usage.calls:
        yield 5, counted(usage.calls, "call")
        read = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
        yield 4, f"{_short(read)}+{_short(usage.output_tokens)} tokens"
        yield 3, cost(usage)
    if totals.left:
        yield 0, f"{_left(totals.left)} left"


def _left(seconds: float) -> str:
    """`8 s`, `4 min`, `2 h 10 min`: no more exactly than it can be known."""
    if seconds <= _MINUTE:
        return f"{math.ceil(seconds)} s"
    minutes = math.ceil(seconds / _MINUTE)
    hours, rest = divmod(minutes, _MINUTE)
    return f"{hours} h {rest} min" if hours else f"{minutes} min"


def _short(value: int) -> str:
    """`950`, `9.5k`, `70k`, `1.2M`."""
    for letter in ("", "k", "M"):
        if value < _THOUSAND:
            return f"{value}{letter}"
        if letter == "M":
            break
        if value < 10 * _THOUSAND:
            return f"{value / _THOUSAND:.1f}{'k' if not letter else 'M'}"
        value = round(value / _THOUSAND)
    return f"{value:,}M"
