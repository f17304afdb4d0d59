"""Formula cells of one geometry: blocks that differ in their texts only, taken together."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from tickmark.structure.block_edges import block_edges_of
from tickmark.structure.block_index import BlockIndex
from tickmark.structure.blocks import Blocks
from tickmark.structure.edges import Edges
from tickmark.structure.labelled_lattices import labelled_lattices
from tickmark.structure.lattices import Lattices, Numbers

FEW_BLOCKS: Final = 1_000
FEW_FOR_AN_EDGE: Final = 2


def fields_of(blocks: Blocks, edges: Edges) -> Lattices:
    """The cells of all blocks as lattices, fewer than the blocks where edges span many of them.

    Formulas such as `=A1*2` and `=A2*3` are of two templates, but one edge leads to both. Blocks
    to which the same edges lead are put together here; each cell stays in exactly one lattice.
    """
    if len(blocks) < max(FEW_BLOCKS, FEW_FOR_AN_EDGE * len(edges)):
        return blocks.lattices
    label = _labels(blocks, edges)
    several = np.bincount(label)[label] > 1
    if not several.any():
        return blocks.lattices
    tables = [blocks.lattices.table[~several]]
    table, label = blocks.lattices.table[several], label[several]
    sheets, rows, columns, own = _cells(table)
    number = np.unique(np.stack([sheets, label[own]]), axis=1, return_inverse=True)[1].ravel()
    down = np.lexsort((rows, columns, number))
    across = np.lexsort((columns, rows, number))
    found = labelled_lattices(number, rows, columns, down, across)
    first = found.first
    tables.append(
        np.stack(
            [
                sheets[first],
                rows[first],
                columns[first],
                found.height,
                found.width,
                found.row_step,
                found.column_step,
            ],
            axis=1,
        )
    )
    return Lattices(np.concatenate(tables))


def _labels(blocks: Blocks, edges: Edges) -> Numbers:
    """A number for each block, the same for those with the same edges to all of their cells."""
    numbered = replace(edges, use=np.arange(len(edges)))
    cut = block_edges_of(blocks, numbered, BlockIndex.of(blocks.lattices))
    # The sum of one random number for each edge tells the set of edges that lead to a block.
    marks = np.random.default_rng(0).integers(1, 1 << 62, len(edges), np.int64)
    sums = np.zeros(len(blocks), np.int64)
    np.add.at(sums, cut.block, marks[cut.edges.use])
    parts = cut.edges.dependents.cells < blocks.lattices.cells[cut.block]
    label = np.unique(sums, return_inverse=True)[1]
    apart = np.unique(cut.block[parts])
    label[apart] = len(blocks) + np.arange(len(apart))
    return label


def _cells(table: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Sheet, row and column of all cells of lattices, and the lattice that each belongs to."""
    sizes = table[:, 3] * table[:, 4]
    own = np.repeat(np.arange(len(table)), sizes)
    at = np.arange(len(own)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    down, across = np.divmod(at, table[own, 4])
    rows = table[own, 1] + down * table[own, 5]
    return table[own, 0], rows, table[own, 2] + across * table[own, 6], own
