"""Circular references: exact against a plain search over all cells."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.books import book, sheet
from tests.formula_models import CONDITIONAL, POSITION, SELECTED, VALUE, models
from tests.formula_models import Model as Filled
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.book_details import BookDetails, Calculation
from tickmark.model.grid import FormulaGroup, FormulaKind
from tickmark.model.workbook import DefinedName, Workbook
from tickmark.structure.cell_index import Place
from tickmark.structure.cycles import Cycle, Cycles
from tickmark.structure.formulas import formulas_of
from tickmark.structure.graph import graph_of


def _search(workbook: Workbook) -> Cycles:
    return graph_of(formulas_of(workbook)).cycles()


def _cycles(workbook: Workbook) -> tuple[Cycle, ...]:
    search = _search(workbook)
    assert search.complete
    return search.found


def _cells(workbook: Workbook) -> list[tuple[str, bool]]:
    names = [page.name for page in workbook.sheets]
    return [
        (
            " ".join(f"{names[s]}!{cell_address(row, column)}" for s, row, column in cycle.cells),
            cycle.certain,
        )
        for cycle in _cycles(workbook)
    ]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"A1": "=A1"}, [("Sheet1!A1", True)]),
        ({"A1": "=B1", "B1": "=A1"}, [("Sheet1!A1 Sheet1!B1", True)]),
        ({"A1": "=SUM(A1:A9)"}, [("Sheet1!A1", True)]),
        ({"A1": "=SUM(B:B)", "B5": "=A1"}, [("Sheet1!A1 Sheet1!B5", True)]),
        ({"A1": "=IF(B1,A1,0)"}, [("Sheet1!A1", False)]),
        ({"A1": "=IF(A1,1,0)"}, [("Sheet1!A1", True)]),
        (
            {"A1": "=A1", "C1": "=D1", "D1": "=C1"},
            [("Sheet1!A1", True), ("Sheet1!C1 Sheet1!D1", True)],
        ),
    ],
)
def test_a_circle_is_found_with_all_its_cells(
    cells: dict[str, str], expected: list[tuple[str, bool]]
) -> None:
    assert _cells(book(cells)) == expected


@pytest.mark.parametrize(
    "cells",
    [
        {"A1": 1, "A2": "=A1+1", "A3": "=A2+1"},
        {"A1": 1, "A2": "=SUM(A$1:A1)", "A3": "=SUM(A$1:A2)"},
        {"A1": "=ROW(A1)"},
        {"A1": "=COLUMNS(A1:C1)"},
        {"A9": "=SUM(A1:OFFSET(A9,-1,0))"},
        {"A9": "=SUM(A$1:INDEX(A:A,ROW()-1))"},
        {"A1": '="A1"'},
        {"A1": "=[1]Sheet1!A1"},
        {"A1": "=Gone!A1"},
        {"C1": "=A1:D1*2"},
        {"B2": "=A1:C3 D2:D4"},
        {"A1": "=INDIRECT(B1)", "B1": 1},
    ],
)
def test_what_only_looks_like_a_circle_is_none(cells: dict[str, str]) -> None:
    assert _cells(book(cells)) == []


def test_a_name_that_is_only_measured_first_still_closes_a_circle() -> None:
    cells = {"A1": "=ROWS(Own)+MAX(Own)"}
    assert _cells(book(cells, names=[DefinedName("Own", "Sheet1!$A$1:$A$3")])) == [
        ("Sheet1!A1", True)
    ]


def test_a_circle_is_followed_over_sheets_names_and_tables() -> None:
    workbook = book(
        {
            "A": {"A1": "=Rate", "B9": 1},
            "B": sheet({"A1": "Price", "A2": "=A!A1"}, tables=(("T", "A1:A2"),)),
        },
        names=[DefinedName("Rate", "SUM(T[Price])")],
    )
    assert _cells(workbook) == [("A!A1 B!A2", True)]


def test_members_of_a_shared_formula_have_references_of_their_own() -> None:
    workbook = book({"S": sheet({}, shared={"B1:B5": "=B2"})})
    assert _cells(workbook) == []
    workbook = book({"S": sheet({"B6": "=B1"}, shared={"B1:B5": "=B2"})})
    assert _cells(workbook) == [("S!B1 S!B2 S!B3 S!B4 S!B5 S!B6", True)]


def test_an_array_formula_over_its_own_cells_is_a_circle() -> None:
    workbook = book({"S": {"A1": ("=SUM(A3:B3)", 1), "A2": 2, "A3": 3}})
    span = RangeRef("S", 1, 1, 3, 1)
    group = FormulaGroup(FormulaKind.ARRAY, 1, 1, span)
    workbook.sheets[0].cells.formula_groups[0] = group  # type: ignore[index]
    assert _cells(workbook) == [("S!A3", True)]


def test_a_data_table_over_its_own_cells_is_none() -> None:
    workbook = book({"S": {"A1": ("=TABLE(A1,A2)", 1), "A2": 2}})
    group = FormulaGroup(FormulaKind.DATA_TABLE, 1, 1, RangeRef("S", 1, 1, 2, 1))
    workbook.sheets[0].cells.formula_groups[0] = group  # type: ignore[index]
    assert _cells(workbook) == []


def test_the_path_is_a_shortest_way_around_from_the_first_cell() -> None:
    workbook = book({"A1": "=B1+C1", "B1": "=C1", "C1": "=A1"})
    assert _cycles(workbook)[0].path == ((0, 1, 1), (0, 1, 3))


def test_circles_in_a_workbook_that_iterates_are_intended() -> None:
    calculation = Calculation(iterates=True)
    workbook = replace(book({"A1": "=A1"}), details=BookDetails(calculation=calculation))
    assert [cycle.intended for cycle in _cycles(workbook)] == [True]
    assert [cycle.intended for cycle in _cycles(book({"A1": "=A1"}))] == [False]


@pytest.mark.parametrize(
    "shared",
    [
        {"B2:B9": "=B1+A2"},
        {"B1:B8": "=B2"},
        {"B2:F2": "=A2", "B3:F3": "=SUM(A2:A3)"},
        {"B2:B99": "=C1", "C2:C99": "=B2+SUM(C$1:C1)"},
        {"B2:B99": "=C3", "C4:C99": "=B2"},
        {"B2:K20": "=A2+B1"},
        {"B2:K20": "=C2+B3"},
        {"B2:B9": "=SUM(B10:B$30)"},
    ],
)
def test_chains_are_cleared_without_a_look_at_their_cells(
    shared: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickmark.structure.cycles.MOST_CELLS", 0)
    assert _cycles(book({"S": sheet({"A1": 1}, shared=shared)})) == ()


def test_of_too_many_suspicious_cells_some_rows_are_searched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shared = {"A1:A9": "=B1", "B1:B9": "=A1"}
    workbook = book({"S": sheet({"D1": "=D1"}, shared=shared)})
    monkeypatch.setattr("tickmark.structure.cycles.MOST_CELLS", 5)
    search = _search(workbook)
    assert [cycle.cells for cycle in search.found] == [
        ((0, 1, 1), (0, 1, 2)),
        ((0, 1, 4),),
        ((0, 2, 1), (0, 2, 2)),
    ]
    assert not search.complete
    monkeypatch.setattr("tickmark.structure.cycles.MOST_CELLS", 99)
    assert len(_cycles(workbook)) == 10


def test_a_search_that_sees_too_many_spans_says_that_it_is_not_complete(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tickmark.structure.cell_search.MOST_SPANS", 1)
    workbook = book({"A1": "=A2", "A2": "=A3+A1", "A3": "=A1"})
    assert not _search(workbook).complete


AREA = st.tuples(*[st.integers(1, 5)] * 4)
FORMULA = st.lists(st.tuples(st.integers(0, 1), AREA, st.booleans()), min_size=1, max_size=3)
MODEL = st.dictionaries(
    st.tuples(st.integers(0, 1), st.integers(1, 5), st.integers(1, 5)), FORMULA, max_size=14
)
Model = dict[Place, list[tuple[int, tuple[int, int, int, int], bool]]]


def _text(references: list[tuple[int, tuple[int, int, int, int], bool]]) -> str:
    terms = []
    for number, (top, left, bottom, right), conditional in references:
        area = f"S{number}!{cell_address(top, left)}:{cell_address(bottom, right)}"
        terms.append(f"IF(1,SUM({area}))" if conditional else f"SUM({area})")
    return "=" + "+".join(terms)


def _searched(model: Model, *, conditional: bool) -> set[tuple[Place, ...]]:
    """Circles by a graph with an edge for each pair of cells."""
    graph: nx.DiGraph[Place] = nx.DiGraph()
    graph.add_nodes_from(model)
    for cell, references in model.items():
        for number, (top, left, bottom, right), branch in references:
            rows = range(min(top, bottom), max(top, bottom) + 1)
            columns = range(min(left, right), max(left, right) + 1)
            inside = {(number, row, column) for row in rows for column in columns}
            if conditional or not branch:
                graph.add_edges_from((cell, other) for other in inside & model.keys())
    return {
        tuple(sorted(component))
        for component in nx.strongly_connected_components(graph)
        if len(component) > 1 or graph.has_edge(*[next(iter(component))] * 2)
    }


@given(MODEL)
def test_circles_are_those_of_a_search_over_all_pairs_of_cells(model: Model) -> None:
    pages: dict[str, dict[str, str]] = {"S0": {"Z9": "x"}, "S1": {"Z9": "x"}}
    for (number, row, column), references in model.items():
        pages[f"S{number}"][cell_address(row, column)] = _text(references)
    found = _cycles(book(pages))
    certain = _searched(model, conditional=False)
    closed = {cell for component in certain for cell in component}
    possible = {c for c in _searched(model, conditional=True) if closed.isdisjoint(c)}
    assert {cycle.cells for cycle in found if cycle.certain} == certain
    assert {cycle.cells for cycle in found if not cycle.certain} == possible
    assert all(set(cycle.path) <= set(cycle.cells) for cycle in found)


def test_a_long_column_of_running_totals_is_searched_without_listing_pairs() -> None:
    workbook = book({"S": sheet({"A1": 1}, shared={"B2:B5000": "=SUM(B$1:B1)"})})
    assert _cells(workbook) == []


def _circles(model: Filled, *uses: str) -> set[tuple[Place, ...]]:
    """Circles of copied formulas by a graph with an edge for each pair of cells."""
    precedents = model.precedents(uses=uses)
    graph: nx.DiGraph[Place] = nx.DiGraph()
    graph.add_nodes_from(precedents)
    for cell, others in precedents.items():
        graph.add_edges_from((cell, other) for other in others & precedents.keys())
    return {
        tuple(sorted(component))
        for component in nx.strongly_connected_components(graph)
        if len(component) > 1 or graph.has_edge(*[next(iter(component))] * 2)
    }


@settings(max_examples=150, deadline=None)
@given(models((VALUE, CONDITIONAL, SELECTED, POSITION)))
def test_circles_of_copied_formulas_are_those_of_a_search_over_all_cells(model: Filled) -> None:
    found = _cycles(model.workbook())
    certain = _circles(model, VALUE)
    closed = {cell for component in certain for cell in component}
    possible = {one for one in _circles(model, VALUE, CONDITIONAL) if closed.isdisjoint(one)}
    assert {cycle.cells for cycle in found if cycle.certain} == certain
    assert {cycle.cells for cycle in found if not cycle.certain} == possible
