"""Spans of OpenTelemetry around runs and tasks, taken by a provider of our own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from opentelemetry import trace
from opentelemetry.trace import NoOpTracerProvider

from tests.recorded_spans import Recorded, Recorder
from tickmark.engine.plan import Done, Failed, Outcome, Skipped
from tickmark.engine.telemetry import TaskSpans, run_span
from tickmark.errors import AnswerUnusable
from tickmark.model.usage import Usage

USAGE = Usage(2, 100, 20, usd=0.5)


def carry_out(tasks: TaskSpans, name: str, outcome: Outcome) -> None:
    with tasks.task(name, "book.xlsx") as tell:
        tell(outcome)


def test_a_task_in_another_thread_is_a_child_of_its_run() -> None:
    recorder = Recorder()

    with run_span("run-1", provider=recorder) as tasks, ThreadPoolExecutor(1) as pool:
        pool.submit(carry_out, tasks, "a", Done("secret", USAGE)).result()

    assert recorder.scopes == ["tickmark"]
    assert recorder.spans == [
        Recorded(
            "tickmark.run",
            "",
            {
                "tickmark.run.id": "run-1",
                "tickmark.tasks.done": 1,
                "tickmark.tasks.failed": 0,
                "tickmark.usage.calls": 2,
                "tickmark.usage.input_tokens": 100,
                "tickmark.usage.output_tokens": 20,
                "tickmark.usage.usd": 0.5,
            },
            ended=True,
        ),
        Recorded(
            "tickmark.task",
            "tickmark.run",
            {
                "tickmark.task.id": "a",
                "tickmark.plan": "book.xlsx",
                "tickmark.outcome": "done",
                "tickmark.cached": False,
                "tickmark.usage.calls": 2,
                "tickmark.usage.input_tokens": 100,
                "tickmark.usage.output_tokens": 20,
                "tickmark.usage.usd": 0.5,
            },
            ended=True,
        ),
    ]


def test_what_the_client_records_is_a_child_of_the_task() -> None:
    recorder = Recorder()

    with run_span(provider=recorder) as tasks, tasks.task("a"):
        recorder.start_span("call", record_exception=False, set_status_on_exception=False)

    assert [(one.name, one.parent) for one in recorder.spans] == [
        ("tickmark.run", ""),
        ("tickmark.task", "tickmark.run"),
        ("call", "tickmark.task"),
    ]


def test_a_failure_is_told_by_its_kind_and_never_by_its_text() -> None:
    recorder = Recorder()

    with run_span(provider=recorder) as tasks:
        carry_out(tasks, "a", Failed(AnswerUnusable("the answer was: secret")))
        carry_out(tasks, "b", Skipped("it builds on a, which said: secret"))

    run, failed, skipped = recorder.spans
    assert failed == Recorded(
        "tickmark.task",
        "tickmark.run",
        {
            "tickmark.task.id": "a",
            "tickmark.plan": "book.xlsx",
            "tickmark.outcome": "failed",
            "error.type": "AnswerUnusable",
        },
        status="ERROR",
        ended=True,
    )
    assert (skipped.attributes["tickmark.outcome"], skipped.status) == ("skipped", "")
    assert (run.attributes["tickmark.tasks.failed"], run.status) == (1, "")
    assert "secret" not in repr(recorder.spans)


def test_a_bug_ends_the_spans_and_goes_on_its_way() -> None:
    recorder = Recorder()

    def carry_out_badly() -> None:
        with run_span(provider=recorder) as tasks, tasks.task("a"):
            raise ZeroDivisionError("secret")

    with pytest.raises(ZeroDivisionError):
        carry_out_badly()

    assert [(one.attributes["error.type"], one.status, one.ended) for one in recorder.spans] == [
        ("ZeroDivisionError", "ERROR", True)
    ] * 2
    assert "secret" not in repr(recorder.spans)


def test_nothing_is_recorded_where_telemetry_is_switched_off() -> None:
    recorder = Recorder()

    with run_span("run-1", on=False, provider=recorder) as tasks:
        carry_out(tasks, "a", Done("x"))

    assert (recorder.spans, recorder.scopes) == ([], [])


def test_nothing_is_done_where_nobody_configured_a_provider() -> None:
    for provider in (None, NoOpTracerProvider()):
        with run_span("run-1", provider=provider) as tasks:
            assert not trace.get_current_span().get_span_context().is_valid
            carry_out(tasks, "a", Done("x"))
