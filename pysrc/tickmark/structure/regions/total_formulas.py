"""Cells of a box whose formulas sum up cells of their own column or row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.structure.regions.appearance import Mask
from tickmark.structure.regions.kinds import NUMBER
from tickmark.structure.regions.looks import part
from tickmark.structure.regions.raster import Box, Raster
from tickmark.structure.regions.sums import Sums
from tickmark.structure.regions.total_terms import Figure

_MOST_TERMS: Final = 1_000_000
"""Of one box; cells with the most terms are passed over beyond that."""


@dataclass(frozen=True, slots=True, eq=False)
class Summing:
    """Cells of a data box of shape (rows, columns).

    `down` sum up at least two cells of their column inside the box (or a list of one, `alone`),
    `across` of their row. `minus` are those that take some away. Those that go on from copies of
    themselves beside them, as running sums and forecasts do, are none. `picked` are those of `down`
    that take one cell from another, or name cells that are no sums and pass over others between.
    """

    down: Mask
    across: Mask
    alone: Mask
    minus: Mask
    picked: Mask


def summing_of(raster: Raster, data: Box, sums: Sums) -> Summing:
    """The summing cells of a box; formulas that take others, or cells outside, are none."""
    shape = (data.height, data.width)
    made = Summing(*(np.zeros(shape, np.bool_) for _ in range(5)))
    if not len(sums.figures) or not sums.figures.any():
        return made
    templates = part(raster.templates, data)
    known = np.append(sums.figures > Figure.NONE, False)
    rows, columns = np.nonzero(known[np.minimum(templates, len(known) - 1)])
    if not len(rows):
        return made
    of = templates[rows, columns]
    counts = sums.first[of + 1] - sums.first[of]
    if counts.sum() > _MOST_TERMS:
        order = np.argsort(counts, kind="stable")
        kept = np.sort(order[np.cumsum(counts[order]) <= _MOST_TERMS])
        rows, columns, of, counts = rows[kept], columns[kept], of[kept], counts[kept]
        if not len(rows):
            return made
    cell = np.repeat(np.arange(len(rows)), counts)
    starts = np.cumsum(counts) - counts
    term = np.arange(len(cell)) - starts[cell] + sums.first[of][cell]
    own = np.column_stack([rows + data.top + raster.top, columns + data.left + raster.left])
    moved = (own - sums.origins[of])[cell]
    edges = sums.edges[term] + sums.moves[term] * np.column_stack([moved, moved])
    at = own[cell]
    first_row, first_column = data.top + raster.top, data.left + raster.left
    last_row, last_column = data.bottom + raster.top, data.right + raster.left
    down, tall = _taken(
        edges[:, (0, 2)], edges[:, (1, 3)], at[:, 0], at[:, 1], (first_row, last_row)
    )
    across, wide = _taken(
        edges[:, (1, 3)], edges[:, (0, 2)], at[:, 1], at[:, 0], (first_column, last_column)
    )
    total = len(rows)
    several = ~sums.ranged[of]
    # The mean of two cells picked is a step between them, not what a table comes to.
    picked = (counts > 1) & (sums.figures[of] != Figure.SUM)
    for axis, ok, size, mask in ((0, down, tall, made.down), (1, across, wide, made.across)):
        whole = np.bincount(cell, ~ok, total) == 0
        cells = np.bincount(cell, size, total)
        good = whole & (cells >= np.where(several, 2, 1)) & ((cells > 2) | ~picked)
        near = _near(edges[:, axis], edges[:, axis + 2], at[:, axis])
        beside = np.bincount(cell, near, total) > 0
        good &= ~(beside & _copied(templates, rows, columns, axis))
        mask[rows[good], columns[good]] = True
        made.alone[rows[good & (cells < 2)], columns[good & (cells < 2)]] = True
    taking = np.bincount(cell, sums.signs[term] < 0, total) > 0
    made.minus[rows[taking], columns[taking]] = True
    named = several & made.down[rows, columns]
    if named.any():
        items = _of_items(raster, data, (cell, edges[:, 0] - first_row, tall), columns, made.down)
        picked = named & ((taking & (counts == 2)) | items)
        made.picked[rows[picked], columns[picked]] = True
    return made


def _of_items(
    raster: Raster,
    data: Box,
    terms: tuple[npt.NDArray[np.intp], npt.NDArray[np.int64], npt.NDArray[np.int64]],
    columns: npt.NDArray[np.intp],
    down: Mask,
) -> Mask:
    """Cells none of whose terms is a sum, with numbers between these that they pass over.

    `terms` are for each the number of its cell, its first row in the data and its count of rows.
    """
    cell, first, tall = terms
    total = len(columns)
    inside = (first >= 0) & (first < data.height)
    of_sums = down[np.clip(first, 0, data.height - 1), columns[cell]] & inside
    lowest, highest = np.full(total, data.height), np.full(total, -1)
    np.minimum.at(lowest, cell, first)
    np.maximum.at(highest, cell, first)
    between = _numbers(raster, data, columns, lowest, highest)
    passed = np.bincount(cell, tall, total) < between
    return np.asarray((np.bincount(cell, of_sums, total) == 0) & passed, np.bool_)


def _numbers(
    raster: Raster,
    data: Box,
    columns: npt.NDArray[np.intp],
    first: npt.NDArray[np.int64],
    last: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
    """How many numbers stand in columns of a box from one row to another."""
    kinds = part(raster.kinds, data)
    counts = np.zeros((data.height + 1, data.width), np.int64)
    np.cumsum(kinds == NUMBER, axis=0, out=counts[1:])
    rows = np.clip([first, last + 1], 0, data.height)
    return np.asarray(counts[rows[1], columns] - counts[rows[0], columns], np.int64)


def _taken(
    along: npt.NDArray[np.int64],
    over: npt.NDArray[np.int64],
    own: npt.NDArray[np.int64],
    line: npt.NDArray[np.int64],
    bounds: tuple[int, int],
) -> tuple[Mask, npt.NDArray[np.int64]]:
    """Which terms take cells of their own line, mostly inside of the bounds; and how many."""
    inside = np.minimum(along.max(axis=1), bounds[1]) - np.maximum(along.min(axis=1), bounds[0]) + 1
    length = along[:, 1] - along[:, 0] + 1
    in_line = (over[:, 0] == line) & (over[:, 1] == line)
    circular = (along[:, 0] <= own) & (own <= along[:, 1])
    ok = in_line & ~circular & (inside > 0) & (2 * inside >= length)
    return np.asarray(ok, np.bool_), np.maximum(inside, 0)


def _near(
    first: npt.NDArray[np.int64], last: npt.NDArray[np.int64], own: npt.NDArray[np.int64]
) -> Mask:
    """Terms that reach the next line to their own."""
    return np.asarray((first == own + 1) | (last == own - 1), np.bool_)


def _copied(
    templates: npt.NDArray[np.int32],
    rows: npt.NDArray[np.intp],
    columns: npt.NDArray[np.intp],
    axis: int,
) -> Mask:
    """Cells with a copy of their formula on the line before or behind."""
    same = np.zeros(templates.shape, np.bool_)
    if axis:
        alike = templates[:, 1:] == templates[:, :-1]
        same[:, 1:] |= alike
        same[:, :-1] |= alike
    else:
        alike = templates[1:] == templates[:-1]
        same[1:] |= alike
        same[:-1] |= alike
    return np.asarray(same[rows, columns], np.bool_)
