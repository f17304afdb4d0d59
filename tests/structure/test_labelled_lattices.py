"""Cells with labels fall into few lattices of one label each."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tickmark.structure.labelled_lattices import labelled_lattices
from tickmark.structure.lattices import Lattice
from tickmark.structure.ordering import order_by

Cell = tuple[int, int, int]


def _lattices(cells: set[Cell]) -> list[tuple[int, Lattice]]:
    """The lattices with their labels of cells given as label, row, column."""
    labels, rows, columns = np.array(sorted(cells), np.int64).reshape(-1, 3).T
    found = labelled_lattices(
        labels, rows, columns, order_by(labels, columns, rows), order_by(labels, rows, columns)
    )
    first = found.first
    for number, cell in enumerate(first.tolist()):
        assert found.of_cell[cell] == number
    sizes = np.bincount(found.of_cell, minlength=len(first))
    assert sizes.tolist() == (found.height * found.width).tolist()
    columns_of_lattices = (
        np.zeros_like(first),
        rows[first],
        columns[first],
        found.height,
        found.width,
        found.row_step,
        found.column_step,
    )
    lattices = [Lattice(*row) for row in np.stack(columns_of_lattices, axis=1).tolist()]
    return sorted(zip(labels[first].tolist(), lattices, strict=True))


def test_each_label_is_gathered_the_way_that_needs_fewer() -> None:
    comb = [*((place, 1) for place in range(1, 10)), (1, 2), (6, 2)]
    tall, wide = {(0, *cell) for cell in comb}, {(1, column, row) for row, column in comb}
    assert _lattices(tall | wide) == [
        (0, Lattice(0, 1, 1, 9)),
        (0, Lattice(0, 1, 2)),
        (0, Lattice(0, 6, 2)),
        (1, Lattice(0, 1, 1, 1, 9)),
        (1, Lattice(0, 2, 1)),
        (1, Lattice(0, 2, 6)),
    ]


def test_cells_may_carry_several_labels() -> None:
    cells = {(label, row, 3) for label in (0, 1) for row in range(1, 10, 1 + label)}
    assert _lattices(cells) == [(0, Lattice(0, 1, 3, 9)), (1, Lattice(0, 1, 3, 5, 1, 2))]


@given(st.sets(st.tuples(st.integers(0, 2), st.integers(1, 12), st.integers(1, 8)), min_size=1))
def test_every_cell_lies_in_exactly_one_lattice(cells: set[Cell]) -> None:
    found = [
        (label, one.top + i * one.row_step, one.left + j * one.column_step)
        for label, one in _lattices(cells)
        for i in range(one.height)
        for j in range(one.width)
    ]
    assert sorted(found) == sorted(cells)
