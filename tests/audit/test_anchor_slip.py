"""The rule anchor-slip: references that drift with the copies, or stand still among moving ones."""

from __future__ import annotations

import pytest

from tests.books import CellSpec, book
from tickmark.audit.rule import Facts
from tickmark.audit.rules.anchor_slip import anchor_slip
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.finding import Finding, Severity
from tickmark.model.workbook import Workbook
from tickmark.structure.formulas import formulas_of
from tickmark.structure.relative import shift

Cells = dict[str, CellSpec]


def _findings(workbook: Workbook) -> list[Finding]:
    return list(anchor_slip.check(Facts(workbook, formulas_of(workbook))))


def _copies(first: str, formula: str, count: int, *, across: bool = False) -> Cells:
    """A formula in a cell and its copies below it, or to its right."""
    area = RangeRef.parse(first)
    made: Cells = {}
    for step in range(count):
        down, right = (0, step) if across else (step, 0)
        address = cell_address(area.top + down, area.left + right)
        made[address] = ("=" + shift(formula, down, right), 1.0)
    return made


def _turned(cells: Cells) -> Cells:
    """The same with rows and columns exchanged; formulas are given in the other direction."""
    return {
        cell_address(RangeRef.parse(one).left, RangeRef.parse(one).top): value
        for one, value in cells.items()
    }


def _orders() -> Cells:
    """Ten orders with code and quantity in A and B, and a price list of five lines in G and H."""
    cells: Cells = {"A1": "Code", "B1": "Quantity", "C1": "Price", "G1": "Code", "H1": "Price"}
    for row in range(2, 12):
        cells[f"A{row}"] = f"P{row % 5}"
        cells[f"B{row}"] = float(row)
    for row in range(2, 7):
        cells[f"G{row}"] = f"P{row % 5}"
        cells[f"H{row}"] = row * 1.5
    return cells


def test_a_lookup_table_that_moves_with_the_rows_is_accused_once() -> None:
    (finding,) = _findings(book(_orders() | _copies("C2", "VLOOKUP(A2,G2:H6,2,FALSE)", 10)))
    assert finding == Finding(
        rule="anchor-slip",
        severity=Severity.MEDIUM,
        message="The table G2:H6 that C2 refers to moves along in 9 copies (C3:C11) and ends as "
        "G11:H15, beyond the filled cells.",
        sheet="Sheet1",
        ranges=("C3:C11",),
        evidence={
            "found": "=VLOOKUP(A3,G3:H7,2,FALSE)",
            "expected": "=VLOOKUP(A3,G$2:H$6,2,FALSE)",
            "found R1C1": "=VLOOKUP(RC[-2],RC[4]:R[4]C[5],2,FALSE)",
            "first target": "G2:H6",
            "last target": "G11:H15",
            "blank": "9 of 9 rows that come in",
        },
        fix="Fix the reference with $ as in C3: =VLOOKUP(A3,G$2:H$6,2,FALSE)",
        confidence=0.7,
        key="VLOOKUP(RC[-2],RC[4]:R[4]C[5],2,FALSE) 1 down",
        siblings=("C2",),
    )


def test_a_range_beside_the_one_that_drifts_gets_its_dollar_signs_too() -> None:
    formula = "INDEX(H2:H6,MATCH(A2,G2:G6,0))"
    findings = _findings(book(_orders() | _copies("C2", formula, 10)))
    assert {one.evidence["expected"] for one in findings} == {"=INDEX(H$2:H$6,MATCH(A3,G$2:G$6,0))"}


def test_a_sibling_with_the_dollar_signs_makes_it_high() -> None:
    cells = _orders() | _copies("C2", "VLOOKUP(A2,G2:H6,2,FALSE)", 10)
    cells |= _copies("D2", "VLOOKUP(A2,$G$2:$H$6,2,FALSE)", 10)
    (finding,) = _findings(book(cells))
    assert (finding.severity, finding.siblings, finding.confidence) == (
        Severity.HIGH,
        ("C2", "D2"),
        0.85,
    )


@pytest.mark.parametrize(
    "formula",
    [
        "MATCH(A2,G2:G6,0)",
        "RANK(B2,B2:B11)+A2",
        "SUMIF(G2:G6,A2,H$2:H$6)",
        "COUNTIF(G2:G6,A2)",
        "INDEX(H$2:H$6,MATCH(A2,G2:G6,0))",
    ],
)
def test_every_list_that_loses_its_rows_is_accused(formula: str) -> None:
    (finding,) = _findings(book(_orders() | _copies("D2", formula, 10)))
    assert finding.ranges == ("D3:D11",)


