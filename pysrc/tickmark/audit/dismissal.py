"""Findings that the author of a workbook has dismissed in Excel."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tickmark.model.address import RangeRef
from tickmark.model.cell_rules import IgnoredErrors

WARNINGS: Final = {
    "error-value": ("evalError",),
    "text-number": ("numberStoredAsText", "twoDigitTextYear"),
    "inconsistent-formula": ("formula",),
    "anchor-slip": ("formula",),
    "omitted-cells": ("formulaRange",),
    "uneven-ranges": ("formulaRange", "formula"),
    "unlocked-formula": ("unlockedFormula",),
    "empty-reference": ("emptyCellReference",),
    "table-column-exception": ("calculatedColumn",),
}
"""For each rule the warnings of Excel (ECMA-376 part 1, 18.3.1.51) that speak of the same."""


def dismissal(rule: str, areas: Iterable[RangeRef], ignored: Iterable[IgnoredErrors]) -> str:
    """Which warning the author switched off for all cells of a finding; "" for none.

    `ignored` are those of the sheet.
    """
    accused = tuple(areas)
    for warning in WARNINGS.get(rule, ()):
        off = [area for one in ignored if warning in one.kinds for area in one.ranges]
        if accused and off and all(_covers(off, area) for area in accused):
            return f"dismissed in Excel: the warning {warning} is switched off for these cells"
    return ""


def _covers(areas: Iterable[RangeRef], accused: RangeRef) -> bool:
    """Whether every cell of an accused rectangle lies in one of some areas."""
    left = [accused]
    for area in areas:
        left = [piece for one in left for piece in _without(one, area)]
        if not left:
            return True
    return False


def _without(one: RangeRef, other: RangeRef) -> list[RangeRef]:
    """A rectangle without another, as at most four rectangles."""
    top, bottom = max(one.top, other.top), min(one.bottom, other.bottom)
    left, right = max(one.left, other.left), min(one.right, other.right)
    if top > bottom or left > right:
        return [one]
    pieces = [
        (one.top, one.left, top - 1, one.right),
        (bottom + 1, one.left, one.bottom, one.right),
        (top, one.left, bottom, left - 1),
        (top, right + 1, bottom, one.right),
    ]
    return [RangeRef(one.sheet, *p) for p in pieces if p[0] <= p[2] and p[1] <= p[3]]
