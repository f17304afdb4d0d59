"""What depends on some cells, and which results of the workbook among it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tickmark.model.address import RangeRef
from tickmark.structure.arcs import Arcs
from tickmark.structure.cell_set import CellSet
from tickmark.structure.coverage import areas_of, covered
from tickmark.structure.formulas import Formulas
from tickmark.structure.labels import labels_of
from tickmark.structure.lattices import Numbers
from tickmark.structure.outputs import NO_BLOCK, Output, Outputs
from tickmark.structure.rectangles import rectangles


@dataclass(frozen=True, slots=True)
class AffectedOutput:
    """Results that hold one formula: where, how many cells, and what they are called.

    `steps` is the number of references on the shortest way there, block by block; `kinds` tells
    why they are results.
    """

    ranges: tuple[RangeRef, ...]
    cells: int
    label: str
    steps: int
    kinds: Output


@dataclass(frozen=True, slots=True, eq=False)
class Impact:
    """All formula cells that depend on some cells, and the results among them.

    `outputs` has the one with the most cells first, of equal ones the nearest.
    """

    affected: CellSet
    outputs: tuple[AffectedOutput, ...]

    @property
    def cells(self) -> int:
        """Number of result cells affected."""
        return sum(output.cells for output in self.outputs)


def impact_of(
    formulas: Formulas, outputs: Outputs, arcs: Arcs, near: CellSet, affected: CellSet
) -> Impact:
    """The impact on results; `near` are the cells that depend on the asked ones directly.

    `arcs` are those of all uses of references.
    """
    blocks = np.unique(np.concatenate([numbers for _, _, numbers in _hit(formulas, outputs, near)]))
    steps = _steps(arcs, blocks)
    found = [
        output
        for sheet, at, numbers in _hit(formulas, outputs, affected)
        for output in _of_sheet(formulas, outputs, sheet, at[outputs.kinds[sheet][at] > 0], steps)
        if len(numbers)
    ]
    found.sort(key=lambda one: (-one.cells, one.steps, one.ranges))
    return Impact(affected, tuple(found))


def _hit(
    formulas: Formulas, outputs: Outputs, cells: CellSet
) -> Iterator[tuple[int, Numbers, Numbers]]:
    """For each sheet the positions of formula cells in a set, and their blocks."""
    sheets, areas = areas_of(cells.lattices)
    for number, own in enumerate(formulas.sheets):
        inside = covered(own.sheet.cells, areas[sheets == number])
        at = np.flatnonzero(inside & (outputs.block[number] != NO_BLOCK))
        yield number, at, outputs.block[number][at]


def _of_sheet(
    formulas: Formulas, outputs: Outputs, number: int, at: Numbers, steps: Numbers
) -> Iterator[AffectedOutput]:
    """The results at some positions of a sheet, block by block."""
    sheet = formulas.sheets[number].sheet
    labels = labels_of(formulas.workbook, sheet)
    blocks = outputs.block[number][at]
    order = np.argsort(blocks, kind="stable")
    starts = np.flatnonzero(np.diff(blocks[order], prepend=-1))
    for part in np.split(at[order], starts[1:]) if len(at) else ():
        ranges = rectangles(sheet.name, sheet.cells.rows[part], sheet.cells.columns[part])
        yield AffectedOutput(
            ranges=ranges,
            cells=len(part),
            label=", ".join(text for text in labels.parts(ranges[0]) if text),
            steps=int(steps[outputs.block[number][part[0]]]),
            kinds=Output(int(np.bitwise_or.reduce(outputs.kinds[number][part]))),
        )


def _steps(arcs: Arcs, blocks: Numbers) -> Numbers:
    """The number of blocks on the shortest way to each block, from some on; 0 where there is none.

    A node that stands for several blocks is no step of its own.
    """
    steps = np.zeros(arcs.nodes, np.int64)
    order = np.argsort(arcs.tail, kind="stable")
    tails, heads = arcs.tail[order], arcs.head[order]
    ring, step = blocks, 1
    steps[ring] = 1
    seen = steps > 0
    while len(ring):
        ring, step = _ahead(ring, tails, heads, seen, arcs.blocks), step + 1
        steps[ring] = step
    return steps[: arcs.blocks]


def _ahead(
    ring: Numbers,
    tails: Numbers,
    heads: Numbers,
    seen: np.ndarray[tuple[int], np.dtype[np.bool_]],
    blocks: int,
) -> Numbers:
    """The blocks not seen before that need those of a ring; marks them as seen."""
    found = [np.empty(0, np.int64)]
    while len(ring):
        starts = np.searchsorted(tails, ring, side="left")
        counts = np.searchsorted(tails, ring, side="right") - starts
        ahead = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        nodes = np.unique(heads[np.repeat(starts, counts) + ahead])
        nodes = nodes[~seen[nodes]]
        seen[nodes] = True
        found.append(nodes[nodes < blocks])
        ring = nodes[nodes >= blocks]
    return np.concatenate(found)