def _shares() -> Cells:
    """Ten amounts in B3:B12 and the tax rate in E1."""
    cells: Cells = {"A2": "Item", "B2": "Net", "C2": "Tax", "D1": "Rate", "E1": 0.2}
    for row in range(3, 13):
        cells[f"A{row}"] = f"Item {row}"
        cells[f"B{row}"] = 10.0 * row
    return cells


def test_a_rate_that_moves_into_blanks_is_accused() -> None:
    (finding,) = _findings(book(_shares() | _copies("C3", "B3*E1", 10)))
    assert finding.severity is Severity.HIGH
    assert finding.ranges == ("C4:C12",)
    assert finding.evidence["expected"] == "=B4*E$1"


def test_a_denominator_below_the_list_that_moves_is_accused() -> None:
    cells = _shares() | {"B13": ("=SUM(B3:B12)", 750.0)} | _copies("C3", "B3/B13", 10)
    (finding,) = _findings(book(cells))
    assert finding.ranges == ("C4:C12",)
    assert finding.evidence["first target"] == "B13"


def test_the_same_is_found_across() -> None:
    cells = _turned(_shares())
    (finding,) = _findings(book(cells | _copies("C3", "C2*A5", 10, across=True)))
    assert finding.ranges == ("D3:L3",)
    assert finding.evidence["expected"] == "=D2*$A5"


@pytest.mark.parametrize(
    ("start", "formula"),
    [
        ("C3", "B3*E$1"),
        ("C3", "B3*$E$1"),
        ("C3", "B3*2"),
        ("C3", "B3+B2"),
        ("C3", "C2+B3"),
        ("C3", "B3*E3"),
        ("C3", "E1"),
        ("C3", "SUM(B3:B7)"),
        ("C3", "SUM(B$3:B3)"),
        ("C3", "COUNTIF(B4:B14,B3)"),
        ("C3", "COUNTIF(B$3:B3,B3)"),
        ("C3", "MATCH(9,B3:F3,0)"),
        ("C3", "OFFSET(B3,1,0)"),
    ],
)
def test_what_is_fixed_or_meant_to_move_stays_silent(start: str, formula: str) -> None:
    assert _findings(book(_shares() | _copies(start, formula, 10))) == []


def test_a_table_that_goes_on_stays_silent() -> None:
    cells = _orders()
    for row in range(7, 40):
        cells |= {f"G{row}": f"Q{row}", f"H{row}": 1.0}
    cells |= _copies("C2", "VLOOKUP(A2,G2:H6,2,FALSE)", 10)
    assert _findings(book(cells)) == []


def test_formulas_that_were_never_calculated_are_no_blanks() -> None:
    cells: Cells = {"A1": "From", "B1": "Tax before", "A2": 0.0, "B2": 0.0}
    for row in range(3, 9):
        cells |= {f"A{row}": 1000.0 * row, f"B{row}": (f"=B{row - 1}+A{row}*0.2", None)}
    assert _findings(book(cells)) == []


def test_two_copies_stay_silent() -> None:
    assert _findings(book(_shares() | _copies("C3", "B3*E1", 2))) == []


def test_formulas_filled_down_ahead_of_their_inputs_stay_silent() -> None:
    cells: Cells = {"A1": "Rate", "B1": 0.2, "A2": "Net", "A3": 5.0, "A4": 6.0}
    assert _findings(book(cells | _copies("C3", "A3*B1", 20))) == []


def _plan(third: str) -> Cells:
    """Units and prices of five products in five periods; `third` is the third row of turnovers."""
    cells: Cells = {"A1": "Units", "A8": "Turnover"}
    for column in range(2, 8):
        cells[cell_address(1, column)] = f"Q{column}"
        for row in range(2, 7):
            cells[cell_address(row, column)] = float(row * 10 + column)
    for row in range(2, 7):
        cells[f"A{row}"] = f"Product {row}"
        cells[f"A{row + 7}"] = f"Product {row}"
        formula = third if row == 4 else f"B{row}*1.5"
        cells |= _copies(f"B{row + 7}", formula, 6, across=True)
    return cells


@pytest.mark.parametrize("third", ["$B$4*1.5", "$B4*1.5"])
def test_a_row_that_stays_with_its_first_cell_is_accused(third: str) -> None:
    (finding,) = _findings(book(_plan(third)))
    assert finding.ranges == ("C11:G11",)
    assert finding.evidence["found"] == f"={third}"
    assert finding.evidence["expected"] == "=C4*1.5"
    assert finding.siblings == ("C10", "C12")


@pytest.mark.parametrize("third", ["B4*1.5", "B$4*1.5", "$B$2*1.5", "B4/$B4", "B4*2.5"])
def test_a_row_that_moves_or_calculates_something_else_stays_silent(third: str) -> None:
    assert _findings(book(_plan(third))) == []


