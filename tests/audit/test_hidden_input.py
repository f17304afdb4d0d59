"""The rule hidden-input: hidden rows, columns and sheets that feed what is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.books import CellSpec, SheetSpec, book, sheet
from tickmark.audit.rule import Facts
from tickmark.audit.rules.hidden_input import hidden_input
from tickmark.model.address import RangeRef
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.sheet_details import OutlineRun, SheetDetails
from tickmark.model.workbook import Table, Workbook
from tickmark.structure.formulas import formulas_of

RATES: dict[str, CellSpec] = {
    "A1": "Item",
    "B1": "Hours",
    "C1": "Rate",
    "D1": "Cost",
    "A2": "Design",
    "B2": 10,
    "C2": 80,
    "D2": ("=B2*C2", 800),
    "A3": "Build",
    "B3": 20,
    "C3": 90,
    "D3": ("=B3*C3", 1800),
    "A4": "Total",
    "D4": ("=SUM(D2:D3)", 2600),
}


def _findings(workbook: Workbook) -> list[Finding]:
    return list(hidden_input.check(Facts(workbook, formulas_of(workbook))))


def _with_details(workbook: Workbook, details: SheetDetails) -> Workbook:
    return replace(workbook, sheets=(replace(workbook.sheets[0], details=details),))


def test_a_hidden_column_of_typed_numbers_is_told_with_what_depends_on_it() -> None:
    (finding,) = _findings(book({"Bill": sheet(RATES, hidden_columns=((3, 3),))}))

    assert finding == Finding(
        rule="hidden-input",
        severity=Severity.LOW,
        message='The hidden column C feeds 3 formulas that are shown, such as "Total, Cost".',
        sheet="Bill",
        ranges=("C2:C3",),
        evidence={
            "cells used": "2",
            "typed numbers": "2",
            "formulas shown": "3",
            "results": "Total, Cost",
        },
        fix="Show the cells and check them, or move them to where a reader sees them.",
        confidence=0.9,
        tier=Tier.MORE,
        key="columns Rate",
    )


def test_a_hidden_row_is_told_with_the_formulas_behind_it() -> None:
    (finding,) = _findings(book({"Bill": sheet(RATES, hidden_rows=((3, 3),))}))

    assert finding.ranges == ("B3:D3",)
    assert finding.message.startswith("The hidden row 3 feeds 1 formula that is shown")


def test_hidden_calculations_without_typed_numbers_are_for_information() -> None:
    cells = RATES | {"F4": ("=D4*1.2", 3120)}
    (finding,) = _findings(book({"Bill": sheet(cells, hidden_columns=((4, 4),))}))
    assert (finding.severity, finding.ranges) == (Severity.INFO, ("D2:D4",))


@pytest.mark.parametrize(
    ("state", "words"),
    [("hidden", "The hidden sheet feeds"), ("veryHidden", "The very hidden sheet feeds")],
)
def test_a_hidden_sheet_is_one_finding_without_ranges(state: str, words: str) -> None:
    hidden: dict[str, CellSpec] = {"A1": "Rate", "B1": 0.2, "A2": "Old", "B2": 7}
    shown: dict[str, CellSpec] = {"A1": "Tax", "B1": ("=100*Setup!B1", 20)}

    (finding,) = _findings(
        book({"Setup": sheet(hidden, state=state, hidden_rows=((1, 1),)), "Tax": shown})
    )

    assert (finding.sheet, finding.ranges, finding.key) == ("Setup", (), "sheet ")
    assert finding.message.startswith(f"{words} 1 formula that is shown")


def test_what_depends_over_hidden_steps_is_counted_where_it_is_shown() -> None:
    steps: dict[str, CellSpec] = {"A1": ("=Inputs!A1*2", 2), "A2": ("=A1*2", 4)}
    workbook = book(
        {
            "Inputs": sheet({"A1": 1}, state="hidden"),
            "Steps": sheet(steps, state="hidden"),
            "Shown": {"A1": ("=Steps!A2", 4)},
        }
    )

    assert [(one.sheet, one.evidence["formulas shown"]) for one in _findings(workbook)] == [
        ("Inputs", "1"),
        ("Steps", "1"),
    ]


def test_each_hidden_part_is_one_finding() -> None:
    cells: Mapping[str, CellSpec] = RATES | {"F2": ("=B2+C2", 90)}
    spec = SheetSpec(cells, hidden_columns=((2, 3),), hidden_rows=((2, 2),))

    assert [one.key for one in _findings(book({"Bill": spec}))] == ["rows Design", "columns Hours"]


@pytest.mark.parametrize(
    "spec",
    [
        sheet(RATES),
        sheet(RATES, hidden_columns=((1, 1),)),
        sheet(RATES, hidden_columns=((6, 9),)),
        sheet(RATES, hidden_rows=((1, 1),)),
        sheet(RATES, hidden_rows=((9, 20),)),
        sheet(RATES, hidden_columns=((1, 4),)),
        sheet(RATES, state="hidden"),
        sheet({"A1": 1, "B1": 2}, hidden_columns=((1, 1),)),
    ],
)
def test_what_feeds_nothing_shown_stays_silent(spec: SheetSpec) -> None:
    assert _findings(book({"Bill": spec})) == []


def test_a_hidden_cell_that_only_hidden_formulas_use_stays_silent() -> None:
    cells: dict[str, CellSpec] = {"A1": 1, "B1": ("=A1*2", 2), "C1": 3}

    assert _findings(book({"S": sheet(cells, hidden_columns=((1, 2),))})) == []


def test_rows_that_a_filter_hides_are_no_hidden_part() -> None:
    workbook = book({"Bill": sheet(RATES, hidden_rows=((3, 3),))})
    filtered = SheetDetails(filter_range=RangeRef("Bill", 1, 1, 3, 4))
    assert _findings(_with_details(workbook, filtered)) == []

    page = workbook.sheets[0]
    area = RangeRef("Bill", 1, 1, 3, 4)
    table = Table("Rates", area, ("Item", "Hours", "Rate", "Cost"), filter_range=area)
    assert _findings(replace(workbook, sheets=(replace(page, tables=(table,)),))) == []


def test_a_hidden_row_outside_of_the_filter_is_told() -> None:
    workbook = book({"Bill": sheet(RATES, hidden_rows=((2, 3),))})
    filtered = SheetDetails(filter_range=RangeRef("Bill", 1, 1, 2, 4))

    (finding,) = _findings(_with_details(workbook, filtered))

    assert finding.message.startswith("The hidden row 3 feeds")


def test_rows_folded_up_by_an_outline_are_for_information() -> None:
    workbook = book({"Bill": sheet(RATES, hidden_rows=((2, 3),))})
    folded = SheetDetails(row_outline=(OutlineRun(2, 3, 1, collapsed=True),))

    (finding,) = _findings(_with_details(workbook, folded))

    assert (finding.severity, finding.message[:19]) == (Severity.INFO, "The folded rows 2:3")


def test_many_hidden_rows_here_and_there_are_one_finding() -> None:
    cells: dict[str, CellSpec] = {f"A{row}": row for row in range(1, 101)}
    cells["B1"] = ("=SUM(A1:A100)", 5050)
    rows = tuple((row, row) for row in range(2, 100, 3))

    (finding,) = _findings(book({"S": sheet(cells, hidden_rows=rows)}))

    assert finding.message == "33 hidden rows feed 1 formula that is shown."
