"""Sheets written into a live document, saved, and read again by others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.books import save
from tickmark.model.edit import AddSheet, CellStyle, WrittenCell
from tickmark.write.live import add_sheet, own_sheets, remove_own_sheets

if TYPE_CHECKING:
    import xlwings

HEADER = tuple(WrittenCell(name, CellStyle.HEADER) for name in ("#", "Severity", "Where", "What"))
EDIT = AddSheet(
    "Tickmark audit",
    (
        (WrittenCell("Tickmark audit", CellStyle.TITLE),),
        HEADER,
        (
            WrittenCell(1),
            WrittenCell("high", CellStyle.HIGH),
            WrittenCell("'P&L'!B2", CellStyle.LINK, "'P&L'!B2"),
            WrittenCell("=1+1", CellStyle.WRAPPED),
        ),
        (
            WrittenCell(2.5),
            WrittenCell("low", CellStyle.LOW),
            WrittenCell("=cmd|' /c calc'!A1", CellStyle.LINK, "'P&L'!A1"),
            WrittenCell("'quoted' and\ntwo lines", CellStyle.WRAPPED),
        ),
        (),
        (WrittenCell("-5 %"), WrittenCell(None), WrittenCell(True)),
    ),
    widths=(6.0, 13.0, 26.0, 60.0),
    frozen_rows=2,
    filter_range="A2:D4",
)


def opened(calc: xlwings.App, path: Path) -> xlwings.Book:
    return calc.books.open(str(path))


def test_a_written_sheet_is_right_after_save_and_reopen(
    calc: xlwings.App, tmp_path: Path, saved: Path
) -> None:
    source = save(tmp_path / "book.xlsx", {"P&L": {"A1": "Sales", "B2": "=1+2"}})
    book = opened(calc, source)

    add_sheet(book, EDIT)
    book.save(str(saved))

    written = openpyxl.load_workbook(saved)
    assert written.sheetnames == ["P&L", "Tickmark audit"]
    page = written["Tickmark audit"]
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert rows == [
        ["Tickmark audit", None, None, None],
        ["#", "Severity", "Where", "What"],
        [1, "high", "'P&L'!B2", "=1+1"],
        [2.5, "low", "=cmd|' /c calc'!A1", "'quoted' and\ntwo lines"],
        [None, None, None, None],
        ["-5 %", None, True, None],
    ]
    assert {page[at].data_type for at in ("C3", "D3", "C4", "A6")} == {"s"}
    assert page["C3"].hyperlink.location == "'P&L'!B2"
    assert page["C4"].hyperlink.location == "'P&L'!A1"
    assert page.freeze_panes == "A3"
    assert page.auto_filter.ref == "A2:D4"
    assert page["A2"].fill.fgColor.rgb == "FF33475B"
    assert page["B3"].font.b
    assert page["D4"].alignment.wrap_text


def test_remove_takes_our_sheets_and_no_other(calc: xlwings.App, tmp_path: Path) -> None:
    source = save(
        tmp_path / "book.xlsx", {"Tickmark audit": {"A1": "mine"}, "P&L": {"A1": 1, "B2": 2}}
    )
    book = opened(calc, source)

    first = add_sheet(book, EDIT)
    second = add_sheet(book, EDIT)
    assert [first.name, second.name] == ["Tickmark audit 2", "Tickmark audit 3"]
    second.name = "renamed by the user"

    assert [sheet.name for sheet in own_sheets(book)] == ["Tickmark audit 2", "renamed by the user"]
    assert remove_own_sheets(book) == ("Tickmark audit 2", "renamed by the user")
    assert [sheet.name for sheet in book.sheets] == ["Tickmark audit", "P&L"]


def test_a_sheet_that_cannot_be_written_whole_is_taken_back(
    calc: xlwings.App, tmp_path: Path
) -> None:
    book = opened(calc, save(tmp_path / "book.xlsx", {"P&L": {"A1": 1}}))

    with pytest.raises((ValueError, KeyError, RuntimeError)):
        add_sheet(book, replace(EDIT, filter_range="no such range"))

    assert [sheet.name for sheet in book.sheets] == ["P&L"]
