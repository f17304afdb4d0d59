"""Facts for the page, read from graphs of workbooks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.books import CellSpec, book, sheet
from tickmark.model.workbook import DefinedName, ExternalLink, SheetFailure, Workbook
from tickmark.report import graph_reading
from tickmark.report.graph_facts import (
    BlockFacts,
    GraphFacts,
    NameFacts,
    Reach,
    SheetFacts,
    TemplateFacts,
)
from tickmark.report.graph_html import graph_page
from tickmark.report.graph_reading import facts_of
from tickmark.structure.formulas import formulas_of
from tickmark.structure.graph import graph_of


def facts(workbook: Workbook) -> GraphFacts:
    return facts_of(graph_of(formulas_of(workbook)))


def test_a_small_workbook_is_told_whole() -> None:
    made = book(
        {
            "Inputs": {"A1": "Rate", "B1": 2},
            "P&L": sheet(
                {"A2": "Revenue", "B2": "=Inputs!$B$1*2", "C2": "=B2+1", "D2": "=C2+1"},
                state="hidden",
            ),
        },
        names=[
            DefinedName("Rate", "Inputs!$B$1"),
            DefinedName("_secret", "Inputs!A1", hidden=True),
        ],
        path="models/book.xlsx",
    )
    assert facts(made) == GraphFacts(
        book="book.xlsx",
        sheets=(
            SheetFacts("Inputs", area=(1, 1, 1, 2), outline=("tn",)),
            SheetFacts("P&L", "hidden", 3, 2, 2, (2, 1, 2, 4), ("hhhh",)),
        ),
        books=(),
        links={(0, 1): 1},
        templates=(
            TemplateFacts(("Inputs!", (0, 1, 2, 0, 0), "*2")),
            TemplateFacts(("", (3, 0, -1, 0, 0), "+1")),
        ),
        blocks=(
            BlockFacts(1, (2, 2, 1, 1, 1, 1), 0, reaches=(Reach(0, (1, 2, 1, 2)),)),
            BlockFacts(
                1,
                (2, 3, 1, 2, 1, 1),
                1,
                level=1,
                reaches=(Reach(1, (2, 2, 2, 2), by_column=(0, 1, 0, 1)),),
            ),
        ),
        names=(NameFacts("Rate", 0, (1, 2, 1, 2)),),
        formulas=3,
        totals=(
            ("Formulas", "3", "2 unique, in 2 blocks"),
            ("References", "3", "told by 2 edges, 66.67% of them"),
            ("Levels", "2", "calculated one after the other"),
            ("Circular references", "0", "no cell needs its own value"),
            ("Unknown precedents", "0", "no formulas with INDIRECT, OFFSET and the like"),
            ("Other workbooks", "0", "none linked"),
        ),
    )


def test_a_workbook_without_formulas_has_sheets_only() -> None:
    found = facts(book({"A1": 1}))
    assert found.sheets == (SheetFacts("Sheet1", area=(1, 1, 1, 1)),)
    assert (found.blocks, found.links, found.templates) == ((), {}, ())
    assert found.totals[1] == ("References", "0", "told by 0 edges")


def test_blocks_are_called_by_their_row_and_column() -> None:
    found = facts(book({"B1": "Total", "A2": "Rent", "B2": "=C2", "A3": "Power", "B3": "=C3"}))
    assert [one.labels for one in found.blocks] == [("", "Total")]
    found = facts(book({"B1": "Total", "A2": "Rent", "B2": "=C2"}))
    assert [one.labels for one in found.blocks] == [("Rent", "Total")]


def test_other_workbooks_have_their_file_names() -> None:
    made = book(
        {"A1": "=[1]Plan!A1", "A2": "=[1]Plan!B7"},
        links=[ExternalLink(1, "file:///C:/old%20plans/Plan%202020.xlsx")],
    )
    found = facts(made)
    assert found.books == ("Plan 2020.xlsx",)
    assert found.links == {(1, 0): 2}


def test_circular_blocks_and_unknown_precedents_are_marked() -> None:
    found = facts(book({"A1": "=B1", "B1": "=A1", "C1": '=INDIRECT("A"&B1)'}))
    assert [one.circular for one in found.blocks] == [True, True, False]
    assert [found.templates[one.template].unknown for one in found.blocks] == [False, False, True]
    assert found.totals[3:5] == (
        ("Circular references", "1", "among 2 cells"),
        ("Unknown precedents", "1", "formulas with INDIRECT, OFFSET and the like"),
    )


def test_only_cells_of_the_circle_are_circular_in_blocks_with_gaps() -> None:
    cells = {f"A{row}": "=B$20" if row % 2 else "=B$21" for row in range(1, 11)}
    found = facts(book({**cells, "B20": "=A2", "B21": "=A2"}))
    circular = {one.cells[:2] for one in found.blocks if one.circular}
    assert (1, 1) not in circular
    assert circular >= {(21, 2)}


def test_an_array_formula_is_seen_from_its_first_cell_and_reaches_one_area() -> None:
    made = facts(book({"A1": 1, "B3": '=SUM(INDIRECT("A1"),A1:A2)'}))
    assert made.templates[0].anchor is None
    assert made.blocks[0].reaches == (Reach(0, (1, 1, 2, 1)),)


def test_a_very_long_formula_ends_in_an_ellipsis() -> None:
    found = facts(book({"B1": "=" + "+".join(["A1"] * 900)}))
    pieces = found.templates[0].pieces
    assert pieces[-1] == "…"
    assert len(pieces) < 400
    found = facts(book({"B1": '="' + "x" * 5_000 + '"'}))
    assert found.templates[0].pieces[0] == '"' + "x" * 1_498 + "…"


def test_newer_functions_are_shown_without_prefix() -> None:
    found = facts(book({"B1": "=_xlfn.XLOOKUP(A1,C:C,D:D)"}))
    assert found.templates[0].pieces[0] == "XLOOKUP("


def test_tables_can_be_looked_for_by_name() -> None:
    cells: dict[str, CellSpec] = {"A1": "Item", "B1": "Price", "A2": "Pen", "B2": 3}
    found = facts(book({"S": sheet(cells, tables=(("Prices", "A1:B2"),))}))
    assert found.names == (NameFacts("Prices", 0, (1, 1, 2, 2)),)


def test_of_more_blocks_than_can_be_told_the_largest_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_reading, "MOST_BLOCKS", 2)
    found = facts(book({"A1": "=9", "B1": "=C1", "B2": "=C2", "B4": "=7", "B5": "=7"}))
    assert [one.cells for one in found.blocks] == [(1, 2, 2, 1, 1, 1), (4, 2, 2, 1, 1, 1)]
    assert found.sheets[0].blocks == 3


def test_of_very_many_references_the_first_of_each_block_are_told() -> None:
    found = facts(book({"A1": "=" + "+".join(f"C{row}" for row in range(1, 800, 2)), "B1": "=C1"}))
    assert [(len(one.reaches), one.more) for one in found.blocks] == [(200, 200), (1, 0)]


def test_what_could_not_be_read_is_said() -> None:
    made = book({"A1": "=1", "A2": "=SUM("})
    made = replace(
        made,
        sheets=(replace(made.sheets[0], problems=("3 cells were not read.",)),),
        failures=(SheetFailure("Old", "Old is a macro sheet, which is not read."),),
        problems=("The links are damaged.",),
    )
    assert facts(made).notes == (
        "Old is a macro sheet, which is not read.",
        "The links are damaged.",
        "Sheet Sheet1: 3 cells were not read.",
        "1 text is no formula that could be read whole, the first in Sheet1!A2.",
    )


def test_a_file_without_readable_formulas_is_not_called_free_of_them() -> None:
    made = graph_of(formulas_of(replace(book({"A1": 1}), formulas_available=False)))
    page = graph_page(made)
    assert "Formulas could not be read from this kind of file; it has 1 sheet." in page
    assert "no formulas" not in page


def test_the_texts_of_a_workbook_are_fit_for_any_file() -> None:
    made = book({"S\ud800\x07": {"A1": "=1"}}, names=[DefinedName("N\x00", "'S\ud800\x07'!$A$1")])
    assert facts(made).sheets[0].name == "S\ufffd\ufffd"
