"""The rule plugged-total: what it accuses and what it leaves alone."""

from __future__ import annotations

import pytest

from tests.books import CellSpec, book, sheet
from tickmark.audit.rule import Facts
from tickmark.audit.rules.plugged_total import plugged_total
from tickmark.model.finding import Finding, Severity
from tickmark.model.workbook import Workbook
from tickmark.structure.formulas import formulas_of

Cells = dict[str, CellSpec]


def _findings(workbook: Workbook) -> list[Finding]:
    return list(plugged_total.check(Facts(workbook, formulas_of(workbook))))


def _with(formula: str) -> Cells:
    return {f"B{row}": float(row) * 100 for row in range(2, 7)} | {"B8": (formula, 1.0)}


def test_a_number_added_to_a_sum_is_accused() -> None:
    (finding,) = _findings(book(_with("=SUM(B2:B6)+500")))

    assert finding == Finding(
        rule="plugged-total",
        severity=Severity.HIGH,
        message='B8 adds the typed number 500 to a sum: "=SUM(B2:B6)+500".',
        sheet="Sheet1",
        ranges=("B8",),
        evidence={
            "found": "=SUM(B2:B6)+500",
            "found R1C1": "=SUM(R[-6]C:R[-2]C)+500",
            "number": "500",
        },
        fix="Put the number into a labelled cell of its own and refer to it, or remove it.",
        confidence=0.75,
        key="SUM(R[-6]C:R[-2]C)+500",
    )


@pytest.mark.parametrize(
    ("formula", "number"),
    [
        ("=SUM(B2,-B3)+500", "500"),
        ("=SUM(B2-B3)-1000", "-1000"),
        ("=-250+SUM(B2:B6)", "-250"),
        ("=SUM(B2:B6,75)", "75"),
        ("=ROUND(SUM(B2:B6)-12.5,0)", "-12.5"),
        ("=SUM(B2:B4)+B6-400", "-400"),
        ("=SUBTOTAL(9,B2:B6)+30", "30"),
        ('=SUMIF(B2:B6,">0")-42', "-42"),
        ("=B2+B3-B4-B5-1000", "-1000"),
        ("=SUM(B2:B6)-(B3+250)", "-250"),
    ],
)
def test_sums_and_chains_of_cells_are_looked_at(formula: str, number: str) -> None:
    (finding,) = _findings(book(_with(formula)))

    assert finding.evidence["number"] == number


def test_a_chain_of_cells_is_less_sure_than_a_sum() -> None:
    (finding,) = _findings(book(_with("=B2+B3-B4-1000")))

    assert (finding.severity, finding.confidence) == (Severity.MEDIUM, 0.5)


@pytest.mark.parametrize(
    "formula",
    [
        "=SUM(B2:B6)",
        "=SUM(B2:B6)*1000",
        "=SUM(B2:B6)/12",
        "=SUM(B2:B6)*1.19",
        "=SUM(B2:B6)+0",
        "=SUM(B2:B6)+1",
        "=1-SUM(B2:B6)",
        "=100-SUM(B2:B6)",
        "=1500-SUM(B2:B6)",
        "=1500-B2-B3-B4",
        "=B2+30",
        "=B2-B3-5",
        "=COUNT(B2:B6)+3",
        "=MAX(B2:B6)+10",
        "=ROUND(SUM(B2:B6),2)",
        "=SUM(B2:B6)+10%*B2",
        "=IF(SUM(B2:B6)>1000,1,0)",
        "=B2*2+B3*3+B4*4+5",
        "=SUM(B2:B6)+B7",
        "=120+45+30",
    ],
)
def test_factors_counters_and_plain_arithmetic_stay_silent(formula: str) -> None:
    assert _findings(book(_with(formula))) == []


def test_days_added_to_dates_and_shares_stay_silent() -> None:
    dated = sheet(_with("=SUM(B2:B6)+14"), formats={"B8": "yyyy-mm-dd"})
    share = sheet(_with("=SUM(B2:B6)+0.05"), formats={"B8": "0.0%"})

    assert _findings(book({"Dated": dated, "Share": share})) == []


def test_a_fee_that_all_rows_share_stays_silent() -> None:
    cells: Cells = {}
    for row in range(2, 8):
        cells |= {f"B{row}": float(row), f"C{row}": float(row) * 2}
        cells[f"D{row}"] = (f"=SUM(B{row}:C{row})+15", row * 3 + 15.0)

    assert _findings(book(cells)) == []


def test_two_copies_of_one_plug_are_one_finding() -> None:
    cells: Cells = {}
    for letter in "BC":
        cells |= {f"{letter}{row}": float(row) for row in range(2, 5)}
        cells[f"{letter}5"] = (f"=SUM({letter}2:{letter}4)-500", -491.0)

    (finding,) = _findings(book(cells))

    assert (finding.ranges, finding.severity) == (("B5:C5",), Severity.MEDIUM)


def test_another_number_in_each_row_makes_one_finding() -> None:
    cells: Cells = {}
    for row in range(2, 12):
        cells |= {f"B{row}": float(row), f"C{row}": float(row) * 2}
        cells[f"D{row}"] = (f"=SUM(B{row}:C{row})+{row * 37}", 1.0)

    (finding,) = _findings(book(cells))

    assert finding.ranges == ("D2:D11",)
