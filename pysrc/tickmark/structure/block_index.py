"""Rectangles of a workbook in a tree of boxes, so that those which meet an area are found soon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from tickmark.structure.lattices import Lattices, Numbers

FAN = 8
NO_LATTICE = -1
_SHEET = 1 << 15
_ROW = 1 << 21


@dataclass(frozen=True, slots=True, eq=False)
class BlockIndex:
    """A tree over n disjoint lattices: node number k < n is lattice k, those above are boxes.

    `levels[0]` are the rectangles of the lattices in the order of `order`, by sheet, column and
    row; each box of the next level surrounds FAN of them. Boxes are columns of an array (4, m):
    top, left, bottom, right, columns counted on from sheet to sheet. `full` tells which lattices
    have no gaps.
    """

    order: Numbers
    levels: tuple[Numbers, ...]
    full: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, lattices: Lattices) -> Self:
        """The index of lattices."""
        boxes = boxes_of(
            lattices.sheet,
            np.stack([lattices.top, lattices.left, lattices.bottom, lattices.right], axis=1),
        )
        order = np.lexsort((boxes[0], boxes[1]))
        levels = [np.ascontiguousarray(boxes[:, order])]
        while levels[-1].shape[1] > FAN:
            below = levels[-1]
            starts = np.arange(0, below.shape[1], FAN)
            low = np.minimum.reduceat(below[:2], starts, axis=1)
            high = np.maximum.reduceat(below[2:], starts, axis=1)
            levels.append(np.concatenate([low, high]))
        full = (lattices.row_step == 1) & (lattices.column_step == 1)
        return cls(order, tuple(levels), full)

    def holding(self, areas: Numbers) -> Numbers:
        """The lattice without gaps that holds each area whole, NO_LATTICE where none is found.

        One that begins further left than the area is not looked for.
        """
        if not len(self.order):
            return np.full(areas.shape[1], NO_LATTICE)
        boxes = self.levels[0]
        at = np.searchsorted(_key(boxes), _key(areas), side="right") - 1
        lattice = self.order[at]
        held = (at >= 0) & self.full[lattice] & _holds(boxes[:, at], areas)
        return np.where(held, lattice, NO_LATTICE)

    def meeting(
        self, areas: Numbers, whole: npt.NDArray[np.bool_] | None = None
    ) -> tuple[Numbers, Numbers]:
        """Pairs of an area and a node: the lattices whose rectangle it meets.

        `areas` (4, m) are boxes as of boxes_of. For an area that is `whole`, a box of the tree
        that lies inside stands for all lattices below it.
        """
        at = np.arange(areas.shape[1])
        nodes = np.arange(self.levels[-1].shape[1])
        at, nodes = np.repeat(at, len(nodes)), np.tile(nodes, len(at))
        found: list[tuple[Numbers, Numbers]] = []
        for level in range(len(self.levels) - 1, -1, -1):
            at, nodes = _meeting(areas, self.levels[level], at, nodes)
            if not level:
                found.append((at, self.order[nodes]))
                break
            if whole is not None:
                inside = np.flatnonzero(whole[at])
                inside = inside[_holds(areas[:, at[inside]], self.levels[level][:, nodes[inside]])]
                found.append((at[inside], nodes[inside] + self.first(level)))
                at, nodes = np.delete(at, inside), np.delete(nodes, inside)
            nodes = (nodes[:, None] * FAN + np.arange(FAN)).ravel()
            at = np.repeat(at, FAN)
            there = nodes < self.levels[level - 1].shape[1]
            at, nodes = at[there], nodes[there]
        return (
            np.concatenate([pair[0] for pair in found]),
            np.concatenate([pair[1] for pair in found]),
        )

    def first(self, level: int) -> int:
        """The number of the first node of a level; that of the lattices themselves is 0."""
        return sum(boxes.shape[1] for boxes in self.levels[:level])

    @property
    def nodes(self) -> int:
        """Number of lattices and boxes."""
        return self.first(len(self.levels))

    def below(self, used: Numbers) -> tuple[Numbers, Numbers]:
        """Pairs of a node and the box around it, for these boxes and all boxes inside them."""
        none = np.empty(0, np.int64)
        pairs, inner = [(none, none)], none
        for level in range(len(self.levels) - 1, 0, -1):
            first, size = self.first(level), self.levels[level].shape[1]
            own = used[(used >= first) & (used < first + size)] - first
            parents = np.union1d(own, inner)
            children = (parents[:, None] * FAN + np.arange(FAN)).ravel()
            there = children < self.levels[level - 1].shape[1]
            inner, parents = children[there], np.repeat(parents, FAN)[there]
            numbers = self.order[inner] if level == 1 else inner + self.first(level - 1)
            pairs.append((numbers, parents + first))
        return np.concatenate([one[0] for one in pairs]), np.concatenate([one[1] for one in pairs])


def boxes_of(sheets: Numbers, edges: Numbers) -> Numbers:
    """Boxes (4, n) of rectangles with their edges (n, 4) on the sheets with these numbers (n)."""
    boxes = np.array(edges.T, np.int64, order="C")
    boxes[1::2] += sheets * _SHEET
    return boxes


def _key(boxes: Numbers) -> Numbers:
    key: Numbers = boxes[1] * _ROW + boxes[0]
    return key


def _meeting(
    areas: Numbers, boxes: Numbers, at: Numbers, nodes: Numbers
) -> tuple[Numbers, Numbers]:
    """The pairs of which the area and the box meet; most fall out at the first look."""
    for near, far in ((1, 3), (0, 2)):
        kept = (areas[near][at] <= boxes[far][nodes]) & (boxes[near][nodes] <= areas[far][at])
        at, nodes = at[kept], nodes[kept]
    return at, nodes


def _holds(one: Numbers, other: Numbers) -> npt.NDArray[np.bool_]:
    """Whether the other box lies inside."""
    found: npt.NDArray[np.bool_] = (
        (one[0] <= other[0]) & (other[2] <= one[2]) & (one[1] <= other[1]) & (other[3] <= one[3])
    )
    return found
