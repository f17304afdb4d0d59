"""Nodes cut into every second, third or further row, so that strands between them have no gaps."""

from __future__ import annotations

from typing import Final

import numpy as np

from tickmark.structure.lattices import Lattices, Numbers
from tickmark.structure.strand_table import (
    AXIS,
    BY,
    COUNT,
    FIRST,
    FROM,
    HIGH,
    HIGH_BY,
    INTO,
    LOW,
    LOW_BY,
    SIDE,
    STEP,
)

MOST_PARTS: Final = 12
MOST_GROWTH: Final = 2
FEW_NODES: Final = 200
FEW_GAPS: Final = 8
"""Gaps that are no more than this are followed one by one."""


def evened(lattices: Lattices, formulas: int, table: Numbers) -> tuple[Lattices, Lattices] | None:
    """Formula cells and tiles, some cut in parts, for the strands in a table; None to leave them.

    `lattices` are those of all nodes, first `formulas` of formula cells.

    A strand to every second row of a node, or from every second row, takes as many steps as there
    are rows. With the node cut in two it takes one. There are at most MOST_GROWTH times as many
    lattices afterwards, and FEW_NODES more.
    """
    parts = _periods(lattices, table)
    for axis in (0, 1):
        at, z = axis * SIDE, axis * AXIS
        step, count = table[:, STEP + z], table[:, COUNT + z]
        gaps = (step > 1) & (step <= MOST_PARTS) & (count > FEW_GAPS)
        gaps &= table[:, INTO] < len(lattices)
        np.lcm.at(parts[:, axis], table[gaps, INTO], step[gaps])
        by, slope = table[:, BY + at], np.abs(table[:, LOW_BY + at])
        count = np.where(by == 1, table[:, COUNT + AXIS], table[:, COUNT])
        gaps = (by >= 0) & (count > FEW_GAPS) & (table[:, FROM] < len(lattices))
        gaps &= table[:, LOW_BY + at] == table[:, HIGH_BY + at]
        gaps &= slope > table[:, HIGH + at] - table[:, LOW + at] + 1
        gaps &= slope <= MOST_PARTS
        np.lcm.at(parts[:, axis], table[gaps, FROM], slope[gaps])
    parts[parts > MOST_PARTS] = 1
    total = parts.prod(axis=1)
    if (total == 1).all() or total.sum() > MOST_GROWTH * len(lattices) + FEW_NODES:
        return None
    node = np.repeat(np.arange(len(total)), total)
    ahead = np.arange(len(node)) - np.repeat(np.cumsum(total) - total, total)
    cut, parts = lattices.table[node], parts[node]
    for axis, first in ((0, ahead // parts[:, 1]), (1, ahead % parts[:, 1])):
        cut[:, 1 + axis] += first * cut[:, 5 + axis]
        cut[:, 3 + axis] = -((first - cut[:, 3 + axis]) // parts[:, axis])
        cut[:, 5 + axis] = np.where(cut[:, 3 + axis] > 1, cut[:, 5 + axis] * parts[:, axis], 1)
    kept = (cut[:, 3] > 0) & (cut[:, 4] > 0)
    return Lattices(cut[kept & (node < formulas)]), Lattices(cut[kept & (node >= formulas)])


def _periods(lattices: Lattices, table: Numbers) -> Numbers:
    """For each node how many rows and columns lie between its cells and those they refer to.

    1 where they refer to no other cell of the node, or to some that are not evenly apart. Cells
    that refer to the cell 12 columns before make 12 chains that do not meet.
    """
    nodes = len(lattices)
    found = np.zeros((nodes, 2), np.int64)
    inner = table[(table[:, FROM] == table[:, INTO]) & (table[:, FROM] < nodes)]
    for axis in (0, 1):
        at, z = axis * SIDE, axis * AXIS
        single = inner[:, LOW + at] == inner[:, HIGH + at]
        along = (inner[:, BY + at] == axis) & (inner[:, STEP + z] == 1)
        along &= (inner[:, LOW_BY + at] == 1) & (inner[:, HIGH_BY + at] == 1)
        along |= inner[:, COUNT + z] == 1
        apart = np.where(single & along, np.abs(inner[:, FIRST + z] - inner[:, LOW + at]), 1)
        np.gcd.at(found[:, axis], inner[:, FROM], apart)
    found[found * FEW_GAPS > lattices.table[:, 3:5]] = 1
    return np.maximum(found, 1)
