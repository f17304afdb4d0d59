"""The Python API gives the same answers as the command line."""

from __future__ import annotations

from pathlib import Path

import tickmark
from tests.books import save


def test_the_formula_graph_answers_by_address_and_by_name(tmp_path: Path) -> None:
    path = save(
        tmp_path / "model.xlsx",
        {"In": {"A1": 2}, "Calc": {"A1": "=In!A1*3", "A2": "=A1+Rate", "A3": "=A2"}},
        names={"Rate": "In!$A$1"},
    )

    graph = tickmark.formula_graph(tickmark.read_workbook(path))

    assert isinstance(graph, tickmark.FormulaGraph)
    assert graph.dependents("Rate").ranges == (tickmark.RangeRef.parse("Calc!A1:A3"),)
    assert graph.dependents("In!A1", 1).ranges == (tickmark.RangeRef.parse("Calc!A1:A2"),)
    assert graph.precedents(tickmark.RangeRef.parse("Calc!A3")).count == 3
    assert graph.sheet_graph().order == (("In",), ("Calc",))


def test_sheets_are_encoded_and_read_back(tmp_path: Path) -> None:
    path = save(
        tmp_path / "model.xlsx",
        {"In": {"A1": "Price", "B1": 2.5}, "Calc": {"A1": "=In!B1*3"}},
    )
    workbook = tickmark.read_workbook(path)

    made = tickmark.encode_workbook(workbook, level=tickmark.Level.LOSSLESS)
    alone = tickmark.encode_sheet(workbook, "In", budget=500)

    assert isinstance(made, tickmark.BookEncoding)
    assert isinstance(alone, tickmark.Encoding)
    assert made["In"].text == alone.text
    assert alone.find("price") == (tickmark.RangeRef.parse("In!A1"),)
    assert alone.expand("B1").text.endswith("2.5")
    assert tickmark.encode_workbook(workbook, budget=5).text == ""
    sheets = tickmark.decode(made.text)
    assert [one.name for one in sheets] == ["In", "Calc"]
    assert isinstance(sheets[0], tickmark.DecodedSheet)
