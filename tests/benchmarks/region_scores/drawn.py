"""Labels drawn by hand for this benchmark: one JSON object a line, one for each sheet.

Keys: `workbook`, `sheet`, `tables` (each with `range`, `header_rows`, `header_columns`,
`total_rows` as row numbers, `total_columns` as letters, `title` as a range), `key_value`, `titles`,
`notes` (ranges), `doubt` (what was hard to decide). The whole sheet is labelled.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from tests.benchmarks.region_scores.labels import LabelledSheet, LabelledTable, exactly, just
from tickmark.model.address import RangeRef, column_number


def labels_of(text: str) -> tuple[LabelledSheet, ...]:
    """The labels of all sheets. Raises ValueError, naming the line."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                found.append(_sheet(json.loads(line)))
            except (KeyError, TypeError, ValueError) as error:
                message = f"line {number}: {error!r}"
                raise ValueError(message) from error
    return tuple(found)


def _sheet(told: Mapping[str, Any]) -> LabelledSheet:
    name = told["sheet"]
    return LabelledSheet(
        told["workbook"],
        name,
        tuple(_table(one, name) for one in told["tables"]),
        whole=True,
        key_value=_ranges(told.get("key_value", ()), name),
        titles=_ranges(told.get("titles", ()), name),
        notes=_ranges(told.get("notes", ()), name),
        doubt=told.get("doubt") or "",
    )


def _table(told: Mapping[str, Any], sheet: str) -> LabelledTable:
    return LabelledTable(
        RangeRef.parse(told["range"], sheet=sheet),
        header_rows=exactly(told["header_rows"]),
        header_columns=exactly(told["header_columns"]),
        total_rows=just(frozenset(told["total_rows"])),
        total_columns=just(frozenset(map(column_number, told["total_columns"]))),
    )


def _ranges(told: Iterable[str], sheet: str) -> tuple[RangeRef, ...]:
    return tuple(RangeRef.parse(one, sheet=sheet) for one in told)
