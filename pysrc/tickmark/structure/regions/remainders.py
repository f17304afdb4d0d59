"""What is left of a box around the holes in it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from tickmark.structure.regions.looks import bands
from tickmark.structure.regions.raster import Box


def remainder(box: Box, holes: Iterable[Box]) -> list[Box]:
    """The boxes of what is left of a box without some holes, which do not overlap; sorted.

    Rows above, between and below holes are kept whole; beside holes what stands left and right of
    them is parted.
    """
    inside = [hole.cut(box) for hole in holes if hole.meets(box)]
    changes: dict[int, list[tuple[Box, int]]] = {box.top: [], box.bottom + 1: []}
    for hole in inside:
        changes.setdefault(hole.top, []).append((hole, 1))
        changes.setdefault(hole.bottom + 1, []).append((hole, -1))
    covered = np.zeros(box.width, np.int32)
    begun: dict[tuple[int, int], int] = {}
    found: list[Box] = []
    for row, following in pairwise(sorted(changes)):
        for hole, step in changes[row]:
            covered[hole.left - box.left : hole.right - box.left + 1] += step
        spans = {span: begun.pop(span, row) for span in bands(covered == 0)}
        found += _ended(box, begun, row)
        begun = spans
        if following == box.bottom + 1:
            found += _ended(box, begun, following)
    return sorted(found)


def _ended(box: Box, begun: dict[tuple[int, int], int], row: int) -> list[Box]:
    """The boxes of spans of columns that end above a row, each with the row where it began."""
    return [
        Box(top, box.left + first, row - 1, box.left + last) for (first, last), top in begun.items()
    ]