def _regions(shares: Cells) -> Cells:
    """Amounts of four regions in B4:B7, their total in B8 with a check below it, and shares."""
    cells: Cells = {"A3": "Region", "B3": "Amount", "C3": "Share", "A8": "Total", "A10": "Check"}
    for row in range(4, 8):
        cells |= {f"A{row}": f"Region {row}", f"B{row}": 100.0 * row}
    cells |= {"B8": ("=SUM(B4:B7)", 2200.0), "B9": ("=B8/$B$8", 1.0), "C8": ("=B8/$B$8", 1.0)}
    return cells | shares


def test_shares_that_move_off_their_total_into_other_figures_are_accused() -> None:
    (finding,) = _findings(book(_regions(_copies("C4", "B4/B8", 4))))
    assert finding.ranges == ("C5:C7",)
    assert finding.severity is Severity.HIGH
    assert finding.message == (
        "The cell B8 that C4 refers to moves along in 3 copies (C5:C7) up to B11, although it is "
        "the total of what they refer to."
    )
    assert finding.evidence["expected"] == "=B5/B$8"
    assert finding.siblings == ("C4", "B9")


def test_shares_across_that_move_off_their_total_are_accused() -> None:
    cells = _turned(_regions({}))
    cells |= {"H2": ("=SUM(D2:G2)", 2200.0), "I2": ("=H2/$H$2", 1.0), "H3": ("=H2/$H$2", 1.0)}
    (finding,) = _findings(book(cells | _copies("D3", "D2/H2", 4, across=True)))
    assert (finding.ranges, finding.evidence["expected"]) == (("E3:G3",), "=E2/$H2")


def _net(rate: str, *, errors: bool) -> Cells:
    """Amounts in B4:B9 under a header, a rate in D1 and tax in E4:E9."""
    cells: Cells = {"A1": "Rate", "D1": 0.2, "A3": "Item", "B3": "Net", "D3": "Discount"}
    for row in range(4, 10):
        cells |= {f"A{row}": f"Item {row}", f"B{row}": 10.0 * row, f"D{row}": 1.0}
    cells |= _copies("E4", f"B4*{rate}", 6)
    if errors:
        cells["E6"] = (f"={shift('B4*' + rate, 2, 0)}", "#VALUE!")
    return cells


def test_a_rate_that_moves_through_a_header_into_other_numbers_is_accused() -> None:
    (finding,) = _findings(book(_net("D1", errors=True)))
    assert finding.ranges == ("E5:E9",)
    assert finding.evidence["errors"] == "1 of 5 copies"
    assert finding.message.endswith("up to D6, although it is a cell for itself.")


def test_a_rate_that_others_fix_is_accused_without_an_error() -> None:
    cells = _net("D1", errors=False) | {"F4": ("=B4*$D$1", 8.0)}
    (finding,) = _findings(book(cells))
    assert (finding.ranges, finding.siblings) == (("E5:E9",), ("E4", "F4"))


@pytest.mark.parametrize("rate", ["D$1", "$D$1", "D4", "D3"])
def test_a_rate_that_stands_still_or_goes_along_stays_silent(rate: str) -> None:
    assert _findings(book(_net(rate, errors=False))) == []


def _series(gap: int = 0) -> Cells:
    """Twenty four monthly figures in B2:B25, of which one may be missing."""
    cells: Cells = {"A1": "Month", "B1": "Sales", "C1": "Ratio"}
    for row in range(2, 26):
        cells |= {f"A{row}": f"M{row}", f"B{row}": 100.0 + row}
    if gap:
        del cells[f"B{gap}"]
    return cells | {"E2": ("=B4/$B$2", 1.0), "E3": ("=B5/$B$2", 1.0), "E4": ("=B6/$B$14", 1.0)}


@pytest.mark.parametrize("gap", [0, 9, 17, 20])
@pytest.mark.parametrize(
    ("start", "formula", "count"),
    [
        ("C3", "B3/B2", 22),
        ("C3", "B3/B2-1", 22),
        ("C14", "B14/B2-1", 12),
        ("C2", "B2/B14-1", 12),
        ("C2", "B2/B3", 23),
        ("C5", "(B2+B3+B4+B5)/4", 20),
        ("C5", "SUM(B2:B5)/B2", 20),
    ],
)
def test_lags_growth_and_moving_windows_stay_silent(
    start: str, formula: str, count: int, gap: int
) -> None:
    cells = _copies(start, formula, count)
    for address, copy in cells.items():
        if gap and isinstance(copy, tuple) and f"B{gap}" in copy[0]:
            cells[address] = (copy[0], "#DIV/0!")
    assert _findings(book(_series(gap) | cells)) == []
