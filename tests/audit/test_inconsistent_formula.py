"""The rule inconsistent-formula: what it accuses and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.books import CellSpec, book
from tickmark.audit.rule import Facts
from tickmark.audit.rules.inconsistent_formula import inconsistent_formula
from tickmark.errors import TickmarkError
from tickmark.model.address import cell_address
from tickmark.model.finding import Finding, Severity
from tickmark.model.workbook import Workbook
from tickmark.read import read_workbook
from tickmark.structure.formulas import formulas_of

Cells = dict[str, CellSpec]


def _findings(workbook: Workbook) -> list[Finding]:
    return list(inconsistent_formula.check(Facts(workbook, formulas_of(workbook))))


def _sales(rows: int = 8) -> Cells:
    """Units, prices and amounts of a list, in A2 to D9; rates stand in F1 to G2."""
    cells: Cells = {"A1": "Product", "B1": "Units", "C1": "Price", "D1": "Amount"}
    cells |= {"F1": "Rate", "G1": 0.2, "F2": "Next rate", "G2": 0.3}
    for row in range(2, rows + 2):
        units, price = 10.0 * row, 1.0 + row
        cells[f"A{row}"] = f"Product {row}"
        cells[f"B{row}"] = units
        cells[f"C{row}"] = price
        cells[f"D{row}"] = (f"=B{row}*C{row}", units * price)
    return cells


def _plan(**lines: str) -> Cells:
    """Five periods in C to G, rows 3 to 9; `lines` replaces formulas, by address.

    Units, price and cost are typed; turnover, costs, margin and share are copied along the rows.
    """
    cells: Cells = {"A1": "Plan", "B2": "Unit"}
    names = ["Units", "Price", "Cost", "Turnover", "Costs", "Margin", "Share"]
    for row, name in enumerate(names, 3):
        cells[f"A{row}"] = name
    for column in range(3, 8):
        letter = "ABCDEFG"[column - 1]
        units, price, cost = 100.0 + column, 9.0 + column, 5.0 + column / 10
        cells[f"{letter}2"] = f"Q{column}"
        cells |= {f"{letter}3": units, f"{letter}4": price, f"{letter}5": cost}
        cells[f"{letter}6"] = (f"={letter}3*{letter}4", units * price)
        cells[f"{letter}7"] = (f"={letter}3*{letter}5", units * cost)
        cells[f"{letter}8"] = (f"={letter}6-{letter}7", units * (price - cost))
        cells[f"{letter}9"] = (f"={letter}8/{letter}6", (price - cost) / price)
    for address, formula in lines.items():
        cells[address] = (formula, 1.0)
    return cells


def test_a_reference_one_row_off_is_accused_with_what_is_expected() -> None:
    (finding,) = _findings(book(_sales() | {"D5": ("=B5*C6", 350.0)}))
    assert finding == Finding(
        rule="inconsistent-formula",
        severity=Severity.MEDIUM,
        message="D5 has =B5*C6 where the copies around it would have =B5*C5: it refers to C6 "
        "instead of C5.",
        sheet="Sheet1",
        ranges=("D5",),
        evidence={
            "found": "=B5*C6",
            "expected": "=B5*C5",
            "found R1C1": "=RC[-2]*R[1]C[-1]",
            "expected R1C1": "=RC[-2]*RC[-1]",
            "difference": "reference",
            "copies": "7 in its column",
            "effect": "350 instead of 300",
        },
        fix="=B5*C5",
        confidence=0.55,
        key="RC[-2]*R[1]C[-1] RC[-2]*RC[-1]",
        siblings=("D4", "D6"),
    )


@pytest.mark.parametrize(
    "formula",
    [
        "=B5*C4",
        "=A5*C5",
        "=B5*C5*1000",
        "=(B5*C5)/1000",
        "=B5*C5+250",
        "=-B5*C5",
        "=B5/C5",
        "=Other!B5*C5",
        "=$B$5*C5",
        "=B5*C$5",
        "=B5",
        "=B5*C5+B5",
    ],
)
def test_one_thing_that_differs_in_a_column_is_accused(formula: str) -> None:
    pages = {"Sheet1": _sales() | {"D5": (formula, 1.0)}, "Other": {"B5": 7.0}}
    (finding,) = _findings(book(pages))
    assert (finding.sheet, finding.ranges, finding.fix) == ("Sheet1", ("D5",), "=B5*C5")


@pytest.mark.parametrize("address", ["C6", "D6", "E7", "F8", "G6", "G8", "C9"])
@pytest.mark.parametrize("change", ["({})*1000", "-({})", "{}-50"])
def test_a_row_of_a_plan_is_judged_by_the_rows_beside_it(address: str, change: str) -> None:
    right = str(_plan()[address][0])  # type: ignore[index]
    wrong = "=" + change.format(right.removeprefix("="))
    (finding,) = _findings(book(_plan(**{address: wrong})))
    assert (finding.ranges, finding.fix) == ((address,), right)


@pytest.mark.parametrize(
    ("address", "formula"),
    [("E6", "=E3*E5"), ("E8", "=E5-E7"), ("G8", "=F6-G7"), ("D6", "=D3*$D$4"), ("G6", "=G3*$G4")],
)
def test_a_reference_or_anchor_in_a_row_is_accused(address: str, formula: str) -> None:
    (finding,) = _findings(book(_plan(**{address: formula})))
    assert finding.ranges == (address,)


def test_a_constant_that_differs_from_all_others_is_accused() -> None:
    cells = _sales()
    for row in range(2, 10):
        cells[f"E{row}"] = (f"=D{row}*{'0.02' if row == 6 else '0.023'}", 1.0)
    (finding,) = _findings(book(cells))
    assert finding.ranges == ("E6",)
    assert finding.message.endswith(": it has 0.02 instead of 0.023.")


def test_what_makes_no_difference_now_is_of_low_severity() -> None:
    cells = _sales() | {"C6": 5.0, "C5": 5.0, "D5": ("=B5*C6", 250.0), "D6": ("=B6*C6", 300.0)}
    (finding,) = _findings(book(cells))
    assert finding.severity is Severity.LOW
    assert finding.evidence["effect"] == "none now"


@pytest.mark.parametrize(
    ("cells", "severity"),
    [
        ({"B5": 0.0, "D5": ("=B5*C6", 0.0)}, Severity.MEDIUM),
        ({"B5": 0.0, "D5": ("=B5*C6", 0.0), "C5": 0.0, "C6": 0.0}, Severity.LOW),
        ({"E5": ("=D5-F5", 300.0), "F5": 0.0}, Severity.MEDIUM),
        ({"D5": ("=B5*C5", 0.0), "B5": 0.0, "E5": ("=D5-F5", 0.0), "F5": 0.0}, Severity.LOW),
    ],
)
def test_what_only_happens_to_give_the_same_now_is_of_medium_severity(
    cells: Cells, severity: Severity
) -> None:
    made = _sales()
    for row in range(2, 10):
        made[f"F{row}"] = 50.0
        made[f"E{row}"] = (f"=D{row}+F{row}", 1.0)
    del made["F1"], made["G1"], made["G2"]
    (finding,) = _findings(book(made | cells))
    assert finding.severity is severity


@pytest.mark.parametrize(("typed", "severity"), [(14, Severity.MEDIUM), (15, Severity.HIGH)])
def test_a_number_typed_in_the_place_of_a_cell_is_accused(typed: int, severity: Severity) -> None:
    (finding,) = _findings(book(_plan(E6=f"=E3*{typed}")))
    assert (finding.ranges, finding.fix, finding.severity) == (("E6",), "=E3*E4", severity)
    assert finding.message.endswith(f": it has {typed} instead of E4.")


def test_a_number_in_place_of_a_cell_at_the_start_of_a_line_stays_silent() -> None:
    cells = _sales()
    for row in range(2, 10):
        cells[f"E{row}"] = (f"=D{row}*{'0.5' if row == 2 else '$G$1'}", 20.0 * row)
    assert _findings(book(cells)) == []


def test_a_factor_on_another_sheet_does_not_hide_that_the_cells_differ() -> None:
    cells = _sales() | {"B5": 0.0}
    for row in range(2, 10):
        wrong = "C6" if row == 5 else f"C{row}"
        cells[f"D{row}"] = (f"=B{row}*{wrong}*Rates!$B$1", 0.0 if row == 5 else 30.0 * row)
    (finding,) = _findings(book({"Sheet1": cells, "Rates": {"A1": "Rate", "B1": 1.5}}))
    assert (finding.ranges, finding.severity) == (("D5",), Severity.MEDIUM)


def test_dollar_signs_alone_are_of_low_severity() -> None:
    (finding,) = _findings(book(_sales() | {"D5": ("=B5*$C$5", 300.0)}))
    assert finding.severity is Severity.LOW
    assert "$ signs differ" in finding.message


def test_a_wrong_number_in_a_block_of_copies_is_high() -> None:
    cells: Cells = {}
    for row in range(2, 9):
        cells[f"A{row}"] = float(row)
        for column in range(2, 9):
            cells[cell_address(1, column)] = float(column)
            address = cell_address(row, column)
            above = cell_address(1, column).replace("1", "$1")
            cells[address] = (f"=$A{row}*{above}", float(row * column))
    cells["D5"] = ("=$A5*E$1", 25.0)
    (finding,) = _findings(book(cells))
    assert (finding.severity, finding.ranges) == (Severity.HIGH, ("D5",))


def test_all_cells_with_one_deviation_make_one_finding() -> None:
    cells = _sales(20) | {"D5": ("=B5*C6", 1.0), "D12": ("=B12*C13", 1.0)}
    (finding,) = _findings(book(cells))
    assert finding.ranges == ("D5", "D12")


def test_the_key_stays_when_rows_are_inserted_above() -> None:
    def list_at(top: int) -> Cells:
        cells: Cells = {f"A{top}": "Units", f"B{top}": "Price", f"C{top}": "Amount"}
        for row in range(top + 1, top + 9):
            cells |= {f"A{row}": 1.0 * row, f"B{row}": 2.0}
            cells[f"C{row}"] = (f"=A{row}*B{row + (row == top + 4)}", 1.0)
        return cells

    (finding,) = _findings(book(list_at(1)))
    (moved,) = _findings(book(list_at(4)))
    assert (finding.ranges, moved.ranges) == (("C5",), ("C8",))
    assert finding.key == moved.key


def _products(wrong: str = "") -> Cells:
    """Four blocks of four rows for products below each other, of two periods in B and C."""
    cells: Cells = {"A1": "Line", "B1": "2024", "C1": "2025"}
    for block in range(4):
        top = 2 + 4 * block
        for step, name in enumerate(("Units", "Price", "Turnover", "Tax")):
            cells[f"A{top + step}"] = f"{name} {block}"
        for letter in "BC":
            cells |= {f"{letter}{top}": 5.0 + block, f"{letter}{top + 1}": 3.0 + block}
            cells[f"{letter}{top + 2}"] = (f"={letter}{top}*{letter}{top + 1}", 1.0)
            cells[f"{letter}{top + 3}"] = (f"={letter}{top + 2}*0.2", 1.0)
    if wrong:
        cells["B13"] = (wrong, 1.0)
    return cells


def test_one_of_several_blocks_that_deviates_is_accused() -> None:
    (finding,) = _findings(book(_products("=B12*0.25")))
    assert (finding.ranges, finding.fix) == (("B13",), "=B12*0.2")
    assert _findings(book(_products())) == []


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"D10": ("=SUM(D2:D9)", 1.0), "B10": ("=SUM(B2:B9)", 1.0), "A10": "Total"},
        {"D5": ("=C5*B5*1", 1.0), "D6": ("=C6+B6*2-7", 1.0)},
        {"D5": ("=SUM(B2:B4)", 1.0)},
        {"D5": ('=IF(A5="",0,B5*C5)', 1.0)},
        {"D5": 42.0},
        {"D5": "n/a"},
        {"D5": ("=+B5*C5", 300.0)},
        {"D5": ("=B5*Sheet1!C5", 300.0)},
    ],
)
def test_other_formulas_totals_and_values_in_a_column_stay_silent(change: Cells) -> None:
    assert _findings(book(_sales() | change)) == []


def test_a_first_period_with_an_opening_balance_stays_silent() -> None:
    cells: Cells = {"A1": "Balance", "B1": 500.0, "A2": "Month", "A3": "Opening", "A5": "Closing"}
    cells["A4"] = "Change"
    for column in range(2, 9):
        letter, before = "ABCDEFGH"[column - 1], "ABCDEFGH"[column - 2]
        cells[f"{letter}2"] = f"M{column}"
        cells[f"{letter}3"] = ("=$B$1" if column == 2 else f"={before}5", 1.0)
        cells[f"{letter}4"] = 10.0
        cells[f"{letter}5"] = (f"={letter}3+{letter}4", 1.0)
    assert _findings(book(cells)) == []


def test_a_total_column_at_the_end_stays_silent() -> None:
    cells = _plan() | {"H2": "Total"}
    for row in (3, 6, 7, 8):
        cells[f"H{row}"] = (f"=SUM(C{row}:G{row})", 1.0)
    cells["H9"] = ("=H8/H6", 0.5)
    assert _findings(book(cells)) == []


def test_a_column_of_another_kind_across_all_rows_stays_silent() -> None:
    actual = {f"E{row}": f"=E{row - 3}*E{row - 2}*1.1" for row in (6, 7, 8, 9)}
    assert _findings(book(_plan(**actual))) == []


def test_forecasts_that_start_at_one_period_stay_silent() -> None:
    forecast: dict[str, str] = {}
    for letter, before in (("F", "E"), ("G", "F")):
        forecast |= {f"{letter}{row}": f"={before}{row}*1.02" for row in (6, 7)}
    assert _findings(book(_plan(**forecast))) == []


def test_a_row_of_margins_among_rows_of_sums_stays_silent() -> None:
    cells: Cells = {"A1": "Line"}
    for column in range(2, 8):
        letter = "ABCDEFG"[column - 1]
        cells[f"{letter}1"] = f"Q{column}"
        for row in (2, 3, 5, 6, 8, 9):
            cells[f"{letter}{row}"] = float(row * column)
        for row in (4, 7, 10):
            sign = "-" if row == 7 else "+"
            cells[f"{letter}{row}"] = (f"={letter}{row - 2}{sign}{letter}{row - 1}", 1.0)
    for row in range(2, 11):
        cells[f"A{row}"] = f"Line {row}"
    assert _findings(book(cells)) == []


@pytest.mark.parametrize("formula", ["=SUM(C3:C5)", "=SUM(C1:C4)", "=SUM(C2:C3)"])
def test_a_range_of_a_sum_that_ends_elsewhere_is_left_to_other_rules(formula: str) -> None:
    cells: Cells = {"A1": "Item", "A5": "Total"}
    for column in range(2, 8):
        letter = "ABCDEFG"[column - 1]
        cells[f"{letter}1"] = f"Q{column}"
        for row in (2, 3, 4):
            cells[f"A{row}"] = f"Item {row}"
            cells[f"{letter}{row}"] = float(row * column)
        cells[f"{letter}5"] = (f"=SUM({letter}2:{letter}4)", 1.0)
    assert _findings(book(cells | {"C5": (formula, 1.0)})) == []


def test_an_average_of_rates_in_a_row_of_sums_stays_silent() -> None:
    cells: Cells = {"A1": "Region", "A8": "Total"}
    for column in range(2, 8):
        letter = "ABCDEFG"[column - 1]
        cells[f"{letter}1"] = "Margin %" if column == 5 else f"Quantity {column}"
        for row in range(2, 8):
            cells[f"A{row}"] = f"Region {row}"
            cells[f"{letter}{row}"] = 0.1 * row if column == 5 else 7.0 * row
        function = "AVERAGE" if column == 5 else "SUM"
        cells[f"{letter}8"] = (f"={function}({letter}2:{letter}7)", 1.0)
    assert _findings(book(cells)) == []


def test_another_function_in_one_row_of_a_list_is_accused() -> None:
    cells: Cells = {"A1": "Store", "B1": "Q1", "C1": "Q2", "D1": "Best"}
    for row in range(2, 12):
        cells |= {f"A{row}": f"Store {row}", f"B{row}": 1.0 * row, f"C{row}": 2.0 * row}
        cells[f"D{row}"] = (f"={'MIN' if row == 7 else 'MAX'}(B{row}:C{row})*2", 1.0)
    (finding,) = _findings(book(cells))
    assert finding.message.endswith(": it has MIN instead of MAX.")


def test_a_formula_that_steps_over_a_blank_row_stays_silent() -> None:
    cells: Cells = {"A1": "No", "B1": "Name"}
    for row in range(2, 16):
        if row == 8:
            continue
        cells[f"B{row}"] = f"Name {row}"
        above = 6 if row == 9 else row - 1
        cells[f"A{row}"] = (f"=A{above}+1", float(row)) if row > 2 else 1.0
    assert _findings(book(cells)) == []


def _links(wrong: str) -> Cells:
    """A column of links to the inputs in F, with one other formula in B6."""
    cells: Cells = {"A1": "Item", "B1": "Now", "F1": "Input"}
    for row in range(2, 12):
        cells |= {f"A{row}": f"Item {row}", f"F{row}": 7.0 * row, f"G{row}": 3.0 * row}
        cells[f"B{row}"] = (f"=F{row}", 7.0 * row)
    return cells | {"B6": (wrong, 1.0)}


def test_a_link_to_a_far_cell_stays_silent_and_one_to_the_next_cell_does_not() -> None:
    assert _findings(book(_links("=F11"))) == []
    for wrong in ("=F7", "=G6", "=F6*1000", "=-F6"):
        (finding,) = _findings(book(_links(wrong)))
        assert finding.ranges == ("B6",)


def test_parameters_without_any_reference_stay_silent() -> None:
    cells: Cells = {"A1": "Factor", "B1": "Value"}
    for row in range(2, 10):
        cells[f"A{row}"] = f"Factor {row}"
        cells[f"B{row}"] = ("=7*12" if row == 5 else "=8*12", 96.0)
    assert _findings(book(cells)) == []


def test_many_exceptions_on_one_line_are_meant() -> None:
    cells = _sales(40)
    for row in range(3, 40, 5):
        cells[f"D{row}"] = (f"=B{row}*C{row}-{row}", 1.0)
    assert _findings(book(cells)) == []


def test_a_book_without_formulas_has_no_findings() -> None:
    assert _findings(book({"A1": "Text", "A2": 1.0})) == []


@pytest.mark.parametrize("suffix", [".xlsx", ".xlsm", ".xls"])
def test_real_workbooks_get_few_findings(corpus: Path, suffix: str) -> None:
    for path in sorted(corpus.glob(f"*{suffix}")):
        try:
            workbook = read_workbook(str(path))
        except TickmarkError:
            continue
        facts = Facts(workbook, formulas_of(workbook))
        formulas = sum(int(own.counts().sum()) for own in facts.formulas.sheets if own.templates)
        found = list(inconsistent_formula.check(facts))
        assert len(found) <= max(5, formulas // 200), path.name
