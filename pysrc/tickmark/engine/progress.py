"""How far a runner is, seen from outside."""

from __future__ import annotations

from dataclasses import dataclass

from tickmark.llm.call import Call


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A task that a thread (by its identifier) works on; `started` is in time.monotonic()."""

    thread: int
    started: float
    call: Call


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a runner is.

    `at` is when a task was last ready, started or finished, in time.monotonic() seconds. `runs` are
    the plans being carried out, `queued` the tasks that wait for a thread, `calls` those under way.
    """

    at: float
    runs: int
    queued: int
    calls: tuple[UnderWay, ...]
