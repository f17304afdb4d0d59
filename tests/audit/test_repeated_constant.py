"""The rule repeated-constant: what it accuses and what it leaves alone."""

from __future__ import annotations

import pytest

from tests.books import CellSpec, book, sheet
from tickmark.audit.rule import Facts
from tickmark.audit.rules.repeated_constant import repeated_constant
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.workbook import Workbook
from tickmark.structure.formulas import formulas_of

Cells = dict[str, CellSpec]


def _findings(workbook: Workbook) -> list[Finding]:
    return list(repeated_constant.check(Facts(workbook, formulas_of(workbook))))


def _three(number: str) -> Cells:
    """Three different formulas with one number."""
    return {
        "B2": 10.0,
        "C2": (f"=B2*{number}", 1.0),
        "C4": (f"=SUM(B2:B3)*{number}", 1.0),
        "C6": (f"=B2/{number}", 1.0),
    }


def test_a_number_in_three_formulas_is_one_finding_with_all_its_places() -> None:
    (finding,) = _findings(book(_three("1.19")))

    assert finding == Finding(
        rule="repeated-constant",
        severity=Severity.LOW,
        message="The number 1.19 is typed in 3 formulas (C2, C4, C6).",
        sheet="Sheet1",
        ranges=("C2", "C4", "C6"),
        evidence={"number": "1.19", "places": "3", "formula": "=B2*1.19"},
        fix="Put 1.19 into one labelled input cell and let all the places refer to it.",
        confidence=0.55,
        tier=Tier.MORE,
        key="1.19",
    )


def test_formulas_and_cells_on_several_sheets_are_named_with_their_sheets() -> None:
    one: Cells = {"A1": 5, "B1": ("=A1*0.0275", 1.0)}
    other: Cells = {"A1": "Rate", "B1": 0.0275, "A9": 7, "B9": ("=A9-A9*0.0275", 1.0)}

    (finding,) = _findings(book({"Plan": sheet(one), "Old plan": sheet(other)}))

    assert (finding.sheet, finding.ranges) == ("Plan", ("B1",))
    assert finding.evidence["also in"] == "'Old plan'!B1, 'Old plan'!B9"


def test_a_long_number_in_cells_of_three_sheets_is_told() -> None:
    pages = {name: sheet({"A1": "Total", "B1": 1959668327}) for name in ("One", "Two", "Three")}

    (finding,) = _findings(book(pages))

    assert finding.evidence["also in"] == "Two!B1, Three!B1"
    assert finding.message == (
        "The number 1959668327 is typed in cells of 3 regions (B1, Two!B1, Three!B1)."
    )


@pytest.mark.parametrize("number", ["5", "10", "0.5", "12", "365", "15000", "0.19", "100", "2024"])
def test_short_round_and_plain_numbers_stay_silent(number: str) -> None:
    assert _findings(book(_three(number))) == []


def test_copies_of_one_formula_stay_silent() -> None:
    cells: Cells = {f"C{row}": (f"=B{row}*1.19", 1.0) for row in range(2, 40)}

    assert _findings(book(cells)) == []


def test_two_places_stay_silent() -> None:
    cells: Cells = {"B2": 10.0, "C2": ("=B2*1.19", 1.0), "C4": ("=B2/1.19", 1.0)}

    assert _findings(book(cells)) == []


def test_many_equal_numbers_in_one_table_stay_silent() -> None:
    cells: Cells = {"A1": "Item", "B1": "Price"}
    cells |= {f"A{row}": f"Item {row}" for row in range(2, 12)}
    cells |= {f"B{row}": 1234.5678 for row in range(2, 12)}

    assert _findings(book(cells)) == []


def test_short_numbers_of_cells_alone_stay_silent() -> None:
    pages = {name: sheet({"A1": "Total", "B1": 125.5}) for name in ("One", "Two", "Three")}

    assert _findings(book(pages)) == []


def test_tables_that_repeat_each_other_stay_silent() -> None:
    table: Cells = {"A1": "Item", "B1": "Price"}
    table |= {f"A{row}": f"Item {row}" for row in range(2, 9)}
    table |= {f"B{row}": 1234.5678 + row for row in range(2, 9)}

    assert _findings(book({name: sheet(table) for name in ("One", "Two", "Three")})) == []


def test_numbers_that_formulas_give_stay_silent() -> None:
    pages = {
        name: sheet(
            {"A1": 1959668327, "B1": ("=A1*1", 1959668327)}
            if name == "One"
            else {"B1": ("=One!A1", 1959668327)}
        )
        for name in ("One", "Two", "Three")
    }

    assert _findings(book(pages)) == []
