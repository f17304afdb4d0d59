"""The rule failing-check: which checks fail, and which differences are meant to be there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.books import CellSpec, book, sheet
from tickmark.audit.rule import Facts
from tickmark.audit.rules.failing_check import failing_check
from tickmark.model.address import cell_address
from tickmark.model.finding import Finding, Severity
from tickmark.model.workbook import Workbook
from tickmark.read import read_workbook
from tickmark.structure.formulas import formulas_of

Cells = dict[str, CellSpec]
SAMPLES = Path(__file__).parents[2] / "sample_workbooks"


def _findings(workbook: Workbook) -> list[Finding]:
    return list(failing_check.check(Facts(workbook, formulas_of(workbook))))


def _accused(cells: Cells, **more: object) -> list[tuple[str, ...]]:
    return [finding.ranges for finding in _findings(book({"Sheet1": sheet(cells, **more)}))]


def _accused_in(sheets: dict[str, Cells]) -> list[tuple[str, ...]]:
    return [finding.ranges for finding in _findings(book(sheets))]


def _check_row(
    label: str | None,
    differences: list[float | str | None],
    formula: str = "={0}5-{0}6",
    **texts: str,
) -> Cells:
    """Two rows of computed totals under years, and a row that compares them in row 8."""
    cells: Cells = {"A5": texts.get("above", "Paid in"), "A6": texts.get("below", "Paid out")}
    if label is not None:
        cells["A8"] = label
    for at, difference in enumerate(differences):
        letter = "BCDEFGHIJ"[at]
        apart = difference if isinstance(difference, float) else 0.0
        cells |= {
            f"{letter}1": 2020 + at,
            f"{letter}3": 1000.5 + at,
            f"{letter}5": (f"={letter}3*2", 2 * (1000.5 + at)),
            f"{letter}6": (f"={letter}3+{letter}3", 2 * (1000.5 + at) - apart),
            f"{letter}8": (formula.format(letter), difference),
        }
    return cells


def _turned(cells: Cells) -> Cells:
    """Rows become columns, in the formulas too."""
    turned: Cells = {}
    for address, value in cells.items():
        text = value
        if isinstance(value, tuple):
            formula = value[0]
            for letter in "BCDEFGHIJ":
                for row in (3, 5, 6):
                    other = cell_address("ABCDEFGHIJ".index(letter) + 1, row)
                    formula = formula.replace(f"{letter}{row}", other.lower())
            text = (formula.upper(), value[1])
        row, column = int(address[1:]), "ABCDEFGHIJ".index(address[0]) + 1
        turned[cell_address(column, row)] = text
    return turned


def test_the_year_that_does_not_balance_is_accused_with_both_sides() -> None:
    (finding,) = _findings(book(_check_row("Check", [0.0, 0.0, -82.7, 0.0], "=ROUND({0}5-{0}6,1)")))
    assert finding == Finding(
        rule="failing-check",
        severity=Severity.HIGH,
        message='The check "Check" fails in D8: it gives -82.7 where 0 is expected.',
        sheet="Sheet1",
        ranges=("D8",),
        evidence={
            "found": "-82.7",
            "expected": "0",
            "formula": "=ROUND(D5-D6,1)",
            "cells that hold": "3 of 4",
            "left side": "2005 (D5)",
            "right side": "2087.7 (D6)",
            "difference": "-82.7",
        },
        fix="Trace both sides of the check back to the number that differs; do not plug it.",
        confidence=0.9,
        key="ROUND(R[-3]C-R[-2]C,1)",
        siblings=("C8", "E8"),
    )


def test_the_sample_fails_in_one_year_and_its_good_years_are_left_alone() -> None:
    (finding,) = _findings(read_workbook(str(SAMPLES / "three_statement_model.xlsx")))
    assert (finding.sheet, finding.ranges, finding.severity) == (
        "Balance sheet",
        ("H23",),
        Severity.HIGH,
    )


@pytest.mark.parametrize(
    "label",
    [
        "Balance check",
        "Cross-foot",
        "Tie-out to ledger",
        "Out of balance",
        "Kontrolle",
        "Contrôle bilan",
        "Comprobación",
        "Differenz muss null sein",
        "检查",
    ],
)
def test_a_check_is_known_by_its_label_in_several_languages(label: str) -> None:
    assert _accused(_check_row(label, [12.0])) == [("B8",)]


def test_a_row_of_differences_that_is_zero_elsewhere_is_a_check() -> None:
    for label in ("Difference", "Diff.", "Abweichung", "Écart", None):
        cells = _check_row(label, [0.0, 0.0, 0.0, 0.0, 41.0])
        (finding,) = _findings(book(cells))
        assert (finding.ranges, finding.severity) == (("F8",), Severity.MEDIUM)


def test_a_column_of_checks_is_found_as_a_row_is() -> None:
    assert _accused(_turned(_check_row("Check", [0.0, 0.0, 15.0]))) == [("H4",)]
    assert _accused(_turned(_check_row("Diff", [0.0, 0.0, 0.0, 0.0, 15.0]))) == [("H6",)]


def test_neighbours_that_fail_are_one_finding() -> None:
    assert _accused(_check_row("Check", [0.0, 3.0, 4.0, 0.0, 5.0])) == [("C8:D8", "F8")]


@pytest.mark.parametrize(
    ("formula", "good", "bad"),
    [
        ('=IF({0}5={0}6,"OK","ERROR")', "OK", "ERROR"),
        ('=IF(ABS({0}5-{0}6)<0.01,"ok","check!")', "ok", "check!"),
        ('=IF({0}5<>{0}6,"Does not balance","")', "", "Does not balance"),
        (
            '=IF({0}1="","",IF(ROUND({0}5-{0}6,0)=0,"Balanced","Unbalanced"))',
            "Balanced",
            "Unbalanced",
        ),
        ("=IF({0}5={0}6,0,1)", 0.0, 1.0),
        ("={0}5={0}6", True, False),
        ("=ABS({0}5-{0}6)<1", True, False),
        ("=AND({0}5={0}6,{0}6={0}5)", True, False),
        ('=IF(ABS({0}5-{0}6)>1,{0}5-{0}6,"")', "", 12.0),
    ],
)
def test_checks_in_words_truth_values_and_flags_are_read(
    formula: str, good: str | float, bad: str | float
) -> None:
    assert _accused(_check_row("Check", [good, good, bad, good], formula)) == [("D8",)]
    assert _accused(_check_row("Check", [good, good, good, good], formula)) == []


def test_a_verdict_that_is_bad_once_needs_no_label() -> None:
    words = ["OK"] * 4 + ["ERROR"]
    cells = _check_row("Ledger and bank", list(words), '=IF({0}5={0}6,"OK","ERROR")')
    assert _accused(cells) == [("F8",)]


@pytest.mark.parametrize(
    "label",
    [
        "Check",
        "Difference",
        None,
    ],
)
def test_checks_that_hold_are_silent(label: str | None) -> None:
    assert _accused(_check_row(label, [0.0, 0.0, 0.0, 0.0])) == []
    assert _accused(_check_row(label, [0.0, 1e-10, -2e-9, 0.0])) == []
    assert _accused(_check_row(label, [None, None, "", "#N/A"])) == []


def test_what_is_below_the_shown_decimals_is_rounding() -> None:
    cells = _check_row("Check", [0.0, 0.0, 0.4])
    assert _accused(cells) == [("D8",)]
    assert _accused(cells, formats={"D8": "#,##0"}) == []
    assert _accused(cells, formats={"D8": "0.00"}) == [("D8",)]


def test_a_millionth_of_what_is_compared_is_rounding() -> None:
    assert _accused(_check_row("Check", [0.0, 0.0, 0.001])) == []
    assert _accused(_check_row("Check", [0.0, 0.0, 0.01])) == [("D8",)]


@pytest.mark.parametrize(
    "label",
    [
        "Variance",
        "Variance to budget",
        "Difference vs plan",
        "Difference to prior year",
        "Change",
        "Growth",
        "Profit",
        "Surplus / (deficit)",
        "Net cash flow",
        "Statistical difference",
        "Exchange differences",
        "Check number",
        "Cheques issued",
        "Recheck",
        "Margin",
    ],
)
def test_ordinary_differences_are_no_checks(label: str) -> None:
    assert _accused(_check_row(label, [0.0, 0.0, 0.0, 0.0, 41.0])) == []


def test_a_row_of_differences_that_are_ordinary_numbers_is_no_check() -> None:
    assert _accused(_check_row("Difference", [5.0, 0.0, 12.0, -3.0, 41.0])) == []
    assert _accused(_check_row(None, [5.0, 0.0, 12.0, -3.0, 41.0])) == []


def test_the_difference_between_plan_and_actual_is_no_check() -> None:
    cells = _check_row("Difference", [0.0, 0.0, 0.0, 41.0], above="Budget", below="Actual")
    assert _accused(cells) == []
    assert _accused(_turned(cells)) == []


def test_the_change_from_one_period_to_the_next_is_no_check() -> None:
    cells: Cells = {"A1": "Rent", "A2": "Difference"}
    for at, letter in enumerate("BCDEFG"):
        cells[f"{letter}1"] = (f"=100*{at}", 100.0)
        if at:
            before = "BCDEFG"[at - 1]
            cells[f"{letter}2"] = (f"={letter}1-{before}1", 0.0 if at < 5 else 7.0)
    assert _accused(cells) == []


def test_differences_between_blanks_prove_no_check() -> None:
    cells: Cells = {"A3": "Difference"}
    for letter in "BCDEF":
        cells[f"{letter}3"] = (f"={letter}1-{letter}2", 0.0)
    cells |= {"F1": 12, "F3": ("=F1-F2", 12.0)}
    assert _accused(cells) == []


def test_grades_and_lists_that_are_compared_are_no_checks() -> None:
    cells: Cells = {"A1": "Name", "B1": "Points", "C1": "Result"}
    for row in range(2, 12):
        passed = row != 7
        cells |= {
            f"A{row}": f"Student {row}",
            f"B{row}": 80.0 if passed else 30.0,
            f"C{row}": (f'=IF(B{row}>=50,"Pass","Fail")', "Pass" if passed else "Fail"),
        }
    assert _accused(cells) == []


def test_numbers_that_are_typed_beside_a_label_of_a_check_are_no_checks() -> None:
    assert _accused({"A1": "Check", "B1": 4711, "C1": 12}) == []


def _balance_sheet(assets: list[float], claims: list[float], *, label: str = "") -> Cells:
    cells: Cells = {"A2": "Total assets", "A9": label or "Total liabilities and equity"}
    for letter, one, other in zip("BCDEF", assets, claims, strict=False):
        cells |= {
            f"{letter}1": 2020 + ord(letter) - ord("B"),
            f"{letter}2": (f"=SUM({letter}20:{letter}22)", one),
            f"{letter}9": (f"={letter}7+{letter}8", other),
        }
    return cells


def test_a_balance_sheet_without_a_check_row_must_balance_too() -> None:
    (finding,) = _findings(book(_balance_sheet([12010.0, 12648.5], [12010.0, 12248.5])))
    assert finding == Finding(
        rule="failing-check",
        severity=Severity.HIGH,
        message='"Total liabilities and equity" in C9 is 12248.5, but "Total assets" in C2 is '
        "12648.5: they differ by 400, though the two sides of the balance sheet agree.",
        sheet="Sheet1",
        ranges=("C9",),
        evidence={
            "found": "12248.5",
            "expected": "12648.5",
            "left side": "12648.5 (C2)",
            "right side": "12248.5 (C9)",
            "difference": "-400",
            "pairs that agree": "1 of 2",
        },
        fix="Find the number on either side that is missing, counted twice or typed over.",
        confidence=0.85,
        key="balance sheet: Total assets = Total liabilities and equity",
    )


@pytest.mark.parametrize(
    "label",
    [
        "TOTAL LIABILITIES AND FUND BALANCES",
        "Total liabilities & shareholders' equity",
        "Total equity and liabilities",
        "Total Liabilities, Reserves and Fund Balance",
        "Liabilities and stockholders’ equity",  # noqa: RUF001 - as Word writes it
    ],
)
def test_the_other_side_of_a_balance_sheet_has_many_names(label: str) -> None:
    assert _accused(_balance_sheet([500.0, 700.0], [500.0, 690.0], label=label)) == [("C9",)]


@pytest.mark.parametrize(
    "label",
    [
        "Total liabilities",
        "Total equity",
        "Total liabilities and equity %",
        "Total current liabilities",
    ],
)
def test_totals_that_need_not_agree_are_silent(label: str) -> None:
    assert _accused(_balance_sheet([500.0, 700.0], [500.0, 690.0], label=label)) == []


def test_a_balance_sheet_in_two_columns_is_compared_across() -> None:
    cells: Cells = {"A9": "Total assets", "B9": 500.0, "D9": "Total liabilities and equity"}
    assert _accused({**cells, "E9": 480.0}) == [("E9",)]
    assert _accused({**cells, "E9": 500.0}) == []


def test_a_balance_sheet_that_is_off_by_rounding_or_by_far_is_silent() -> None:
    assert _accused(_balance_sheet([500.0, 700.0], [500.0, 700.0000001])) == []
    assert _accused(_balance_sheet([500.0, 700.0], [12.0, 3.0])) == []  # it is something else


def test_a_failing_check_row_says_it_once_for_its_totals() -> None:
    cells = _balance_sheet([500.0, 700.0, 900.0], [500.0, 700.0, 850.0])
    cells |= {"A11": "Check"}
    for letter, apart in (("B", 0.0), ("C", 0.0), ("D", 50.0)):
        cells[f"{letter}11"] = (f"={letter}2-{letter}9", apart)
    assert _accused(cells) == [("D11",)]


def _carried(opening: list[float], closing: list[float], *, names: tuple[str, str]) -> Cells:
    cells: Cells = {"A2": names[0], "A5": names[1], "A3": "Additions"}
    for at, (one, other) in enumerate(zip(opening, closing, strict=True)):
        letter = "BCDEFGH"[at]
        cells |= {
            f"{letter}1": f"Q{at + 1}",
            f"{letter}2": one,
            f"{letter}3": other - one,
            f"{letter}5": (f"={letter}2+{letter}3", other),
        }
    return cells


@pytest.mark.parametrize(
    "names",
    [
        ("Opening balance", "Closing balance"),
        ("Cash at beginning of year", "Cash at end of year"),
        ("Beginning inventory", "Ending inventory"),
    ],
)
def test_an_opening_balance_is_the_closing_balance_before(names: tuple[str, str]) -> None:
    good = _carried([10.0, 25.0, 31.0, 44.0], [25.0, 31.0, 44.0, 50.0], names=names)
    bad = _carried([10.0, 25.0, 31.0, 41.0], [25.0, 31.0, 44.0, 50.0], names=names)
    assert _accused(good) == []
    assert _accused(bad) == [("E2",)]


def test_opening_balances_that_start_anew_are_silent() -> None:
    names = ("Opening balance", "Closing balance")
    each = _carried([10.0, 10.0, 10.0, 10.0], [25.0, 31.0, 44.0, 50.0], names=names)
    other = _carried(
        [10.0, 25.0, 31.0, 41.0], [25.0, 31.0, 44.0, 50.0], names=("Opening stock", "Closing debt")
    )
    assert _accused(each) == []
    assert _accused(other) == []


def test_the_total_of_a_year_opens_with_its_first_month() -> None:
    names = ("Opening balance", "Closing balance")
    cells = _carried([10.0, 25.0, 31.0, 10.0], [25.0, 31.0, 44.0, 44.0], names=names)
    assert _accused({**cells, "E1": "Total"}) == []


def _cash(held: list[float], ends: list[float]) -> dict[str, Cells]:
    balance: Cells = {"A3": "Cash and cash equivalents", "A9": "Total assets"}
    flows: Cells = {"A7": "Cash and cash equivalents at end of year"}
    for letter, one, other in zip("BCDE", held, ends, strict=True):
        year = f"FY{ord(letter)}"
        balance |= {f"{letter}1": year, f"{letter}3": one, f"{letter}9": 9000.0}
        flows |= {f"{letter}1": year, f"{letter}7": (f"={letter}3+{letter}5", other)}
    return {"Balance": balance, "Cash flow": flows}


def test_cash_on_the_balance_sheet_is_the_closing_cash() -> None:
    ends = [120.5, 133.25, 128.75, 141.0]
    assert _accused_in(_cash(ends, ends)) == []
    assert _accused_in(_cash([120.5, 133.25, 118.75, 141.0], ends)) == [("D3",)]
    assert _accused_in(_cash([20.5, 33.25, 18.75, 41.0], ends)) == []  # with overdrafts, say


def _cross_table(corner: float) -> Cells:
    cells: Cells = {"A1": "Region", "B1": "North", "C1": "South", "D1": "West", "E1": "Total"}
    for row in range(2, 7):
        cells[f"A{row}"] = f"Product {row}"
        for at, letter in enumerate("BCD"):
            cells[f"{letter}{row}"] = 10.0 * row + at
        cells[f"E{row}"] = (f"=SUM(B{row}:D{row})", 30.0 * row + 3)
    cells["A7"] = "Total"
    for at, letter in enumerate("BCD"):
        cells[f"{letter}7"] = (f"=SUM({letter}2:{letter}6)", 200.0 + 5 * at)
    cells["E7"] = ("=SUM(E2:E5)", corner)
    return cells


def test_the_corner_of_a_table_is_the_sum_of_its_totals() -> None:
    assert _accused(_cross_table(615.0)) == []
    assert _accused(_cross_table(432.0)) == [("E7",)]


def test_a_long_column_that_never_holds_is_data() -> None:
    cells: Cells = {"A1": "Bank", "B1": "Ledger", "C1": "Check"}
    for row in range(2, 32):
        cells |= {f"A{row}": 1.0 * row, f"B{row}": 3.0, f"C{row}": (f"=A{row}-B{row}", row - 3.5)}
    assert _accused(cells) == []


def test_labels_with_control_characters_are_shown_on_one_line() -> None:
    (finding,) = _findings(book(_check_row("Check\x1b[31m\nall", [0.0, 0.0, 7.0])))
    assert finding.message.isprintable()


def test_real_workbooks_have_few_failing_checks(corpus: Path) -> None:
    for name in ("times_nz__gas.xlsx", "tidyxl__enron-constants.xlsx", "web_models__DCF.xlsx"):
        assert _findings(read_workbook(str(corpus / name))) == []
