"""Headers of a response that speak of time: rate limits, and how long to wait."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from email.utils import mktime_tz, parsedate_tz
from functools import lru_cache
from typing import Final

from tickmark.llm.allowance import Allowance, Allowances

_PREFIX: Final = b"anthropic-ratelimit-"
_GROUPS: Final = (b"requests-", b"input-tokens-", b"output-tokens-", b"tokens-")
_NOTHING: Final = Allowance()


def allowances_of(headers: Iterable[tuple[bytes, bytes]], now: float) -> Allowances | None:
    """What the headers of a response say about rate limits; None where they say nothing.

    `headers` are pairs of bytes as they came, `now` is time.time(), for servers that send no date.
    The group `tokens`, of both kinds together, stands in for `input-tokens` where that is missing.
    """
    said = {}
    date = b""
    for name, value in headers:
        lower = name.lower()
        if lower.startswith(_PREFIX):
            said[lower[20:]] = value
        elif lower == b"date":
            date = value
    if not said:
        return None
    start = _seconds_of_date(date)
    start = now if start is None else start
    requests, input_tokens, output_tokens, tokens = (
        _allowance(said, group, start) for group in _GROUPS
    )
    if input_tokens == _NOTHING:
        input_tokens = tokens
    found = Allowances(requests, input_tokens, output_tokens)
    return None if found == Allowances() else found


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a response asks to wait: a number, milliseconds or a date; None for nonsense."""
    seconds = _number(headers.get("retry-after-ms"))
    if seconds is not None:
        return max(0.0, seconds / 1000)
    asked = headers.get("retry-after")
    seconds = _number(asked)
    if seconds is None and asked:
        end = _seconds_of_date(asked.encode("latin-1", "replace"))
        if end is None:
            return None
        start = _seconds_of_date(headers.get("date", "").encode("latin-1", "replace"))
        seconds = end - (time.time() if start is None else start)
    return None if seconds is None else max(0.0, seconds)


def _allowance(said: Mapping[bytes, bytes], group: bytes, start: float) -> Allowance:
    limit = _number(said.get(group + b"limit"))
    found = Allowance(
        limit if limit is not None and limit > 0 else None,
        _not_negative(_number(said.get(group + b"remaining"))),
    )
    reset = said.get(group + b"reset")
    if reset:
        end = _seconds_of_moment(reset)
        found = replace(found, reset=None if end is None else max(0.0, end - start))
    return found


def _number(text: bytes | str | None) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _not_negative(value: float | None) -> float | None:
    return None if value is None else max(0.0, value)


@lru_cache(maxsize=64)
def _seconds_of_moment(moment: bytes) -> float | None:
    """Seconds since 1970 of a time such as `2026-11-20T10:00:00Z`; None for anything else."""
    try:
        found = datetime.fromisoformat(moment.decode("ascii"))
    except ValueError:
        return None
    return found.timestamp() if found.tzinfo is not None else None


@lru_cache(maxsize=64)
def _seconds_of_date(date: bytes) -> float | None:
    """Seconds since 1970 of an HTTP date; None for anything else."""
    try:
        parsed = parsedate_tz(date.decode("latin-1"))
        return None if parsed is None else float(mktime_tz(parsed))
    except (ValueError, OverflowError):
        return None
