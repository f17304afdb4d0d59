"""Rectangles of a sheet as a person sees them: tables, key-value blocks, titles, notes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tickmark.model.address import RangeRef


class Role(StrEnum):
    """What a rectangle of a sheet is to its reader."""

    TABLE = "table"
    """Rows and columns under or beside headers; also a cross tabulation."""
    KEY_VALUE = "key-value"
    """Labels with a value beside each, such as inputs or the head of a form."""
    LIST = "list"
    """One column or row of values or texts of a kind."""
    TITLE = "title"
    """A text that names a sheet or a region."""
    NOTES = "notes"
    """Running text: remarks, sources, explanations."""
    CELLS = "cells"
    """Cells that belong to none of the others."""


class Edge(StrEnum):
    """What a reason speaks of."""

    TOP = "top"
    LEFT = "left"
    BOTTOM = "bottom"
    RIGHT = "right"
    HEADER_ROWS = "header rows"
    HEADER_COLUMNS = "header columns"
    TOTAL_ROWS = "total rows"
    TOTAL_COLUMNS = "total columns"
    ROLE = "role"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an edge lies where it does, or a part has its role: a clause such as `row 9 is blank`."""

    edge: Edge
    cue: str


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of a sheet with a role; regions of one sheet do not overlap.

    `header_rows` at the top and `header_columns` at the left hold no data; blank ones between them
    and the data count. `sections` are rows inside that only name the rows below them,
    `repeated_headers` rows inside that write the header anew. `total_rows` span the width of the
    region, `total_columns` its height; subtotals are among them. `column_paths` has one entry for
    each column of the range: the texts of its header cells from the outermost to the innermost, ()
    for a column without any. `cross_tabulation` tells that the headers of the columns are values of
    one kind (years, regions), so that the data is one quantity. `title` and `notes` are the ranges
    of the regions that name and explain this one; `name` is what it is called, "" where nothing
    tells: the name of the ListObject, or the text of its title. `list_object` is set where the
    author drew the table. `confidence` runs from 0 to 1: the share of right boxes among boxes with
    like reasons.
    """

    range: RangeRef
    role: Role
    confidence: float
    reasons: tuple[Reason, ...] = ()
    header_rows: int = 0
    header_columns: int = 0
    sections: tuple[RangeRef, ...] = ()
    repeated_headers: tuple[RangeRef, ...] = ()
    total_rows: tuple[RangeRef, ...] = ()
    total_columns: tuple[RangeRef, ...] = ()
    column_paths: tuple[tuple[str, ...], ...] = ()
    cross_tabulation: bool = False
    name: str = ""
    title: RangeRef | None = None
    notes: tuple[RangeRef, ...] = ()
    list_object: str = ""

    @property
    def data(self) -> RangeRef | None:
        """The range without header rows and columns, totals and sections included; may be None."""
        top, left = self.range.top + self.header_rows, self.range.left + self.header_columns
        if top > self.range.bottom or left > self.range.right:
            return None
        return RangeRef(self.range.sheet, top, left, self.range.bottom, self.range.right)
