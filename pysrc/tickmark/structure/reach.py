"""Which cells depend on which, over any number of steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import NamedTuple

import numpy as np

from tickmark.model.address import CellRef, RangeRef
from tickmark.structure.blocks import Blocks
from tickmark.structure.boxes import Box, merged
from tickmark.structure.cell_set import CellSet
from tickmark.structure.edges import Edges
from tickmark.structure.formulas import Formulas
from tickmark.structure.lattices import Lattice, Lattices, Numbers
from tickmark.structure.spread import Reached, Spread
from tickmark.structure.steps import Steps
from tickmark.structure.strands import Strands
from tickmark.structure.ways import Ways


@dataclass(frozen=True, eq=False)
class Reach:
    """Dependents and precedents over any number of steps, exact; its index is made when needed.

    All references count, whatever is taken of them. What INDIRECT and the like reach is unknown.
    """

    sheets: tuple[str, ...]
    numbers: Mapping[str, int]
    blocks: Blocks
    edges: Edges

    def dependents(self, areas: RangeRef | Iterable[RangeRef], depth: int | None = None) -> CellSet:
        """The formula cells that depend on cells of areas, in up to `depth` steps or at all.

        A cell of the areas itself is among them only if it depends on one of them.
        """
        return self._answer(self._dependents, areas, depth)

    def precedents(self, areas: RangeRef | Iterable[RangeRef], depth: int | None = None) -> CellSet:
        """The cells that areas depend on, empty ones too, in up to `depth` steps or at all.

        A cell of the areas itself is among them only if one of them depends on it.
        """
        return self._answer(self._precedents, areas, depth)

    def path(self, precedent: CellRef, dependent: CellRef) -> tuple[CellRef, ...]:
        """A shortest chain of cells between two, each referring to the one before; or nothing."""
        first = self._starts(_area(precedent))
        last = self._starts(_area(dependent))
        if not first or not last:
            return ()
        ((node, box),) = last
        reached = self._dependents.reached(first)
        inside = node in reached.whole or any(
            _meets(box, one) for one in reached.parts.get(node, ())
        )
        if not inside:
            return ()
        layers = [{first[0][0]: [first[0][1]]}]
        for layer in Steps(self._dependents.ways).layers(first):
            if any(_meets(box, one) for one in layer.get(node, ())):
                break
            layers.append(layer)
        chain = [(node, box)]
        back = Steps(self._precedents.ways)
        for layer in reversed(layers):
            before = next(back.layers(chain[-1:]))
            chain.append(_first_common(before, layer))
        return tuple(self._cell(*place) for place in reversed(chain))

    @cached_property
    def strands(self) -> Strands:
        """The edges between the nodes of the index."""
        return Strands.of(self.blocks, self.edges)

    @property
    def complete(self) -> bool:
        """Whether all edges are followed; a workbook may have too many that cross."""
        return self.strands.complete

    @cached_property
    def _dependents(self) -> Spread:
        return Spread(Ways(self.strands, forward=True))

    @cached_property
    def _precedents(self) -> Spread:
        return Spread(Ways(self.strands, forward=False))

    def _answer(
        self, spread: Spread, areas: RangeRef | Iterable[RangeRef], depth: int | None
    ) -> CellSet:
        several = [areas] if isinstance(areas, RangeRef) else areas
        starts = [start for area in several for start in self._starts(area)]
        if depth is None:
            return self._cells(spread.reached(starts))
        parts: dict[int, list[Box]] = {}
        for layer in islice(Steps(spread.ways).layers(starts), depth):
            for node, boxes in layer.items():
                parts.setdefault(node, []).extend(boxes)
        parts = {node: merged(boxes) for node, boxes in parts.items()}
        return self._cells(Reached(np.empty(0, np.int64), parts))

    def _starts(self, area: RangeRef) -> list[tuple[int, Box]]:
        """The nodes that an area meets, and where in them."""
        own = self._of_sheet.get(self.numbers.get(area.sheet.casefold(), -1))
        if own is None:
            return []
        found = []
        for node in own.meeting(area).tolist():
            box = _inside(self.strands.lattices[node], area)
            if box is not None:
                found.append((node, box))
        return found

    @cached_property
    def _of_sheet(self) -> dict[int, _SheetNodes]:
        """The nodes of each sheet that has any."""
        lattices = self.strands.lattices
        sides = lattices.top, lattices.left, lattices.bottom, lattices.right
        found = {}
        for sheet in np.unique(lattices.sheet).tolist():
            nodes = np.flatnonzero(lattices.sheet == sheet)
            found[sheet] = _SheetNodes(nodes, *(side[nodes] for side in sides))
        return found

    def _cells(self, reached: Reached) -> CellSet:
        table = self.strands.lattices.table
        whole = reached.whole[reached.whole < len(table)]
        pieces = [(node, *box) for node, boxes in reached.parts.items() for box in boxes]
        parts = np.array(pieces, np.int64).reshape(-1, 5)
        own = table[parts[:, 0]]
        own[:, 1] += parts[:, 1] * own[:, 5]
        own[:, 2] += parts[:, 3] * own[:, 6]
        own[:, 3] = parts[:, 2] - parts[:, 1] + 1
        own[:, 4] = parts[:, 4] - parts[:, 3] + 1
        own[own[:, 3] == 1, 5] = 1
        own[own[:, 4] == 1, 6] = 1
        return CellSet(Lattices(np.concatenate([table[whole], own])), self.sheets)

    def _cell(self, node: int, box: Box) -> CellRef:
        own = self.strands.lattices[node]
        row, column = own.top + box[0] * own.row_step, own.left + box[2] * own.column_step
        return CellRef(self.sheets[own.sheet], row, column)


def reach_of(formulas: Formulas, blocks: Blocks, edges: Edges) -> Reach:
    """The reach of all cells of a workbook."""
    scope = formulas.scope
    return Reach(scope.order, scope.sheets, blocks, edges)


class _SheetNodes(NamedTuple):
    """Nodes and the rectangles around them, an array each."""

    nodes: Numbers
    top: Numbers
    left: Numbers
    bottom: Numbers
    right: Numbers

    def meeting(self, area: RangeRef) -> Numbers:
        """The nodes whose rectangle meets an area."""
        met = (self.top <= area.bottom) & (self.bottom >= area.top)
        met &= (self.left <= area.right) & (self.right >= area.left)
        return self.nodes[met]


def _inside(lattice: Lattice, area: RangeRef) -> Box | None:
    """Where an area meets a lattice, in rows and columns of the lattice."""
    first_row = max(-((lattice.top - area.top) // lattice.row_step), 0)
    last_row = min((area.bottom - lattice.top) // lattice.row_step, lattice.height - 1)
    first_column = max(-((lattice.left - area.left) // lattice.column_step), 0)
    last_column = min((area.right - lattice.left) // lattice.column_step, lattice.width - 1)
    if first_row > last_row or first_column > last_column:
        return None
    return first_row, last_row, first_column, last_column


def _area(cell: CellRef) -> RangeRef:
    return RangeRef(cell.sheet, cell.row, cell.column, cell.row, cell.column)


def _meets(one: Box, other: Box) -> bool:
    return one[0] <= other[1] and other[0] <= one[1] and one[2] <= other[3] and other[2] <= one[3]


def _first_common(one: Mapping[int, list[Box]], other: Mapping[int, list[Box]]) -> tuple[int, Box]:
    """The first cell of two layers; they must have one in common."""
    node, i, j = min(
        (node, max(a[0], b[0]), max(a[2], b[2]))
        for node in one.keys() & other.keys()
        for a in one[node]
        for b in other[node]
        if _meets(a, b)
    )
    return node, (i, i, j, j)
