"""How a workbook can be calculated: what together, what one after the other, and how long."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.structure.arcs import CALCULATED, Arcs
from tickmark.structure.block_cells import BlockCells
from tickmark.structure.blocks import Blocks
from tickmark.structure.cell_search import CellSearch, Minima
from tickmark.structure.cell_set import CellSet
from tickmark.structure.chain_steps import UNCOUNTED, chain_steps
from tickmark.structure.components import Components
from tickmark.structure.formulas import Formulas
from tickmark.structure.lattices import Lattices, Numbers
from tickmark.structure.levels import Levels, longest_ways

MOST_CELLS: Final = 200_000


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """Formula blocks that are calculated together: one block, or several that need each other.

    `blocks` are their numbers. The cells of a `chain` need each other, as in a running total;
    `steps` is the number of cells one after the other on its longest way, the cells of a circular
    reference counted as one after the other. It is the number of all cells where these were too
    many to follow; `counted` is then False. Without a chain all cells can be calculated at once.
    """

    blocks: tuple[int, ...]
    cells: CellSet
    steps: int
    chain: bool
    counted: bool


@dataclass(frozen=True, slots=True, eq=False)
class CalculationLevel:
    """What can be calculated in parallel once all lower levels are: cells, and chains among them.

    `chains` are the stages that take more than one step; `steps` are those of the longest.
    """

    number: int
    cells: CellSet
    chains: tuple[Stage, ...]
    steps: int


@dataclass(frozen=True, slots=True, eq=False)
class CriticalPath:
    """The stages that take the most steps, each begun when the one before it is complete."""

    stages: tuple[Stage, ...]
    steps: int


class Calculation:
    """The stages of a workbook's calculation and their order, found when asked for."""

    def __init__(
        self,
        formulas: Formulas,
        blocks: Blocks,
        arcs: Arcs,
        components: Components,
        levels: Levels,
    ) -> None:
        self._formulas = formulas
        self._blocks = blocks
        self._arcs = arcs
        self._components = components
        self._levels = levels

    def calculation_levels(self) -> tuple[CalculationLevel, ...]:
        """All cells with a formula, level by level."""
        steps = self._steps[0]
        order = np.argsort(self._levels.of_block, kind="stable")
        ends = np.searchsorted(self._levels.of_block[order], np.arange(self._levels.count + 1))
        found = []
        for number in range(self._levels.count):
            blocks = order[ends[number] : ends[number + 1]]
            stages = np.unique(self._components.of_node[blocks])
            chains = tuple(self._stage(one) for one in stages[steps[stages] > 1].tolist())
            found.append(
                CalculationLevel(number, self._cells(blocks), chains, int(steps[stages].max()))
            )
        return tuple(found)

    def critical_path(self) -> CriticalPath:
        """The longest way through the blocks, each stage with its steps."""
        steps = self._steps[0]
        ways = longest_ways(self._arcs, self._components, steps)
        totals = np.array(ways.until, np.int64) + steps
        if not len(totals):
            return CriticalPath((), 0)
        at = int(np.argmax(totals))
        path = []
        while at >= 0:
            if steps[at]:
                path.append(at)
            at = ways.before[at]
        return CriticalPath(tuple(map(self._stage, reversed(path))), int(totals.max()))

    @cached_property
    def _steps(self) -> tuple[Numbers, Numbers]:
        """The steps of each component, and whether they were counted."""
        steps = chain_steps(self._blocks, self._arcs, self._components)
        cells = np.zeros(self._components.count, np.int64)
        numbers = self._components.of_node[: self._arcs.blocks]
        np.add.at(cells, numbers, self._blocks.lattices.cells)
        open_ = np.flatnonzero(steps == UNCOUNTED)
        open_ = open_[np.argsort(cells[open_], kind="stable")]
        chosen = open_[np.cumsum(cells[open_]) <= MOST_CELLS]
        self._search(steps, chosen)
        counted = steps != UNCOUNTED
        return np.where(counted, steps, cells), counted

    def _search(self, steps: Numbers, chosen: Numbers) -> None:
        """Set the steps of components that have to be searched cell by cell."""
        numbers = self._components.of_node[: self._arcs.blocks]
        blocks = np.flatnonzero(np.isin(numbers, chosen))
        lattices = Lattices(self._blocks.lattices.table[blocks])
        cells = BlockCells.of(self._formulas.workbook, lattices)
        for component, own in cells.groups(numbers[blocks]):
            search = CellSearch(self._formulas, cells.positions(own), set(CALCULATED))
            steps[component] = longest_chain(search)

    @cached_property
    def _members(self) -> tuple[Numbers, list[int]]:
        """The blocks in the order of their components, and where each component begins."""
        numbers = self._components.of_node[: self._arcs.blocks]
        order = np.argsort(numbers, kind="stable")
        starts = np.searchsorted(numbers[order], np.arange(self._components.count + 1))
        return order, starts.tolist()

    @cached_property
    def _circular(self) -> npt.NDArray[np.bool_]:
        return self._arcs.circular(self._components)

    def _stage(self, component: int) -> Stage:
        steps, counted = self._steps
        order, starts = self._members
        blocks = order[starts[component] : starts[component + 1]]
        return Stage(
            blocks=tuple(blocks.tolist()),
            cells=self._cells(blocks),
            steps=int(steps[component]),
            chain=bool(self._circular[component]),
            counted=bool(counted[component]),
        )

    def _cells(self, blocks: Numbers) -> CellSet:
        lattices = Lattices(self._blocks.lattices.table[blocks])
        return CellSet(lattices, self._formulas.scope.order)


def longest_chain(search: CellSearch) -> int:
    """The most cells one after the other among those searched; UNCOUNTED where these are too many.

    The cells of a circle count as one after the other.
    """
    depths = [0] * len(search.places)
    tree = Minima(len(search.places))
    for cells, _ in search.components():
        before = 0
        for cell in cells:
            for first, end in search.spans(cell):
                single = end - first == 1
                before = max(before, depths[first] if single else -tree.lowest(first, end))
        for cell in cells:
            depths[cell] = before + len(cells)
            tree.put(cell, -depths[cell])
    return max(depths, default=0) if search.spans_left >= 0 else UNCOUNTED
