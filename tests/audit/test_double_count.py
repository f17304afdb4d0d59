"""The rule double-count: what it accuses and what it leaves alone."""

from __future__ import annotations

import pytest

from tests.books import CellSpec, book
from tickmark.audit.rule import Facts
from tickmark.audit.rules.double_count import double_count
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.finding import Finding, Severity
from tickmark.model.workbook import Workbook
from tickmark.structure.formulas import formulas_of

Cells = dict[str, CellSpec]


def _findings(workbook: Workbook) -> list[Finding]:
    return list(double_count.check(Facts(workbook, formulas_of(workbook))))


def _report(total: str, *, first: str = "=SUM(B2:B4)", second: str = "=SUM(B6:B8)") -> Cells:
    """Two blocks of three amounts with a subtotal each, and a grand total in B10."""
    cells: Cells = {"A1": "Line", "B1": "Amount"}
    for row in (2, 3, 4, 6, 7, 8):
        cells |= {f"A{row}": f"Line {row}", f"B{row}": float(row) * 10}
    cells |= {"A5": "Subtotal", "B5": (first, 90.0), "A9": "Subtotal", "B9": (second, 210.0)}
    return cells | {"A10": "Total", "B10": (total, 600.0)}


def test_a_grand_total_over_items_and_subtotals_is_accused() -> None:
    (finding,) = _findings(book(_report("=SUM(B2:B9)")))

    assert finding == Finding(
        rule="double-count",
        severity=Severity.HIGH,
        message="B10 takes the SUM of B2:B9, in which B9 is already the sum of B6:B8: these cells "
        "count twice, and so do those of 1 more total in the range.",
        sheet="Sheet1",
        ranges=("B10",),
        evidence={
            "found": "=SUM(B2:B9)",
            "found R1C1": "=SUM(R[-8]C:R[-1]C)",
            "subtotal": "B9 =SUM(B6:B8)",
            "counted twice": "B6:B8",
        },
        fix="Add up either the items or the subtotals, or use SUBTOTAL(9, …) for all of them.",
        confidence=0.9,
        key="SUM(R[-8]C:R[-1]C)",
        siblings=("B9",),
    )


def test_the_same_is_found_along_a_row() -> None:
    turned: Cells = {}
    for address, value in _report("=SUM(B2:B9)").items():
        area = RangeRef.parse(address)
        text = value
        if isinstance(value, tuple):
            inner = RangeRef.parse(value[0][5:-1])
            across = RangeRef("", inner.left, inner.top, inner.right, inner.bottom)
            text = (f"=SUM({across.a1})", value[1])
        turned[cell_address(area.left, area.top)] = text

    (finding,) = _findings(book(turned))

    assert finding.ranges == ("J2",)


@pytest.mark.parametrize(
    ("cells", "severity"),
    [
        (_report("=SUM(B2:B9)", second="=B6+B7+B8"), Severity.HIGH),
        (_report("=SUM(B2:B5)"), Severity.HIGH),
        (_report("=AVERAGE(B2:B9)"), Severity.MEDIUM),
        (_report("=SUM(B2:B9)", first="=SUBTOTAL(9,B2:B4)", second="=1"), Severity.HIGH),
        (_report("=ROUND(SUM(B2:B9),0)"), Severity.HIGH),
    ],
)
def test_other_forms_are_accused_too(cells: Cells, severity: Severity) -> None:
    (finding,) = _findings(book(cells))

    assert (finding.ranges, finding.severity) == (("B10",), severity)


def test_parents_above_their_children_count_twice_as_well() -> None:
    cells: Cells = {"A1": "Task", "B1": "Hours"}
    cells |= {"A2": "1. Design", "B2": ("=SUM(B3:B4)", 5.0), "B3": 2.0, "B4": 3.0}
    cells |= {"A5": "2. Build", "B5": ("=SUM(B6:B7)", 9.0), "B6": 4.0, "B7": 5.0}

    (finding,) = _findings(book(cells | {"B8": ("=SUM(B2:B7)", 28.0)}))

    assert finding.ranges == ("B8",)


def test_a_row_of_such_totals_is_one_finding() -> None:
    cells: Cells = {}
    for letter in "BCD":
        for address, value in _report("=SUM(B2:B9)").items():
            text = value
            if isinstance(value, tuple):
                text = (value[0].replace("B", letter), value[1])
            cells[address.replace("B", letter)] = text

    (finding,) = _findings(book(cells))

    assert finding.ranges == ("B10:D10",)


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param(_report("=B5+B9"), id="the subtotals alone"),
        pytest.param(_report("=SUM(B5,B9)"), id="the subtotals in a list"),
        pytest.param(_report("=SUM(B2:B9)/2"), id="halved"),
        pytest.param(_report("=SUM(B2:B9)*0.5"), id="halved by a factor"),
        pytest.param(_report("=SUM(B2:B9)-B5-B9"), id="taken off again"),
        pytest.param(
            _report("=SUBTOTAL(9,B2:B9)", first="=SUBTOTAL(9,B2:B4)", second="=SUBTOTAL(9,B6:B8)"),
            id="subtotals pass over each other",
        ),
        pytest.param(
            _report(
                "=AGGREGATE(9,0,B2:B9)", first="=SUBTOTAL(9,B2:B4)", second="=SUBTOTAL(9,B6:B8)"
            ),
            id="aggregate that ignores nested ones",
        ),
        pytest.param(_report("=SUM(B5:B8)"), id="a subtotal with the items after it"),
        pytest.param(_report("=MAX(B2:B9)"), id="the largest"),
        pytest.param(_report("=SUM(B2:B9)", first="=MAX(B2:B4)", second="=1"), id="no sum inside"),
    ],
)
def test_what_is_counted_once_stays_silent(cells: Cells) -> None:
    assert _findings(book(cells)) == []


def test_a_running_total_beside_the_amounts_stays_silent() -> None:
    cells: Cells = {"A1": "Month", "B1": "Sales", "C1": "To date"}
    for row in range(2, 14):
        cells |= {f"B{row}": float(row), f"C{row}": (f"=SUM(B$2:B{row})", float(row))}

    assert _findings(book(cells | {"B14": ("=SUM(B2:B13)", 90.0)})) == []


def test_a_sum_of_subtotals_only_stays_silent() -> None:
    cells = _report("=SUM(D2:D3)")
    cells |= {"D2": ("=B5", 90.0), "D3": ("=B9", 210.0), "D5": ("=SUM(D2:D3)", 300.0)}

    assert _findings(book(cells)) == []
