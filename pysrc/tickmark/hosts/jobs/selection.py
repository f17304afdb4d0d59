"""The selected cells as worksheet functions see a range, taken from the copy of the workbook."""

from __future__ import annotations

from tickmark.errors import AddressError, InputError
from tickmark.model.address import MAX_COLUMN, MAX_ROW, RangeRef, column_number, parse_cell
from tickmark.model.grid import NO_FORMULA, Cell, CellKind
from tickmark.model.range_content import ErrorValue, RangeContent, Scalar
from tickmark.model.workbook import Sheet, Workbook
from tickmark.structure.concealment import unseen_cells
from tickmark.structure.relative import formula_text

MOST_CELLS = 100_000


def selected_content(workbook: Workbook, sheet: str, address: str) -> RangeContent:
    """Values, formulas and formats of an area, cut at bottom and right to the used range.

    Hidden cells and texts that cannot be seen are blank: what the user does not see is not sent.
    Raises InputError for several areas, too many cells and a sheet that is none of the user's.
    """
    page = _sheet(workbook, sheet)
    area = _cut(parse_area(address, sheet), page)
    if area.cells > MOST_CELLS:
        message = (
            f"{area.a1} has {area.cells:,} cells; select at most {MOST_CELLS:,} and press again."
        )
        raise InputError(message)
    return _content(workbook, page, area)


def parse_area(address: str, sheet: str) -> RangeRef:
    """An address of Excel such as `$A$1:$C$9`, `$A:$C` or `$3:$7`. Raises InputError."""
    text = address.replace("$", "")
    first, _, last = text.partition(":")
    last = last or first
    try:
        if first.isdigit() and last.isdigit():
            return RangeRef(sheet, int(first), 1, int(last), MAX_COLUMN)
        if first.isalpha() and last.isalpha():
            return RangeRef(sheet, 1, column_number(first), MAX_ROW, column_number(last))
        (top, left), (bottom, right) = parse_cell(first), parse_cell(last)
    except AddressError:
        raise InputError("Select one area of cells, not several, and press again.") from None
    return RangeRef(sheet, top, left, bottom, right)


def _sheet(workbook: Workbook, name: str) -> Sheet:
    found = [sheet for sheet in workbook.sheets if sheet.name == name]
    if not found:
        message = (
            f"{name} is no worksheet of yours: it is a chart, or a result of Tickmark; choose "
            "another sheet and press the button again."
        )
        raise InputError(message)
    return found[0]


def _cut(area: RangeRef, sheet: Sheet) -> RangeRef:
    last = sheet.used_range
    bottom = min(area.bottom, max(area.top, last.bottom if last else 1))
    right = min(area.right, max(area.left, last.right if last else 1))
    return RangeRef(area.sheet, area.top, area.left, bottom, right)


def _content(workbook: Workbook, sheet: Sheet, area: RangeRef) -> RangeContent:
    height, width = area.bottom - area.top + 1, area.right - area.left + 1
    values: list[list[Scalar]] = [[None] * width for _ in range(height)]
    formulas = [[""] * width for _ in range(height)]
    formats = [["General"] * width for _ in range(height)]
    hidden = unseen_cells(workbook, sheet)
    for index in sheet.cells.within(area):
        if hidden[index]:
            continue
        cell = sheet.cells[int(index)]
        row, column = cell.row - area.top, cell.column - area.left
        values[row][column] = _value(cell)
        formats[row][column] = workbook.styles[cell.style].number_format
        if cell.formula != NO_FORMULA:
            formulas[row][column] = formula_text(sheet, int(index))
    return RangeContent(
        values=tuple(map(tuple, values)),
        area=area,
        book=workbook.path,
        formulas=tuple(map(tuple, formulas)),
        formats=tuple(map(tuple, formats)),
    )


def _value(cell: Cell) -> Scalar:
    return ErrorValue(str(cell.value)) if cell.kind is CellKind.ERROR else cell.value
