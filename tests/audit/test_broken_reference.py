"""The rule broken-reference: what it accuses and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.books import CellSpec, Value, book, sheet
from tickmark.audit.rule import Facts
from tickmark.audit.rules.broken_reference import broken_reference
from tickmark.model.address import RangeRef
from tickmark.model.cell_rules import ConditionalFormat, DataValidation
from tickmark.model.drawing import Chart, ChartSeries
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.pivot import PivotTable
from tickmark.model.sheet_details import SheetDetails
from tickmark.model.workbook import DefinedName, Workbook
from tickmark.structure.formulas import formulas_of

REF = "#REF!"


def _findings(workbook: Workbook) -> list[Finding]:
    return list(broken_reference.check(Facts(workbook, formulas_of(workbook))))


def test_copies_of_a_broken_formula_are_one_finding() -> None:
    cells: dict[str, CellSpec] = {f"B{row}": (f"=SUM(#REF!)+A{row}", REF) for row in (2, 3, 7)}
    (finding,) = _findings(book(cells))
    assert finding.ranges == ("B2:B3", "B7")
    assert finding.severity is Severity.HIGH
    assert finding.message == "3 formulas refer to deleted cells (B2:B3, B7)."
    assert finding.evidence == {"formula": "=SUM(#REF!)+A2", "cells": "3"}


def test_members_of_a_shared_formula_are_accused_too() -> None:
    (finding,) = _findings(book({"S": sheet({}, shared={"B2:B9": "=#REF!*A2"})}))
    assert finding.ranges == ("B2:B9",)


@pytest.mark.parametrize(
    ("value", "severity"),
    [(REF, Severity.HIGH), (None, Severity.HIGH), (5, Severity.MEDIUM), ("x", Severity.MEDIUM)],
)
def test_a_formula_that_shows_no_error_weighs_less(value: Value, severity: Severity) -> None:
    (finding,) = _findings(book({"A1": ("=IF(TRUE,5,#REF!)", value)}))
    assert finding.severity is severity


@pytest.mark.parametrize("text", ["=Sheet1!#REF!", "=#REF!A1", "=[2]#REF!$A$1", "=SUM(A1,#ref!)"])
def test_every_form_of_a_lost_reference_is_found(text: str) -> None:
    assert len(_findings(book({"A1": (text, REF)}))) == 1


@pytest.mark.parametrize(
    "cells",
    [
        {"A1": '="#REF!"'},
        {"A1": "#REF!"},
        {"A1": ("=INDIRECT(B1)", REF)},
        {"A1": "='#REF! notes'!A1"},
        {"A1": ("=#DIV/0!", "#DIV/0!")},
    ],
)
def test_an_error_without_a_lost_reference_stays_silent(cells: dict[str, CellSpec]) -> None:
    assert _findings(book(cells)) == []


def _report(**changed: CellSpec) -> dict[str, CellSpec]:
    """Four lines of figures in B2:D5, of which some lost what they referred to."""
    cells: dict[str, CellSpec] = {"A1": "Item", "B1": "Energy", "C1": "Fuel", "D1": "Cost"}
    for row in range(2, 6):
        cells |= {f"A{row}": f"Item {row}"}
        cells |= {f"{letter}{row}": 10.0 * row for letter in "BCD"}
    return cells | changed


def test_formulas_of_one_region_that_lost_the_same_are_one_finding() -> None:
    cells = _report(B2=("=#REF!", REF), D3=("=#REF!*#REF!", REF), B5=("=C5*#REF!/1000", REF))
    (finding,) = _findings(book(cells))
    assert finding.ranges == ("B2", "D3", "B5")
    assert finding.message == "3 formulas refer to deleted cells (B2, D3, B5)."
    assert finding.key == "#REF!"


def test_blocks_beside_each_other_that_lost_the_same_are_one_finding() -> None:
    cells: dict[str, CellSpec] = {f"B{row}": (f"=#REF!*A{row}", REF) for row in range(2, 6)}
    cells |= {f"F{row}": (f"=#REF!+A{row}", REF) for row in range(2, 6)}
    (finding,) = _findings(book(cells))
    assert finding.ranges == ("B2:B5", "F2:F5")


def test_formulas_that_lost_cells_of_different_sheets_are_findings_of_their_own() -> None:
    cells = _report(B2=("=Rates!#REF!", REF), D2=("=Plan!#REF!", REF))
    assert [one.ranges for one in _findings(book(cells))] == [("B2",), ("D2",)]


def test_regions_apart_are_findings_of_their_own() -> None:
    cells = _report(B2=("=#REF!*2", REF))
    cells |= {f"H{row}": float(row) for row in range(20, 25)} | {"I24": ("=#REF!*3", REF)}
    assert [one.ranges for one in _findings(book(cells))] == [("B2",), ("I24",)]


def test_what_shows_an_error_is_not_joined_with_what_shows_none() -> None:
    cells = _report(B2=("=#REF!*2", REF), D3=("=IF(TRUE,5,#REF!)", 5))
    assert [one.severity for one in _findings(book(cells))] == [Severity.HIGH, Severity.MEDIUM]


def test_a_broken_name_in_use_is_named_with_its_users() -> None:
    workbook = book(
        {"A1": ("=Rate*2", REF), "A2": ("=Rate*2", REF), "A3": 1},
        names=[DefinedName("Rate", "Inputs!#REF!")],
    )
    (finding,) = _findings(workbook)
    assert (finding.severity, finding.sheet, finding.ranges) == (Severity.HIGH, "", ())
    assert finding.message == "The name Rate, used by 2 formulas, refers to deleted cells."
    assert finding.evidence == {
        "name": "Rate",
        "refers to": "=Inputs!#REF!",
        "used by": "2",
    }


def test_broken_names_that_no_formula_uses_are_one_low_finding() -> None:
    workbook = book(
        {"S": {"A1": ("=Good", 1)}},
        names=[
            DefinedName("One", "#REF!"),
            DefinedName("Two", "S!#REF!", sheet="S"),
            DefinedName("Good", "S!$A$9"),
            DefinedName("Filter", "#REF!", hidden=True),
            DefinedName("_xlnm.Print_Area", "#REF!", sheet="S"),
            DefinedName("Excel_BuiltIn__FilterDatabase", "#REF!", sheet="S"),
        ],
    )
    (finding,) = _findings(workbook)
    assert (finding.severity, finding.tier) == (Severity.LOW, Tier.MORE)
    assert finding.message == (
        "2 names refer to deleted cells and no formula uses them (One, S!Two)."
    )


def _with(details: SheetDetails) -> Workbook:
    workbook = book({"Sheet1": {"A1": 1}})
    return replace(workbook, sheets=(replace(workbook.sheets[0], details=details),))


AREA = RangeRef("Sheet1", 2, 2, 9, 2)


@pytest.mark.parametrize(
    ("details", "severity", "tier", "ranges", "message"),
    [
        (
            SheetDetails(
                charts=(
                    Chart("Sales", series=(ChartSeries(values="Sheet1!#REF!"),)),
                    Chart("Costs", series=(ChartSeries(categories="#REF!"),)),
                    Chart("Good", series=(ChartSeries(values="Sheet1!$A$1"),)),
                )
            ),
            Severity.MEDIUM,
            Tier.DEFAULT,
            (),
            '2 charts take cells that were deleted ("Sales", "Costs").',
        ),
        (
            SheetDetails(validations=(DataValidation((AREA,), "list", formulas=("#REF!",)),)),
            Severity.MEDIUM,
            Tier.DEFAULT,
            ("B2:B9",),
            "1 data validation takes cells that were deleted (B2:B9).",
        ),
        (
            SheetDetails(pivots=(PivotTable("Pivot1", AREA, "Lost!#REF!"),)),
            Severity.MEDIUM,
            Tier.DEFAULT,
            ("B2:B9",),
            '1 pivot table takes cells that were deleted ("Pivot1").',
        ),
        (
            SheetDetails(
                conditional_formats=(
                    ConditionalFormat((AREA,), "expression", formulas=("#REF!>0",)),
                )
            ),
            Severity.LOW,
            Tier.MORE,
            ("B2:B9",),
            "1 conditional format takes cells that were deleted (B2:B9).",
        ),
    ],
)
def test_lost_cells_of_charts_and_rules(
    details: SheetDetails, severity: Severity, tier: Tier, ranges: tuple[str, ...], message: str
) -> None:
    (finding,) = _findings(_with(details))
    assert (finding.severity, finding.tier, finding.ranges) == (severity, tier, ranges)
    assert (finding.sheet, finding.message) == ("Sheet1", message)


@pytest.mark.parametrize(
    "details",
    [
        SheetDetails(validations=(DataValidation((AREA,), "list", formulas=('"#REF!,x"',)),)),
        SheetDetails(charts=(Chart("Good", series=(ChartSeries(values="Sheet1!$A$1"),)),)),
        SheetDetails(
            conditional_formats=(ConditionalFormat((AREA,), "containsText", text="#REF!"),)
        ),
        SheetDetails(pivots=(PivotTable("Pivot1", AREA, "#REF!", external=True),)),
    ],
)
def test_texts_and_whole_rules_stay_silent(details: SheetDetails) -> None:
    assert _findings(_with(details)) == []
