"""Referenced cells without formula as disjoint rectangles, cut where their references differ."""

from __future__ import annotations

from typing import Final

import numpy as np

from tickmark.structure.blocks import Blocks
from tickmark.structure.coverage import areas_of
from tickmark.structure.edges import Edges
from tickmark.structure.lattices import Lattices, Numbers
from tickmark.structure.sweep import cuts, swept

MOST_CUTS: Final = 8_000_000
_TURNED: Final = [1, 0, 3, 2]


def tiles_of(blocks: Blocks, edges: Edges) -> Lattices:
    """Rectangles of all cells that edges lead from and no block holds, each cell in one of them.

    A tile lies wholly inside or outside of the rectangle around all targets of an edge, unless the
    areas of its sheet cross each other more than MOST_CUTS times: then the tiles are what the
    formulas leave of the rectangle around all of them. Tiles may hold cells that no edge leads
    from.
    """
    own, formulas = areas_of(blocks.lattices)
    covers = edges.covers()
    tables = [np.empty((0, 7), np.int64)]
    for sheet in np.unique(edges.sheet).tolist():
        found = _of_sheet(_distinct(covers[edges.sheet == sheet]), formulas[own == sheet])
        table = np.ones((len(found), 7), np.int64)
        table[:, 0] = sheet
        table[:, 1:3] = found[:, :2]
        table[:, 3:5] = found[:, 2:] - found[:, :2] + 1
        tables.append(table)
    return Lattices(np.concatenate(tables))


def _distinct(areas: Numbers) -> Numbers:
    areas = areas[np.lexsort(areas.T)]
    new = np.ones(len(areas), np.bool_)
    new[1:] = (areas[1:] != areas[:-1]).any(axis=1)
    return areas[new]


def _of_sheet(areas: Numbers, formulas: Numbers) -> Numbers:
    """Tiles of one sheet as top, left, bottom, right."""
    around = np.concatenate([areas[:, :2].min(axis=0), areas[:, 2:].max(axis=0)])[None, :]
    near = (formulas[:, :2] <= around[:, 2:]).all(axis=1)
    near &= (formulas[:, 2:] >= around[:, :2]).all(axis=1)
    formulas = formulas[near]
    both = np.concatenate([areas, formulas])
    sizes = cuts(both), cuts(both[:, _TURNED])
    if min(sizes) > MOST_CUTS:
        both = np.concatenate([around, formulas])
    # A sum of one random number for each area over a cell tells which areas hold it.
    marks = np.random.default_rng(0).integers(1, 1 << 40, len(both), np.int64)
    wanted = np.arange(len(both)) < len(both) - len(formulas)
    if sizes[0] <= sizes[1]:
        return swept(both, wanted, marks)
    return swept(both[:, _TURNED], wanted, marks)[:, _TURNED]
