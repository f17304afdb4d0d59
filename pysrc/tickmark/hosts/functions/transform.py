"""LLM_TRANSFORM: each value rewritten as the instruction says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from tickmark.analyses.transform import conclude, task_of
from tickmark.errors import ArgumentRefused
from tickmark.hosts.functions.call import Argument, Call, Table
from tickmark.hosts.functions.cell_texts import CellText, Fault, cells_of, filled, texts_of
from tickmark.hosts.functions.options import options_of
from tickmark.hosts.functions.packed import (
    cells_to_ask,
    fault_text,
    packed_question,
)
from tickmark.hosts.functions.question import Answer, Question
from tickmark.settings import Settings

LONGEST_TEXT: Final = 5_000
"""Tokens of one text, since its answer is about as long."""

MOST_EXAMPLES: Final = 50
_PAIR: Final = 2
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)


def transform(call: Call, settings: Settings) -> Table | Question:
    """The rewritten values in the shape of the values; blank cells stay blank.

    Results are text. Only where the value was a number and its result is one that comes out of a
    cell again as it is written, the cell gets a number.
    """
    options = options_of(call.argument(3), settings)
    task = task_of(
        _instruction(call.argument(1)),
        _examples(call.argument(2)),
        model=options.model,
        language=options.language,
        refresh=options.refresh,
    )
    values = cells_of(call.argument(0), "values")
    cells = cells_to_ask([[one.text for one in row] for row in values], options.model, LONGEST_TEXT)

    def present(answers: Sequence[Answer]) -> Table:
        results = {
            text: str(answers[position].get("text", ""))
            for text, position in cells.positions.items()
        }
        return tuple(
            tuple(_shown(cell, text, results) for cell, text in zip(line, row, strict=True))
            for line, row in zip(values, cells.rows, strict=True)
        )

    return packed_question(
        call.function,
        task,
        cells,
        conclude=conclude,
        kept=_kept,
        present=present,
        max_cost=options.max_cost,
    )


def _kept(text: str) -> Answer:
    return {"text": text}


def _shown(cell: CellText, text: str | Fault, results: Mapping[str, str]) -> float | str | None:
    if isinstance(text, Fault):
        return fault_text(text)
    if not text:
        return None
    result = results[text]
    was_number = isinstance(cell.value, (int, float)) and not isinstance(cell.value, bool)
    if was_number and _NUMBER.fullmatch(result) and f"{float(result):.15g}" == result:
        return float(result)
    return result or None


def _instruction(argument: Argument) -> str:
    if argument is None:
        raise ArgumentRefused(_NO_INSTRUCTION)
    texts = list(filled(texts_of(argument, "instruction")))
    if not texts:
        raise ArgumentRefused(_NO_INSTRUCTION)
    if len(texts) > 1:
        raise ArgumentRefused("instruction is one text or one cell")
    return texts[0]


_NO_INSTRUCTION: Final = "instruction is empty"


def _examples(argument: Argument) -> list[tuple[str, str]]:
    """Pairs of before and after; rows that lack one of them are left out."""
    if argument is None:
        return []
    rows = texts_of(argument, "examples")
    if not any(filled(rows)):
        return []
    if len(rows[0]) != _PAIR:
        message = "examples is two columns, before and after"
        if len(rows) == len(rows[0]) == 1:
            message += "; options come fourth"
        raise ArgumentRefused(message)
    pairs = dict.fromkeys((row[0], row[1]) for row in rows if row[0] and row[1])
    if len(pairs) > MOST_EXAMPLES:
        message = f"examples has {len(pairs)} rows; give at most {MOST_EXAMPLES}"
        raise ArgumentRefused(message)
    return list(pairs)
