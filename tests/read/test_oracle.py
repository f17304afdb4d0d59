"""Real workbooks read as openpyxl reads them, wherever openpyxl is right."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell import Cell as TheirCell
from openpyxl.formula.translate import Translator
from openpyxl.utils.datetime import from_excel
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from tickmark.errors import WorkbookRefused
from tickmark.model.address import cell_address
from tickmark.model.grid import Cell, CellKind, FormulaKind
from tickmark.model.workbook import Sheet, Style, Workbook
from tickmark.read import SUPPORTED, read_workbook

SMALL = 150_000

OURS = {
    # openpyxl empties the cells inside merged ranges
    "ironcalc__wordle.xlsx": {"Wordle!F17", "Wordle!F18"},
}
"""Cells whose value or look differs because openpyxl changes what the file says."""


def ours(sheet: Sheet, cell: Cell, style: Style) -> tuple[object, ...]:
    """Formula, value and look of a cell as we read it."""
    value = None if cell.value == "" else cell.value  # openpyxl knows no empty text
    if cell.kind is CellKind.DATE:
        value = from_excel(value)
    bold_and_filled = (style.bold, style.filled)
    return (formula(sheet, cell), value, style.number_format, *bold_and_filled)


def formula(sheet: Sheet, cell: Cell) -> str | None:
    """The formula as openpyxl writes it: members of shared ones translated."""
    if cell.formula < 0:
        return None
    text = "=" + sheet.cells.formula_texts[cell.formula]
    group = sheet.cells.formula_groups.get(cell.formula)
    if group is None:
        return text
    if group.kind is FormulaKind.SHARED and (group.row, group.column) != (cell.row, cell.column):
        origin = cell_address(group.row, group.column)
        return str(Translator(text, origin=origin).translate_formula(cell.a1))
    return text if group.kind is FormulaKind.SHARED else f"{{{text}}} {group.range.a1}"


def theirs(with_formula: TheirCell, with_value: TheirCell) -> tuple[object, ...]:
    """The same of a cell as openpyxl reads it."""
    text: object = with_formula.value if with_formula.data_type == "f" else None
    if isinstance(text, ArrayFormula):
        text = f"{{={(text.text or '').removeprefix('=')}}} {text.ref}"
    return (
        None if text == "=" else text,  # a member of an array, which has no text of its own
        with_value.value,
        with_value.number_format,
        bool(with_value.font.b),
        with_value.fill.fill_type is not None,
    )


def differences(book: Workbook, path: Path) -> Iterator[str]:
    """Places where the two readings differ, as `Sheet!A1` or the name of a fact."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl does not support
        formulas = openpyxl.load_workbook(path)
        cached = openpyxl.load_workbook(path, data_only=True)
    for sheet in book.sheets:
        texts, results = formulas[sheet.name], cached[sheet.name]
        for cell in sheet.cells:
            at = {"row": cell.row, "column": cell.column}
            mine = ours(sheet, cell, book.styles[cell.style])
            if mine != theirs(texts.cell(**at), results.cell(**at)):
                yield f"{sheet.name}!{cell.a1}"
        yield from facts(sheet, texts)
    if [sheet.name for sheet in book.sheets] != [page.title for page in formulas.worksheets]:
        yield "sheets"
    names = {("", name) for name in formulas.defined_names}
    for page in formulas.worksheets:
        names |= {(page.title, name) for name in page.defined_names}
    read = {(one.sheet, one.name) for one in book.names if not one.name.startswith("_xlnm.")}
    if {one for one in names if not one[1].startswith("_xlnm.")} != read:
        yield "names"


def facts(sheet: Sheet, page: Worksheet) -> Iterator[str]:
    stored = {(cell.row, cell.column) for cell in sheet.cells}
    for row in page.iter_rows():
        for cell in row:
            # openpyxl gives an empty cell with a link the link's text
            lost = cell.value is not None and (cell.row, cell.column) not in stored
            if lost and not cell.hyperlink:
                yield f"{sheet.name}!{cell.coordinate}"
    if sorted(str(area) for area in page.merged_cells.ranges) != sorted(
        area.a1 for area in sheet.merges
    ):
        yield f"{sheet.name} merges"
    if page.sheet_state != sheet.state.value:
        yield f"{sheet.name} state"
    tables = {(one.displayName, one.ref) for one in page.tables.values()}
    if tables != {(table.name, table.range.a1) for table in sheet.tables}:
        yield f"{sheet.name} tables"
    hidden = {row for row, facts in page.row_dimensions.items() if facts.hidden}
    if hidden != {row for first, last in sheet.hidden_rows for row in range(first, last + 1)}:
        yield f"{sheet.name} hidden rows"


@pytest.mark.parametrize(
    ("name", "cells", "formulas"),
    [
        ("brightway__example.xlsx", 213, 0),
        ("closedxml__ceiling-floor.xlsx", 451, 276),
        ("closedxml__input.xlsx", 94, 0),
        ("excel_to_code__offset-is-weird.xlsx", 470, 445),
        ("excel_to_code__offsets.xlsx", 2543, 1129),
        ("ironcalc__wordle.xlsx", 1182, 782),
        ("poi__WithChart.xlsx", 12, 0),
        ("tidyxl__enron-constants.xlsx", 2673, 1167),
        ("web_models__DCF.xlsx", 1382, 346),
        ("xlwings__async_tests.xlsm", 5470, 221),
    ],
)
def test_a_real_workbook_reads_as_openpyxl_reads_it(
    corpus: Path, name: str, cells: int, formulas: int
) -> None:
    book = read_workbook(corpus / name)
    assert (book.cell_count, book.formula_count) == (cells, formulas)
    assert set(differences(book, corpus / name)) == OURS.get(name, set())


def test_every_small_real_workbook_is_read_whole_or_refused(corpus: Path) -> None:
    refused: set[str] = set()
    for path in sorted(corpus.iterdir()):
        if path.suffix[1:].lower() not in SUPPORTED or path.stat().st_size > SMALL:
            continue
        try:
            book = read_workbook(path)
        except WorkbookRefused as error:
            refused.add(str(error).removeprefix(f"{path} "))
            continue
        assert book.failures == ()
        assert [sheet.problems for sheet in book.sheets if sheet.problems] == []
    assert refused == {
        "is protected by a password; give it with --password.",
        "is damaged: its zip archive cannot be opened; restore it from a backup or save it again.",
    }
