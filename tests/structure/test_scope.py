"""What names, tables and 3D references mean, seen from a cell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.books import CellSpec, book, sheet
from tickmark.model.address import RangeRef
from tickmark.model.workbook import DefinedName, Workbook
from tickmark.structure.calls import Use
from tickmark.structure.references import Reference, references
from tickmark.structure.scope import scope_of

CELLS: dict[str, CellSpec] = {
    "A1": "Item",
    "B1": "Price",
    "C1": "Q[1]",
    "A2": "x",
    "B2": 1,
    "C2": 2,
    "A3": "y",
}


def _workbook() -> Workbook:
    made = book(
        {
            "Jan": {},
            "Feb": {},
            "Mar": {},
            "Own": sheet({**CELLS, "A4": "Total"}, tables=(("Sales", "A1:C4"),)),
        },
        names=[
            DefinedName("Rate", "Jan!$B$2"),
            DefinedName("rate", "Feb!$B$2", sheet="Mar"),
            DefinedName("Left", "Own!A1"),
            DefinedName("Both", "Rate+SUM(Feb!$A$1:$A$9)"),
            DefinedName("Maybe", "IF(Jan!$A$1,Jan!$A$2,0)"),
            DefinedName("Loop", "Loop+Other"),
            DefinedName("Other", "Loop+Jan!$C$1"),
            DefinedName("Away", "[1]S!$A$1+Rate"),
            DefinedName("Away2", "Away*2"),
            DefinedName("Lost", "#REF!"),
            DefinedName("Lost2", "Lost+1"),
        ],
    )
    own = made["Own"]
    table = replace(own.tables[0], columns=("Item", "Price", "Q[1]"), totals_rows=1)
    return replace(made, sheets=(*made.sheets[:3], replace(own, tables=(table,))))


def _resolved(text: str, cell: str = "Own!E3") -> list[str]:
    return [
        f"{found.sheet}!{found.area.a1}" for found in _areas(text, cell) if found.area is not None
    ]


def _areas(text: str, cell: str = "Own!E3") -> list[Reference]:
    scope, at = scope_of(_workbook()), RangeRef.parse(cell)
    return [
        found for reference in references(text, at.sheet) for found in scope.resolved(reference, at)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A1", ["Own!A1"]),
        ("JAN!A1", ["Jan!A1"]),
        ("SUM(Jan:Mar!B2)", ["Jan!B2", "Feb!B2", "Mar!B2"]),
        ("SUM(Mar:Feb!B2)", ["Feb!B2", "Mar!B2"]),
        ("RATE*2", ["Jan!B2"]),
        ("Mar!Rate", ["Feb!B2"]),
        ("Left", ["Own!E3"]),
        ("Both", ["Jan!B2", "Feb!A1:A9"]),
        ("Loop", ["Jan!C1"]),
        ("Sales", ["Own!A2:C3"]),
        ("SUM(Sales[Price])", ["Own!B2:B3"]),
        ("SUM(sales[price])", ["Own!B2:B3"]),
        ("Sales[[#This Row],[Price]]", ["Own!B3"]),
        ("Sales[@Price]", ["Own!B3"]),
        ("Sales[@]", ["Own!A3:C3"]),
        ("Sales[@[Item]:[Price]]", ["Own!A3:B3"]),
        ("Sales[[Item]:[Price]]", ["Own!A2:B3"]),
        ("Sales[#All]", ["Own!A1:C4"]),
        ("Sales[#Headers]", ["Own!A1:C1"]),
        ("Sales[[#Totals],[Price]]", ["Own!B4"]),
        ("Sales[[#Headers],[#Data],[Price]]", ["Own!B1", "Own!B2:B3"]),
        ("Sales[Q'[1']]", ["Own!C2:C3"]),
    ],
)
def test_a_reference_is_followed_to_its_cells(text: str, expected: list[str]) -> None:
    assert _resolved(text) == expected


@pytest.mark.parametrize(
    "text", ["Unknown", "Gone!A1", "Jan:Gone!A1", "[1]S!A1", "#REF!", "Sales[Gone]", "Nowhere[x]"]
)
def test_what_this_workbook_does_not_have_means_no_cells(text: str) -> None:
    assert _resolved(text) == []


def test_this_row_means_nothing_outside_of_the_table_rows() -> None:
    assert _resolved("Sales[@Price]", "Own!E9") == []


def test_a_reference_without_table_name_means_the_table_around_the_cell() -> None:
    assert _resolved("[@Price]", "Own!C2") == ["Own!B2"]
    assert _resolved("[@Price]", "Own!E2") == []


def test_a_sheets_own_name_hides_that_of_the_workbook() -> None:
    assert _resolved("Rate", "Mar!A1") == ["Feb!B2"]


def test_this_row_moves_with_the_formula_and_a_name_does_not() -> None:
    assert _areas("Sales[@Price]")[0].relative == (True, False, True, False)
    assert _areas("Rate")[0].relative == (False, False, False, False)


@pytest.mark.parametrize(
    ("text", "uses"),
    [
        ("Rate", [Use.VALUE]),
        ("IF(1,Rate)", [Use.CONDITIONAL]),
        ("SUM(Sales[Price])", [Use.VALUE]),
        ("Sales[Price]*2", [Use.SELECTED]),
        ("ROWS(Sales)", [Use.POSITION]),
        ("Maybe", [Use.VALUE, Use.CONDITIONAL]),
        ("IF(1,Both)", [Use.CONDITIONAL, Use.CONDITIONAL]),
    ],
)
def test_the_use_is_told_through_names(text: str, uses: list[Use]) -> None:
    assert [found.use for found in _areas(text)] == uses


@pytest.mark.parametrize(
    ("text", "books"),
    [("[1]S!A1+[2]!x", {"1", "2"}), ("Away2", {"1"}), ("Rate", set()), ("'[1]not'&A1", set())],
)
def test_other_workbooks_are_found_behind_names(text: str, books: set[str]) -> None:
    assert scope_of(_workbook()).books_in(text, "Own") == books


@pytest.mark.parametrize(
    ("text", "broken"),
    [("#REF!", True), ("Lost2*2", True), ("Rate", False), ('"#REF!"', False), ("Unknown", False)],
)
def test_lost_cells_are_found_behind_names(text: str, *, broken: bool) -> None:
    assert scope_of(_workbook()).is_broken_text(text, "Own") is broken
