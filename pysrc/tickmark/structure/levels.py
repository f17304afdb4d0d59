"""The order in which formula blocks can be calculated: levels, and the longest way through."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tickmark.structure.arcs import Arcs
from tickmark.structure.components import Components
from tickmark.structure.lattices import Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """The level of each formula block (int64, from 0) and the number of levels.

    A block of level 0 needs no formula, one of level n only blocks of lower levels; blocks that
    need each other in turn, as in a running total over two columns, are of one level.
    """

    of_block: Numbers
    count: int

    def blocks(self, level: int) -> Numbers:
        """The numbers of the blocks of a level."""
        return np.flatnonzero(self.of_block == level)


@dataclass(frozen=True, slots=True, eq=False)
class LongestWays:
    """For each component, the weight of the longest way to it and the component before it.

    `until` leaves out the weight of the component itself; `before` is -1 where a way begins.
    """

    until: list[int]
    before: list[int]


def levels_of(arcs: Arcs, components: Components) -> Levels:
    """The levels of all formula blocks."""
    until = longest_ways(arcs, components, np.minimum(block_counts(arcs, components), 1)).until
    of_block = np.array(until, np.int64)[components.of_node[: arcs.blocks]]
    return Levels(of_block, int(of_block.max(initial=-1)) + 1)


def block_counts(arcs: Arcs, components: Components) -> Numbers:
    """Number of formula blocks in each component."""
    return np.bincount(components.of_node[: arcs.blocks], minlength=components.count)


def longest_ways(arcs: Arcs, components: Components, weights: Numbers) -> LongestWays:
    """The longest ways from component to component, each with its weight."""
    tails, heads = components.of_node[arcs.tail], components.of_node[arcs.head]
    between = np.flatnonzero(tails != heads)
    order = between[np.argsort(heads[between], kind="stable")]
    until = [0] * components.count
    before = [-1] * components.count
    weight = np.asarray(weights, np.int64).tolist()
    for tail, head in zip(tails[order].tolist(), heads[order].tolist(), strict=True):
        length = until[tail] + weight[tail]
        if length > until[head] or before[head] < 0:
            until[head] = length
            before[head] = tail
    return LongestWays(until, before)
