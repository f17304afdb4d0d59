"""A form made of a JSON schema, for those who have no class of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from tickmark.errors import SettingError
from tickmark.llm.schema import fits, legal_schema

if TYPE_CHECKING:
    from pydantic import BaseModel

MOST_NESTED: Final = 100
"""So many schemas may stand inside of each other."""

_TYPES: Final = frozenset({"object", "array", "string", "integer", "number", "boolean", "null"})
_DEFINITION: Final = "#/$defs/"


def form_of(schema: Mapping[str, object]) -> type[BaseModel]:
    """The form whose instances are JSON objects that fit a schema; equal schemas share one.

    `model_json_schema` gives the schema as the Messages API enforces it. Raises SettingError for a
    schema that is none, or whose root is no object, which no provider takes.
    """
    if schema.get("type") != "object":
        raise SettingError(
            'The root of a schema has to be an object ("type": "object"); put a list into a '
            "property of one."
        )
    definitions = schema.get("$defs")
    known = frozenset(definitions) if isinstance(definitions, Mapping) else frozenset[str]()
    problem = _problem(schema, "the schema", known)
    if problem:
        raise SettingError(f"{problem}.")
    return _form(json.dumps(schema))


@lru_cache(maxsize=256)
def _form(schema: str) -> type[BaseModel]:
    from pydantic import RootModel, model_validator  # noqa: PLC0415 - costs start-up time

    legal = legal_schema(json.loads(schema))

    class JsonObject(RootModel[dict[str, Any]]):
        """A JSON object that fits the schema."""

        @model_validator(mode="after")
        def _check(self) -> JsonObject:
            if not fits(self.root, legal):
                message = "it does not fit the schema"
                raise ValueError(message)
            return self

        @classmethod
        def model_json_schema(cls, *_: object, **__: object) -> dict[str, Any]:
            return legal

        def model_dump_json(self, *_: object, **__: object) -> str:
            # Pydantic's own fails on half of a surrogate pair, which models do send.
            return json.dumps(self.root, ensure_ascii=False, separators=(",", ":"))

    return JsonObject


def _problem(part: object, place: str, definitions: frozenset[str], depth: int = 0) -> str:
    """What is wrong with a schema at a place, "" for nothing."""
    if not isinstance(part, Mapping):
        return f"{place} is no object"
    if depth > MOST_NESTED:
        return f"{place} is nested more than {MOST_NESTED} deep"
    for problem, inner in _inner(part, place):
        if problem:
            return problem
        for name, value in inner:
            if problem := _problem(value, name, definitions, depth + 1):
                return problem
    return _own_problem(part, place, definitions)


def _inner(
    part: Mapping[str, object], place: str
) -> Iterator[tuple[str, list[tuple[str, object]]]]:
    """The schemas inside of one by the places of them, or why they are none."""
    for name in ("properties", "$defs"):
        named = part.get(name, {})
        if isinstance(named, Mapping):
            yield "", [(repr(_short(key)), value) for key, value in named.items()]
        else:
            yield f"{name} of {place} is no object", []
    for name in ("anyOf", "oneOf", "allOf"):
        several = part.get(name, [])
        if isinstance(several, list) and (several or name not in part):
            yield "", [(f"{name} of {place}", value) for value in several]
        else:
            yield f"{name} of {place} is no list of schemas", []
    if "items" in part:
        yield "", [(f"items of {place}", part["items"])]


def _own_problem(part: Mapping[str, object], place: str, definitions: frozenset[str]) -> str:
    """What is wrong with the words that hold no schemas."""
    if "type" in part:
        kind = part["type"]
        names = kind if isinstance(kind, list) else [kind]
        if not names or not all(isinstance(one, str) and one in _TYPES for one in names):
            return f"type of {place} is none of {', '.join(sorted(_TYPES))}"
    required = part.get("required", [])
    if not isinstance(required, list) or not all(isinstance(one, str) for one in required):
        return f"required of {place} is no list of names"
    if "enum" in part and not (isinstance(part["enum"], list) and part["enum"]):
        return f"enum of {place} is no list of values"
    reference = part.get("$ref")
    if "$ref" in part and not (
        isinstance(reference, str)
        and reference.startswith(_DEFINITION)
        and reference.removeprefix(_DEFINITION) in definitions
    ):
        return f"$ref of {place} names nothing in $defs of the schema"
    if part.get("type") == "object" and not part.get("properties"):
        free = part.get("additionalProperties")
        if free is True or isinstance(free, Mapping):
            return f"{place} is an object with free names, which cannot be enforced; name them"
    return ""


def _short(name: object) -> str:
    text = str(name)
    return text if len(text) <= 40 else f"{text[:40]}…"  # noqa: PLR2004 - what is readable
