"""Strands: what an edge does between the cells of two nodes, in numbers counted inside of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from tickmark.structure.block_edges import block_edges_of, chosen_edges
from tickmark.structure.block_index import BlockIndex, boxes_of
from tickmark.structure.blocks import Blocks
from tickmark.structure.edges import Edges
from tickmark.structure.even_nodes import evened
from tickmark.structure.fields import fields_of
from tickmark.structure.lattices import Lattices, Numbers
from tickmark.structure.strand_table import (
    FROM,
    HIGH,
    INTO,
    SIDE,
    aimed,
    dependents_of,
    still_strands,
)
from tickmark.structure.tiles import tiles_of

MOST_STRANDS: Final = 500_000
MOST_FOR_A_NODE: Final = 4
"""There may be MOST_STRANDS, and so many more for each node and each edge to a block."""
MOST_CUTS: Final = 3
"""How often nodes are cut for strands with gaps, which may make gaps in other ones."""
_CHUNK: Final = 256
_FEW: Final = 16


@dataclass(frozen=True, slots=True, eq=False)
class Strands:
    """All strands of a workbook, and the nodes they join.

    `lattices` are the cells of the first nodes: those below `formulas` of formula cells, the
    others tiles of cells without formula that are referred to. The nodes from there up to `nodes`
    have no cells but stand for any of several: boxes of nodes, and areas that several edges
    share. Their one row and column is hit if one of theirs is. `table` has the shape (n, WIDTH).
    `complete` is False where a workbook has too many of them: where thousands of sliding windows
    lie over thousands of single formulas. Those of the largest areas are then missing.
    """

    lattices: Lattices
    formulas: int
    nodes: int
    table: Numbers
    complete: bool

    @classmethod
    def of(cls, blocks: Blocks, edges: Edges) -> Self:
        """The strands of all edges."""
        found = cls._between(fields_of(blocks, edges), tiles_of(blocks, edges), edges)
        for _ in range(MOST_CUTS):
            nodes = evened(found.lattices, found.formulas, found.table)
            if nodes is None or not found.complete:
                break
            found = cls._between(*nodes, edges)
        return found

    @classmethod
    def _between(cls, formulas: Lattices, tiles: Lattices, edges: Edges) -> Self:
        """The strands between certain nodes."""
        blocks = Blocks(formulas, np.zeros(len(formulas), np.int64))
        cut = block_edges_of(blocks, edges, BlockIndex.of(formulas))
        lattices = Lattices(np.concatenate([formulas.table, tiles.table]))
        index = BlockIndex.of(lattices)
        areas = boxes_of(cut.edges.sheet, cut.edges.covers())
        slopes = np.concatenate([cut.edges.by_row, cut.edges.by_column], axis=1)
        still = (slopes == 0).all(axis=1)
        shared, group = _groups(areas, np.flatnonzero(still))
        alone = np.ones(len(cut), np.bool_)
        alone[shared] = False
        heads = dependents_of(cut, blocks)
        # What several edges share is a node of its own, so that n ways in and m ways out of it
        # are n + m strands and not n * m.
        into = heads[shared]
        into[:, FROM] = index.nodes + group
        firsts = shared[np.unique(group, return_index=True)[1]]
        at, node, complete = _meeting(index, areas[:, firsts], np.ones(len(firsts), np.bool_))
        ahead = still_strands(len(at))
        ahead[:, INTO] = index.nodes + at
        ahead = aimed(ahead, node, chosen_edges(cut.edges, firsts[at]), lattices)
        own = np.flatnonzero(alone)
        at, node, all_met = _meeting(index, areas[:, own], still[own])
        others = aimed(heads[own[at]], node, chosen_edges(cut.edges, own[at]), lattices)
        inside = _inside(index, np.unique(np.concatenate([ahead[:, FROM], others[:, FROM]])))
        inside[:, [HIGH, HIGH + SIDE]] = _sizes(lattices, index.nodes)[inside[:, FROM]] - 1
        return cls(
            lattices,
            len(formulas),
            index.nodes + len(firsts),
            np.concatenate([into, ahead, others, inside]),
            complete and all_met,
        )

    def __len__(self) -> int:
        return len(self.table)


def _groups(areas: Numbers, still: Numbers) -> tuple[Numbers, Numbers]:
    """The edges that share their area with another one, and the number of their group."""
    order = still[np.lexsort(areas[:, still])]
    new = np.ones(len(order), np.bool_)
    new[1:] = (areas[:, order[1:]] != areas[:, order[:-1]]).any(axis=0)
    number = np.cumsum(new) - 1
    several = np.bincount(number, minlength=1)[number] > 1
    return order[several], np.cumsum(new[several]) - 1


def _meeting(
    index: BlockIndex, areas: Numbers, whole: npt.NDArray[np.bool_]
) -> tuple[Numbers, Numbers, bool]:
    """Pairs of an area and a node that meet, small areas first; True if these are all."""
    order = np.argsort((areas[2] - areas[0] + 1) * (areas[3] - areas[1] + 1), kind="stable")
    found = [(np.empty(0, np.int64), np.empty(0, np.int64))]
    left = MOST_STRANDS + MOST_FOR_A_NODE * (len(order) + len(index.order))
    start, size = 0, _CHUNK
    while start < len(order) and left >= 0:
        part = order[start : start + size]
        at, node = index.meeting(areas[:, part], whole[part])
        found.append((part[at], node))
        left -= len(at)
        start += size
        # Areas that meet many nodes are looked up a few at a time, to stop before there are too
        # many pairs to hold.
        size = size * 2 if len(at) < _FEW * size else max(size // 4, 1)
    at, node = (np.concatenate([one[side] for one in found]) for side in (0, 1))
    return at, node, left >= 0


def _inside(index: BlockIndex, used: Numbers) -> Numbers:
    """Strands from nodes to the boxes around them, for all boxes that are used."""
    inner, around = index.below(used[used >= len(index.order)])
    table = still_strands(len(inner))
    table[:, FROM], table[:, INTO] = inner, around
    return table


def _sizes(lattices: Lattices, nodes: int) -> Numbers:
    """Height and width of each node."""
    sizes = np.ones((nodes, 2), np.int64)
    sizes[: len(lattices)] = lattices.table[:, 3:5]
    return sizes
