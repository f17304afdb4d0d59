"""The time of saving in kept answers."""

from __future__ import annotations

import json

from tests.books import book
from tickmark.analyses.saved import Saved
from tickmark.errors import AnswerUnusable
from tickmark.hosts.functions.question import Answer
from tickmark.hosts.functions.saved_time import dated, read_on

EMPTY = book({"Plan": {}})


def kept(answer: Answer, at: str) -> Answer:
    found = dated({0: answer}, Saved(EMPTY, at), "2026-11-20")[0]
    assert isinstance(found, dict)
    reread = json.loads(json.dumps(found))
    assert isinstance(reread, dict)
    return reread


def test_on_its_own_day_a_time_stands_alone() -> None:
    answer = kept({"saved_at": "10:42", "notes": []}, "10:42")

    assert read_on(answer, "2026-11-20")["saved_at"] == "10:42"


def test_on_another_day_the_date_stands_before_it() -> None:
    answer = kept(
        {"saved_at": "10:42", "notes": ["Plan changed since it was saved 10:42"]}, "10:42"
    )

    later = read_on(answer, "2026-11-21")

    assert later["saved_at"] == "2026-11-20 10:42"
    assert later["notes"] == ["Plan changed since it was saved 2026-11-20 10:42"]


def test_what_used_nothing_of_the_file_stays_without_time() -> None:
    answer = kept({"saved_at": "", "notes": []}, "10:42")

    assert read_on(answer, "2026-11-21")["saved_at"] == ""


def test_a_time_with_its_date_and_an_error_stay_as_they_are() -> None:
    error = AnswerUnusable("no")
    full: Answer = {"saved_at": "2026-11-01 10:42", "notes": []}

    assert kept(dict(full), "2026-11-01 10:42") == full
    assert dated({0: error}, Saved(EMPTY, "10:42"), "2026-11-20")[0] is error
    assert dated({0: full}, None, "2026-11-20")[0] is full
