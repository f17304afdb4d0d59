"""What strands say, as columns of numbers, and how they are made from edges."""

from __future__ import annotations

import numpy as np

from tickmark.structure.block_edges import BlockEdges, chosen_edges
from tickmark.structure.blocks import Blocks
from tickmark.structure.edges import Edges
from tickmark.structure.lattices import Lattices, Numbers
from tickmark.structure.touching import column_spans, row_spans

# Columns of a table of strands. The dependents of a strand are the rows `FIRST + STEP * z` of the
# node INTO with 0 <= z < COUNT, and columns with a z of their own, AXIS columns of the table
# further on. The dependent z refers to the rows `LOW + LOW_BY * z` to `HIGH + HIGH_BY * z` of the
# node FROM, cut at its ends, which always leaves one; z is that of the rows or columns of the
# dependents where BY is 0 or 1, and nothing moves where BY is -1. The same follows for columns,
# SIDE columns of the table further on. LOW and HIGH count the rows of the sheet from the first row
# of the node on where UNIT, the number of these to a row of the node, is not 1.
FROM, INTO, FIRST, STEP, COUNT = 0, 1, 2, 3, 4
LOW, HIGH, LOW_BY, HIGH_BY, BY, UNIT = 8, 9, 10, 11, 12, 13
AXIS, SIDE, WIDTH = 3, 6, 20
# While they are made, the lattice that each leads from stands behind.
_TOP, _HEIGHT, _ROW_STEP = WIDTH, WIDTH + 2, WIDTH + 4


def still_strands(count: int) -> Numbers:
    """Strands from the one cell of a node to the one cell of another."""
    table = np.zeros((count, WIDTH), np.int64)
    for axis in (0, 1):
        table[:, [STEP + axis * AXIS, COUNT + axis * AXIS]] = 1
        table[:, BY + axis * SIDE] = -1
        table[:, UNIT + axis * SIDE] = 1
    return table


