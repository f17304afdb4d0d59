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
    for number in range(MOST_ROUNDS):
        before = len(table)
        table = _stacked(table)
        table = turned(_stacked(turned(table)))
        table = _in_slopes(table)
        table = turned(_in_slopes(turned(table)))
        if number and len(table) == before:
            break
    return table


def _stacked(table: EdgeTable) -> EdgeTable:
    """Edges made one that continue another one downwards, step and target."""
    tall = np.flatnonzero(table[:, HEIGHT] > 1)
    single = np.flatnonzero(table[:, HEIGHT] == 1)
    if not len(tall):
        return table
    table = table.copy()
    above, below = table[tall], table[tall]
    above[:, TOP] += above[:, HEIGHT] * above[:, ROW_STEP]
    above[:, BASE] += above[:, BY_ROW] * above[:, [HEIGHT]]
    below[:, TOP] -= below[:, ROW_STEP]
    below[:, BASE] -= below[:, BY_ROW]
    for wanted in (below, above):
        found = _same(table[single], wanted)
        at = single[found >= 0]
        like = wanted[found[found >= 0]]
        table[at, ROW_STEP], table[at, BY_ROW] = like[:, ROW_STEP], like[:, BY_ROW]
    return _merged(table)


def _same(table: EdgeTable, wanted: EdgeTable) -> Numbers:
    """For each edge one of the wanted ones with the same columns, first row and target; or -1."""
    both = np.concatenate([wanted, table])
    columns = [both[:, column] for column in (*_ACROSS, *_BY_COLUMN, TOP, *_BASE)]
    order, number = groups(*columns)
    first = np.flatnonzero(changes(number))
    found = np.empty(len(both), np.int64)
    found[order] = order[first][number]
    found = found[len(wanted) :]
    return np.where(found < len(wanted), found, -1)


def _merged(table: EdgeTable) -> EdgeTable:
    """Edges made one that lie on one line: equal moves and targets, rows that follow each other."""
    table = table[order_by(table[:, TOP])]
    step = table[:, ROW_STEP]
    ahead, rest = np.divmod(table[:, TOP], step)
    still = table[:, BASE] - table[:, BY_ROW] * ahead[:, None]
    columns = [table[:, column] for column in (*_ACROSS, ROW_STEP, *_BY_ROW, *_BY_COLUMN)]
    columns += [rest, *still.T]
    order = order_by_mark(marks(*columns))
    table = table[order]
    new = changes(*(column[order] for column in columns))
    bottom = table[:, TOP] + table[:, HEIGHT] * table[:, ROW_STEP]
    new[1:] |= table[1:, TOP] != bottom[:-1]
    starts = np.flatnonzero(new)
    found = table[starts]
    found[:, HEIGHT] = np.add.reduceat(table[:, HEIGHT], starts) if len(table) else 0
    single = found[:, HEIGHT] == 1
    found[single, ROW_STEP] = 1
    found[single, BY_ROW] = 0
    return found


def _in_slopes(table: EdgeTable) -> EdgeTable:
    """Edges with one row of dependents in even steps made one where the target moves evenly."""
    single = np.flatnonzero(table[:, HEIGHT] == 1)
    single = single[_ranked(table[single])]
    rows = table[single]
    low, high, link = _sloping(rows)
    if not len(low):
        return table
    step, moves = link[:, 0], link[:, 1:]
    found = rows[low]
    found[:, HEIGHT], found[:, ROW_STEP], found[:, BY_ROW] = high - low + 1, step, moves
    chain, ahead = counted(high - low + 1)
    kept = np.ones(len(table), np.bool_)
    kept[single[low[chain] + ahead]] = False
    return np.concatenate([table[kept], found])


def _ranked(table: EdgeTable) -> Numbers:
    """The order in which edges with the same columns of dependents stand below each other.

    Of several with the same dependents each first one stands with the other first ones, and so
    on, as they stand in their formulas.
    """
    order = order_by(table[:, TOP], table[:, PLACE])
    columns = [table[order, column] for column in (*_ACROSS, *_BY_COLUMN)]
    inner, group = groups(*columns)
    order = order[inner]
    new = changes(group, table[order, TOP])
    rank = counted(np.diff(np.flatnonzero(new), append=len(order)))[1]
    return order[order_by(group, rank)]


def _sloping(table: EdgeTable) -> tuple[Numbers, Numbers, Numbers]:
    """First and last number of chains, and the step of each with the moves of the target."""
    if len(table) < 2:  # noqa: PLR2004 - no chain without a second
        none = np.empty(0, np.int64)
        return none, none, np.empty((0, 5), np.int64)
    columns = [table[:, column] for column in (*_ACROSS, *_BY_COLUMN)]
    link = table[1:][:, [TOP, *_BASE]] - table[:-1][:, [TOP, *_BASE]]
    step, moves, by_column = link[:, 0], link[:, 1:], table[:-1, BY_COLUMN]
    linked: Flags = ~changes(*columns)[1:] & (step > 0) & (step <= MOST_STEP)
    for side in (0, 1):
        linked &= ~(moves[:, side::2].any(axis=1) & by_column[:, side::2].any(axis=1))
    apart = np.zeros(len(table), np.int64)
    order, number = groups(*link.T)
    apart[order] = number + 1
    apart[:-1] = np.where(linked, apart[:-1], 0)
    apart[-1] = 0
    low, high, _ = chains(apart)
    near = (np.abs(moves[low]) <= MOST_STEP).all(axis=1)
    kept = near | (high - low + 1 >= FEWEST)
    return low[kept], high[kept], link[low[kept]]
