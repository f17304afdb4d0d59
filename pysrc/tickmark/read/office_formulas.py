"""Formulas as LibreOffice exports them, turned into what Excel would have written."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

import numpy as np

from tickmark.model.grid import NO_FORMULA, CellKind, Cells
from tickmark.model.sheet_details import SheetDetails
from tickmark.model.workbook import DefinedName, Sheet

_WORDS: Final = re.compile(
    r"""
      "(?:[^"]|"")*"                              # a text
    | '(?P<book>\[[0-9]+\])'!                     # a sheet of another workbook that is lost
    | '(?:[^']|'')*'                              # a sheet
    | (?<![\w.])(?P<bool>TRUE|FALSE)\(\)          # its way to write the values
    | (?P<call>_xlfn\.(?:_xlws\.)?[a-z0-9.]+)\(   # a function that it does not know
    """,
    re.VERBOSE,
)


def as_excel_writes(formula: str) -> str:
    """A formula without what LibreOffice alone does.

    It turns TRUE into a call, writes functions of newer Excels that it does not know in small
    letters, and leaves the name out where a reference into another workbook is broken.
    """
    return _WORDS.sub(_mended, formula)


def _mended(found: re.Match[str]) -> str:
    if found["book"]:
        return f"{found['book']}#REF!"
    if found["bool"]:
        return found["bool"]
    if found["call"]:
        prefix = "_xlfn._xlws." if found["call"].startswith("_xlfn._xlws.") else "_xlfn."
        return f"{prefix}{found['call'][len(prefix) :].upper()}("
    return found[0]


def mended_sheet(sheet: Sheet, *, from_excel: bool) -> Sheet:
    """A sheet with the formulas of its cells and rules mended.

    `from_excel` tells of a format of Excel, whose plain values TRUE and FALSE LibreOffice turns
    into formulas.
    """
    cells = _mended_cells(sheet.cells)
    if from_excel:
        cells = _with_plain_truth(cells)
    return replace(sheet, cells=cells, details=_mended_details(sheet.details))


def mended_name(name: DefinedName) -> DefinedName:
    """A defined name with its formula mended."""
    return replace(name, refers_to=as_excel_writes(name.refers_to))


def _mended_cells(cells: Cells) -> Cells:
    return replace(cells, formula_texts=tuple(map(as_excel_writes, cells.formula_texts)))


def _with_plain_truth(cells: Cells) -> Cells:
    plain = [at for at, text in enumerate(cells.formula_texts) if text in {"TRUE", "FALSE"}]
    plain = [at for at in plain if at not in cells.formula_groups]
    made = np.isin(cells.formulas, plain) & (cells.kinds == CellKind.BOOL)
    return replace(cells, formulas=np.where(made, NO_FORMULA, cells.formulas).astype(np.int32))


def _mended_details(details: SheetDetails) -> SheetDetails:
    return replace(
        details,
        validations=tuple(
            replace(one, formulas=tuple(map(as_excel_writes, one.formulas)))
            for one in details.validations
        ),
        conditional_formats=tuple(
            replace(one, formulas=tuple(map(as_excel_writes, one.formulas)))
            for one in details.conditional_formats
        ),
    )
