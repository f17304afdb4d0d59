"""Which cells of a workbook lie inside of some areas, told for all its cells at once."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.grid import Cells
from tickmark.structure.edges import Edges
from tickmark.structure.lattices import Lattices, Numbers
from tickmark.structure.touching import column_spans, row_spans, solid

Flags = npt.NDArray[np.bool_]

MOST_SPANS: Final = 50_000_000
_LINE: Final = 1 << 21


def covered(cells: Cells, areas: Numbers) -> Flags:
    """For each cell of a sheet, whether one of the areas (n, 4) holds it.

    Of areas that are cut into more than MOST_SPANS spans of cells all that lies between them
    counts as covered too.
    """
    if not len(cells) or not len(areas):
        return np.zeros(len(cells), np.bool_)
    rows, columns = cells.rows.astype(np.int64), cells.columns.astype(np.int64)
    areas = _distinct(areas)
    lines = np.unique(columns), np.unique(rows)
    spans = [_lines(one, areas, side) for one, side in ((lines[0], 1), (lines[1], 0))]
    counts = [int((last - first).sum()) for first, last in spans]
    if min(counts) > MOST_SPANS:
        whole = np.concatenate([areas[:, :2].min(axis=0), areas[:, 2:].max(axis=0)])
        return covered(cells, whole[None, :])
    if counts[0] <= counts[1]:
        return _covered(columns, rows, lines[0], spans[0], areas)
    return _covered(rows, columns, lines[1], spans[1], areas[:, [1, 0, 3, 2]])


def areas_of(lattices: Lattices) -> tuple[Numbers, Numbers]:
    """The sheets (n) and edges (n, 4) of rectangles that hold exactly the cells of lattices."""
    rows, columns = lattices.row_step > 1, lattices.column_step > 1
    tall, wide = np.where(rows, lattices.height, 1), np.where(columns, lattices.width, 1)
    at, i, j = _counted(tall, wide)
    table = lattices.table[at]
    top, left = table[:, 1] + i * table[:, 5], table[:, 2] + j * table[:, 6]
    bottom = np.where(rows[at], top, lattices.bottom[at])
    right = np.where(columns[at], left, lattices.right[at])
    return table[:, 0], np.stack([top, left, bottom, right], axis=1)


def targets_of(edges: Edges) -> tuple[Numbers, Numbers]:
    """The sheets (n) and edges (n, 4) of rectangles that hold exactly what edges lead from."""
    whole = solid(row_spans(edges), column_spans(edges))
    tall = np.where(~whole & edges.by_row.any(axis=1), edges.dependents.height, 1)
    wide = np.where(~whole & edges.by_column.any(axis=1), edges.dependents.width, 1)
    at, i, j = _counted(tall, wide)
    moved = edges.base[at] + edges.by_row[at] * i[:, None] + edges.by_column[at] * j[:, None]
    return edges.sheet[at], np.where(whole[at][:, None], edges.covers()[at], moved)


def _counted(tall: Numbers, wide: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """For each n all i below `tall[n]` with all j below `wide[n]`."""
    sizes = tall * wide
    at = np.repeat(np.arange(len(sizes)), sizes)
    ahead = np.arange(len(at)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return at, ahead // wide[at], ahead % wide[at]


def _distinct(areas: Numbers) -> Numbers:
    order = np.lexsort(areas.T)
    areas = areas[order]
    new = np.ones(len(areas), np.bool_)
    new[1:] = (areas[1:] != areas[:-1]).any(axis=1)
    return areas[new]


def _lines(lines: Numbers, areas: Numbers, side: int) -> tuple[Numbers, Numbers]:
    """The first line that lies in each area, and the one behind the last."""
    first = np.searchsorted(lines, areas[:, side], side="left")
    return first, np.searchsorted(lines, areas[:, side + 2], side="right")


def _covered(
    across: Numbers, along: Numbers, lines: Numbers, spans: tuple[Numbers, Numbers], areas: Numbers
) -> Flags:
    """The cells in areas; `across` numbers each cell's line, `along` its place in the line."""
    keys = across * _LINE + along
    order = np.argsort(keys)
    keys = keys[order]
    first, last = spans
    at = np.repeat(np.arange(len(areas)), last - first)
    ahead = np.arange(len(at)) - np.repeat(np.cumsum(last - first) - (last - first), last - first)
    line = lines[first[at] + ahead] * _LINE
    low = np.searchsorted(keys, line + areas[at, 0], side="left")
    high = np.searchsorted(keys, line + areas[at, 2], side="right")
    size = len(keys) + 1
    depth = np.cumsum(np.bincount(low, minlength=size) - np.bincount(high, minlength=size))
    found = np.empty(len(keys), np.bool_)
    found[order] = depth[:-1] > 0
    return found
