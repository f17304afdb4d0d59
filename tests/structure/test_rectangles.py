"""Cells as rectangles, found again by area, and grouped by touch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tickmark.model.grid import Cells
from tickmark.structure.cell_index import CellIndex
from tickmark.structure.groups import connected_groups
from tickmark.structure.rectangles import fewest_rectangles, labelled_rectangles, rectangles

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


@given(GRID)
def test_fewest_rectangles_hold_the_same_cells_in_no_more_rectangles_for_any_label(
    grid: dict[tuple[int, int], int],
) -> None:
    places = sorted(grid)
    columns = ([row for row, _ in places], [column for _, column in places])
    labels = [grid[place] for place in places]
    found = fewest_rectangles(*columns, labels)
    told = {
        (row, column): label
        for top, left, bottom, right, label in found.tolist()
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    }
    assert told == grid
    cells = (found[:, 2] - found[:, 0] + 1) * (found[:, 3] - found[:, 1] + 1)
    assert cells.sum() == len(grid)
    together = labelled_rectangles(*columns, labels)
    for label in set(labels):
        assert np.count_nonzero(found[:, 4] == label) <= np.count_nonzero(together[:, 4] == label)


def test_each_label_is_joined_the_way_that_suits_it() -> None:
    rows = [1, 1, 1, 2, 3, 4, 2, 3, 4]
    columns = [1, 2, 3, 1, 1, 1, 3, 3, 3]
    assert fewest_rectangles(rows, columns, [7, 7, 7, 9, 9, 9, -2, -2, -2]).tolist() == [
        [1, 1, 1, 3, 7],
        [2, 1, 4, 1, 9],
        [2, 3, 4, 3, -2],
    ]


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
