"""Dependents and precedents: exact against a plain search over all cells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.books import CellSpec, book
from tests.structure.cell_graph import Area, CellGraph, Place, painted
from tickmark.model.address import CellRef, RangeRef, cell_address, column_letters
from tickmark.model.grid import FormulaGroup, FormulaKind
from tickmark.model.workbook import DefinedName, Workbook
from tickmark.structure.blocks import blocks_of
from tickmark.structure.cell_set import CellSet
from tickmark.structure.edges import edges_of
from tickmark.structure.formulas import formulas_of
from tickmark.structure.reach import Reach, reach_of


def _reach(workbook: Workbook) -> Reach:
    formulas = formulas_of(workbook)
    blocks = blocks_of(formulas)
    return reach_of(formulas, blocks, edges_of(formulas, blocks))


def _told(found: CellSet) -> str:
    return " ".join(span.a1 for span in found.ranges)


def _at(*cells: str) -> list[RangeRef]:
    return [RangeRef.parse(cell, sheet="Sheet1") for cell in cells]


def _areas(found: CellSet, graph: CellGraph) -> list[Area]:
    return [
        (graph.numbers[one.sheet.casefold()], one.top, one.left, one.bottom, one.right)
        for one in found.ranges
    ]


def _cell(graph: CellGraph, place: Place) -> RangeRef:
    number, row, column = place
    return RangeRef(graph.workbook.sheets[number].name, row, column, row, column)


def _same(found: CellSet, expected: Iterable[Area], graph: CellGraph) -> bool:
    """Whether the ranges are disjoint, hold the expected cells, and are counted rightly."""
    cells, own, alone, equal = painted(expected, _areas(found, graph))
    return equal and cells == own == alone == found.count == int(found.lattices.cells.sum())


def _check(graph: CellGraph, reach: Reach, starts: list[Place], depth: int | None) -> None:
    spans = [_cell(graph, start) for start in starts]
    dependents = [(s, r, c, r, c) for s, r, c in graph.dependents(starts, depth)]
    assert _same(reach.dependents(spans, depth), dependents, graph), (spans, depth)
    precedents = graph.precedents(starts, depth)
    assert _same(reach.precedents(spans, depth), precedents, graph), (spans, depth)


@pytest.mark.parametrize(
    ("cells", "start", "expected"),
    [
        ({"A2": "=A1"}, "A1", "A2"),
        ({"A2": "=A1"}, "A2", ""),
        ({"A2": "=A1", "A3": "=A2"}, "A1", "A2:A3"),
        ({"A1": "=A1"}, "A1", "A1"),
        ({"A1": "=B1", "B1": "=A1"}, "A1", "A1:B1"),
        ({"B1": "=SUM(A:A)", "C1": "=B1"}, "A500000", "B1:C1"),
        ({"A2": "=$A$1", "B2": "=$A$1", "C9": "=B2"}, "A1", "A2:B2 C9"),
        ({"B1": "=ROW(A1)"}, "A1", "B1"),
        ({"B1": "=Gone!A1", "B2": "=[1]Sheet1!A1"}, "A1", ""),
        ({}, "A1", ""),
    ],
)
def test_dependents_are_the_formula_cells_behind(
    cells: dict[str, str], start: str, expected: str
) -> None:
    assert _told(_reach(book(cells)).dependents(_at(start))) == expected


@pytest.mark.parametrize(
    ("cells", "start", "expected"),
    [
        ({"A2": "=A1"}, "A2", "A1"),
        ({"A2": "=A1"}, "A1", ""),
        ({"B9": "=SUM(A1:A3)", "A2": "=Z5"}, "B9", "A1:A3 Z5"),
        ({"A1": "=A1"}, "A1", "A1"),
        ({"B1": "=SUM(A:A)"}, "B1", "A1:A1048576"),
        ({"B1": "=SUM(A:A)+SUM(1:1)"}, "B1", "A1:A1048576 B1:XFD1"),
        ({f"B{row}": f"=A{2 * row}" for row in range(1, 4)}, "B1:B3", "A2 A4 A6"),
        ({f"B{row}": f"=SUM(A$1:A{row})" for row in range(1, 9)}, "B3:B5", "A1:A5"),
    ],
)
def test_precedents_are_all_cells_of_the_areas_referred_to(
    cells: dict[str, str], start: str, expected: str
) -> None:
    assert _told(_reach(book(cells)).precedents(_at(start))) == expected


def test_the_depth_counts_references() -> None:
    reach = _reach(book({"A2": "=A1", "A3": "=A2+$A$1", "A4": "=A3", "A5": "=A4"}))
    found = [_told(reach.dependents(_at("A1"), depth)) for depth in (0, 1, 2, 3, 9, None)]
    assert found == ["", "A2:A3", "A2:A4", "A2:A5", "A2:A5", "A2:A5"]
    found = [_told(reach.precedents(_at("A5"), depth)) for depth in (0, 1, 2, 3, 9, None)]
    assert found == ["", "A4", "A3:A4", "A1:A4", "A1:A4", "A1:A4"]


def test_several_starts_answer_together_and_a_start_counts_if_it_depends_on_another() -> None:
    reach = _reach(book({"A2": "=A1", "A3": "=A2", "C2": "=C1"}))
    assert _told(reach.dependents(_at("A1", "C1"))) == "A2:A3 C2"
    assert _told(reach.dependents(_at("A1:A2"))) == "A2:A3"
    assert _told(reach.precedents(_at("A2:A3"))) == "A1:A2"


def test_all_cells_of_an_array_depend_on_its_references() -> None:
    workbook = _with_array(book({"B2": 1, "B3": 1, "B4": 1, "C3": "=B3"}), "=A1:A3*2", "B2:B4")
    reach = _reach(workbook)
    assert _told(reach.dependents(_at("A3"))) == "B2:B4 C3"
    assert _told(reach.precedents(_at("C3"))) == "A1:A3 B3"


def test_an_unknown_sheet_has_no_cells() -> None:
    reach = _reach(book({"A2": "=A1"}))
    assert reach.dependents(RangeRef("Nowhere", 1, 1, 9, 9)).count == 0


def test_a_long_mutual_chain_is_exact() -> None:
    cells: dict[str, str] = {"E1": "=A1"}
    for row in range(2, 3_001):
        cells |= {f"D{row}": f"=E{row - 1}", f"E{row}": f"=D{row}*B{row}"}
    reach = _reach(book(cells))
    assert _told(reach.dependents(_at("A1"))) == "E1:E3000 D2:D3000"
    assert _told(reach.dependents(_at("B1000"))) == "E1000:E3000 D1001:D3000"
    assert _told(reach.precedents(_at("D1000"))) == "A1 E1:E999 B2:B999 D2:D999"


def test_a_chain_of_twelve_months_leaves_its_gaps() -> None:
    cells = {f"{column_letters(at)}1": f"={column_letters(at - 12)}1*2" for at in range(13, 121)}
    reach = _reach(book(cells))
    letters = [column_letters(at) for at in range(17, 121, 12)]
    assert _told(reach.dependents(_at("E1"))) == " ".join(f"{one}1" for one in letters)


def test_a_path_is_a_shortest_chain_of_cells() -> None:
    cells = {"B1": "=A1", "C1": "=B1", "D1": "=C1", "E1": "=D1+$A$9", "A9": "=B1"}
    reach = _reach(book(cells))
    found = reach.path(CellRef("Sheet1", 1, 1), CellRef("Sheet1", 1, 5))
    assert [cell.a1 for cell in found] == ["A1", "B1", "A9", "E1"]
    assert reach.path(CellRef("Sheet1", 1, 5), CellRef("Sheet1", 1, 1)) == ()
    assert reach.path(CellRef("Sheet1", 1, 1), CellRef("Sheet1", 1, 1)) == ()


def test_a_path_may_lead_around_to_its_start() -> None:
    reach = _reach(book({"A1": "=B1", "B1": "=A1"}))
    found = reach.path(CellRef("Sheet1", 1, 1), CellRef("Sheet1", 1, 1))
    assert [cell.a1 for cell in found] == ["A1", "B1", "A1"]


# --- random workbooks --------------------------------------------------------------------------

ROWS, COLUMNS = 14, 9
SHEETS = ("One", "Two", "It's 3")


Written = tuple[str, str, tuple[int, ...]]
"""Kind, sheet prefix and numbers of a reference, from which it is written for each cell."""

NAMES = (
    DefinedName("Fixed", "One!$B$2:$C$4"),
    DefinedName("Both", "SUM(Fixed,Two!$A:$A)"),
    DefinedName("Left", "One!XFD1"),
)


@st.composite
def _sides(draw: st.DrawFn) -> tuple[int, ...]:
    """Distances or fixed places of top, left, bottom and right, then 1 for each that is fixed."""
    small = st.integers(-3, 3)
    top, left = draw(small), draw(small)
    one = draw(st.booleans())
    bottom = top if one else top + draw(st.integers(0, 3))
    right = left if one else left + draw(st.integers(0, 2))
    fixed = [draw(st.sampled_from((0, 0, 0, 1))) for _ in range(4)]
    places = [
        draw(st.integers(1, limit)) if still else at
        for at, still, limit in zip(
            (top, left, bottom, right), fixed, (ROWS, COLUMNS, ROWS, COLUMNS), strict=True
        )
    ]
    if one:
        places[2:], fixed[2:] = places[:2], fixed[:2]
    return *places, *fixed


@st.composite
def _references(draw: st.DrawFn) -> Written:
    kind = draw(st.sampled_from(("area",) * 12 + ("turned", "steep", "columns", "rows", "name")))
    prefix = draw(st.sampled_from(("",) * 8 + ("One!", "Two!", "'It''s 3'!", "One:Two!")))
    few = st.integers(1, 4)
    match kind:
        case "area":
            return kind, prefix, draw(_sides())
        case "name":
            return kind, "", (draw(st.integers(0, len(NAMES) - 1)),)
        case "columns" | "rows":
            return kind, prefix, (draw(st.integers(-1, 2)),)
        case _:
            return kind, prefix, (draw(few), draw(few), draw(st.integers(2, 4)))


def _text(reference: Written, row: int, column: int, at: tuple[int, int]) -> str | None:
    """The reference as written in a cell, number `at` of its run; None if it leaves the sheet."""
    kind, prefix, numbers = reference
    match kind:
        case "turned":  # rows follow columns: what stands across is taken down
            return f"{prefix}{cell_address(numbers[0] + at[1], numbers[1] + at[0])}"
        case "steep":
            row, column = (numbers[side] + numbers[2] * at[side] for side in (0, 1))
            return f"{prefix}{cell_address(row, column)}"
        case "columns":
            letters = column_letters(max(column + numbers[0], 1))
            return f"{prefix}{letters}:{letters}"
        case "rows":
            return f"{prefix}{max(row + numbers[0], 1)}:{max(row + numbers[0], 1)}"
        case "name":
            return NAMES[numbers[0]].name
        case _:
            return _area_text(reference, row, column)


def _area_text(reference: Written, row: int, column: int) -> str | None:
    """An area of which each side is fixed or moves with the cell."""
    _, prefix, numbers = reference
    fixed = numbers[4:]
    sides = [
        place if still else place + origin
        for place, still, origin in zip(numbers, fixed, (row, column, row, column), strict=False)
    ]
    if min(sides) < 1:
        return None
    marks = ["$" if still else "" for still in fixed]
    corners = [f"{marks[k + 1]}{column_letters(sides[k + 1])}{marks[k]}{sides[k]}" for k in (0, 2)]
    return prefix + (corners[0] if corners[0] == corners[1] else ":".join(corners))


@st.composite
def _runs(draw: st.DrawFn) -> tuple[int, dict[str, str]]:
    """A sheet's number and formulas copied over cells in even steps."""
    number = draw(st.integers(0, 2))
    row_step, column_step = draw(st.sampled_from(((1, 1),) * 4 + ((2, 1), (1, 2), (3, 2))))
    top, left = draw(st.integers(1, ROWS)), draw(st.integers(1, COLUMNS))
    height = draw(st.sampled_from((1, 1, 2, 3, 6, ROWS)))
    width = draw(st.sampled_from((1, 1, 1, 2, 3, COLUMNS)))
    found = draw(st.lists(_references(), min_size=1, max_size=3))
    cells = {}
    for i in range(height):
        for j in range(width):
            row, column = top + i * row_step, left + j * column_step
            texts = [_text(one, row, column, (i, j)) for one in found]
            if row <= ROWS + 4 and column <= COLUMNS + 4 and all(texts):
                joined = ",".join(text for text in texts if text)
                cells[cell_address(row, column)] = f"=SUM({joined})"
    return number, cells


