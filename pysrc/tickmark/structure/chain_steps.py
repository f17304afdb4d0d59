"""How many steps one after the other the cells of a component of formula blocks need."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from tickmark.structure.arcs import Arcs
from tickmark.structure.blocks import Blocks
from tickmark.structure.components import Components
from tickmark.structure.expansion import InnerArcs, inner_arcs
from tickmark.structure.lattices import Lattices, Numbers

UNCOUNTED: Final = -1
MOST_PLACES: Final = 5_000_000

Flags = npt.NDArray[np.bool_]


class _Axis(NamedTuple):
    """Rows or columns of lattices: the first ones, the last ones, how many, and their distance."""

    first: Numbers
    last: Numbers
    size: Numbers
    step: Numbers

    def turned(self) -> _Axis:
        """The same counted backwards."""
        return _Axis(-self.last, -self.first, self.size, self.step)

    def at(self, chosen: Numbers) -> _Axis:
        """Those of some lattices."""
        return _Axis(*(part[chosen] for part in self))


@dataclass(frozen=True, slots=True, eq=False)
class _Moves:
    """n arcs of chains: from a place of block `tail` to the one `shift` (n) further of `head`.

    They hold for the places of the head from `first` on. `even` tells for which this is the whole
    truth; `line` are the places of all blocks.
    """

    line: _Axis
    tail: Numbers
    head: Numbers
    shift: Numbers
    first: Numbers
    even: Flags


def chain_steps(blocks: Blocks, arcs: Arcs, components: Components) -> Numbers:
    """The exact number of steps of each component, UNCOUNTED where this is no even chain.

    A chain is even where all its references lead along rows, or all along columns, always equally
    far, as in running totals, two columns that need each other in turn, and models over time. A
    component without a circle of blocks needs 1 step, one without blocks none.
    """
    counts = np.bincount(components.of_node[: arcs.blocks], minlength=components.count)
    steps = np.minimum(counts, 1)
    circles = arcs.circular(components) & (counts > 0)
    steps[circles] = UNCOUNTED
    inner = inner_arcs(arcs, components) if circles.any() else None
    if inner is None:
        return steps
    number = components.of_node[inner.head]
    for direction in range(4):
        moves = _moves(blocks, arcs, inner, direction)
        waiting = steps == UNCOUNTED
        waiting[number[~moves.even]] = False
        _count_single(steps, waiting & (counts == 1), moves, number)
        waiting &= steps == UNCOUNTED
        chosen = np.flatnonzero(waiting[number])
        if len(chosen):
            _sweep(steps, moves, chosen, number[chosen])
    return steps


def _moves(blocks: Blocks, arcs: Arcs, inner: InnerArcs, direction: int) -> _Moves:
    """The arcs as moves down, right, up or left."""
    side, back = direction % 2, direction // 2 == 1
    edges, at = arcs.cut.edges, inner.edge
    own = Lattices(edges.dependents.table[at])
    head, tail = (Lattices(blocks.lattices.table[one]) for one in (inner.head, inner.tail))
    along, across = _axis(own, side), _axis(own, 1 - side)
    end, base = side if back else side + 2, edges.base[at]
    moved = (edges.by_row[at], edges.by_column[at])
    even = (along.size == 1) | (moved[side][:, end] == along.step)
    even &= (across.size == 1) | (moved[1 - side][:, end] == 0)
    even &= _meets_across(base, moved, across, _axis(tail, 1 - side), side)
    fills = _axis(head, 1 - side)
    even &= (across.first == fills.first) & (across.size == fills.size)
    line, shift = _axis(blocks.lattices, side), along.first - base[:, end]
    if back:
        line, along, shift = line.turned(), along.turned(), -shift
    heads, tails = line.at(inner.head), line.at(inner.tail)
    first = np.maximum(along.first, tails.first + shift)
    even &= (shift >= 0) & (along.last == heads.last) & (tails.last >= heads.last - shift)
    even &= (along.size == 1) | (along.step == heads.step)
    even &= (first > heads.last) | (
        ((first - along.first) % heads.step == 0)
        & ((first - shift - tails.first) % tails.step == 0)
        & ((along.size == 1) | (tails.size == 1) | (tails.step == heads.step))
    )
    return _Moves(line, inner.tail, inner.head, shift, first, even)


def _axis(lattices: Lattices, side: int) -> _Axis:
    if side:
        return _Axis(lattices.left, lattices.right, lattices.width, lattices.column_step)
    return _Axis(lattices.top, lattices.bottom, lattices.height, lattices.row_step)


def _meets_across(
    base: Numbers, moved: tuple[Numbers, Numbers], across: _Axis, tail: _Axis, side: int
) -> Flags:
    """Whether the target of each dependent, seen across the chain, meets the block it leads to."""
    near, far = 1 - side, 3 - side
    fits: Flags = (tail.size == 1) | (tail.step == 1)
    fits &= (moved[side][:, near] == 0) & (moved[side][:, far] == 0)
    for j in (np.zeros_like(across.size), across.size - 1):
        fits &= base[:, near] + moved[1 - side][:, near] * j <= tail.last
        fits &= base[:, far] + moved[1 - side][:, far] * j >= tail.first
    return fits


def _count_single(steps: Numbers, waiting: Flags, moves: _Moves, number: Numbers) -> None:
    """Set the steps of components of one block whose nearest reference holds all along."""
    nearest = np.full(len(steps), np.iinfo(np.int64).max)
    np.minimum.at(nearest, number, moves.shift)
    start, step = moves.line.first[moves.head], moves.line.step[moves.head]
    whole = waiting[number] & (moves.shift > 0) & (moves.shift == nearest[number])
    whole &= (moves.first == start + moves.shift) & (moves.shift % step == 0)
    at = np.flatnonzero(whole)
    count = moves.line.size[moves.head[at]]
    steps[number[at]] = (count - 1) // (moves.shift[at] // step[at]) + 1


def _sweep(steps: Numbers, moves: _Moves, chosen: Numbers, number: Numbers) -> None:
    """Set the steps of components without a circle of cells in one place, place by place.

    `number` is the component of each chosen move. What is further on in a block is never computed
    earlier, so that of a range the cell nearest ahead tells.
    """
    numbers, joined = np.unique(
        np.concatenate([moves.tail[chosen], moves.head[chosen]]), return_inverse=True
    )
    tail, head = np.split(joined, 2)
    own = np.empty(len(numbers), np.int64)
    own[head] = number
    still = moves.shift[chosen] == 0
    order = Components.of(len(numbers), tail[still], head[still])
    closed = order.sizes()[order.of_node] > 1
    closed[head[still & (tail == head)]] = True
    possible = ~np.isin(own, own[closed])
    first, _, size, step = moves.line.at(numbers)
    if int(size[possible].sum()) > MOST_PLACES:
        return
    arriving: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    rows = (tail, head, moves.shift[chosen], moves.first[chosen])
    for one, other, shift, begin in zip(*(row.tolist() for row in rows), strict=True):
        arriving[other].append((one, shift, begin))
    block = np.repeat(np.flatnonzero(possible), size[possible])
    ends = np.cumsum(size[possible])
    ahead = np.arange(len(block)) - np.repeat(ends - size[possible], size[possible])
    place = first[block] + ahead * step[block]
    in_order = np.lexsort((order.of_node[block], place))
    depths: list[list[int]] = [[] for _ in range(len(numbers))]
    starts, between = first.tolist(), step.tolist()
    for here, at in zip(place[in_order].tolist(), block[in_order].tolist(), strict=True):
        longest = 0
        for one, shift, begin in arriving[at]:
            if here >= begin:
                depth = depths[one][(here - shift - starts[one]) // between[one]]
                longest = max(depth, longest)
        depths[at].append(longest + 1)
    last = np.array([depth[-1] for depth in depths if depth], np.int64)
    steps[own[possible]] = 0
    np.maximum.at(steps, own[possible], last)
