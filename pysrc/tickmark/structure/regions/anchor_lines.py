"""Rows or columns of a sheet at which what stands there changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.structure.regions.anchor_signature import FULL, Numbers

_STRETCH_GAP: Final = 2
"""Blank cells between two cells of a line that do not part a stretch."""

_APART: Final = np.int32(3)
"""From so many lines on, two cells in one place are apart; what looks alike over a lone gap is a
weak edge only.
"""

_CHANGED: Final = 40
_LONE: Final = 90
_SHARP: Final = 75
"""Per cent of a stretch that must change; of one without gaps; and for an edge without doubt."""

_TALL: Final = 4
"""A single cell counts where a run of so many begins or ends."""

_FULL: Final = np.int32(FULL)
_NONE: Final = np.int32(0)
_NEVER: Final = np.int32(np.iinfo(np.int32).max)

Counts = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Lines with content in order, and how much changes at each; a line is a row or a column.

    `blurred` is the weight of changes whose place may be a line off: a header over data, another
    kind of rows. `changed` takes in sharp ones too: the first and last lines beside blank ones.
    Weights (int32) are the number of cells that change, in per cent of a cell, 0 where too few of
    those beside each other do.
    """

    numbers: Numbers
    blurred: Counts
    changed: Counts


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """Which way a sheet is read: `lines` and `places` of all cells, and two orders of them.

    `down` sorts by place, then line, `across` by line, then place; None where the cells are sorted
    so.
    """

    lines: Numbers
    places: Numbers
    down: npt.NDArray[np.intp] | None
    across: npt.NDArray[np.intp] | None


@dataclass(frozen=True, slots=True, eq=False)
class _Votes:
    """What cells say of their lines, one by one or summed over stretches: arrays of one length.

    `begun` and `ended` are the cells that differ from the one before and after in their place, with
    gaps bridged; `opened` and `closed` the same with every gap an end; these and `after_blank` in
    per cent of a cell. `tall` counts the cells in tall runs, `cells` all.
    """

    begun: Counts
    ended: Counts
    opened: Counts
    closed: Counts
    after_blank: Counts
    tall: Counts
    cells: Counts

    def each(self, change: Callable[[Counts], Counts]) -> _Votes:
        """The same of every array."""
        return _Votes(*(change(getattr(self, one.name)) for one in fields(self)))

    def summed(self, starts: npt.NDArray[np.intp]) -> _Votes:
        """The sums from each start to the next."""
        if len(starts) == len(self.cells):
            return self
        return self.each(lambda counts: np.add.reduceat(counts, starts))


def changed_lines(way: Way, codes: Counts, changes: Counts) -> Lines:
    """The lines of a sheet and their changes; `changes` weighs the difference of two codes."""
    if not len(codes):
        return Lines(way.lines, codes, codes)
    votes = _votes(way, codes, changes)
    lines, places = _sorted(way.lines, way.across), _sorted(way.places, way.across)
    begins = np.concatenate(([True], lines[1:] != lines[:-1]))
    gaps = np.concatenate(([0], places[1:] - places[:-1]))
    runs = np.flatnonzero(begins | (gaps > 1))
    begins, gaps = begins[runs], gaps[runs]
    stretches = np.flatnonzero(begins | (gaps > _STRETCH_GAP + 1))
    whole = np.flatnonzero(begins)
    lone = votes.summed(runs)
    near = lone.summed(stretches)
    # A line of one cell is no line of a table, however tall its run.
    far = replace(lone.summed(whole), tall=np.zeros(len(whole), np.int32))
    parts = (
        _weights(lone, _LONE, whole),
        _weights(near, _CHANGED, np.flatnonzero(begins[stretches])),
        _weights(far, _CHANGED, np.arange(len(whole))),
    )
    return Lines(
        lines[runs[whole]],
        np.maximum.reduce([blurred for blurred, _ in parts]),
        np.maximum.reduce([changed for _, changed in parts]),
    )


def _votes(way: Way, codes: Counts, changes: Counts) -> _Votes:
    """What each cell says of its line, in the order across."""
    count = len(codes)
    lines, places = _sorted(way.lines, way.down), _sorted(way.places, way.down)
    codes = _sorted(codes, way.down)
    steps = np.full(count, _APART, np.int32)
    steps[1:] = np.where(places[1:] == places[:-1], lines[1:] - lines[:-1], _APART)
    weights = np.zeros(count, np.int32)
    weights[1:] = changes[codes[1:] ^ codes[:-1]]
    touching, linked = steps == 1, steps < _APART
    # Stripes and pairs of rows that take turns change nothing.
    turns = touching[3:] & touching[2:-1] & touching[1:-2]
    turns &= (codes[3:] == codes[1:-2]) & (codes[2:-1] == codes[:-3])
    weights[3:][turns] = 0
    begun = np.where(linked, weights, _FULL)
    after_blank = np.where(touching, _NONE, _FULL)
    starts = np.flatnonzero(~linked)
    lengths = np.diff(np.append(starts, count))
    votes = _Votes(
        begun=begun,
        ended=np.append(np.where(touching[1:], _NONE, begun[1:]), _FULL),
        opened=np.where(touching, weights, _FULL),
        closed=np.append(after_blank[1:], _FULL),
        after_blank=after_blank,
        tall=np.repeat((lengths >= _TALL).astype(np.int32), lengths),
        cells=np.ones(count, np.int32),
    )
    if way.down is not None:
        back = np.empty_like(way.down)
        back[way.down] = np.arange(count)
        votes = votes.each(lambda counts: counts[back])
    if way.across is not None:
        votes = votes.each(lambda counts: counts[way.across])
    return votes


def _weights(votes: _Votes, least: int, groups: npt.NDArray[np.intp]) -> tuple[Counts, Counts]:
    """For each group of stretches the heaviest blurred change and the heaviest of all."""
    sharp = _SHARP * votes.cells
    needed = np.where((votes.cells > 1) | (votes.tall > 0), least * votes.cells, _NEVER)
    begun = np.where(votes.after_blank < sharp, votes.begun, _NONE)
    ended = np.where(votes.closed < sharp, votes.ended, _NONE)
    blurred = np.maximum(begun, ended)
    changed = np.maximum(
        np.maximum(votes.begun, votes.ended), np.maximum(votes.opened, votes.closed)
    )
    heavy = (np.where(one >= needed, one, _NONE) for one in (blurred, changed))
    if len(groups) == len(needed):
        first, second = heavy
    else:
        first, second = (np.maximum.reduceat(one, groups) for one in heavy)
    return first, second


def _sorted(array: np.ndarray, order: npt.NDArray[np.intp] | None) -> np.ndarray:
    return array if order is None else array[order]