def _with_array(workbook: Workbook, text: str, area: str) -> Workbook:
    """The workbook with an array formula over a range of its first sheet, which must be filled."""
    first = workbook.sheets[0]
    span = RangeRef.parse(area, sheet=first.name)
    cells = first.cells
    formulas = cells.formulas.copy()
    formulas[cells.within(span)] = -1
    formulas[cells.within(span)[0]] = len(cells.formula_texts)
    group = FormulaGroup(FormulaKind.ARRAY, span.top, span.left, span)
    changed = replace(
        cells,
        formulas=formulas,
        formula_texts=(*cells.formula_texts, text.removeprefix("=")),
        formula_groups={**cells.formula_groups, len(cells.formula_texts): group},
    )
    sheets = (replace(first, cells=changed), *workbook.sheets[1:])
    return replace(workbook, sheets=sheets)


@st.composite
def _workbooks(draw: st.DrawFn) -> Workbook:
    pages: list[dict[str, CellSpec]] = [{"A1": 1}, {"A1": 1}, {"A1": 1}]
    for number, cells in draw(st.lists(_runs(), min_size=1, max_size=7)):
        pages[number].update(cells)
    array = draw(st.booleans())
    if array:
        pages[0].update({f"{column}{row}": 1 for row in (6, 7, 8) for column in "BC"})
    workbook = book(dict(zip(SHEETS, pages, strict=True)), names=NAMES)
    return _with_array(workbook, "=A1:B3*2", "B6:C8") if array else workbook


