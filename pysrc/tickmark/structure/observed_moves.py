"""How the targets of single cells move from cell to cell, seen and not taken from the `$`."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from tickmark.structure.edge_table import (
    BASE,
    BY_COLUMN,
    BY_ROW,
    COLUMN_STEP,
    HEIGHT,
    LEFT,
    ROW_STEP,
    SHEET,
    TARGET,
    TOP,
    USE,
    WIDTH,
    WRITTEN,
    EdgeTable,
    all_of,
    no_edges,
)
from tickmark.structure.labelled_lattices import labelled_lattices
from tickmark.structure.lattices import MOST_STEP
from tickmark.structure.ordering import (
    Flags,
    Marks,
    Numbers,
    changes,
    marks,
    order_by,
    order_by_mark,
)

MOST_ROUNDS: Final = 3

# How the target moves when its dependent moves one place along a line: both its near and its far
# side, neither, one of them, or the sides across (a transposed pattern). In this order for equals.
BOTH, NEITHER, FAR, NEAR, ACROSS = range(5)
_NEAR_MOVES: Final = np.array([1, 0, 0, 1, 0])
_FAR_MOVES: Final = np.array([1, 0, 1, 0, 0])
_AS_WRITTEN: Final = np.array([NEITHER, NEAR, NEITHER, NEITHER, FAR, BOTH])
"""By the sum of 1 for a relative near side and 4 for a relative far one."""


class _Single(NamedTuple):
    """n edges with one dependent each, their facts as arrays of shape (n); targets as (4, n)."""

    sheet: Numbers
    row: Numbers
    column: Numbers
    target: Numbers
    sides: Numbers
    use: Numbers
    written: Numbers

    @classmethod
    def of(cls, table: EdgeTable) -> _Single:
        """The facts of edges with one dependent each."""
        return cls(
            table[SHEET],
            table[TOP],
            table[LEFT],
            table[TARGET],
            table[BASE],
            table[USE],
            table[WRITTEN],
        )

    def at(self, chosen: Numbers | Flags) -> _Single:
        """Those at some positions."""
        return _Single(*(part[..., chosen] for part in self))

    def turned(self) -> _Single:
        """The same with rows for columns."""
        return self._replace(
            row=self.column,
            column=self.row,
            sides=self.sides[[1, 0, 3, 2]],
            written=(self.written & 10) >> 1,
        )


def moving_together(table: EdgeTable) -> EdgeTable:
    """Edges with one dependent each joined to edges of lattices, by how their targets move.

    For each edge the longest run down its column and along its row decide. What then gets less
    than its longest run is tried again without the others, transposed patterns too.
    """
    found = [no_edges()]
    table = table[:, order_by(table[SHEET], table[LEFT], table[TOP])]
    for number in range(MOST_ROUNDS):
        if not table.shape[1]:
            break
        lattices, of_cell, kept = _round(table, across=number > 0)
        if number == MOST_ROUNDS - 1:
            kept = np.ones_like(kept)
        found.append(lattices[:, kept])
        table = table[:, ~kept[of_cell]]
    return all_of(*found)


def _round(table: EdgeTable, *, across: bool) -> tuple[EdgeTable, Numbers, Flags]:
    """All lattices, the number of each edge's, and which are as large as they promised to be."""
    single = _Single.of(table)
    rowwise = order_by(single.sheet, single.row, single.column)
    down, tall = _best_moves(single, across=across)
    beside = single.at(rowwise).turned()
    right, wide = np.empty_like(down), np.empty_like(tall)
    right[rowwise], wide[rowwise] = _best_moves(beside, across=across)
    if across:
        down, right = _compatible(down, tall, right, wide)
    label = _labels(single, _still_sides(single, down, right), down, right)
    order_down = order_by(label)
    order_across = rowwise[order_by(label[rowwise])]
    found = labelled_lattices(label, single.row, single.column, order_down, order_across)
    lattices = table[:, found.first]
    lattices[HEIGHT], lattices[WIDTH] = found.height, found.width
    lattices[ROW_STEP], lattices[COLUMN_STEP] = found.row_step, found.column_step
    _set_moves(lattices, down[found.first], right[found.first])
    size = (found.height * found.width)[found.of_cell]
    short = np.bincount(found.of_cell, np.maximum(tall, wide) > size, lattices.shape[1])
    return lattices, found.of_cell, short == 0


