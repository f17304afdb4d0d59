"""Copies of one text whose structured references mean other cells where they stand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.books import CellSpec, book
from tickmark.model.address import CellRef, RangeRef
from tickmark.model.workbook import Table, Workbook
from tickmark.structure.formulas import Formulas, formulas_of
from tickmark.structure.graph import FormulaGraph, graph_of

COLUMNS = ("Net", "Twice")


def _workbook(cells: dict[str, CellSpec], *tables: Table) -> Workbook:
    made = book({"S": cells})
    return replace(made, sheets=(replace(made.sheets[0], tables=tables),))


def _direct(graph: FormulaGraph, row: int, column: int) -> list[str]:
    found = graph.precedents(CellRef("S", row, column), depth=1)
    return [area.a1 for area in found.ranges]


def _templates(formulas: Formulas) -> list[int]:
    return [int(index) for index in formulas.sheets[0].template_of]


def test_copies_beside_the_table_find_their_row_and_those_above_and_below_none() -> None:
    table = Table("T", RangeRef("S", 3, 1, 6, 2), COLUMNS, totals_rows=1)
    cells: dict[str, CellSpec] = {f"E{row}": f"=T[@Net]+D{row}" for row in range(2, 8)}
    formulas = formulas_of(_workbook(cells, table))
    assert _templates(formulas) == [0, 0, 1, 1, 0, 0]
    assert [(one.text, one.row) for one in formulas.sheets[0].templates] == [
        ("T[@Net]+D2", 2),
        ("T[@Net]+D4", 4),
    ]
    graph = graph_of(formulas)
    assert [_direct(graph, row, 5) for row in range(2, 8)] == [
        ["D2"],
        ["D3"],
        ["A4", "D4"],
        ["A5", "D5"],
        ["D6"],
        ["D7"],
    ]


def test_copies_without_table_name_mean_each_their_own_table() -> None:
    tables = (
        Table("One", RangeRef("S", 1, 1, 3, 2), COLUMNS),
        Table("Two", RangeRef("S", 1, 4, 3, 5), ("Twice", "Net")),
    )
    text = "=[[#This Row],Net]*2+SUM([Net])"
    cells: dict[str, CellSpec] = dict.fromkeys(("B2", "B3", "D2", "D3", "G2"), text)
    graph = graph_of(formulas_of(_workbook(cells, *tables)))
    assert [_direct(graph, row, column) for row in (2, 3) for column in (2, 4)] == [
        ["A2:A3"],
        ["E2:E3"],
        ["A2:A3"],
        ["E2:E3"],
    ]
    assert _direct(graph, 2, 7) == []
    assert graph.dependents(CellRef("S", 2, 5)).ranges == (RangeRef("S", 2, 4, 3, 4),)


def test_copies_within_the_table_stay_one_template() -> None:
    table = Table("T", RangeRef("S", 1, 1, 50, 2), COLUMNS)
    cells: dict[str, CellSpec] = {f"B{row}": "=T[[#This Row],[Net]]*2" for row in range(2, 51)}
    formulas = formulas_of(_workbook(cells, table))
    assert len(formulas.sheets[0].templates) == 1
    assert np.array_equal(_templates(formulas), [0] * 49)
