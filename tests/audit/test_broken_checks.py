"""Findings about cells that a failing check depends on: raised, and named with the check."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.books import CellSpec, book
from tickmark.audit.audit import audit
from tickmark.audit.broken_checks import with_broken_checks
from tickmark.audit.rule import Facts
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.structure.formulas import formulas_of


def _facts() -> Facts:
    """B5 takes B4, which takes B2 and B3; D5 takes D4."""
    workbook = book(
        {
            "Plan data": {
                "B2": 1.0,
                "B3": 2.0,
                "B4": ("=B2+B3", 3.0),
                "B5": ("=B4-4", -1.0),
                "D4": 5.0,
                "D5": ("=D4*2", 10.0),
            }
        }
    )
    return Facts(workbook, formulas_of(workbook))


def _made(rule: str, severity: Severity, *ranges: str) -> Finding:
    return Finding(rule, severity, "m", "Plan data", ranges, {"found": "1"})


CHECK = _made("failing-check", Severity.HIGH, "B5")


@pytest.mark.parametrize(
    "rule",
    [
        "inconsistent-formula",
        "omitted-cells",
        "plugged-total",
        "number-among-formulas",
        "pasted-value",
    ],
)
def test_a_likely_cause_of_a_failing_check_is_raised_and_names_it(rule: str) -> None:
    cause = _made(rule, Severity.MEDIUM, "D4", "B3")
    raised = replace(
        cause,
        severity=Severity.HIGH,
        evidence={"found": "1", "breaks": "'Plan data'!B5"},
    )
    assert with_broken_checks(_facts(), [cause, CHECK]) == (raised, CHECK)


@pytest.mark.parametrize(
    "finding",
    [
        _made("pasted-value", Severity.MEDIUM, "D4"),
        _made("pasted-value", Severity.LOW, "B3"),
        _made("pasted-value", Severity.HIGH, "B3"),
        _made("pasted-value", Severity.MEDIUM),
        replace(_made("pasted-value", Severity.MEDIUM, "B3"), tier=Tier.MORE),
        replace(_made("pasted-value", Severity.MEDIUM, "B3"), sheet="Other"),
        _made("hard-coded-number", Severity.MEDIUM, "B4"),
    ],
)
def test_other_cells_severities_and_rules_stay_as_they_are(finding: Finding) -> None:
    assert with_broken_checks(_facts(), [finding, CHECK]) == (finding, CHECK)


@pytest.mark.parametrize(
    "check",
    [
        replace(CHECK, severity=Severity.MEDIUM),
        replace(CHECK, tier=Tier.MORE),
        replace(CHECK, ranges=()),
        replace(CHECK, rule="error-value"),
    ],
)
def test_what_is_no_failing_check_of_high_severity_raises_nothing(check: Finding) -> None:
    cause = _made("pasted-value", Severity.MEDIUM, "B3")
    assert with_broken_checks(_facts(), [cause, check]) == (cause, check)


def _cash_book(entry: str) -> dict[str, CellSpec]:
    """A running balance whose end a check compares to the bank's; one entry may differ."""
    cells: dict[str, CellSpec] = {"A1": "Day", "B1": "In", "C1": "Out", "D1": "Balance"}
    balance = 0.0
    cells |= {"A2": "Opening", "D2": balance}
    for row in range(3, 15):
        income, spent = 100.0 + 7 * row, 60.0 + 3 * row
        text = f"=D{row - 1}+B{row}-C{row}"
        balance += income - spent
        cells |= {f"A{row}": f"Day {row}", f"B{row}": income, f"C{row}": spent}
        cells[f"D{row}"] = (entry if row == 9 else text, balance)
    cells |= {"A17": "Bank", "D17": balance - 40.0}
    return cells | {"A18": "Check: balance less bank", "D18": ("=D14-D17", 40.0)}


def test_an_inconsistent_formula_under_a_failing_check_comes_first() -> None:
    found = audit(book(_cash_book("=D7+B9-C9")), only={"inconsistent-formula", "failing-check"})
    assert [(one.rule, one.severity, one.evidence.get("breaks")) for one in found] == [
        ("inconsistent-formula", Severity.HIGH, "Sheet1!D18"),
        ("failing-check", Severity.HIGH, None),
    ]


def test_without_the_check_the_inconsistent_formula_stays_of_medium_severity() -> None:
    (finding,) = audit(book(_cash_book("=D7+B9-C9")), only={"inconsistent-formula"})
    assert finding.severity is Severity.MEDIUM
