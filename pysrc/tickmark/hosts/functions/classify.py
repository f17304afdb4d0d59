"""LLM_CLASSIFY: each value gets one of the given categories, or Unsure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from tickmark.analyses.classify import UNSURE, Category, conclude, same_label, task_of
from tickmark.engine.plan import Outcome
from tickmark.errors import ArgumentRefused, TickmarkError
from tickmark.hosts.functions.call import Argument, Call, Table
from tickmark.hosts.functions.cell_texts import (
    CellText,
    Fault,
    cells_of,
    listed,
    lone_text,
    texts_of,
)
from tickmark.hosts.functions.options import options_of
from tickmark.hosts.functions.packed import (
    Cells,
    cells_to_ask,
    fault_text,
    packed_question,
)
from tickmark.hosts.functions.question import Answer, Question
from tickmark.settings import Settings

MOST_CATEGORIES: Final = 200
_LEAST: Final = 2
_TWO_COLUMNS: Final = 2


def classify(call: Call, settings: Settings) -> Table | Question:
    """The labels in the shape of the values; blank cells stay blank.

    A label comes out as the cell of the category holds it: a number as a number.
    """
    options = options_of(call.argument(2), settings)
    chosen = _categories(call.argument(1))
    categories = tuple(chosen)
    task = task_of(categories, model=options.model, refresh=options.refresh)
    rows = [[cell.text for cell in row] for row in cells_of(call.argument(0), "values")]
    cells = cells_to_ask(rows, options.model)
    values = {category.label: value for category, value in chosen.items()}

    def concluded(outcomes: Mapping[str, Outcome]) -> Mapping[int, str | TickmarkError]:
        return conclude(categories, outcomes)

    def present(answers: Sequence[Answer]) -> Table:
        labels = [values.get(str(answer.get("label")), UNSURE) for answer in answers]
        return tuple(tuple(_shown(text, cells, labels) for text in row) for row in cells.rows)

    return packed_question(
        call.function,
        task,
        cells,
        conclude=concluded,
        kept=_kept,
        present=present,
        max_cost=options.max_cost,
    )


def _kept(label: str) -> Answer:
    return {"label": label}


def _shown(
    text: str | Fault, cells: Cells, labels: Sequence[float | str | bool]
) -> float | str | bool | None:
    if isinstance(text, Fault):
        return fault_text(text)
    if not text:
        return None
    return labels[cells.positions[text]]


def _categories(argument: Argument) -> dict[Category, float | str | bool]:
    """The categories in their order, each with the value that a cell gets for it."""
    if argument is None:
        raise ArgumentRefused(_EMPTY)
    found: dict[str, tuple[Category, float | str | bool]] = {}
    for category, value in _listed(argument):
        found.setdefault(same_label(category.label), (category, value))
    if not found:
        raise ArgumentRefused(_EMPTY)
    if len(found) < _LEAST:
        raise ArgumentRefused("categories names only one; give at least two")
    if len(found) > MOST_CATEGORIES:
        raise ArgumentRefused(f"categories names {len(found)}; give at most {MOST_CATEGORIES}")
    return dict(found.values())


_EMPTY: Final = "categories is empty"


def _listed(argument: Argument) -> list[tuple[Category, float | str | bool]]:
    texts = texts_of(argument, "categories")
    lone = lone_text(argument)
    if lone is not None:
        return [(Category(label), label) for label in listed(lone)]
    if len(texts) > 1 and len(texts[0]) > _TWO_COLUMNS:
        message = f"categories has {len(texts[0])} columns; give one, or two with descriptions"
        raise ArgumentRefused(message)
    rows = list(zip(texts, cells_of(argument, "categories"), strict=True))
    if len(texts) > 1 and len(texts[0]) == _TWO_COLUMNS:
        return [(Category(row[0], row[1]), _value(line[0])) for row, line in rows if row[0]]
    return [
        (Category(text), _value(cell))
        for row, line in rows
        for text, cell in zip(row, line, strict=True)
        if text
    ]


def _value(cell: CellText) -> float | str | bool:
    value = cell.value
    return value if isinstance(value, (float, bool)) else str(cell.text)