_PLACES = st.tuples(st.integers(0, 2), st.integers(1, ROWS + 2), st.integers(1, COLUMNS + 2))


@settings(max_examples=100, deadline=None)
@given(_workbooks(), st.lists(_PLACES, min_size=3, max_size=8))
def test_answers_equal_a_search_over_all_cells(workbook: Workbook, picked: list[Place]) -> None:
    graph, reach = CellGraph(workbook), _reach(workbook)
    for start in picked:
        for depth in (None, 1, 2, 3):
            _check(graph, reach, [start], depth)
    _check(graph, reach, picked, None)


@settings(max_examples=40, deadline=None)
@given(_workbooks(), _PLACES)
def test_paths_are_shortest_and_each_cell_refers_to_the_one_before(
    workbook: Workbook, start: Place
) -> None:
    graph, reach = CellGraph(workbook), _reach(workbook)
    first = CellRef(SHEETS[start[0]], start[1], start[2])
    ends = sorted(graph.dependents([start]))
    for end in ends[:: len(ends) // 4 + 1]:
        found = reach.path(first, CellRef(SHEETS[end[0]], end[1], end[2]))
        places = [(SHEETS.index(cell.sheet), cell.row, cell.column) for cell in found]
        assert (places[0], places[-1]) == (start, end)
        for one, other in pairwise(places):
            assert other in graph.dependents([one], 1)
        assert end not in graph.dependents([start], len(found) - 2) or len(found) == 2


@st.composite
def _timelines(draw: st.DrawFn) -> Workbook:
    """Rows of periods, or columns of them, that refer to the same and to earlier periods."""
    periods, lines = draw(st.integers(5, 40)), draw(st.integers(1, 5))
    upright, backwards = draw(st.booleans()), draw(st.booleans())
    circles = draw(st.booleans())
    lags = st.sampled_from((0, 0, 1, 1, 1, 2, 3, 12))
    source = st.tuples(st.integers(0, lines - 1), lags, st.sampled_from((0, 0, 0, 1, 2)))
    cells: dict[str, str] = {}

    def written(line: int, first: int, last: int) -> str:
        periods_ = [periods + 1 - at if backwards else at for at in (first, last)]
        corners = [
            cell_address(at, line + 2) if upright else cell_address(line + 2, at)
            for at in sorted(periods_)
        ]
        return ":".join(corners) if first != last else corners[0]

    for line in range(lines):
        bounds = draw(st.lists(st.integers(1, periods + 1), min_size=2, max_size=4, unique=True))
        for begin, end in pairwise(sorted(bounds)):
            sources = draw(st.lists(source, max_size=3))
            for period in range(begin, end):
                texts = [
                    written(other, max(period - lag - longer, 1), period - lag)
                    for other, lag, longer in sources
                    if period > lag and (lag or other < line or circles)
                ]
                if texts:
                    cells[written(line, period, period)] = f"=SUM({','.join(texts)})"
    return book({"One": cells})


@settings(max_examples=100, deadline=None)
@given(_timelines(), st.lists(st.tuples(st.integers(1, 8), st.integers(1, 40)), min_size=3))
def test_chains_over_periods_equal_a_search_over_all_cells(
    workbook: Workbook, picked: list[tuple[int, int]]
) -> None:
    graph, reach = CellGraph(workbook), _reach(workbook)
    for line, period in picked:
        for start in ((0, line, period), (0, period, line)):
            _check(graph, reach, [start], None)
            _check(graph, reach, [start], 3)
