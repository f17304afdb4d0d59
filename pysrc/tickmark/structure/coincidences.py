"""References of one formula block that mean the same target in some of its cells."""

from __future__ import annotations

from typing import Final

import numpy as np

from tickmark.structure.edge_table import (
    BASE,
    BLOCK,
    BY_COLUMN,
    BY_ROW,
    HEIGHT,
    LEFT,
    PLACE,
    ROW_STEP,
    TARGET,
    TOP,
    USE,
    WIDTH,
    EdgeTable,
    all_of,
    part,
    turned,
)
from tickmark.structure.ordering import Flags, Numbers, changes, counted, order_by

MOST_COMPARED: Final = 20_000_000
MOST_HOLES: Final = 200_000


def each_pair_once(table: EdgeTable) -> EdgeTable:
    """The edges of blocks without what another edge of the same block says too.

    Of several the strongest use is kept: that with the lowest number. In blocks whose references
    move in different ways only the first MOST_COMPARED pairs of references are compared, and
    MOST_HOLES places cut out; a target may be told twice beyond that.
    """
    table = _without_equals(table)
    one, other = _pairs(table)
    loser, holes = _meetings(table, one, other)
    if not len(loser):
        return table
    chosen = np.zeros(table.shape[1], np.bool_)
    chosen[loser] = True
    return all_of(table[:, ~chosen], _cut(table, loser, holes))


def _without_equals(table: EdgeTable) -> EdgeTable:
    """The edges without those that equal another one but for the use."""
    several = np.bincount(table[BLOCK], minlength=1)[table[BLOCK]] > 1
    if not several.any():
        return table
    found = table[:, several]
    found = found[:, np.lexsort((found[PLACE], found[USE], *_packed(found)))]
    return all_of(table[:, ~several], found[:, changes(*_packed(found))])


def _packed(table: EdgeTable) -> tuple[Numbers, ...]:
    """Numbers that together are equal for two edges if these say the same."""
    top, left, bottom, right = table[BASE]
    moves = np.zeros_like(top)
    for side in range(4):
        moves += (table[(BY_ROW, BY_COLUMN)[side % 2].start + side] > 0).astype(np.int64) << side
    return (
        moves,
        table[HEIGHT] << 15 | table[WIDTH],
        table[TOP] << 15 | table[LEFT],
        bottom << 15 | right,
        top << 15 | left,
        table[TARGET],
        table[BLOCK],
    )


def _pairs(table: EdgeTable) -> tuple[Numbers, Numbers]:
    """Pairs of edges of one block to one sheet, where these do not all move in the same way."""
    order = order_by(table[BLOCK], table[TARGET])
    new = changes(table[BLOCK, order], table[TARGET, order])
    group = np.cumsum(new) - 1
    starts = np.flatnonzero(new)
    mixed = np.zeros(len(starts), np.bool_)
    for column in _packed(table[:, order])[:3]:
        mixed[group[column != column[starts][group]]] = True
    order, group = order[mixed[group]], group[mixed[group]]
    sizes = np.diff(np.flatnonzero(changes(group)), append=len(group))
    at, ahead = counted(sizes)
    rest = sizes[at] - 1 - ahead
    fits = np.cumsum(rest) <= MOST_COMPARED
    at, ahead = counted(np.where(fits, rest, 0))
    return order[at], order[at + 1 + ahead]


def _meetings(table: EdgeTable, one: Numbers, other: Numbers) -> tuple[Numbers, Numbers]:
    """The edges to be cut, and the first row and column of what goes, and how many of each."""
    # The written order decides between equal uses; parts of one reference never meet.
    strength = table[USE] * (table[PLACE].max(initial=0) + 1) + table[PLACE]
    weaker = strength[one] > strength[other]
    loser, winner = np.where(weaker, one, other), np.where(weaker, other, one)
    rows = _common(table[:, loser], table[:, winner])
    met = rows[1] > 0
    loser, winner, rows = loser[met], winner[met], rows[:, met]
    columns = _common(turned(table[:, loser]), turned(table[:, winner]))
    met = columns[1] > 0
    holes = np.concatenate([rows, columns])[:, met]
    return loser[met][:MOST_HOLES], holes[:, :MOST_HOLES]


def _common(one: EdgeTable, other: EdgeTable) -> Numbers:
    """First row and number of rows of dependents in which the targets have the same rows."""
    low = np.maximum(one[TOP], other[TOP])
    high = np.minimum(_bottom(one), _bottom(other))
    step = np.maximum(one[ROW_STEP], other[ROW_STEP])
    fits: Flags = low <= high
    for side in (0, 2):
        moves = [(table[BY_ROW.start + side] > 0).astype(np.int64) for table in (one, other)]
        starts = [
            table[BASE.start + side] - move * table[TOP]
            for table, move in zip((one, other), moves, strict=True)
        ]
        turn, ahead = moves[0] - moves[1], starts[1] - starts[0]
        fits &= (turn != 0) | (ahead == 0)
        row = ahead * turn
        there = (low <= row) & ((row - low) % step == 0)
        low = np.where(turn != 0, np.where(there, row, high + 1), low)
        high = np.where(turn != 0, np.minimum(high, row), high)
    count = np.where(fits & (low <= high), (high - low) // step + 1, 0)
    return np.stack([low, count])


def _bottom(table: EdgeTable) -> Numbers:
    found: Numbers = table[TOP] + (table[HEIGHT] - 1) * table[ROW_STEP]
    return found


def _cut(table: EdgeTable, loser: Numbers, holes: Numbers) -> EdgeTable:
    """The edges that are chosen, without their holes."""
    order = np.argsort(loser, kind="stable")
    loser, holes = loser[order], holes[:, order]
    starts = np.flatnonzero(changes(loser))
    counts = np.diff(starts, append=len(loser))
    left, owner = table[:, loser[starts]], np.arange(len(starts))
    done = []
    for number in range(int(counts.max())):
        open_ = counts[owner] > number
        done.append(left[:, ~open_])
        left, owner = left[:, open_], owner[open_]
        left, owner = _without(left, owner, holes[:, starts[owner] + number])
    return all_of(*done, left)


def _without(table: EdgeTable, owner: Numbers, holes: Numbers) -> tuple[EdgeTable, Numbers]:
    """The parts of edges around a hole in each, and whose parts they are."""
    upper, inner, lower = _parts(table, holes[0], holes[1])
    here = np.flatnonzero(inner[HEIGHT] > 0)
    before, _, behind = _parts(turned(inner[:, here]), holes[2, here], holes[3, here])
    found = all_of(upper, lower, turned(before), turned(behind))
    owners = np.concatenate([owner, owner, owner[here], owner[here]])
    kept = (found[HEIGHT] > 0) & (found[WIDTH] > 0)
    return found[:, kept], owners[kept]


def _parts(
    table: EdgeTable, first: Numbers, count: Numbers
) -> tuple[EdgeTable, EdgeTable, EdgeTable]:
    """What lies above, in and below some rows; parts without rows have the height 0."""
    height, step = table[HEIGHT], table[ROW_STEP]
    low = np.clip(-((table[TOP] - first) // step), 0, height)
    last = first + (count - 1) * step
    high = np.clip((last - table[TOP]) // step + 1, low, height)
    return (
        part(table, np.zeros_like(low), low),
        part(table, low, high - low),
        part(table, high, height - high),
    )
