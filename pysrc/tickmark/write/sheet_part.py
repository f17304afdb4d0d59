"""A new sheet as the bytes of a worksheet part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tickmark.errors import WriteRefused
from tickmark.model.address import (
    MAX_COLUMN,
    MAX_ROW,
    RangeRef,
    cell_address,
    column_letters,
)
from tickmark.model.edit import AddSheet, WrittenCell
from tickmark.write.layout import formatted_rows, is_written
from tickmark.write.looks import TAB_COLOUR, Styles, writable
from tickmark.write.row_height import line_height, row_height
from tickmark.write.xml_text import cut_to, markup, xml_escaped

WIDEST: Final = 255.0
MARGIN: Final = 0.4
BOTTOM_MARGIN: Final = 0.6
FOOTER_MARGIN: Final = 0.3
"""In inches; the name of the sheet and the page number stand in it."""

_LONGEST_DISPLAY: Final = 255
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PAGE: Final = (
    f'<pageMargins left="{MARGIN}" right="{MARGIN}" top="{MARGIN}" bottom="{BOTTOM_MARGIN}" '
    f'header="{FOOTER_MARGIN}" footer="{FOOTER_MARGIN}"/>'
    '<pageSetup orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
    "<headerFooter><oddFooter>&amp;L&amp;A&amp;R&amp;P / &amp;N</oddFooter></headerFooter>"
)


def sheet_xml(sheet: AddSheet, *, namespace: str, styles: Styles) -> bytes:
    """The worksheet part of a sheet whose links are settled; text stands in inline strings.

    Raises WriteRefused for more rows or columns than a sheet has, AddressError for a wrong filter
    range.
    """
    check_size(sheet)
    pieces = [
        f'{_DECLARATION}<worksheet xmlns="{namespace}">',
        f'<sheetPr><tabColor rgb="FF{TAB_COLOUR}"/><pageSetUpPr fitToPage="1"/></sheetPr>',
        f'<dimension ref="{_used(sheet)}"/>',
        _view(sheet.frozen_rows),
        f'<sheetFormatPr defaultRowHeight="{line_height(styles.size):g}"/>',
        _columns(sheet.widths),
        "<sheetData>",
        *_rows(sheet, styles),
        "</sheetData>",
    ]
    if sheet.filter_range:
        pieces.append(f'<autoFilter ref="{RangeRef.parse(sheet.filter_range).a1}"/>')
    pieces += [*_links(sheet), _PAGE]
    unflagged = f'<ignoredError sqref="{_used(sheet)}" numberStoredAsText="1"/>'
    pieces.append(f"<ignoredErrors>{unflagged}</ignoredErrors></worksheet>")
    return "".join(pieces).encode()


def check_size(sheet: AddSheet) -> None:
    """Raise WriteRefused where a sheet has more rows or columns than Excel's."""
    if len(sheet.rows) > MAX_ROW or _breadth(sheet) > MAX_COLUMN:
        message = (
            f"The sheet {sheet.name!r} has more than {MAX_ROW:,} rows or {MAX_COLUMN:,} columns; "
            "write fewer."
        )
        raise WriteRefused(message)


def _breadth(sheet: AddSheet) -> int:
    return max((len(row) for row in sheet.rows), default=0)


def _used(sheet: AddSheet) -> str:
    last = cell_address(max(1, len(sheet.rows)), max(1, _breadth(sheet)))
    return "A1" if last == "A1" else f"A1:{last}"


def _view(frozen: int) -> str:
    if not 0 < frozen < MAX_ROW:
        return '<sheetViews><sheetView showGridLines="0" workbookViewId="0"/></sheetViews>'
    return (
        '<sheetViews><sheetView showGridLines="0" workbookViewId="0">'
        f'<pane ySplit="{frozen}" topLeftCell="A{frozen + 1}" activePane="bottomLeft" '
        'state="frozen"/><selection pane="bottomLeft"/></sheetView></sheetViews>'
    )


def _columns(widths: tuple[float, ...]) -> str:
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{min(width, WIDEST):g}" customWidth="1"/>'
        for number, width in enumerate(widths[:MAX_COLUMN], 1)
        if width > 0
    )
    return f"<cols>{columns}</cols>" if columns else ""


def _rows(sheet: AddSheet, styles: Styles) -> Iterator[str]:
    for number, row in enumerate(formatted_rows(sheet), 1):
        cells = "".join(
            _cell(f"{column_letters(column)}{number}", cell, styles.indices[form])
            for column, (cell, form) in enumerate(row, 1)
            if is_written(cell, form)
        )
        if cells:
            height = row_height([cell for cell, _ in row], sheet.widths, styles.size)
            high = f' ht="{height:g}"' if height else ""
            yield f'<row r="{number}"{high}>{cells}</row>'


def _cell(address: str, cell: WrittenCell, number: int) -> str:
    start = f'<c r="{address}" s="{number}"'
    value = writable(cell.value)
    if value is None:
        return f"{start}/>"
    if isinstance(value, str):
        text = xml_escaped(value)
        return f'{start} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    if isinstance(value, bool):
        return f'{start} t="b"><v>{int(value)}</v></c>'
    return f"{start}><v>{value!r}</v></c>"


def _links(sheet: AddSheet) -> list[str]:
    links = []
    for number, row in enumerate(sheet.rows, 1):
        for column, cell in enumerate(row, 1):
            if cell.link:
                display = cut_to(str(cell.value), _LONGEST_DISPLAY)
                links.append(
                    f'<hyperlink ref="{column_letters(column)}{number}" '
                    f'location="{markup(cell.link)}" display="{xml_escaped(display)}"/>'
                )
    return ["<hyperlinks>", *links, "</hyperlinks>"] if links else []
