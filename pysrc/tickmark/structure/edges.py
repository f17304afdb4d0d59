"""Compressed edges of the formula graph: which lattice of formula cells refers to which cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tickmark.structure.block_references import USES, all_at_hand, block_references
from tickmark.structure.blocks import Blocks
from tickmark.structure.coincidences import each_pair_once
from tickmark.structure.edge_table import (
    BASE,
    BY_COLUMN,
    BY_ROW,
    DEPENDENTS,
    LEFT,
    PLACE,
    SHEET,
    TARGET,
    TOP,
    USE,
    EdgeTable,
    all_of,
    cells,
    expanded,
)
from tickmark.structure.formulas import Formulas
from tickmark.structure.joined_edges import joined
from tickmark.structure.lattices import Lattices, Numbers
from tickmark.structure.observed_moves import moving_together
from tickmark.structure.ordering import Flags
from tickmark.structure.repeated_edges import repeated

__all__ = ["USES", "Edges", "edges_of"]

LARGE: Final = 1_024
MOST_SINGLE: Final = 400_000


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """n edges, each from the cells that are referred to (precedents) to those that refer to them.

    `dependents` are lattices of formula cells. The dependent in row i and column j of its lattice
    refers to one rectangle of the sheet with the number in `sheet` (n): its top, left, bottom and
    right are `base + by_row * i + by_column * j`, each of shape (n, 4). Top and bottom move with
    at most one of i and j, and so do left and right; in a lattice of one row nothing moves with i,
    in one of one column nothing with j. `use` (n) indexes USES.

    `repeats` (n) numbers the edge that each one repeats: equal lattices and moves in even
    distances, the targets in even distances too; None where that was not looked for. Not `complete`
    where the blocks have more than MOST_REFERENCES references; the later ones are then missing.
    """

    dependents: Lattices
    sheet: Numbers
    base: Numbers
    by_row: Numbers
    by_column: Numbers
    use: Numbers
    repeats: Numbers | None = None
    complete: bool = True

    def __len__(self) -> int:
        return len(self.sheet)

    @property
    def kept(self) -> int:
        """Number of edges where one that is repeated in even distances counts once."""
        return len(self) if self.repeats is None else len(np.unique(self.repeats))

    @property
    def pairs(self) -> int:
        """Number of distinct pairs of a formula cell and a rectangle that it refers to."""
        return int(self.dependents.cells.sum())

    def covers(self) -> Numbers:
        """Top, left, bottom and right around all rectangles of each edge, shape (n, 4)."""
        down = self.by_row * (self.dependents.height - 1)[:, None]
        across = self.by_column * (self.dependents.width - 1)[:, None]
        first = self.base + np.minimum(down, 0) + np.minimum(across, 0)
        last = self.base + np.maximum(down, 0) + np.maximum(across, 0)
        return np.concatenate([first[:, :2], last[:, 2:]], axis=1)


def edges_of(formulas: Formulas, blocks: Blocks) -> Edges:
    """The edges of all references, compressed; each pair of cell and rectangle is told once."""
    table = joined(all_of(*map(_compressed, block_references(formulas, blocks))))
    table = table[:, np.lexsort(table[[PLACE, LEFT, TOP, SHEET]])]
    return Edges(
        dependents=Lattices(np.ascontiguousarray(table[DEPENDENTS].T)),
        sheet=table[TARGET],
        base=np.ascontiguousarray(table[BASE].T),
        by_row=np.ascontiguousarray(table[BY_ROW].T),
        by_column=np.ascontiguousarray(table[BY_COLUMN].T),
        use=table[USE],
        repeats=repeated(table),
        complete=all_at_hand(formulas, blocks),
    )


def _compressed(table: EdgeTable) -> EdgeTable:
    table = each_pair_once(table)
    small = _small(table)
    return all_of(table[:, ~small], moving_together(expanded(table[:, small])))


def _small(table: EdgeTable) -> Flags:
    """Which edges are taken apart into cells: the smaller ones, as long as that is affordable."""
    sizes = cells(table)
    order = np.argsort(sizes, kind="stable")
    most = max(MOST_SINGLE, 2 * len(sizes))
    small = np.zeros(len(sizes), np.bool_)
    small[order] = np.cumsum(sizes[order]) <= most
    small &= sizes <= LARGE
    return small
