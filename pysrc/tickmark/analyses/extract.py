"""Named fields taken out of texts, their types checked by code."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from tickmark.analyses import packing
from tickmark.analyses.packed_forms import rows_schema
from tickmark.analyses.packing import PackedTask
from tickmark.encode.values import quoted
from tickmark.engine.plan import Outcome
from tickmark.errors import TickmarkError
from tickmark.structure.field_types import FieldType, FieldValue, value_of

BETWEEN_ITEMS: Final = "; "
"""Stands between the items of a list in its cell."""

# `{"row":12},`, and for each field its key, marks and some words.
_ROW_TOKENS: Final = 16
_FIELD_TOKENS: Final = 16
_TEXT_SHARE: Final = 1.5


@dataclass(frozen=True, slots=True)
class Field:
    """A field by the name that the user gave it, with its type."""

    name: str
    kind: FieldType = FieldType.TEXT


@dataclass(frozen=True, slots=True)
class Unfit:
    """An answer that is not of its field's type; `reason` such as `no date`, without its words."""

    reason: str


Extracted: TypeAlias = tuple[FieldValue | Unfit, ...]
"""A value for each field, None where the text does not give it."""


def task_of(
    fields: Sequence[Field], *, model: str, language: str = "", refresh: str = ""
) -> PackedTask:
    """What every call says; the model answers under the keys `f1`, `f2` and so on."""
    lines = [f"{_key(n)}: {quoted(one.name)} ({one.kind})" for n, one in enumerate(fields)]
    return PackedTask(
        name="extract",
        model=model,
        heading=(
            "Fields:",
            *lines,
            *packing.in_language(language),
            *packing.asked_anew(refresh),
        ),
        schema=rows_schema({_key(n): _schema(one.kind) for n, one in enumerate(fields)}),
        row_tokens=_ROW_TOKENS + _FIELD_TOKENS * len(fields),
        text_share=_TEXT_SHARE,
    )


def conclude(
    fields: Sequence[Field], outcomes: Mapping[str, Outcome]
) -> dict[int, Extracted | TickmarkError]:
    """The values of each text, by position, in the order of the fields."""

    def read(entry: Mapping[str, object]) -> Extracted | None:
        keys = [_key(n) for n in range(len(fields))]
        if not any(key in entry for key in keys):
            return None
        return tuple(
            _value(entry.get(key), one.kind) for key, one in zip(keys, fields, strict=True)
        )

    return packing.conclude(outcomes, read)


def _key(position: int) -> str:
    return f"f{position + 1}"


def _schema(kind: FieldType) -> Mapping[str, object]:
    # Texts throughout: a type that may also be null is among what providers allow few of.
    if kind is FieldType.LIST:
        return {"type": "array", "items": {"type": "string"}}
    return {"type": "string"}


def _value(answer: object, kind: FieldType) -> FieldValue | Unfit:
    text = _text(answer)
    plain = None if text is None else packing.written(text)
    if plain is None:
        return Unfit(f"no {kind}")
    if not plain:
        return None
    try:
        return value_of(plain, kind)
    except ValueError as error:
        return Unfit(str(error))


def _text(answer: object) -> str | None:
    """The text of an answer; None for one that is no single value or list of texts."""
    match answer:
        case None:
            text: str | None = ""
        case str():
            text = answer
        case bool() | int():
            text = str(answer).lower()
        case float() if math.isfinite(answer):
            text = f"{answer:.15g}"
        case list():
            text = _joined(answer)
        case _:
            text = None
    return text


def _joined(items: list[object]) -> str | None:
    texts = [item.strip() for item in items if isinstance(item, str)]
    whole = len(texts) == len(items)
    return BETWEEN_ITEMS.join(text for text in texts if text) if whole else None
