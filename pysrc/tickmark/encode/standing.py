"""What each visible cell of a sheet is to its region: header, label, total or data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from tickmark.encode.cell_index import CellIndex, edges_of
from tickmark.encode.merges import Merged
from tickmark.encode.source import Source
from tickmark.model.region import Region, Role
from tickmark.structure.formulas import NO_TEMPLATE

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


class Standing(IntEnum):
    """The part of its region that a cell belongs to, from the outermost to the innermost."""

    LOOSE = 0
    TITLE = 1
    NOTE = 2
    HEADER = 3
    LABEL = 4
    TOTAL = 5
    DATA = 6


@dataclass(frozen=True, slots=True, eq=False)
class VisibleCells:
    """The cells that may be shown, in the order of the sheet, as plain columns of one length.

    `positions` are those of the sheet's arrays; `regions` is the index of each cell's region, -1
    for none; `standings` are values of Standing; `heights` is the number of rows of data that the
    cell's region has. `bottoms` and `rights` are the last row and column of each cell, others than
    its own for a merged one.
    """

    positions: npt.NDArray[np.intp]
    rows: Numbers
    columns: Numbers
    kinds: npt.NDArray[np.uint8]
    templates: npt.NDArray[np.int32]
    regions: Numbers
    standings: npt.NDArray[np.uint8]
    heights: Numbers
    bottoms: Numbers
    rights: Numbers

    def __len__(self) -> int:
        return len(self.positions)

    @property
    def is_formula(self) -> Mask:
        """Which cells hold a formula."""
        mask: Mask = self.templates != NO_TEMPLATE
        return mask


def visible_cells(source: Source, index: CellIndex, merged: Merged) -> VisibleCells:
    """The cells of a sheet that may be shown, with their standing.

    `merged` are the sizes of merges by their first cell, as `merges_of` finds them.
    """
    cells = source.sheet.cells
    regions = np.full(len(cells), -1, np.int64)
    standings = np.full(len(cells), Standing.LOOSE, np.uint8)
    heights = np.zeros(len(cells), np.int64)
    for number, region in enumerate(source.regions):
        inside = index.within(edges_of(region.range))
        regions[inside] = number
        data = region.data
        heights[inside] = 0 if data is None else data.bottom - data.top + 1
        standings[inside] = _WHOLE.get(region.role, Standing.DATA)
        if region.role not in _WHOLE:
            _mark_parts(index, region, inside, standings)
    bottoms, rights = cells.rows.astype(np.int64), cells.columns.astype(np.int64)
    if merged:
        first, sizes = np.array(list(merged)), np.array(list(merged.values()))
        at = index.at(first[:, 0], first[:, 1])
        bottoms[at] += sizes[:, 0] - 1
        rights[at] += sizes[:, 1] - 1
    positions = np.flatnonzero(source.visible)
    return VisibleCells(
        positions=positions,
        rows=cells.rows[positions].astype(np.int64),
        columns=cells.columns[positions].astype(np.int64),
        kinds=cells.kinds[positions],
        templates=source.formulas.template_of[positions],
        regions=regions[positions],
        standings=standings[positions],
        heights=heights[positions],
        bottoms=bottoms[positions],
        rights=rights[positions],
    )


_WHOLE = {Role.TITLE: Standing.TITLE, Role.NOTES: Standing.NOTE, Role.CELLS: Standing.LOOSE}


def _mark_parts(
    index: CellIndex,
    region: Region,
    inside: npt.NDArray[np.intp],
    standings: npt.NDArray[np.uint8],
) -> None:
    """Set the standing of the headers, labels and totals of a region."""
    cells, area = index.cells, region.range
    if region.header_columns:
        last = area.left + region.header_columns - 1
        standings[inside[cells.columns[inside] <= last]] = Standing.LABEL
    for totals in (region.total_rows, region.total_columns):
        for total in totals:
            standings[index.within(edges_of(total))] = Standing.TOTAL
    for section in (*region.sections, *region.repeated_headers):
        standings[index.within(edges_of(section))] = Standing.HEADER
    if region.header_rows:
        last = area.top + region.header_rows - 1
        header = (area.top, area.left, min(last, area.bottom), area.right)
        standings[index.within(header)] = Standing.HEADER
