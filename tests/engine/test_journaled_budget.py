"""What is set aside for calls is in the journal before they are sent."""

from __future__ import annotations

from io import FileIO
from pathlib import Path

import pytest

from tickmark.engine.journal import Journal, private_file
from tickmark.engine.journal_lines import NONE_ENDED, Ended
from tickmark.engine.journaled import JournaledModel
from tickmark.engine.journaled_budget import JournaledBudget
from tickmark.errors import AnswerUnusable, BudgetExceeded, ModelUnreachable, WriteRefused
from tickmark.llm.metered import Meter, MeteredModel
from tickmark.llm.model import Prompt, Reply
from tickmark.llm.scripted import ScriptedModel
from tickmark.model.usage import Usage

KEY = b"k" * 32
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def test_what_was_in_flight_when_a_process_died_may_have_been_charged(path: Path) -> None:
    with Journal(path) as journal:
        budget = JournaledBudget(Meter(1.0), journal)
        budget.reserve(0.25)
        budget.reserve(0.5)
        budget.settle(0.25, Usage(1, usd=0.1))
        # Nobody wrote about either: the process died.
        assert journal.content.doubtful_usd == 0.0

    with Journal(path) as journal:
        assert journal.content.doubtful_usd == 0.75
        assert journal.content.sent == {}


def test_calls_that_ended_are_settled_with_the_answer(path: Path) -> None:
    with Journal(path) as journal:
        budget = JournaledBudget(Meter(1.0), journal)
        budget.reserve(0.25)
        budget.settle(0.25, Usage(), doubtful=True)
        budget.reserve(0.25)
        budget.settle(0.25, Usage(1, usd=0.1))
        journal.append(KEY, Reply("x", Usage(1, usd=0.1)), budget.ended())
        assert budget.ended() == NONE_ENDED

    with Journal(path) as journal:
        assert journal.content.doubtful_usd == 0.25
        assert journal.usage == Usage(1, usd=0.1)


def test_a_refused_reservation_and_one_of_nothing_leave_no_trace(path: Path) -> None:
    with Journal(path) as journal:
        budget = JournaledBudget(Meter(0.1), journal)
        before = path.read_bytes()
        budget.reserve(0.0)
        budget.settle(0.0, Usage(1))
        with pytest.raises(BudgetExceeded):
            budget.reserve(0.2)
        assert path.read_bytes() == before
        assert budget.limit_usd == 0.1


def test_nothing_is_set_aside_that_cannot_be_written_down(path: Path) -> None:
    class Full(FileIO):
        full = False

        def write(self, data: bytes) -> int:  # type: ignore[override]
            if Full.full:
                raise OSError(28, "No space left on device")
            return super().write(data)

    def opener(place: Path) -> FileIO:
        private_file(place).close()
        return Full(place, "ab")

    meter = Meter(1.0)
    with Journal(path, opener=opener) as journal:
        Full.full = True
        with pytest.raises(WriteRefused, match="No space left on device"):
            JournaledBudget(meter, journal).reserve(0.9)
        Full.full = False
    assert meter.reserve_now(0.9)


def failing(*ends: Reply | Exception) -> ScriptedModel:
    left = list(ends)

    def answer(_prompt: Prompt) -> Reply:
        end = left.pop(0)
        if isinstance(end, Exception):
            raise end
        return end

    return ScriptedModel(answer)


def test_a_later_part_of_a_run_tells_what_failed_calls_of_earlier_ones_cost(path: Path) -> None:
    refused = AnswerUnusable("No.")
    refused.usage = Usage(1, 10, 5, usd=0.1)
    lost = ModelUnreachable("Gone.")
    lost.perhaps_charged = True
    prompt = Prompt("claude-sonnet-5-5", "s", "u", max_tokens=10)
    for error in (refused, lost):
        with Journal(path) as journal:
            budget = JournaledBudget(Meter(1.0), journal)
            metered = MeteredModel(failing(error), budget)
            with pytest.raises(type(error)):
                JournaledModel(metered, journal, budget=budget).complete(prompt)

    with Journal(path) as journal:
        assert journal.content.doubtful_usd > 0
        usage = journal.usage
        model = JournaledModel(failing(Reply("yes", Usage(1, 10, 1))), journal)
        assert model.complete(prompt).usage == usage + Usage(1, 10, 1)
        assert model.complete(prompt).usage == Usage(cached_calls=1)
    assert usage.calls == 1


def test_only_the_correction_that_fails_again_is_asked_anew(path: Path) -> None:
    prompt = Prompt("m", "s", "u", schema=SCHEMA)
    correction = Prompt("m", "s", "u\n\nAnswer with JSON only.", schema=SCHEMA, corrects=True)
    with Journal(path) as journal:
        model = JournaledModel(failing(Reply("none"), Reply("none again")), journal)
        model.complete(prompt)
        model.complete(correction)

    with Journal(path) as journal:
        inner = failing(Reply('{"n": 1}'))
        model = JournaledModel(inner, journal)
        assert model.complete(prompt).text == "none"
        assert model.complete(correction).text == '{"n": 1}'
        assert list(inner.prompts) == [correction]


def test_ended_calls_are_read_as_they_were_written(path: Path) -> None:
    with Journal(path) as journal:
        journal.sent(7, 0.5)
        journal.sent(8, 0.25)
        journal.paid(KEY, Usage(1), Ended((7,), 0.125))
        assert journal.content.sent == {8: 0.25}

    with Journal(path) as journal:
        assert journal.content.doubtful_usd == 0.375
