"""Where the time of a run goes, task by task: taken from the events of its plans."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from tickmark.engine.event import Event, EventKind, OnEvent
from tickmark.engine.plan import Done, Failed, Outcome, Plan, Skipped
from tickmark.llm.call import Span
from tickmark.llm.ranked_lock import Rank, RankedLock
from tickmark.model.usage import Usage

MOST_TASKS: Final = 100_000
"""So many tasks are kept; with three spans each they take some 100 MB."""

MOST_SPANS: Final = 10 * MOST_TASKS


class End(StrEnum):
    """How a task ended; `cached` had its answer without a call."""

    DONE = "done"
    CACHED = "cached"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class TaskTrace:
    """One task; all times are those of time.monotonic(), in seconds.

    From `planned` (its plan began) to `ready` it waited on the tasks named in `after`, until
    `started` for a thread; for a task that was skipped the three are when that was known. `plan`
    names the plan, such as a workbook's path: ids are unique only within it. `note` is the name of
    the error of a failed task.
    """

    id: str
    end: End
    planned: float
    ready: float
    started: float
    finished: float
    plan: str = ""
    thread: str = ""
    spans: tuple[Span, ...] = ()
    usage: Usage = field(default_factory=Usage)
    after: tuple[str, ...] = ()
    note: str = ""

    @property
    def seconds(self) -> float:
        """How long it was under way."""
        return self.finished - self.started


@dataclass(frozen=True, slots=True)
class Trace:
    """The tasks of one or more plans in the order in which they ended.

    It reaches from `start` to `end` in time.monotonic() seconds. `jobs` is the number of threads, 0
    where it is not known. Of a longer run the first 100,000 tasks are there; `left_out` counts the
    others.
    """

    tasks: tuple[TaskTrace, ...]
    start: float = 0.0
    end: float = 0.0
    jobs: int = 0
    left_out: int = 0

    @property
    def seconds(self) -> float:
        """Wall time."""
        return self.end - self.start


class Tracer:
    """Collects the events of plans that are carried out, several at once where need be.

    Safe for threads. `clock` gives time.monotonic() seconds.
    """

    def __init__(
        self,
        *,
        jobs: int = 0,
        most_tasks: int = MOST_TASKS,
        most_spans: int = MOST_SPANS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._jobs = jobs
        self._most_tasks = most_tasks
        self._spans_left = most_spans
        self._clock = clock
        self._lock = RankedLock(Rank.TRACE)
        self._names: set[str] = set()
        self._tasks: list[TaskTrace] = []
        self._start: float | None = None
        self._end = 0.0
        self._left_out = 0

    def follow(
        self, plan: Plan, name: str = "", tell: Callable[[TaskTrace], None] | None = None
    ) -> OnEvent:
        """What takes the events of one run of a plan, such as `runner.run(plan, on_event)`.

        `name` tells its tasks from those of other plans; where it is taken, a number is added.
        `tell` gets each task that ended with all its spans, kept or not.
        """
        now = self._clock()
        with self._lock:
            own, count = name, 2
            while own in self._names:
                own, count = f"{name} ({count})", count + 1
            self._names.add(own)
            self._start = now if self._start is None else min(self._start, now)
            self._end = max(self._end, self._start)
        return _Following(self, plan, own, now, tell).take

    def add(self, task: TaskTrace) -> None:
        """Keep one finished task."""
        with self._lock:
            self._end = max(self._end, task.finished)
            if len(self._tasks) >= self._most_tasks:
                self._left_out += 1
                return
            if len(task.spans) > self._spans_left:
                task = replace(task, spans=task.spans[: self._spans_left])
            self._spans_left -= len(task.spans)
            self._tasks.append(task)

    def trace(self) -> Trace:
        """All that ended so far."""
        with self._lock:
            start = 0.0 if self._start is None else self._start
            return Trace(tuple(self._tasks), start, self._end, self._jobs, self._left_out)


class _Following:
    """One run of one plan; its events come from one thread."""

    __slots__ = ("_name", "_plan", "_planned", "_ready", "_started", "_tell", "_tracer")

    def __init__(
        self,
        tracer: Tracer,
        plan: Plan,
        name: str,
        planned: float,
        tell: Callable[[TaskTrace], None] | None,
    ) -> None:
        self._tracer = tracer
        self._plan = plan
        self._name = name
        self._planned = planned
        self._tell = tell
        self._ready: dict[str, float] = {}
        self._started: dict[str, float] = {}

    def take(self, event: Event) -> None:
        match event.kind:
            case EventKind.READY:
                self._ready[event.task] = event.at
            case EventKind.STARTED:
                self._started[event.task] = event.at
            case EventKind.FINISHED:
                self._finish(event, event.outcome)

    def _finish(self, event: Event, outcome: Outcome | None) -> None:
        if outcome is None:
            return
        end, usage, note = _ending(outcome)
        known = self._started.pop(event.task, event.at)
        started = min(known if event.started is None else event.started, event.at)
        ready = min(self._ready.pop(event.task, started), started)
        if end is End.SKIPPED:
            ready = started = event.at
        task = TaskTrace(
            event.task,
            end,
            min(self._planned, ready),
            ready,
            started,
            event.at,
            self._name,
            event.thread,
            event.spans,
            usage,
            self._plan[event.task].after,
            note,
        )
        if self._tell is not None:
            self._tell(task)
        self._tracer.add(task)


def _ending(outcome: Outcome) -> tuple[End, Usage, str]:
    match outcome:
        case Done(usage=usage, cached=cached):
            return (End.CACHED if cached else End.DONE), usage, ""
        case Failed(error=error, usage=usage):
            return End.FAILED, usage, type(error).__name__
        case Skipped():
            return End.SKIPPED, Usage(), ""
