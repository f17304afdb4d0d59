"""Spans of OpenTelemetry of a whole run, with those of the provider's client, over loopback."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry import trace

from tests.books import save
from tests.messages_api import Fault, MessagesApi
from tests.recorded_spans import Recorder
from tickmark.hosts.cli.app import run


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    made = Recorder()
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: made)
    return made


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MessagesApi]:
    monkeypatch.chdir(tmp_path)
    save(tmp_path / "book.xlsx", {"S": {"A1": "A secret of the book", "B1": 1}})
    with MessagesApi() as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", server.key)
        # Whatever the environment asks of the SDK: no text goes into a span.
        monkeypatch.setenv("ANTHROPIC_OPEN_TELEMETRY_TRACES_CONTENT_MODE", "full")
        yield server


def test_each_request_is_a_child_of_its_task_and_each_task_of_its_run(
    api: MessagesApi, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TICKMARK_TELEMETRY", "on")
    api.faults.append(Fault(500))

    assert run(["analyze", "book.xlsx", "--out", "out", "--jobs", "2"]) == 0

    assert Counter((one.name, one.parent) for one in recorder.spans) == {
        ("tickmark.run", ""): 1,
        ("tickmark.task", "tickmark.run"): 2,
        ("anthropic.messages.create", "tickmark.task"): 3,
    }
    whole, *others = recorder.spans
    record = json.loads(Path("out/run.json").read_text(encoding="utf-8"))
    assert whole.attributes["tickmark.run.id"] == record["id"]
    assert whole.attributes["tickmark.tasks.done"] == 2
    assert whole.attributes["tickmark.usage.calls"] == 2
    tasks = [one.attributes for one in others if one.name == "tickmark.task"]
    assert {one["tickmark.plan"] for one in tasks} == {"book.xlsx"}
    assert [one["tickmark.task.id"] for one in tasks] == ["sheet 1", "workbook"]
    calls = [one for one in others if one.name == "anthropic.messages.create"]
    assert sorted(one.status for one in calls) == ["ERROR", "OK", "OK"]
    assert {one.attributes["gen_ai.request.model"] for one in calls} == {"claude-sonnet-5-5"}
    assert all(one.ended for one in recorder.spans)
    assert "secret" not in repr(recorder.spans)
    assert api.key not in repr(recorder.spans)


@pytest.mark.usefixtures("api")
def test_nobody_is_told_of_a_run_that_was_not_asked_to(recorder: Recorder) -> None:
    assert run(["analyze", "book.xlsx", "--out", "out"]) == 0

    assert (recorder.spans, recorder.scopes) == ([], [])
