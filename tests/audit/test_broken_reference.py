"""The rule broken-reference: what it accuses and what it leaves alone."""

from __future__ import annotations

import pytest

from tests.books import CellSpec, Value, book, sheet
from tickmark.audit.rule import Facts
from tickmark.audit.rules.broken_reference import broken_reference
from tickmark.model.finding import Finding, Severity
from tickmark.model.workbook import DefinedName, Workbook
from tickmark.structure.formulas import formulas_of

REF = "#REF!"


def _findings(workbook: Workbook) -> list[Finding]:
    return list(broken_reference.check(Facts(workbook, formulas_of(workbook))))


def test_copies_of_a_broken_formula_are_one_finding() -> None:
    cells: dict[str, CellSpec] = {f"B{row}": (f"=SUM(#REF!)+A{row}", REF) for row in (2, 3, 7)}
    (finding,) = _findings(book(cells))
    assert finding.ranges == ("B2:B3", "B7")
    assert finding.severity is Severity.HIGH
    assert finding.message == "3 formulas refer to deleted cells (B2:B3, B7)."
    assert finding.evidence == {"formula": "=SUM(#REF!)+A2", "cells": "3"}


def test_members_of_a_shared_formula_are_accused_too() -> None:
    (finding,) = _findings(book({"S": sheet({}, shared={"B2:B9": "=#REF!*A2"})}))
    assert finding.ranges == ("B2:B9",)


@pytest.mark.parametrize(
    ("value", "severity"),
    [(REF, Severity.HIGH), (None, Severity.HIGH), (5, Severity.MEDIUM), ("x", Severity.MEDIUM)],
)
def test_a_formula_that_shows_no_error_weighs_less(value: Value, severity: Severity) -> None:
    (finding,) = _findings(book({"A1": ("=IF(TRUE,5,#REF!)", value)}))
    assert finding.severity is severity


@pytest.mark.parametrize("text", ["=Sheet1!#REF!", "=#REF!A1", "=[2]#REF!$A$1", "=SUM(A1,#ref!)"])
def test_every_form_of_a_lost_reference_is_found(text: str) -> None:
    assert len(_findings(book({"A1": (text, REF)}))) == 1


@pytest.mark.parametrize(
    "cells",
    [
        {"A1": '="#REF!"'},
        {"A1": "#REF!"},
        {"A1": ("=INDIRECT(B1)", REF)},
        {"A1": "='#REF! notes'!A1"},
        {"A1": ("=#DIV/0!", "#DIV/0!")},
    ],
)
def test_an_error_without_a_lost_reference_stays_silent(cells: dict[str, CellSpec]) -> None:
    assert _findings(book(cells)) == []


def test_a_broken_name_in_use_is_named_with_its_users() -> None:
    workbook = book(
        {"A1": ("=Rate*2", REF), "A2": ("=Rate*2", REF), "A3": 1},
        names=[DefinedName("Rate", "Inputs!#REF!")],
    )
    (finding,) = _findings(workbook)
    assert (finding.severity, finding.sheet, finding.ranges) == (Severity.HIGH, "", ())
    assert finding.message == "The name Rate, used by 2 formulas, refers to deleted cells."
    assert finding.evidence == {
        "name": "Rate",
        "refers to": "=Inputs!#REF!",
        "used by": "2",
    }


def test_broken_names_that_no_formula_uses_are_one_low_finding() -> None:
    workbook = book(
        {"S": {"A1": ("=Good", 1)}},
        names=[
            DefinedName("One", "#REF!"),
            DefinedName("Two", "S!#REF!", sheet="S"),
            DefinedName("Good", "S!$A$9"),
            DefinedName("Filter", "#REF!", hidden=True),
            DefinedName("_xlnm.Print_Area", "#REF!", sheet="S"),
        ],
    )
    (finding,) = _findings(workbook)
    assert finding.severity is Severity.LOW
    assert finding.message == (
        "2 names refer to deleted cells and no formula uses them (One, S!Two)."
    )
