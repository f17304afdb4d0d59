"""The rule `hidden-sheet`."""

from __future__ import annotations

from collections.abc import Iterator

from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import counted
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.workbook import Sheet, SheetState

CODE = "hidden-sheet"
LIKELY = 0.6
CERTAIN = 0.9


@rule(CODE, severity=Severity.MEDIUM)
def hidden_sheet(facts: Facts) -> Iterator[Finding]:
    """A sheet with cells in it is hidden from the reader.

    What it finds:
        Very hidden sheets with cells in them, which Excel's menus do not offer to show (medium),
        and with `--tier more` other hidden sheets with cells (info).

    Why it matters:
        Nobody reviews what nobody sees. A sheet gets very hidden by a program or by hand in the
        VBA editor only, never by accident.

    Example:
        The sheet `_cfg` with 12 cells, whose Visible property is 2.

    Fix:
        Show the sheet and review it. A very hidden one is shown from the VBA editor, where its
        Visible property is set to -1.

    Source:
        The visibility that the workbook file states for the sheet.

    Known false alarms:
        Add-ins keep their settings on very hidden sheets, and lists for validation are often
        hidden on purpose. What visible formulas take from hidden cells is told by hidden-input,
        orders to a language model on them by instruction-text.
    """
    for sheet in facts.workbook.sheets:
        if sheet.state is not SheetState.VISIBLE and len(sheet.cells):
            yield _finding(sheet)


def _finding(sheet: Sheet) -> Finding:
    very = sheet.state is SheetState.VERY_HIDDEN
    cells = counted(len(sheet.cells), "cell")
    message = f"The sheet is hidden and holds {cells}."
    if very:
        message = f"The sheet is very hidden and holds {cells}: Excel's menus do not show it."
    formulas = sheet.cells.formula_count
    evidence = {"state": sheet.state.value, "cells": f"{len(sheet.cells):,}"}
    if formulas:
        evidence["formulas"] = f"{formulas:,}"
    return Finding(
        rule=CODE,
        severity=Severity.MEDIUM if very else Severity.INFO,
        message=message,
        sheet=sheet.name,
        evidence=evidence,
        fix="Show the sheet and review what it holds.",
        confidence=CERTAIN if very else LIKELY,
        tier=Tier.DEFAULT if very else Tier.MORE,
        key=sheet.state.value,
    )
