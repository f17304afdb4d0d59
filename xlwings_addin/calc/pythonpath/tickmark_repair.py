"""Formulas of a file from Excel, which Calc did not know by their names, entered again."""

from __future__ import annotations

from typing import Any

_ERRORS = 4  # com.sun.star.sheet.FormulaResult
_UNKNOWN_NAME = 525


def repair(document: Any) -> int:
    """Enter again each formula with an unknown name that has LLM_ in it; gives back how many."""
    sheets = document.getSheets()
    repaired = 0
    for index in range(sheets.getCount()):
        sheet = sheets.getByIndex(index)
        for address in sheet.queryFormulaCells(_ERRORS).getRangeAddresses():
            for row in range(address.StartRow, address.EndRow + 1):
                for column in range(address.StartColumn, address.EndColumn + 1):
                    repaired += _repaired(sheet, sheet.getCellByPosition(column, row))
    return repaired


def _repaired(sheet: Any, cell: Any) -> bool:
    text = cell.getFormula()
    if cell.getError() != _UNKNOWN_NAME or "LLM_" not in text.upper():
        return False
    if text.startswith("{"):
        block = sheet.createCursorByRange(cell)
        block.collapseToCurrentArray()
        block.setArrayFormula(text[1:-1])
    else:
        cell.setFormula(text)
    return True
