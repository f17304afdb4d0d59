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
