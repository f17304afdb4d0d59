"""The traces of a plan's tasks, made short for the record of its workbook."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tickmark.engine.stretches import Cause, failed_send, is_call, stretches, waits
from tickmark.engine.trace import TaskTrace
from tickmark.model.traced_task import TracedTask

MOST: Final = 500
"""So many tasks of one workbook are told of."""

_LEAST_SECONDS: Final = 0.001


def traced_tasks(tasks: Iterable[TaskTrace], order: Iterable[str]) -> tuple[TracedTask, ...]:
    """The tasks of one plan in its `order` (ids); of many, the 500 that took longest."""
    slowest = sorted(tasks, key=lambda one: (-one.seconds, one.id))[:MOST]
    kept = {one.id: one for one in slowest}
    return tuple(_traced(kept[name]) for name in order if name in kept)


def _traced(task: TaskTrace) -> TracedTask:
    sends = [one for one in task.spans if is_call(one)]
    return TracedTask(
        task.id,
        task.end.value,
        round(task.seconds, 3),
        _waits(task),
        len(sends),
        sum(map(failed_send, sends)),
        task.note,
    )


def _waits(task: TaskTrace) -> tuple[tuple[str, float], ...]:
    """Seconds by cause, without own work and what is shorter than a millisecond."""
    seconds: dict[Cause, float] = {}
    for one in (*waits(task), *stretches(task)):
        seconds[one.cause] = seconds.get(one.cause, 0.0) + one.seconds
    return tuple(
        (cause.name.lower(), round(seconds[cause], 3))
        for cause in Cause
        if cause is not Cause.OWN and seconds.get(cause, 0.0) >= _LEAST_SECONDS
    )
