"""Traces in the Trace Event Format, against the rules of that format."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest

from tests.traced import made_up, task
from tickmark.engine.trace import End, Trace
from tickmark.llm.call import Span, Stage
from tickmark.model.usage import Usage
from tickmark.report.timeline_chrome import chrome_trace

HOSTILE = '"},{"ph":"X"\\</script>\x00\x1b\u202e\ud800\n'


def written(trace: Trace) -> dict[str, Any]:
    made = json.loads("".join(chrome_trace(trace)))
    assert isinstance(made, dict)
    return made


def of_kind(made: dict[str, Any], phase: str) -> list[dict[str, Any]]:
    return [one for one in made["traceEvents"] if one["ph"] == phase]


def test_a_task_and_its_waits_are_complete_events_in_microseconds() -> None:
    one = task(
        "sheet 1",
        100.5,
        103.0,
        Span(Stage.PROVIDER, 101.0, 101.5, "529"),
        Span(Stage.PROVIDER, 101.5, 103.0),
        planned=100.0,
        ready=100.25,
        plan="book.xlsx",
        thread="call_0",
        usage=Usage(1, 10, 5, usd=0.25),
    )

    made = written(Trace((one,), 100.0, 103.0))

    assert made["displayTimeUnit"] == "ms"
    assert of_kind(made, "M") == [
        {
            "ph": "M",
            "name": "process_name",
            "pid": 1,
            "tid": 0,
            "ts": 0,
            "args": {"name": "Tickmark"},
        },
        {"ph": "M", "name": "thread_name", "pid": 1, "tid": 1, "ts": 0, "args": {"name": "call_0"}},
        {
            "ph": "M",
            "name": "thread_sort_index",
            "pid": 1,
            "tid": 1,
            "ts": 0,
            "args": {"sort_index": 1},
        },
    ]
    assert of_kind(made, "X") == [
        {
            "ph": "X",
            "name": "sheet 1",
            "cat": "done",
            "pid": 1,
            "tid": 1,
            "ts": 500_000,
            "dur": 2_500_000,
            "args": {
                "plan": "book.xlsx",
                "waited_on_tasks_ms": 250.0,
                "waited_for_thread_ms": 250.0,
                "calls": 1,
                "input_tokens": 10,
                "output_tokens": 5,
                "usd": 0.25,
            },
        },
        {
            "ph": "X",
            "name": "failed sends and waits after them",
            "cat": "retry",
            "pid": 1,
            "tid": 1,
            "ts": 1_000_000,
            "dur": 500_000,
            "args": {"note": "529"},
        },
        {
            "ph": "X",
            "name": "waiting on the provider",
            "cat": "provider",
            "pid": 1,
            "tid": 1,
            "ts": 1_500_000,
            "dur": 1_500_000,
        },
    ]
    assert {one["name"] for one in of_kind(made, "C")} == {
        "calls in flight",
        "tokens per second",
        "USD",
    }


def test_every_event_keeps_the_rules_of_the_format() -> None:
    made = written(made_up(20))

    assert set(made) == {"displayTimeUnit", "traceEvents"}
    for one in made["traceEvents"]:
        assert one["ph"] in {"X", "M", "C"}
        assert {"name", "ph", "pid", "tid", "ts"} <= set(one)
        assert all(isinstance(one[name], int) for name in ("pid", "tid", "ts"))
        assert one["ts"] >= 0
        if one["ph"] == "X":
            assert isinstance(one["dur"], int)
            assert one["dur"] >= 0
        if one["ph"] == "C":
            assert one["args"]
            assert all(isinstance(value, (int, float)) for value in one["args"].values())
        if one["ph"] == "M":
            assert one["name"] in {"process_name", "thread_name", "thread_sort_index"}


def test_events_of_a_track_lie_in_each_other_or_side_by_side() -> None:
    made = written(made_up(20))

    tracks: dict[int, list[tuple[int, int]]] = {}
    for one in of_kind(made, "X"):
        tracks.setdefault(one["tid"], []).append((one["ts"], one["ts"] + one["dur"]))
    assert len(tracks) == 8
    for events in tracks.values():
        within: list[int] = []
        for start, end in sorted(events, key=lambda one: (one[0], -one[1])):
            while within and within[-1] <= start:
                within.pop()
            assert not within or end <= within[-1]
            within.append(end)


def test_money_only_grows_and_calls_end_at_nought() -> None:
    trace = made_up(10)
    counters: dict[str, list[float]] = {}
    for one in of_kind(written(trace), "C"):
        counters.setdefault(one["name"], []).extend(one["args"].values())

    spent = sum(one.usage.usd for one in trace.tasks)
    assert counters["USD"][-1] == pytest.approx(spent, abs=1e-5)
    assert all(one <= after for one, after in pairwise(counters["USD"]))
    assert counters["calls in flight"][-1] == 0
    assert counters["tokens per second"][-1] == 0


def test_names_from_strangers_stay_inside_their_strings() -> None:
    one = task(HOSTILE, 0.0, 1.0, plan=HOSTILE, thread=HOSTILE, ended=End.FAILED, note="Refused")

    made = written(Trace((one,), 0.0, 1.0))

    (event,) = of_kind(made, "X")
    cleaned = '"},{"ph":"X"\\</script>\ufffd\ufffd\ufffd\ufffd\n'
    assert (event["name"], event["args"]["plan"]) == (cleaned, cleaned)
    assert event["args"]["error"] == "Refused"
    assert len(made["traceEvents"]) == 3 + 1 + 3


def test_a_run_of_nothing_is_a_file_all_the_same() -> None:
    assert [one["name"] for one in written(Trace(()))["traceEvents"]] == ["process_name"]
