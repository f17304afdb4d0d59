"""The chain of tasks that determined when a run ended, each waiting for the one before it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from tickmark.engine.stretches import Cause, Stretch, stretches, waits
from tickmark.engine.trace import End, TaskTrace, Trace


class Link(StrEnum):
    """What a task of a chain waited for before it began."""

    START = "the run began"
    PARENT = "it builds on the one before"
    THREAD = "the one before had its thread"
    FAMILY = "the one before warmed the provider's cache"
    TURN = "the one before belongs to an earlier plan"


@dataclass(frozen=True, slots=True)
class Step:
    """A task of a chain with the time it takes of it, in time.monotonic() seconds.

    `since` is when the one before ended, so that the wait for it is no part of the step.
    """

    task: TaskTrace
    since: float
    until: float
    link: Link

    @property
    def seconds(self) -> float:
        """How much of the chain it is."""
        return self.until - self.since


@dataclass(frozen=True, slots=True)
class Chain:
    """The steps from the beginning of a run to its end, and all of its time by cause.

    `for_threads` are the seconds of those steps whose thread the next one waited for.
    """

    steps: tuple[Step, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    for_threads: float = 0.0


def chain_of(trace: Trace) -> Chain:
    """What determined the end of a run: walked back from the task that ended last."""
    steps = _steps(trace)
    pieces = tuple(_pieces(trace, steps))
    pairs = pairwise(steps)
    held = sum(one.seconds for one, after in pairs if after.link is Link.THREAD)
    return Chain(steps, pieces, held)


def critical_path(trace: Trace) -> tuple[TaskTrace, ...]:
    """The tasks that build on each other and take longest: no number of threads saves their time.

    A task counts from its start to its end.
    """
    best: dict[tuple[str, str], float] = {}
    before: dict[tuple[str, str], tuple[str, str]] = {}
    tasks = {(one.plan, one.id): one for one in trace.tasks}
    for key, task in tasks.items():
        parents = [(task.plan, name) for name in task.after if (task.plan, name) in best]
        longest = max(parents, key=best.__getitem__, default=None)
        best[key] = task.seconds + (best[longest] if longest is not None else 0.0)
        if longest is not None:
            before[key] = longest
    path: list[TaskTrace] = []
    at = max(best, key=best.__getitem__, default=None)
    while at is not None:
        path.append(tasks[at])
        at = before.get(at)
    return tuple(one for one in reversed(path) if one.end is not End.SKIPPED)


class _Ended:
    """Tasks by when they ended: the last one that had ended at a moment."""

    __slots__ = ("_moments", "_tasks")

    def __init__(self, tasks: Iterable[TaskTrace]) -> None:
        self._tasks = sorted(tasks, key=lambda one: one.finished)
        self._moments = [one.finished for one in self._tasks]

    def last_before(self, moment: float, seen: set[int]) -> TaskTrace | None:
        """The last one that is not seen yet."""
        at = bisect_right(self._moments, moment)
        while at and id(self._tasks[at - 1]) in seen:
            at -= 1
        return self._tasks[at - 1] if at else None


class _Blockers:
    """Finds what each task waited for."""

    def __init__(self, trace: Trace) -> None:
        asked = [one for one in trace.tasks if one.end is not End.SKIPPED]
        threads: dict[str, list[TaskTrace]] = {}
        plans: dict[str, list[TaskTrace]] = {}
        for one in asked:
            threads.setdefault(one.thread, []).append(one)
            plans.setdefault(one.plan, []).append(one)
        self._by_name = {(one.plan, one.id): one for one in trace.tasks}
        self._threads = {name: _Ended(tasks) for name, tasks in threads.items() if name}
        self._plans = {name: _Ended(tasks) for name, tasks in plans.items()}
        self._all = _Ended(asked)
        self._seen: set[int] = set()

    def before(self, task: TaskTrace) -> tuple[Link, TaskTrace | None]:
        """What a task waited for; every task is given once, so that a walk ends."""
        self._seen.add(id(task))
        link, found = self._found(task)
        return (link, found) if found is not None else (Link.START, None)

    def _found(self, task: TaskTrace) -> tuple[Link, TaskTrace | None]:
        if task.started > task.ready and task.thread:
            holder = self._threads[task.thread].last_before(task.started, self._seen)
            if holder is not None and holder.finished > task.ready:
                return Link.THREAD, holder
        parents = [self._by_name.get((task.plan, name)) for name in task.after]
        known = [one for one in parents if one is not None and id(one) not in self._seen]
        parent = max(known, key=lambda one: one.finished, default=None)
        free = task.planned if parent is None else parent.finished
        if task.ready > free and task.plan in self._plans:
            first = self._plans[task.plan].last_before(task.ready, self._seen)
            if first is not None and first.finished > free:
                return Link.FAMILY, first
        if parent is not None:
            return Link.PARENT, parent
        return Link.TURN, self._all.last_before(task.planned, self._seen)


def _steps(trace: Trace) -> tuple[Step, ...]:
    asked = (one for one in trace.tasks if one.end is not End.SKIPPED)
    task = max(asked, key=lambda one: one.finished, default=None)
    if task is None:
        return ()
    blockers = _Blockers(trace)
    steps: list[Step] = []
    until = min(task.finished, trace.end)
    while task is not None:
        link, found = blockers.before(task)
        since = trace.start if found is None else min(found.finished, until)
        if task.end is not End.SKIPPED:
            steps.append(Step(task, since, until, link))
            until = since
        task = found
    return tuple(reversed(steps))


def _pieces(trace: Trace, steps: Sequence[Step]) -> Iterator[Stretch]:
    """All time from start to end by cause; what lies between plans is own work."""
    at = trace.start
    for step in steps:
        task = step.task
        yield from _cut((Stretch(Cause.OWN, at, step.since),), at, step.since)
        pieces = (
            Stretch(Cause.OWN, step.since, task.planned),
            *waits(task),
            *stretches(task),
            Stretch(Cause.OWN, task.finished, step.until),
        )
        yield from _cut(pieces, step.since, step.until)
        at = step.until
    yield from _cut((Stretch(Cause.OWN, at, trace.end),), at, trace.end)


def _cut(pieces: Iterable[Stretch], start: float, end: float) -> Iterator[Stretch]:
    """The parts of stretches between two moments."""
    for one in pieces:
        since, until = max(one.start, start), min(one.end, end)
        if since < until:
            yield Stretch(one.cause, since, until, one.note)
