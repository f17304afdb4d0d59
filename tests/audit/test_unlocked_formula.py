"""The rule unlocked-formula: formulas that can be overwritten although their sheet is protected."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from openpyxl.styles import Protection

from tests.books import book
from tickmark.audit.rule import Facts
from tickmark.audit.rules.unlocked_formula import unlocked_formula
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.sheet_details import SheetDetails, SheetProtection
from tickmark.model.workbook import Style, Workbook
from tickmark.read import read_workbook
from tickmark.structure.formulas import formulas_of


def _findings(workbook: Workbook) -> list[Finding]:
    return list(unlocked_formula.check(Facts(workbook, formulas_of(workbook))))


def _book(unlocked: tuple[str, ...], *, protected: bool = True) -> Workbook:
    """Inputs in B2 and B3, a sum and a share below them; some cells are unlocked."""
    made = book({"B2": 5, "B3": 6, "B4": ("=B2+B3", 11), "B5": ("=B2/B4", 0.4), "C4": "note"})
    page = made.sheets[0]
    styles = np.array([cell.a1 in unlocked for cell in page.cells], np.int32)
    details = SheetDetails(protection=SheetProtection() if protected else None)
    page = replace(page, cells=replace(page.cells, styles=styles), details=details)
    return replace(made, sheets=(page,), styles=(Style(), Style(locked=False)))


def test_all_unlocked_formulas_of_a_sheet_make_one_finding() -> None:
    assert _findings(_book(("B2", "B3", "B4", "B5"))) == [
        Finding(
            rule="unlocked-formula",
            severity=Severity.LOW,
            message="2 formula cells of the protected sheet are not locked and can be overwritten "
            "(B4:B5).",
            sheet="Sheet1",
            ranges=("B4:B5",),
            evidence={"found": "=B2+B3", "unlocked formulas": "2 of 2"},
            fix="Lock the cells and protect the sheet again.",
            confidence=0.9,
            tier=Tier.MORE,
            key="unlocked formulas",
        )
    ]


@pytest.mark.parametrize(
    "workbook",
    [
        _book(()),
        _book(("B2", "B3", "C4")),
        _book(("B2", "B4"), protected=False),
        book({"A1": 1, "A2": "=A1"}),
    ],
)
def test_inputs_open_sheets_and_locked_formulas_stay_silent(workbook: Workbook) -> None:
    assert _findings(workbook) == []


def test_a_real_file_tells_which_cells_are_locked(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    page = made.active
    assert page is not None
    page["A1"], page["A2"], page["A3"] = 4, "=A1*2", "=A1*3"
    page["A1"].protection = Protection(locked=False)
    page["A3"].protection = Protection(locked=False)
    page.protection.sheet = True
    made.save(tmp_path / "locked.xlsx")
    (finding,) = _findings(read_workbook(str(tmp_path / "locked.xlsx")))
    assert finding.ranges == ("A3",)
