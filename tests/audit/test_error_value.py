"""The rule error-value: what it accuses and what it leaves alone."""

from __future__ import annotations

import pytest

from tests.books import CellSpec, book, sheet
from tickmark.audit.rule import Facts
from tickmark.audit.rules.error_value import error_value
from tickmark.model.address import cell_address
from tickmark.model.finding import Finding, Severity
from tickmark.model.workbook import DefinedName, ExternalLink, Workbook
from tickmark.structure.formulas import formulas_of

DIV, NA = "#DIV/0!", "#N/A"


def _findings(workbook: Workbook) -> list[Finding]:
    return list(error_value.check(Facts(workbook, formulas_of(workbook))))


def test_the_cause_is_accused_and_the_trail_is_counted() -> None:
    workbook = book(
        {"C5": 1, "E5": ("=C5/D5", DIV), "E6": ("=E5*2", DIV), "E7": ("=SUM(E5:E6)", DIV)}
    )
    assert _findings(workbook) == [
        Finding(
            rule="error-value",
            severity=Severity.HIGH,
            message="1 cell shows #DIV/0! (E5); 2 more cells through it.",
            sheet="Sheet1",
            ranges=("E5",),
            evidence={
                "found": DIV,
                "cells": "1",
                "formula": "=C5/D5",
                "passed on to": "2 cells",
            },
            fix="Fill the divisor, or test for an empty or zero divisor before dividing.",
            key="#DIV/0! =RC[-2]/RC[-1]".replace("=", ""),
        )
    ]


@pytest.mark.parametrize(
    ("cells", "ranges"),
    [
        ({"A1": DIV}, [("A1",)]),
        ({"A1": DIV, "C9": DIV}, [("A1", "C9")]),
        ({f"B{r}": (f"=A{r}/0", DIV) for r in (2, 3, 4, 9)}, [("B2:B4", "B9")]),
        ({"B2": ("=1/0", DIV), "B3": ("=2/0", DIV)}, [("B2:B3",)]),
        ({"B2": ("=1/0", DIV), "C3": ("=2/0", DIV)}, [("B2",), ("C3",)]),
        ({"B2": ("=1/0", DIV), "B3": ("=NA()+X", "#NAME?")}, [("B2",), ("B3",)]),
    ],
)
def test_copies_and_touching_cells_make_one_finding(
    cells: dict[str, CellSpec], ranges: list[tuple[str, ...]]
) -> None:
    assert [finding.ranges for finding in _findings(book(cells))] == ranges


@pytest.mark.parametrize(
    ("cells", "severity"),
    [
        ({"A1": ("=NA()", NA)}, Severity.LOW),
        ({"A1": ("=IF(B1=0,na(),B1)", NA)}, Severity.LOW),
        ({"A1": ("=VLOOKUP(B1,C:D,2,0)", NA)}, Severity.MEDIUM),
        ({"A1": NA}, Severity.MEDIUM),
        ({"A1": ("=NA()", NA), "A2": ("=VLOOKUP(B1,C:D,2,0)", NA)}, Severity.MEDIUM),
        ({"A1": ("=FOO()", "#NAME?")}, Severity.HIGH),
        ({"A1": ("=B1+1", "#VALUE!")}, Severity.HIGH),
        ({"A1": "#REF!"}, Severity.HIGH),
    ],
)
def test_a_wanted_gap_weighs_less(cells: dict[str, CellSpec], severity: Severity) -> None:
    assert [finding.severity for finding in _findings(book(cells))] == [severity]


def test_errors_that_come_from_another_workbook_are_one_finding() -> None:
    cells: dict[str, CellSpec] = {"A1": ("=[1]S!A1*2", DIV), "C5": ("=[1]S!B7", DIV)}
    workbook = book(cells, links=[ExternalLink(1, "other.xlsx")])
    assert [finding.ranges for finding in _findings(workbook)] == [("A1", "C5")]


@pytest.mark.parametrize(
    "cells",
    [
        {"A1": "text #DIV/0! text"},
        {"A1": ("=IFERROR(1/0,0)", 0)},
        {"A1": ("=ISERROR(B1)", True)},
        {"A1": ("=#REF!+1", "#REF!")},
        {"A1": ("=Lost*2", "#REF!"), "A2": ("=A1", "#REF!")},
    ],
)
def test_no_error_and_what_broken_reference_accuses_stay_silent(
    cells: dict[str, CellSpec],
) -> None:
    assert _findings(book(cells, names=[DefinedName("Lost", "#REF!")])) == []


def test_an_error_on_another_sheet_is_the_cause() -> None:
    workbook = book({"A": {"A1": ("=B!A1", DIV)}, "B": sheet({"A1": DIV})})
    assert [(f.sheet, f.ranges) for f in _findings(workbook)] == [("B", ("A1",))]


def test_the_fingerprint_stays_when_rows_are_inserted_above() -> None:
    (before,) = _findings(book({"B2": ("=A2/0", DIV)}))
    (after,) = _findings(book({"B7": ("=A7/0", DIV)}))
    assert before.fingerprint == after.fingerprint


@pytest.mark.parametrize("target", ["", "C:/Users/kim/a.xlsx"])
def test_errors_over_a_broken_link_belong_to_the_link(target: str) -> None:
    cells: dict[str, CellSpec] = {"A1": ("=[1]S!A1", "#REF!"), "A2": ("=A1*2", "#REF!")}
    assert _findings(book(cells, links=[ExternalLink(1, target)])) == []


def test_a_division_beside_a_broken_link_is_a_cause_of_its_own() -> None:
    cells: dict[str, CellSpec] = {"A1": ("=[1]S!A1/B1", DIV)}
    (finding,) = _findings(book(cells, links=[ExternalLink(1, "")]))
    assert finding.ranges == ("A1",)


@pytest.mark.parametrize("down", [True, False])
def test_one_error_in_one_line_of_a_table_is_one_finding(*, down: bool) -> None:
    rows: list[tuple[CellSpec, ...]] = [("Item", "Net", "Rate"), ("a", 1.0, ("=1/0", DIV))]
    rows += [
        ("b", 2.0, 0.5),
        ("c", 3.0, ("=2/0", DIV)),
        ("d", 4.0, 0.25),
        ("e", 5.0, ("=B9/0", DIV)),
    ]
    cells: dict[str, CellSpec] = {}
    for row, line in enumerate(rows, 1):
        for column, value in enumerate(line, 1):
            at = (row, column) if down else (column, row)
            cells[cell_address(*at)] = value
    (finding,) = _findings(book(cells))
    assert finding.ranges == (("C2", "C4", "C6") if down else ("B3", "D3", "F3"))


@pytest.mark.parametrize(
    ("cells", "fix"),
    [
        (
            {"A1": "note", "B1": ("=A1*2", "#VALUE!")},
            "Replace the text that stands where a number is needed.",
        ),
        (
            {"A1": 5, "B1": ('=FIND("x",A1)', "#VALUE!")},
            "Check the arguments of the formula: one is of a kind or size that it cannot take.",
        ),
        (
            {"A1": "note", "A2": 5, "B1": ("=SUMIFS(A1:A2,A1:A3,5)", "#VALUE!")},
            "Check the arguments of the formula: one is of a kind or size that it cannot take.",
        ),
    ],
)
def test_a_text_is_to_be_replaced_only_where_one_stands(
    cells: dict[str, CellSpec], fix: str
) -> None:
    assert [finding.fix for finding in _findings(book(cells))] == [fix]
