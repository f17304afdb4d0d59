"""Texts put into the categories of a closed list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tickmark.analyses import packing
from tickmark.analyses.packed_forms import rows_schema
from tickmark.analyses.packing import PackedTask
from tickmark.encode.values import quoted
from tickmark.engine.plan import Outcome
from tickmark.errors import TickmarkError

UNSURE: Final = "Unsure"
"""The label where no category fits."""

_NO_CATEGORY: Final = 0
_MISSING: Final = object()

# `{"row":12,"category":3},`, with room for line breaks and blanks.
_ROW_TOKENS: Final = 24


@dataclass(frozen=True, slots=True)
class Category:
    """A label as the user spells it, and perhaps what belongs there."""

    label: str
    description: str = ""


def same_label(label: str) -> str:
    """A label without case and spacing: labels that are equal so are the same category."""
    return " ".join(label.split()).casefold()


def task_of(categories: Sequence[Category], *, model: str, refresh: str = "") -> PackedTask:
    """What every call says; the model answers with the numbers of the categories, 0 for none."""
    lines = [_line(number, one) for number, one in enumerate(categories, start=1)]
    numbers = list(range(_NO_CATEGORY, len(categories) + 1))
    return PackedTask(
        name="classify",
        model=model,
        heading=("Categories:", *lines, *packing.asked_anew(refresh)),
        schema=rows_schema({"category": {"type": "integer", "enum": numbers}}),
        row_tokens=_ROW_TOKENS,
    )


def conclude(
    categories: Sequence[Category], outcomes: Mapping[str, Outcome]
) -> dict[int, str | TickmarkError]:
    """For each text, by position, a label of the list or UNSURE; nothing else can come out."""
    labels = [one.label for one in categories]
    words = _words(labels)

    def read(entry: Mapping[str, object]) -> str | None:
        match entry.get("category", _MISSING):
            case str(word):
                return words.get(same_label(word), UNSURE)
            case int(number) if number is not True and 1 <= number <= len(labels):
                return labels[number - 1]
            case missing if missing is _MISSING:
                return None
            case _:
                return UNSURE

    return packing.conclude(outcomes, read)


def _words(labels: Sequence[str]) -> dict[str, str]:
    """What a server that enforces no schema may answer with: numbers as text, labels.

    A label that is the number of another category is neither.
    """
    words = {str(number): label for number, label in enumerate(labels, start=1)}
    for label in labels:
        word = same_label(label)
        words[word] = label if words.get(word, label) == label else UNSURE
    return words


def _line(number: int, category: Category) -> str:
    text = f"{number}: {quoted(category.label)}"
    return f"{text} - {quoted(category.description)}" if category.description else text
