"""The companion workbook."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from tests.write.packages import part, report, rows
from tickmark.errors import WriteRefused
from tickmark.model.edit import AddSheet, CellStyle, WrittenCell
from tickmark.write import write_companion

NASTY = ("=1+1", "+1", "-x", "@SUM(A1)", "#REF!", "12", "\x01_x0041_\r\n", "😀", " a ", "<b>&")


def test_text_is_text_and_comes_back(tmp_path: Path) -> None:
    target = tmp_path / "result.xlsx"
    write_companion([report(NASTY, (1, 2.5, True, None))], target)
    read = CalamineWorkbook.from_path(str(target)).get_sheet_by_index(0).to_python()
    assert read[0] == list(NASTY)
    assert read[1][:3] == [1, 2.5, True]
    page = openpyxl.load_workbook(target).worksheets[0]
    assert {cell.data_type for cell in page[1]} == {"s"}
    assert [cell.quotePrefix for cell in page[1]][:6] == [True] * 4 + [False] * 2


def test_links_show_their_text_only(tmp_path: Path) -> None:
    target = tmp_path / "result.xlsx"
    line = (
        WrittenCell("here", CellStyle.LINK, "Data!A1"),
        WrittenCell(None, CellStyle.LINK, "Data!B2"),
    )
    write_companion([report(line)], target)
    page = openpyxl.load_workbook(target).worksheets[0]
    assert [cell.value for cell in page[1]] == ["here", "Data!B2"]
    assert [cell.hyperlink for cell in page[1]] == [None, None]
    assert [cell.font.u for cell in page[1]] == [None, None]


def test_looks_widths_frozen_rows_and_the_mark(tmp_path: Path) -> None:
    target = tmp_path / "result.xlsx"
    lines = rows(
        (WrittenCell("A", CellStyle.HEADER), WrittenCell("B", CellStyle.HEADER)),
        (1, WrittenCell("▲ high", CellStyle.HIGH)),
    )
    edit = AddSheet("Findings", lines, widths=(6, 30), frozen_rows=1, filter_range="A1:B2")
    write_companion([edit, report(name="findings")], target)
    book = openpyxl.load_workbook(target)
    page = book["Findings"]
    assert book.sheetnames == ["Findings", "findings (2)"]
    assert (page["B2"].font.b, page["B2"].fill.fgColor.rgb) == (True, "00FBDDCC")
    assert (page["A1"].font.color.rgb, page["A1"].border.bottom.style) == ("00FFFFFF", "medium")
    assert page["A2"].border.bottom.style == "thin"
    assert (page.column_dimensions["B"].width, page.freeze_panes) == (30, "A2")
    assert (page.auto_filter.ref, page.page_setup.orientation) == ("A1:B2", "landscape")
    mark = book.defined_names["_Tickmark_Analysis"]
    assert (mark.attr_text, mark.hidden) == ("'Findings'!$A$1", True)
    assert book.properties.creator == "Tickmark"


@pytest.mark.parametrize("text", ["x" * 40_000, "\x01" * 20_000, "_x0041_" * 4_681, "😀" * 20_000])
def test_long_text_is_cut_where_excel_would(tmp_path: Path, text: str) -> None:
    target = tmp_path / "result.xlsx"
    write_companion([report((text,))], target)
    value = openpyxl.load_workbook(target).worksheets[0]["A1"].value
    assert isinstance(value, str)
    assert value.endswith("… [cut: Excel holds no more than 32,767 characters in a cell]")
    assert len(value) + sum(letter > "\uffff" for letter in value) <= 32_767


def test_nothing_to_write_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WriteRefused, match="No sheet is given for result"):
        write_companion([], tmp_path / "result.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_former_file(tmp_path: Path) -> None:
    target = tmp_path / "result.xlsx"
    target.write_text("former")
    with pytest.raises(WriteRefused, match="16,384 columns"):
        write_companion([report(tuple(range(16_385)))], target)
    assert target.read_text() == "former"
    assert list(tmp_path.iterdir()) == [target]


def test_the_page_footer_names_sheet_and_page(tmp_path: Path) -> None:
    target = tmp_path / "result.xlsx"
    write_companion([report()], target)
    text = part(target, "xl/worksheets/sheet1.xml")
    assert "<oddFooter>&amp;L&amp;A&amp;R&amp;P / &amp;N</oddFooter>" in text


def test_importing_the_writers_loads_no_heavy_library() -> None:
    code = "import sys, tickmark.write; sys.exit('openpyxl' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - our own interpreter
