"""The rule hidden-sheet: what is hidden, and what stays silent."""

from __future__ import annotations

import pytest

from tests.books import CellSpec, book, sheet
from tickmark.audit.rule import Facts
from tickmark.audit.rules.hidden_sheet import hidden_sheet
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.workbook import Workbook
from tickmark.structure.formulas import formulas_of


def _findings(workbook: Workbook) -> list[Finding]:
    return list(hidden_sheet.check(Facts(workbook, formulas_of(workbook))))


def test_a_very_hidden_sheet_is_shown_without_asking() -> None:
    cells: dict[str, CellSpec] = {"A1": 7, "A2": "=A1*2", "A3": "text"}
    workbook = book({"Front": {"A1": "=Rates!A1"}, "Rates": sheet(cells, state="veryHidden")})
    assert _findings(workbook) == [
        Finding(
            rule="hidden-sheet",
            severity=Severity.MEDIUM,
            message="The sheet is very hidden and holds 3 cells: Excel's menus do not show it.",
            sheet="Rates",
            evidence={"state": "veryHidden", "cells": "3", "formulas": "1"},
            fix="Show the sheet and review what it holds.",
            confidence=0.9,
            key="veryHidden",
        )
    ]


def test_a_hidden_sheet_is_listed_on_request() -> None:
    workbook = book({"Front": {"A1": "=Rates!A1"}, "Rates": sheet({"A1": 7}, state="hidden")})
    (finding,) = _findings(workbook)
    assert (finding.severity, finding.tier) == (Severity.INFO, Tier.MORE)
    assert finding.message == "The sheet is hidden and holds 1 cell."


@pytest.mark.parametrize(
    "pages",
    [
        {"Front": {"A1": "=Rates!A1"}, "Rates": {"A1": 7}},
        {"Front": {"A1": 1}, "Empty": sheet({}, state="veryHidden")},
        {"Front": {"A1": 1}, "Empty": sheet({}, state="hidden")},
        {"Front": sheet({"A1": 1, "B1": 2}, hidden_columns=((2, 2),))},
    ],
)
def test_shown_and_empty_sheets_stay_silent(pages: dict[str, object]) -> None:
    assert _findings(book(pages)) == []


def test_what_the_sheet_holds_is_not_told() -> None:
    pages = {"Front": {"A1": 1}, "Back": sheet({"A1": "canary"}, state="veryHidden")}
    (finding,) = _findings(book(pages))
    assert "canary" not in f"{finding.message}{finding.evidence}"
