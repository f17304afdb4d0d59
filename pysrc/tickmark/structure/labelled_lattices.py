"""Cells gathered into few lattices of one label each."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tickmark.structure.even_runs import even_runs, stretches
from tickmark.structure.ordering import (
    Flags,
    Numbers,
    changes,
    counted,
    marks,
    order_by_mark,
)

Order = npt.NDArray[np.intp]


class LabelledLattices(NamedTuple):
    """m lattices of n cells: `first` (m) the cell in the corner, counts and steps as in Lattice.

    `of_cell` (n) is the lattice of each cell.
    """

    first: Numbers
    height: Numbers
    width: Numbers
    row_step: Numbers
    column_step: Numbers
    of_cell: Numbers


def labelled_lattices(
    labels: Numbers, rows: Numbers, columns: Numbers, down: Order, across: Order
) -> LabelledLattices:
    """Lattices of cells with one label; every cell lies in exactly one.

    `labels` count from 0. `down` sorts the cells by label, column, row and `across` by label, row,
    column. Runs down the columns are joined sideways, or runs along the rows downwards, for each
    label whichever gives fewer. No cell may be given twice with one label.
    """
    tall = _joined(labels, columns, rows, down)
    wide = _joined(labels, rows, columns, across)
    wide = wide._replace(
        height=wide.width, width=wide.height, row_step=wide.column_step, column_step=wide.row_step
    )
    size = int(labels.max(initial=-1)) + 1
    ways = [np.bincount(labels[one.first], minlength=size) for one in (tall, wide)]
    return _chosen(tall, wide, labels, ways[0] <= ways[1])


def _chosen(
    tall: LabelledLattices, wide: LabelledLattices, labels: Numbers, is_tall: Flags
) -> LabelledLattices:
    kept = [is_tall[labels[tall.first]], ~is_tall[labels[wide.first]]]
    if kept[0].all():
        return tall
    parts = [
        np.concatenate([one[kept[0]], other[kept[1]]])
        for one, other in zip(tall[:-1], wide[:-1], strict=True)
    ]
    number = [np.cumsum(one) - 1 for one in kept]
    of_cell = np.where(
        is_tall[labels], number[0][tall.of_cell], number[1][wide.of_cell] + kept[0].sum()
    )
    return LabelledLattices(parts[0], parts[1], parts[2], parts[3], parts[4], of_cell)


def _joined(labels: Numbers, lines: Numbers, places: Numbers, order: Order) -> LabelledLattices:
    """Runs of places on lines (as rows in columns), those of neighbouring lines joined."""
    label, line, place = labels[order], lines[order], places[order]
    new = changes(label, line)
    found = stretches(new, place)
    runs = even_runs(new[found.at], place[found.at], found.size)
    begin = found.at[runs.stretch] + runs.offset
    first, count, step, of_run = joined_runs(
        label[begin], line[begin], place[begin], runs.size, runs.step
    )
    stretch, ahead = counted(found.size)
    of_cell = np.empty(len(order), np.int64)
    of_cell[order] = of_run[runs.run[stretch] + np.where(runs.split[stretch], ahead, 0)]
    return LabelledLattices(
        order[begin[first]], runs.size[first], count, runs.step[first], step, of_cell
    )


def joined_runs(
    label: Numbers, line: Numbers, place: Numbers, count: Numbers, step: Numbers
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Equal runs on lines in even steps: the first run of each, counts and steps of the lines.

    The last array has the number of each run's lattice. Runs of one label come by line.
    """
    order = order_by_mark(marks(label, place, count, step))
    new = changes(label[order], place[order], count[order], step[order])
    lines = line[order]
    found = stretches(new, lines)
    runs = even_runs(new[found.at], lines[found.at], found.size)
    stretch, ahead = counted(found.size)
    of_run = np.empty(len(order), np.int64)
    of_run[order] = runs.run[stretch] + np.where(runs.split[stretch], ahead, 0)
    return order[found.at[runs.stretch] + runs.offset], runs.size, runs.step, of_run
