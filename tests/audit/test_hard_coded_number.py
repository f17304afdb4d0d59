"""The rule hard-coded-number: what it accuses and what it leaves alone."""

from __future__ import annotations

import pytest

from tests.books import CellSpec, book
from tickmark.audit.rule import Facts
from tickmark.audit.rules.hard_coded_number import hard_coded_number
from tickmark.audit.typed_constants import digits_of
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.workbook import Workbook
from tickmark.structure.formulas import formulas_of

Cells = dict[str, CellSpec]


def _findings(workbook: Workbook) -> list[Finding]:
    return list(hard_coded_number.check(Facts(workbook, formulas_of(workbook))))


def test_a_rate_in_the_copies_of_a_formula_is_one_finding() -> None:
    cells: Cells = {f"B{row}": 10.0 * row for row in range(2, 8)}
    cells |= {f"C{row}": (f"=B{row}*1.19", 11.9 * row) for row in range(2, 8)}

    (finding,) = _findings(book(cells))

    assert finding == Finding(
        rule="hard-coded-number",
        severity=Severity.MEDIUM,
        message="C2 multiplies by the typed number 1.19; so do 5 more cells (C2:C7).",
        sheet="Sheet1",
        ranges=("C2:C7",),
        evidence={
            "found": "=B2*1.19",
            "found R1C1": "=RC[-1]*1.19",
            "number": "1.19",
            "cells": "6",
        },
        fix="Put 1.19 into a labelled input cell and refer to it.",
        confidence=0.6,
        tier=Tier.MORE,
        key="1.19 RC[-1]*1.19",
    )


@pytest.mark.parametrize(
    ("formula", "number", "severity"),
    [
        ("=B5*0.0275", "0.0275", Severity.MEDIUM),
        ("=B5/1.19", "1.19", Severity.MEDIUM),
        ("=B5*2.75%", "2.75%", Severity.MEDIUM),
        ("=B5*(1+0.035)", "0.035", Severity.MEDIUM),
        ("=B5*-0.035", "0.035", Severity.MEDIUM),
        ("=1.02^B5", "1.02", Severity.MEDIUM),
        ("=B5+15000", "15000", Severity.MEDIUM),
        ("=B5-15000", "15000", Severity.MEDIUM),
        ("=126000+28335", "126000, 28335", Severity.MEDIUM),
        ("=IF(B5>0,25000,0)", "25000", Severity.MEDIUM),
        ("=MAX(B5,2500)", "2500", Severity.MEDIUM),
        ("=PMT(0.045,B5,B6)", "0.045", Severity.LOW),
        ("=IF(B5>5500,B6,0)", "5500", Severity.LOW),
        ("=B5*17", "17", Severity.LOW),
        ("=B5+17", "17", Severity.LOW),
        ("=55.5+17.5", "55.5, 17.5", Severity.LOW),
        ("=SUM(B5:B9)*1.19", "1.19", Severity.MEDIUM),
        ("=VLOOKUP(B5,D1:E9,2,FALSE)*0.85", "0.85", Severity.MEDIUM),
        ("=ROUND(B5*1.19,2)", "1.19", Severity.MEDIUM),
    ],
)
def test_rates_amounts_and_limits_are_told(formula: str, number: str, severity: Severity) -> None:
    (finding,) = _findings(book({"C5": (formula, 1.0), "B5": 1}))

    assert (finding.evidence["number"], finding.severity) == (number, severity)
    assert finding.tier is Tier.MORE


@pytest.mark.parametrize(
    "formula",
    [
        "=B5*2",
        "=B5+1",
        "=B5-1",
        "=-B5",
        "=B5/12",
        "=B5/100",
        "=B5*1000",
        "=B5*1000000",
        "=B5*0.001",
        "=B5*10^6",
        "=B5/365",
        "=B5*24*60",
        "=B5*7",
        "=B5/52",
        "=B5*4",
        "=B5^2",
        "=B5^0.5",
        "=B5^(1/3)",
        "=B5^(1/17)",
        "=B5*(1/3)",
        "=B5*3.6",
        "=B5-2000",
        "=B5+B6",
        "=VLOOKUP(B5,D1:Z9,17,FALSE)",
        "=INDEX(D1:Z9,13,17)",
        "=MATCH(B5,D1:D9,0)",
        "=OFFSET(B5,13,17)",
        "=CHOOSE(B5,B6,B7)",
        "=ROUND(B5,3)",
        "=DATE(2024,11,17)",
        "=DATE(YEAR(B5)+13,1,1)",
        "=EDATE(B5,18)",
        "=LEFT(B5,13)",
        "=MID(B5,13,17)",
        "=LARGE(B5:B9,13)",
        "=SMALL(B5:B9,13)",
        "=SUMIF(B5:B9,17,C5:C9)",
        '=COUNTIF(B5:B9,">17")',
        "=IF(B5=17,B6,B7)",
        "=IF(MOD(ROW(),17)=0,B6,B7)",
        "=SUBTOTAL(109,B5:B9)",
        "=RANDBETWEEN(13,17)",
        '=TEXT(B5,"0.00")',
        '=B5&" 17"',
        "=SUM(B5:B9)+15000",
    ],
)
def test_counts_units_positions_and_plugs_stay_silent(formula: str) -> None:
    assert _findings(book({"C5": (formula, 1.0), "B5": 1})) == []


def test_cells_that_touch_and_share_a_number_are_one_finding_however_they_calculate() -> None:
    cells: Cells = {
        "C5": ("=B5*1.19", 1.0),
        "C6": ("=(B6+A6)*1.19", 1.0),
        "F9": ("=D9*A1*1.19", 1.0),
    }

    assert [one.ranges for one in _findings(book(cells))] == [("C5:C6",), ("F9",)]


def test_two_numbers_of_one_formula_are_two_findings() -> None:
    found = _findings(book({"C5": ("=B5*1.19+B6*0.85", 1.0)}))

    assert [one.evidence["number"] for one in found] == ["1.19", "0.85"]


def test_amounts_typed_into_touching_formulas_are_one_finding() -> None:
    cells: Cells = {f"C{row}": (f"=B{row}+{row}5500", 1.0) for row in range(2, 6)}

    (finding,) = _findings(book(cells))

    assert finding.message == (
        "C2 adds or subtracts the typed number 25500; so do 3 more cells (C2:C5)."
    )


def test_a_formula_that_cannot_be_read_stays_silent() -> None:
    assert _findings(book({"C5": "=B5*1.19+"})) == []


@pytest.mark.parametrize(
    ("value", "digits"), [(1.19, 3), (0.0275, 3), (1959668327, 10), (15000, 2), (5, 1), (0, 0)]
)
def test_digits_of_numbers(value: float, digits: int) -> None:
    assert digits_of(value) == digits
