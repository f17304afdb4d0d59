"""The rule unused-input: typed numbers with a label that nothing takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.books import CellSpec, book
from tickmark.audit.rule import Facts
from tickmark.audit.rules.unused_input import unused_input
from tickmark.model.drawing import Chart, ChartSeries
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.sheet_details import SheetDetails
from tickmark.model.workbook import Workbook
from tickmark.structure.formulas import formulas_of

Cells = dict[str, CellSpec]

ASSUMPTIONS: Cells = {
    "A1": "Assumptions",
    "A2": "Growth",
    "B2": 0.05,
    "A3": "Churn",
    "B3": 0.02,
    "A4": "Price",
    "B4": 12.5,
    "A5": "Tax",
    "B5": 0.25,
}


def _findings(workbook: Workbook) -> list[Finding]:
    return list(unused_input.check(Facts(workbook, formulas_of(workbook))))


def _used(*rows: int) -> Cells:
    return {f"B{row + 10}": (f"=B{row}*2", 1.0) for row in rows}


def test_an_assumption_that_nothing_names_is_told() -> None:
    (finding,) = _findings(book(ASSUMPTIONS | _used(2, 4, 5)))

    assert finding == Finding(
        rule="unused-input",
        severity=Severity.LOW,
        message='Nothing uses the input "Churn" in B3 (0.02).',
        sheet="Sheet1",
        ranges=("B3",),
        evidence={"found": "0.02", "label": "Churn", "inputs": "1"},
        fix="Use the input in the formula that it is meant for, or delete it.",
        confidence=finding.confidence,
        tier=Tier.MORE,
        key="Churn",
    )


def test_two_assumptions_are_two_findings() -> None:
    cells = ASSUMPTIONS | {"A6": "Rent", "B6": 900} | _used(2, 4, 6)

    assert {one.key for one in _findings(book(cells))} == {"Churn", "Tax"}


def _table() -> Cells:
    cells: Cells = {"A1": "Item", "B1": "Hours", "C1": "Rate", "D1": "Cost"}
    for row in range(2, 10):
        cells |= {
            f"A{row}": f"Job {row}",
            f"B{row}": row * row + 0.5,
            f"C{row}": 60 + row * row % 7 * 3,
        }
        cells[f"D{row}"] = (f"=B{row}*C{row}", 1.0)
    return cells


def test_numbers_of_a_table_that_share_a_row_are_one_finding() -> None:
    cells = _table() | {"D5": ("=B4*C4", 1.0)}

    (finding,) = _findings(book(cells))

    assert (finding.ranges, finding.evidence["inputs"]) == (("B5:C5",), "2")
    assert finding.message == 'Nothing uses 2 inputs in B5:C5, such as "Job 5".'


@pytest.mark.parametrize(
    "cells",
    [
        ASSUMPTIONS,
        ASSUMPTIONS | _used(2, 3, 4, 5),
        ASSUMPTIONS | {"D1": ("=SUM(B2:B5)", 1)},
        ASSUMPTIONS | {"D1": ("=SUM(B:B)", 1)},
        ASSUMPTIONS | {"A3": "Year", "B3": 2024} | _used(2, 4, 5),
        ASSUMPTIONS | {"A3": "Note", "B3": 7} | _used(2, 4, 5),
        ASSUMPTIONS | {"A3": "Account no.", "B3": 4711} | _used(2, 4, 5),
        ASSUMPTIONS | {"B3": 0} | _used(2, 4, 5),
        ASSUMPTIONS | {"B3": "n/a"} | _used(2, 4, 5),
        ASSUMPTIONS | {"B3": True} | _used(2, 4, 5),
        ASSUMPTIONS | _used(2, 4, 5) | {"E1": '=INDIRECT("B"&3)'},
        {"A1": 5, "A2": 6, "A3": 7, "C1": ("=A1+A3", 12)},
        _table(),
    ],
)
def test_what_is_used_or_no_input_stays_silent(cells: Cells) -> None:
    assert _findings(book(cells)) == []


def test_a_workbook_with_macros_stays_silent() -> None:
    assert _findings(replace(book(ASSUMPTIONS | _used(2, 4, 5)), has_macros=True)) == []


def test_an_input_that_a_chart_shows_stays_silent() -> None:
    workbook = book(ASSUMPTIONS | _used(2, 4, 5))
    chart = Chart("Chart 1", series=(ChartSeries(values="Sheet1!$B$2:$B$5"),))
    page = replace(workbook.sheets[0], details=SheetDetails(charts=(chart,)))

    assert _findings(replace(workbook, sheets=(page,))) == []


def test_an_input_on_another_sheet_counts_as_used() -> None:
    model: Cells = {f"A{row}": (f"=Assumptions!B{row}*2", 1.0) for row in (2, 3, 4, 5)}

    assert _findings(book({"Assumptions": ASSUMPTIONS, "Model": model})) == []


def test_an_input_lost_by_another_sheet_is_told_where_it_stands() -> None:
    model: Cells = {f"A{row}": (f"=Assumptions!B{row}*2", 1.0) for row in (2, 3, 4)}

    (finding,) = _findings(book({"Assumptions": ASSUMPTIONS, "Model": model}))

    assert (finding.sheet, finding.ranges) == ("Assumptions", ("B5",))
