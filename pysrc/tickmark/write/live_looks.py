"""Looks of a sheet that is written into an open workbook: few calls, each for a whole rectangle."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tickmark.model.address import RangeRef, column_letters
from tickmark.model.edit import AddSheet, CellStyle
from tickmark.write.layout import formatted_rows, is_written
from tickmark.write.looks import LOOKS, CellFormat, Look

if TYPE_CHECKING:
    from xlwings import Range, Sheet

WIDEST: Final = 255.0
_PLAIN: Final = CellFormat(CellStyle.PLAIN)
_UNDERLINE: Final = 2
"""Excel's number of a single line below (xlUnderlineStyleSingle)."""


@dataclass(frozen=True, slots=True)
class Patch:
    """A rectangle of cells with one format; edges are 1-based and inclusive."""

    form: CellFormat
    top: int
    left: int
    bottom: int
    right: int

    @property
    def a1(self) -> str:
        """The rectangle's address."""
        return RangeRef("", self.top, self.left, self.bottom, self.right).a1


def dress(sheet: Sheet, edit: AddSheet) -> None:
    """Give a written sheet its widths and the formats of its cells."""
    for column, width in enumerate(edit.widths, 1):
        if width > 0:
            letters = column_letters(column)
            sheet.range(f"{letters}:{letters}").column_width = min(width, WIDEST)
    breadth = max((len(row) for row in edit.rows), default=0)
    if breadth:
        sheet.range((1, 1), (len(edit.rows), breadth)).vertical_alignment = "top"
    for patch in patches(edit):
        _dress(sheet.range(patch.a1), patch.form)
    with suppress(AttributeError, NotImplementedError):
        sheet.show_gridlines = False
    if edit.rows:
        with suppress(AttributeError, NotImplementedError):
            sheet.range(f"1:{len(edit.rows)}").rows.autofit()


def patches(edit: AddSheet) -> list[Patch]:
    """The formats of a sheet as few rectangles, from the top."""
    runs: dict[tuple[int, int, CellFormat], list[int]] = {}
    for column, top, bottom, form in _runs(edit):
        runs.setdefault((top, bottom, form), []).append(column)
    found = []
    for (top, bottom, form), columns in runs.items():
        left = columns[0]
        for column, following in zip(columns, [*columns[1:], 0], strict=True):
            if following != column + 1:
                found.append(Patch(form, top, left, bottom, column))
                left = following
    return sorted(found, key=lambda patch: (patch.top, patch.left))


def _runs(edit: AddSheet) -> Iterator[tuple[int, int, int, CellFormat]]:
    """(column, first row, last row, format) of equal cells below each other, column by column."""
    columns: dict[int, list[tuple[int, CellFormat]]] = {}
    for number, row in enumerate(formatted_rows(edit), 1):
        for column, (cell, form) in enumerate(row, 1):
            # What keeps a text a text is the apostrophe in front of it, which is no look.
            shown = CellFormat(form.style, ruled=form.ruled)
            if is_written(cell, shown) and shown != _PLAIN:
                columns.setdefault(column, []).append((number, shown))
    for column in sorted(columns):
        cells = columns[column]
        top = cells[0][0]
        for (last, form), (following, other) in zip(cells, [*cells[1:], (0, _PLAIN)], strict=True):
            if following != last + 1 or other != form:
                yield column, top, last, form
                top = following


def _dress(area: Range, form: CellFormat) -> None:
    look = LOOKS[form.style]
    _dress_font(area, look)
    if look.fill:
        area.color = _rgb(look.fill)
    if look.wrapped:
        area.wrap_text = True
    if look.vertical != "top":
        area.vertical_alignment = look.vertical
    if look.indent:
        area.horizontal_alignment = "left"
        with suppress(AttributeError, NotImplementedError):
            _indent(area, look.indent)
    if form.bottom_line:
        weight, colour = form.bottom_line
        sides = ["edge_bottom", "inside_horizontal"] if area.shape[0] > 1 else ["edge_bottom"]
        area.borders.set(sides, line_style="continuous", weight=weight, color=f"#{colour}")


def _dress_font(area: Range, look: Look) -> None:
    if look.bold:
        area.font.bold = True
    if look.size:
        area.font.size = look.size
    if look.colour:
        area.font.color = _rgb(look.colour)
    if look.underlined:
        with suppress(AttributeError, NotImplementedError):
            _underline(area)


def _indent(area: Range, amount: int) -> None:
    """Indent through Excel's own object, as xlwings does it for servers only."""
    if hasattr(area.api, "IndentLevel"):
        area.api.IndentLevel = amount
    else:
        area.adjust_indent(amount)


def _underline(area: Range) -> None:
    """Underline through Excel's own object; no public property of xlwings does it."""
    font = area.api.Font
    if hasattr(font, "Underline"):
        font.Underline = _UNDERLINE


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[:2], 16), int(colour[2:4], 16), int(colour[4:], 16)
