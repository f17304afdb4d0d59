"""Faults of one question: it is split where that helps, or fails alone with a clear sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from tests.engine.faults.haste import hasten
from tests.engine.faults.line_run import ask, questions, task, texts
from tests.engine.faults.till import KEY, MODEL, Till, serving
from tests.messages_api import Fault, MessagesApi
from tests.packed_answers import rows_answered
from tests.request_answers import data_and_question, user_text
from tickmark.analyses import classify, packing
from tickmark.analyses.classify import Category, task_of
from tickmark.engine.plan import Done, Failed, Plan, Task
from tickmark.errors import AnswerCut, AnswerUnusable, PromptTooLong, RequestInvalid
from tickmark.llm.model import Prompt

COUNT = 8


class Answer(BaseModel):
    number: int


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    hasten(monkeypatch)


def structured(count: int = COUNT) -> Plan:
    return Plan(
        [
            Task(f"question {n}", Prompt(MODEL, "Constant.", f"question {n}"), form=Answer)
            for n in range(count)
        ]
    )


def answered_by(answers: dict[str, str | dict[str, Any]]) -> Till:
    return Till(lambda question: answers.get(question, f'{{"number": {question[-1]}}}'))


FAILING: dict[str, tuple[str | dict[str, Any], type[Exception], str, int]] = {
    "refusal": (
        {"stop_reason": "refusal"},
        AnswerUnusable,
        "The model refused to answer this question.",
        1,
    ),
    "cut": (
        {"content": [{"type": "text", "text": '{"number": 1'}], "stop_reason": "max_tokens"},
        AnswerCut,
        "The model's answer was cut at its limit of 4096 tokens.",
        1,
    ),
    "context": (
        {"stop_reason": "model_context_window_exceeded"},
        PromptTooLong,
        "The question and its answer exceed the model's context window.",
        1,
    ),
    "empty": ("", AnswerUnusable, "The model's answer is empty.", 1),
    "truncated JSON twice": (
        '{"number": 1',
        AnswerUnusable,
        "The model's answer is not of the asked form: it holds no JSON object.",
        2,
    ),
    "misfit twice": (
        '{"number": "many"}',
        AnswerUnusable,
        (
            "The model's answer is not of the asked form: number: Input should be a valid "
            "integer, unable to parse string as an integer."
        ),
        2,
    ),
}


@pytest.mark.parametrize(("answer", "kind", "said", "calls"), FAILING.values(), ids=FAILING.keys())
def test_an_answer_that_cannot_be_used_fails_alone_is_counted_and_asked_anew_when_resumed(
    answer: str | dict[str, Any], kind: type[Exception], said: str, calls: int, tmp_path: Path
) -> None:
    till = answered_by({"question 3": answer})
    with serving(till) as api:
        run = ask(api.url, structured(), journal=tmp_path / "journal.jsonl")

        failed = run.outcomes["question 3"]
        assert isinstance(failed, Failed)
        assert isinstance(failed.error, kind)
        assert str(failed.error) == said
        assert len(run.done) == COUNT - 1
        assert run.stopped_by is None
        assert till.asked["question 3"] == calls
        assert run.usage.calls == till.calls == COUNT - 1 + calls
        assert run.usage.usd == pytest.approx(till.usd)
        assert not run.said

        till.answer_to = lambda _question: '{"number": 3}'
        again = ask(api.url, structured(), journal=tmp_path / "journal.jsonl")

    assert again.done["question 3"] == Answer(number=3)
    assert len(again.done) == COUNT
    assert till.asked["question 3"] == calls + 1
    assert sum(till.asked.values()) == COUNT + calls
    # All that the question cost in both parts of the run.
    assert again.usage.calls == till.calls
    assert again.usage.usd == pytest.approx(till.usd)


def test_a_misfit_is_asked_once_more_and_paid_as_one_question(tmp_path: Path) -> None:
    answers = iter(['{"number": "many"}', '{"number": 5}'])
    till = Till(lambda _question: next(answers))
    with serving(till) as api:
        run = ask(api.url, structured(1), journal=tmp_path / "journal.jsonl")
        assert run.done == {"question 0": Answer(number=5)}
        assert run.usage.calls == till.calls == 2

        again = ask(api.url, structured(1), journal=tmp_path / "journal.jsonl")

    assert again.done == {"question 0": Answer(number=5)}
    assert till.calls == 2, "a finished question is not paid again"
    assert again.usage == run.usage


def test_a_request_that_is_rejected_fails_alone(tmp_path: Path) -> None:
    rejected = Fault(400, f"max_tokens: too many, with {KEY}")
    till = Till(fault_of=lambda name, _nth: rejected if name == "question 3" else None)
    with serving(till) as api:
        run = ask(api.url, questions(COUNT), journal=tmp_path / "journal.jsonl")

    failed = run.outcomes["question 3"]
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, RequestInvalid)
    assert "max_tokens: too many, with [key]" in str(failed.error)
    assert len(run.done) == COUNT - 1
    assert till.asked["question 3"] == 1
    assert KEY.encode() not in texts(tmp_path)


def test_a_question_without_parts_that_is_too_long_fails_alone_and_skips_its_children(
    tmp_path: Path,
) -> None:
    too_long = Fault(413, "Request exceeds the maximum size")
    till = Till(fault_of=lambda name, _nth: too_long if name == "long" else None)
    plan = Plan([task("long"), task("child", "long"), task("other"), task("its child", "other")])
    with serving(till) as api:
        run = ask(api.url, plan, journal=tmp_path / "journal.jsonl")

    assert run.kinds == {"long": "Failed", "child": "Skipped", "other": "Done", "its child": "Done"}
    assert str(getattr(run.outcomes["long"], "error", "")).startswith(
        "The question is longer than the model can take: Request exceeds the maximum size"
    )
    assert till.asked == {"long": 1, "other": 1, "its child": 1}


CATEGORIES = (Category("travel", "flight hotel"), Category("office", "paper"))
TEXTS = [f"{'flight' if n % 2 else 'paper'} number {n}" for n in range(40)]


def _rows_server(most: int, refusal: Fault) -> MessagesApi:
    """A server that takes no question with more than so many characters of texts."""

    def data(content: dict[str, Any]) -> str:
        return data_and_question(user_text(content))[0]

    def answer(content: dict[str, Any]) -> str:
        schema = content["output_config"]["format"]["schema"]
        return json.dumps({"rows": rows_answered(data(content), schema)})

    def fault_of(content: dict[str, Any]) -> Fault | None:
        shown = data(content).partition("Texts:\n")[2]
        return refusal if len(shown) > most else None

    return MessagesApi(answer, key=KEY, fault_of=fault_of)


@pytest.mark.parametrize(
    "refusal",
    [
        Fault(413, "Request exceeds the maximum size"),
        Fault(400, "prompt is too long: 210000 tokens > 200000 maximum"),
    ],
    ids=["413", "context"],
)
def test_packed_rows_that_are_too_long_are_asked_in_parts(refusal: Fault, tmp_path: Path) -> None:
    plan = packing.plan(task_of(CATEGORIES, model=MODEL), TEXTS)
    with _rows_server(150, refusal) as api:
        run = ask(api.url, plan, journal=tmp_path / "journal.jsonl")
        sent = len(api.calls)
        (outcome,) = run.outcomes.values()

        assert isinstance(outcome, Done)
        assert outcome.parts == api.answered == 8
        assert classify.conclude(CATEGORIES, run.outcomes) == {
            n: "travel" if n % 2 else "office" for n in range(40)
        }
        assert sent == 8 + 7, "each question that was too long was refused once"
        assert run.usage.calls == 8

        again = ask(api.url, plan, journal=tmp_path / "journal.jsonl")

    assert classify.conclude(CATEGORIES, again.outcomes)[39] == "travel"
    assert api.answered == 8, "no part is paid again"


def test_of_packed_rows_the_one_that_is_too_long_fails_alone(tmp_path: Path) -> None:
    rows = [*TEXTS[:10], "paper " * 60, *TEXTS[10:20]]
    plan = packing.plan(task_of(CATEGORIES, model=MODEL), rows)
    with _rows_server(250, Fault(413, "Request exceeds the maximum size")) as api:
        run = ask(api.url, plan, journal=tmp_path / "journal.jsonl")

    found = classify.conclude(CATEGORIES, run.outcomes)
    failed = found.pop(10)
    assert isinstance(failed, PromptTooLong)
    assert "longer than the model can take: Request exceeds the maximum size" in str(failed)
    assert len(found) == 20
    assert set(found.values()) == {"travel", "office"}
    assert [found[n] for n in (9, 11)] == ["travel", "office"]
