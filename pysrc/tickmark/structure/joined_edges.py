"""Edges that go on where others end, made one."""

from __future__ import annotations

from typing import Final

import numpy as np

from tickmark.structure.edge_table import (
    BASE,
    BY_COLUMN,
    BY_ROW,
    COLUMN_STEP,
    HEIGHT,
    LEFT,
    PLACE,
    ROW_STEP,
    SHEET,
    TARGET,
    TOP,
    USE,
    WIDTH,
    EdgeTable,
    all_of,
    made_single,
    turned,
)
from tickmark.structure.even_runs import chains
from tickmark.structure.lattices import MOST_STEP
from tickmark.structure.ordering import (
    Flags,
    Numbers,
    changes,
    counted,
    groups,
    marks,
    order_by,
    order_by_mark,
)

MOST_ROUNDS: Final = 3
LEAST_GAIN: Final = 0.05
FEWEST: Final = 3

_ACROSS: Final = (SHEET, LEFT, WIDTH, COLUMN_STEP, TARGET, USE)
_BY_COLUMN: Final = range(BY_COLUMN.start, BY_COLUMN.stop)
_BY_ROW: Final = range(BY_ROW.start, BY_ROW.stop)
_BASE: Final = range(BASE.start, BASE.stop)


def joined(table: EdgeTable) -> EdgeTable:
    """The edges with those made one that continue each other, down or to the right.

    Edges with one row of dependents in even steps become one edge if their targets move evenly: at
    least FEWEST edges however far, and two where no side moves further than MOST_STEP places.
    """
    for _ in range(MOST_ROUNDS):
        before = table.shape[1]
        table = _stacked(table)
        table = turned(_stacked(turned(table)))
        table = _in_slopes(table)
        table = turned(_in_slopes(turned(table)))
        if before - table.shape[1] <= before * LEAST_GAIN:
            break
    return table


def _stacked(table: EdgeTable) -> EdgeTable:
    """Edges made one that continue another one downwards, step and target."""
    tall = table[HEIGHT] > 1
    if not tall.any():
        return table
    above, below = table[:, tall], table[:, tall]
    above[TOP] += above[HEIGHT] * above[ROW_STEP]
    above[BASE] += above[BY_ROW] * above[HEIGHT]
    below[TOP] -= below[ROW_STEP]
    below[BASE] -= below[BY_ROW]
    single = np.flatnonzero(~tall)
    found = [table[:, tall]]
    for wanted in (below, above):
        at, like = _continuing(table[:, single], wanted)
        own = table[:, single[at]]
        own[ROW_STEP], own[BY_ROW] = wanted[ROW_STEP, like], wanted[BY_ROW][:, like]
        found.append(own)
        tall[single[at]] = True
        single = np.delete(single, at)
    merged = _merged(all_of(*found))
    if merged.shape[1] == np.count_nonzero(tall):
        return table
    return all_of(table[:, ~tall], merged)


def _continuing(table: EdgeTable, wanted: EdgeTable) -> tuple[Numbers, Numbers]:
    """Pairs of an edge and a wanted one with the same columns, first row and target."""
    mark, near = (marks(one[TOP], one[LEFT], *one[BASE]) for one in (table, wanted))
    at = np.flatnonzero(np.isin(mark, near))
    both = all_of(wanted, table[:, at])
    order, number = groups(*both[[*_ACROSS, *_BY_COLUMN, TOP, *_BASE]])
    first = np.flatnonzero(changes(number))
    found = np.empty(both.shape[1], np.int64)
    found[order] = order[first][number]
    like = found[wanted.shape[1] :]
    met = like < wanted.shape[1]
    return at[met], like[met]


def _merged(table: EdgeTable) -> EdgeTable:
    """Edges made one that lie on one line: equal moves and targets, rows that follow each other."""
    table = table[:, order_by(table[TOP])]
    ahead, rest = np.divmod(table[TOP], table[ROW_STEP])
    still = table[BASE] - table[BY_ROW] * ahead
    columns = (*table[[*_ACROSS, ROW_STEP, *_BY_ROW, *_BY_COLUMN]], rest, *still)
    order = order_by_mark(marks(*columns))
    table = table[:, order]
    new = changes(*(column[order] for column in columns))
    bottom = table[TOP] + table[HEIGHT] * table[ROW_STEP]
    new[1:] |= table[TOP, 1:] != bottom[:-1]
    starts = np.flatnonzero(new)
    found = table[:, starts]
    found[HEIGHT] = np.add.reduceat(table[HEIGHT], starts)
    made_single(found, found[HEIGHT] == 1)
    return found


def _in_slopes(table: EdgeTable) -> EdgeTable:
    """Edges with one row of dependents in even steps made one where the target moves evenly."""
    single = np.flatnonzero(table[HEIGHT] == 1)
    order, group = _ranked(table[:, single])
    single = single[order]
    low, high, step, moves = _sloping(table[:, single], group)
    if not len(low):
        return table
    found = table[:, single[low]]
    found[HEIGHT], found[ROW_STEP], found[BY_ROW] = high - low + 1, step, moves
    chain, ahead = counted(high - low + 1)
    kept = np.ones(table.shape[1], np.bool_)
    kept[single[low[chain] + ahead]] = False
    return all_of(table[:, kept], found)


def _ranked(table: EdgeTable) -> tuple[Numbers, Numbers]:
    """The order in which edges with the same columns of dependents stand below each other.

    Of several with the same dependents each first one stands with the other first ones, and so
    on, as they stand in their formulas. The other array numbers those that stand together.
    """
    order = order_by(table[TOP], table[PLACE])
    inner, group = groups(*table[[*_ACROSS, *_BY_COLUMN]][:, order])
    order = order[inner]
    new = changes(group, table[TOP, order])
    rank = counted(np.diff(np.flatnonzero(new), append=len(order)))[1]
    inner = order_by(group, rank)
    return order[inner], np.cumsum(changes(group[inner], rank[inner])) - 1


def _sloping(table: EdgeTable, group: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """First and last number of chains, the step of each and the moves of its target (4, n)."""
    if not len(group):
        none = np.empty(0, np.int64)
        return none, none, none, np.empty((4, 0), np.int64)
    step, moves = np.diff(table[TOP]), np.diff(table[BASE], axis=1)
    linked: Flags = (group[1:] == group[:-1]) & (step > 0) & (step <= MOST_STEP)
    for side in (0, 1):
        still = table[BY_COLUMN, :-1][side::2] == 0
        linked &= still.all(axis=0) | (moves[side::2] == 0).all(axis=0)
    apart = np.zeros(len(group), np.int64)
    at = np.flatnonzero(linked)
    order, number = groups(step[at], *moves[:, at])
    apart[at[order]] = number + 1
    low, high, _ = chains(apart)
    near = (np.abs(moves[:, low]) <= MOST_STEP).all(axis=0)
    kept = near | (high - low + 1 >= FEWEST)
    low, high = low[kept], high[kept]
    return low, high, step[low], moves[:, low]
