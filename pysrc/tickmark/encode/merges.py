"""The merged cells of a sheet that an encoding tells of."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import compress

from tickmark.encode.cell_index import CellIndex, edges_of
from tickmark.model.workbook import Sheet

Merged = Mapping[tuple[int, int], tuple[int, int]]
"""Rows and columns that merges span, by the row and column of their first cell."""

LOOKED_AT = 20
"""The rows or columns of all merges together may hold so many times the cells of the sheet."""

FEW = 100_000
"""And so many cells more."""


def merges_of(sheet: Sheet, index: CellIndex) -> dict[tuple[int, int], tuple[int, int]]:
    """The merges with a filled first cell that cover no other filled cell.

    Of merges that begin in one cell the last counts. Where a hostile sheet has very many large
    ones that lie over each other, the largest are not told.
    """
    areas = [area for area in sheet.merges if area.cells > 1]
    filled = index.at([area.top for area in areas], [area.left for area in areas]) >= 0
    first = {(area.top, area.left): area for area in compress(areas, filled)}
    found = {}
    left = LOOKED_AT * len(sheet.cells) + FEW
    for cell, area in sorted(first.items(), key=lambda one: one[1].cells):
        edges = edges_of(area)
        left -= index.looked_at(edges)
        if left < 0:
            break
        if len(index.within(edges)) == 1:
            found[cell] = (area.bottom - area.top + 1, area.right - area.left + 1)
    return found
