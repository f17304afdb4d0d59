"""The references of formula blocks as edges, one for each block and reference."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, pairwise
from operator import attrgetter
from typing import Final

import numpy as np

from tickmark.model.address import MAX_COLUMN, MAX_ROW
from tickmark.structure.blocks import Blocks
from tickmark.structure.calls import Use
from tickmark.structure.edge_table import (
    BASE,
    BLOCK,
    BY_COLUMN,
    BY_ROW,
    COLUMN_STEP,
    EDGE_WIDTH,
    HEIGHT,
    LEFT,
    PLACE,
    ROW_STEP,
    TARGET,
    TOP,
    USE,
    WIDTH,
    WRITTEN,
    EdgeTable,
    split_rows,
    turned,
)
from tickmark.structure.formulas import Formulas
from tickmark.structure.ordering import Flags, Numbers, counted

USES: Final = tuple(Use)
_NUMBER_OF: Final = {use: number for number, use in enumerate(USES)}
_SIDES: Final = ("top", "left", "bottom", "right")
_BITS: Final = np.array([1, 2, 4, 8])


def block_references(formulas: Formulas, blocks: Blocks) -> EdgeTable:
    """The references of all blocks; some targets of a block may be told more than once.

    Where a relative side of a target passes a fixed one or leaves the sheet, a new edge begins.
    """
    tables = [np.empty((0, EDGE_WIDTH), np.int64)]
    bounds = np.searchsorted(blocks.lattices.sheet, np.arange(len(formulas.sheets) + 1))
    for number, (first, end) in enumerate(pairwise(bounds.tolist())):
        if first < end:
            tables.append(_of_sheet(formulas, number, blocks, first, end))
    table = np.concatenate(tables)
    uneven = _uneven(table, 0, MAX_ROW) | _uneven(table, 1, MAX_COLUMN)
    if not uneven.any():
        return table
    steady = turned(_steady(turned(_steady(table[uneven], MAX_ROW)), MAX_COLUMN))
    return np.concatenate([table[~uneven], steady])


def _of_sheet(formulas: Formulas, number: int, blocks: Blocks, first: int, end: int) -> EdgeTable:
    """The edges of a sheet, as if targets went on beyond the edges of the sheet."""
    lattices, of_block = blocks.lattices.table[first:end], blocks.templates[first:end]
    precedents, templates = formulas.precedents[number], formulas.sheets[number].templates
    counts = np.fromiter(map(len, precedents), np.int64, len(precedents))
    block, place = counted(counts[of_block])
    table = np.zeros((len(block), EDGE_WIDTH), np.int64)
    if not len(block):
        return table
    reference = (np.cumsum(counts) - counts)[of_block][block] + place
    found = list(chain.from_iterable(precedents))
    areas = list(map(attrgetter("area"), found))
    sides = [_numbers(map(attrgetter(side), areas), len(found)) for side in _SIDES]
    names = list(map(attrgetter("sheet"), found))
    sheets = {name: formulas.scope.sheets[name.casefold()] for name in set(names)}
    relative = chain.from_iterable(map(attrgetter("relative"), found))
    written = _numbers(relative, 4 * len(found)).reshape(-1, 4).astype(np.bool_)
    still = np.array([one.fills is not None for one in templates], np.bool_)[of_block]
    anchors = [
        _numbers(map(attrgetter(side), templates), len(templates))[of_block]
        for side in ("row", "column")
    ]
    moves = written[reference] & ~still[block][:, None]
    table[:, : COLUMN_STEP + 1] = lattices[block]
    table[:, TARGET] = _numbers(map(sheets.__getitem__, names), len(found))[reference]
    distance = (lattices[:, [TOP, LEFT]] - np.stack(anchors, axis=1))[block]
    table[:, BASE] = np.stack(sides, axis=1)[reference] + moves * distance[:, [0, 1, 0, 1]]
    table[:, BY_ROW][:, ::2] = moves[:, ::2] * table[:, [ROW_STEP]]
    table[:, BY_COLUMN][:, 1::2] = moves[:, 1::2] * table[:, [COLUMN_STEP]]
    table[table[:, HEIGHT] == 1, BY_ROW] = 0
    table[table[:, WIDTH] == 1, BY_COLUMN] = 0
    uses = map(_NUMBER_OF.__getitem__, map(attrgetter("use"), found))
    table[:, USE] = _numbers(uses, len(found))[reference]
    table[:, PLACE] = place
    table[:, WRITTEN] = moves @ _BITS
    table[:, BLOCK] = first + block
    return table


def _numbers(values: Iterable[int], count: int) -> Numbers:
    return np.fromiter(values, np.int64, count)


def _uneven(table: EdgeTable, axis: int, most: int) -> Flags:
    """Which targets leave the sheet or are upside down somewhere, in rows (axis 0) or columns."""
    near, far = table[:, BASE.start + axis], table[:, BASE.start + axis + 2]
    ahead = table[:, HEIGHT + axis] - 1
    by = (BY_ROW, BY_COLUMN)[axis].start + axis
    last_near, last_far = near + table[:, by] * ahead, far + table[:, by + 2] * ahead
    first, last = np.minimum(near, last_near), np.maximum(far, last_far)
    found: Flags = (first < 1) | (last > most) | (near > far) | (last_near > last_far)
    return found


def _steady(table: EdgeTable, most: int) -> EdgeTable:
    """The edges with targets whose rows are all on the sheet and top above bottom.

    What leaves the sheet on one side comes in on the other, as in Excel.
    """
    table = table.copy()
    top, bottom = BASE.start, BASE.start + 2
    by_top, by_bottom = BY_ROW.start, BY_ROW.start + 2
    for side, by in ((top, by_top), (bottom, by_bottom)):
        table[:, side] = (table[:, side] - 1) % most + 1
        step = np.maximum(table[:, by], 1)
        leaves = np.where(table[:, by] > 0, -((table[:, side] - most - 1) // step), 0)
        table = split_rows(table, leaves)
        table[:, side] = (table[:, side] - 1) % most + 1
    room, narrowing = table[:, bottom] - table[:, top], table[:, by_top] - table[:, by_bottom]
    step = np.maximum(np.abs(narrowing), 1)
    meets = np.where(room < 0, -(room // step), room // step + 1)
    table = split_rows(table, np.where(np.where(room < 0, -narrowing, narrowing) > 0, meets, 0))
    rows = table[:, HEIGHT] - 1
    last = table[:, bottom] - table[:, top] + rows * (table[:, by_bottom] - table[:, by_top])
    swapped = (table[:, bottom] < table[:, top]) | (last < 0)
    there = table[swapped]
    there[:, [top, bottom]] = there[:, [bottom, top]]
    there[:, [by_top, by_bottom]] = there[:, [by_bottom, by_top]]
    written = there[:, WRITTEN]
    there[:, WRITTEN] = written & 10 | (written & 1) << 2 | (written & 4) >> 2
    table[swapped] = there
    return table
