"""A journal that is not needed any more, and one that a process goes through again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tickmark.engine.journal import Journal
from tickmark.errors import WriteRefused
from tickmark.llm.model import Reply

KEY = b"k" * 32


def test_a_discarded_journal_leaves_nothing_and_the_next_one_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    journal.append(KEY, Reply("yes"))

    journal.discard()

    assert list(tmp_path.iterdir()) == []
    assert journal.warning == ""
    with Journal(path) as journal:
        assert journal.get(KEY) is None


def test_a_journal_that_another_one_has_is_not_discarded(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        journal.append(KEY, Reply("yes"))
        with pytest.raises(WriteRefused), Journal(path) as other:
            other.discard()
        assert path.exists()


def test_the_next_part_of_a_run_uses_each_answer_for_the_first_time_again(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal.jsonl") as journal:
        journal.append(KEY, Reply("yes"))
        assert [journal.use(KEY), journal.use(KEY)] == [True, False]
        journal.begin_again()
        assert [journal.use(KEY), journal.use(KEY)] == [True, False]
