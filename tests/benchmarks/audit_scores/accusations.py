"""What an auditor says of a workbook, as sets of cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from tickmark.model.address import RangeRef
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.workbook import Workbook

Place: TypeAlias = tuple[str, int, int]
"""Sheet, row, column."""

MOST_CELLS = 20_000
"""Of a larger range only the cells that hold something count as accused."""

FACT_RULES = frozenset(
    {
        "broken-link",
        "broken-reference",
        "concealed-text",
        "error-value",
        "external-link",
        "hidden-input",
        "hidden-sheet",
        "instruction-text",
        "outward-formula",
    }
)
"""Rules that state what is in a file: error values and lost references, links, hidden parts,
instructions to a model.

They are right whatever labels of formula mistakes say, so scores stand with and without them.
"""


@dataclass(frozen=True, slots=True)
class Accusation:
    """One finding: who says it, the accused cells, and how sure it is."""

    rule: str
    cells: frozenset[Place]
    confidence: float = 1.0
    message: str = ""
    severity: Severity = Severity.MEDIUM


def accusations(
    workbook: Workbook, findings: Iterable[Finding], tier: Tier = Tier.DEFAULT
) -> Iterator[Accusation]:
    """The open findings of a tier; those about the workbook as a whole accuse no cell."""
    for one in findings:
        if one.tier is tier and not one.dismissed:
            areas = (RangeRef.parse(text, sheet=one.sheet) for text in one.ranges)
            cells = frozenset(place for area in areas for place in places(workbook, area))
            yield Accusation(one.rule, cells, one.confidence, one.message, one.severity)


def places(workbook: Workbook, area: RangeRef) -> Iterator[Place]:
    """The cells of a range, blank ones too where it is not large."""
    if area.cells <= MOST_CELLS:
        for row in range(area.top, area.bottom + 1):
            for column in range(area.left, area.right + 1):
                yield area.sheet, row, column
        return
    cells = workbook[area.sheet].cells
    for at in cells.within(area):
        yield area.sheet, int(cells.rows[at]), int(cells.columns[at])


def without_facts(found: Iterable[Accusation]) -> list[Accusation]:
    """The accusations of all rules but FACT_RULES."""
    return [one for one in found if one.rule not in FACT_RULES]
