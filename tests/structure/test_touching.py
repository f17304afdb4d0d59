"""Moving targets of edges: met lattices, edges cut by blocks and covered cells, all by counting."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from tests.books import book
from tickmark.structure.block_cells import cells_of
from tickmark.structure.block_edges import block_edges_of
from tickmark.structure.block_index import BlockIndex, boxes_of
from tickmark.structure.blocks import Blocks
from tickmark.structure.coverage import areas_of, covered, targets_of
from tickmark.structure.edges import Edges
from tickmark.structure.lattices import Lattice, Lattices
from tickmark.structure.touching import column_spans, row_spans, solid, touching

Cell = tuple[int, int, int]
EdgeRow = tuple[Lattice, int, tuple[int, int, int, int], list[int], list[int]]

STEP = st.integers(1, 4)
COUNT = st.integers(1, 5)
PLACE = st.integers(1, 12)
SLOPE = st.integers(-3, 4)


@st.composite
def lattices(draw: st.DrawFn) -> Lattice:
    height, width = draw(COUNT), draw(COUNT)
    return Lattice(
        sheet=draw(st.integers(0, 1)),
        top=draw(PLACE),
        left=draw(PLACE),
        height=height,
        width=width,
        row_step=draw(STEP) if height > 1 else 1,
        column_step=draw(STEP) if width > 1 else 1,
    )


@st.composite
def edge_rows(draw: st.DrawFn) -> EdgeRow:
    """An edge whose rows and whose columns move with one of i and j or none, off the border."""
    lattice = draw(lattices())
    by_row, by_column = [0] * 4, [0] * 4
    top, left = draw(PLACE) + 20, draw(PLACE) + 20
    base = (top, left, top + draw(st.integers(0, 3)), left + draw(st.integers(0, 3)))
    for side in (0, 1):
        moved, count = draw(st.sampled_from([(by_row, lattice.height), (by_column, lattice.width)]))
        if count > 1:
            size = base[side + 2] - base[side]
            near, far = draw(SLOPE), draw(SLOPE)
            if size + (far - near) * (count - 1) >= 0:  # no rectangle turns inside out
                moved[side], moved[side + 2] = near, far
    return lattice, draw(st.integers(0, 1)), base, by_row, by_column


def _edges(rows: list[EdgeRow]) -> Edges:
    return Edges(
        Lattices.of(row[0] for row in rows),
        np.array([row[1] for row in rows], np.int64),
        np.array([row[2] for row in rows], np.int64).reshape(-1, 4),
        np.array([row[3] for row in rows], np.int64).reshape(-1, 4),
        np.array([row[4] for row in rows], np.int64).reshape(-1, 4),
        np.zeros(len(rows), np.int64),
    )


def _cells(lattice: Lattice) -> set[Cell]:
    return {
        (lattice.sheet, row, column)
        for top, left, bottom, right in lattice.rectangles()
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    }


def _pairs(edges: Edges) -> set[tuple[Cell, tuple[int, ...]]]:
    """Each dependent with the rectangle that it refers to."""
    found = set()
    for at, lattice in enumerate(edges.dependents):
        for i in range(lattice.height):
            for j in range(lattice.width):
                cell = (
                    lattice.sheet,
                    lattice.top + i * lattice.row_step,
                    lattice.left + j * lattice.column_step,
                )
                area = edges.base[at] + edges.by_row[at] * i + edges.by_column[at] * j
                found.add((cell, (int(edges.sheet[at]), *area.tolist())))
    return found


def _precedents(edges: Edges) -> set[Cell]:
    return {
        (sheet, row, column)
        for _, (sheet, top, left, bottom, right) in _pairs(edges)
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    }


@given(edge_rows(), lattices())
@example(
    (Lattice(0, 1, 1, 2, 1), 0, (21, 21, 21, 21), [0, 0, 1, 1], [0, 0, 0, 0]),
    Lattice(0, 1, 2, 1, 1),
)
def test_a_target_meets_a_lattice_where_they_share_a_cell(row: EdgeRow, other: Lattice) -> None:
    edges = _edges([row])
    other = other._replace(sheet=row[1], top=other.top + 20, left=other.left + 20)
    rows, columns = row_spans(edges), column_spans(edges)
    found = bool(touching(rows, columns, Lattices.of([other]))[0])
    together = bool(rows.by[0] and rows.by[0] == columns.by[0])
    uneven = rows.low_step[0] != rows.high_step[0] or columns.low_step[0] != columns.high_step[0]
    shared = not _precedents(edges).isdisjoint(_cells(other))
    if shared or not (together or uneven):
        assert found == shared


@given(edge_rows())
def test_a_solid_target_is_the_rectangle_around_it(row: EdgeRow) -> None:
    edges = _edges([row])
    if solid(row_spans(edges), column_spans(edges))[0]:
        top, left, bottom, right = edges.covers()[0].tolist()
        whole = Lattice(row[1], top, left, bottom - top + 1, right - left + 1)
        assert _precedents(edges) == _cells(whole)


@given(st.lists(edge_rows(), max_size=4))
def test_targets_are_told_as_rectangles_that_hold_exactly_their_cells(rows: list[EdgeRow]) -> None:
    edges = _edges(rows)
    sheets, areas = targets_of(edges)
    found = {
        (sheet, row, column)
        for sheet, (top, left, bottom, right) in zip(sheets.tolist(), areas.tolist(), strict=True)
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    }
    assert found == _precedents(edges)


@given(st.lists(edge_rows(), max_size=3), st.lists(lattices(), max_size=6))
def test_edges_cut_by_blocks_lose_nothing_inside_of_them(
    rows: list[EdgeRow], others: list[Lattice]
) -> None:
    edges = _edges(rows)
    disjoint: list[Lattice] = []
    for one in others:
        if all(_cells(one).isdisjoint(_cells(other)) for other in disjoint):
            disjoint.append(one)
    blocks = Blocks(Lattices.of(disjoint), np.zeros(len(disjoint), np.int64))
    cut = block_edges_of(blocks, edges, BlockIndex.of(blocks.lattices))
    inside = set().union(*map(_cells, disjoint))
    assert _pairs(cut.edges) == {pair for pair in _pairs(edges) if pair[0] in inside}
    for lattice, block in zip(cut.edges.dependents, cut.block.tolist(), strict=True):
        assert _cells(lattice) <= _cells(disjoint[block])


@given(st.lists(lattices(), max_size=30), st.lists(lattices(), min_size=1, max_size=5))
def test_the_index_finds_all_rectangles_that_meet_an_area(
    those: list[Lattice], asked: list[Lattice]
) -> None:
    index = BlockIndex.of(Lattices.of(those))
    areas = Lattices.of(asked)
    sides = np.stack([areas.top, areas.left, areas.bottom, areas.right], axis=1)
    at, node = index.meeting(boxes_of(areas.sheet, sides))
    expected = {
        (number, other)
        for number, area in enumerate(asked)
        for other, one in enumerate(those)
        if one.sheet == area.sheet
        and one.top <= area.bottom
        and area.top <= one.bottom
        and one.left <= area.right
        and area.left <= one.right
    }
    assert sorted(zip(at.tolist(), node.tolist(), strict=True)) == sorted(expected)


@given(st.lists(lattices(), max_size=6))
def test_cells_in_areas_are_told_for_all_cells_of_a_sheet(those: list[Lattice]) -> None:
    page = book({f"{letter}{row}": 1 for letter in "ACDFIK" for row in (1, 2, 5, 9, 14)}).sheets[0]
    sheets, areas = areas_of(Lattices.of(those))
    inside = covered(page.cells, areas[sheets == 0])
    wanted = set().union(*(_cells(one) for one in those if one.sheet == 0))
    assert inside.tolist() == [(0, cell.row, cell.column) in wanted for cell in page.cells]


@given(st.lists(lattices(), max_size=4))
def test_the_cells_of_lattices_are_listed_once_each(those: list[Lattice]) -> None:
    number, row, column = (part.tolist() for part in cells_of(Lattices.of(those)))
    found = [(those[at].sheet, *place) for at, *place in zip(number, row, column, strict=True)]
    assert sorted(found) == sorted(cell for one in those for cell in _cells(one))
