"""The rule number-among-formulas: what it accuses and what it leaves alone."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest

from tests.books import CellSpec, book, sheet
from tickmark.audit.rule import Facts
from tickmark.audit.rules.number_among_formulas import number_among_formulas
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.finding import Finding, Severity
from tickmark.model.grid import FormulaGroup, FormulaKind
from tickmark.model.workbook import Style, Workbook
from tickmark.structure.formulas import formulas_of

Cells = dict[str, CellSpec]


def _findings(workbook: Workbook) -> list[Finding]:
    return list(number_among_formulas.check(Facts(workbook, formulas_of(workbook))))


def _row(pattern: str, *, row: int = 7, left: int = 2) -> Cells:
    """A row of cells by letters: `f` and `g` two copied formulas, `n` a number, `.` nothing."""
    cells: Cells = {}
    for column, letter in enumerate(pattern, left):
        above = cell_address(row - 1, column)
        spec: dict[str, CellSpec] = {
            "f": (f"={above}*2", 10.0 + column),
            "g": (f"={above}+1", 20.0 + column),
            "n": 1200.0,
            "t": "text",
            "y": 2024.0,
            "d": dt.date(2024, 1, 1),
            "b": True,
        }
        if letter != ".":
            cells[cell_address(row, column)] = spec[letter]
    return cells


def _turned(cells: Cells) -> Cells:
    """The same down a column; the formulas then look to the left."""
    turned: Cells = {}
    for address, value in cells.items():
        area = RangeRef.parse(address)
        text = value
        if isinstance(value, tuple):
            left = cell_address(area.left, area.top - 1)
            text = (f"={left}{value[0][-2:]}", value[1])
        turned[cell_address(area.left, area.top)] = text
    return turned


def test_a_number_typed_over_a_formula_is_accused_with_what_is_expected() -> None:
    (finding,) = _findings(book(_row("ffnfff")))
    assert finding == Finding(
        rule="number-among-formulas",
        severity=Severity.MEDIUM,
        message="D7 holds the plain number 1200 among copies of one formula where =D6*2 is "
        "expected.",
        sheet="Sheet1",
        ranges=("D7",),
        evidence={"found": "1200", "expected": "=D6*2", "expected R1C1": "=R[-1]C*2"},
        fix="=D6*2",
        confidence=0.7,
        key="R[-1]C*2",
        siblings=("C7", "E7"),
    )


def test_a_number_that_differs_from_what_the_formula_gives_is_of_high_severity() -> None:
    inputs: Cells = {cell_address(6, column): 5.0 for column in range(2, 7)}
    (finding,) = _findings(book(_row("ffnff") | inputs))
    assert finding.severity is Severity.HIGH
    assert finding.evidence["expected value"] == "10"
    assert finding.message == (
        "D7 holds the plain number 1200 among copies of one formula where =D6*2 is expected, which "
        "gives 10."
    )


def test_a_number_that_looks_different_is_an_override_of_medium_severity() -> None:
    inputs: Cells = {cell_address(6, column): 5.0 for column in range(2, 7)}
    workbook = book(_row("ffnff") | inputs)
    page = workbook.sheets[0]
    page.cells.styles[page.cells.position(7, 4)] = 1
    marked = replace(workbook, styles=(Style(), Style(fill_colour="FFFF00")))
    (finding,) = _findings(marked)
    assert finding.severity is Severity.MEDIUM
    assert finding.evidence["look"] == "its fill or font colour differs from those of the formulas"


@pytest.mark.parametrize(
    ("pattern", "accused"),
    [
        ("ffnff", ["D7"]),
        ("fnfff", ["C7"]),
        ("fffnf", ["E7"]),
        ("fffnnfff", ["E7:F7"]),
        ("fffnnnffff", ["E7:G7"]),
        ("ffnffnff", ["D7", "G7"]),
    ],
)
@pytest.mark.parametrize("down", [False, True])
def test_numbers_between_copies_are_found_in_rows_and_columns(
    pattern: str, accused: list[str], *, down: bool
) -> None:
    cells = _row(pattern)
    if down:
        cells = _turned(cells)
        areas = [RangeRef.parse(text) for text in accused]
        accused = [RangeRef("", a.left, a.top, a.right, a.bottom).a1 for a in areas]
    (finding,) = _findings(book(cells))
    assert list(finding.ranges) == accused


@pytest.mark.parametrize(
    "pattern",
    [
        "nffff",
        "ffffn",
        "fnf",
        "ffnf",
        "ffngg",
        "ff.ff",
        "fftff",
        "ffdff",
        "ffbff",
        "ff.nff",
        "fnnff",
        "ffnnff",
        "ffnnnnffff",
        "nnnnn",
        "fffff",
        "fgnfg",
        "fnfnfnfnf",
    ],
)
@pytest.mark.parametrize("down", [False, True])
def test_ends_gaps_and_other_cells_stay_silent(pattern: str, *, down: bool) -> None:
    cells = _row(pattern)
    assert _findings(book(_turned(cells) if down else cells)) == []


def test_a_column_of_actual_figures_across_the_formulas_stays_silent() -> None:
    cells: Cells = {}
    for row in range(7, 12):
        cells |= _row("fffnfff", row=row)
    assert _findings(book(cells)) == []


def test_two_numbers_below_each_other_are_accused() -> None:
    cells = _row("fffffff", row=6) | _row("fffnfff") | _row("fffnfff", row=8)
    (finding,) = _findings(book(cells | _row("fffffff", row=9)))
    assert finding.ranges == ("E7:E8",)


def test_a_year_among_years_stays_silent_and_a_year_like_amount_does_not() -> None:
    years: Cells = {
        "B3": ("=A3+1", 2020),
        "C3": ("=B3+1", 2021),
        "D3": 2022,
        "E3": ("=D3+1", 2023),
        "F3": ("=E3+1", 2024),
    }
    assert _findings(book(years)) == []
    assert len(_findings(book(_row("ffyff")))) == 1


def test_numbers_inside_an_array_formula_are_no_plain_numbers() -> None:
    cells = _row("ffnff")
    workbook = book({"S": cells | {"D7": ("=TRANSPOSE(A1:A2)", 5), "D8": 6}})
    page = workbook.sheets[0]
    number = page.cells.formula_texts.index("TRANSPOSE(A1:A2)")
    group = FormulaGroup(FormulaKind.ARRAY, 7, 4, RangeRef("S", 7, 4, 8, 4))
    page.cells.formula_groups[number] = group  # type: ignore[index]
    assert _findings(workbook) == []


def test_copies_of_a_formula_without_references_stay_silent() -> None:
    cells: Cells = {"B2": "=5*2", "C2": "=5*2", "D2": 7, "E2": "=5*2", "F2": "=5*2"}
    assert _findings(book(cells)) == []


def test_members_of_a_shared_formula_are_copies_too() -> None:
    page = sheet({"E7": 3, "A1": 1}, shared={"B7:D7": "=B6*2", "F7:G7": "=F6*2"})
    (finding,) = _findings(book({"S": page}))
    assert (finding.ranges, finding.fix) == (("E7",), "=E6*2")


def test_all_numbers_in_the_copies_of_one_formula_are_one_finding() -> None:
    cells = _row("ffnff", row=7) | _row("ffnff", row=9)
    (finding,) = _findings(book(cells))
    assert finding.ranges == ("D7", "D9")
    assert finding.message == (
        "2 plain numbers stand among copies of one formula (D7, D9); D7 holds 1200 where =D6*2 is "
        "expected."
    )


def _model(rows: dict[int, str]) -> Cells:
    """A table with a header row 3, labels in A, inputs in B to G and rows by letters below them."""
    cells: Cells = {"A3": "Item"}
    for column in range(2, 8):
        cells[cell_address(3, column)] = f"Plan {column}"
        for row in (4, 5):
            cells[cell_address(row, column)] = float(row * column + 1)
    cells |= {"A4": "Price", "A5": "Pieces"}
    for row, pattern in rows.items():
        cells[cell_address(row, 1)] = f"Line {row}"
        for column, letter in enumerate(pattern, 2):
            price, pieces = cell_address(4, column), cell_address(5, column)
            value = float((4 * column + 1) * (5 * column + 1) * row)
            formula = (f"={price}*{pieces}*{row}", value)
            cells[cell_address(row, column)] = formula if letter == "f" else 77.0
    return cells


def test_a_number_at_the_end_of_a_line_is_accused_where_other_lines_go_on() -> None:
    (finding,) = _findings(book(_model({6: "ffffff", 7: "fffffn", 8: "ffffff"})))
    assert (finding.ranges, finding.confidence, finding.fix) == (("G7",), 0.5, "=G4*G5*7")


def test_a_last_column_of_numbers_is_a_decision() -> None:
    assert _findings(book(_model({6: "fffffn", 7: "fffffn", 8: "fffffn"}))) == []


def test_a_formula_that_goes_on_from_the_cell_before_begins_with_a_number() -> None:
    cells: Cells = {"A3": "Year", "A4": "Cash", "A5": "Debt", "A6": "Stock"}
    for row in (4, 5, 6):
        cells[cell_address(row, 2)] = 100.0 + row
        for column in range(3, 9):
            cells[cell_address(3, column)] = f"Plan {column}"
            before = cell_address(row, column - 1)
            cells[cell_address(row, column)] = (f"={before}*1.1", 110.0 + column)
    assert _findings(book(cells)) == []


def _corkscrew(*, unit: CellSpec, total: CellSpec) -> Cells:
    """Opening, additions and closing of six periods in D to I; B and C stand before them."""
    cells: Cells = {"A3": "Debt", "B3": "Unit", "C3": "Total"}
    for row, name in enumerate(["Opening", "Drawn", "Interest", "Closing"], 4):
        cells |= {f"A{row}": name, f"B{row}": unit, f"C{row}": total}
    for column in range(4, 10):
        before, own = cell_address(7, column - 1), "ABCDEFGHI"[column - 1]
        cells[f"{own}3"] = f"Plan {column}"
        cells[f"{own}4"] = 500.0 if column == 4 else (f"={before}", 500.0)
        cells[f"{own}5"] = (f"={own}3*0", 20.0)
        cells[f"{own}6"] = (f"={own}4*0.05", 25.0)
        cells[f"{own}7"] = (f"=SUM({own}4:{own}6)", 545.0)
    return cells


@pytest.mark.parametrize("total", [None, "-"])
@pytest.mark.parametrize("down", [False, True])
def test_an_opening_balance_before_which_nothing_stands_is_typed(
    total: CellSpec, *, down: bool
) -> None:
    cells = _corkscrew(unit="EUR", total=total)
    if down:
        cells = _mirrored(cells)
    assert _findings(book(cells)) == []


def _mirrored(cells: Cells) -> Cells:
    """Rows as columns and columns as rows, in formulas as well."""

    def turned(address: str) -> str:
        area = RangeRef.parse(address)
        return cell_address(area.left, area.top)

    made: Cells = {}
    for address, value in cells.items():
        if isinstance(value, tuple):
            text = re.sub(r"\b[A-I]\d+\b", lambda found: turned(found[0]), str(value[0]))
            made[turned(address)] = (text, value[1])
        else:
            made[turned(address)] = value
    return made


def _with_total(total: Cells) -> Cells:
    cells: Cells = {"A1": "Shop", "B1": "North", "C1": "South", "D1": "East", "E1": "West"}
    for row in range(2, 7):
        cells[f"A{row}"] = f"Shop {row}"
        for column in range(2, 6):
            cells[cell_address(row, column)] = float(row * 10 + column)
    return cells | {"A7": "Total"} | total


def test_a_typed_total_beside_sums_is_accused() -> None:
    total: Cells = {
        "B7": ("=SUM(B2:B6)", 210.0),
        "C7": ("=SUM(C2:C6)", 215.0),
        "D7": ("=SUM(D2:D6)", 220.0),
        "E7": 999.0,
    }
    (finding,) = _findings(book(_with_total(total)))
    assert (finding.ranges, finding.severity) == (("E7",), Severity.LOW)
    assert finding.fix == "Replace the number by the formula that it comes from."
    assert finding.evidence["expected value"] == "225"


def test_a_part_of_a_total_column_that_was_typed_whole_stays_silent() -> None:
    cells: Cells = {"A1": "Item", "B1": "North", "C1": "South", "D1": "Total"}
    for row in [*range(2, 8), *range(10, 16)]:
        north, south = 10.0 + row, 20.0 + 3 * row
        cells |= {f"A{row}": f"Item {row}", f"B{row}": north, f"C{row}": south}
        cells[f"D{row}"] = (f"=B{row}+C{row}", north + south) if row > 9 else north + south + 1
    cells |= {"A9": "Second half"}
    assert _findings(book(cells)) == []


def test_typed_totals_without_sums_beside_them_stay_silent() -> None:
    assert _findings(book(_with_total({"B7": 210.0, "C7": 215.0, "D7": 220.0, "E7": 225.0}))) == []


def test_a_number_typed_over_a_formula_above_rows_of_inputs_is_accused() -> None:
    inputs: Cells = {cell_address(row, column): 5.0 for row in (8, 9, 10) for column in range(2, 8)}

    (finding,) = _findings(book(_row("ffnfff") | inputs))

    assert finding.ranges == ("D7",)


def test_a_column_of_numbers_across_three_rows_of_formulas_is_a_decision() -> None:
    rows = {k: v for row in (7, 8, 9) for k, v in _row("ffnfff", row=row).items()}

    assert _findings(book(rows)) == []


def _bills(paid: str) -> Cells:
    """Bills with what was paid of them, by letters: all of it, a part that was typed, nothing."""
    cells: Cells = {"A1": "Bill", "B1": "Gross", "C1": "Paid", "D1": "Open"}
    for row, letter in enumerate(paid, 2):
        gross = 1000.0 + 137 * row
        cells |= {f"A{row}": f"Bill {row}", f"B{row}": gross, f"D{row}": (f"=B{row}-C{row}", 1.0)}
        if letter != ".":
            cells[f"C{row}"] = (f"=B{row}", gross) if letter == "f" else gross / 2
    return cells


@pytest.mark.parametrize("down", [True, False])
@pytest.mark.parametrize("paid", ["ffffn.fff", "fffnf.fff", ".fnffff", "fffffn"])
def test_another_number_in_a_line_that_repeats_the_one_beside_it_stays_silent(
    paid: str, *, down: bool
) -> None:
    cells = _bills(paid)
    assert _findings(book(cells if down else _mirrored(cells))) == []


def test_a_number_among_many_repeats_on_both_sides_is_of_medium_severity() -> None:
    (finding,) = _findings(book(_bills("ffnfff")))
    assert (finding.ranges, finding.severity) == (("C4",), Severity.MEDIUM)


def test_a_number_among_references_to_another_sheet_is_accused() -> None:
    links: Cells = {
        cell_address(3, column): (f"=S!{cell_address(3, column)}", 5.0 + column)
        for column in range(2, 8)
    }
    values: Cells = {cell_address(3, column): 5.0 + column for column in range(2, 8)}
    (finding,) = _findings(book({"L": links | {"C3": 99.0}, "S": values}))
    assert (finding.ranges, finding.severity) == (("C3",), Severity.HIGH)


@pytest.mark.parametrize("first", [2, 3])
def test_a_total_over_one_more_row_than_the_sums_beside_it_is_right(first: int) -> None:
    total: Cells = {
        f"{letter}7": (f"=SUM({letter}{first}:{letter}{first + 3})", 1.0) for letter in "BCD"
    }
    assert _findings(book(_with_total(total | {"E7": 225.0}))) == []


def test_a_total_over_one_more_column_than_the_sums_beside_it_is_right() -> None:
    total: Cells = {f"{letter}7": (f"=SUM({letter}3:{letter}6)", 1.0) for letter in "BCD"}
    assert _findings(book(_mirrored(_with_total(total | {"E7": 225.0})))) == []


def test_one_digit_that_a_longer_sum_gives_is_chance() -> None:
    total: Cells = {f"{letter}7": (f"=SUM({letter}3:{letter}6)", 1.0) for letter in "BCD"}
    cells = _with_total(total | {"E7": 5.0})
    cells |= {f"E{row}": 1.0 for row in range(2, 7)}
    (finding,) = _findings(book(cells))
    assert finding.ranges == ("E7",)
