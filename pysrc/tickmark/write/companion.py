"""The companion: a fresh workbook for results whose source cannot be copied with a new sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from tickmark.errors import WriteRefused
from tickmark.model.address import MAX_ROW, RangeRef, column_letters
from tickmark.model.edit import MARK, AddSheet
from tickmark.write.atomic_file import replacing
from tickmark.write.layout import formatted_rows, is_written
from tickmark.write.links import quoted, with_places
from tickmark.write.looks import LOOKS, TAB_COLOUR, CellFormat, CellValue, writable
from tickmark.write.row_height import row_height
from tickmark.write.sheet_name import legal_name
from tickmark.write.sheet_part import BOTTOM_MARGIN, FOOTER_MARGIN, MARGIN, WIDEST, check_size
from tickmark.write.xml_text import CUT_MARK, LONGEST_TEXT, cut_to, excel_string, units

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.styles import Alignment, Border, Font, PatternFill
    from openpyxl.styles.styleable import StyleableObject
    from openpyxl.worksheet.worksheet import Worksheet

_SIZE: Final = 11


def write_companion(edits: Sequence[AddSheet], target: Path) -> None:
    """Write the sheets as a workbook of their own, an .xlsx that appears whole or not at all.

    Looks as in an analysed copy; text is never a formula; links show their text only, as their
    cells are in another file. Raises WriteRefused without sheets, OSError where the disk does not
    serve.
    """
    if not edits:
        message = f"No sheet is given for {target.name}; give at least one."
        raise WriteRefused(message)
    for edit in edits:
        check_size(edit)
    with replacing(target) as (_, stream):
        _save(edits, stream)


def _save(edits: Sequence[AddSheet], stream: BinaryIO) -> None:
    from openpyxl import Workbook  # noqa: PLC0415 - costs start-up time
    from openpyxl.workbook.defined_name import DefinedName  # noqa: PLC0415 - costs start-up time

    book = Workbook()
    book.properties.creator = "Tickmark"
    book.remove(book.worksheets[0])
    names: list[str] = []
    drawn: dict[CellFormat, _Drawn] = {}
    for edit in edits:
        names.append(legal_name(edit.name, names))
        _fill(book.create_sheet(names[-1]), with_places(edit, {}), drawn)
    mark = DefinedName(MARK, attr_text=f"{quoted(names[0])}!$A$1", hidden=True)
    book.defined_names[MARK] = mark
    book.save(stream)


def _fill(page: Worksheet, sheet: AddSheet, drawn: dict[CellFormat, _Drawn]) -> None:
    for number, row in enumerate(formatted_rows(sheet), 1):
        for column, (cell, form) in enumerate(row, 1):
            if is_written(cell, form):
                if form not in drawn:
                    drawn[form] = _drawn(form)
                one = page.cell(number, column)
                drawn[form].on(one)
                _put(one, writable(cell.value))
        cells = [cell for cell, _ in row]
        page.row_dimensions[number].height = row_height(cells, sheet.widths, _SIZE)
    _set_up(page, sheet)


def _put(cell: Cell | MergedCell, value: CellValue) -> None:
    if isinstance(value, str):
        cell.value = _fitting(value)
        cell.data_type = "s"  # whatever it looks like
    else:
        cell.value = value


def _fitting(text: str) -> str:
    """A text in Excel's own escapes, which count against the limit in openpyxl."""
    escaped = excel_string(text)
    most = LONGEST_TEXT
    while units(escaped) > LONGEST_TEXT:
        most -= max(1, (units(escaped) - LONGEST_TEXT) // 6)
        escaped = excel_string(cut_to(text, most, CUT_MARK))
    return escaped


def _set_up(page: Worksheet, sheet: AddSheet) -> None:
    from openpyxl.worksheet.properties import PageSetupProperties  # noqa: PLC0415 - start-up time

    for number, width in enumerate(sheet.widths, 1):
        if width > 0:
            page.column_dimensions[column_letters(number)].width = min(width, WIDEST)
    if 0 < sheet.frozen_rows < MAX_ROW:
        page.freeze_panes = f"A{sheet.frozen_rows + 1}"
    if sheet.filter_range:
        page.auto_filter.ref = RangeRef.parse(sheet.filter_range).a1
    page.sheet_view.showGridLines = False
    page.sheet_properties.tabColor = TAB_COLOUR
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToWidth = 1
    page.page_setup.fitToHeight = 0
    margins = page.page_margins
    margins.left = margins.right = margins.top = MARGIN
    margins.bottom = BOTTOM_MARGIN
    margins.header = margins.footer = FOOTER_MARGIN
    footer = page.HeaderFooter.oddFooter
    if footer is not None:
        footer.left.text = "&A"
        footer.right.text = "&P / &N"


def _drawn(form: CellFormat) -> _Drawn:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side  # noqa: PLC0415 - costs start-up time

    look = LOOKS[form.style]
    line = Side(style=form.bottom_line[0], color=form.bottom_line[1]) if form.bottom_line else None
    return _Drawn(
        Font(
            name="Calibri",
            sz=look.size or _SIZE,
            family=2,
            b=look.bold,
            u="single" if look.underlined else None,
            color=look.colour or None,
        ),
        PatternFill("solid", fgColor=look.fill) if look.fill else PatternFill(),
        Border(bottom=line),
        Alignment(
            horizontal="left" if look.indent else None,
            vertical=look.vertical,
            wrap_text=look.wrapped or None,
            indent=look.indent,
        ),
        form.as_text,
    )


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A look in the terms of openpyxl, made once for all cells that have it."""

    font: Font
    fill: PatternFill
    border: Border
    alignment: Alignment
    as_text: bool

    def on(self, cell: StyleableObject) -> None:
        cell.font = self.font
        cell.fill = self.fill
        cell.border = self.border
        cell.alignment = self.alignment
        cell.quotePrefix = self.as_text
