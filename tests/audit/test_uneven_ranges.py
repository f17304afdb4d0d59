"""The rule uneven-ranges: what it accuses and what it leaves alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.books import CellSpec, book
from tickmark.audit.rule import Facts
from tickmark.audit.rules.uneven_ranges import uneven_ranges
from tickmark.model.address import cell_address, column_letters
from tickmark.model.finding import Finding, Severity
from tickmark.model.workbook import Workbook
from tickmark.structure.formulas import formulas_of

Cells = dict[str, CellSpec]


def _findings(workbook: Workbook) -> list[Finding]:
    return list(uneven_ranges.check(Facts(workbook, formulas_of(workbook))))


def _totals(*spans: tuple[int, int], rows: Sequence[int] = range(4, 12)) -> Cells:
    """Columns from B on with a header in row 3, amounts in some rows and a total in row 13."""
    cells: Cells = {"A3": "Line", "A13": "Total"}
    cells |= {f"A{row}": f"Line {row}" for row in rows}
    for column, (first, last) in enumerate(spans, 2):
        letter = column_letters(column)
        cells[f"{letter}3"] = f"Unit {letter}"
        cells |= {f"{letter}{row}": float(row * column) for row in rows}
        cells[f"{letter}13"] = (f"=SUM({letter}{first}:{letter}{last})", 1.0)
    return cells


def _side(*spans: tuple[int, int]) -> Cells:
    """Totals beside a table of rows from 4 on and columns B to G; the spans are column numbers."""
    cells: Cells = {f"{column_letters(c)}3": f"Month {c}" for c in range(2, 8)}
    cells |= {"A3": "Line", "J3": "Total"}
    for row, (first, last) in enumerate(spans, 4):
        cells[f"A{row}"] = f"Line {row}"
        cells |= {f"{column_letters(c)}{row}": float(row * c) for c in range(2, 8)}
        left, right = column_letters(first), column_letters(last)
        cells[f"J{row}"] = (f"=SUM({left}{row}:{right}{row})", 1.0)
    return cells


def test_a_total_over_a_row_too_many_is_accused_with_what_the_others_take() -> None:
    cells = _totals((5, 11), (5, 11), (4, 11), (5, 11), (5, 11), rows=range(4, 12))

    (finding,) = _findings(book(cells))

    assert finding == Finding(
        rule="uneven-ranges",
        severity=Severity.HIGH,
        message="D13 takes D4:D11, but the totals beside it (B13, C13) reach over what would be "
        "D5:D11 here.",
        sheet="Sheet1",
        ranges=("D13",),
        evidence={
            "found": "=SUM(D4:D11)",
            "found R1C1": "=SUM(R[-9]C:R[-2]C)",
            "expected": "=SUM(D5:D11)",
            "formulas with the expected extent": "4",
            "numbers in question": "1",
        },
        fix="=SUM(D5:D11)",
        confidence=0.9,
        key="SUM(R[-9]C:R[-2]C) -1 0",
        siblings=("B13", "C13"),
    )


def test_totals_beside_a_table_are_compared_down_their_column() -> None:
    cells = _side((2, 7), (2, 7), (2, 8), (2, 7), (2, 7))

    (finding,) = _findings(book(cells | {"H6": 99.0}))

    assert (finding.ranges, finding.fix) == (("J6",), "=SUM(B6:G6)")


def test_an_average_among_other_figures_of_the_same_cells_is_compared_with_them() -> None:
    cells: Cells = {"A1": "Item", "B1": "Score"}
    cells |= {f"A{row}": f"Item {row}" for row in range(2, 8)}
    cells |= {f"B{row}": float(row) for row in range(2, 8)}
    cells |= {"A8": "Sum", "A9": "Mean", "A10": "Largest", "A11": "Smallest"}
    cells |= {"B8": ("=SUM(B2:B7)", 27.0), "B9": ("=AVERAGE(B2:B6)", 4.0)}
    cells |= {"B10": ("=MAX(B2:B7)", 7.0), "B11": ("=MIN(B2:B7)", 2.0)}

    (finding,) = _findings(book(cells))

    assert (finding.ranges, finding.fix) == (("B9",), "=AVERAGE(B2:B7)")


def test_one_window_among_equal_ones_is_accused() -> None:
    cells: Cells = {"A1": "Month", "B1": "Sales", "C1": "Mean of three"}
    for row in range(2, 16):
        cells |= {f"A{row}": f"Month {row}", f"B{row}": float(row)}
        if row > 3:
            first = row - 1 if row == 9 else row - 2
            cells[f"C{row}"] = (f"=AVERAGE(B{first}:B{row})", float(row))

    (finding,) = _findings(book(cells))

    assert (finding.ranges, finding.fix) == (("C9",), "=AVERAGE(B7:B9)")


def _forecast(*, drifting: bool) -> Cells:
    """Actual months in B to G and their mean in H to M, rows 3 to 7; row 5 may lack its `$`."""
    cells: Cells = {}
    for column in range(2, 14):
        letter = column_letters(column)
        cells[cell_address(1, column)] = f"Month {column}"
        for row in range(3, 8):
            formula = f"=AVERAGE($B{row}:$G{row})"
            if drifting and row == 5 and column > 7:
                start, end = column_letters(column - 6), column_letters(column - 1)
                formula = f"=AVERAGE({start}5:{end}5)"
            cells[f"{letter}{row}"] = float(row * column) if column < 8 else (formula, 9.0)
    cells |= {f"A{row}": f"Cost {row}" for row in range(3, 8)}
    return cells


def test_a_row_of_copies_that_lacks_its_dollar_signs_is_one_finding() -> None:
    (finding,) = _findings(book(_forecast(drifting=True)))

    assert finding.ranges == ("I5:M5",)
    assert finding.evidence["found"] == "=AVERAGE(C5:H5)"
    assert finding.fix == finding.evidence["expected"] == "=AVERAGE($B5:$G5)"


def test_a_column_of_copies_that_lacks_its_dollar_signs_is_one_finding() -> None:
    cells: Cells = {}
    for row in range(2, 14):
        cells[f"A{row}"] = f"Month {row}"
        for letter in "CDEFG":
            first, last = ("$2", "$7") if letter != "E" else (str(row - 6), str(row - 1))
            formula = (f"=AVERAGE({letter}{first}:{letter}{last})", 9.0)
            cells[f"{letter}{row}"] = 3.0 * row if row < 8 else formula
    cells |= {f"{letter}1": f"Cost {letter}" for letter in "CDEFG"}

    (finding,) = _findings(book(cells))

    assert (finding.ranges, finding.fix) == (("E9:E13",), "=AVERAGE(E$2:E$7)")


def test_rows_of_copies_that_all_stand_still_stay_silent() -> None:
    assert _findings(book(_forecast(drifting=False))) == []


def test_the_fix_keeps_the_dollar_signs_of_the_formula() -> None:
    cells = _totals((5, 11), (5, 11), (4, 11), (5, 11), (5, 11))
    cells["D13"] = ("=SUM(D$4:D$11)", 1.0)
    for letter in "BCEF":
        cells[f"{letter}13"] = (f"=SUM({letter}$5:{letter}$11)", 1.0)

    (finding,) = _findings(book(cells))

    assert (finding.ranges, finding.fix) == (("D13",), "=SUM(D$5:D$11)")


def test_a_range_that_alone_lacks_cells_still_to_be_filled_is_medium() -> None:
    cells = _totals((4, 13), (4, 11), (4, 13), (4, 13), (4, 13))
    made = {at.replace("13", "15"): value for at, value in cells.items()}

    (finding,) = _findings(book(made))

    assert (finding.ranges, finding.severity) == (("C15",), Severity.MEDIUM)


def test_a_range_that_alone_ends_in_a_blank_row_is_low() -> None:
    cells = _totals((4, 11), (4, 12), (4, 11), (4, 11))

    (finding,) = _findings(book(cells))

    assert (finding.ranges, finding.severity) == (("C13",), Severity.LOW)


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param(_totals((4, 11), (4, 11), (4, 11)), id="all alike"),
        pytest.param(_totals((4, 12), (4, 12), (4, 12)), id="all with a blank row at the end"),
        pytest.param(_totals((4, 11), (6, 11)), id="two that differ"),
        pytest.param(_totals((4, 11), (5, 11), (6, 11), (7, 11), (8, 11)), id="a staircase"),
        pytest.param(_totals((4, 11), (4, 11), (4, 11), (4, 6)), id="another block altogether"),
        pytest.param(_side((2, 7), (2, 7), (2, 7)), id="totals of rows"),
        pytest.param(_side((2, 2), (2, 3), (2, 4), (2, 5), (2, 6)), id="to date"),
    ],
)
def test_even_ranges_and_patterns_stay_silent(cells: Cells) -> None:
    assert _findings(book(cells)) == []


def test_windows_that_grow_at_the_start_stay_silent() -> None:
    cells: Cells = {"A1": "Month", "B1": "Sales", "C1": "Mean of up to three"}
    for row in range(2, 16):
        cells |= {f"A{row}": f"Month {row}", f"B{row}": float(row)}
        cells[f"C{row}"] = (f"=AVERAGE(B{max(2, row - 2)}:B{row})", float(row))

    assert _findings(book(cells)) == []


def test_the_total_that_omits_cells_of_its_own_column_is_left_to_its_own_rule() -> None:
    assert _findings(book(_totals((4, 11), (4, 11), (4, 10), (4, 11)))) == []


@pytest.mark.parametrize(
    ("formula", "function"),
    [
        ('=SUMIF(A2:A99,"x",C2:C98)', "SUMIF"),
        ('=SUMIF(A2:A99,"x",C1:C98)', "SUMIF"),
        ('=SUMIFS(C2:C99,A2:A99,"x",B2:B90,"y")', "SUMIFS"),
        ('=COUNTIFS(A2:A99,"x",B3:B100,"y")', "COUNTIFS"),
        ("=SUMPRODUCT(B2:B99,C2:C98)", "SUMPRODUCT"),
        ("=CORREL(B2:B99,C2:C98)", "CORREL"),
        ("=INDEX(C1:C98,MATCH(5,A2:A99,0))", "INDEX and MATCH"),
        ("=INDEX(B2:D99,MATCH(5,A2:A98,0),2)", "INDEX and MATCH"),
        ("=XLOOKUP(5,A2:A99,C1:C98)", "XLOOKUP"),
        ("=XLOOKUP(5,A2:A99,B2:D90)", "XLOOKUP"),
        ("=LOOKUP(5,A2:A99,C2:C98)", "LOOKUP"),
    ],
)
def test_ranges_of_one_call_that_do_not_fit_are_accused(formula: str, function: str) -> None:
    (finding,) = _findings(book({"F1": (formula, 1.0)}))

    assert (finding.ranges, finding.severity) == (("F1",), Severity.HIGH)
    assert f" of {function} " in finding.message


@pytest.mark.parametrize(
    "formula",
    [
        '=SUMIF(A2:A99,"x",C2:C99)',
        '=SUMIF(A2:A99,"x",C2)',
        '=SUMIF(A:A,"x",C:C)',
        '=SUMIFS(C2:C99,A2:A99,"x",B2:B99,"y")',
        '=COUNTIFS(A2:A99,"x",A2:A99,"y")',
        "=SUMPRODUCT(B2:B99,C2:C99)",
        "=SUMPRODUCT(B3:B99,B2:B98)",
        "=SUMPRODUCT(B2:B9,B12:B19)",
        "=SUMPRODUCT(B2:D99,2)",
        "=INDEX(C2:C99,MATCH(5,A2:A99,0))",
        "=INDEX(C1:C99,MATCH(5,A2:A99,0)+1)",
        "=INDEX(B2:D99,MATCH(5,A2:A99,0),MATCH(7,B1:D1,0))",
        "=INDEX(B1:D1,MATCH(5,A2:A4,0))",
        "=XLOOKUP(5,A2:A99,B2:D99)",
        "=LOOKUP(5,A2:A99)",
        '=SUMIF(Other!A2:A99,"x",Other!C2:C99)',
    ],
)
def test_ranges_of_one_call_that_fit_stay_silent(formula: str) -> None:
    pages: dict[str, Cells] = {"Here": {"F1": (formula, 1.0)}, "Other": {"A2": 1.0}}

    assert _findings(book(pages)) == []


def test_a_range_that_drifts_away_from_its_criteria_is_accused_where_it_does() -> None:
    cells: Cells = {}
    for row in range(2, 6):
        cells[f"F{row}"] = (f'=SUMIF($A$2:$A$20,"x",C{row}:C{row + 18})', 1.0)

    (finding,) = _findings(book(cells))

    assert finding.ranges == ("F3:F5",)
