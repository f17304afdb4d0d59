"""Answers of items are found by any of their keys, in memory and in the store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tickmark.hosts.functions.kept import Kept
from tickmark.llm.model import Reply
from tickmark.llm.store import ReplyStore


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[tuple[ReplyStore, ReplyStore]]:
    path = tmp_path / "replies.sqlite"
    both = ReplyStore(path), ReplyStore(path)
    yield both
    for store in both:
        store.close()


@pytest.fixture
def kept(stores: tuple[ReplyStore, ReplyStore]) -> Kept:
    return Kept(*stores, clock=lambda: 1_763_600_000.0)


def test_an_answer_is_found_by_any_key_of_its_item(kept: Kept) -> None:
    kept.keep(["a", "b"], "", {"text": "yes"}, usd=0.02, model="claude-haiku-5-5")

    for keys in (["a"], ["b"], ["x", "b"]):
        found = kept.in_memory(keys, "")
        assert found is not None
        assert (found.answer, found.usd, found.model) == ({"text": "yes"}, 0.02, "claude-haiku-5-5")
    assert kept.in_memory(["x"], "") is None
    assert kept.in_store(["x"], "") is None


def test_another_process_finds_it_with_cost_model_and_time(
    kept: Kept, stores: tuple[ReplyStore, ReplyStore]
) -> None:
    answer: dict[str, object] = {"rows": [[1.5, None, "ü"], [True, "x", 0]]}
    kept.keep(["a", "b"], "", answer, usd=0.02, model="claude-haiku-5-5")
    other = Kept(*stores)

    assert other.in_memory(["b"], "") is None
    found = other.in_store(["b"], "")
    assert found is not None
    assert (found.answer, found.usd, found.model, found.at) == (
        answer,
        0.02,
        "claude-haiku-5-5",
        1_763_600_000.0,
    )
    assert other.in_memory(["b"], "") is found


def test_an_answer_looks_the_same_before_and_after_a_restart(kept: Kept) -> None:
    kept.keep(["a"], "", {"rows": ((1, "x"),)}, usd=0, model="m")

    found = kept.in_memory(["a"], "")
    assert found is not None
    assert found.answer == {"rows": [[1, "x"]]}


def test_two_places_never_share_answers(kept: Kept) -> None:
    kept.keep(["a"], "http://127.0.0.1:1", {"text": "yes"}, usd=0, model="m")

    assert kept.in_memory(["a"], "") is None
    assert kept.in_store(["a"], "") is None
    assert kept.in_store(["a"], "http://127.0.0.1:1") is not None


def test_a_forgotten_answer_is_gone_everywhere_and_marked_until_it_is_kept_again(
    kept: Kept, stores: tuple[ReplyStore, ReplyStore]
) -> None:
    kept.keep(["a", "b"], "", {"text": "old"}, usd=0, model="m")
    kept.forget(["a", "b"], "")

    assert kept.in_memory(["a", "b"], "") is None
    assert Kept(*stores).in_store(["a", "b"], "") is None
    assert kept.was_forgotten(["b"])
    kept.keep(["a", "b"], "", {"text": "new"}, usd=0, model="m")
    assert not kept.was_forgotten(["a", "b"])


def test_memory_is_bounded_and_what_falls_out_is_found_in_the_store(
    stores: tuple[ReplyStore, ReplyStore],
) -> None:
    kept = Kept(*stores, memory=10_000)
    for number in range(100):
        kept.keep([f"k{number}"], "", {"text": "x" * 700}, usd=0, model="m")

    in_memory = [n for n in range(100) if kept.in_memory([f"k{n}"], "")]
    assert in_memory == list(range(91, 100))
    assert kept.in_store(["k0"], "") is not None


@pytest.mark.parametrize("text", ["", "[]", "7", '{"answer": [1]}', '{"answer": {}}', "{"])
def test_a_damaged_entry_is_no_answer(
    kept: Kept, stores: tuple[ReplyStore, ReplyStore], text: str
) -> None:
    kept.keep(["a"], "", {"text": "yes"}, usd=0, model="m")
    rows = stores[1]._rows("SELECT key FROM replies")  # noqa: SLF001 - the key is nobody's business
    stores[1].put(rows[0][0], Reply(text))

    assert Kept(*stores).in_store(["a"], "") is None


def test_what_is_no_json_is_refused(kept: Kept) -> None:
    with pytest.raises(TypeError):
        kept.keep(["a"], "", {"text": object()}, usd=0, model="m")
    assert kept.in_memory(["a"], "") is None


def test_a_store_that_cannot_be_used_leaves_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "replies.sqlite"
    path.write_bytes(b"no database at all, but long enough to look like a file of one")
    kept = Kept(ReplyStore(path), ReplyStore(path))
    kept.keep(["a"], "", {"text": "yes"}, usd=0, model="m")

    assert kept.in_memory(["a"], "") is not None
    assert kept.in_store(["b"], "") is None
    assert "cannot be used" in kept.warning
