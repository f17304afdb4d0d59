"""Ranges and questions as arguments: what is taken, what is refused, what waits."""

from __future__ import annotations

import pytest

from tests.ranges import live
from tickmark.errors import ArgumentPending, ArgumentRefused
from tickmark.hosts.functions.call import Argument, Unpacked
from tickmark.hosts.functions.range_arguments import Told, content_of, keys_of, told_by
from tickmark.model.range_content import ErrorValue, RangeContent


def test_a_range_is_taken_as_it_is_and_a_lone_value_stands_in_no_cell() -> None:
    content = live({"B2": 1})

    assert content_of(content, "data") is content
    assert content_of("text", "data") == RangeContent((("text",),))
    assert content_of(7.0, "data") == RangeContent(((7.0,),))


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        (None, "data is empty"),
        ("", "data is empty"),
        (live({"A1": None, "B2": ""}), "data is empty"),
        (Unpacked("several areas; give one"), "several areas; give one"),
        (ErrorValue("#REF!"), "data is #REF!"),
        (
            live({"A1": 1, "B2": "#LLM budget: 1.00 USD are spent"}),
            "B2 holds #LLM budget: 1.00 USD are spent; it has no answer yet",
        ),
        (
            live({"C9": "#LLM error: " + "x" * 90}),
            "C9 holds #LLM error: " + "x" * 48 + "…; it has no answer yet",
        ),
        ("#LLM offline", "data holds #LLM offline; it has no answer yet"),
    ],
)
def test_what_holds_nothing_to_ask_about_is_refused(argument: Argument, message: str) -> None:
    with pytest.raises(ArgumentRefused) as refused:
        content_of(argument, "data")
    assert str(refused.value) == message


def test_a_cell_that_waits_for_its_own_answer_is_waited_for() -> None:
    with pytest.raises(ArgumentPending, match="B2 waits for its answer"):
        content_of(live({"A1": 1, "B2": "#LLM wait"}), "data")
    with pytest.raises(ArgumentPending):
        told_by(live({"B2": "#LLM wait"}), "question")


def test_a_range_of_formulas_that_show_nothing_is_not_empty() -> None:
    assert content_of(live({"A1": ('=""', "")}), "range").shape == (1, 1)


def test_a_question_is_typed_or_comes_from_a_cell_which_is_told() -> None:
    assert told_by("why?", "question") == Told("why?")
    assert told_by(None, "question") == Told()
    assert told_by(live({"H1": " why? "}), "question") == Told("why?", "Plan!H1")
    assert told_by(live({"H1": None}), "question") == Told()
    assert told_by(2026.0, "question") == Told("2026")


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        (live({"H1": "why", "H2": "how"}), "question is one text or one cell"),
        (live({"H1": ErrorValue("#N/A")}), "question is #N/A"),
        (live({"H1": "#LLM offline"}), "H1 holds #LLM offline; it has no answer yet"),
        (Unpacked("several areas"), "several areas"),
        ("x" * 8001, "question is longer than 8,000 characters"),
    ],
)
def test_what_cannot_be_a_question_is_refused(argument: Argument, message: str) -> None:
    with pytest.raises(ArgumentRefused) as refused:
        told_by(argument, "question")
    assert str(refused.value) == message


def test_keys_are_one_for_values_and_up_to_three_for_formulas() -> None:
    assert len(keys_of(live({"A1": 1}), "LLM_ASK")) == 1
    assert len(keys_of(live({"B2": ("=A2*$A$1+B1", 1)}), "LLM_ASK")) == 3
    assert keys_of(live({"A1": 1}), "LLM_ASK") != keys_of(live({"A1": 1}), "LLM_ANALYZE")
