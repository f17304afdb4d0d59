"""Encoded sheets as JSON; the shapes are promises, more keys may come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tickmark.model.workbook import Sheet, Workbook

SCHEMA_VERSION: Final = 1

Record = dict[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class EncodedSheet:
    """One sheet as text.

    `covered_cells` are told in the text by just one claim, hidden ones as hidden; None where the
    text cannot tell. `left_out` are the ranges of visible cells that had no room.
    """

    sheet: Sheet
    text: str
    tokens: int
    level: str
    covered_cells: int | None
    hidden_cells: int
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class EncodedText:
    """Sheets as one text; `preface` are the lines about the workbook above them."""

    text: str
    tokens: int
    sheets: tuple[EncodedSheet, ...]
    preface: tuple[str, ...] = ()

    @property
    def left_out(self) -> tuple[str, ...]:
        """The names of the sheets of which the text tells nothing."""
        return tuple(one.sheet.name for one in self.sheets if not one.text)


def encodings_record(
    workbook: Workbook,
    encoded: EncodedText,
    *,
    tokenizer: str,
    vanilla_tokens: Sequence[int],
    budget: int | None = None,
    problems: Sequence[str] = (),
) -> Record:
    """What `encode --json` prints.

    `vanilla_tokens` is for each sheet what its cells cost one by one, with the blank ones between
    them; `problems` are sentences on what was not read.
    """
    sheets = encoded.sheets
    covered = [one.covered_cells for one in sheets if one.covered_cells is not None]
    return {
        "schema_version": SCHEMA_VERSION,
        "workbook": workbook.path,
        "complete": not problems,
        "problems": list(problems),
        "budget": budget,
        "preface": list(encoded.preface),
        "sheets": [
            _sheet(one, tokenizer, vanilla)
            for one, vanilla in zip(sheets, vanilla_tokens, strict=True)
        ],
        "left_out_sheets": list(encoded.left_out),
        "totals": {
            "tokens": encoded.tokens,
            "tokenizer": tokenizer,
            "vanilla_tokens": sum(vanilla_tokens),
            "cells": sum(len(one.sheet.cells) for one in sheets),
            "covered_cells": sum(covered) if len(covered) == len(sheets) else None,
            "hidden_cells": sum(one.hidden_cells for one in sheets),
        },
    }


def _sheet(one: EncodedSheet, tokenizer: str, vanilla_tokens: int) -> Record:
    used = one.sheet.used_range
    return {
        "sheet": one.sheet.name,
        "state": str(one.sheet.state),
        "used_range": None if used is None else used.a1,
        "text": one.text,
        "tokens": one.tokens,
        "tokenizer": tokenizer,
        "vanilla_tokens": vanilla_tokens,
        "level": one.level,
        "cells": len(one.sheet.cells),
        "covered_cells": one.covered_cells,
        "hidden_cells": one.hidden_cells,
        "left_out": list(one.left_out),
    }
