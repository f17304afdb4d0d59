"""The rule stopped-range: what it accuses and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.books import CellSpec, book
from tickmark.audit.rule import Facts
from tickmark.audit.rules.stopped_range import stopped_range
from tickmark.model.finding import Finding, Severity
from tickmark.model.workbook import Workbook
from tickmark.read import read_workbook
from tickmark.structure.formulas import formulas_of

Cells = dict[str, CellSpec]

SAMPLES = Path(__file__).parents[2] / "sample_workbooks"


def _findings(workbook: Workbook) -> list[Finding]:
    return list(stopped_range.check(Facts(workbook, formulas_of(workbook))))


def _ledger(last: int = 21) -> Cells:
    cells: Cells = {"A1": "Date", "B1": "Account", "C1": "Amount"}
    for row in range(2, last + 1):
        cells |= {f"A{row}": f"Day {row}", f"B{row}": f"Account {row % 3}"}
        cells[f"C{row}"] = float(row * 7)
    return cells


def _read(*formulas: str, last: int = 21) -> Workbook:
    summary: Cells = {f"B{row}": (text, 1.0) for row, text in enumerate(formulas, 2)}
    return book({"Ledger": _ledger(last), "Summary": summary})


def test_sums_by_account_that_stop_before_the_last_rows_are_accused() -> None:
    formula = '=SUMIFS(Ledger!C2:C18,Ledger!B2:B18,"Account 1")'

    (finding,) = _findings(_read(formula))

    assert finding == Finding(
        rule="stopped-range",
        severity=Severity.HIGH,
        message="B2 reads Ledger!C2:C18, which stops at row 18 while the data go on to row 21: "
        "3 rows left out.",
        sheet="Summary",
        ranges=("B2",),
        evidence={
            "found": formula,
            "found R1C1": '=SUMIFS(Ledger!RC[1]:R[16]C[1],Ledger!RC:R[16]C,"Account 1")',
            "rows of the table": "2 to 21",
            "rows left out": "19 to 21",
        },
        fix="Let the ranges run from row 2 to row 21, or refer to the columns of a table.",
        confidence=0.8,
        key='SUMIFS(Ledger!RC[1]:R[16]C[1],Ledger!RC:R[16]C,"Account 1")',
    )


@pytest.mark.parametrize(
    "formula",
    [
        "=SUM(Ledger!C2:C19)",
        "=AVERAGE(Ledger!$C$2:$C$19)",
        '=COUNTIF(Ledger!B2:B19,"Account 1")',
        "=SUMPRODUCT(Ledger!C2:C19,Ledger!C2:C19)",
        '=VLOOKUP("Day 20",Ledger!A2:C19,3,FALSE)',
        '=INDEX(Ledger!C2:C19,MATCH("Day 20",Ledger!A2:A19,0))',
        '=SUMIF(Ledger!B1:B19,"Account 1",Ledger!C1:C19)',
    ],
)
def test_sums_counts_and_lookups_are_looked_at(formula: str) -> None:
    (finding,) = _findings(_read(formula))

    assert finding.ranges == ("B2",)


def test_a_range_that_begins_below_the_first_row_is_accused() -> None:
    (finding,) = _findings(_read("=SUM(Ledger!C3:C21)"))

    assert finding.evidence["rows left out"] == "2 to 2"


def test_formulas_that_stop_at_one_row_are_one_finding_and_surer_beside_others() -> None:
    workbook = _read("=SUM(Ledger!C2:C18)", "=MAX(Ledger!C2:C18)", "=MIN(Ledger!C2:C21)")

    (finding,) = _findings(workbook)

    assert (finding.ranges, finding.confidence) == (("B2:B3",), 0.9)


@pytest.mark.parametrize(
    "formulas",
    [
        pytest.param(["=SUM(Ledger!C2:C21)"], id="all rows"),
        pytest.param(["=SUM(Ledger!C1:C21)"], id="with the header"),
        pytest.param(["=SUM(Ledger!C2:C500)"], id="beyond the end"),
        pytest.param(["=SUM(Ledger!C:C)"], id="the whole column"),
        pytest.param(["=SUM(Ledger!C2:C6)"], id="few rows"),
        pytest.param(["=SUM(Ledger!C2:C17)", "=SUM(Ledger!C18:C21)"], id="read in two parts"),
        pytest.param(["=Ledger!C2+Ledger!C3"], id="single cells"),
    ],
)
def test_what_is_read_to_the_end_or_in_parts_stays_silent(formulas: list[str]) -> None:
    assert _findings(_read(*formulas)) == []


def test_ranges_that_move_from_cell_to_cell_stay_silent() -> None:
    moving = [f"=AVERAGE(Ledger!C{row}:C{row + 16})" for row in range(2, 6)]

    assert _findings(_read(*moving)) == []


def test_ranges_that_end_a_row_apart_as_for_a_triangle_stay_silent() -> None:
    steps = [f"=SUM(Ledger!C2:C{last})" for last in range(21, 12, -1)]

    assert _findings(_read(*steps)) == []
    (finding,) = _findings(_read("=SUM(Ledger!C2:C21)", "=SUM(Ledger!C2:C20)"))
    assert finding.ranges == ("B3",)


def test_a_gap_a_total_and_a_source_below_the_data_stay_silent() -> None:
    cells = _ledger()
    cells |= {"A22": "Total", "C22": ("=SUM(C2:C21)", 1.0), "A24": "Source: the ledger"}
    workbook = book({"Ledger": cells, "Summary": {"B2": ("=SUM(Ledger!C2:C21)", 1.0)}})

    assert _findings(workbook) == []


def test_the_planted_summary_of_the_ledger_is_found_as_one_finding() -> None:
    (finding,) = _findings(read_workbook(str(SAMPLES / "sales_ledger.xlsx")))

    assert (finding.sheet, finding.severity) == ("Summary", Severity.HIGH)
    assert finding.ranges == ("B5:G9", "B13:G18", "B21:G21")
    assert finding.evidence["rows left out"] == "301 to 316"


@pytest.mark.parametrize("name", ["three_statement_model", "budget_hardcode", "merged_headers"])
def test_other_samples_have_none(name: str) -> None:
    assert _findings(read_workbook(str(SAMPLES / f"{name}.xlsx"))) == []
