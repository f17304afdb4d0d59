"""The rule circular-reference: the words; what is found is tested with the search itself."""

from __future__ import annotations

from dataclasses import replace

from tests.books import CellSpec, book
from tickmark.audit.rule import Facts
from tickmark.audit.rules.circular_reference import circular_reference
from tickmark.model.book_details import BookDetails, Calculation
from tickmark.model.finding import Finding, Severity
from tickmark.model.workbook import Workbook
from tickmark.structure.formulas import formulas_of


def _findings(workbook: Workbook) -> list[Finding]:
    return list(circular_reference.check(Facts(workbook, formulas_of(workbook))))


def test_a_circle_is_one_finding_with_a_way_around() -> None:
    (finding,) = _findings(book({"D4": 100, "D9": "=C9*D14", "D14": "=D4+D9", "D20": "=D14"}))
    assert (finding.severity, finding.sheet, finding.ranges) == (
        Severity.HIGH,
        "Sheet1",
        ("D9", "D14"),
    )
    assert finding.message == ("2 cells depend on each other in a circle: D9 refers to D14, to D9.")
    assert finding.evidence == {"cells": "2 cells", "formula": "=C9*D14"}


def test_a_circle_over_sheets_names_the_cells_elsewhere() -> None:
    workbook = book({"P&L": {"B5": "=Debt!C3", "B6": 1}, "Debt": {"C3": "='P&L'!B5*B9"}})
    (finding,) = _findings(workbook)
    assert (finding.sheet, finding.ranges) == ("P&L", ("B5",))
    assert finding.evidence["also on"] == "Debt!C3"
    assert finding.message == (
        "2 cells depend on each other in a circle: 'P&L'!B5 refers to Debt!C3, to 'P&L'!B5."
    )


def test_a_circle_through_a_branch_is_of_medium_severity() -> None:
    (finding,) = _findings(book({"A1": "=IF(B1,A1,0)"}))
    assert finding.severity is Severity.MEDIUM
    assert finding.message == (
        "1 cell depends on itself: A1 refers to A1, if a condition in their formulas lets it."
    )


def test_circles_of_copied_formulas_are_one_finding() -> None:
    cells: dict[str, CellSpec] = {f"A{row}": f"=B{row}+1" for row in range(1, 9)}
    (finding,) = _findings(book(cells | {f"B{row}": f"=A{row}*2" for row in range(1, 9)}))
    assert finding.ranges == ("A1:B8",)
    assert finding.message == (
        "16 cells depend on themselves in 8 circles of one kind: A1 refers to B1, to A1."
    )


def test_circles_of_different_formulas_are_two_findings() -> None:
    assert len(_findings(book({"A1": "=A1", "B1": "=B1*2"}))) == 2


def test_a_long_way_around_is_cut() -> None:
    cells: dict[str, CellSpec] = {f"A{row}": f"=A{row + 1}" for row in range(1, 30)}
    (finding,) = _findings(book({**cells, "A30": "=A1"}))
    assert finding.ranges == ("A1:A30",)
    assert finding.message.endswith("to A7, to A8, to …, to A1.")


def test_running_totals_stay_silent() -> None:
    cells: dict[str, CellSpec] = {f"B{row}": f"=B{row - 1}+A{row}" for row in range(2, 30)}
    assert _findings(book(cells)) == []


def test_rows_of_their_own_address_stay_silent() -> None:
    assert _findings(book({"A1": "=ROW(A1)", "A2": "=SUM(A$1:OFFSET(A2,-1,0))"})) == []


def test_a_circle_in_a_workbook_that_iterates_is_meant_to_be() -> None:
    workbook = book({"A1": "=B1", "B1": "=A1", "D1": "=IF(C1,D1,0)"})
    calculation = Calculation(iterates=True, most_iterations=50)
    workbook = replace(workbook, details=BookDetails(calculation=calculation))
    certain, branch = _findings(workbook)
    assert (certain.severity, branch.severity) == (Severity.MEDIUM, Severity.LOW)
    assert certain.message == (
        "2 cells depend on each other in a circle: A1 refers to B1, to A1; the workbook is set to "
        "calculate circles in rounds."
    )
    assert certain.evidence["iterative calculation"] == "up to 50 rounds"
