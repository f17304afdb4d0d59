"""Edges that come again and again in even distances, as in the months of a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

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
from tickmark.structure.ordering import Numbers, changes, counted, groups, order_by

FEWEST: Final = 3
MOST_ROUNDS: Final = 2
_Move: TypeAlias = tuple[int, int] | None
"""Whether the near and the far side of the target move as its dependent; None: evenly at all."""

_MOVES: Final[tuple[_Move, ...]] = ((1, 1), (0, 0), (0, 1), (1, 0), None)
_SHAPE: Final = (
    SHEET,
    LEFT,
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
    lattices and moves are equal and their targets move on evenly too.
    """
    count = table.shape[1]
    first = np.arange(count)
    left = first
    for _ in range(MOST_ROUNDS):
        if len(left) < FEWEST:
            break
        found = _round(table[:, left])
        first[left] = left[found]
        alone = np.bincount(found, minlength=len(left))[found] == 1
        if alone.all():
            break
        left = left[alone]
    return first


def _round(table: EdgeTable) -> Numbers:
    ways = [(line, move) for line in (_Line.of(table), _Line.of(turned(table))) for move in _MOVES]
    lengths = np.array([line.lengths(move) for line, move in ways])
    best = lengths.argmax(axis=0)
    first = np.arange(table.shape[1])
    for number, (line, move) in enumerate(ways):
        at = np.flatnonzero((best == number) & (lengths[number] >= FEWEST))
        if len(at):
            order, low, high = line.at(at).chains(move)
            kept = high - low + 1 >= FEWEST
            low, high = low[kept], high[kept]
            chain, ahead = counted(high - low + 1)
            first[at[order[low[chain] + ahead]]] = at[order[low]][chain]
    return first


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """n edges along the rows of a sheet: the first row, the target (4, n), all else numbered.

    `place` is that of the reference in its formula.
    """

    row: Numbers
    sides: Numbers
    place: Numbers
    shape: Numbers

    @classmethod
    def of(cls, table: EdgeTable) -> _Line:
        """The edges of a table."""
        order, number = groups(*table[list(_SHAPE)])
        shape = np.empty(table.shape[1], np.int64)
        shape[order] = number
        return cls(table[TOP], table[BASE], table[PLACE], shape)

    def at(self, chosen: Numbers) -> _Line:
        """Those at some positions."""
        return _Line(
            self.row[chosen], self.sides[:, chosen], self.place[chosen], self.shape[chosen]
        )

    def chains(self, move: _Move) -> tuple[Numbers, Numbers, Numbers]:
        """An order of the edges, and where in it chains of even distances begin and end."""
        order, group = self._ranked() if move is None else self._moved(*move)
        row, sides = self.row[order], self.sides[:, order]
        apart = np.zeros(len(order), np.int64)
        ahead = np.flatnonzero(group[1:] == group[:-1])
        apart[ahead] = row[ahead + 1] - row[ahead]
        if move is None:
            ahead = ahead[apart[ahead] > 0]
            apart[:-1] = 0
            moves = sides[:, ahead + 1] - sides[:, ahead]
            inner, number = groups(row[ahead + 1] - row[ahead], *moves)
            apart[ahead[inner]] = number + 1
        low, high, _ = chains(apart)
        return order, low, high

    def _moved(self, near: int, far: int) -> tuple[Numbers, Numbers]:
        """An order with the edges together whose near and far sides move as the rows or stay."""
        in_rows = order_by(self.row)
        row, (top, left, bottom, right) = self.row[in_rows], self.sides[:, in_rows]
        sides = top - near * row, left, bottom - far * row, right
        order, group = groups(self.shape[in_rows], *sides)
        return in_rows[order], group

    def _ranked(self) -> tuple[Numbers, Numbers]:
        """An order with the edges together that stand at the same place among their like."""
        in_rows = order_by(self.shape, self.row, self.place)
        new = changes(self.shape[in_rows], self.row[in_rows])
        rank = counted(np.diff(np.flatnonzero(new), append=len(in_rows)))[1]
        order, group = groups(self.shape[in_rows], rank)
        return in_rows[order], group

    def lengths(self, move: _Move) -> Numbers:
        """The length of the chain that each edge is part of."""
        order, low, high = self.chains(move)
        chain, ahead = counted(high - low + 1)
        found = np.ones(len(order), np.int64)
        found[order[low[chain] + ahead]] = (high - low + 1)[chain]
        return found
