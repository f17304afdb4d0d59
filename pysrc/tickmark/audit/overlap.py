"""Findings of several rules about the same cells: the strongest stays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tickmark.model.address import RangeRef
from tickmark.model.finding import Finding, Tier

FAMILIES: Final = (
    ("pasted-value", "number-among-formulas", "missing-formula", "table-column-exception"),
    (
        "inconsistent-formula",
        "anchor-slip",
        "omitted-cells",
        "uneven-ranges",
        "stopped-range",
        "header-in-range",
        "plugged-total",
        "hard-coded-number",
        "empty-reference",
    ),
    ("text-in-arithmetic", "error-value"),
)
"""Rules that may have one cause; cells that rules of one family accuse are told once."""

CAUSES: Final = frozenset({"text-in-arithmetic"})
"""Rules that name the cause of what others of their family only see."""

MOST_CELLS: Final = 200_000


def without_overlap(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings without those whose cells are all accused by a stronger one of their family.

    What is shown without asking is stronger than the rest, then severity decides, then whether a
    rule names the cause, then confidence.
    """
    family = {rule: number for number, rules in enumerate(FAMILIES) for rule in rules}
    taken: dict[tuple[int, str], set[tuple[int, int]]] = {}
    kept = []
    for finding in sorted(findings, key=_strength):
        number = family.get(finding.rule)
        if number is not None and finding.ranges:
            cells = _cells(finding)
            known = taken.setdefault((number, finding.sheet), set())
            if cells and cells <= known:
                continue
            known |= cells
        kept.append(finding)
    return tuple(kept)


def _strength(finding: Finding) -> tuple[bool, int, bool, float]:
    return (
        finding.tier is Tier.MORE,
        -finding.severity,
        finding.rule not in CAUSES,
        -finding.confidence,
    )


def _cells(finding: Finding) -> set[tuple[int, int]]:
    """The accused cells; none where they are too many to be compared."""
    areas = [RangeRef.parse(text) for text in finding.ranges]
    if sum(area.cells for area in areas) > MOST_CELLS:
        return set()
    return {
        (row, column)
        for area in areas
        for row in range(area.top, area.bottom + 1)
        for column in range(area.left, area.right + 1)
    }
