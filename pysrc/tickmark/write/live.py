"""Edits into a workbook that is open in Excel, through xlwings; its own sheets stay untouched."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tickmark.model.address import cell_address
from tickmark.model.edit import SHEET_MARK, AddSheet, WrittenCell
from tickmark.write.links import quoted, with_places
from tickmark.write.live_looks import dress
from tickmark.write.looks import CellValue, writable
from tickmark.write.sheet_part import check_size

if TYPE_CHECKING:
    from xlwings import Book, Range, Sheet

MOST_LINKS: Final = 2_000
"""Each link is a call of its own to Excel; cells beyond keep their text."""

_ROWS_AT_ONCE: Final = 500
# Excel takes longer texts only one cell at a time.
_LONGEST_IN_BLOCK: Final = 8_000
_LARGEST_WHOLE: Final = 2**31 - 1
_LONGEST_TIP: Final = 200
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def add_sheet(book: Book, edit: AddSheet) -> Sheet:
    """Write a new sheet after the others, marked as ours, and give it back.

    Its name gets 2, 3 and so on where it is taken. A sheet that cannot be written whole is taken
    back. Raises WriteRefused for one larger than Excel's, and what Excel itself raises.
    """
    check_size(edit)
    names = [one.name for one in book.sheets]
    settled = _few_links(with_places(edit, {name.casefold(): name for name in names}))
    sheet = book.sheets.add(free_name(edit.name, names), after=book.sheets[len(names) - 1])
    try:
        _mark(sheet)
        _write(sheet, settled)
    except BaseException:
        sheet.delete()
        raise
    return sheet


def own_sheets(book: Book) -> list[Sheet]:
    """The sheets of an open workbook that carry our mark, in their order."""
    return [sheet for sheet in book.sheets if _is_marked(sheet)]


def remove_own_sheets(book: Book) -> tuple[str, ...]:
    """Delete the sheets that carry our mark, and no other; returns their names."""
    removed = []
    for sheet in own_sheets(book):
        name = sheet.name
        sheet.delete()
        removed.append(name)
    return tuple(removed)


def free_name(wish: str, taken: Collection[str]) -> str:
    """The wished name, or with the first number from 2 that makes it free; letter case is one."""
    folded = {name.casefold() for name in taken}
    name, number = wish, 1
    while name.casefold() in folded:
        number += 1
        name = f"{wish} {number}"
    return name


def typed_text(text: str) -> str:
    """What Excel has to be given so that its cell holds exactly this text, never a formula.

    The apostrophe in front is the one that a user types: Excel keeps it out of the value.
    """
    return "'" + _UNWRITABLE.sub("\ufffd", text)


def _mark(sheet: Sheet) -> None:
    name = sheet.names.add(SHEET_MARK, f"={quoted(sheet.name)}!$A$1")
    with suppress(AttributeError, NotImplementedError):
        _hide(name.api)


def _hide(native: object) -> None:
    """Keep a name out of Excel's list of names, which no public property of xlwings does."""
    if hasattr(native, "Visible"):
        native.Visible = False


def _is_marked(sheet: Sheet) -> bool:
    return any(name.name.rpartition("!")[2] == SHEET_MARK for name in sheet.names)


def _few_links(edit: AddSheet) -> AddSheet:
    left = MOST_LINKS
    rows = []
    for row in edit.rows:
        kept = []
        for cell in row:
            left -= bool(cell.link)
            kept.append(cell if left >= 0 else replace(cell, link=""))
        rows.append(tuple(kept))
    return replace(edit, rows=tuple(rows))


def _write(sheet: Sheet, edit: AddSheet) -> None:
    breadth = max((len(row) for row in edit.rows), default=0)
    if breadth:
        _write_values(sheet, edit.rows, breadth)
        _write_links(sheet, edit.rows)
    sheet.activate()  # panes and gridlines belong to the sheet that a window shows
    dress(sheet, edit)
    if edit.filter_range:
        _show_filter(sheet.range(edit.filter_range))
    if edit.frozen_rows:
        _freeze(sheet, edit.frozen_rows)


def _write_values(sheet: Sheet, rows: Sequence[Sequence[WrittenCell]], breadth: int) -> None:
    """All values but those of links, many rows a call."""
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        part = rows[start : start + _ROWS_AT_ONCE]
        block = [[_sent(cell) for cell in row] + [None] * (breadth - len(row)) for row in part]
        long = [
            (start + r, c, value)
            for r, row in enumerate(block, 1)
            for c, value in enumerate(row, 1)
            if isinstance(value, str) and len(value) > _LONGEST_IN_BLOCK
        ]
        for row_number, column, _ in long:
            block[row_number - start - 1][column - 1] = None
        area = f"A{start + 1}:{cell_address(start + len(part), breadth)}"
        sheet.range(area).value = block if len(part) > 1 or breadth > 1 else block[0][0]
        for row_number, column, value in long:
            sheet.range(cell_address(row_number, column)).value = value


def _sent(cell: WrittenCell) -> CellValue:
    if cell.link:
        return None
    value = writable(cell.value)
    if isinstance(value, str):
        return typed_text(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _LARGEST_WHOLE:
        return float(value)
    return value


def _write_links(sheet: Sheet, rows: Sequence[Sequence[WrittenCell]]) -> None:
    """Links with their texts; a text that Excel took for something else is set once more."""
    for row, column, cell in _linked(rows):
        place = sheet.range(cell_address(row, column))
        text = str(writable(cell.value) or cell.link)
        tip = _UNWRITABLE.sub("\ufffd", f"Go to {cell.link}")[:_LONGEST_TIP]
        place.add_hyperlink(f"#{cell.link}", typed_text(text), tip)
        if place.value != typed_text(text)[1:]:
            place.value = typed_text(text)


def _linked(rows: Sequence[Sequence[WrittenCell]]) -> Iterator[tuple[int, int, WrittenCell]]:
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row, 1):
            if cell.link:
                yield number, column, cell


def _show_filter(area: Range) -> None:
    """The arrows of a filter without a rule: Excel keeps them when the rule is cleared."""
    with suppress(AttributeError, NotImplementedError):
        area.autofilter.apply_comparison(1, "not_equal_to", None)
        area.autofilter.clear(1)


def _freeze(sheet: Sheet, rows: int) -> None:
    try:
        sheet.freeze_panes.freeze_at(f"1:{rows}")
    except (AttributeError, NotImplementedError):
        _freeze_window(sheet, rows)


def _freeze_window(sheet: Sheet, rows: int) -> None:
    """Freeze through the book's first window, for engines whose sheets cannot be frozen."""
    native = sheet.book.api
    with suppress(AttributeError, NotImplementedError):
        if hasattr(native, "Windows"):  # Windows: COM
            window = native.Windows(1)
            window.FreezePanes = False
            window.ScrollRow = window.ScrollColumn = 1
            window.SplitColumn, window.SplitRow = 0, rows
            window.FreezePanes = True
        else:  # macOS: AppleScript
            window = native.windows[1]
            window.split_column.set(0)
            window.split_row.set(rows)
            window.freeze_panes.set(True)
