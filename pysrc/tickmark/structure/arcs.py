"""Which formula block needs which: the formula graph in plain numbers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.structure.block_edges import BlockEdges, block_edges_of, chosen_edges
from tickmark.structure.block_index import NO_LATTICE, BlockIndex, boxes_of
from tickmark.structure.blocks import Blocks
from tickmark.structure.calls import Use
from tickmark.structure.components import Components
from tickmark.structure.edges import USES, Edges
from tickmark.structure.lattices import Lattices, Numbers
from tickmark.structure.touching import column_spans, row_spans, solid, touching

NO_EDGE: Final = -1
CALCULATED: Final = (Use.VALUE, Use.CONDITIONAL, Use.SELECTED)
"""The uses of a reference that need the value of its cells."""


@dataclass(frozen=True, eq=False)
class Arcs:
    """Arcs from a node to one that needs its values; the nodes below `blocks` are formula blocks.

    The other nodes, up to `nodes`, stand for several blocks at once: what leads to one leads on.
    `edge` is the number of the edge (in `cut`) that an arc belongs to, NO_EDGE for an arc into
    such a node. Several arcs may join the same two nodes.
    """

    blocks: int
    nodes: int
    tail: Numbers
    head: Numbers
    edge: Numbers
    cut: BlockEdges

    def chosen(self, kept: npt.NDArray[np.bool_]) -> Arcs:
        """Some of the arcs."""
        return Arcs(
            self.blocks, self.nodes, self.tail[kept], self.head[kept], self.edge[kept], self.cut
        )

    def taking(self, uses: Collection[Use]) -> Arcs:
        """The arcs of some uses, and those without one."""
        wanted = np.array([use in uses for use in USES])
        use = np.where(self.edge == NO_EDGE, 0, self.cut.edges.use[self.edge])
        return self.chosen((self.edge == NO_EDGE) | wanted[use])

    def circular(self, components: Components) -> npt.NDArray[np.bool_]:
        """For each of its components, whether the arcs lead around in it."""
        found: npt.NDArray[np.bool_] = components.sizes() > 1
        found[components.of_node[self.head[self.tail == self.head]]] = True
        return found


def arcs_of(blocks: Blocks, edges: Edges, uses: Collection[Use] = CALCULATED) -> Arcs:
    """The arcs of all references with some uses, as a rule those that need a value."""
    index = BlockIndex.of(blocks.lattices)
    wanted = np.array([use in uses for use in USES])[edges.use]
    kept = np.flatnonzero(wanted)
    cut = block_edges_of(blocks, chosen_edges(edges, kept), index)
    target, firsts = _targets(cut.edges)
    meets, node = _meeting(blocks, cut.edges, firsts, index)
    ways = np.bincount(meets, minlength=len(firsts)), np.bincount(target, minlength=len(firsts))
    shared = (ways[0] > 1) & (ways[1] > 1)
    first = index.nodes
    own = np.where(shared, first + np.cumsum(shared) - 1, 0)
    into = shared[meets]
    edge, pair = _joined(target, meets, ~shared)
    through = np.flatnonzero(shared[target])
    inner = index.below(np.unique(node[node >= len(blocks)]))
    ends = [
        (inner[0], inner[1], np.full(len(inner[0]), NO_EDGE)),
        (node[into], own[meets[into]], np.full(int(into.sum()), NO_EDGE)),
        (own[target[through]], cut.block[through], through),
        (node[pair], cut.block[edge], edge),
    ]
    tail, head, through = (np.concatenate([one[part] for one in ends]) for part in range(3))
    return Arcs(len(blocks), first + int(shared.sum()), tail, head, through, cut)


def _targets(edges: Edges) -> tuple[Numbers, Numbers]:
    """The number of each edge's target, and an edge for each number."""
    moving = edges.by_row.any(axis=1) | edges.by_column.any(axis=1)
    target = np.empty(len(edges), np.int64)
    still = np.flatnonzero(~moving)
    top, left, bottom, right = boxes_of(edges.sheet[still], edges.base[still])
    corners = (top << 40) + left, (bottom << 40) + right
    order = np.lexsort(corners)
    new = np.ones(len(still), np.bool_)
    new[1:] = (np.diff(corners[0][order]) != 0) | (np.diff(corners[1][order]) != 0)
    numbers = np.cumsum(new) - 1
    target[still[order]] = numbers
    count = int(new.sum())
    at = np.flatnonzero(moving)
    target[at] = count + np.arange(len(at))
    return target, np.concatenate([still[order[new]], at])


def _meeting(
    blocks: Blocks, edges: Edges, firsts: Numbers, index: BlockIndex
) -> tuple[Numbers, Numbers]:
    """Pairs of a target and a node of the index whose cells it takes."""
    chosen = chosen_edges(edges, firsts)
    rows, columns = row_spans(chosen), column_spans(chosen)
    areas = boxes_of(chosen.sheet, chosen.covers())
    held = index.holding(areas)
    inside, open_ = np.flatnonzero(held != NO_LATTICE), np.flatnonzero(held == NO_LATTICE)
    at, node = index.meeting(areas[:, open_], solid(rows, columns)[open_])
    at = open_[at]
    leaves = np.flatnonzero(node < len(blocks))
    lattices = Lattices(blocks.lattices.table[node[leaves]])
    meets = np.ones(len(at), np.bool_)
    meets[leaves] = touching(rows.at(at[leaves]), columns.at(at[leaves]), lattices)
    return np.concatenate([inside, at[meets]]), np.concatenate([held[inside], node[meets]])


def _joined(
    target: Numbers, meets: Numbers, wanted: npt.NDArray[np.bool_]
) -> tuple[Numbers, Numbers]:
    """Edges and pairs with the same target, for the targets wanted: all of them with all."""
    edges = np.flatnonzero(wanted[target])
    order = np.argsort(meets, kind="stable")
    starts = np.searchsorted(meets[order], target[edges], side="left")
    counts = np.searchsorted(meets[order], target[edges], side="right") - starts
    at = np.repeat(np.arange(len(edges)), counts)
    ahead = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)
    return edges[at], order[starts[at] + ahead]
