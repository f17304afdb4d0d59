"""How far a run is in one line for a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tickmark.engine.totals import Totals
from tickmark.report.terminal_text import shown_width
from tickmark.report.wording import cost, counted, duration, number

_WIDTH: Final = 80
_GAP: Final = "  "
_THOUSAND: Final = 1_000


def totals_text(totals: Totals, *, width: int = _WIDTH, noun: str = "workbook") -> str:
    """Such as `3/12 workbooks  25/108 tasks  23 calls  70k+12k tokens  $0.53  2 min left`.

    What does not fit is left out, the least telling part first.
    """
    parts = list(_parts(totals, noun))
    while len(parts) > 1 and shown_width(_GAP.join(text for _, text in parts)) > width:
        parts.remove(max(parts, key=lambda part: part[0]))
    return _GAP.join(text for _, text in parts)[:width]


def _parts(totals: Totals, noun: str) -> Iterator[tuple[int, str]]:
    """(rank, text); the highest rank is left out first."""
    usage = totals.usage
    if totals.plans > 1:
        nouns = f"{noun}s"
        yield 2, f"{number(totals.plans_ended)}/{number(totals.plans)} {nouns}"
    yield -1, f"{number(totals.ended)}/{number(totals.tasks)} tasks"
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
        yield 0, f"{duration(totals.left)} left"


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
