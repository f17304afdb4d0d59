"""The rule empty-reference: what it accuses and what it leaves alone."""

from __future__ import annotations

import pytest

from tests.books import CellSpec, book, sheet
from tickmark.audit.rule import Facts
from tickmark.audit.rules.empty_reference import empty_reference
from tickmark.model.address import cell_address, parse_cell
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.workbook import Workbook
from tickmark.structure.formulas import formulas_of

Cells = dict[str, CellSpec]


def _findings(workbook: Workbook) -> list[Finding]:
    return list(empty_reference.check(Facts(workbook, formulas_of(workbook))))


def _products(*blank: int, rows: int = 12, formula: str = "=B{0}*C{0}") -> Cells:
    """Quantities in B and prices in C with a formula in D from row 2 on; some prices are blank."""
    cells: Cells = {"A1": "Item", "B1": "Quantity", "C1": "Price", "D1": "Amount"}
    for row in range(2, rows + 2):
        cells |= {f"A{row}": f"Item {chr(63 + row)}", f"B{row}": 4.0}
        cells[f"D{row}"] = (formula.format(row), 0.0 if row in blank else 10.0 * row)
        if row not in blank:
            cells[f"C{row}"] = 2.5 * row
    return cells


def test_a_blank_price_among_filled_ones_is_accused_with_the_copies() -> None:
    (finding,) = _findings(book(_products(6)))

    assert finding == Finding(
        rule="empty-reference",
        severity=Severity.MEDIUM,
        message="D6 multiplies or divides by C6, which is blank while the same cell of the copies "
        "around it is filled.",
        sheet="Sheet1",
        ranges=("D6",),
        evidence={
            "found": "=B6*C6",
            "found R1C1": "=RC[-2]*RC[-1]",
            "blank": "C6",
            "copies": "12",
        },
        fix="Fill C6, or point the formula to the cell that holds the number.",
        confidence=0.6,
        tier=Tier.MORE,
        key="RC[-2]*RC[-1] hole",
        siblings=("D5", "D7"),
    )


def test_a_hole_in_a_row_is_found_as_one_in_a_column() -> None:
    cells: Cells = {}
    for column in range(2, 14):
        cells |= {cell_address(1, column): 4.0, cell_address(3, column): 2.5}
        above = [cell_address(row, column) for row in (1, 3)]
        cells[cell_address(4, column)] = (f"={above[0]}*{above[1]}", 10.0)
    del cells["F3"]

    assert [one.ranges for one in _findings(book(cells))] == [("F4",)]


@pytest.mark.parametrize(
    ("blank", "accused"),
    [((6,), ("D6",)), ((6, 7), ("D6:D7",)), ((5, 9), ("D5", "D9"))],
)
def test_holes_of_one_formula_are_one_finding(
    blank: tuple[int, ...], accused: tuple[str, ...]
) -> None:
    assert [one.ranges for one in _findings(book(_products(*blank)))] == [accused]


@pytest.mark.parametrize(
    "blank",
    [
        (),
        (2,),
        (13,),
        (12, 13),
        (9, 10, 11, 12, 13),
        (3, 5, 7, 9, 11),
        (5, 6, 7),
    ],
)
def test_filled_lines_ends_and_lines_with_many_blanks_stay_silent(blank: tuple[int, ...]) -> None:
    assert _findings(book(_products(*blank))) == []


def test_a_row_without_any_operand_is_a_gap_that_is_meant() -> None:
    cells = _products(6)
    del cells["B6"]

    assert _findings(book(cells)) == []


def test_a_blank_term_and_a_blank_link_are_of_low_severity() -> None:
    term = _findings(book(_products(6, formula="=B{0}+C{0}")))
    link = _findings(book(_products(6, formula="=C{0}")))

    assert [(one.severity, one.confidence) for one in (*term, *link)] == [
        (Severity.LOW, 0.3),
        (Severity.LOW, 0.4),
    ]


@pytest.mark.parametrize(
    "formula",
    [
        '=IF(C{0}="","",B{0}*C{0})',
        "=IF(B{0}>0,B{0}*C{0},0)",
        "=IFERROR(B{0}/C{0},0)",
        "=SUM(B{0}:C{0})",
        "=SUM(B{0},C{0})",
        "=B{0}&C{0}",
        "=COUNT(C{0})",
        "=B{0}*$B$2",
    ],
)
def test_guards_ranges_and_texts_stay_silent(formula: str) -> None:
    assert _findings(book(_products(6, formula=formula))) == []


def test_a_few_copies_prove_nothing() -> None:
    assert _findings(book(_products(3, rows=4))) == []


def test_a_rate_with_nothing_around_it_is_accused_for_all_copies() -> None:
    (finding,) = _findings(book(_products(formula="=B{0}*$J$40")))

    assert finding.message == (
        "D2 multiplies or divides by J40, which is blank, and all around it is blank; so with 11 "
        "more cells (D2:D13)."
    )
    assert (finding.severity, finding.confidence) == (Severity.MEDIUM, 0.6)


def test_a_blank_on_an_empty_part_of_another_sheet_is_named_with_it() -> None:
    pages = {"Plan": sheet({"A1": 5, "B1": ("=A1*Inputs!C9", 0)}), "Inputs": sheet({"A1": 3})}

    (finding,) = _findings(book(pages))

    assert finding.evidence["blank"] == "Inputs!C9"


@pytest.mark.parametrize(
    "beside",
    [{"H40": "Tax rate"}, {"I40": "Tax rate"}, {"J41": 5.0}, {"K40": 5.0}, {"J39": "Rate"}],
)
def test_a_blank_input_with_a_label_or_neighbours_stays_silent(beside: Cells) -> None:
    assert _findings(book(_products(formula="=B{0}*$J$40") | beside)) == []


def test_a_form_that_is_to_be_filled_stays_silent() -> None:
    cells: Cells = {}
    for number in range(30):
        row, column = parse_cell("B2")
        place = cell_address(row + 3 * number, column + 20 + number)
        cells[f"A{2 + number}"] = (f"={place}*{number + 2}", 0.0)

    assert _findings(book(cells)) == []


def test_a_formula_without_saved_value_is_no_blank() -> None:
    cells = _products(6) | {"C6": "=B6+1"}

    assert _findings(book(cells)) == []
