"""Running totals of a run: tasks, calls, tokens and money, kept up by the events of its plans."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tickmark.engine.event import Event, EventKind, OnEvent
from tickmark.engine.plan import Done, Failed, Plan, Skipped
from tickmark.engine.stretches import failed_send
from tickmark.llm.ranked_lock import Rank, RankedLock
from tickmark.model.usage import Usage


@dataclass(frozen=True, slots=True)
class Totals:
    """The state of a run at one moment.

    `plans` and `tasks` are all that are known to come, those of workbooks that have not begun yet
    included where they were announced. `done` counts the answered tasks, `cached` those of them
    that made no call; `retries` are sends that failed. `seconds` is how long the run takes so far,
    `left` how long it will at this pace, None where that cannot be told yet.
    """

    plans: int = 0
    plans_ended: int = 0
    tasks: int = 0
    under_way: int = 0
    done: int = 0
    cached: int = 0
    failed: int = 0
    skipped: int = 0
    retries: int = 0
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    left: float | None = None

    @property
    def ended(self) -> int:
        """Tasks with an outcome."""
        return self.done + self.failed + self.skipped


class Counting:
    """Counts what happens in one or more plans; safe for threads.

    `clock` gives time.monotonic() seconds.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = RankedLock(Rank.TRACE)
        self._began: float | None = None
        self._expected = (0, 0)
        self._plans = self._plans_ended = 0
        self._tasks = self._under_way = 0
        self._done = self._cached = self._failed = self._skipped = 0
        self._retries = 0
        self._usage = Usage()

    def expect(self, *, plans: int, tasks: int) -> None:
        """Announce how many plans and tasks there will be in all."""
        with self._lock:
            self._expected = (plans, tasks)

    def follow(self, plan: Plan) -> OnEvent:
        """What takes the events of one run of a plan."""
        now = self._clock()
        left = len(plan)
        under_way: set[str] = set()
        with self._lock:
            self._began = now if self._began is None else self._began
            self._plans += 1
            self._plans_ended += left == 0
            self._tasks += left

        def take(event: Event) -> None:
            nonlocal left
            if event.kind is EventKind.STARTED:
                under_way.add(event.task)
                self._start()
            elif event.kind is EventKind.FINISHED:
                left -= 1
                was_started = event.task in under_way
                under_way.discard(event.task)
                self._finish(event, was_started=was_started, last=left == 0)

        return take

    def totals(self) -> Totals:
        """Where the run stands now."""
        now = self._clock()
        with self._lock:
            plans = max(self._plans, self._expected[0])
            tasks = max(self._tasks, self._expected[1])
            seconds = 0.0 if self._began is None else max(0.0, now - self._began)
            ended = self._done + self._failed + self._skipped
            return Totals(
                plans,
                self._plans_ended,
                tasks,
                self._under_way,
                self._done,
                self._cached,
                self._failed,
                self._skipped,
                self._retries,
                self._usage,
                seconds,
                self._left(tasks - ended, seconds),
            )

    def _left(self, tasks: int, seconds: float) -> float | None:
        """By the pace of the tasks that were not skipped: those took no time."""
        if tasks <= 0:
            return 0.0 if self._tasks else None
        answered = self._done + self._failed
        return seconds / answered * tasks if answered else None

    def _start(self) -> None:
        with self._lock:
            self._under_way += 1

    def _finish(self, event: Event, *, was_started: bool, last: bool) -> None:
        with self._lock:
            self._under_way -= was_started
            self._plans_ended += last
            self._retries += sum(map(failed_send, event.spans))
            match event.outcome:
                case Done(usage=usage, cached=cached):
                    self._done += 1
                    self._cached += cached
                    self._usage += usage
                case Failed(usage=usage):
                    self._failed += 1
                    self._usage += usage
                case Skipped() | None:
                    self._skipped += 1
