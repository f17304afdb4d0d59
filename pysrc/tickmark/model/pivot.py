"""Pivot tables and the slicers that filter them or tables."""

from __future__ import annotations

from dataclasses import dataclass

from tickmark.model.address import RangeRef


@dataclass(frozen=True, slots=True)
class PivotTable:
    """A pivot table: its range, where its data comes from, and its fields by their role.

    `source` is a reference, the name of a table or range, or empty for data from elsewhere, which
    `external` then tells.
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
