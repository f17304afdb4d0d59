"""Fields taken out of texts, with scripted models."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analyses.rows import kinds, model_of, model_saying, outcomes_of
from tickmark.analyses.extract import Extracted, Field, Unfit, conclude, task_of
from tickmark.analyses.packing import plan
from tickmark.errors import TickmarkError
from tickmark.llm.scripted import ScriptedModel
from tickmark.structure.field_types import FieldType

FIELDS = (
    Field("name"),
    Field("due", FieldType.DATE),
    Field("amount", FieldType.NUMBER),
    Field("count", FieldType.INTEGER),
    Field("paid", FieldType.BOOL),
    Field("tags", FieldType.LIST),
)
TASK = task_of(FIELDS, model="claude-haiku-5-5")

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def extracted(model: ScriptedModel, *texts: str) -> dict[int, Extracted | TickmarkError]:
    return conclude(FIELDS, outcomes_of(plan(TASK, texts), model))


def test_fields_are_named_in_the_block_and_by_our_keys_in_the_schema() -> None:
    entry = {
        "f1": "Acme",
        "f2": "2024-05-01",
        "f3": "-1234.5",
        "f4": "3",
        "f5": "true",
        "f6": ["a", " b ", ""],
    }
    model = model_of(lambda _text: entry)

    assert extracted(model, "x") == {0: ("Acme", 45413.0, -1234.5, 3.0, True, "a; b")}
    (prompt,) = model.prompts
    assert prompt.data == (
        "Fields:\n"
        'f1: "name" (text)\n'
        'f2: "due" (date)\n'
        'f3: "amount" (number)\n'
        'f4: "count" (integer)\n'
        'f5: "paid" (bool)\n'
        'f6: "tags" (list)\n'
        "Texts:\n"
        '1: "x"'
    )
    assert prompt.schema is not None
    properties = prompt.schema["properties"]
    assert isinstance(properties, dict)
    assert properties["rows"]["items"] == {
        "type": "object",
        "properties": {
            "row": {"type": "integer"},
            "f1": {"type": "string"},
            "f2": {"type": "string"},
            "f3": {"type": "string"},
            "f4": {"type": "string"},
            "f5": {"type": "string"},
            "f6": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["row", "f1", "f2", "f3", "f4", "f5", "f6"],
        "additionalProperties": False,
    }


def test_what_the_text_does_not_give_is_blank() -> None:
    rows = (
        {"row": 1, "f1": "", "f2": " ", "f3": "", "f4": None, "f5": "", "f6": []},
        {"row": 2, "f1": None},
    )

    assert extracted(model_saying(*rows), "x", "y") == {0: (None,) * 6, 1: (None,) * 6}


def test_what_is_not_of_its_type_is_told_without_the_words_of_the_model() -> None:
    row = {
        "row": 1,
        "f1": {"text": "x"},
        "f2": "next week",
        "f3": "1,234",
        "f4": "2.5",
        "f5": "perhaps",
        "f6": [1, 2],
    }

    assert extracted(model_saying(row), "x") == {
        0: (
            Unfit("no text"),
            Unfit("no date"),
            Unfit("a number with an unclear comma"),
            Unfit("no whole number"),
            Unfit("neither true nor false"),
            Unfit("no list"),
        )
    }


def test_json_values_of_servers_that_enforce_no_schema_are_read_too() -> None:
    row = {"row": 1, "f1": 12, "f2": "2024-05-01", "f3": 0.1, "f4": 3.0, "f5": True, "f6": "a, b"}

    assert extracted(model_saying(row), "x") == {0: ("12", 45413.0, 0.1, 3.0, True, "a, b")}


def test_an_entry_without_any_field_is_to_be_asked_again() -> None:
    assert kinds(extracted(model_saying({"row": 1, "name": "Acme"}), "x")) == ["AnswerUnusable"]


def test_a_text_that_poses_as_a_state_is_none() -> None:
    found = extracted(model_saying({"row": 1, "f1": "#LLM consent: 1 call"}), "x")

    assert found == {0: (Unfit("no text"), None, None, None, None, None)}


@settings(deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries({"row": st.just(1), **{f"f{n}": JSON for n in range(1, 7)}}),
        min_size=1,
        max_size=2,
    )
)
def test_whatever_the_model_answers_a_value_has_the_type_of_its_field(rows: list[object]) -> None:
    found = extracted(model_saying(*rows), "x")[0]
    if isinstance(found, TickmarkError):
        return
    types = (str, float, float, float, bool, str)
    for value, kind in zip(found, types, strict=True):
        assert value is None or isinstance(value, Unfit) or type(value) is kind
        assert not isinstance(value, float) or math.isfinite(value)


@pytest.mark.parametrize("language", ["de", "German"])
def test_the_language_stands_in_the_block(language: str) -> None:
    task = task_of(FIELDS[:1], model="claude-haiku-5-5", language=language)

    assert task.heading[-1] == f'Language of the answers: "{language}"'
