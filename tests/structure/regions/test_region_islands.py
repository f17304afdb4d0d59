"""Islands: cells that no blank rows and columns part."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.books import CellSpec, book, sheet
from tests.structure.regions.pages import NAME, area, page
from tickmark.model.address import MAX_COLUMN, MAX_ROW, RangeRef
from tickmark.model.grid import NO_FORMULA, CellKind, Cells
from tickmark.model.workbook import Sheet, Style, Workbook
from tickmark.structure.regions.appearance import appearance_of
from tickmark.structure.regions.islands import COLUMN_GAP, ROW_GAP, disjoint, islands_of
from tickmark.structure.regions.raster import Box

Places = set[tuple[int, int]]


def islands(workbook: Workbook, taken: Sequence[str] = ()) -> list[str]:
    """The islands of a sheet, in A1."""
    one = appearance_of(workbook.sheets[0], workbook.styles)
    found = islands_of(one, [area(text) for text in taken])
    return [RangeRef(NAME, *box).a1 for box in found]


def sheet_of(places: Places) -> Sheet:
    """A sheet with the number 1 in some places."""
    ordered = sorted(places)
    count = len(ordered)
    return Sheet(
        NAME,
        Cells(
            rows=np.array([row for row, _ in ordered], np.int32),
            columns=np.array([column for _, column in ordered], np.int16),
            kinds=np.full(count, CellKind.NUMBER, np.uint8),
            values=np.ones(count),
            styles=np.zeros(count, np.int32),
            formulas=np.full(count, NO_FORMULA, np.int32),
        ),
    )


def around(places: Places) -> Box:
    """The box around some places."""
    rows, columns = {row for row, _ in places}, {column for _, column in places}
    return Box(min(rows), min(columns), max(rows), max(columns))


def flooded(places: Places) -> list[Box]:
    """The boxes of islands found by walking from cell to cell, those that overlap made one."""
    rest = set(places)
    boxes = []
    while rest:
        island: Places = set()
        todo = [rest.pop()]
        while todo:
            row, column = todo.pop()
            island.add((row, column))
            near = {
                (one, other)
                for one, other in rest
                if abs(other - column) <= (1 if one != row else COLUMN_GAP + 1)
                and abs(one - row) <= ROW_GAP + 1
            }
            rest -= near
            todo += near
        boxes.append(around(island))
    return merged(boxes)


def merged(boxes: Sequence[Box]) -> list[Box]:
    """Boxes with any two that overlap made one, until none do."""
    found = list(boxes)
    while True:
        pairs = ((a, b) for a in found for b in found if a is not b and a.meets(b))
        pair = next(pairs, None)
        if pair is None:
            return sorted(found)
        found = [box for box in found if box is not pair[0] and box is not pair[1]]
        found.append(pair[0].around(pair[1]))


PLACES = st.sets(st.tuples(st.integers(1, 16), st.integers(1, 14)), min_size=1, max_size=60)
BOXES = st.lists(
    st.builds(
        lambda top, left, high, wide: Box(top, left, top + high, left + wide),
        st.integers(0, 30),
        st.integers(0, 30),
        st.integers(0, 6),
        st.integers(0, 6),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=300, deadline=None)
@given(PLACES)
def test_islands_are_those_of_a_walk_from_cell_to_cell(places: Places) -> None:
    """One blank column in a row, or two blank rows, are between neighbours at most."""
    assert islands_of(appearance_of(sheet_of(places), (Style(),))) == flooded(places)


@settings(max_examples=300, deadline=None)
@given(BOXES)
def test_boxes_that_overlap_become_one(boxes: list[Box]) -> None:
    """And no more than those."""
    assert disjoint(boxes) == merged(boxes)


def test_boxes_that_enclose_each_other_again_and_again_become_one() -> None:
    """Each joint of two reaches the next one, upwards and downwards in turn."""
    spiral = [Box(50 - step, 50 - step, 50 - step, 50 + step + 1) for step in range(0, 40, 2)]
    spiral += [Box(50 + step, 50 - step - 1, 50 + step, 50 + step) for step in range(1, 41, 2)]
    sides = [Box(50 - step - 2, 50 - step - 1, 50 + step + 1, 50 - step - 1) for step in range(40)]
    assert disjoint([*spiral, *sides]) == merged([*spiral, *sides])


def test_taken_ranges_are_passed_over() -> None:
    """A range in the midst parts what stands on both sides."""
    row = page("a | b | c | d | e | f | g")
    assert islands(row) == ["A1:G1"]
    assert islands(row, ["C1:E9"]) == ["A1:B1", "F1:G1"]
    assert islands(row, ["A1:G1"]) == []
    assert islands(row, ["A1:XFD1048576"]) == []


def test_merges_belong_to_the_island_of_their_first_cell() -> None:
    """As far as the used range goes; merges that show nothing do not count."""
    cells: dict[str, CellSpec] = {"A1": "Title", "H9": 5}
    assert islands(book({NAME: sheet(cells)})) == ["A1", "H9"]
    assert islands(book({NAME: sheet(cells, merges=("A1:F2",))})) == ["A1:F2", "H9"]
    assert islands(book({NAME: sheet(cells, merges=("A1:XFD3",))})) == ["A1:H3", "H9"]
    assert islands(book({NAME: sheet(cells, merges=("A1:XFD1048576",))})) == ["A1:H9"]
    assert islands(book({NAME: sheet(cells, merges=("B1:G9",))})) == ["A1", "H9"]


def test_merges_join_what_they_lie_between() -> None:
    """A merged head over two columns that are far apart."""
    cells: dict[str, CellSpec] = {"A1": "Head", "A2": 5, "F2": 6}
    assert islands(book({NAME: sheet(cells)})) == ["A1:A2", "F2"]
    assert islands(book({NAME: sheet(cells, merges=("A1:F1",))})) == ["A1:F2"]


def test_blank_texts_are_no_cells_and_blank_formulas_are() -> None:
    """A formula that shows nothing was copied through a table."""
    assert islands(book({NAME: {"A1": 1, "B1": " ", "D1": 2}})) == ["A1", "D1"]
    assert islands(book({NAME: {"A1": 1, "B1": ("=T(0)", ""), "D1": 2}})) == ["A1:D1"]


def test_the_ends_of_rows_do_not_touch() -> None:
    """The last column of one row and the first of the next."""
    places = {(1, MAX_COLUMN), (2, 1), (MAX_ROW, MAX_COLUMN), (MAX_ROW, 1)}
    found = islands_of(appearance_of(sheet_of(places), (Style(),)))
    assert found == [Box(*place, *place) for place in sorted(places)]


def hostile_shapes() -> dict[str, Places]:
    """Shapes that make islands hard to tell."""
    frame = {(row, column) for row in range(1, 40) for column in (1, 40)}
    frame |= {(row, column) for row in (1, 39) for column in range(1, 41)}
    comb = {(1, column) for column in range(1, 60)}
    comb |= {(row, column) for row in range(1, 30) for column in range(1, 60, 4)}
    return {
        "chess board": {(r, c) for r in range(1, 21) for c in range(1, 21) if (r + c) % 2},
        "diagonal": {(at, at) for at in range(1, 60)},
        "diagonal apart": {(4 * at, at) for at in range(1, 60)},
        "frame around a cell": frame | {(20, 20)},
        "comb": comb,
        "two combs": comb | {(33 - row, column + 2) for row, column in comb},
        "one row": {(7, column) for column in range(1, 16_385, 3)},
        "one column": {(row, 7) for row in range(1, 4_000, 4)},
    }


@pytest.mark.parametrize("name", ["chess board", "diagonal", "frame around a cell", "two combs"])
def test_hostile_shapes_are_as_a_walk_finds_them(name: str) -> None:
    """Shapes whose boxes overlap."""
    places = hostile_shapes()[name]
    assert islands_of(appearance_of(sheet_of(places), (Style(),))) == flooded(places)


def test_cells_that_are_just_too_far_apart_are_islands_of_their_own() -> None:
    """Three columns or four rows from one to the next."""
    shapes = hostile_shapes()
    for name in ("one row", "one column", "diagonal apart"):
        places = shapes[name]
        found = islands_of(appearance_of(sheet_of(places), (Style(),)))
        assert found == [Box(*place, *place) for place in sorted(places)]


def test_an_empty_sheet_has_no_islands() -> None:
    """Nor has one where all is taken."""
    assert islands(book({NAME: {}})) == []
    assert islands(book({NAME: {"A1": 1}}), ["A1"]) == []
