"""Edges that come again and again in even distances, as in the months of a model."""

from __future__ import annotations

from typing import Final

import numpy as np

from tickmark.structure.edge_table import (
    BASE,
    BY_COLUMN,
    BY_ROW,
    COLUMN_STEP,
    HEIGHT,
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
from tickmark.structure.ordering import Numbers, changes, counted, groups, order_by

FEWEST: Final = 3
_MOVES: Final = ((1, 1), (0, 0), (0, 1), (1, 0))
_SHAPE: Final = (
    SHEET,
    HEIGHT,
    WIDTH,
    ROW_STEP,
    COLUMN_STEP,
    TARGET,
    USE,
    *range(BY_ROW.start, BY_COLUMN.stop),
)


def repeated(table: EdgeTable) -> Numbers:
    """For each edge the number of the first one that it repeats, or its own.

    At least FEWEST edges in even distances down or to the right are one edge repeated where their
    lattices and moves are equal and their targets stay or move on as far as they do.
    """
    first = np.arange(len(table))
    for _ in range(2):
        left = np.flatnonzero(first == np.arange(len(table)))
        left = left[np.bincount(first, minlength=len(table))[left] == 1]
        if len(left) < FEWEST:
            break
        first[left] = left[_round(table[left])]
    return first


def _round(table: EdgeTable) -> Numbers:
    ways = [(one, move) for one in (table, turned(table)) for move in _MOVES]
    lengths = np.array([_lengths(*_along(one, move)) for one, move in ways])
    best = lengths.argmax(axis=0)
    first = np.arange(len(table))
    for number, (one, move) in enumerate(ways):
        at = np.flatnonzero((best == number) & (lengths[number] >= FEWEST))
        if len(at):
            order, apart = _along(one[at], move)
            low, high, _ = chains(apart)
            kept = high - low + 1 >= FEWEST
            low, high = low[kept], high[kept]
            chain, ahead = counted(high - low + 1)
            first[at[order[low[chain] + ahead]]] = at[order[low]][chain]
    return first


def _along(table: EdgeTable, move: tuple[int, int]) -> tuple[Numbers, Numbers]:
    """An order of edges down the sheet, and how far each is from the next that may repeat it."""
    in_rows = order_by(table[:, TOP])
    table = table[in_rows]
    sides = [
        table[:, BASE.start + side] - moves * table[:, TOP]
        for side, moves in zip(range(4), (move[0], 0, move[1], 0), strict=True)
    ]
    order, group = groups(*(table[:, column] for column in (*_SHAPE, _LEFT)), *sides)
    apart = np.zeros(len(table), np.int64)
    if len(table) > 1:
        distance = np.diff(table[order, TOP])
        apart[:-1] = np.where(changes(group)[1:], 0, distance)
    return in_rows[order], apart


_LEFT: Final = TOP + 1


def _lengths(order: Numbers, apart: Numbers) -> Numbers:
    """The length of the chain that each edge is part of."""
    low, high, _ = chains(apart)
    chain, ahead = counted(high - low + 1)
    found = np.ones(len(order), np.int64)
    found[order[low[chain] + ahead]] = (high - low + 1)[chain]
    return found
