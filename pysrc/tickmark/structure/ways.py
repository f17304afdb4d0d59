"""The strands of a workbook in one direction: from precedents to dependents, or back."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.structure.boxes import Box
from tickmark.structure.components import Components
from tickmark.structure.images import Image, dependents_image, precedents_image
from tickmark.structure.lattices import Numbers
from tickmark.structure.strand_table import (
    AXIS,
    BY,
    COUNT,
    FROM,
    HIGH,
    HIGH_BY,
    INTO,
    LOW,
    LOW_BY,
    SIDE,
    STEP,
    UNIT,
)
from tickmark.structure.strands import Strands

MOST_NODES_CLOSED: Final = 10_000
"""In workbooks with more nodes no sets of nodes are held, which would take a bit for each two."""


@dataclass(eq=False)
class Ways:
    """Where one comes to from the cells of each node, in one direction.

    All of it is made from the strands once, most of it when first asked for.
    """

    strands: Strands
    forward: bool
    _of: dict[int, list[tuple[int, Image]]] = field(default_factory=dict)
    _spilled: dict[int, list[tuple[int, tuple[Box, ...]]]] = field(default_factory=dict)

    @cached_property
    def tail(self) -> Numbers:
        """The node that each strand leads from in this direction."""
        return self.strands.table[:, FROM if self.forward else INTO]

    @cached_property
    def head(self) -> Numbers:
        """The node that each strand leads to in this direction."""
        return self.strands.table[:, INTO if self.forward else FROM]

    @cached_property
    def shapes(self) -> tuple[list[int], list[int]]:
        """Heights and widths of the nodes."""
        ones = np.ones(self.strands.nodes - len(self.strands.lattices), np.int64)
        table = self.strands.lattices.table
        height, width = (np.concatenate([table[:, column], ones]) for column in (3, 4))
        return height.tolist(), width.tolist()

    def whole(self, node: int) -> Box:
        """The box of all cells of a node."""
        heights, widths = self.shapes
        return 0, heights[node] - 1, 0, widths[node] - 1

    @cached_property
    def _sorted(self) -> tuple[Numbers, list[int]]:
        order = np.argsort(self.tail, kind="stable")
        starts = np.searchsorted(self.tail[order], np.arange(self.strands.nodes + 1))
        return order, starts.tolist()

    def strands_of(self, node: int) -> Numbers:
        """The positions of the strands that lead on from a node."""
        order, starts = self._sorted
        return order[starts[node] : starts[node + 1]]

    def of(self, node: int) -> list[tuple[int, Image]]:
        """The nodes that one comes to from a node, and where in them."""
        found = self._of.get(node)
        if found is None:
            at = self.strands_of(node)
            heads = self.head[at].tolist()
            rows = self.strands.table[at].tolist()
            found = [(head, self.image(row)) for head, row in zip(heads, rows, strict=True)]
            self._of[node] = found
        return found

    def image(self, strand: list[int]) -> Image:
        """A strand as a function in this direction."""
        if self.forward:
            return dependents_image(strand)
        heights, widths = self.shapes
        return precedents_image(strand, heights[strand[FROM]], widths[strand[FROM]])

    @cached_property
    def components(self) -> Components:
        """The strongly connected components of the nodes; ways lead to higher numbers."""
        return Components.of(self.strands.nodes, self.tail, self.head)

    @cached_property
    def component(self) -> list[int]:
        """The number of each node's component."""
        found: list[int] = self.components.of_node.tolist()
        return found

    @cached_property
    def members(self) -> list[list[int]]:
        """The nodes of each component."""
        return self.components.members()

    @cached_property
    def cells(self) -> list[int]:
        """Number of cells of each node."""
        heights, widths = self.shapes
        return [height * width for height, width in zip(heights, widths, strict=True)]

    @cached_property
    def turns(self) -> npt.NDArray[np.bool_]:
        """For each component, whether a way leads from one of its nodes back to it."""
        of_node = self.components.of_node
        found = np.zeros(self.components.count, np.bool_)
        at = of_node[self.tail]
        found[at[at == of_node[self.head]]] = True
        return found

    @cached_property
    def fills(self) -> npt.NDArray[np.bool_]:
        """For each strand, whether it leads from all cells of a node to all cells of another."""
        table = self.strands.table
        heights, widths = (np.array(sizes) for sizes in self.shapes)
        found = np.ones(len(table), np.bool_)
        for axis, sizes in ((0, heights), (1, widths)):
            at = axis * SIDE
            count, by = table[:, COUNT + axis * AXIS], table[:, BY + at]
            if self.forward:
                gaps = (table[:, STEP + axis * AXIS] > 1) & (count > 1)
                found &= ~gaps & (count == sizes[self.head])
                continue
            moved = np.where(by == 1, table[:, COUNT + AXIS], table[:, COUNT]) - 1
            moved = np.where(by < 0, 0, moved)
            low, high = table[:, LOW + at], table[:, HIGH + at]
            low_by, high_by = table[:, LOW_BY + at], table[:, HIGH_BY + at]
            first = low + np.minimum(low_by * moved, 0)
            last = high + np.maximum(high_by * moved, 0)
            found &= (first <= 0) & (last >= (sizes[self.head] - 1) * table[:, UNIT + at])
            # A target that moves without a change of length leaves no gap if it is long enough;
            # of others it is enough to know that one side rests.
            found &= (
                (low_by == 0)
                | (high_by == 0)
                | (moved == 0)
                | ((low_by == high_by) & (np.abs(low_by) <= high - low + 1))
            )
        if not self.forward:
            together = (table[:, BY] >= 0) & (table[:, BY] == table[:, BY + SIDE])
            found &= ~together
        return found

    @cached_property
    def closures(self) -> list[int] | None:
        """For each node the nodes that are hit wholly if it is, as a number with a bit for each.

        A node itself is among them only if a way leads back to it. None for MOST_NODES_CLOSED.
        """
        nodes = self.strands.nodes
        if nodes > MOST_NODES_CLOSED:
            return None
        tail, head = self.tail[self.fills], self.head[self.fills]
        whole = Components.of(nodes, tail, head)
        of_node = whole.of_node.tolist()
        members, reached = [0] * whole.count, [0] * whole.count
        for node, component in enumerate(of_node):
            members[component] |= 1 << node
        turning = set(whole.of_node[tail][whole.of_node[tail] == whole.of_node[head]].tolist())
        for component in turning:
            reached[component] = members[component]
        order = np.argsort(-whole.of_node[tail], kind="stable")
        pairs = np.stack([whole.of_node[tail][order], whole.of_node[head][order]], axis=1)
        for one, other in dict.fromkeys(map(tuple, pairs.tolist())):
            if one != other:  # the other one has the higher number, so all its own came before
                reached[one] |= reached[other] | members[other]
        return [reached[component] for component in of_node]

    @cached_property
    def filled(self) -> list[list[int]]:
        """For each node the nodes that it hits wholly in one step if it is hit wholly."""
        tail, head = self.tail[self.fills], self.head[self.fills]
        order = np.argsort(tail, kind="stable")
        ends = np.searchsorted(tail[order], np.arange(1, self.strands.nodes + 1)).tolist()
        heads = head[order].tolist()
        return [heads[first:last] for first, last in zip([0, *ends], ends, strict=False)]

    @cached_property
    def spills(self) -> bytes:
        """For each node 1 if it leads to a part of another node, else 0."""
        found = np.zeros(self.strands.nodes, np.uint8)
        found[self.tail[~self.fills]] = 1
        return found.tobytes()

    @cached_property
    def spilling(self) -> int:
        """The same as a number with a bit for each node."""
        flags = np.frombuffer(self.spills, np.uint8)
        return int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little")

    def spilled(self, node: int) -> list[tuple[int, tuple[Box, ...]]]:
        """The parts of nodes that one comes to from all cells of a node."""
        found = self._spilled.get(node)
        if found is None:
            whole = self.whole(node)
            at = self.strands_of(node)
            at = at[~self.fills[at]]
            heads, rows = self.head[at].tolist(), self.strands.table[at].tolist()
            images = (tuple(self.image(row)(*whole)) for row in rows)
            found = list(zip(heads, images, strict=True))
            self._spilled[node] = found
        return found
