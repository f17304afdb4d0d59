"""The rule `hidden-sheet`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import counted, listed
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.workbook import Sheet, SheetState
from tickmark.structure.sheetmap import sheet_map

if TYPE_CHECKING:
    import networkx as nx

CODE = "hidden-sheet"


@rule(CODE, severity=Severity.LOW)
def hidden_sheet(facts: Facts) -> Iterator[Finding]:
    """A sheet that a reader does not see takes part.

    What it finds:
        Very hidden sheets with cells in them, which Excel's menus do not offer to show (low), and
        hidden sheets that formulas on visible sheets read from (info).

    Why it matters:
        Numbers on the visible sheets come from where no reader looks.

    Example:
        `=Rates!B2` on the first sheet, where Rates is hidden.

    Fix:
        Show the sheet and review it. A very hidden one is shown from the VBA editor, where its
        Visible property is set to -1.

    Source:
        The visibility that the workbook file states for the sheet, and the references to it.

    Known false alarms:
        Lists for validation and settings of add-ins are often hidden on purpose. A hidden sheet
        that nothing visible reads is passed over.
    """
    hidden = [s for s in facts.workbook.sheets if s.state is not SheetState.VISIBLE]
    graph = sheet_map(facts.workbook, facts.formulas) if hidden else None
    for sheet in hidden:
        readers = _visible_readers(facts, graph, sheet) if graph is not None else {}
        if sheet.state is SheetState.VERY_HIDDEN and len(sheet.cells):
            yield _finding(sheet, readers, Severity.LOW)
        elif readers:
            yield _finding(sheet, readers, Severity.INFO)


def _visible_readers(facts: Facts, graph: nx.DiGraph[str], sheet: Sheet) -> dict[str, int]:
    """Visible sheets that refer to a sheet, with the number of their formulas that do."""
    visible = {s.name for s in facts.workbook.sheets if s.state is SheetState.VISIBLE}
    return {
        reader: int(graph.edges[sheet.name, reader]["formulas"])
        for reader in graph.successors(sheet.name)
        if reader in visible
    }


def _finding(sheet: Sheet, readers: dict[str, int], severity: Severity) -> Finding:
    very = sheet.state is SheetState.VERY_HIDDEN
    message = "The sheet is very hidden: Excel's menus do not offer to show it"
    if not very:
        message = "The sheet is hidden"
    if readers:
        formulas = counted(sum(readers.values()), "formula")
        message += f"; {formulas} on {listed(list(readers))} read from it"
    evidence = {"state": sheet.state.value, "cells": str(len(sheet.cells))}
    if readers:
        evidence["read by"] = ", ".join(f"{name} ({n} formulas)" for name, n in readers.items())
    return Finding(
        rule=CODE,
        severity=severity,
        message=message + ".",
        sheet=sheet.name,
        evidence=evidence,
        fix="Show the sheet and review what the visible ones take from it.",
        tier=Tier.DEFAULT if very else Tier.MORE,
        key=sheet.state.value,
    )
