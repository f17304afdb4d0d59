"""The formula graph: its questions and answers on small workbooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.books import CellSpec, book, sheet
from tickmark.errors import AddressError
from tickmark.model.address import CellRef, RangeRef
from tickmark.model.drawing import Chart, ChartSeries
from tickmark.model.sheet_details import SheetDetails
from tickmark.model.workbook import DefinedName, ExternalLink, Workbook
from tickmark.structure.cell_set import CellSet
from tickmark.structure.formulas import formulas_of
from tickmark.structure.graph import FormulaGraph, graph_of
from tickmark.structure.impact import AffectedOutput
from tickmark.structure.inputs import UnusedInput
from tickmark.structure.outputs import Output
from tickmark.structure.statistics import Statistics


def _graph(workbook: Workbook) -> FormulaGraph:
    return graph_of(formulas_of(workbook))


def _ranges(cells: CellSet) -> list[str]:
    return [str(area) for area in cells.ranges]


def _model() -> Workbook:
    """Inputs, a calculation over five years, and a summary with a chart."""
    workbook = book(
        {
            "In": {"A1": "Price", "B1": 10, "A2": "Rate", "B2": 0.2, "A3": "Spare", "B3": 7},
            "P&L": sheet(
                {"A1": "Volume", "A2": "Revenue", "A3": "Tax"}
                | {f"{letter}1": 100 for letter in "BCDEF"},
                shared={"B2:F2": "=B1*In!$B$1", "B3:F3": "=B2*Rate"},
            ),
            "Out": {"A1": "Total", "B1": "=SUM('P&L'!B2:F2)-B2", "A2": "Taxes", "B2": "=SUM(Tax)"},
        },
        names=[DefinedName("Rate", "In!$B$2"), DefinedName("Tax", "'P&L'!$B$3:$F$3")],
    )
    series = ChartSeries(values="'P&L'!$B$2:$F$2")
    pages = list(workbook.sheets)
    pages[2] = replace(pages[2], details=SheetDetails(charts=(Chart("c", series=(series,)),)))
    return replace(workbook, sheets=tuple(pages))


@pytest.mark.parametrize(
    "ref",
    [
        CellRef("P&L", 2, 2),
        RangeRef("p&l", 2, 2, 2, 2),
        "P&L!B2",
        "'P&L'!$B$2",
        "='P&L'!B2",
        "p&l!b2:b2",
    ],
)
def test_cells_are_named_by_references_and_texts(ref: CellRef | RangeRef | str) -> None:
    assert _ranges(_graph(_model()).dependents(ref, 1)) == ["'P&L'!B3", "Out!B1"]


def test_names_tables_and_whole_columns_are_named_too() -> None:
    workbook = book(
        {"S": sheet({"A1": "Price", "A2": 1, "C1": "=SUM(T[Price])"}, tables=(("T", "A1:A2"),))},
        names=[DefinedName("First", "S!$A$2")],
    )
    graph = _graph(workbook)
    for text in ("First", "T", "T[Price]", "A:A", "S!2:2", "A2"):
        assert _ranges(graph.dependents(text)) == ["S!C1"], text


@pytest.mark.parametrize(
    ("ref", "sentence"),
    [
        ("Gone!A1", "The workbook has no sheet 'Gone'; it has In, P&L, Out."),
        (CellRef("Gone", 1, 1), "The workbook has no sheet 'Gone'; it has In, P&L, Out."),
        ("B2:B3", "'B2:B3' names no sheet; write it like In!B2:B3."),
        ("Nothing", "'Nothing' is no cell, range, name or table of the workbook."),
        ("In!A1,A2", "'In!A1,A2' is no cell, range, name or table of the workbook."),
        ("", "'' is no cell, range, name or table of the workbook."),
        ("In!B2*2", "'In!B2*2' is no cell, range, name or table of the workbook."),
        ("In!B2:", "'In!B2:' is no cell, range, name or table of the workbook."),
        ("[1]In!B2", "'[1]In!B2' is no cell, range, name or table of the workbook."),
    ],
)
def test_what_means_no_cells_is_refused_with_a_sentence(ref: CellRef | str, sentence: str) -> None:
    with pytest.raises(AddressError) as caught:
        _graph(_model()).precedents(ref)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("text", ["[1]S!A1", "SUM(A1)", "A1+1", "(A1)", "A1:", "T!A1:S!A1"])
def test_where_one_sheet_needs_no_name_other_texts_are_still_refused(text: str) -> None:
    with pytest.raises(AddressError):
        _graph(book({"S": {"A1": "=B1"}})).precedents(text)


@pytest.mark.parametrize("text", ["A1", " =a1 ", "S!$A$1", "A1 : A1", "S!A1:S!A1", "S:S!A1", "A1#"])
def test_the_name_of_the_only_sheet_may_be_left_out(text: str) -> None:
    assert _ranges(_graph(book({"S": {"A1": "=B1"}})).precedents(text)) == ["S!B1"]


def test_precedents_dependents_and_paths_cross_sheets() -> None:
    graph = _graph(_model())
    assert _ranges(graph.dependents("In!B1")) == ["'P&L'!B2:F3", "Out!B1:B2"]
    assert _ranges(graph.precedents("Out!B2")) == ["In!B1:B2", "'P&L'!B1:F3"]
    assert graph.path("In!B2", "Out!B2") == (
        CellRef("In", 2, 2),
        CellRef("P&L", 3, 2),
        CellRef("Out", 2, 2),
    )
    assert graph.path("Out!B2", "In!B2") == ()
    with pytest.raises(AddressError):
        graph.path("In!B1:B2", "Out!B2")


def test_impact_ranks_results_by_cells_and_nearness() -> None:
    impact = _graph(_model()).impact("In!B2")
    assert _ranges(impact.affected) == ["'P&L'!B3:F3", "Out!B1:B2"]
    assert impact.outputs == (
        AffectedOutput((RangeRef("P&L", 3, 2, 3, 6),), 5, "Tax", 1, Output.OTHER_SHEET),
        AffectedOutput((RangeRef("Out", 1, 2, 1, 2),), 1, "Total", 3, Output.FINAL),
    )
    assert impact.cells == 6
    price = _graph(_model()).impact("In!B1").outputs
    assert price[0].kinds == Output.CHARTED | Output.OTHER_SHEET
    assert _graph(_model()).impact("In!B3").outputs == ()


def test_inputs_of_a_result_are_the_constants_before_it() -> None:
    inputs = _graph(_model()).inputs_of("Out!B2")
    assert (_ranges(inputs.numbers), inputs.numbers.count) == (["In!B1:B2", "'P&L'!B1:F1"], 7)
    assert _ranges(inputs.texts) == []


def test_a_number_among_used_ones_is_surely_an_unused_input() -> None:
    assert _graph(_model()).unused_inputs() == (
        UnusedInput(RangeRef("In", 3, 2, 3, 2), 1, "Spare", certain=True),
    )


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"A1": "Used", "B1": 1, "A4": "Not", "B4": 2, "C9": "=B1"}, [("B4", True)]),
        ({"A1": "Used", "B1": 1, "D5": 2, "C9": "=B1"}, [("D5", False)]),
        ({"B1": 2020, "C1": 2025, "B2": 3, "C2": 4, "B3": "=SUM(B2:C2)"}, []),
        ({f"A{row}": row for row in range(1, 9)} | {"B1": "=C1"}, []),
        ({f"A{row}": row * row for row in range(1, 40)} | {"B1": "=C1"}, []),
        ({"A1": 5, "B1": 1, "C9": "=INDIRECT(D1)+B1"}, [("A1", False)]),
        ({"A1": "Note", "B1": "text", "C9": "=D1"}, []),
    ],
)
def test_dates_counts_and_lists_are_no_inputs(
    cells: Mapping[str, CellSpec], expected: list[tuple[str, bool]]
) -> None:
    found = _graph(book(cells)).unused_inputs()
    assert [(one.range.a1, one.certain) for one in found] == expected


def test_sheets_without_any_formula_hold_data_and_no_inputs() -> None:
    workbook = book({"Data": {"A1": 5, "B1": 7}, "Calc": {"A1": "=B1", "B1": 1}})
    assert _graph(workbook).unused_inputs() == ()


def test_the_network_has_blocks_ranges_names_and_books_as_nodes() -> None:
    workbook = book(
        {
            "In": {"B1": 10, "B2": 0.2},
            "S": sheet(
                {"B9": "=SUM(B2:B8,[1]Far!A1)"},
                shared={"B2:B5": "=A2*Rate", "C2:C5": "=B2+ROW(B2)"},
            ),
        },
        names=[DefinedName("Rate", "In!$B$2")],
        links=[ExternalLink(1, "far.xlsx")],
    )
    graph = _graph(workbook)
    network = graph.network
    assert graph.statistics().nodes == len(network)
    assert {node: network.nodes[node] for node in network} == {
        "block S!B2:B5": {
            "kind": "block",
            "sheet": "S",
            "range": "B2:B5",
            "cells": 4,
            "formula": "=A2*Rate",
            "r1c1": "RC[-1]*Rate",
        },
        "block S!C2:C5": {
            "kind": "block",
            "sheet": "S",
            "range": "C2:C5",
            "cells": 4,
            "formula": "=B2+ROW(B2)",
            "r1c1": "RC[-1]+ROW(RC[-1])",
        },
        "block S!B9": {
            "kind": "block",
            "sheet": "S",
            "range": "B9",
            "cells": 1,
            "formula": "=SUM(B2:B8,[1]Far!A1)",
            "r1c1": "SUM(R[-7]C:R[-1]C,[1]Far!R[-8]C[-1])",
        },
        "name Rate": {"kind": "name", "refers_to": "In!$B$2"},
        "range In!B2": {"kind": "range", "sheet": "In", "range": "B2", "cells": 1},
        "range S!A2:A5": {"kind": "range", "sheet": "S", "range": "A2:A5", "cells": 4},
        "range S!B2:B8": {"kind": "range", "sheet": "S", "range": "B2:B8", "cells": 7},
        "book [1]": {"kind": "book", "target": "far.xlsx"},
    }
    edges = {
        (tail, head): (data["references"], data["kinds"], data["uses"])
        for tail, head, data in network.edges(data=True)
    }
    assert edges == {
        ("range S!A2:A5", "block S!B2:B5"): (4, "address", "value"),
        ("name Rate", "block S!B2:B5"): (4, "name", "value"),
        ("range In!B2", "name Rate"): (0, "part", ""),
        ("block S!B2:B5", "block S!C2:C5"): (8, "address", "position,value"),
        ("block S!B2:B5", "range S!B2:B8"): (0, "part", ""),
        ("range S!B2:B8", "block S!B9"): (1, "address", "value"),
        ("book [1]", "block S!B9"): (1, "external", "value"),
    }
    assert network.graph == {"complete": True}


def test_columns_of_tables_and_3d_references_have_nodes() -> None:
    workbook = book(
        {
            "A": sheet(
                {"A1": "Qty", "B1": "Twice", "A2": 1, "A3": 2},
                tables=(("T", "A1:B3"),),
                shared={"B2:B3": "=[@Qty]*2"},
            ),
            "B": {"A1": "=SUM(A:C!F1)+SUM(T[Twice])"},
            "C": {"A1": 1},
        }
    )
    graph = _graph(workbook)
    network = graph.network
    assert graph.statistics().nodes == len(network)
    edges = {
        (tail, head): (data["references"], data["kinds"])
        for tail, head, data in network.edges(data=True)
    }
    assert edges == {
        ("table T[Qty]", "block A!B2:B3"): (2, "table"),
        ("block A!B2:B3", "table T[Twice]"): (0, "part"),
        ("table T[Twice]", "block B!A1"): (1, "table"),
        ("range A!F1", "block B!A1"): (1, "3d"),
        ("range B!F1", "block B!A1"): (1, "3d"),
        ("range 'C'!F1", "block B!A1"): (1, "3d"),
    }


def test_the_order_of_sheets_follows_what_feeds_what() -> None:
    workbook = book(
        {
            "Out": {"A1": "=Calc!A1"},
            "Calc": {"A1": "=Loop!A1+In!A1"},
            "Loop": {"A1": "=Calc!A2"},
            "In": {"A1": 1},
            "Notes": {"A1": "x"},
        }
    )
    sheets = _graph(workbook).sheet_graph()
    assert sheets.order == (("In",), ("Calc", "Loop"), ("Out",), ("Notes",))
    assert sheets.cycles == (("Calc", "Loop"),)
    assert sheets.network.edges["Calc", "Out"] == {"formulas": 1, "references": 1}


def test_statistics_tell_sizes() -> None:
    workbook = book({"S": sheet({"C1": "=INDIRECT(A1)+Gone"}, shared={"B1:B9": "=A1+$A$1"})})
    graph = _graph(workbook)
    assert graph.statistics() == Statistics(
        formulas=10,
        references=18,
        unique_formulas=2,
        blocks=2,
        nodes=4,
        edges=3,
        plain_edges=3,
        levels=1,
        unknown=1,
        complete=True,
    )
    assert graph.statistics().edge_ratio == 3 / 18
    assert _ranges(graph.unknown) == ["S!C1"]
    assert [(one.text, one.cell.a1) for one in graph.unresolved()] == [("Gone", "C1")]
