"""A trace as a file for chrome://tracing and Perfetto, in their Trace Event Format."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Final

from tickmark.engine.stretches import Cause, stretches
from tickmark.engine.trace import TaskTrace, Trace
from tickmark.report.timeline_lanes import Lane, lanes
from tickmark.report.timeline_load import load_of
from tickmark.report.wording import plain

_PROCESS: Final = 1
_MOST_BINS: Final = 2_000
_LEAST_SECONDS: Final = 0.1
_LONGEST: Final = 400

_Event = dict[str, object]


def chrome_trace(trace: Trace) -> Iterator[str]:
    """The text of the file, piece by piece: one event a line.

    A track for each thread holds its tasks and, inside them, what their time went to; counters tell
    calls in flight, tokens per second and USD. Times are microseconds from the start of the trace.
    The texts of tasks stand in JSON strings, control characters replaced.
    """
    yield '{"displayTimeUnit":"ms","traceEvents":[\n'
    between = ""
    for event in _events(trace):
        yield between + json.dumps(event, separators=(",", ":"))
        between = ",\n"
    yield "\n]}\n"


def _events(trace: Trace) -> Iterator[_Event]:
    yield _metadata("process_name", 0, name="Tickmark")
    for number, lane in enumerate(lanes(trace), 1):
        yield _metadata("thread_name", number, name=plain(lane.thread or "tasks", _LONGEST))
        yield _metadata("thread_sort_index", number, sort_index=number)
        yield from _of_lane(trace, lane, number)
    yield from _counters(trace)


def _metadata(what: str, thread: int, **values: object) -> _Event:
    return {"ph": "M", "name": what, "pid": _PROCESS, "tid": thread, "ts": 0, "args": values}


def _of_lane(trace: Trace, lane: Lane, number: int) -> Iterator[_Event]:
    for task in lane.tasks:
        start, length = _times(trace, task.started, task.finished)
        yield _complete(plain(task.id, _LONGEST), task.end.value, number, start, length) | {
            "args": _about(task)
        }
        for one in stretches(task):
            if one.cause is not Cause.OWN:
                start, length = _times(trace, one.start, one.end)
                event = _complete(one.cause.value, one.cause.name.lower(), number, start, length)
                yield event | ({"args": {"note": plain(one.note, 80)}} if one.note else {})


def _complete(name: str, category: str, thread: int, start: int, length: int) -> _Event:
    return {
        "ph": "X",
        "name": name,
        "cat": category,
        "pid": _PROCESS,
        "tid": thread,
        "ts": start,
        "dur": length,
    }


def _times(trace: Trace, start: float, end: float) -> tuple[int, int]:
    """Both ends are rounded alike, so that what lies inside of a task stays there."""
    first, last = (round(1e6 * (moment - trace.start)) for moment in (start, end))
    return first, last - first


def _about(task: TaskTrace) -> _Event:
    usage = {name: value for name, value in asdict(task.usage).items() if value}
    return {
        **({"plan": plain(task.plan, _LONGEST)} if task.plan else {}),
        **({"error": task.note} if task.note else {}),
        "waited_on_tasks_ms": round(1000 * (task.ready - task.planned), 3),
        "waited_for_thread_ms": round(1000 * (task.started - task.ready), 3),
        **usage,
    }


def _counters(trace: Trace) -> Iterator[_Event]:
    if trace.seconds <= 0:
        return
    bins = max(1, min(_MOST_BINS, int(trace.seconds / _LEAST_SECONDS)))
    load = load_of(trace, bins)
    shown = (
        ("calls in flight", "calls", load.in_flight),
        ("tokens per second", "tokens", load.tokens),
        ("USD", "usd", load.usd),
    )
    for name, unit, values in shown:
        last: float | None = None
        for number, value in enumerate((*values, values[-1] if unit == "usd" else 0.0)):
            told = round(value, 6)
            if told != last:
                moment = round(1e6 * number * load.width)
                yield {
                    "ph": "C",
                    "name": name,
                    "pid": _PROCESS,
                    "tid": 0,
                    "ts": moment,
                    "args": {unit: told},
                }
            last = told
