"""Faults that pass: every question is answered, charged once, and counted as it was charged."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.engine.faults.haste import hasten
from tests.engine.faults.line_run import ask, questions, task, texts
from tests.engine.faults.till import KEY, Till, serving
from tests.messages_api import Fault
from tickmark.engine.plan import Plan

COUNT = 12


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    hasten(monkeypatch)


PASSING = {
    "429 with retry-after": Fault(429, headers={"retry-after": "0.01"}),
    "429 without retry-after": Fault(429),
    "429 for growing too fast": Fault(
        429, error_code="ramp_limit_exceeded", headers={"retry-after-ms": "10"}
    ),
    "529": Fault(529),
    "500": Fault(500),
    "503": Fault(503, headers={"retry-after": "0"}),
    "no words": Fault(502, message=""),
    "dropped before an answer": Fault(broken=True),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
def test_a_fault_that_passes_costs_one_more_request_and_no_answer(
    fault: Fault, tmp_path: Path
) -> None:
    till = Till(fault_of=lambda name, nth: fault if nth == 1 and name[-1] in "37" else None)
    with serving(till) as api:
        run = ask(api.url, questions(COUNT), journal=tmp_path / "journal.jsonl")

    assert run.done == {f"question {n}": f"<question {n}>" for n in range(COUNT)}
    assert list(run.outcomes) == [f"question {n}" for n in range(COUNT)]
    assert run.stopped_by is None
    assert till.asked == Counter({name: 2 if name[-1] in "37" else 1 for name in run.outcomes})
    assert set(till.charged.values()) == {1}
    assert run.usage.calls == COUNT
    assert run.usage.usd == pytest.approx(till.usd)
    assert KEY.encode() not in texts(tmp_path)


LOST = {
    "truncated": Fault(truncated=True),
    "garbled": Fault(garbled=True),
    "too late": Fault(delay=0.4),
}


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST.keys())
def test_an_answer_lost_on_its_way_is_asked_again_and_told_as_perhaps_charged(
    fault: Fault, tmp_path: Path
) -> None:
    till = Till(fault_of=lambda name, nth: fault if nth == 1 and name[-1] == "3" else None)
    with serving(till) as api:
        run = ask(api.url, questions(6), journal=tmp_path / "journal.jsonl", timeout=0.2)

    assert len(run.done) == 6
    assert till.asked["question 3"] == 2
    assert sum(till.asked.values()) == 7
    assert run.usage.calls == 6
    assert len(run.said) == 1
    assert run.said[0].startswith("Up to 0.0")
    assert "USD more may be charged" in run.said[0]


@pytest.mark.parametrize("at", [1, 3])
def test_what_a_cut_stream_is_known_to_cost_is_part_of_the_usage(tmp_path: Path, at: int) -> None:
    cut = Fault(cut_at=at)
    till = Till(fault_of=lambda name, nth: cut if nth == 1 and name[-1] == "1" else None)
    plan = Plan([task(f"question {n}", max_tokens=20_000) for n in range(3)])
    with serving(till) as api:
        run = ask(api.url, plan, journal=tmp_path / "journal.jsonl")

    assert len(run.done) == 3
    assert till.asked == {"question 0": 1, "question 1": 2, "question 2": 1}
    assert till.calls == run.usage.calls == 4
    # Input is known from the first piece of a stream on, output is not.
    assert run.usage.input_tokens == till.input_tokens
    records = [json.loads(line) for line in (tmp_path / "journal.jsonl").read_text().splitlines()]
    assert sum(one["usage"]["calls"] for one in records if "usage" in one) == 4


def test_a_stream_that_tells_of_overload_is_asked_again(tmp_path: Path) -> None:
    overloaded = Fault(cut_at=3, stream_error="overloaded_error")
    till = Till(fault_of=lambda _name, nth: overloaded if nth == 1 else None)
    with serving(till) as api:
        plan = Plan([task("question 0", max_tokens=20_000)])
        run = ask(api.url, plan, journal=tmp_path / "journal.jsonl")

    assert run.done == {"question 0": "<question 0>"}
    assert till.asked == {"question 0": 2}
    assert run.usage.calls == till.calls == 2


@pytest.mark.parametrize("fault", [Fault(529), Fault(broken=True)], ids=["529", "dropped"])
def test_a_fault_that_does_not_pass_fails_its_question_alone(fault: Fault, tmp_path: Path) -> None:
    till = Till(fault_of=lambda name, _nth: fault if name == "question 3" else None)
    with serving(till) as api:
        run = ask(api.url, questions(COUNT), journal=tmp_path / "journal.jsonl")

        assert [name for name in run.outcomes if name not in run.done] == ["question 3"]
        assert till.asked["question 3"] == 6
        assert run.stopped_by is None

        # The next part of the run asks for what is missing, and for nothing else.
        till.fault_of = lambda _name, _nth: None
        again = ask(api.url, questions(COUNT), journal=tmp_path / "journal.jsonl")

    assert len(again.done) == COUNT
    assert sum(till.asked.values()) == COUNT + 6
    assert again.usage.usd == pytest.approx(till.usd)
