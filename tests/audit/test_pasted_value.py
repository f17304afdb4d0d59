"""The rule pasted-value: numbers that the formula of their line gives too, and coincidences."""

from __future__ import annotations

import pytest

from tests.books import CellSpec, book
from tickmark.audit.rule import Facts
from tickmark.audit.rules.pasted_value import pasted_value
from tickmark.model.address import cell_address
from tickmark.model.finding import Finding, Severity
from tickmark.structure.formulas import formulas_of

Cells = dict[str, CellSpec]

PRICES = (3.17, 4.29, 5.83, 2.71, 9.13)
PIECES = (113.0, 127.0, 139.0, 151.0, 163.0)


def _findings(cells: Cells) -> list[Finding]:
    workbook = book(cells)
    return list(pasted_value.check(Facts(workbook, formulas_of(workbook))))


def _table(letters: str, **typed: float) -> Cells:
    """Price, pieces and amount of five articles; `f` is the formula, `v` its value, `o` another."""
    cells: Cells = {"A1": "Article", "B1": "Price", "C1": "Pieces", "D1": "Amount"}
    for row, (letter, price, pieces) in enumerate(zip(letters, PRICES, PIECES, strict=True), 2):
        amount = round(price * pieces, 2)
        cells |= {f"A{row}": f"Article {row}", f"B{row}": price, f"C{row}": pieces}
        spec: Cells = {"f": (f"=B{row}*C{row}", amount), "v": amount, "o": amount + 1}
        cells[f"D{row}"] = spec[letter]
    return cells | typed


def test_a_number_that_the_formula_beside_it_gives_is_accused_whole() -> None:
    assert _findings(_table("ffvff")) == [
        Finding(
            rule="pasted-value",
            severity=Severity.MEDIUM,
            message="D4 holds the plain number 810.37, which is what =B4*C4 gives; D3 and D5 hold "
            "it.",
            sheet="Sheet1",
            ranges=("D4",),
            evidence={
                "found": "810.37",
                "expected": "=B4*C4",
                "expected R1C1": "=RC[-2]*RC[-1]",
            },
            fix="=B4*C4",
            confidence=0.9,
            key="RC[-2]*RC[-1]",
            siblings=("D3", "D5"),
        )
    ]


@pytest.mark.parametrize(
    ("letters", "accused"),
    [
        ("vffff", ("D2",)),
        ("ffffv", ("D6",)),
        ("vvvff", ("D2:D4",)),
        ("fvovf", ("D3", "D5")),
        ("vvvvf", ("D2:D5",)),
    ],
)
def test_values_of_the_formula_are_found_anywhere_in_the_column(
    letters: str, accused: tuple[str, ...]
) -> None:
    (finding,) = _findings(_table(letters))
    assert finding.ranges == accused


@pytest.mark.parametrize("letters", ["fffff", "ffoff", "ooooo", "vvvvv", "offfo"])
def test_formulas_other_numbers_and_typed_columns_stay_silent(letters: str) -> None:
    assert _findings(_table(letters)) == []


def test_a_rounded_value_is_the_value_too() -> None:
    cells = _table("fffff")
    cells["D4"] = 810.4
    (finding,) = _findings(cells)
    assert finding.ranges == ("D4",)


def _total(spec: dict[str, CellSpec]) -> Cells:
    cells: Cells = {"A1": "Shop"}
    for column in range(2, 6):
        cells[cell_address(1, column)] = f"Region {column}"
        for row in range(2, 6):
            cells[f"A{row}"] = f"Shop {row}"
            cells[cell_address(row, column)] = float(row * 101 + column * 7)
    return cells | {"A6": "Total"} | spec


def test_a_typed_total_that_is_the_sum_is_accused_by_its_row() -> None:
    cells = _total(
        {
            "B6": ("=SUM(B2:B5)", 1470.0),
            "C6": ("=SUM(C2:C5)", 1498.0),
            "D6": 1526.0,
            "E6": ("=SUM(E2:E5)", 1554.0),
        }
    )
    (finding,) = _findings(cells)
    assert (finding.ranges, finding.fix) == (("D6",), "=SUM(D2:D5)")


