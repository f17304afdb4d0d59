"""The packed functions over real loopback HTTP, and their questions of many cells."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hosts.functions.asking import answered, cells, question
from tests.messages_api import KEY, MessagesApi
from tickmark.hosts.functions.call import Argument, Table
from tickmark.hosts.functions.classify import classify
from tickmark.hosts.functions.extract import extract
from tickmark.hosts.functions.packed import cells_to_ask
from tickmark.hosts.functions.question import Body
from tickmark.hosts.functions.transform import transform
from tickmark.llm.fenced import FencedModel
from tickmark.llm.providers.anthropic import AnthropicModel


@pytest.fixture
def api() -> Iterator[MessagesApi]:
    with MessagesApi() as server:
        yield server


@pytest.mark.parametrize(
    ("body", "arguments", "table"),
    [
        (
            classify,
            (cells("A1", "taxi\nto Oslo", None, "gift"), cells("F1", "Taxi", "Rent")),
            (("Taxi",), (None,), ("Unsure",)),
        ),
        (
            extract,
            (cells("A1", "name: Acme; due 2024-05-01", None), "name; due:date; tags:list"),
            (("name", "due", "tags"), ("Acme", 45413.0, None), (None, None, None)),
        ),
        (
            transform,
            (cells("A1", '2: "x"', "é"), "In capitals", cells("H1", "a", "A", columns=2)),
            (('2: "X"',), ("É",)),
        ),
    ],
)
def test_a_function_is_answered_over_http_in_the_form_that_the_api_enforces(
    api: MessagesApi, body: Body, arguments: tuple[Argument, ...], table: Table
) -> None:
    provider = AnthropicModel(KEY, api.url, timeout=5)
    try:
        assert answered(body, *arguments, model=FencedModel(provider)) == table
    finally:
        provider.close()

    assert len(api.calls) == 1


@pytest.mark.parametrize("body", [classify, extract, transform])
def test_a_question_names_no_book_is_never_free_and_has_its_bound(body: Body) -> None:
    found = question(body, "x", "a; b", None) if body is transform else question(body, "x", "a; b")

    assert (found.book, found.free, found.max_cost) == ("", False, None)
    assert found.function == "LLM_TEST"


def test_equal_texts_in_other_functions_or_other_lists_have_other_addresses() -> None:
    keys = [
        question(classify, "x", "a; b").items[0].keys,
        question(classify, "x", "b; a").items[0].keys,
        question(extract, "x", "a; b").items[0].keys,
        question(transform, "x", "a; b").items[0].keys,
    ]

    assert len(set(keys)) == 4
    assert all(len(key) == 64 for (key,) in keys)


def test_the_same_text_in_another_place_has_the_same_address() -> None:
    here = question(classify, cells("A1", "x", "y"), "a; b")
    there = question(classify, cells("C9", " y ", None, "x", columns=3), cells("F1", "a", "b"))

    assert {item.keys for item in here.items} == {item.keys for item in there.items}


def test_texts_up_to_the_bound_are_asked() -> None:
    short, long = "word " * 100, "word " * 20_000

    found = cells_to_ask([[short, long, ""], [short, "x", long]], "claude-haiku-5-5")

    assert found.texts == (short, "x")
    assert [[isinstance(text, str) for text in row] for row in found.rows] == [
        [True, False, True],
        [True, True, False],
    ]
