"""Which format each cell of a new sheet gets: its look, and rules between the rows of tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tickmark.model.edit import AddSheet, CellStyle, WrittenCell
from tickmark.write.looks import CellFormat
from tickmark.write.xml_text import could_be_formula

Row = tuple[tuple[WrittenCell, CellFormat], ...]

_NOT_IN_BODY = frozenset({CellStyle.TITLE, CellStyle.HEADING, CellStyle.HEADER})
_BLANK = WrittenCell(None)


def formatted_rows(sheet: AddSheet) -> Iterator[Row]:
    """Every row with the formats of its cells.

    The body of a table, from below a row of headers to the first row that is empty, has one cell
    or is a heading, is ruled as far as the headers reach; missing cells there are added as blanks.
    """
    reach = 0
    for row in sheet.rows:
        styles = {cell.style for cell in row}
        if CellStyle.HEADER in styles:
            yield _formatted(row, 0)
            reach = len(row)
            continue
        if len(row) <= 1 or styles & _NOT_IN_BODY:
            reach = 0
        yield _formatted(row, reach)


def formats_of(sheets: Iterable[AddSheet]) -> tuple[CellFormat, ...]:
    """Every format that the sheets need, each once, in a fixed order."""
    found = {
        form
        for sheet in sheets
        for row in formatted_rows(sheet)
        for cell, form in row
        if is_written(cell, form)
    }
    return tuple(sorted(found))


def is_written(cell: WrittenCell, form: CellFormat) -> bool:
    """Whether there is anything to see in a cell."""
    return cell.value not in {None, ""} or form != CellFormat(CellStyle.PLAIN)


def _formatted(row: tuple[WrittenCell, ...], reach: int) -> Row:
    cells = row + (_BLANK,) * (reach - len(row))
    return tuple(
        (cell, CellFormat(cell.style, _is_guarded(cell), number < reach))
        for number, cell in enumerate(cells)
    )


def _is_guarded(cell: WrittenCell) -> bool:
    return isinstance(cell.value, str) and could_be_formula(cell.value)
