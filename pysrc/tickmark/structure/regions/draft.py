"""A box on its way to become a region."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tickmark.model.workbook import Table
from tickmark.structure.regions.raster import Box


class Origin(StrEnum):
    """Where a box comes from."""

    CUT = "cut"
    """An island, or a part of one between blank rows and columns."""
    ABOVE = "above"
    """What was trimmed above a box: mostly its title."""
    BELOW = "below"
    """What was trimmed below a box: mostly notes."""
    LIST_OBJECT = "list object"
    PIVOT = "pivot table"
    PROSE = "prose"
    """A merge that holds running text."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A box of a raster and how it came about; `table` is the ListObject that it is."""

    box: Box
    origin: Origin
    table: Table | None = None
