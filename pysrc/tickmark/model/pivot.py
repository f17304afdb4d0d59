"""Pivot tables and the slicers that filter them or tables."""

from __future__ import annotations

from dataclasses import dataclass

from tickmark.model.address import RangeRef


@dataclass(frozen=True, slots=True)
class PivotTable:
    """A pivot table: its range, where its data comes from, and its fields by their role.

    `source` is a reference such as `Data!A1:C9`, several with commas where ranges are consolidated,
    or the name of a table or range. Data from elsewhere is `external`; its source is a reference
    with the other workbook's name as written, such as `'[Book.xlsx]Data'!A1:C9`, or empty. Fields
    are called as on the pivot table; what stands for several values is one of them.
    """

    name: str
    range: RangeRef
    source: str = ""
    external: bool = False
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Slicer:
    """A slicer or timeline: the `field` that it filters, and the pivots or table it acts on."""

    name: str
    caption: str = ""
    field: str = ""
    targets: tuple[str, ...] = ()
    timeline: bool = False
