"""The rule header-in-range: what it accuses and what it leaves alone."""

from __future__ import annotations

import pytest

from tests.books import CellSpec, book
from tickmark.audit.rule import Facts
from tickmark.audit.rules.header_in_range import header_in_range
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.workbook import Workbook
from tickmark.structure.formulas import formulas_of

Cells = dict[str, CellSpec]


def _findings(workbook: Workbook) -> list[Finding]:
    return list(header_in_range.check(Facts(workbook, formulas_of(workbook))))


def _years(total: str) -> Cells:
    """A table of four lines under the years 2022 to 2025, with totals in row 7."""
    cells: Cells = {"A2": "Line"}
    for column, letter in enumerate("BCDE"):
        cells[f"{letter}2"] = 2022.0 + column
        for row in range(3, 7):
            cells[f"{letter}{row}"] = float(row * 100 + column)
        cells[f"{letter}7"] = (total.replace("B", letter), 1.0)
    cells |= {f"A{row}": f"Line {row}" for row in range(3, 7)}
    return cells | {"A7": "Total"}


def _sections(*starts: int) -> Cells:
    """Blocks of a heading row and three amounts, with a total that starts 0 or 1 rows above."""
    cells: Cells = {"A1": "Line", "B1": "Amount"}
    row = 2
    for number, start in enumerate(starts):
        cells[f"A{row}"] = f"Section {chr(65 + number)}:"
        for place in range(row + 1, row + 4):
            cells |= {f"A{place}": f"Line {place}", f"B{place}": float(place) * 3}
        cells[f"A{row + 4}"] = "Total"
        cells[f"B{row + 4}"] = (f"=SUM(B{row + 1 - start}:B{row + 3})", 1.0)
        row += 5
    return cells


def test_a_year_that_is_added_up_is_of_high_severity() -> None:
    (finding,) = _findings(book(_years("=SUM(B2:B6)")))

    assert finding == Finding(
        rule="header-in-range",
        severity=Severity.HIGH,
        message="B7 takes B2:B6, which begins with the header 2022 in B2; the same in 3 more "
        "cells (B7:E7).",
        sheet="Sheet1",
        ranges=("B7:E7",),
        evidence={
            "found": "=SUM(B2:B6)",
            "found R1C1": "=SUM(R[-5]C:R[-1]C)",
            "header": "B2 holds 2022",
        },
        fix="=SUM(B3:B6)",
        confidence=0.85,
        key="SUM(R[-5]C:R[-1]C)",
    )


def test_totals_that_begin_with_a_heading_are_low_where_others_begin_with_the_data() -> None:
    (finding,) = _findings(book(_sections(0, 1, 1)))

    assert (finding.severity, finding.tier) == (Severity.LOW, Tier.DEFAULT)
    assert finding.ranges == ("B11", "B16")
    assert finding.fix == "=SUM(B8:B10)"
    assert finding.message == (
        "B11 takes B7:B10, which begins with a heading; the data begin in B8; the same in 1 more "
        "total (B11, B16), while other totals of the workbook begin with the data (1)."
    )


def test_where_all_totals_begin_with_their_heading_it_is_a_habit() -> None:
    (finding,) = _findings(book(_sections(1, 1, 1)))

    assert finding.tier is Tier.MORE


def test_totals_on_another_sheet_tell_the_habit_too() -> None:
    pages = {"One": _sections(1, 1), "Two": _sections(0, 0)}

    (finding,) = _findings(book(pages))

    assert (finding.sheet, finding.tier) == ("One", Tier.DEFAULT)


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param(_years("=SUM(B3:B6)"), id="the data alone"),
        pytest.param(_years("=SUM(B3:B6)-B2"), id="the year elsewhere in the formula"),
        pytest.param(_sections(0, 0, 0), id="below the headings"),
    ],
)
def test_ranges_that_begin_with_the_data_stay_silent(cells: Cells) -> None:
    assert _findings(book(cells)) == []


def test_blank_rows_before_the_total_stay_silent() -> None:
    cells: Cells = {"A1": "Line", "B1": "Amount", "A8": "Total", "B8": ("=SUM(B2:B7)", 90.0)}
    for row in range(2, 6):
        cells |= {f"A{row}": f"Line {row}", f"B{row}": float(row) * 5}

    assert _findings(book(cells)) == []


def test_a_grand_total_over_several_sections_stays_silent() -> None:
    cells: Cells = {"A1": "Line", "B1": "Amount"}
    row = 2
    for number in range(3):
        cells[f"A{row}"] = f"Section {number}"
        for place in (row + 1, row + 2):
            cells |= {f"A{place}": f"Line {place}", f"B{place}": float(place)}
        row += 3
    cells |= {"A11": "Total", "B11": ("=SUM(B2:B10)", 99.0)}
    cells |= {"D1": "Other", "D2": 4.0, "D3": 5.0, "D4": ("=SUM(D2:D3)", 9.0)}

    assert _findings(book(cells)) == []


def test_a_first_row_that_is_empty_in_this_column_only_stays_silent() -> None:
    cells: Cells = {"A1": "Line", "B1": "North", "C1": "South"}
    for row in range(2, 6):
        cells |= {f"A{row}": f"Line {row}", f"B{row}": float(row)}
        if row > 2:
            cells[f"C{row}"] = float(row) * 2
    cells |= {"A6": "Total", "B6": ("=SUM(B2:B5)", 14.0), "C6": ("=SUM(C2:C5)", 24.0)}

    assert _findings(book(cells)) == []


def test_a_total_over_the_same_rows_that_holds_no_numbers_yet_is_told_with_the_others() -> None:
    cells = _sections(0, 1, 1)
    cells |= {"D1": "Next year", "D6": ("=SUM(D3:D5)", 0.0), "D11": ("=SUM(D7:D10)", 0.0)}

    (finding,) = _findings(book(cells))

    assert finding.ranges == ("B11", "D11", "B16")
