"""Ranges of a sheet that are regions for certain, so that nothing is looked for in them."""

from __future__ import annotations

from dataclasses import dataclass

from tickmark.model.address import RangeRef
from tickmark.model.workbook import Table
from tickmark.structure.regions.appearance import Appearance
from tickmark.structure.regions.draft import Origin
from tickmark.structure.regions.evidence import Evidence
from tickmark.structure.regions.prose import prose_of


@dataclass(frozen=True, slots=True)
class Taken:
    """A range, what it is, and its ListObject where it is one."""

    range: RangeRef
    origin: Origin
    table: Table | None = None


def taken_by(appearance: Appearance, evidence: Evidence) -> tuple[Taken, ...]:
    """The ranges of ListObjects, pivot tables and running text; none overlap."""
    known = [
        *(Taken(table.range, Origin.LIST_OBJECT, table) for table in evidence.tables),
        *(Taken(pivot, Origin.PIVOT) for pivot in evidence.pivots),
    ]
    prose = prose_of(appearance, [one.range for one in known])
    return (*known, *(Taken(area, Origin.PROSE) for area in prose))
