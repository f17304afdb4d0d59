"""Edges cut so that the dependents of each lie in one formula block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tickmark.structure.block_index import NO_LATTICE, BlockIndex, boxes_of
from tickmark.structure.blocks import Blocks
from tickmark.structure.edges import Edges
from tickmark.structure.lattices import Lattices, Numbers


@dataclass(frozen=True, slots=True, eq=False)
class BlockEdges:
    """n edges whose dependents all belong to the formula block numbered in `block` (n)."""

    edges: Edges
    block: Numbers

    def __len__(self) -> int:
        return len(self.block)


def block_edges_of(blocks: Blocks, edges: Edges, index: BlockIndex) -> BlockEdges:
    """The edges of a workbook, cut by its blocks."""
    lattices = edges.dependents
    sides = np.stack([lattices.top, lattices.left, lattices.bottom, lattices.right], axis=1)
    boxes = boxes_of(lattices.sheet, sides)
    block = index.holding(boxes)
    parts = np.flatnonzero(block == NO_LATTICE)
    if not len(parts):
        return BlockEdges(edges, block)
    whole = np.flatnonzero(block != NO_LATTICE)
    at, other = index.meeting(boxes[:, parts])
    cut, kept = _cut(edges, parts[at], blocks.lattices, other)
    own = chosen_edges(edges, whole)
    both = Edges(
        Lattices(np.concatenate([own.dependents.table, cut.dependents.table])),
        np.concatenate([own.sheet, cut.sheet]),
        np.concatenate([own.base, cut.base]),
        np.concatenate([own.by_row, cut.by_row]),
        np.concatenate([own.by_column, cut.by_column]),
        np.concatenate([own.use, cut.use]),
    )
    return BlockEdges(both, np.concatenate([block[whole], other[kept]]))


def chosen_edges(edges: Edges, at: Numbers) -> Edges:
    """The edges at some positions."""
    return Edges(
        Lattices(edges.dependents.table[at]),
        edges.sheet[at],
        edges.base[at],
        edges.by_row[at],
        edges.by_column[at],
        edges.use[at],
    )


def _cut(edges: Edges, at: Numbers, lattices: Lattices, other: Numbers) -> tuple[Edges, Numbers]:
    """The parts of edges inside of lattices, pair by pair, and the pairs that have such a part."""
    one, two = edges.dependents.table[at], lattices.table[other]
    rows = _common(one[:, [1, 3, 5]], two[:, [1, 3, 5]])
    columns = _common(one[:, [2, 4, 6]], two[:, [2, 4, 6]])
    kept = np.flatnonzero((rows[:, 1] > 0) & (columns[:, 1] > 0))
    one, rows, columns = one[kept], rows[kept], columns[kept]
    found = chosen_edges(edges, at[kept])
    down = (rows[:, 0] - one[:, 1]) // one[:, 5]
    across = (columns[:, 0] - one[:, 2]) // one[:, 6]
    base = found.base + found.by_row * down[:, None] + found.by_column * across[:, None]
    rows_on = np.where(rows[:, 1] > 1, rows[:, 2] // one[:, 5], 0)
    columns_on = np.where(columns[:, 1] > 1, columns[:, 2] // one[:, 6], 0)
    table = np.stack(
        [
            one[:, 0],
            rows[:, 0],
            columns[:, 0],
            rows[:, 1],
            columns[:, 1],
            rows[:, 2],
            columns[:, 2],
        ],
        axis=1,
    )
    cut = Edges(
        Lattices(table),
        found.sheet,
        base,
        found.by_row * rows_on[:, None],
        found.by_column * columns_on[:, None],
        found.use,
    )
    return cut, kept


def _common(one: Numbers, other: Numbers) -> Numbers:
    """What two rows of first, count and step share, the same way; the count is 0 for nothing."""
    steps = np.where(one[:, 1] > 1, one[:, 2], 1), np.where(other[:, 1] > 1, other[:, 2], 1)
    low = np.maximum(one[:, 0], other[:, 0])
    high = np.minimum(
        one[:, 0] + (one[:, 1] - 1) * steps[0], other[:, 0] + (other[:, 1] - 1) * steps[1]
    )
    step = np.lcm(*steps)
    first = high + 1
    for ahead in range(int(step.max(initial=1))):
        here = low + ahead
        both = ((here - one[:, 0]) % steps[0] == 0) & ((here - other[:, 0]) % steps[1] == 0)
        first = np.where(both & (first > here), here, first)
    count = np.where(first > high, 0, (high - first) // step + 1)
    return np.stack([first, count, np.where(count > 1, step, 1)], axis=1)
