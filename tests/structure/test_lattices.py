"""Lattices count their cells, know their edges and fall into rectangles."""

from __future__ import annotations

from tickmark.structure.lattices import Lattice, Lattices


def test_a_lattice_ends_where_its_steps_lead() -> None:
    one = Lattice(0, top=2, left=3, height=4, width=2, row_step=3, column_step=4)
    assert (one.bottom, one.right, one.cells) == (11, 7, 8)


def test_a_cell_is_a_lattice_of_one() -> None:
    one = Lattice(1, 5, 6)
    assert (one.bottom, one.right, one.cells) == (5, 6, 1)
    assert list(one.rectangles()) == [(5, 6, 5, 6)]


def test_a_lattice_without_gaps_is_one_rectangle() -> None:
    assert list(Lattice(0, 1, 2, 9, 3).rectangles()) == [(1, 2, 9, 4)]


def test_a_lattice_with_gaps_is_a_rectangle_for_each_row_or_column_with_one() -> None:
    assert list(Lattice(0, 1, 1, 2, 3, 2).rectangles()) == [(1, 1, 1, 3), (3, 1, 3, 3)]
    assert list(Lattice(0, 1, 1, 3, 2, 1, 4).rectangles()) == [(1, 1, 3, 1), (1, 5, 3, 5)]


def test_many_lattices_are_columns_of_numbers() -> None:
    rows = [Lattice(0, 1, 2, 3, 4, 2, 3), Lattice(2, 9, 8)]
    many = Lattices.of(rows)
    assert (len(many), list(many), many[1]) == (2, rows, rows[1])
    assert many.sheet.tolist() == [0, 2]
    assert (many.top.tolist(), many.left.tolist()) == ([1, 9], [2, 8])
    assert (many.height.tolist(), many.width.tolist()) == ([3, 1], [4, 1])
    assert (many.row_step.tolist(), many.column_step.tolist()) == ([2, 1], [3, 1])
    assert (many.bottom.tolist(), many.right.tolist()) == ([5, 9], [11, 8])
    assert many.cells.tolist() == [12, 1]


def test_no_lattices_are_none() -> None:
    none = Lattices.of([])
    assert (len(none), list(none), none.cells.tolist()) == (0, [], [])
