"""What edges of all allowed forms mean between nodes, against the same cell by cell."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.structure.cell_graph import Area, painted
from tickmark.model.address import RangeRef
from tickmark.structure import even_nodes, fields
from tickmark.structure import strands as strands_module
from tickmark.structure.blocks import Blocks
from tickmark.structure.cell_set import CellSet
from tickmark.structure.edges import Edges
from tickmark.structure.lattices import Lattice, Lattices
from tickmark.structure.reach import Reach
from tickmark.structure.strands import Strands

ROWS, COLUMNS = 16, 10
SHEETS = ("One", "Two")

Edge = tuple[Lattice, int, tuple[int, ...], tuple[int, ...], tuple[int, ...]]
"""Dependents, sheet, base, by_row and by_column."""
Cell = tuple[int, int, int]


def _edges(found: list[Edge]) -> Edges:
    def sides(part: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
        return np.array([edge[part] for edge in found], np.int64).reshape(-1, 4)

    return Edges(
        Lattices.of([edge[0] for edge in found]),
        np.array([edge[1] for edge in found], np.int64),
        sides(2),
        sides(3),
        sides(4),
        np.zeros(len(found), np.int64),
    )


def _blocks(lattices: list[Lattice]) -> Blocks:
    return Blocks(Lattices.of(lattices), np.zeros(len(lattices), np.int64))


def _reach(lattices: list[Lattice], found: list[Edge]) -> Reach:
    numbers = {name.casefold(): at for at, name in enumerate(SHEETS)}
    return Reach(SHEETS, numbers, _blocks(lattices), _edges(found))


def _cells(lattice: Lattice) -> list[Cell]:
    return [
        (lattice.sheet, lattice.top + i * lattice.row_step, lattice.left + j * lattice.column_step)
        for i, j in product(range(lattice.height), range(lattice.width))
    ]


def _target(edge: Edge, i: int, j: int) -> tuple[int, int, int, int]:
    top, left, bottom, right = (
        base + down * i + across * j for base, down, across in zip(*edge[2:], strict=True)
    )
    return top, left, bottom, right


@st.composite
def _lattices(draw: st.DrawFn, rows: int = 6, columns: int = 4) -> Lattice:
    height, width = draw(st.integers(1, rows)), draw(st.integers(1, columns))
    return Lattice(
        draw(st.integers(0, 1)),
        draw(st.integers(1, ROWS)),
        draw(st.integers(1, COLUMNS)),
        height,
        width,
        draw(st.sampled_from((1, 1, 2, 3, 4))) if height > 1 else 1,
        draw(st.sampled_from((1, 1, 2, 3))) if width > 1 else 1,
    )


@st.composite
def _sides(draw: st.DrawFn, lattice: Lattice, by: int) -> tuple[tuple[int, int], ...]:
    """Base, slope along rows (by 0) and along columns (by 1) of a first and a last side."""
    slope = st.sampled_from((0, 1, 1, 1, 2, 3, -1))
    one = draw(slope)
    other = one if draw(st.booleans()) else draw(slope)
    first = draw(st.integers(1, 12))
    last = first + draw(st.sampled_from((0, 0, 0, 1, 2, 4)))
    slopes = [(0, 0), (0, 0)]
    if (lattice.height, lattice.width)[by] > 1:
        slopes[by] = one, other
    return (first, last), *slopes


@st.composite
def _graphs(draw: st.DrawFn) -> tuple[list[Lattice], list[Edge]]:
    taken: dict[Cell, Lattice] = {}
    blocks = []
    for lattice in draw(st.lists(_lattices(), min_size=1, max_size=7)):
        if taken.keys().isdisjoint(_cells(lattice)):
            taken |= dict.fromkeys(_cells(lattice), lattice)
            blocks.append(lattice)
    found: list[Edge] = []
    candidates = draw(st.lists(st.one_of(_lattices(9, 9), st.sampled_from(blocks)), max_size=9))
    for lattice in candidates:
        if not taken.keys() >= set(_cells(lattice)):
            continue
        rows = draw(_sides(lattice, draw(st.sampled_from((0, 0, 0, 1)))))
        columns = draw(_sides(lattice, draw(st.sampled_from((1, 1, 1, 0)))))
        base, by_row, by_column = (
            (row[0], column[0], row[1], column[1])
            for row, column in zip(rows, columns, strict=True)
        )
        edge = lattice, draw(st.integers(0, 1)), base, by_row, by_column
        targets = [
            _target(edge, i, j) for i in (0, lattice.height - 1) for j in (0, lattice.width - 1)
        ]
        if all(1 <= top <= bottom and 1 <= left <= right for top, left, bottom, right in targets):
            found.append(edge)
    assume(found)
    return blocks, found


class _Plain:
    """All references one by one."""

    def __init__(self, found: list[Edge]) -> None:
        self.areas: dict[Cell, set[Area]] = defaultdict(set)
        for edge in found:
            lattice = edge[0]
            for at, cell in enumerate(_cells(lattice)):
                area = _target(edge, *divmod(at, lattice.width))
                self.areas[cell].add((edge[1], *area))

    def dependents(self, start: Cell, depth: int | None) -> set[Cell]:
        seen: set[Cell] = set()
        layer = {start}
        while layer and depth != 0:
            layer = {
                cell
                for cell, areas in self.areas.items()
                if cell not in seen and any(_inside(one, area) for one in layer for area in areas)
            }
            seen |= layer
            depth = None if depth is None else depth - 1
        return seen

    def precedents(self, start: Cell, depth: int | None) -> set[Area]:
        seen: set[Area] = set()
        visited: set[Cell] = set()
        layer = {start}
        while layer and depth != 0:
            new = {area for cell in layer for area in self.areas.get(cell, ())} - seen
            seen |= new
            layer = {
                cell
                for cell in self.areas.keys() - visited
                if any(_inside(cell, area) for area in new)
            }
            visited |= layer
            depth = None if depth is None else depth - 1
        return seen


def _inside(cell: Cell, area: Area) -> bool:
    sheet, top, left, bottom, right = area
    return cell[0] == sheet and top <= cell[1] <= bottom and left <= cell[2] <= right


def _areas(found: CellSet) -> list[Area]:
    return [
        (SHEETS.index(one.sheet), one.top, one.left, one.bottom, one.right) for one in found.ranges
    ]


def _same(found: CellSet, expected: set[Area]) -> bool:
    cells, own, alone, equal = painted(expected, _areas(found))
    return equal and cells == own == alone == found.count


@settings(max_examples=120, deadline=None)
@given(
    _graphs(),
    st.lists(
        st.tuples(st.integers(0, 1), st.integers(1, ROWS), st.integers(1, COLUMNS)), min_size=4
    ),
    st.booleans(),
)
def test_edges_of_all_forms_equal_their_references_one_by_one(
    graph: tuple[list[Lattice], list[Edge]], picked: list[Cell], cut: bool
) -> None:
    """Also where blocks are put together, and cut apart for strands with gaps."""
    reach, plain = _reach(*graph), _Plain(graph[1])
    with pytest.MonkeyPatch.context() as patch:
        if cut:
            patch.setattr(even_nodes, "FEW_GAPS", 0)
            patch.setattr(even_nodes, "MOST_GROWTH", 20)
            patch.setattr(fields, "FEW_BLOCKS", 0)
            patch.setattr(fields, "FEW_FOR_AN_EDGE", 0)
        assert reach.strands.complete
    for start in picked:
        sheet, row, column = start
        area = RangeRef(SHEETS[sheet], row, column, row, column)
        for depth in (None, 1, 2):
            dependents = {(s, r, c, r, c) for s, r, c in plain.dependents(start, depth)}
            assert _same(reach.dependents(area, depth), dependents), (start, depth)
            precedents = plain.precedents(start, depth)
            assert _same(reach.precedents(area, depth), precedents), (start, depth)


_STILL = (0, 0, 0, 0)


def test_what_many_edges_share_takes_a_strand_for_each_and_not_for_each_two() -> None:
    """Columns of single formulas, each of which adds up the whole column before."""
    size = 1_000
    blocks = [Lattice(0, row, column) for column in (2, 3) for row in range(1, size + 1)]
    edges: list[Edge] = [
        (block, 0, (1, block.left - 1, size, block.left - 1), _STILL, _STILL) for block in blocks
    ]
    strands = Strands.of(_blocks(blocks), _edges(edges))
    assert strands.complete
    assert len(strands) < 4 * size


def test_nested_sums_over_single_formulas_take_few_strands_each() -> None:
    size = 1_000
    blocks = [Lattice(0, row, 2) for row in range(2, size + 2)]
    edges: list[Edge] = [(block, 0, (1, 2, block.top - 1, 2), _STILL, _STILL) for block in blocks]
    reach = _reach(blocks, edges)
    assert reach.strands.complete
    assert len(reach.strands) < 25 * size
    assert reach.dependents(RangeRef("One", 500, 2, 500, 2)).count == size - 499
    assert reach.precedents(RangeRef("One", 500, 2, 500, 2)).count == 499


def test_single_formulas_with_one_geometry_are_one_node() -> None:
    """A chain over two columns in which each formula has a text of its own."""
    size = 5_000
    blocks = [Lattice(0, row, column) for row in range(2, size + 2) for column in (4, 5)]
    edges: list[Edge] = [
        (Lattice(0, 2, 4, size), 0, (1, 5, 1, 5), (1, 0, 1, 0), _STILL),
        (Lattice(0, 2, 5, size), 0, (2, 4, 2, 4), (1, 0, 1, 0), _STILL),
    ]
    reach = _reach(blocks, edges)
    assert list(reach.strands.lattices) == [
        Lattice(0, 2, 4, size),
        Lattice(0, 2, 5, size),
        Lattice(0, 1, 5),
    ]
    assert reach.dependents(RangeRef("One", 1, 5, 1, 5)).count == 2 * size


def test_too_many_strands_are_told_and_do_not_stop_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Sliding windows over single formulas, of which only the narrow ones are followed."""
    blocks = [Lattice(0, row, 2) for row in range(1, 401, 2)]
    sums = [Lattice(0, 1, column, 200) for column in (4, 5, 6)]
    edges: list[Edge] = [
        (block, 0, (1, 2, height, 2), (1, 0, 1, 0), _STILL)
        for block, height in zip(sums, (3, 190, 200), strict=True)
    ]
    monkeypatch.setattr(strands_module, "MOST_FOR_A_NODE", 0)
    monkeypatch.setattr(strands_module, "_CHUNK", 1)
    monkeypatch.setattr(strands_module, "MOST_STRANDS", 250)
    reach = _reach([*blocks, *sums], edges)
    assert not reach.complete
    assert reach.precedents(RangeRef("One", 100, 4, 100, 4)).count == 3
