"""The look that all samples share: fonts, colours, number formats, page set-up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

NAVY = "1F3864"
PALE = "DCE6F1"
AMOUNT = '#,##0;(#,##0);"-"'
CENTS = '#,##0.00;(#,##0.00);"-"'
PERCENT = "0.0%"
DATE = "dd/mm/yyyy"

Content = str | float | dt.date | None
"""A text, a number, a date, a formula such as `"=A1*2"`, or nothing."""

_THIN = Side(style="thin", color="7F7F7F")
_DOUBLE = Side(style="double", color="7F7F7F")
_FONT = "Calibri"


def cells(page: Worksheet, area: str) -> Iterator[Cell]:
    """The cells of an area, row by row."""
    found = page[area]
    rows = found if isinstance(found, tuple) else ((found,),)
    for row in rows:
        yield from row if isinstance(row, tuple) else (row,)


def title(page: Worksheet, text: str, subtitle: str) -> None:
    """The two lines at the top of a page, and a page set-up that prints on one sheet's width."""
    page["A1"] = text
    page["A1"].font = Font(name=_FONT, size=14, bold=True, color=NAVY)
    page["A2"] = subtitle
    page["A2"].font = Font(name=_FONT, size=10, italic=True, color="595959")
    page.sheet_view.showGridLines = False
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]


def header(page: Worksheet, area: str, *, align: str = "right") -> None:
    """White on navy; the first column of the page stays on the left."""
    for cell in cells(page, area):
        cell.font = Font(name=_FONT, bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", start_color=NAVY)
        cell.alignment = Alignment(
            horizontal="left" if cell.column == 1 else align, vertical="center", wrap_text=True
        )


def section(page: Worksheet, area: str) -> None:
    """A line that names the lines below it."""
    for cell in cells(page, area):
        cell.font = Font(name=_FONT, bold=True, color=NAVY)
        cell.fill = PatternFill("solid", start_color=PALE)


def total(page: Worksheet, area: str, *, final: bool = False) -> None:
    """A sum: bold under a line, a final one above a double line too."""
    for cell in cells(page, area):
        cell.font = Font(name=_FONT, bold=True)
        cell.border = Border(top=_THIN, bottom=_DOUBLE if final else None)


def typed(page: Worksheet, area: str) -> None:
    """Blue, as modellers show the numbers that were typed in."""
    for cell in cells(page, area):
        cell.font = Font(name=_FONT, color="0000FF")


def boxed(page: Worksheet, area: str) -> None:
    """Thin lines around each cell."""
    for cell in cells(page, area):
        cell.border = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


def number_format(page: Worksheet, area: str, code: str) -> None:
    """One number format for an area."""
    for cell in cells(page, area):
        cell.number_format = code


def widths(page: Worksheet, columns: str, sizes: Sequence[float]) -> None:
    """Column widths in characters, for columns named by their letters: `"ABC"`."""
    for letter, size in zip(columns, sizes, strict=True):
        page.column_dimensions[letter].width = size


def put(page: Worksheet, first: str, rows: Sequence[Sequence[Content]]) -> None:
    """A block of values and formulas from its first cell on; None leaves a cell alone."""
    corner = page[first]
    for down, row in enumerate(rows):
        for right, content in enumerate(row):
            if content is not None:
                page.cell(corner.row + down, corner.column + right, content)


def across(page: Worksheet, row: int, columns: str, formula: str) -> None:
    """One formula in several columns; `{c}` is the column's letter, `{p}` the one before it."""
    for column in columns:
        page[f"{column}{row}"] = formula.format(c=column, p=chr(ord(column) - 1))
