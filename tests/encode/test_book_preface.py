"""The lines about a workbook above its sheets."""

from __future__ import annotations

from dataclasses import replace

from tests.books import book, sheet
from tickmark.encode.book_preface import book_preface, chains_of, without_shortcuts
from tickmark.model.book_details import BookDetails, Calculation
from tickmark.model.workbook import DefinedName, ExternalLink, SheetFailure
from tickmark.structure.formulas import formulas_of


def test_a_plain_workbook_of_one_sheet_needs_no_line() -> None:
    assert book_preface(formulas_of(book({"A1": 1}))) == ()


def test_a_workbook_tells_sheets_flow_constants_and_settings() -> None:
    workbook = book(
        {
            "Inputs": {"A1": 1},
            "P&L": {"A1": "=Inputs!A1"},
            "Out": {"A1": "='P&L'!A1", "A2": "=Inputs!A1", "A3": "=Secret!A1"},
            "Secret": sheet({"A1": "=Inputs!A1"}, state="hidden"),
            "Empty": {},
        },
        names=[
            DefinedName("TaxRate", "0.3"),
            DefinedName("Currency", '"EUR"'),
            DefinedName("Area", "Inputs!$A$1"),
            DefinedName("Hush", "42", hidden=True),
            DefinedName("Own", "7", sheet="Secret"),
        ],
        links=[ExternalLink(1, "/home/jane/Budget.xlsx"), ExternalLink(2, "")],
    )
    workbook = replace(
        workbook,
        has_macros=True,
        details=BookDetails(calculation=Calculation(mode="manual")),
        failures=(SheetFailure("Hidden or not", "?"),),
    )
    assert book_preface(formulas_of(workbook)) == (
        "# book sheets Inputs A1|'P&L' A1|Out A1:A3|Empty empty|1 hidden sheet",
        "# book incomplete: 1 sheet could not be read",
        "# book flow Inputs > 'P&L' > Out",
        '# book names TaxRate=0.3|Currency="EUR"',
        "# book external [1] Budget.xlsx|[2] lost",
        "# book macros|calculated only on demand",
    )
    shown = book_preface(formulas_of(workbook), hidden=True)
    assert shown[0] == "# book sheets Inputs A1|'P&L' A1|Out A1:A3|Secret A1 hidden|Empty empty"
    assert shown[2] == "# book flow Inputs > 'P&L' > Out|Inputs > Secret > Out"


def test_hidden_sheets_between_visible_ones_have_no_names() -> None:
    workbook = book(
        {"Out": {"A1": "=Rate"}, "Secret": sheet({"A1": 1}, state="veryHidden")},
        names=[DefinedName("Rate", "Secret!$A$1")],
    )
    assert book_preface(formulas_of(workbook)) == (
        "# book sheets Out A1|1 hidden sheet",
        "# book flow hidden sheets > Out",
    )


def test_links_that_longer_ways_tell_are_left_out_unless_there_are_circles() -> None:
    straight = {"a": ["b", "c"], "b": ["c"], "c": []}
    assert without_shortcuts(straight) == {"a": ["b"], "b": ["c"], "c": []}
    round_about = {"a": ["b", "c"], "b": ["c"], "c": ["a"]}
    assert without_shortcuts(round_about) == round_about


def test_chains_take_each_link_once() -> None:
    assert chains_of({"b": ["c"], "c": ["b"], "a": ["b", "c"]}) == [
        ["a", "b", "c", "b"],
        ["a", "c"],
    ]


def test_single_links_of_one_sheet_stand_together() -> None:
    sheets = {"In": {"A1": 1}, **{name: {"A1": "=In!A1"} for name in ("East", "West")}}
    assert book_preface(formulas_of(book(sheets)))[1] == "# book flow In > East, West"
