"""Joins the parts of one table that many blank rows have parted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tickmark.structure.regions.appearance import Mask
from tickmark.structure.regions.raster import Box, Raster
from tickmark.structure.regions.row_cuts import alike, repeats_header
from tickmark.structure.regions.starts import starts_table

_MOST_BLANK: Final = 8
_LEAST_COLUMNS: Final = 4


def joined(raster: Raster, boxes: Sequence[Box], held: Mask) -> list[Box]:
    """Boxes with each that goes on with the table above it joined to that table.

    It has the same columns, with values of the same kinds, and no header of its own; the table
    above has one; at most eight rows lie between them, and no other box reaches in there. `held`
    are the places of the raster that belong to any box.
    """
    found: list[Box] = []
    last_of: dict[tuple[int, int], int] = {}
    for box in sorted(boxes):
        columns = (box.left, box.right)
        at = last_of.get(columns)
        if at is not None and _goes_on(raster, found[at], box, held):
            found[at] = found[at].around(box)
            continue
        last_of[columns] = len(found)
        found.append(box)
    return found


def _goes_on(raster: Raster, above: Box, below: Box, held: Mask) -> bool:
    gap = below.top - above.bottom - 1
    if not 0 < gap <= _MOST_BLANK or above.width < _LEAST_COLUMNS or above.height < 3:
        return False
    between = held[above.bottom + 1 : below.top, above.left : above.right + 1]
    return (
        not between.any()
        and alike(raster, above, below)
        and not repeats_header(raster, above, below)
        and starts_table(raster, above)
        and not starts_table(raster, below)
    )
