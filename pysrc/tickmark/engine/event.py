"""What happens to the tasks of a plan while it is carried out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from tickmark.engine.plan import Outcome
from tickmark.llm.call import Span


class EventKind(StrEnum):
    """What happened to a task."""

    READY = "ready"
    STARTED = "started"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Event:
    """One step of one task; times are in time.monotonic() seconds.

    With STARTED and FINISHED stands the name of the thread. With FINISHED stand the outcome, when
    the task was started (None where it never was) and where the time went since: what is in none of
    the `spans` was work of our own.
    """

    kind: EventKind
    task: str
    at: float
    outcome: Outcome | None = None
    started: float | None = None
    spans: tuple[Span, ...] = ()
    thread: str = ""


OnEvent: TypeAlias = Callable[[Event], None]
