"""Pivot table parts."""

from __future__ import annotations

from tickmark.model.pivot import PivotTable
from tickmark.read.sheet_source import SheetSource


def read_pivots(_source: SheetSource) -> tuple[tuple[PivotTable, ...], tuple[str, ...]]:
    """The pivot tables of a sheet, and sentences about what was not read."""
    return (), ()
