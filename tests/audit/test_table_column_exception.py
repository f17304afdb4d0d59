"""The rule table-column-exception: cells that do not follow the formula of their table column."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.books import CellSpec, book, sheet
from tickmark.audit.rule import Facts
from tickmark.audit.rules.table_column_exception import table_column_exception
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.workbook import TableColumn, Workbook
from tickmark.structure.formulas import formulas_of

Cells = dict[str, CellSpec]
AMOUNT = "Sales[[#This Row],[Units]]*Sales[[#This Row],[Price]]"


def _findings(workbook: Workbook) -> list[Finding]:
    return list(table_column_exception.check(Facts(workbook, formulas_of(workbook))))


def _book(
    cells: Cells, *, formula: str = AMOUNT, last: int = 9, totals: int = 0, more: str = ""
) -> Workbook:
    """The table Sales in A1 to D9: units and prices typed, Amount and perhaps More calculated."""
    made: Cells = {"A1": "Units", "B1": "Price", "C1": "Amount", "D1": "More"}
    for row in range(2, 10):
        made |= {f"A{row}": float(row), f"B{row}": 3.0, f"C{row}": (f"={AMOUNT}", row * 3.0)}
        made[f"D{row}"] = (f"=C{row}*2", row * 6.0)
    workbook = book({"Data": sheet(made | cells, tables=(("Sales", f"A1:D{last}"),))})
    page = workbook.sheets[0]
    columns = [TableColumn("Amount", formula)]
    if more:
        columns.append(TableColumn("More", more))
    table = replace(page.tables[0], calculated=tuple(columns), totals_rows=totals)
    return replace(workbook, sheets=(replace(page, tables=(table,)),))


def test_a_typed_value_that_differs_from_the_formula_is_accused() -> None:
    (finding,) = _findings(_book({"C5": 250.0}))
    assert finding == Finding(
        rule="table-column-exception",
        severity=Severity.MEDIUM,
        message='In the calculated column "Amount" of the table "Sales", C5 holds 250 where '
        f"={AMOUNT} is expected.",
        sheet="Data",
        ranges=("C5",),
        evidence={
            "found": "250",
            "expected": f"={AMOUNT}",
            "table": "Sales",
            "column": "Amount",
            "following": "7 cells",
            "result of the formula": "15",
        },
        fix=f"={AMOUNT}",
        confidence=0.75,
        key="Sales Amount default",
        siblings=("C4", "C6"),
    )


def test_another_formula_with_another_result_is_accused() -> None:
    (finding,) = _findings(_book({"C5": ("=A5*B5+1", 16.0)}))
    assert (finding.tier, finding.evidence["found R1C1"]) == (Tier.DEFAULT, "=RC[-2]*RC[-1]+1")


@pytest.mark.parametrize("held", [15.0, ("=A5*B5", 15.0)])
def test_what_gives_the_same_value_is_told_only_when_asked_for(held: CellSpec) -> None:
    (finding,) = _findings(_book({"C5": held}))
    assert (finding.tier, finding.severity, finding.ranges) == (Tier.MORE, Severity.LOW, ("C5",))


def test_a_text_in_a_column_of_numbers_is_accused() -> None:
    (finding,) = _findings(_book({"C5": "free\x1b of charge"}))
    assert finding.tier is Tier.DEFAULT
    assert "C5 holds free  of charge" in finding.message


def test_all_exceptions_of_a_column_make_one_finding() -> None:
    (finding,) = _findings(_book({"C3": 1.0, "C4": 2.0, "C8": 3.0}))
    assert finding.ranges == ("C3:C4", "C8")


def test_columns_with_exceptions_in_the_same_rows_make_one_finding() -> None:
    (finding,) = _findings(_book({"C5": 1.0, "D5": 1.0}, more="C2*2"))
    assert finding.ranges == ("C5:D5",)


def test_the_formula_may_be_stored_as_another_row_has_it() -> None:
    (finding,) = _findings(_book({"D5": 1.0}, more="C7*2"))
    assert (finding.ranges, finding.fix) == (("D5",), "=C5*2")


@pytest.mark.parametrize(
    "workbook",
    [
        _book({}),
        _book({"C5": None}),
        _book({"A5": 99.0, "B5": 1.0}),
        _book({f"C{row}": 1.0 for row in range(3, 9)}),
        _book({"C10": 1.0}),
        _book({"C10": ("=SUM(C2:C9)", 132.0)}, last=10, totals=1),
        _book({"C5": 250.0}, formula=""),
        book({"C5": 250.0, "C6": ("=A6*B6", 1.0)}),
    ],
)
def test_even_columns_blanks_totals_and_inputs_stay_silent(workbook: Workbook) -> None:
    assert _findings(workbook) == []
