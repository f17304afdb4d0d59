"""The cache of answers: what is kept, what is shared, and files that fail."""

from __future__ import annotations

import sqlite3
import stat
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tickmark.errors import AnswerUnusable, ModelError
from tickmark.llm.cached import CachedModel
from tickmark.llm.model import Prompt, Reply, Tool, ToolCall, spent_on
from tickmark.llm.reading import ReadingModel
from tickmark.llm.scripted import ScriptedModel
from tickmark.llm.store import ReplyStore
from tickmark.model.usage import Usage

PROMPT = Prompt("claude-sonnet-5-5", "s", "Why?", data="A1: 1")
FREE = Usage(cached_calls=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "replies.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[ReplyStore]:
    opened = ReplyStore(path)
    yield opened
    opened.close()


def test_the_same_prompt_costs_one_call(store: ReplyStore) -> None:
    inner = ScriptedModel(
        lambda _: Reply("Because.", Usage(1, 10, 5, usd=0.1), "m", "end_turn", "r")
    )
    model = CachedModel(inner, store)

    first, second = model.complete(PROMPT), model.complete(PROMPT)

    assert first == Reply("Because.", Usage(1, 10, 5, usd=0.1), "m", "end_turn", "r")
    assert second == Reply("Because.", FREE, "m", "end_turn", "r", cached=True)
    assert len(inner.prompts) == 1


def test_an_answer_outlives_the_process(path: Path) -> None:
    for inner in (ScriptedModel(lambda _: "first"), ScriptedModel(lambda _: "second")):
        store = ReplyStore(path)
        assert CachedModel(inner, store).complete(PROMPT).text == "first"
        store.close()


@pytest.mark.parametrize(
    "other",
    [
        Prompt("claude-haiku-5-5", "s", "Why?", data="A1: 1"),
        Prompt("claude-sonnet-5-5", "t", "Why?", data="A1: 1"),
        Prompt("claude-sonnet-5-5", "s", "What?", data="A1: 1"),
        Prompt("claude-sonnet-5-5", "s", "Why?", data="A1: 2"),
        Prompt("claude-sonnet-5-5", "s", "Why?", data="A1: 1", max_tokens=1),
        Prompt("claude-sonnet-5-5", "s", "Why?", data="A1: 1", schema={"type": "object"}),
    ],
)
def test_whatever_shapes_the_answer_makes_another_question(
    store: ReplyStore, other: Prompt
) -> None:
    inner = ScriptedModel(lambda _: "{}")
    model = CachedModel(inner, store)

    model.complete(PROMPT)
    model.complete(other)

    assert len(inner.prompts) == 2


def test_two_servers_share_no_answers(store: ReplyStore) -> None:
    inner = ScriptedModel(lambda _: "x")
    CachedModel(inner, store, identity="https://one").complete(PROMPT)
    CachedModel(inner, store, identity="https://two").complete(PROMPT)

    assert len(inner.prompts) == 2


@pytest.mark.parametrize(
    "reply",
    [
        Reply("cut", stop_reason="max_tokens"),
        Reply("no", stop_reason="refusal"),
        Reply("half", stop_reason="stop_sequence"),
        Reply(""),
        Reply("let me look", calls=(ToolCall("t1", "find", {"text": "x"}),)),
    ],
)
def test_an_answer_that_did_not_end_by_itself_is_not_kept(store: ReplyStore, reply: Reply) -> None:
    inner = ScriptedModel(lambda _: reply)
    model = CachedModel(inner, store)

    model.complete(PROMPT)
    model.complete(PROMPT)

    assert len(inner.prompts) == 2


@pytest.mark.parametrize(
    ("text", "calls"),
    [('{"n": 1}', 1), ('```json\n{"n": 1}\n```', 1), ('{"n": "one"}', 2), ("{}", 2), ("none", 2)],
)
def test_an_answer_is_kept_only_if_it_fits_its_schema(
    store: ReplyStore, text: str, calls: int
) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    inner = ScriptedModel(lambda _: text)
    model = CachedModel(inner, store)

    for _ in range(2):
        model.complete(Prompt("m", "s", "u", schema=schema))

    assert len(inner.prompts) == calls


def test_a_question_with_look_ups_is_paid_once_as_long_as_they_find_the_same(
    store: ReplyStore,
) -> None:
    call = ToolCall("t1", "find", {"text": "x"})
    said = ({"type": "tool_use", "id": "t1", "name": "find", "input": {"text": "x"}},)
    look = Reply("let me look", stop_reason="tool_use", calls=(call,), said=said)
    inner = ScriptedModel(lambda prompt: prompt.turns[-1].results[0][1] if prompt.turns else look)
    cached = CachedModel(inner, store)
    asked = Prompt("m", "s", "u", tools=(Tool("find", "Finds a text.", {"type": "object"}),))
    rooms = iter(["A1", "A1", "B2"])
    reading = ReadingModel(cached, {"find": lambda _: next(rooms)})

    first, second, changed = (reading.complete(asked) for _ in range(3))

    assert [first.text, second.text, changed.text] == ["A1", "A1", "B2"]
    assert second.usage == Usage(cached_calls=2)
    assert second.cached
    assert not changed.cached
    # Two rounds, and of the changed workbook the round after the look-up.
    assert len(inner.prompts) == 3


def test_threads_that_ask_the_same_share_one_call(store: ReplyStore) -> None:
    asked, go = threading.Event(), threading.Event()

    def slow(_: Prompt) -> Reply:
        asked.set()
        assert go.wait(5)
        return Reply("once", Usage(1, 10, 5))

    inner = ScriptedModel(slow)
    model = CachedModel(inner, store)
    with ThreadPoolExecutor(8) as threads:
        futures = [threads.submit(model.complete, PROMPT) for _ in range(8)]
        assert asked.wait(5)
        go.set()
        replies = [future.result() for future in futures]

    assert len(inner.prompts) == 1
    assert sum((reply.usage for reply in replies), Usage()) == Usage(1, 10, 5, cached_calls=7)


def test_a_shared_failure_fails_all_and_is_paid_once(store: ReplyStore) -> None:
    asked, go = threading.Event(), threading.Event()

    def refusing(_: Prompt) -> str:
        asked.set()
        assert go.wait(5)
        error = AnswerUnusable("The model refused to answer this question.")
        error.usage = Usage(1, 10, 5)
        raise error

    def ask(model: CachedModel) -> ModelError:
        with pytest.raises(AnswerUnusable, match="refused") as caught:
            model.complete(PROMPT)
        return caught.value

    inner = ScriptedModel(refusing)
    model = CachedModel(inner, store)
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(ask, model)
        assert asked.wait(5)
        others = [threads.submit(ask, model) for _ in range(3)]
        while not all(one.running() for one in others):
            threading.Event().wait(0.001)
        go.set()
        errors = [future.result() for future in (first, *others)]

    # A thread that came after the end asked for itself.
    calls = len(inner.prompts)
    assert sum((spent_on(e) for e in errors), Usage()) == Usage(calls, 10 * calls, 5 * calls)


def test_a_failure_is_not_kept(store: ReplyStore) -> None:
    errors = [AnswerUnusable("Cut.")]

    def answer(_: Prompt) -> str:
        if errors:
            raise errors.pop()
        return "fine"

    model = CachedModel(ScriptedModel(answer), store)
    with pytest.raises(AnswerUnusable):
        model.complete(PROMPT)

    assert model.complete(PROMPT).text == "fine"


def test_a_bug_in_the_model_leaves_nobody_waiting(store: ReplyStore) -> None:
    def buggy(_: Prompt) -> str:
        raise ZeroDivisionError

    model = CachedModel(ScriptedModel(buggy), store)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            model.complete(PROMPT)


def test_stats_and_clear(store: ReplyStore) -> None:
    model = CachedModel(ScriptedModel(lambda prompt: prompt.user), store)
    assert (store.stats().entries, store.stats().oldest) == (0, None)

    for number in range(3):
        model.complete(Prompt("m", "s", f"question {number}"))
    stats = store.stats()
    store.clear()

    assert stats.entries == 3
    assert stats.bytes > 0
    assert stats.oldest is not None
    assert stats.oldest > 1.7e9
    assert store.stats().entries == 0
    assert store.warning == ""


@pytest.mark.skipif(sys.platform == "win32", reason="has no modes")
def test_only_the_owner_can_read_the_file(store: ReplyStore, path: Path) -> None:
    CachedModel(ScriptedModel(lambda _: "x"), store).complete(PROMPT)

    assert {stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()} == {0o600}


def lives_on_without(store: ReplyStore, path: Path) -> None:
    inner = ScriptedModel(lambda _: "answer")
    model = CachedModel(inner, store)

    assert [model.complete(PROMPT).text for _ in range(2)] == ["answer", "answer"]
    assert len(inner.prompts) == 2
    assert store.warning.startswith(f"The cache of answers at {path} cannot be used (")
    assert "), which loses 2 answers; the run goes on without it" in store.warning
    assert store.warning.endswith("`tickmark cache clear` makes it anew.")
    assert store.stats().entries == 0


@pytest.mark.parametrize(
    "damage", [b"this is no database, " * 99, b"SQLite format 3\0" + b"\7" * 99]
)
def test_a_damaged_file_is_as_if_empty_until_it_is_cleared(path: Path, damage: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(damage)
    store = ReplyStore(path)
    lives_on_without(store, path)

    store.clear()

    assert store.warning == ""
    inner = ScriptedModel(lambda _: "answer")
    model = CachedModel(inner, store)
    assert [model.complete(PROMPT).text for _ in range(2)] == ["answer", "answer"]
    assert len(inner.prompts) == 1
    store.close()


def test_a_file_damaged_in_its_middle_stops_nothing(path: Path) -> None:
    store = ReplyStore(path)
    model = CachedModel(ScriptedModel(lambda prompt: prompt.user * 50), store)
    for number in range(200):
        model.complete(Prompt("m", "s", str(number)))
    store.close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)

    damaged = ReplyStore(path)
    model = CachedModel(ScriptedModel(lambda prompt: prompt.user), damaged)
    texts = [model.complete(Prompt("m", "s", str(number))).text for number in range(200)]
    damaged.close()

    assert texts == [str(number) for number in range(200)]
    assert "cannot be used" in damaged.warning


def test_an_entry_of_another_form_is_asked_for_again(store: ReplyStore, path: Path) -> None:
    inner = ScriptedModel(lambda _: "answer")
    CachedModel(inner, store).complete(PROMPT)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE replies SET body = ?", (b"no zlib",))
    connection.close()

    assert CachedModel(inner, store).complete(PROMPT).text == "answer"
    assert len(inner.prompts) == 2
    assert store.warning == ""


def test_a_place_that_cannot_be_written_is_as_if_empty(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    path = tmp_path / "file" / "replies.sqlite"

    lives_on_without(ReplyStore(path), path)


def test_two_processes_share_one_file(path: Path) -> None:
    one, two = ReplyStore(path), ReplyStore(path)
    CachedModel(ScriptedModel(lambda _: "from one"), one).complete(PROMPT)

    assert CachedModel(ScriptedModel(lambda _: "x"), two).complete(PROMPT).text == "from one"
    one.close()
    two.close()


def test_many_threads_fill_and_read_one_store(store: ReplyStore) -> None:
    model = CachedModel(ScriptedModel(lambda prompt: prompt.user), store)
    prompts = [Prompt("m", "s", f"question {number % 50}") for number in range(500)]
    with ThreadPoolExecutor(16) as threads:
        replies = list(threads.map(model.complete, prompts))

    assert [reply.text for reply in replies] == [prompt.user for prompt in prompts]
    assert sum(not reply.cached for reply in replies) == 50
    assert store.warning == ""
