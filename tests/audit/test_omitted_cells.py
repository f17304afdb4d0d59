"""The rule omitted-cells: what it accuses and what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.books import CellSpec, book
from tickmark.audit.rule import Facts
from tickmark.audit.rules.omitted_cells import omitted_cells
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.finding import Finding, Severity
from tickmark.model.workbook import Workbook
from tickmark.read import read_workbook
from tickmark.structure.formulas import formulas_of

Cells = dict[str, CellSpec]

SAMPLES = Path(__file__).parents[2] / "sample_workbooks"


def _findings(workbook: Workbook) -> list[Finding]:
    return list(omitted_cells.check(Facts(workbook, formulas_of(workbook))))


def _list(total: str = "=SUM(B3:B6)", *, at: str = "B8", **changed: CellSpec) -> Cells:
    """Five amounts in B3:B7 under a header, and a total; cells that are None are left out."""
    cells: Cells = {"A2": "Item", "B2": "Amount", "A8": "Total"}
    for row, amount in enumerate((120.0, 75.5, 310.0, 48.25, 96.0), 3):
        cells[f"A{row}"] = f"Item {chr(62 + row)}"
        cells[f"B{row}"] = amount
    cells |= {at: (total, 553.75)} | changed
    return {address: value for address, value in cells.items() if value is not None}


def _turned(cells: Cells, formula: Callable[[str], str]) -> Cells:
    made: Cells = {}
    for address, value in cells.items():
        area = RangeRef.parse(address)
        if isinstance(value, tuple):
            value = (formula(value[0]), value[1])  # noqa: PLW2901
        made[cell_address(area.left, area.top)] = value
    return made


def _across(text: str) -> str:
    """`=SUM(B3:B6)` along row 2: `=SUM(C2:F2)`."""
    inner = text.removeprefix("=SUM(").removesuffix(")")
    area = RangeRef.parse(inner)
    return f"=SUM({RangeRef('', area.left, area.top, area.right, area.bottom).a1})"


def test_a_number_between_the_range_and_its_total_is_named_with_the_right_range() -> None:
    (finding,) = _findings(book(_list()))

    assert finding == Finding(
        rule="omitted-cells",
        severity=Severity.HIGH,
        message="B8 takes the SUM of B3:B6 and leaves out B7, where a number stands between the "
        "range and the formula.",
        sheet="Sheet1",
        ranges=("B8",),
        evidence={
            "found": "=SUM(B3:B6)",
            "found R1C1": "=SUM(R[-5]C:R[-2]C)",
            "omitted": "B7",
            "value omitted": "96",
        },
        fix="=SUM(B3:B7)",
        confidence=0.8,
        key="SUM(R[-5]C:R[-2]C) near",
    )


def test_the_same_holds_along_a_row() -> None:
    (finding,) = _findings(book(_turned(_list(), _across)))

    assert (finding.ranges, finding.evidence["omitted"]) == (("H2",), "G2")


@pytest.mark.parametrize(
    ("total", "omitted"),
    [
        ("=SUM(B3:B5)", "B6:B7"),
        ("=SUM(B4:B7)", "B3"),
        ("=SUM(B3:B4,B6:B7)", "B5"),
        ("=B3+B4+B6+B7", "B5"),
        ("=B3+B4+B5+B6", "B7"),
        ("=AVERAGE(B3:B6)", "B7"),
        ("=MAX(B3:B6)", "B7"),
        ("=COUNT(B3:B6)", "B7"),
        ("=SUBTOTAL(9,B3:B6)", "B7"),
        ("=AGGREGATE(9,6,B3:B6)", "B7"),
        ("=ROUND(SUM(B3:B6),2)", "B7"),
    ],
)
def test_ends_gaps_and_all_aggregates_are_looked_at(total: str, omitted: str) -> None:
    (finding,) = _findings(book(_list(total)))

    assert finding.evidence["omitted"] == omitted


def test_a_total_above_its_list_is_looked_at_too() -> None:
    cells: Cells = {"A1": "Total", "B1": ("=SUM(B4:B7)", 1)}
    cells |= {f"B{row}": float(row * 11) for row in range(3, 8)}
    cells |= {f"A{row}": f"Item {row}" for row in range(3, 8)}

    (finding,) = _findings(book(cells))

    assert finding.evidence["omitted"] == "B3"


def test_a_number_stored_as_text_at_the_edge_is_named_as_such() -> None:
    (finding,) = _findings(book(_list(B7="1,250.00")))

    assert "a number stored as text" in finding.message
    assert finding.evidence["value omitted"] == '"1,250.00"'


def test_totals_of_one_row_that_omit_the_same_row_are_one_finding() -> None:
    cells = _list()
    for letter in "CDE":
        cells |= {f"{letter}2": f"Amount {letter}", f"{letter}8": (f"=SUM({letter}3:{letter}6)", 1)}
        cells |= {f"{letter}{row}": float(row) * 10 for row in range(3, 8)}

    (finding,) = _findings(book(cells))

    assert finding.ranges == ("B8:E8",)


def _quarters() -> Cells:
    """Amounts of three months in B to D, their sum in E and the mean of C and D in F."""
    cells: Cells = {"A2": "Item", "B2": "Jan", "C2": "Feb", "D2": "Mar", "E2": "Q1", "F2": "Mean"}
    for row in range(3, 8):
        cells[f"A{row}"] = f"Item {chr(62 + row)}"
        cells |= {f"{letter}{row}": 10.0 * row + ord(letter) for letter in "BCD"}
        cells[f"E{row}"] = (f"=SUM(B{row}:D{row})", 30.0 * row + 201)
        cells[f"F{row}"] = (f"=AVERAGE($C{row}:$D{row})", 10.0 * row + 67.5)
    for letter in "BCDEF":
        cells[f"{letter}8"] = (f"=SUM({letter}3:{letter}6)", 1.0)
    cells["A8"] = "Total"
    return cells


def test_sums_beside_totals_that_omit_a_row_are_accused_with_them() -> None:
    (finding,) = _findings(book(_quarters()))

    assert finding.ranges == ("B8:F8",)
    assert finding.message.endswith("; the same in 4 more cells (B8:F8).")


@pytest.mark.parametrize(
    ("changed", "ranges"),
    [
        ({"E8": ("=SUM(E3:E7)", 1.0)}, ("B8:D8", "F8")),
        ({"E7": None}, ("B8:D8", "F8")),
        ({"E7": "n/a"}, ("B8:D8", "F8")),
    ],
)
def test_a_sum_beside_them_that_omits_nothing_stays_silent(
    changed: dict[str, CellSpec], ranges: tuple[str, ...]
) -> None:
    cells = {at: value for at, value in (_quarters() | changed).items() if value is not None}

    assert {one.ranges for one in _findings(book(cells))} == {ranges}


def test_totals_beside_it_that_take_the_cell_make_it_surer() -> None:
    cells = _list()
    for letter in "CD":
        cells |= {f"{letter}2": f"Amount {letter}", f"{letter}8": (f"=SUM({letter}3:{letter}7)", 1)}
        cells |= {f"{letter}{row}": float(row) * 10 for row in range(3, 8)}

    (finding,) = _findings(book(cells))

    assert (finding.ranges, finding.confidence) == (("B8",), 0.95)


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param(_list("=SUM(B3:B7)"), id="the whole list"),
        pytest.param(_list("=SUM(B3:B8)", at="B9", A8=None), id="a blank row before the total"),
        pytest.param(_list("=SUM(B3:B7)", B2=2024.0, C2=2025.0), id="a year as header"),
        pytest.param(_list("=SUM(B4:B7)", A3="Opening balance", B3=900.0), id="an opening balance"),
        pytest.param(_list("=SUM(B3:B6)", A7="Difference to last year", B7=4.0), id="a difference"),
        pytest.param(
            _list("=SUM(B3:B6)", A7="Share", B7=("=B6/B3", 0.4)), id="derived from the range"
        ),
        pytest.param(
            _list("=SUM(B3:B6)", B7=("=SUM(B3:B6)", 553.75)), id="another total of the range"
        ),
        pytest.param(_list("=SUM(B3:B6)-B7"), id="taken off in the same formula"),
        pytest.param(_list("=B3+B4"), id="two cells that were chosen"),
        pytest.param(_list("=SUM(B3:B4)", at="D8"), id="a figure beside the list"),
        pytest.param(_list("=SUM(B3:B6)", B7="n/a"), id="a text"),
        pytest.param(_list("=SUM(B3:B6)", B7=True), id="a truth value"),
        pytest.param(_list("=SUM(B3:B4)"), id="most of the list is left out"),
    ],
)
def test_what_is_meant_so_stays_silent(cells: Cells) -> None:
    assert _findings(book(cells)) == []


def test_copies_of_one_formula_are_items_even_where_they_read_the_head_of_their_column() -> None:
    cells: Cells = {"A3": "Year", "B3": "Spent", "A9": "Total"}
    for row in range(4, 9):
        cells |= {f"A{row}": 2019.0 + row, f"B{row}": 100.0 * row}
        for column in "CDEF":
            year = 2020.0 + "CDEF".index(column)
            cells[f"{column}3"] = year
            cells[f"{column}{row}"] = (f"=IF({column}$3>=$A{row},$B{row}/4,0)", 25.0 * row)
            cells[f"{column}9"] = (f"=SUM({column}4:{column}7)", 550.0)
    (finding,) = _findings(book(cells))
    assert (finding.ranges, finding.fix) == (("C9:F9",), "=SUM(C4:C8)")


def test_subtotals_that_share_a_list_among_them_stay_silent() -> None:
    cells: Cells = {"A2": "Item", "B2": "Amount"}
    cells |= {f"A{row}": f"Item {row}" for row in range(3, 9)}
    cells |= {f"B{row}": float(row) * 7 for row in range(3, 9)}
    cells |= {"A10": "First half", "B10": ("=SUM(B3:B5)", 84.0)}
    cells |= {"A11": "Second half", "B11": ("=SUM(B6:B8)", 147.0)}

    assert _findings(book(cells)) == []


def test_running_totals_and_moving_averages_stay_silent() -> None:
    cells: Cells = {"A2": "Month", "B2": "Sales", "C2": "To date", "D2": "Average"}
    for row in range(3, 15):
        cells |= {
            f"A{row}": f"Month {row}",
            f"B{row}": float(row) * 3,
            f"C{row}": (f"=SUM(B$3:B{row})", float(row)),
            f"D{row}": (f"=AVERAGE(B{row - 1}:B{row})", float(row)),
        }

    assert _findings(book(cells)) == []


def test_quarters_of_a_year_stay_silent() -> None:
    cells: Cells = {"A2": "Line"}
    names = ["Jan", "Feb", "Mar", "Q1", "Apr", "May", "Jun", "Q2"]
    for column, name in enumerate(names, 2):
        cells[cell_address(2, column)] = name
    for row in (3, 4, 5):
        cells[f"A{row}"] = f"Line {row}"
        for column in (2, 3, 4, 6, 7, 8):
            cells[cell_address(row, column)] = float(row * column)
        cells[f"E{row}"] = (f"=SUM(B{row}:D{row})", 1.0)
        cells[f"I{row}"] = (f"=SUM(F{row}:H{row})", 1.0)

    assert _findings(book(cells)) == []


def test_the_planted_total_of_the_cash_flow_is_found_and_no_other() -> None:
    (finding,) = _findings(read_workbook(str(SAMPLES / "three_statement_model.xlsx")))

    assert (finding.sheet, finding.ranges, finding.fix) == ("Cash flow", ("H12",), "=SUM(H6:H11)")
    assert finding.confidence == 0.95


@pytest.mark.parametrize(
    "name", ["budget_hardcode", "merged_headers", "sales_ledger", "external_links"]
)
def test_other_samples_have_none(name: str) -> None:
    assert _findings(read_workbook(str(SAMPLES / f"{name}.xlsx"))) == []
