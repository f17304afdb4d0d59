"""LLM_EXTRACT: named fields taken out of texts, a row for each text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from tickmark.analyses.extract import Extracted, Unfit, conclude, task_of
from tickmark.engine.plan import Outcome
from tickmark.errors import TickmarkError
from tickmark.hosts.functions.call import Call, Table
from tickmark.hosts.functions.cell_texts import CellText, Fault, cells_of
from tickmark.hosts.functions.columns import Columns, columns_of
from tickmark.hosts.functions.options import options_of
from tickmark.hosts.functions.packed import (
    cells_to_ask,
    fault_text,
    packed_question,
)
from tickmark.hosts.functions.question import Answer, Question
from tickmark.settings import Settings

BETWEEN_CELLS: Final = " | "
"""Stands between the cells of a row that holds one text in several columns."""


def extract(call: Call, settings: Settings) -> Table | Question:
    """A header row, unless `header=no`, and a row of values for each row of texts.

    A row of several cells is one text. A date comes out as its serial number, a list in one cell.
    A value that is not of its field's type is told in its cell; one that the text does not give
    leaves it blank.
    """
    options = options_of(call.argument(2), settings, taken=("header",))
    columns = columns_of(call.argument(1))
    task = task_of(
        columns.fields, model=options.model, language=options.language, refresh=options.refresh
    )
    rows = [[_joined(row)] for row in cells_of(call.argument(0), "texts")]
    cells = cells_to_ask(rows, options.model)
    header = (columns.names,) if options.header else ()

    def concluded(outcomes: Mapping[str, Outcome]) -> Mapping[int, Extracted | TickmarkError]:
        return conclude(columns.fields, outcomes)

    def present(answers: Sequence[Answer]) -> Table:
        shown = (_row(text, columns, answers, cells.positions) for (text,) in cells.rows)
        return (*header, *shown)

    return packed_question(
        call.function,
        task,
        cells,
        conclude=concluded,
        kept=_kept,
        present=present,
        max_cost=options.max_cost,
    )


def _kept(values: Extracted) -> Answer:
    return {"values": [{"unfit": one.reason} if isinstance(one, Unfit) else one for one in values]}


def _joined(row: Sequence[CellText]) -> str | Fault:
    """The text of a row; the first cell that holds none that can be asked about spoils it."""
    texts = []
    for cell in row:
        if isinstance(cell.text, Fault):
            return cell.text
        if cell.text:
            texts.append(cell.text)
    return BETWEEN_CELLS.join(texts)


def _row(
    text: str | Fault,
    columns: Columns,
    answers: Sequence[Answer],
    positions: Mapping[str, int],
) -> tuple[float | str | bool | None, ...]:
    if isinstance(text, Fault):
        return (fault_text(text),) * len(columns.names)
    if not text:
        return (None,) * len(columns.names)
    kept = answers[positions[text]].get("values")
    values = kept if isinstance(kept, list) and len(kept) == len(columns.fields) else None
    return tuple(
        None if values is None or place is None else _shown(values[place])
        for place in columns.places
    )


def _shown(value: object) -> float | str | bool | None:
    match value:
        case str():
            return value or None
        case bool() | float() | None:
            return value
        case int():
            return float(value)
        case {"unfit": str(reason)}:
            return fault_text(Fault(reason))
        case _:
            return None
