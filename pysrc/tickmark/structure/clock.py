"""Times for the cells of a chain, such that every way inside of it leads on in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np

from tickmark.structure.boxes import Box
from tickmark.structure.components import Components
from tickmark.structure.lattices import Numbers
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
    UNIT,
)
from tickmark.structure.ways import Ways

MOST_ROUNDS: Final = 1_000
MOST_WORK: Final = 5_000_000
"""Rounds times strands that are spent on the search for a clock along one axis."""
_MAJOR: Final = 1 << 22


@dataclass(frozen=True, slots=True)
class Clock:
    """Time runs along an axis (0 rows, 1 columns), onwards or backwards.

    For each node: `last`, the number of its last row or column; `offset` and `step`, the time of
    the first one and from one to the next; `group`, the same for nodes that need each other in
    turn at one time. Ways that take no time lead to groups of higher numbers or, if they are
    `still` (positions among the strands), stay in theirs.
    """

    axis: int
    onward: bool
    last: dict[int, int]
    offset: dict[int, int]
    step: dict[int, int]
    group: dict[int, int]
    still: frozenset[int]

    def extended(self, node: int, box: Box) -> Box:
        """The box and all cells of the node that follow on it in time."""
        i0, i1, j0, j1 = box
        if self.axis == 0:
            return (i0, self.last[node], j0, j1) if self.onward else (0, i1, j0, j1)
        return (i0, i1, j0, self.last[node]) if self.onward else (i0, i1, 0, j1)

    def time(self, node: int, box: Box) -> int:
        """When the first cells of a box come."""
        at = box[2 * self.axis] if self.onward else -box[2 * self.axis + 1]
        return self.offset[node] + self.step[node] * at


def clock_of(ways: Ways, nodes: list[int]) -> Clock | None:
    """A clock for a chain, if possible one by which every way takes time; None if there is none."""
    strands = ways.strands
    number = np.full(strands.nodes, -1, np.int64)
    number[nodes] = np.arange(len(nodes))
    at = np.concatenate([ways.strands_of(node) for node in nodes])
    at = at[number[ways.head[at]] >= 0]
    table = strands.table[at]
    precedent, dependent = number[table[:, FROM]], number[table[:, INTO]]
    lattice = np.zeros((len(nodes), 7), np.int64)
    lattice[:, 3:] = 1
    inner = np.flatnonzero(np.array(nodes) < len(strands.lattices))
    lattice[inner] = strands.lattices.table[np.array(nodes)[inner]]
    gains = [_gains(table, lattice, precedent, dependent, axis) for axis in (0, 1)]
    best: tuple[int, Clock] | None = None
    for axis, way, gain, unit in _candidates(gains):
        put_off = _put_off(len(nodes), precedent, dependent, gain)
        if put_off is None:
            continue
        tight = gain + put_off[dependent] - put_off[precedent] == 0
        groups = Components.of(len(nodes), precedent[tight], dependent[tight])
        still = tight & (groups.of_node[precedent] == groups.of_node[dependent])
        sign = 1 if ways.forward else -1
        begin = lattice[:, 1 + axis] * (1 - 2 * way) + put_off // unit
        columns = (lattice[:, 3 + axis] - 1, begin * sign, lattice[:, 5 + axis])
        last, offset, step, group = (
            dict(zip(nodes, column.tolist(), strict=True))
            for column in (*columns, groups.of_node * sign)
        )
        circles = int(still.sum())
        if best is None or circles < best[0]:
            onward = (way == 0) == ways.forward
            still_at = frozenset(at[still].tolist())
            best = circles, Clock(axis, onward, last, offset, step, group, still_at)
        if not circles:
            break
    return None if best is None else best[1]


def _candidates(
    gains: list[tuple[Numbers, Numbers]],
) -> Iterator[tuple[int, int, Numbers, int]]:
    """Axis, way, the time that each strand takes, and the time from row to row or so."""
    for axis, way in product((0, 1), (0, 1)):
        yield axis, way, gains[axis][way], 1
    for axis, way, other in product((0, 1), (0, 1), (0, 1)):  # what is left, along the other axis
        yield axis, way, gains[axis][way] * _MAJOR + gains[1 - axis][other], _MAJOR


def _gains(
    table: Numbers, lattice: Numbers, precedent: Numbers, dependent: Numbers, axis: int
) -> tuple[Numbers, Numbers]:
    """How many rows or columns a dependent lies at least behind, and before, all it refers to."""
    at, z = axis * SIDE, axis * AXIS
    source, own = lattice[precedent], lattice[dependent]
    size = (source[:, 3 + axis] - 1) * table[:, UNIT + at]
    unit = source[:, 5 + axis] // table[:, UNIT + at]
    count = table[:, COUNT + z] - 1
    first = own[:, 1 + axis] + own[:, 5 + axis] * table[:, FIRST + z]
    slope = own[:, 5 + axis] * table[:, STEP + z]
    origin = source[:, 1 + axis]
    by = table[:, BY + at]
    moved = np.where(by == 1, table[:, COUNT + AXIS], table[:, COUNT]) - 1
    moved = np.where(by < 0, 0, moved)
    found = []
    for side, side_by, sign in ((HIGH, HIGH_BY, 1), (LOW, LOW_BY, -1)):
        place, place_by = table[:, side + at], table[:, side_by + at]
        along = by == axis
        # Both move with the same z: the least difference is at one of its ends. Otherwise any
        # dependent may go with any target.
        begin = sign * (first - (origin + unit * place))
        end = begin + sign * count * (slope - unit * place_by)
        linear = np.minimum(begin, end)
        nearest = sign * first + np.minimum(sign * slope * count, 0)
        reach = place + np.where(
            sign > 0, np.maximum(place_by * moved, 0), np.minimum(place_by * moved, 0)
        )
        apart = nearest - sign * (origin + unit * reach)
        # A target is cut at the ends of its node.
        cut = nearest - sign * (origin + unit * np.clip(reach, 0, size))
        found.append(np.maximum(np.where(along, linear, apart), cut))
    return found[0], found[1]


def _put_off(nodes: int, precedent: Numbers, dependent: Numbers, gain: Numbers) -> Numbers | None:
    """Times to put nodes off by, so that no way leads back in time; None if it goes in circles."""
    found = np.zeros(nodes, np.int64)
    for _ in range(min(nodes, MOST_ROUNDS, MOST_WORK // max(len(gain), 1)) + 1):
        least = found[precedent] - gain
        late = least > found[dependent]
        if not late.any():
            return found
        np.maximum.at(found, dependent[late], least[late])
    return None
