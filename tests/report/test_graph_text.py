"""The text of a formula graph stays short and narrow, and tells totals where it is cut."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.books import CellSpec, book
from tickmark.errors import WorkbookRefused
from tickmark.model.address import RangeRef
from tickmark.model.grid import FormulaGroup, FormulaKind
from tickmark.model.workbook import DefinedName, ExternalLink, Workbook
from tickmark.read import read_workbook
from tickmark.report.graph_overview import summary_of
from tickmark.report.graph_record import graph_record
from tickmark.report.graph_text import graph_text
from tickmark.report.terminal_text import shown_width
from tickmark.report.trace import trace
from tickmark.report.trace_text import trace_text
from tickmark.structure.formulas import formulas_of
from tickmark.structure.graph import FormulaGraph, graph_of

MOST_LINES = 150


def graph(workbook: Workbook) -> FormulaGraph:
    return graph_of(formulas_of(workbook))


def lines(workbook: Workbook) -> list[str]:
    summary = summary_of(graph(workbook), problems=(), read_seconds=0, build_seconds=0)
    return graph_text(summary).split("\n")


def test_every_long_list_is_cut_and_its_total_told() -> None:
    sheets: dict[str, dict[str, CellSpec]] = {
        f"A sheet with quite a long name {number}": {"A1": f"=Data!A{number + 1}"}
        for number in range(60)
    }
    data: dict[str, CellSpec] = {f"A{row}": row for row in range(1, 101)}
    data |= {f"C{row}": f"=C{row}+A{row}" for row in range(1, 31)}
    data |= {f"E{row}": f"=Missing{row}*A{row}" for row in range(1, 31)}
    data |= {f"G{row}": f'=INDIRECT("A{row}")' for row in range(1, 31)}
    data |= {"I1": "=A1", **{f"I{row}": f"=I{row - 1}*{row}" for row in range(2, 41)}}
    told = lines(book({"Data": data, **sheets}))

    assert max(map(shown_width, told)) <= 80
    assert len(told) <= MOST_LINES
    assert "  and 21 more sheets" in told
    assert "Circular references: 30" in told
    assert "  and 22 more" in told
    assert "Levels: 40; the cells of one need only cells of those before it" in told
    assert any(line.startswith("  … 31 levels with 31 cells") for line in told)
    assert any(line.startswith("  … 29 more stages") for line in told)
    assert "  of 60 constants that formulas refer to" in told
    assert "References that lead nowhere: 30" in told
    assert "  and 18 more" in told
    assert "  and 22 more in 22 cells" in told


def test_cells_that_an_array_fills_are_told_apart_from_formulas() -> None:
    made = book({"S": {"A1": "=B1:B3*2", "A2": 2, "A3": 3, "B1": 1, "C1": "=A3"}, "T": {"A1": 1}})
    page = made.sheets[0]
    span = RangeRef("S", 1, 1, 3, 1)
    number = page.cells.formula_texts.index("B1:B3*2")
    groups = {number: FormulaGroup(FormulaKind.ARRAY, 1, 1, span)}
    page = replace(page, cells=replace(page.cells, formula_groups=groups))

    told = lines(replace(made, sheets=(page, made.sheets[1])))

    assert told[1:3] == [
        "  Formulas    2 on 1 of 2 sheets; 2 different, in 2 blocks",
        "  Filled      2 more cells by array formulas and data tables",
    ]
    assert told[told.index("Sheets in the order of analysis") + 2] == "  1  S             2"
    assert "  1  3 cells  S!A1:A3" in told


def test_of_thousands_of_levels_the_first_and_the_last_are_told() -> None:
    cells: dict[str, CellSpec] = {f"A{row}": f"=A{row - 1}*{row}" for row in range(2, 1_202)}
    summary = summary_of(graph(book(cells)), problems=(), read_seconds=0, build_seconds=0)

    record = graph_record(summary)
    assert record["levels"] == summary.stage_count == 1_200
    assert [one.number for one in summary.levels] == [*range(1, 1_000), 1_200]
    assert [one.number for one in summary.critical] == [*range(1, 1_000), 1_200]
    told = graph_text(summary).split("\n")
    assert "Levels: 1,200; the cells of one need only cells of those before it" in told
    assert "     … 1,191 levels with 1,191 cells" in [f"   {line}" for line in told]
    assert told[-1:] != [""]


def test_sheets_that_need_each_other_and_other_books_are_marked() -> None:
    told = lines(
        book(
            {
                "In": {"A1": 1},
                "Up": {"A1": "=In!A1+Down!B1", "A2": "=[1]Rates!A1"},
                "Down": {"A1": "=Up!A1", "B1": "=In!A1*2"},
                "Alone": {"A1": "=1+1"},
            },
            links=(ExternalLink(1, "rates.xlsx"),),
        )
    )

    assert told[told.index("Sheets in the order of analysis") :][:7] == [
        "Sheets in the order of analysis",
        "      sheet  formulas  fed by (references)",
        "   1  In            -",
        "  2*  Up            2  In 1, Down 1, [1] 1",
        "   *  Down          2  In 1, Up 1",
        "   3  Alone         1",
        "  * these sheets need each other",
    ]
    assert "  Other books  1: [1] rates.xlsx" in told


def test_wide_letters_and_long_texts_keep_to_their_line() -> None:
    name = "収益計算シート収益計算シート"
    told = lines(
        book(
            {name: {"A1": "価格" * 40, "B1": 3, "A2": "\u0300" * 50, "B2": f'=B1&"{"x" * 500}"'}},
            names=(DefinedName("n" * 200, f"'{name}'!$B$1"),),
            path="ordner/" * 30 + "buch.xlsx",
        )
    )

    assert max(map(shown_width, told)) <= 80
    assert told[0].endswith("…")


def test_every_real_workbook_is_told_shortly(corpus: Path) -> None:
    paths = sorted(corpus.glob("*.xls[xm]"))
    assert paths
    for path in paths:
        try:
            made = graph(read_workbook(path))
        except WorkbookRefused:
            continue
        summary = summary_of(made, problems=(), read_seconds=0, build_seconds=0)
        told = graph_text(summary).split("\n")
        for one in summary.inputs[:2]:
            told += trace_text(trace(made, str(one.at.range))).split("\n")
        assert max(map(shown_width, told)) <= 80, path
        assert len(told) <= 2 * MOST_LINES, path


@pytest.mark.parametrize("named", ["'A''s !'!B1", "'A''s !'!B1:B3", "whole"])
def test_a_trace_of_hostile_names_keeps_to_its_line(named: str) -> None:
    cells: dict[str, CellSpec] = {"A1": "x" * 300, "B1": 2, "B2": "=B1", "B3": "=B2" + "+B1" * 200}
    made = graph(book({"A's !": cells}, names=(DefinedName("whole", "'A''s !'!$B$1:$B$3"),)))

    told = trace_text(trace(made, named)).split("\n")

    assert max(map(shown_width, told)) <= 80
    assert len(told) <= 40
