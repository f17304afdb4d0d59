"""The line from a run to its model: journal, spending limit and batches in the right order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from tests.messages_api import KEY, MessagesApi
from tickmark.engine.batches import HandedIn
from tickmark.engine.journal import Journal
from tickmark.errors import AnswerPending, BudgetExceeded, ModelError, WriteRefused
from tickmark.hosts.line import can_collect, open_line, opened, told
from tickmark.llm.model import LanguageModel, Prompt
from tickmark.settings import Key, Settings

SECRET = Key(KEY, "test")
WITHIN = "Most batches end within an hour, all within a day."
LEFT = "The spending limit has no room for 7 more questions."


@pytest.fixture
def api() -> Iterator[MessagesApi]:
    with MessagesApi(lambda _: "word " * 800, batch_polls=None) as server:
        yield server


def settings(api: MessagesApi, max_cost: float = 1.0) -> Settings:
    return Settings(base_url=api.url, max_cost=max_cost, jobs=2)


def prompt(number: int) -> Prompt:
    return Prompt("claude-sonnet-5-5", "", f"question {number}", max_tokens=1000)


def failure(model: LanguageModel, number: int) -> ModelError:
    with pytest.raises(ModelError) as caught:
        model.complete(prompt(number))
    return caught.value


def test_a_journal_that_is_open_stays_open_and_one_by_its_path_is_closed(
    api: MessagesApi, tmp_path: Path
) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        with open_line(settings(api), SECRET, stop=Event(), say=print, journal=journal) as line:
            line.model.complete(prompt(0))
        assert len(journal) == 1
        with pytest.raises(WriteRefused), opened(path, print):
            pass

    with open_line(settings(api), SECRET, stop=Event(), say=print, journal=path) as line:
        assert line.model.complete(prompt(0)).cached
        assert line.hand_in() == HandedIn()
    with opened(path, print) as journal:
        assert len(journal) == 1
    assert len(api.calls) == 1


def test_what_a_journal_says_was_paid_counts_towards_the_limit(
    api: MessagesApi, tmp_path: Path
) -> None:
    path = tmp_path / "journal.jsonl"
    with open_line(settings(api), SECRET, stop=Event(), say=print, journal=path) as line:
        line.model.complete(prompt(0))

    low = settings(api, max_cost=0.015)
    with (
        open_line(low, SECRET, stop=Event(), say=print, journal=path) as line,
        pytest.raises(BudgetExceeded),
    ):
        line.model.complete(prompt(1))
    with open_line(low, SECRET, stop=Event(), say=print) as line:
        line.model.complete(prompt(1))


def test_what_batches_cost_counts_towards_the_limit_once_they_are_collected(
    api: MessagesApi, tmp_path: Path
) -> None:
    path = tmp_path / "journal.jsonl"
    said: list[str] = []
    low = settings(api, max_cost=0.012)

    def gather(*numbers: int) -> HandedIn:
        with open_line(
            low, SECRET, stop=Event(), say=said.append, journal=path, batch=True
        ) as line:
            for number in numbers:
                assert isinstance(failure(line.model, number), AnswerPending)
            return line.hand_in()

    # Half of 0.01 USD for the thousand tokens of an answer, and what goes in.
    assert gather(0, 1, 2).questions == 2
    with Journal(path) as journal:
        assert not can_collect(low, SECRET, journal, stop=Event(), say=said.append)
    api.batches.end("msgbatch_01")
    with Journal(path) as journal:
        assert can_collect(low, SECRET, journal, stop=Event(), say=said.append)
    # The two answers cost 0.01 USD; no other one has room.
    with pytest.raises(BudgetExceeded):
        gather(2)
    assert said == ["Message batches: 2 answers collected, 0 failed, 0 still waited for."]


@pytest.mark.parametrize(
    ("handed_in", "sentence"),
    [
        (HandedIn(), ""),
        (
            HandedIn(1, 1, 0.5),
            f"Handed in 1 question in 1 message batch, at most 0.50 USD. {WITHIN}",
        ),
        (
            HandedIn(2, 150_000, 30.0, 7),
            f"Handed in 150,000 questions in 2 message batches, at most 30.00 USD. {WITHIN} {LEFT}",
        ),
    ],
)
def test_what_was_handed_in_is_told_in_a_sentence(handed_in: HandedIn, sentence: str) -> None:
    assert told(handed_in) == sentence