def _best_moves(single: _Single, *, across: bool) -> tuple[Numbers, Numbers]:
    """The move with the longest run down the column of each edge, and the length of this run.

    The edges are sorted by sheet, column, row. Of equals the move that is written wins.
    """
    top, left, bottom, right = single.sides
    line = marks(single.sheet, single.column, single.target, single.use)
    sides = line ^ marks(left, right)
    written = _AS_WRITTEN[single.written & 5]
    best = np.full(len(top), BOTH)
    length = _run_lengths(marks(sides, top - single.row, bottom - single.row), single.row)
    score = 2 * length + (written == BOTH)
    mixed = (top != bottom) | (written == FAR) | (written == NEAR)
    some = np.flatnonzero(mixed)
    for move in (NEITHER, FAR, NEAR, ACROSS):
        if move == ACROSS and not across:
            break
        at = some if move in {FAR, NEAR} else np.arange(len(top))
        row = single.row[at]
        if move == ACROSS:
            mark = marks(line, top, bottom, left - row, right - row)
        else:
            near, far = _NEAR_MOVES[move] * row, _FAR_MOVES[move] * row
            mark = marks(sides[at], top[at] - near, bottom[at] - far)
        new_length = _run_lengths(mark, row)
        new_score = 2 * new_length + (written[at] == move)
        better = new_score > score[at]
        at = at[better]
        best[at], length[at], score[at] = move, new_length[better], new_score[better]
    return best, length


def _run_lengths(mark: Marks, row: Numbers) -> Numbers:
    """The longest even run of rows with one mark that each row is part of."""
    order = order_by_mark(mark)
    mark, row = mark[order], row[order]
    apart = np.zeros(len(row), np.int64)
    if len(row) > 1:
        distance = row[1:] - row[:-1]
        apart[:-1] = np.where(
            (mark[1:] == mark[:-1]) & (distance <= MOST_STEP) & (distance > 0), distance, 0
        )
    starts = np.flatnonzero(changes(apart))
    links = np.where(apart[starts] > 0, np.diff(starts, append=len(row)), 0)
    ahead = np.repeat(links, np.diff(starts, append=len(row)))
    behind = np.append(0, ahead[:-1])
    found = np.empty(len(row), np.int64)
    found[order] = np.maximum(ahead, behind) + 1
    return found


def _compatible(
    down: Numbers, tall: Numbers, right: Numbers, wide: Numbers
) -> tuple[Numbers, Numbers]:
    """Moves down and right such that no side of the target moves with both."""
    clash = (down == ACROSS) & (right != ACROSS) & (right != NEITHER)
    clash |= (right == ACROSS) & (down != ACROSS) & (down != NEITHER)
    return (
        np.where(clash & (tall <= wide), NEITHER, down),
        np.where(clash & (tall > wide), NEITHER, right),
    )


def _still_sides(single: _Single, down: Numbers, right: Numbers) -> Numbers:
    """The sides of the targets without the moves, of shape (4, n): equal where all fits."""
    sides = single.sides.copy()
    row, column = single.row, single.column
    sides[0] -= _NEAR_MOVES[down] * row + (right == ACROSS) * column
    sides[2] -= _FAR_MOVES[down] * row + (right == ACROSS) * column
    sides[1] -= _NEAR_MOVES[right] * column + (down == ACROSS) * row
    sides[3] -= _FAR_MOVES[right] * column + (down == ACROSS) * row
    return sides


def _labels(single: _Single, sides: Numbers, down: Numbers, right: Numbers) -> Numbers:
    """A number for each kind of edges that may belong together, from 0 on."""
    columns = (single.sheet, single.target, single.use, down * 5 + right, *sides)
    order = order_by_mark(marks(*columns))
    label = np.empty(len(order), np.int64)
    label[order] = np.cumsum(changes(*(column[order] for column in columns))) - 1
    return label


def _set_moves(lattices: EdgeTable, down: Numbers, right: Numbers) -> None:
    step = np.where(lattices[HEIGHT] > 1, lattices[ROW_STEP], 0)
    by_row, by_column = lattices[BY_ROW], lattices[BY_COLUMN]
    by_row[0], by_row[2] = _NEAR_MOVES[down] * step, _FAR_MOVES[down] * step
    by_row[1] = by_row[3] = (down == ACROSS) * step
    step = np.where(lattices[WIDTH] > 1, lattices[COLUMN_STEP], 0)
    by_column[1], by_column[3] = _NEAR_MOVES[right] * step, _FAR_MOVES[right] * step
    by_column[0] = by_column[2] = (right == ACROSS) * step
