"""The map of sheets: who feeds whom, and by how many formulas."""

from __future__ import annotations

from tests.books import book, sheet
from tickmark.model.workbook import DefinedName, ExternalLink, Workbook
from tickmark.structure.formulas import formulas_of
from tickmark.structure.sheetmap import sheet_map


def _edges(workbook: Workbook) -> dict[tuple[str, str], int]:
    return {
        (precedent, dependent): data["formulas"]
        for precedent, dependent, data in sheet_map(workbook).edges(data=True)
    }


def test_edges_run_from_precedent_to_dependent_and_count_formula_cells() -> None:
    workbook = book(
        {
            "In": {"A1": 1},
            "Calc": sheet({"B9": "=In!A1+In!A2"}, shared={"A1:A5": "=In!B1*2"}),
            "Out": {"A1": "=Calc!A1+In!A1", "A2": "=Calc!A2", "A3": "=A1"},
        }
    )
    assert _edges(workbook) == {("In", "Calc"): 6, ("Calc", "Out"): 2, ("In", "Out"): 1}


def test_names_tables_and_3d_references_lead_to_their_sheets() -> None:
    workbook = book(
        {
            "A": sheet({"A1": "Price", "A2": 1}, tables=(("T", "A1:A2"),)),
            "B": {"A1": 1},
            "C": {"A1": 1},
            "D": {"A1": "=SUM(T[Price])", "A2": "=Rate", "A3": "=SUM(B:C!A1)"},
        },
        names=[DefinedName("Rate", "B!$A$1")],
    )
    assert _edges(workbook) == {("A", "D"): 1, ("B", "D"): 2, ("C", "D"): 1}


def test_other_workbooks_are_nodes_with_their_target() -> None:
    workbook = book(
        {"A": {"A1": "=[1]S!A1", "A2": "=Away", "A3": "=[9]S!A1"}},
        names=[DefinedName("Away", "[2]S!$A$1")],
        links=[ExternalLink(1, "one.xlsx"), ExternalLink(2, "two.xlsx"), ExternalLink(3, "x.xlsx")],
    )
    graph = sheet_map(workbook)
    assert {node: graph.nodes[node] for node in graph} == {
        "A": {"kind": "sheet"},
        "[1]": {"kind": "book", "target": "one.xlsx"},
        "[2]": {"kind": "book", "target": "two.xlsx"},
        "[3]": {"kind": "book", "target": "x.xlsx"},
        "[9]": {"kind": "book", "target": ""},
    }
    assert _edges(workbook) == {("[1]", "A"): 1, ("[2]", "A"): 1, ("[9]", "A"): 1}


def test_references_within_a_sheet_and_to_unknown_sheets_make_no_edge() -> None:
    workbook = book({"A": {"A1": "=A2+A!A3+Gone!A1", "A2": '="B!A1"'}, "B": {"A1": 1}})
    assert _edges(workbook) == {}
    assert list(sheet_map(workbook)) == ["A", "B"]


def test_formulas_read_before_give_the_same_map() -> None:
    workbook = book({"A": {"A1": "=B!A1"}, "B": {"A1": 1}})
    assert list(sheet_map(workbook, formulas_of(workbook)).edges) == [("B", "A")]
