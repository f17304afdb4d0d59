"""All that some cells reach along the ways of a workbook, node by node."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Final, NamedTuple

import numpy as np

from tickmark.structure.boxes import Box, area, merged
from tickmark.structure.chains import Chain
from tickmark.structure.lattices import Numbers
from tickmark.structure.ways import Ways

_FEW: Final = 24
_NOWHERE: Final = -1


class Reached(NamedTuple):
    """What is reached: whole nodes, and disjoint boxes of cells of other nodes."""

    whole: Numbers
    parts: dict[int, list[Box]]


@dataclass(eq=False)
class Spread:
    """The transitive search in one direction."""

    ways: Ways
    chains: dict[int, Chain] = field(default_factory=dict)

    def reached(self, starts: Iterable[tuple[int, Box]]) -> Reached:
        """All cells that can be reached from boxes of nodes, in one step or more."""
        return _Visit(self).reached(starts)

    def chain(self, component: int) -> Chain | None:
        """The chain that a component is; None for a node that no way leads back to."""
        if not self.ways.turns[component]:
            return None
        found = self.chains.get(component)
        if found is None:
            found = self.chains[component] = Chain(self.ways, self.ways.members[component])
        return found


class _Visit:
    """One search.

    Nodes are visited once each, in the order of their components, with all their hits together.
    Nodes that are hit wholly are not visited one by one: the index knows which others they hit
    wholly, and which parts of nodes beside. `whole` has a 1 for each node that is hit wholly;
    `closed` has bits for those of them of which all that they hit wholly is hit too.
    """

    def __init__(self, spread: Spread) -> None:
        self.spread = spread
        self.ways = spread.ways
        self.component = self.ways.component
        self.cells = self.ways.cells
        self.whole = bytearray(len(self.cells))
        self.closed = 0
        self.parts: dict[int, list[Box]] = {}
        self.waiting: dict[int, dict[int, list[Box]]] = {}
        self.heap: list[int] = []

    def reached(self, starts: Iterable[tuple[int, Box]]) -> Reached:
        for node, box in starts:
            if area((box,)) == self.cells[node]:
                self._follow_whole(node, _NOWHERE, hit=False)
            else:
                self._follow(node, [box], _NOWHERE)
        while self.heap:
            component = heappop(self.heap)
            hits = self.waiting.pop(component)
            hits = {node: boxes for node, boxes in hits.items() if not self.whole[node]}
            chain = self.spread.chain(component) if hits else None
            if chain is None:
                hits = {node: merged(boxes) for node, boxes in hits.items()}
            else:
                hits = chain.closed(hits, self.whole)
            for node, boxes in hits.items():
                if self.whole[node]:
                    continue  # because of another node of the chain
                if area(boxes) == self.cells[node]:
                    self._follow_whole(node, component, hit=True)
                else:
                    self.parts[node] = boxes
                    self._follow(node, boxes, component)
        return Reached(np.flatnonzero(np.frombuffer(self.whole, np.uint8)), self.parts)

    def _follow(self, node: int, boxes: list[Box], done: int) -> None:
        """Go on from cells of a node, but not inside of the component that is done."""
        component, whole = self.component, self.whole
        for head, image in self.ways.of(node):
            if component[head] == done or whole[head]:
                continue
            for box in boxes:
                found = image(*box)
                if found:
                    self._hit(head, found)

    def _follow_whole(self, node: int, done: int, *, hit: bool) -> None:
        """Go on from all cells of a node, which are hit themselves or only where one starts."""
        closures = self.ways.closures
        whole, component = self.whole, self.component
        spilling = self._search(node) if closures is None else self._close(node, closures[node])
        if hit:
            whole[node] = 1
        for one in spilling:
            for head, boxes in self.ways.spilled(one):
                if component[head] != done and not whole[head]:
                    self._hit(head, boxes)

    def _close(self, node: int, reached: int) -> list[int]:
        """Hit all nodes that a node hits wholly; those of them that spill, and it itself."""
        new = reached & ~self.closed
        self.closed |= new
        found = numbers(new)
        if len(found) > _FEW:
            np.frombuffer(self.whole, np.uint8)[found] = 1
        else:
            for one in found:
                self.whole[one] = 1
        spilling = numbers(new & self.ways.spilling)
        return [*spilling, node] if self.ways.spills[node] else spilling

    def _search(self, node: int) -> list[int]:
        """The same without an index."""
        filled, whole, spills = self.ways.filled, self.whole, self.ways.spills
        stack = [node]
        spilling = [node] if spills[node] else []
        while stack:
            for head in filled[stack.pop()]:
                if not whole[head]:
                    whole[head] = 1
                    stack.append(head)
                    if spills[head]:
                        spilling.append(head)
        return spilling

    def _hit(self, node: int, boxes: Iterable[Box]) -> None:
        component = self.component[node]
        hits = self.waiting.get(component)
        if hits is None:
            self.waiting[component] = {node: list(boxes)}
            heappush(self.heap, component)
        elif node in hits:
            hits[node].extend(boxes)
        else:
            hits[node] = list(boxes)


def numbers(bits: int) -> list[int]:
    """The numbers of the bits that are set."""
    if bits.bit_count() <= _FEW:
        found = []
        while bits:
            low = bits & -bits
            found.append(low.bit_length() - 1)
            bits ^= low
        return found
    octets = np.frombuffer(bits.to_bytes((bits.bit_length() + 7) // 8, "little"), np.uint8)
    return np.flatnonzero(np.unpackbits(octets, bitorder="little")).tolist()
