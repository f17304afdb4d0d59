"""Drawing parts: the shapes and charts above the cells of a sheet."""

from __future__ import annotations

from tickmark.model.drawing import Chart, Shape
from tickmark.read.sheet_source import SheetSource


def read_drawings(
    _source: SheetSource,
) -> tuple[tuple[Shape, ...], tuple[Chart, ...], tuple[str, ...]]:
    """The shapes and charts of a sheet or chart sheet, and sentences about what was not read."""
    return (), (), ()
