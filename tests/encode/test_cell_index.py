"""Cells of a sheet by rectangle."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.books import book
from tickmark.encode.cell_index import CellIndex, Edges, positions_of
from tickmark.encode.merges import merges_of
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.workbook import Sheet

CELLS = st.sets(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=1)
AREAS = st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(0, 8), st.integers(0, 8)).map(
    lambda one: (one[0], one[1], one[0] + one[2], one[1] + one[3])
)


def page(cells: set[tuple[int, int]], *merges: Edges) -> Sheet:
    made = book({cell_address(*cell): 1 for cell in cells}).sheets[0]
    areas = tuple(RangeRef(made.name, *edges) for edges in merges)
    return Sheet(made.name, made.cells, merges=areas)


@given(CELLS, AREAS)
def test_the_cells_of_a_rectangle_are_found_in_order(
    cells: set[tuple[int, int]], edges: Edges
) -> None:
    own = page(cells)
    found = CellIndex(own.cells).within(edges)
    assert found.tolist() == own.cells.within(RangeRef("", *edges)).tolist()


@given(CELLS, st.lists(AREAS, min_size=1, max_size=6), st.lists(AREAS, max_size=3))
def test_the_cells_of_many_rectangles_come_one_rectangle_after_the_other(
    cells: set[tuple[int, int]], areas: list[Edges], excepted: list[Edges]
) -> None:
    own = page(cells).cells
    out = {at for edges in excepted for at in own.within(RangeRef("", *edges)).tolist()}
    wanted = [at for edges in areas for at in own.within(RangeRef("", *edges)).tolist()]
    found = positions_of(CellIndex(own), areas, excepted)
    assert found.tolist() == [at for at in wanted if at not in out]


@given(CELLS)
def test_single_cells_are_found_or_told_missing(cells: set[tuple[int, int]]) -> None:
    own = page(cells).cells
    rows, columns = np.divmod(np.arange(121), 11)
    wanted = [own.position(*cell) for cell in zip(rows.tolist(), columns.tolist(), strict=True)]
    found = CellIndex(own).at(rows, columns)
    assert found.tolist() == [-1 if one is None else one for one in wanted]


def test_merges_are_told_where_they_cover_nothing_but_their_filled_first_cell() -> None:
    own = page(
        {(1, 1), (3, 1), (3, 2), (5, 2), (7, 1)},
        (1, 1, 1, 4),
        (3, 1, 3, 2),
        (5, 1, 5, 2),
        (7, 1, 7, 1),
        (7, 1, 9, 2),
    )
    assert merges_of(own, CellIndex(own.cells)) == {(1, 1): (1, 4), (7, 1): (3, 2)}


def test_very_many_large_merges_over_each_other_are_not_all_looked_into() -> None:
    cells = {(row, column) for row in range(1, 301) for column in (1, 2)}
    own = page(cells, *((row, 1, 1_048_576, 16_384) for row in range(1, 301)), (300, 2, 300, 9))
    assert merges_of(own, CellIndex(own.cells)) == {(300, 2): (1, 8)}
