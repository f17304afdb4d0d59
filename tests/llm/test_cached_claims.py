"""Runs on one cache that ask the same at once: one asks, the others wait for its answer."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tickmark.errors import AnswerUnusable, ModelBusy, ModelError
from tickmark.llm.cached import PATIENCE_SECONDS, CachedModel, content_key
from tickmark.llm.call import Call, Stage, calling
from tickmark.llm.model import Prompt, Reply
from tickmark.llm.scripted import ScriptedModel
from tickmark.llm.store import ReplyStore
from tickmark.model.usage import Usage

PROMPT = Prompt("claude-sonnet-5-5", "s", "Why?", data="A1: 1")
KEY = content_key(PROMPT, "here")


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[tuple[ReplyStore, ReplyStore]]:
    both = ReplyStore(tmp_path / "replies.sqlite"), ReplyStore(tmp_path / "replies.sqlite")
    yield both
    for store in both:
        store.close()


def never(_: Prompt) -> str:
    pytest.fail("this run has nothing to ask")


def test_the_key_tells_prompts_and_places_apart() -> None:
    assert content_key(PROMPT, "here") == KEY
    assert len({KEY, content_key(PROMPT), content_key(Prompt("m", "s", "Why?"), "here")}) == 3
    assert len(KEY) == 32


def test_a_run_waits_for_the_answer_that_another_is_asking_for(
    stores: tuple[ReplyStore, ReplyStore],
) -> None:
    asked, go = threading.Event(), threading.Event()
    pauses: list[float] = []

    def slow(_: Prompt) -> Reply:
        asked.set()
        assert go.wait(5)
        return Reply("once", Usage(1, 10, 5))

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 6:
            go.set()
            first.result()

    one = CachedModel(ScriptedModel(slow), stores[0], identity="here")
    two = CachedModel(ScriptedModel(never), stores[1], identity="here", sleep=sleep)
    call = Call("t")
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(one.complete, PROMPT)
        assert asked.wait(5)
        with calling(call):
            reply = two.complete(PROMPT)

    assert reply == Reply("once", Usage(cached_calls=1), model="claude-sonnet-5-5", cached=True)
    assert pauses == [0.02, 0.04, 0.08, 0.16, 0.25, 0.25]
    assert [(span.stage, span.note) for span in call.spans] == [
        (Stage.KEPT, ""),
        (Stage.SHARED, "another process"),
    ]


def test_where_the_other_fails_the_one_that_waits_asks(
    stores: tuple[ReplyStore, ReplyStore],
) -> None:
    def fail(_: float) -> None:
        stores[0].release(KEY)

    inner = ScriptedModel(lambda _: "mine")
    stores[0].claim(KEY)

    assert CachedModel(inner, stores[1], identity="here", sleep=fail).complete(PROMPT).text == (
        "mine"
    )
    assert len(inner.prompts) == 1
    stores[0].forget(KEY)
    assert stores[0].claim(KEY)


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: Reply("cut", stop_reason="max_tokens"),
        lambda _: Reply(""),
        AnswerUnusable("The model refused to answer this question."),
        ZeroDivisionError(),
    ],
)
def test_a_claim_does_not_outlive_its_call(
    stores: tuple[ReplyStore, ReplyStore], answer: Callable[[Prompt], Reply] | Exception
) -> None:
    def ask(prompt: Prompt) -> Reply:
        assert not stores[1].claim(KEY)
        if isinstance(answer, Exception):
            raise answer
        return answer(prompt)

    model = CachedModel(ScriptedModel(ask), stores[0], identity="here")
    if isinstance(answer, Exception):
        with pytest.raises(type(answer)):
            model.complete(PROMPT)
    else:
        model.complete(PROMPT)

    assert stores[1].claim(KEY)


def test_an_answer_that_came_between_looking_and_claiming_is_taken(
    stores: tuple[ReplyStore, ReplyStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = stores[1].claim

    def late(key: bytes) -> bool | None:
        stores[0].put(KEY, Reply("just now"))
        return claim(key)

    monkeypatch.setattr(stores[1], "claim", late)
    model = CachedModel(ScriptedModel(never), stores[1], identity="here")

    assert model.complete(PROMPT).text == "just now"
    stores[0].forget(KEY)
    assert stores[0].claim(KEY)


def test_behind_a_locked_file_no_kept_answer_is_asked_for_again(
    stores: tuple[ReplyStore, ReplyStore], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickmark.llm.store.BUSY_SECONDS", 0.01)
    model = CachedModel(ScriptedModel(lambda prompt: prompt.user), stores[0])
    prompts = [replace(PROMPT, user=f"q{number}") for number in range(4)]
    for prompt in prompts[:2]:
        model.complete(prompt)
    holder = sqlite3.connect(tmp_path / "replies.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    # One that is asked for in vain, and kept in memory.
    assert not model.complete(prompts[2]).cached

    assert [model.complete(prompt).cached for prompt in prompts[:3]] == [True] * 3

    holder.close()


def test_a_stop_ends_the_waiting(stores: tuple[ReplyStore, ReplyStore]) -> None:
    stop = threading.Event()
    stores[0].claim(KEY)
    model = CachedModel(
        ScriptedModel(never), stores[1], identity="here", stop=stop, sleep=lambda _: stop.set()
    )

    with pytest.raises(ModelBusy, match="The run was stopped before this question was sent"):
        model.complete(PROMPT)
    with pytest.raises(ModelError):
        model.complete(PROMPT)
    assert not stores[1].claim(KEY)


def test_a_process_that_never_answers_is_not_waited_for_for_ever(
    stores: tuple[ReplyStore, ReplyStore],
) -> None:
    now = [0.0]

    def sleep(_: float) -> None:
        now[0] += PATIENCE_SECONDS / 4

    inner = ScriptedModel(lambda _: "mine")
    stores[0].claim(KEY)
    model = CachedModel(inner, stores[1], identity="here", clock=lambda: now[0], sleep=sleep)

    assert model.complete(PROMPT).text == "mine"
    assert now == [PATIENCE_SECONDS]


def test_one_that_asks_anew_waits_for_nobody(stores: tuple[ReplyStore, ReplyStore]) -> None:
    stores[0].claim(KEY)
    model = CachedModel(ScriptedModel(lambda _: "new"), stores[1], identity="here", fresh=True)

    assert model.complete(PROMPT).text == "new"
    assert stores[0].get(KEY) == Reply("new", model="claude-sonnet-5-5", cached=True)
