"""Schemas of users as forms: what fits, what is told of it, and which schemas are none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tickmark.errors import AnswerUnusable, SettingError
from tickmark.llm.answers import ask
from tickmark.llm.model import Prompt, Reply
from tickmark.llm.schema_form import form_of
from tickmark.llm.scripted import ScriptedModel

NUMBER: dict[str, Any] = {
    "type": "object",
    "properties": {"n": {"type": "integer", "minimum": 3}, "note": {"type": ["string", "null"]}},
    "required": ["n"],
}
PROMPT = Prompt("claude-sonnet-5-5", "", "How many?")


def test_an_answer_that_fits_is_given_as_it_came() -> None:
    value, _ = ask(
        ScriptedModel(lambda _: 'Sure: {"n": 5, "note": "ü\\ud800"}'), PROMPT, form_of(NUMBER)
    )

    assert value.model_dump_json() == '{"n":5,"note":"ü\ud800"}'


def test_the_provider_gets_closed_objects_and_what_it_cannot_enforce_in_words() -> None:
    assert form_of(NUMBER).model_json_schema() == {
        "type": "object",
        "properties": {
            "n": {"type": "integer", "description": "(minimum: 3)"},
            "note": {"type": ["string", "null"]},
        },
        "required": ["n"],
        "additionalProperties": False,
    }


def test_equal_schemas_share_one_form() -> None:
    assert form_of(NUMBER) is form_of(json.loads(json.dumps(NUMBER)))
    assert form_of(NUMBER) is not form_of({**NUMBER, "required": []})


@pytest.mark.parametrize("text", ['{"n": "5"}', '{"note": "x"}', '{"n": 5, "more": 1}', "[]", "no"])
def test_a_misfit_is_asked_once_again_and_then_fails(text: str) -> None:
    asked: list[str] = []

    def answer(prompt: Prompt) -> str:
        asked.append(prompt.user)
        return text

    with pytest.raises(AnswerUnusable):
        ask(ScriptedModel(answer), PROMPT, form_of(NUMBER))

    assert [one[:9] for one in asked] == ["How many?"] * 2
    assert asked[1].endswith("Answer with JSON only.")


def test_the_second_answer_counts_and_the_cost_of_both_is_told() -> None:
    replies = iter(("nothing", '{"n": 7}'))
    value, told = ask(ScriptedModel(lambda _: next(replies)), PROMPT, form_of(NUMBER))

    assert value.model_dump_json() == '{"n":7}'
    assert told.usage.calls == 2


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({}, "root of a schema has to be an object"),
        ({"type": "array"}, "root of a schema has to be an object"),
        ({"type": ["object"]}, "root of a schema has to be an object"),
        ({"type": "object", "properties": []}, "properties of the schema is no object"),
        ({"type": "object", "properties": {"a": 5}}, "'a' is no object"),
        ({"type": "object", "properties": {"a": {"type": "text"}}}, "type of 'a' is none of array"),
        ({"type": "object", "properties": {"a": {"type": []}}}, "type of 'a' is none of array"),
        ({"type": "object", "required": "a"}, "required of the schema is no list of names"),
        ({"type": "object", "properties": {"a": {"enum": []}}}, "enum of 'a' is no list"),
        ({"type": "object", "properties": {"a": {"items": 1}}}, "items of 'a' is no object"),
        ({"type": "object", "anyOf": []}, "anyOf of the schema is no list of schemas"),
        ({"type": "object", "properties": {"a": {"oneOf": [1]}}}, "oneOf of 'a' is no object"),
        (
            {"type": "object", "properties": {"a": {"$ref": "#/$defs/X"}}},
            "$ref of 'a' names nothing",
        ),
        (
            {
                "type": "object",
                "definitions": {"X": {"type": "string"}},
                "properties": {"a": {"$ref": "#/definitions/X"}},
            },
            "$ref of 'a' names nothing in $defs",
        ),
        (
            {"type": "object", "properties": {"a": {"type": "object", "additionalProperties": {}}}},
            "'a' is an object with free names",
        ),
    ],
)
def test_a_schema_that_is_none_is_refused_with_its_place(
    schema: dict[str, object], said: str
) -> None:
    with pytest.raises(SettingError, match=r"\A[^\n]*\Z") as caught:
        form_of(schema)

    assert said in str(caught.value)


def test_a_schema_with_definitions_is_taken() -> None:
    schema = {
        "type": "object",
        "$defs": {"City": {"type": "object", "properties": {"name": {"type": "string"}}}},
        "properties": {"cities": {"type": "array", "items": {"$ref": "#/$defs/City"}}},
    }
    form = form_of(schema)

    value, _ = ask(ScriptedModel(lambda _: Reply('{"cities":[{"name":"Ulm"}]}').text), PROMPT, form)
    assert value.model_dump_json() == '{"cities":[{"name":"Ulm"}]}'
    with pytest.raises(AnswerUnusable):
        ask(ScriptedModel(lambda _: '{"cities":[{"name":5}]}'), PROMPT, form)


def test_a_bottomless_schema_is_refused() -> None:
    schema: dict[str, object] = {"type": "string"}
    for _ in range(200):
        schema = {"type": "object", "properties": {"a": schema}}

    with pytest.raises(SettingError, match="nested more than 100 deep"):
        form_of(schema)
