"""The call that a thread is working on: for whom, how urgent, and where its time goes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum


class Stage(StrEnum):
    """What the time of a call goes to."""

    SLOT = "waiting for a slot"
    RATE = "waiting on the rate limit"
    PAUSE = "waiting as the provider asked"
    BREAKER = "waiting for the provider to recover"
    MEMORY = "waiting for memory"
    BUDGET = "waiting for budget"
    BACKOFF = "waiting to try again"
    SHARED = "waiting for the same question of another"
    KEPT = "looking for kept answers"
    PROVIDER = "waiting on the provider"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a call in time.monotonic() seconds; `note` is such as `529` for a failed send.

    `first_token` is the seconds to the first piece of a streamed answer.
    """

    stage: Stage
    start: float
    end: float
    note: str = ""
    first_token: float | None = None


@dataclass(slots=True)
class Call:
    """Whose question the thread asks; of calls that wait, one with higher `priority` goes first.

    `stage` is what it is in now, None for work of our own, `since` when that began, and `until`
    when it is to end at the latest, None where that is not known; in time.monotonic() seconds.
    """

    task: str = ""
    priority: int = 0
    spans: list[Span] = field(default_factory=list)
    stage: Stage | None = None
    since: float = 0.0
    until: float | None = None


_CURRENT: ContextVar[Call | None] = ContextVar("tickmark call", default=None)


def current_call() -> Call | None:
    """The call of this thread; None outside of one."""
    return _CURRENT.get()


@contextmanager
def calling(call: Call) -> Iterator[Call]:
    """Make a call that of this thread until the block ends."""
    token = _CURRENT.set(call)
    try:
        yield call
    finally:
        _CURRENT.reset(token)


def begin(stage: Stage, *, seconds: float | None = None) -> float:
    """Note that this thread's call, if it has one, is in a stage from now on, and give the time.

    The time is the `start` for `spent`, which ends the stage. `seconds` is how long it is to last
    at the most, where that is known: an announced wait is no standstill.
    """
    now = time.monotonic()
    call = _CURRENT.get()
    if call is not None:
        call.stage = stage
        call.since = now
        call.until = None if seconds is None else now + seconds
    return now


def spent(stage: Stage, start: float, *, note: str = "", first_token: float | None = None) -> None:
    """Note that this thread's call, if it has one, was in a stage from `start` until now."""
    call = _CURRENT.get()
    if call is not None:
        call.spans.append(Span(stage, start, time.monotonic(), note, first_token))
        call.stage = call.until = None
