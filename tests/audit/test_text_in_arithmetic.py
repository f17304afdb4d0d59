"""The rule text-in-arithmetic: what it accuses and what it leaves alone."""

from __future__ import annotations

import pytest

from tests.books import CellSpec, Value, book, sheet
from tickmark.audit.rule import Facts
from tickmark.audit.rules.text_in_arithmetic import text_in_arithmetic
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.workbook import Workbook
from tickmark.structure.formulas import formulas_of

Cells = dict[str, CellSpec]


def _findings(workbook: Workbook) -> list[Finding]:
    return list(text_in_arithmetic.check(Facts(workbook, formulas_of(workbook))))


def _products(texts: dict[int, str], *, error: str = "#VALUE!") -> Cells:
    """Quantities in B and prices in C with their products in D; some prices are texts."""
    cells: Cells = {"A1": "Item", "B1": "Quantity", "C1": "Price", "D1": "Amount"}
    for row in range(2, 9):
        price: Value = texts.get(row, 2.5 * row)
        amount: Value = error if row in texts else 10.0 * row
        cells |= {f"A{row}": f"Item {chr(63 + row)}", f"B{row}": 4, f"C{row}": price}
        cells[f"D{row}"] = (f"=B{row}*C{row}", amount)
    return cells


def test_a_product_with_a_text_that_shows_an_error_is_accused_with_the_text() -> None:
    (finding,) = _findings(book(_products({4: "see note"})))

    assert finding == Finding(
        rule="text-in-arithmetic",
        severity=Severity.HIGH,
        message='D4 calculates with C4, which holds the text "see note", and shows #VALUE!.',
        sheet="Sheet1",
        ranges=("D4",),
        evidence={
            "found": "=B4*C4",
            "found R1C1": "=RC[-2]*RC[-1]",
            "text": 'C4: "see note"',
            "shown": "#VALUE!",
        },
        fix="Point the reference C4 to the number that is meant, or put a number there.",
        confidence=0.95,
        tier=Tier.DEFAULT,
        key="RC[-2]*RC[-1]",
        siblings=("D3", "D5"),
    )


def test_copies_that_meet_texts_are_one_finding() -> None:
    (finding,) = _findings(book(_products({3: "n/a", 6: "tbd"})))

    assert finding.ranges == ("D3", "D6")
    assert finding.message == (
        'D3 calculates with C3, which holds the text "n/a", and shows #VALUE!; so with 1 more cell '
        "(D3, D6)."
    )


@pytest.mark.parametrize(
    "formula",
    ["=B2+C1", "=C1-B2", "=B2/C1", "=C1^2", "=-C1", "=C1%", "=ROUND(B2*C1,2)", "=SUM(B2*C1)"],
)
def test_all_arithmetic_with_a_heading_is_found(formula: str) -> None:
    (finding,) = _findings(book({"B2": 3, "C1": "Price", "E2": (formula, "#VALUE!")}))

    assert (finding.severity, finding.ranges) == (Severity.HIGH, ("E2",))


def test_a_blank_text_from_a_formula_is_a_text_too() -> None:
    cells: Cells = {"A1": ('=IF(B1="","",B1)', ""), "A2": ("=A1+1", "#VALUE!")}

    (finding,) = _findings(book(cells))

    assert finding.ranges == ("A2",)


def test_a_text_on_another_sheet_is_named_with_it() -> None:
    one = sheet({"A1": ("='Old plan'!B1*2", "#VALUE!")})

    (finding,) = _findings(book({"Plan": one, "Old plan": sheet({"B1": "Rate"})}))

    assert finding.evidence["text"] == "'Old plan'!B1: \"Rate\""


@pytest.mark.parametrize("formula", ["=SUM(B2,C1)", "=PRODUCT(B2,C1)", "=SUM(C1,B2:B3)"])
def test_a_heading_among_the_arguments_of_a_sum_is_accused(formula: str) -> None:
    (finding,) = _findings(book({"B2": 3, "C1": "Price", "E2": (formula, 3)}))

    assert (finding.severity, finding.tier) == (Severity.MEDIUM, Tier.DEFAULT)


def test_a_number_where_excel_shows_an_error_is_told_when_asked_for() -> None:
    (finding,) = _findings(book({"B2": 3, "C1": "Price", "E2": ("=B2+C1", 3)}))

    assert (finding.severity, finding.tier) == (Severity.MEDIUM, Tier.MORE)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=C1", "Price"),
        ("=C1&B2", "Price3"),
        ("=B2*2", 6),
        ("=SUM(B1:C2)", 3),
        ("=COUNTA(C1)", 1),
        ("=IF(B2>0,B2,C1*2)", 3),
        ("=IFERROR(B2*C1,0)", 0),
        ("=ISERROR(B2*C1)", True),
        ('=IF(ISNUMBER(C1),C1*B2,"")', ""),
        ("=N(C1)+B2", 3),
        ('=B2*(C1="Price")', 3),
        ("=SUMPRODUCT((B1:B2=3)*(C1:C2=4))", 0),
        ("=B2/C3", "#DIV/0!"),
        ("=B2*C4", 36),
        ("=SUM(B2,C5)", 3),
        ("=SUM(B2,C6)", 3),
        ("=[1]Plan!C1*2", "#VALUE!"),
        ("=Nowhere!C1*2", "#REF!"),
    ],
)
def test_texts_that_are_no_operands_guards_and_placeholders_stay_silent(
    formula: str, value: Value
) -> None:
    cells: Cells = {
        "B2": 3,
        "C1": "Price",
        "C4": "12",
        "C5": "n/a",
        "C6": "",
        "E2": (formula, value),
    }

    assert _findings(book(cells)) == []


def test_an_error_that_an_operand_passes_on_stays_silent() -> None:
    cells: Cells = {"A1": ("=B1*2", "#VALUE!"), "B1": "text", "A2": ("=A1*2", "#VALUE!")}

    assert [one.ranges for one in _findings(book(cells))] == [("A1",)]


def test_rows_without_texts_stay_silent() -> None:
    assert _findings(book(_products({}))) == []
