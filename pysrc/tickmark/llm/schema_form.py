"""A form made of a JSON schema, for those who have no class of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tickmark.errors import SettingError
from tickmark.llm.schema import fits, legal_schema

if TYPE_CHECKING:
    from pydantic import BaseModel


def form_of(schema: Mapping[str, object]) -> type[BaseModel]:
    """The form whose instances are JSON objects that fit a schema.

    `model_json_schema` gives the schema as the Messages API enforces it. Raises SettingError for a
    schema whose root is no object, which no provider takes.
    """
    from pydantic import RootModel, model_validator  # noqa: PLC0415 - costs start-up time

    if schema.get("type") != "object":
        raise SettingError(
            'The root of a schema has to be an object ("type": "object"); put a list into a '
            "property of one."
        )
    legal = legal_schema(schema)

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

    return JsonObject
