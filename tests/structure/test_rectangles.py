"""Cells as rectangles, found again by area, and grouped by touch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tickmark.model.grid import Cells
from tickmark.structure.cell_index import CellIndex
from tickmark.structure.groups import connected_groups
from tickmark.structure.rectangles import labelled_rectangles, rectangles

GRID = st.dictionaries(
    st.tuples(st.integers(1, 8), st.integers(1, 8)), st.integers(0, 2), max_size=40
)


@given(GRID)
def test_rectangles_hold_each_cell_once_with_its_label_and_no_other(
    grid: dict[tuple[int, int], int],
) -> None:
    places = sorted(grid)
    found = labelled_rectangles(
        [row for row, _ in places], [column for _, column in places], [grid[p] for p in places]
    )
    told = {}
    for top, left, bottom, right, label in found.tolist():
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                assert (row, column) not in told
                told[row, column] = label
    assert told == grid
    assert found[:, :2].tolist() == sorted(found[:, :2].tolist())


def test_a_block_is_one_rectangle_and_a_row_one_too() -> None:
    assert [area.a1 for area in rectangles("S", [2, 2, 3, 3, 9, 9], [2, 3, 2, 3, 1, 2])] == [
        "B2:C3",
        "A9:B9",
    ]


def _cells(places: list[tuple[int, int]]) -> Cells:
    return replace(
        Cells.empty(),
        rows=np.array([row for row, _ in places], np.int32),
        columns=np.array([column for _, column in places], np.int16),
    )


@given(GRID, st.tuples(*[st.integers(1, 9)] * 4))
def test_the_index_finds_exactly_the_cells_of_an_area(
    grid: dict[tuple[int, int], int], corners: tuple[int, int, int, int]
) -> None:
    places = sorted(grid)
    top, bottom = sorted(corners[:2])
    left, right = sorted(corners[2:])
    index = CellIndex(
        [(_cells([]), np.empty(0, np.intp)), (_cells(places), np.arange(len(places)))]
    )
    found = {
        index.places[number]
        for first, end in index.spans(1, (top, left, bottom, right))
        for number in range(first, end)
    }
    assert found == {
        (1, row, column)
        for row, column in places
        if top <= row <= bottom and left <= column <= right
    }
    assert list(index.spans(0, (1, 1, 9, 9))) == []
    assert [places[position] for position in index.positions] == [p[1:] for p in index.places]


def test_cells_with_one_label_or_a_common_side_are_one_group() -> None:
    places = [(1, 1), (1, 2), (3, 3), (9, 9), (4, 4)]
    assert connected_groups(places, [0, 1, 0, 2, 3]) == [(0, 1, 2), (3,), (4,)]
