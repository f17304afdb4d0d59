"""Circular references: first among formula blocks, then cell by cell where that leaves a doubt."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.structure.arcs import Arcs
from tickmark.structure.block_cells import BlockCells
from tickmark.structure.blocks import Blocks
from tickmark.structure.calls import Use
from tickmark.structure.cell_index import Place
from tickmark.structure.cell_search import CellSearch
from tickmark.structure.formulas import Formulas
from tickmark.structure.lattices import Lattices, Numbers
from tickmark.structure.potentials import suspicious_blocks

MOST_CELLS: Final = 200_000


@dataclass(frozen=True, slots=True)
class Cycle:
    """Formula cells of which each depends on each other one, sorted by sheet, row and column.

    `path` runs around once: each cell refers to the next, the last to the first. `certain` tells
    that the circle closes whenever the workbook is calculated; otherwise it needs a branch of an
    IF or the like to be taken. `intended` tells that the workbook is calculated in rounds, so that
    circles are meant to be.
    """

    cells: tuple[Place, ...]
    path: tuple[Place, ...]
    certain: bool
    intended: bool = False


@dataclass(frozen=True, slots=True)
class Cycles:
    """The circular references of a workbook, first cells first.

    Not `complete` where there were too many suspicious cells to look at them all; those found are
    circles all the same, but others are missing, and some may have more cells than were seen.
    """

    found: tuple[Cycle, ...]
    complete: bool


def cycles_of(formulas: Formulas, blocks: Blocks, arcs: Arcs) -> Cycles:
    """All circular references by cell addresses, names and tables.

    What INDEX picks, OFFSET and INDIRECT reach, implicit intersections and data tables are left
    out. Looks at most at MOST_CELLS cells one by one, at small groups of suspicious ones first.
    """
    arcs = arcs.taking((Use.VALUE, Use.CONDITIONAL))
    arcs = arcs.chosen(_computed(formulas, blocks, arcs))
    chosen, complete = _affordable(blocks.lattices, suspicious_blocks(blocks, arcs))
    complete = complete and formulas.complete
    if not len(chosen):
        return Cycles((), complete)
    cells = BlockCells.of(formulas.workbook, chosen)
    positions = cells.positions()
    sometimes = CellSearch(formulas, positions, {Use.VALUE, Use.CONDITIONAL})
    possible = [cells for cells, circle in sometimes.components() if circle]
    always, certain = _certain(formulas, sometimes, possible)
    complete = complete and min(sometimes.spans_left, always.spans_left) >= 0
    closed = {always.places[cell] for component in certain for cell in component}
    intended = formulas.workbook.details.calculation.iterates
    found = [_cycle(always, each, certain=True, intended=intended) for each in certain]
    found += [
        _cycle(sometimes, each, certain=False, intended=intended)
        for each in possible
        if closed.isdisjoint(sometimes.places[cell] for cell in each)
    ]
    return Cycles(tuple(sorted(found, key=lambda cycle: cycle.cells)), complete)


def _computed(formulas: Formulas, blocks: Blocks, arcs: Arcs) -> npt.NDArray[np.bool_]:
    """The arcs into cells whose formula refers to its precedents; that of a data table does not."""
    computed = np.ones(arcs.nodes, np.bool_)
    sheets = blocks.lattices.sheet
    for number, own in enumerate(formulas.sheets):
        flags = np.array([template.computed for template in own.templates], np.bool_)
        if not flags.all():
            here = np.flatnonzero(sheets == number)
            computed[here] = flags[blocks.templates[here]]
    return computed[arcs.head]


def _affordable(lattices: Lattices, groups: Sequence[Numbers]) -> tuple[Lattices, bool]:
    """The blocks of groups with up to MOST_CELLS cells, small groups first, and whether all fit.

    Of the first group that does not fit some rows are taken, so that a circle that was copied very
    often is still found.
    """
    sizes = sorted((int(lattices.cells[group].sum()), at) for at, group in enumerate(groups))
    left, chosen = MOST_CELLS, [np.empty((0, 7), np.int64)]
    for size, at in sizes:
        own = Lattices(lattices.table[groups[at]])
        chosen.append(own.table if size <= left else _window(own, left))
        left -= size
        if left < 0:
            return Lattices(np.concatenate(chosen)), False
    return Lattices(np.concatenate(chosen)), True


def _window(lattices: Lattices, most: int) -> Numbers:
    """As many rows of lattices as have up to `most` cells, from where the last of them begins."""
    rows = most // int(lattices.width.sum())
    low = int(lattices.top.max())
    if low > lattices.bottom.min():
        return lattices.table[:0]
    table = lattices.table.copy()
    ahead = -((lattices.top - low) // lattices.row_step)
    table[:, 1] += ahead * lattices.row_step
    table[:, 3] = np.minimum(lattices.height - ahead, -(-rows // lattices.row_step))
    return table[table[:, 3] > 0]


def _certain(
    formulas: Formulas, search: CellSearch, possible: Iterable[Collection[int]]
) -> tuple[CellSearch, list[list[int]]]:
    """The circles within possible ones that close at every calculation."""
    positions: list[list[int]] = [[] for _ in formulas.sheets]
    for component in possible:
        for cell in component:
            positions[search.places[cell][0]].append(search.index.positions[cell])
    always = CellSearch(formulas, [np.sort(np.array(at, np.intp)) for at in positions], {Use.VALUE})
    return always, [cells for cells, circle in always.components() if circle]


def _cycle(search: CellSearch, component: Sequence[int], *, certain: bool, intended: bool) -> Cycle:
    """The circle of a component, with one short way around."""
    return Cycle(
        cells=tuple(sorted(search.places[number] for number in component)),
        path=tuple(search.places[number] for number in search.around(component)),
        certain=certain,
        intended=intended,
    )