def dependents_of(cut: BlockEdges, blocks: Blocks) -> Numbers:
    """The dependents of edges, counted inside their block."""
    table = still_strands(len(cut))
    table[:, INTO] = cut.block
    own, block = cut.edges.dependents.table, blocks.lattices.table[cut.block]
    for axis in (0, 1):
        first, count, step = 1 + axis, 3 + axis, 5 + axis
        table[:, FIRST + axis * AXIS] = (own[:, first] - block[:, first]) // block[:, step]
        ahead = np.where(own[:, count] > 1, own[:, step] // block[:, step], 1)
        table[:, STEP + axis * AXIS] = ahead
        table[:, COUNT + axis * AXIS] = own[:, count]
    return table


def aimed(table: Numbers, node: Numbers, edges: Edges, lattices: Lattices) -> Numbers:
    """Strands from nodes to dependents, with what each dependent refers to."""
    table = table.copy()
    table[:, FROM] = node
    solid_box = node >= len(lattices)
    boxes = table[solid_box]
    table, node, edges = (
        table[~solid_box],
        node[~solid_box],
        chosen_edges(edges, np.flatnonzero(~solid_box)),
    )
    lattice = lattices.table[node]
    for axis, spans in ((0, row_spans(edges)), (1, column_spans(edges))):
        at = axis * SIDE
        table[:, LOW + at], table[:, HIGH + at] = spans.low, spans.high
        table[:, LOW_BY + at], table[:, HIGH_BY + at] = spans.low_step, spans.high_step
        table[:, BY + at] = spans.by - 1
    extra = np.concatenate([table, lattice[:, 1:]], axis=1)
    for axis in (0, 1):
        extra = _counted_inside(_in_classes(extra, axis), axis)
    for axis in (0, 1):
        extra = _meeting_part(extra, axis)
    return np.concatenate([boxes, extra[:, :WIDTH]])


def _in_classes(table: Numbers, axis: int) -> Numbers:
    """Strands cut so that their targets move by whole steps of the lattice they aim at.

    Not those whose targets are never shorter than a step: each holds a row, wherever it begins.
    """
    at, step = axis * SIDE, table[:, _ROW_STEP + axis]
    low_by, high_by = table[:, LOW_BY + at], table[:, HIGH_BY + at]
    # Nothing moves where both slopes are 0; the greatest common divisor is the step then.
    classes = step // np.gcd(np.gcd(low_by, high_by), step)
    by = table[:, BY + at]
    last = np.where(by == 1, table[:, COUNT + AXIS], table[:, COUNT]) - 1
    length = table[:, HIGH + at] - table[:, LOW + at] + 1
    length += np.minimum((high_by - low_by) * last, 0)
    table[:, UNIT + at] = np.where((classes > 1) & (length >= step), step, 1)
    classes = np.where(table[:, UNIT + at] > 1, 1, classes)
    if (classes <= 1).all():
        return table
    which = np.repeat(np.arange(len(table)), classes)
    ahead = np.arange(len(which)) - np.repeat(np.cumsum(classes) - classes, classes)
    table, by = table[which], by[which]
    for z in (0, 1):
        table = _every(table, z, np.where(by == z, ahead, 0), np.where(by == z, classes[which], 1))
    return table[(table[:, COUNT] > 0) & (table[:, COUNT + AXIS] > 0)]


def _every(table: Numbers, z: int, first: Numbers, step: Numbers) -> Numbers:
    """Strands with only every few of their dependents along an axis, from the first on."""
    table = table.copy()
    at = z * AXIS
    table[:, FIRST + at] += table[:, STEP + at] * first
    table[:, COUNT + at] = -((first - table[:, COUNT + at]) // step)
    table[:, STEP + at] *= step
    for axis in (0, 1):
        moves = table[:, BY + axis * SIDE] == z
        for side in (LOW, HIGH):
            by = side + LOW_BY - LOW + axis * SIDE
            table[:, side + axis * SIDE] += np.where(moves, table[:, by] * first, 0)
            table[:, by] *= np.where(moves, step, 1)
    return table


def _counted_inside(table: Numbers, axis: int) -> Numbers:
    """Targets in rows or columns of the node instead of the sheet."""
    table = table.copy()
    at, first = axis * SIDE, table[:, _TOP + axis]
    step = table[:, _ROW_STEP + axis] // table[:, UNIT + at]
    table[:, LOW + at] = -((first - table[:, LOW + at]) // step)
    table[:, HIGH + at] = (table[:, HIGH + at] - first) // step
    table[:, LOW_BY + at] //= step
    table[:, HIGH_BY + at] //= step
    return table


def _meeting_part(table: Numbers, axis: int) -> Numbers:
    """Strands with only those dependents whose target has a row or column of the node."""
    at = axis * SIDE
    low, high = table[:, LOW + at], table[:, HIGH + at]
    low_by, high_by = table[:, LOW_BY + at], table[:, HIGH_BY + at]
    by, end_of_node = table[:, BY + at], (table[:, _HEIGHT + axis] - 1) * table[:, UNIT + at]
    count = np.where(by == 1, table[:, COUNT + AXIS], table[:, COUNT])
    begin, end = np.zeros_like(count), np.where(by < 0, 1, count) - 1
    for room, slope in (
        (end_of_node - low, low_by),
        (high, -high_by),
        (high - low, low_by - high_by),
    ):
        steep = np.maximum(np.abs(slope), 1)  # room - slope * z >= 0
        end = np.where(slope > 0, np.minimum(end, room // steep), end)
        begin = np.where(slope < 0, np.maximum(begin, -(room // steep)), begin)
        end = np.where((slope == 0) & (room < 0), -1, end)
    kept = begin <= end
    table, by, begin, end = table[kept], by[kept], begin[kept], end[kept]
    for z in (0, 1):
        moves = by == z
        table = _every(table, z, np.where(moves, begin, 0), np.ones_like(begin))
        room = np.where(moves, end - begin + 1, table[:, COUNT + z * AXIS])
        table[:, COUNT + z * AXIS] = room
    return table
