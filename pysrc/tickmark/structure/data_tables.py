"""What a data table (what-if analysis) is calculated from, beside its input cells."""

from __future__ import annotations

from dataclasses import replace

from tickmark.model.address import RangeRef
from tickmark.structure.reference import Reference, ReferenceKind


def data_table_inputs(text: str, fills: RangeRef) -> tuple[Reference, ...]:
    """The cells beside a data table that it takes: values to put in, and the formulas to try.

    Values for a row input cell stand in the row above, those for a column input cell in the column
    left of it. With one input the formulas stand on the other of the two sides, with both the
    formula stands in the corner. `text` is as the reader writes it: `TABLE(B1,B2)`, `TABLE(B1,)`
    or `TABLE(,B2)`, the row input cell first.
    """
    above = replace(fills, top=fills.top - 1, bottom=fills.top - 1)
    left = replace(fills, left=fills.left - 1, right=fills.left - 1)
    corner = replace(above, left=fills.left - 1, right=fills.left - 1)
    first, _, second = text.removeprefix("TABLE(").removesuffix(")").partition(",")
    areas = (above, left, corner) if first and second else (above, left)
    return tuple(
        Reference(ReferenceKind.AREA, area.a1, sheet=area.sheet, area=area, function="TABLE")
        for area in areas
        if area.top and area.left
    )
