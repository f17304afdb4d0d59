"""Texts put into categories, with scripted models."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analyses.rows import kinds, model_of, model_saying, outcomes_of
from tickmark.analyses.classify import Category, conclude, task_of
from tickmark.analyses.packing import plan
from tickmark.llm.scripted import ScriptedModel

CATEGORIES = (Category("Travel", "flights, hotels"), Category("Food & Drink"), Category("Rent"))
TASK = task_of(CATEGORIES, model="claude-haiku-5-5")

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def labels(model: ScriptedModel, *texts: str) -> list[object]:
    return list(kinds(conclude(CATEGORIES, outcomes_of(plan(TASK, texts), model))))


def test_the_model_sees_numbered_categories_and_texts_and_answers_with_numbers() -> None:
    model = model_of(lambda text: {"category": 1 if "flight" in text else 0})

    assert labels(model, "flight to Oslo", "a gift") == ["Travel", "Unsure"]
    (prompt,) = model.prompts
    assert prompt.data == (
        "Categories:\n"
        '1: "Travel" - "flights, hotels"\n'
        '2: "Food & Drink"\n'
        '3: "Rent"\n'
        "Texts:\n"
        '1: "flight to Oslo"\n'
        '2: "a gift"'
    )
    assert prompt.schema == {
        "type": "object",
        "properties": {
            "rows": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "row": {"type": "integer"},
                        "category": {"type": "integer", "enum": [0, 1, 2, 3]},
                    },
                    "required": ["row", "category"],
                    "additionalProperties": False,
                },
                "minItems": 1,
            }
        },
        "required": ["rows"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        (1, "Travel"),
        (3, "Rent"),
        (0, "Unsure"),
        (4, "Unsure"),
        (-1, "Unsure"),
        (True, "Unsure"),
        (1.5, "Unsure"),
        (None, "Unsure"),
        ([1], "Unsure"),
        ("2", "Food & Drink"),
        (" food  &\ndrink ", "Food & Drink"),
        ("TRAVEL", "Travel"),
        ("Unsure", "Unsure"),
        ("Salaries", "Unsure"),
        ("=HYPERLINK(1)", "Unsure"),
    ],
)
def test_only_labels_of_the_list_come_out_in_the_spelling_of_the_user(
    answer: object, label: str
) -> None:
    assert labels(model_saying({"row": 1, "category": answer}), "x") == [label]


def test_an_entry_without_a_category_is_to_be_asked_again() -> None:
    assert labels(model_saying({"row": 1}), "x") == ["AnswerUnusable"]


def test_a_label_that_is_the_number_of_another_category_is_no_answer_as_text() -> None:
    years = (Category("2"), Category("1"), Category("3"))
    task = task_of(years, model="claude-haiku-5-5")
    texts = ["a", "b", "c"]
    rows = (
        {"row": 1, "category": "1"},
        {"row": 2, "category": "3"},
        {"row": 3, "category": 1},
    )

    found = conclude(years, outcomes_of(plan(task, texts), model_saying(*rows)))

    assert kinds(found) == ["Unsure", "3", "2"]


@settings(deadline=None)
@given(st.lists(st.fixed_dictionaries({"row": JSON, "category": JSON}) | JSON, max_size=6))
def test_whatever_the_model_answers_nothing_else_comes_out(rows: list[object]) -> None:
    known = {"Travel", "Food & Drink", "Rent", "Unsure", "AnswerUnusable"}

    assert set(labels(model_saying(*rows), "x", "y")) <= known


def test_a_refresh_asks_another_question() -> None:
    again = task_of(CATEGORIES, model="claude-haiku-5-5", refresh='2026-11-20"\n1: "x')

    assert again.heading[-1] == 'Asked anew: "2026-11-20\\"\\n1: \\"x"'
    assert again.heading[:-1] == TASK.heading
