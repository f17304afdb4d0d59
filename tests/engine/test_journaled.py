"""Answers from the journal, and what is written for all others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tickmark.engine.journal import Journal
from tickmark.engine.journaled import JournaledModel
from tickmark.errors import AnswerCut, ModelBusy
from tickmark.llm.cached import found
from tickmark.llm.model import Prompt, Reply, ToolCall
from tickmark.llm.scripted import ScriptedModel
from tickmark.model.usage import Usage

PAID = Usage(1, 10, 5, 2, 3, 0.25)
REPLY = Reply("Because ü\n\u2028.", PAID, "claude-sonnet-5-5", "end_turn", "req_1")
KEY, OTHER = b"k" * 32, b"o" * 32


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "journal.jsonl"


def prompt(user: str) -> Prompt:
    return Prompt("m", "s", user)


def test_it_holds_no_prompt(path: Path) -> None:
    with Journal(path) as journal:
        JournaledModel(ScriptedModel(lambda _: "answer"), journal).complete(
            Prompt("m", "secret-system", "secret-user", data="secret-data", about="secret-about")
        )

    assert "secret" not in path.read_text()


def test_the_cost_of_a_known_answer_is_told_once(path: Path) -> None:
    inner = ScriptedModel(lambda one: Reply(one.user, PAID, request_id="r"))
    with Journal(path) as journal:
        first = JournaledModel(inner, journal, identity="here").complete(prompt("q"))
    with Journal(path) as journal:
        again = JournaledModel(inner, journal, identity="here").complete(prompt("q"))
        third = JournaledModel(inner, journal, identity="here").complete(prompt("q"))
        JournaledModel(inner, journal, identity="there").complete(prompt("q"))

    assert first == Reply("q", PAID, "m", "end_turn", "r")
    assert again == Reply("q", PAID, "m", "end_turn", "r", cached=True)
    assert third == Reply("q", Usage(cached_calls=1), "m", "end_turn", "r", cached=True)
    assert len(inner.prompts) == 2


def test_what_a_failed_call_cost_is_counted_and_it_is_asked_again(path: Path) -> None:
    def cut(_: Prompt) -> str:
        error = AnswerCut("Cut.")
        error.usage = PAID
        raise error

    with Journal(path) as journal, pytest.raises(AnswerCut):
        JournaledModel(ScriptedModel(cut), journal).complete(prompt("q"))
    inner = ScriptedModel(lambda _: Reply("whole", PAID))
    with Journal(path) as journal:
        assert journal.usage == PAID
        assert JournaledModel(inner, journal).complete(prompt("q")).text == "whole"
        assert journal.usage == PAID + PAID


def test_a_failure_that_cost_nothing_leaves_no_line(path: Path) -> None:
    def busy(_: Prompt) -> str:
        raise ModelBusy("Later.")

    with Journal(path) as journal:
        with pytest.raises(ModelBusy):
            JournaledModel(ScriptedModel(busy), journal).complete(prompt("q"))
        assert len(path.read_text().splitlines()) == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply("cut", PAID, stop_reason="max_tokens"),
        Reply("", PAID, calls=(ToolCall("t", "find", {}),)),
    ],
)
def test_what_is_no_final_answer_is_paid_and_not_kept(path: Path, reply: Reply) -> None:
    with Journal(path) as journal:
        JournaledModel(ScriptedModel(lambda _: reply), journal).complete(prompt("q"))
        assert (len(journal), journal.usage) == (0, PAID)


def test_an_answer_keeps_its_cost_though_who_shared_the_call_writes_it_too(path: Path) -> None:
    with Journal(path) as journal:
        journal.append(KEY, REPLY)
        journal.append(KEY, found(REPLY))

    with Journal(path) as journal:
        reply = journal.get(KEY)
        assert reply is not None
        assert reply.usage == PAID
        assert journal.usage == PAID + Usage(cached_calls=1)
