"""Slicer and timeline parts."""

from __future__ import annotations

from tickmark.model.pivot import Slicer
from tickmark.read.sheet_source import SheetSource


def read_slicers(_source: SheetSource) -> tuple[tuple[Slicer, ...], tuple[str, ...]]:
    """The slicers and timelines of a sheet, and sentences about what was not read."""
    return (), ()
