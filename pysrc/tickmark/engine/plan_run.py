"""One plan being carried out: its schedule, and what its caller is told."""

from __future__ import annotations

import time
from collections.abc import Mapping
from queue import Empty, SimpleQueue
from typing import Final, TypeAlias

from tickmark.engine.event import Event, EventKind, OnEvent
from tickmark.engine.plan import Outcome, Plan, Skipped, Task
from tickmark.engine.progress import UnderWay
from tickmark.engine.schedule import Schedule
from tickmark.llm.call import Span

ABANDONED: Final = "The run was left before this was answered."

GATHER_SECONDS: Final = 0.002
MOST_WAKES: Final = 16
"""After so many wakes in a row, each soon after the last, the caller rests before the next."""

# The fields of an event: the caller's thread makes the object.
_Told: TypeAlias = tuple[EventKind, str, float, Outcome | None, float | None, tuple[Span, ...], str]


class PlanRun:
    """One run of one plan, `number` in the order of their beginnings; `name` is the plan's.

    The threads of a runner use it under the runner's lock; `follow` and `outcomes` are for the
    caller, who waits for what they tell.
    """

    def __init__(self, plan: Plan, number: int, *, listens: bool, name: str = "") -> None:
        self.number = number
        self.name = name
        self._plan = plan
        self._schedule = Schedule(plan)
        self._listens = listens
        self._under_way = 0
        self._bug: BaseException | None = None
        self._told: list[_Told] = []
        self._inbox: SimpleQueue[list[_Told] | None] = SimpleQueue()
        self._woken = 0.0
        self._wakes = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing more can happen to it."""
        return not self._under_way and (self._bug is not None or self._schedule.done)

    def begin(self, now: float) -> list[Task]:
        """The tasks that wait for nothing."""
        return self._ready(self._schedule.ready(), now)

    def start(self, task: Task, now: float, thread: str) -> Mapping[str, Outcome]:
        """A thread takes a task; the outcomes that it builds on."""
        self._under_way += 1
        if self._listens:
            self._told.append((EventKind.STARTED, task.id, now, None, None, (), thread))
        return self._schedule.parents(task) if task.after else {}

    def end(
        self, task: Task, outcome: Outcome, now: float, under_way: UnderWay, thread: str
    ) -> list[Task]:
        """A thread has the outcome of a task; the tasks that can start now."""
        self._under_way -= 1
        free = self._schedule.finish(task.id, outcome)
        if self._listens:
            (_, own), *behind = self._schedule.newly_settled()
            spans = tuple(under_way.call.spans)
            kind = EventKind.FINISHED
            self._told.append((kind, task.id, now, own, under_way.started, spans, thread))
            self._told += [(kind, name, now, one, None, (), "") for name, one in behind]
        return self._ready(free, now) if self._bug is None else []

    def skip(self, task: Task, skipped: Skipped, now: float) -> list[Task]:
        """A task is not started at all; the tasks that could start now."""
        free = self._schedule.finish(task.id, skipped)
        if self._listens:
            settled = self._schedule.newly_settled()
            self._told += [
                (EventKind.FINISHED, name, now, one, None, (), "") for name, one in settled
            ]
        return self._ready(free, now)

    def fail(self, bug: BaseException) -> None:
        """A task ended with a bug, which the caller is to meet."""
        self._under_way -= 1
        self._bug = self._bug or bug

    def hand_over(self) -> None:
        """Let the caller have what was told since."""
        if self._told:
            self._inbox.put(self._told)
            self._told = []

    def close(self, bug: BaseException | None = None) -> None:
        """Let the caller go."""
        self._bug = self._bug or bug
        self._inbox.put(None)

    def follow(self, on_event: OnEvent | None, seconds: float) -> bool:
        """Wait for so many seconds and pass on what is told; False once it is over."""
        try:
            told = self._inbox.get(timeout=seconds)
        except Empty:
            return True
        while told is not None:
            if on_event is not None:
                for fields in told:
                    on_event(Event(*fields))
            try:
                told = self._inbox.get_nowait()
            except Empty:
                self._gather()
                return True
        return False

    def _gather(self) -> None:
        """Let news come together for a moment where it comes thick and fast.

        To be woken for each answer costs more than many a kept answer itself.
        """
        now = time.monotonic()
        self._wakes = self._wakes + 1 if now - self._woken < GATHER_SECONDS else 0
        self._woken = now
        if self._wakes > MOST_WAKES:
            time.sleep(GATHER_SECONDS)
            self._woken += GATHER_SECONDS

    def outcomes(self) -> dict[str, Outcome]:
        """All outcomes in the order of the plan; raises the bug that ended the run."""
        if self._bug is not None:
            raise self._bug
        outcomes = self._schedule.outcomes
        if len(outcomes) == len(self._plan):
            return outcomes
        left = Skipped(ABANDONED)
        return {task.id: outcomes.get(task.id, left) for task in self._plan}

    def _ready(self, tasks: list[Task], now: float) -> list[Task]:
        if self._listens:
            self._told += [(EventKind.READY, task.id, now, None, None, (), "") for task in tasks]
        return tasks
