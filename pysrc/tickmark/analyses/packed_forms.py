"""The form of answers about many texts at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from tickmark.errors import TickmarkError
from tickmark.llm.schema import legal_schema


class RowsForm(BaseModel):
    """One entry a text; each is checked by itself, so that a bad one does not spoil the others."""

    rows: list[Any]


@dataclass(frozen=True, slots=True)
class LostRow:
    """In place of the entry about a text whose question failed, by its number."""

    row: int
    error: TickmarkError


def rows_schema(values: Mapping[str, Mapping[str, object]]) -> Mapping[str, object]:
    """The JSON schema of RowsForm that is asked for: entries of `row` and the named values.

    The names are ours, never those of a workbook, since providers put a schema beside the system
    prompt.
    """
    entry = {
        "type": "object",
        "properties": {"row": {"type": "integer"}, **values},
        "required": ["row", *values],
    }
    return legal_schema(
        {
            "type": "object",
            "properties": {"rows": {"type": "array", "items": entry, "minItems": 1}},
            "required": ["rows"],
        }
    )
