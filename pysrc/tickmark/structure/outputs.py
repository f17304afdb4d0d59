"""The results of a workbook: formula cells that nothing refers to, or that others show."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag

import numpy as np

from tickmark.structure.block_cells import BlockCells
from tickmark.structure.block_edges import chosen_edges
from tickmark.structure.blocks import Blocks
from tickmark.structure.coverage import Flags, covered, targets_of
from tickmark.structure.edges import Edges
from tickmark.structure.formulas import NO_TEMPLATE, Formulas
from tickmark.structure.lattices import Numbers
from tickmark.structure.shown_areas import by_sheet, charted_areas

NO_BLOCK = -1


class Output(IntFlag):
    """Why a formula cell is a result: nothing refers to it, a chart shows it, or another sheet."""

    FINAL = 1
    CHARTED = 2
    OTHER_SHEET = 4


@dataclass(frozen=True, slots=True, eq=False)
class Outputs:
    """The results of a workbook, for each sheet an array aligned with its cells.

    `kinds` (int64) are sums of Output, 0 for a cell that is no result; `block` (int64) is the
    number of the formula block of each cell, NO_BLOCK for one without formula; `used` (bool) tells
    which cells formulas refer to.
    """

    kinds: tuple[Numbers, ...]
    block: tuple[Numbers, ...]
    used: tuple[Flags, ...]


def outputs_of(formulas: Formulas, blocks: Blocks, edges: Edges) -> Outputs:
    """The results of a workbook."""
    used = referenced(formulas, edges)
    crossing = np.flatnonzero(edges.dependents.sheet != edges.sheet)
    crossed = referenced(formulas, chosen_edges(edges, crossing))
    charts = by_sheet(formulas, charted_areas(formulas))
    members = BlockCells.of(formulas.workbook, blocks.lattices)
    kinds, block = [], []
    for number, own in enumerate(formulas.sheets):
        cells = own.sheet.cells
        kind = np.where(used[number], 0, int(Output.FINAL))
        kind |= np.where(covered(cells, charts[number]), int(Output.CHARTED), 0)
        kind |= np.where(crossed[number], int(Output.OTHER_SHEET), 0)
        kinds.append(np.where(own.template_of == NO_TEMPLATE, 0, kind))
        here = members.sheet == number
        numbers = np.full(len(cells), NO_BLOCK)
        numbers[members.position[here]] = members.lattice[here]
        block.append(numbers)
    return Outputs(tuple(kinds), tuple(block), tuple(used))


def referenced(formulas: Formulas, edges: Edges) -> list[Flags]:
    """For each sheet, which of its cells some of the edges lead from."""
    sheets, areas = targets_of(edges)
    return [
        covered(own.sheet.cells, areas[sheets == number])
        for number, own in enumerate(formulas.sheets)
    ]