def test_inputs_beside_a_column_of_formulas_are_not_compared_along_their_row() -> None:
    """Each row's formula doubles the cell before it; the inputs happen to do so as well."""
    cells: Cells = {"A1": "Item", "B1": "Low", "C1": "High", "D1": "Top"}
    for row in range(2, 8):
        cells |= {
            f"A{row}": f"Item {row}",
            f"B{row}": 111.5 * row,
            f"C{row}": 223.0 * row,
            f"D{row}": (f"=C{row}*2", 446.0 * row),
        }
    assert _findings(cells) == []


def test_zeros_that_agree_by_chance_at_the_end_of_a_line_stay_silent() -> None:
    cells = _table("fffff")
    cells |= {"B6": 0, "D6": 0}
    assert _findings(cells) == []


def test_a_zero_between_two_copies_is_accused_with_less_confidence() -> None:
    cells = _table("fffff")
    cells |= {"B4": 0, "D4": 0}
    (finding,) = _findings(cells)
    assert (finding.ranges, finding.confidence) == (("D4",), 0.7)


def test_years_typed_before_a_sequence_are_the_sequence() -> None:
    cells: Cells = {"A1": "Year", "B1": "Sales"}
    for row in range(2, 9):
        cells |= {
            f"A{row}": (f"=A{row - 1}+1", 1990.0 + row) if row > 5 else 1990.0 + row,
            f"B{row}": 1000.0 + row * row,
        }
    (finding,) = _findings(cells)
    assert (finding.ranges, finding.severity) == (("A3:A5",), Severity.LOW)


def _monthly(ratio: float) -> Cells:
    """Monthly and yearly output and their ratio; one year is a formula that takes a ratio above."""
    cells: Cells = {"A1": "House", "B1": "Month", "C1": "Year", "D1": "Ratio"}
    for row, price in enumerate((6085.62, 2806.36, 7457.79, 3964.35, 9786.11), 2):
        cells |= {
            f"A{row}": f"House {row}",
            f"B{row}": price,
            f"C{row}": 12 * price,
            f"D{row}": (f"=C{row}/B{row}", ratio if row == 4 else 12.0),
        }
    return cells | {"C3": ("=B3*D2", 12 * 2806.36)}


def test_a_factor_from_another_row_that_is_the_same_in_all_rows_proves_nothing() -> None:
    assert _findings(_monthly(12.0)) == []


def test_a_factor_from_another_row_that_is_not_the_same_in_the_own_row_proves_it() -> None:
    (finding,) = _findings({**_monthly(12.0), "D5": ("=C5/B5", 11.0)})
    assert finding.ranges == ("C5",)


def test_a_factor_from_another_row_between_copies_is_a_pattern() -> None:
    cells = _monthly(12.0)
    cells |= {f"C{row}": (f"=B{row}*D{row - 1}", 12.0 * cells[f"B{row}"]) for row in (5, 6)}  # type: ignore[operator]
    (finding,) = _findings(cells)
    assert finding.ranges == ("C4",)


def test_one_whole_number_that_the_formula_comes_near_to_is_chance() -> None:
    cells = _table("fffff")
    cells["D3"] = 545
    assert _findings(cells) == []


def test_whole_numbers_that_are_the_rounded_values_were_pasted_together() -> None:
    cells = _table("fffff")
    cells |= {"D3": 545, "D5": 409}
    (finding,) = _findings(cells)
    assert finding.ranges == ("D3", "D5")


def test_a_whole_number_that_is_the_exact_value_needs_no_others() -> None:
    cells = _table("fffff")
    cells |= {"B4": 6.0, "C4": 139.0, "D4": 834}
    (finding,) = _findings(cells)
    assert finding.ranges == ("D4",)


def test_rounded_values_of_one_column_beside_formulas_were_pasted_together() -> None:
    """Each row splits a total of its column into ten parts; one column was rounded and typed."""
    cells: Cells = {"A1": "Part", "B1": "North", "C1": "South", "D1": "East", "E1": "West"}
    totals = {"B": 46876.0, "C": 51234.0, "D": 60217.0, "E": 71533.0}
    for row in range(2, 8):
        cells[f"A{row}"] = f"Part {row}"
        for letter, total in totals.items():
            cells[f"{letter}{row}"] = (f"={letter}$12/10", total / 10)
        cells[f"B{row}"] = 4688
    cells |= {"A12": "All"} | {f"{letter}12": total for letter, total in totals.items()}
    (finding,) = _findings(cells)
    assert finding.ranges == ("B2:B7",)
