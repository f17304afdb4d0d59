"""Print areas as evidence: what an author prints apart are tables apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from tickmark.structure.regions.raster import Box

_MOST: Final = 64


def cut_by_print_areas(box: Box, areas: Sequence[Box]) -> list[Box]:
    """The parts of a box that lie in print areas of their own; the box itself elsewhere.

    Two areas at least have to meet the box, below each other or side by side; one alone only says
    what is printed. Beyond 64 areas none is looked at.
    """
    met = [area for area in areas if area.meets(box)] if len(areas) <= _MOST else []
    if len(met) < 2:
        return [box]
    rows = _edges([(area.top, area.bottom) for area in met], box.top, box.bottom)
    if rows:
        return [Box(top, box.left, end - 1, box.right) for top, end in pairwise(rows)]
    columns = _edges([(area.left, area.right) for area in met], box.left, box.right)
    if columns:
        return [Box(box.top, left, box.bottom, end - 1) for left, end in pairwise(columns)]
    return [box]


def _edges(spans: list[tuple[int, int]], first: int, last: int) -> list[int]:
    """Where parts begin, and the end of the last one; none where two spans share a line."""
    spans = sorted(spans)
    if any(before[1] >= after[0] for before, after in pairwise(spans)):
        return []
    inner = {span[0] for span in spans} | {span[1] + 1 for span in spans}
    return [first, *sorted(edge for edge in inner if first < edge <= last), last + 1]
