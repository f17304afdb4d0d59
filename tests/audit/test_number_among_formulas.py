"""The rule number-among-formulas: what it accuses and what it leaves alone."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.books import CellSpec, book, sheet
from tickmark.audit.rule import Facts
from tickmark.audit.rules.number_among_formulas import number_among_formulas
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.finding import Finding, Severity
from tickmark.model.grid import FormulaGroup, FormulaKind
from tickmark.model.workbook import Workbook
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
        evidence={
            "found": "1200",
            "expected": "=D6*2",
            "pattern": "=R[-1]C*2",
            "siblings": "C7, E7",
        },
        fix="=D6*2",
        confidence=0.7,
        key="R[-1]C*2",
    )


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


def test_a_number_typed_over_a_formula_above_rows_of_inputs_is_accused() -> None:
    inputs: Cells = {cell_address(row, column): 5.0 for row in (8, 9, 10) for column in range(2, 8)}

    (finding,) = _findings(book(_row("ffnfff") | inputs))

    assert finding.ranges == ("D7",)


def test_a_column_of_numbers_across_three_rows_of_formulas_is_a_decision() -> None:
    rows = {k: v for row in (7, 8, 9) for k, v in _row("ffnfff", row=row).items()}

    assert _findings(book(rows)) == []
