"""Circles of formula blocks that are none of cells: running totals and mutual chains.

A formula cell lies at some place, and so does what it refers to. Around a circle of cells the ways
down sum up to nothing, and so do the ways to the right. Where numbers can be given to the blocks
such that no reference leads against the order of row plus number, the cells of a circle are all
equal in that order, so only the references that keep it matter; the others are left out. What is
left after the same by rows and columns, in both directions, is suspicious.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.structure.arcs import NO_EDGE, Arcs
from tickmark.structure.blocks import Blocks
from tickmark.structure.components import Components
from tickmark.structure.lattices import Lattices, Numbers

MOST_ROUNDS: Final = 200
MOST_PASSES: Final = 20


def suspicious_blocks(blocks: Blocks, arcs: Arcs) -> list[Numbers]:
    """Groups of blocks that hold all cells that depend on themselves, if there are any."""
    components = Components.of(arcs.nodes, arcs.tail, arcs.head)
    arcs, components = _inner(arcs, components)
    for _ in range(MOST_PASSES):
        before = len(arcs.tail)
        for direction in range(4):
            if len(arcs.tail):
                arcs = arcs.chosen(_keeping(arcs, components, _farthest(blocks, arcs, direction)))
                components = Components.of(arcs.nodes, arcs.tail, arcs.head)
                arcs, components = _inner(arcs, components)
        if len(arcs.tail) in {0, before}:
            break
    return _groups(arcs, components)


def _inner(arcs: Arcs, components: Components) -> tuple[Arcs, Components]:
    """The arcs inside of components."""
    numbers = components.of_node
    return arcs.chosen(numbers[arcs.tail] == numbers[arcs.head]), components


def _groups(arcs: Arcs, components: Components) -> list[Numbers]:
    nodes = np.unique(np.concatenate([arcs.tail, arcs.head]))
    nodes = nodes[nodes < arcs.blocks]
    numbers = components.of_node[nodes]
    order = np.argsort(numbers, kind="stable")
    starts = np.flatnonzero(np.diff(numbers[order], prepend=-1))
    return np.split(nodes[order], starts[1:]) if len(nodes) else []


def _keeping(arcs: Arcs, components: Components, farthest: Numbers) -> npt.NDArray[np.bool_]:
    """The arcs that keep the order, in components for which there is one, and all in others."""
    level = np.zeros(arcs.nodes, np.int64)
    for _ in range(MOST_ROUNDS):
        ahead = level.copy()
        np.maximum.at(ahead, arcs.head, level[arcs.tail] + farthest)
        if (ahead == level).all():
            break
        level = ahead
    room = level[arcs.head] - level[arcs.tail] - farthest
    without = np.zeros(components.count, np.bool_)
    numbers = components.of_node[arcs.head]
    without[numbers[room < 0]] = True
    kept: npt.NDArray[np.bool_] = (room == 0) | without[numbers]
    return kept


def _farthest(blocks: Blocks, arcs: Arcs, direction: int) -> Numbers:
    """How far at most a precedent of each arc lies down, right, up or left of its dependent."""
    side, back = direction % 2, direction // 2 == 1
    at = np.flatnonzero(arcs.edge != NO_EDGE)
    edges, number, tail = arcs.cut.edges, arcs.edge[at], arcs.tail[at]
    dependents = Lattices(edges.dependents.table[number])
    first = dependents.left if side else dependents.top
    last = dependents.right if side else dependents.bottom
    end = side if back else side + 2
    slope = [edges.by_row[number, end], edges.by_column[number, end]]
    slope[side] = slope[side] - (dependents.column_step if side else dependents.row_step)
    reach = edges.base[number, end] - first
    sign = -1 if back else 1
    far = sign * reach
    for step, count in zip(slope, (dependents.height, dependents.width), strict=True):
        far += np.maximum(sign * step * (count - 1), 0)
    # No precedent lies outside of its own block.
    inside = tail < arcs.blocks
    table = Lattices(blocks.lattices.table[tail[inside]])
    if back:
        room = last[inside] - (table.left if side else table.top)
    else:
        room = (table.right if side else table.bottom) - first[inside]
    far[inside] = np.minimum(far[inside], room)
    found = np.zeros(len(arcs.tail), np.int64)
    found[at] = far
    return found
