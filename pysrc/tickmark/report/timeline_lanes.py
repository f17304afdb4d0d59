"""The tasks of a trace in lanes, one for each thread, in which none overlaps another."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tickmark.engine.trace import End, TaskTrace, Trace


@dataclass(frozen=True, slots=True)
class Lane:
    """Tasks one after the other; `thread` is the name of their thread, "" where it is unknown."""

    thread: str
    tasks: tuple[TaskTrace, ...]

    @property
    def seconds(self) -> float:
        """How long it had a task."""
        return sum(one.seconds for one in self.tasks)


def lanes(trace: Trace) -> tuple[Lane, ...]:
    """All tasks that were under way, by thread.

    Threads of one name, as those of two runners, and tasks without a thread get as many lanes as
    they need.
    """
    threads: dict[str, list[TaskTrace]] = {}
    for one in trace.tasks:
        if one.end is not End.SKIPPED:
            threads.setdefault(one.thread, []).append(one)
    return tuple(
        Lane(name, tuple(tasks))
        for name in sorted(threads, key=_in_order)
        for tasks in _apart(threads[name])
    )


def _apart(tasks: Iterable[TaskTrace]) -> list[list[TaskTrace]]:
    """Each task in the first lane that is free when it starts."""
    rows: list[list[TaskTrace]] = []
    for one in sorted(tasks, key=lambda task: (task.started, task.finished)):
        row = next((row for row in rows if row[-1].finished <= one.started), None)
        if row is None:
            rows.append([one])
        else:
            row.append(one)
    return rows


def _in_order(name: str) -> tuple[str, int, str]:
    """`call_2` before `call_10`."""
    found = re.fullmatch(r"(.*?)(\d{1,9})", name, re.DOTALL)
    return (found[1], int(found[2]), name) if found else (name, -1, name)
