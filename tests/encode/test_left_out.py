"""Areas that had no room."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.books import sheet
from tests.encode.prepared_sheets import prepared
from tickmark.encode.left_out import left_out_areas, left_out_line
from tickmark.model.address import RangeRef, cell_address


def areas(cells: set[tuple[int, int]], told: set[tuple[int, int]], hidden: int = 0) -> list[str]:
    """The left-out areas of a sheet with cells, of which some are told; one row is hidden."""
    rows = ((hidden, hidden),) if hidden else ()
    own = prepared(sheet({cell_address(*cell): 1 for cell in cells}, hidden_rows=rows)).cells
    places = zip(own.rows.tolist(), own.columns.tolist(), strict=True)
    found = left_out_areas("S", own, np.array([cell in told for cell in places]))
    return [area.a1 for area in found]


GRID = {(row, column) for row in range(1, 7) for column in range(1, 5)}


def test_a_block_that_is_left_out_is_one_area() -> None:
    assert areas(GRID, {(1, column) for column in range(1, 5)}) == ["A2:D6"]
    assert areas(GRID, GRID) == []


def test_areas_span_blank_and_hidden_cells_and_none_that_is_told() -> None:
    ragged = GRID - {(3, 2), (6, 1)}
    assert areas(ragged, {(1, 1)}) == ["B1:D6", "A2:A6"]
    assert areas(GRID, {(1, 1), (4, 4)}, hidden=3) == ["B1:C6", "D1:D3", "A2:A6", "D5:D6"]


def test_the_line_names_as_many_areas_as_wanted() -> None:
    some = [RangeRef("S", row, 1, row, 1) for row in (1, 3, 5)]
    assert [left_out_line(some, 3, most) for most in (3, 1, 0)] == [
        "# left out 3 cells|A1,A3,A5",
        "# left out 3 cells|A1 and 2 more areas",
        "# left out 3 cells| and 3 more areas",
    ]
    assert left_out_line(some[:1], 1, 9) == "# left out 1 cell|A1"


CELLS = st.sets(st.tuples(st.integers(1, 7), st.integers(1, 6)), min_size=1)


@given(CELLS, CELLS)
def test_each_cell_left_out_is_in_one_area_and_no_other_cell(
    cells: set[tuple[int, int]], told: set[tuple[int, int]]
) -> None:
    found = [RangeRef.parse(one, sheet="S") for one in areas(cells, told)]
    counts = {cell: sum(area.contains(*cell) for area in found) for cell in cells}
    assert counts == {cell: int(cell not in told) for cell in cells}
