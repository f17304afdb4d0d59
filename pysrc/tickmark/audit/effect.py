"""What depends on the cells that a finding accuses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from tickmark.audit.rule import Facts
from tickmark.model.address import RangeRef
from tickmark.model.finding import Effect

MOST_LABELS: Final = 3
MOST_AREAS: Final = 500
"""Accused rectangles that are looked up; the effect of the others is left out."""


def effect_of(facts: Facts, areas: Sequence[RangeRef]) -> Effect:
    """The formula cells that depend on some areas, and the results of the workbook among them."""
    reached = facts.graph.reach.dependents(areas[:MOST_AREAS])
    outputs = facts.graph.outputs
    count, labels = 0, dict[str, None]()
    for area in reached.ranges:
        number = facts.formulas.scope.sheets[area.sheet.casefold()]
        inside = facts.workbook.sheets[number].cells.within(area)
        found = inside[outputs.kinds[number][inside] > 0]
        count += len(found)
        if len(found) and len(labels) < MOST_LABELS:
            _, first = np.unique(outputs.block[number][found], return_index=True)
            for at in found[np.sort(first)][: MOST_LABELS - len(labels)].tolist():
                labels.setdefault(label_of(facts, number, at))
    labels.pop("", None)
    return Effect(reached.count, count, tuple(labels))


def label_of(facts: Facts, sheet: int, position: int) -> str:
    """What the row and the column of a cell are called, "" where nothing tells."""
    cells = facts.workbook.sheets[sheet].cells
    row, column = cells.place(position)
    return label_at(facts, sheet, row, column)


def label_at(facts: Facts, sheet: int, row: int, column: int) -> str:
    """What the row and the column of a place are called, "" where nothing tells."""
    name = facts.workbook.sheets[sheet].name
    parts = facts.labels(sheet).parts(RangeRef(name, row, column, row, column))
    return ", ".join(text for text in parts if text)
