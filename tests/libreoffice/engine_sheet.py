"""Sheets of a Calc document, as xlwings wants those of Excel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlwings import utils

from tests.libreoffice.engine_com import ComSheet
from tests.libreoffice.engine_errors import plain_errors
from tests.libreoffice.engine_names import Name, Names, quoted
from tests.libreoffice.engine_range import Range

if TYPE_CHECKING:
    from tests.libreoffice.engine import Book

_MOST_LETTERS = 31
_WITH_SIZE = 4


@plain_errors
class Sheets:
    """The sheets of a book in their order."""

    def __init__(self, book: Book) -> None:
        self._book = book

    @property
    def api(self) -> Any:
        return self._all

    @property
    def active(self) -> Sheet:
        controller = self._book.document.CurrentController
        return Sheet(self._book, controller.ActiveSheet if controller else self._all.getByIndex(0))

    def __len__(self) -> int:
        return int(self._all.Count)

    def __iter__(self) -> Iterator[Sheet]:
        return (Sheet(self._book, self._all.getByIndex(at)) for at in range(len(self)))

    def __call__(self, name_or_index: int | str) -> Sheet:
        if isinstance(name_or_index, int):
            if not 1 <= name_or_index <= len(self):
                raise KeyError(name_or_index)
            return Sheet(self._book, self._all.getByIndex(name_or_index - 1))
        for sheet in self:
            if sheet.name.lower() == name_or_index.lower():
                return sheet
        raise KeyError(name_or_index)

    def add(
        self, before: Sheet | None = None, after: Sheet | None = None, name: str | None = None
    ) -> Sheet:
        """A new sheet, which is then the active one; Excel puts it before the active sheet."""
        place = self.active.index - 1
        if before is not None:
            place = before.index - 1
        elif after is not None:
            place = after.index
        taken = {sheet.name.lower() for sheet in self}
        if name is None:
            name = next(f"Sheet{n}" for n in range(1, 10_000) if f"sheet{n}" not in taken)
        if name.lower() in taken or len(name) > _MOST_LETTERS:
            message = f"Excel takes no sheet with this name: {name}"
            raise ValueError(message)
        self._all.insertNewByName(name, place)
        made = Sheet(self._book, self._all.getByIndex(place))
        made.activate()
        return made

    @property
    def _all(self) -> Any:
        return self._book.document.Sheets


@plain_errors
class Sheet:
    """One sheet."""

    def __init__(self, book: Book, cells_of: Any) -> None:
        self._book, self.cells_of = book, cells_of

    @property
    def api(self) -> ComSheet:
        return ComSheet(self)

    @property
    def book(self) -> Book:
        return self._book

    @property
    def name(self) -> str:
        return str(self.cells_of.Name)

    @name.setter
    def name(self, value: str) -> None:
        if any(sheet.name.lower() == value.lower() for sheet in self._book.sheets):
            message = f"Excel takes no second sheet with the name {value}"
            raise ValueError(message)
        self.cells_of.Name = value

    @property
    def reference(self) -> str:
        """The name as it stands in a formula."""
        return quoted(self.name)

    @property
    def index(self) -> int:
        return int(self.cells_of.RangeAddress.Sheet) + 1

    @property
    def names(self) -> Names:
        return Names([self], book=False)

    @property
    def visible(self) -> bool:
        return bool(self.cells_of.IsVisible)

    @visible.setter
    def visible(self, value: bool) -> None:
        self.cells_of.IsVisible = bool(value)

    @property
    def show_gridlines(self) -> bool:
        self._book.show_window()
        view = {one.Name: one.Value for one in self._book.document.getViewData().getByIndex(0)}
        if not view["Tables"].hasByName(self.name):
            return True  # nobody has looked at the sheet yet
        look = {one.Name: one.Value for one in view["Tables"].getByName(self.name)}
        return bool(look["ShowGrid"])

    @show_gridlines.setter
    def show_gridlines(self, value: bool) -> None:
        if self.show_gridlines != value:
            self._book.dispatch(self.block(1, 1), ".uno:ToggleSheetGrid")

    @property
    def freeze_panes(self) -> FreezePanes:
        return FreezePanes(self)

    @property
    def page_setup(self) -> PageSetup:
        return PageSetup(self)

    @property
    def tables(self) -> tuple[()]:
        return ()

    @property
    def cells(self) -> Range:
        return self.block(1, 1, self.last_row, self.last_column)

    @property
    def used_range(self) -> Range:
        cursor = self.cells_of.createCursor()
        cursor.gotoStartOfUsedArea(False)
        cursor.gotoEndOfUsedArea(True)
        return Range(self, cursor)

    @property
    def used_to(self) -> tuple[int, int]:
        """Last row and column in use."""
        cursor = self.cells_of.createCursor()
        cursor.gotoEndOfUsedArea(False)
        return cursor.RangeAddress.EndRow + 1, cursor.RangeAddress.EndColumn + 1

    @property
    def last_row(self) -> int:
        return int(self.cells_of.RangeAddress.EndRow) + 1

    @property
    def last_column(self) -> int:
        return int(self.cells_of.RangeAddress.EndColumn) + 1

    def inside(self, row: int, column: int) -> bool:
        return 1 <= row <= self.last_row and 1 <= column <= self.last_column

    def block(
        self, row: int, column: int, last_row: int | None = None, last_column: int | None = None
    ) -> Range:
        """The cells between two corners, 1-based; of one corner, the cell."""
        cells = self.cells_of.getCellRangeByPosition(
            column - 1, row - 1, (last_column or column) - 1, (last_row or row) - 1
        )
        return Range(self, cells)

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        if isinstance(arg1, str) and arg2 is None:
            return self._of_text(arg1)
        top, left, bottom, right = self._corners(arg1)
        if arg2 is not None:
            other = self._corners(arg2)
            top, left = min(top, other[0]), min(left, other[1])
            bottom, right = max(bottom, other[2]), max(right, other[3])
        return self.block(top, left, bottom, right)

    def activate(self) -> None:
        self._book.document.CurrentController.setActiveSheet(self.cells_of)

    select = activate

    def clear(self) -> None:
        self.cells.clear()

    def clear_contents(self) -> None:
        self.cells.clear_contents()

    def clear_formats(self) -> None:
        self.cells.clear_formats()

    def autofit(self, axis: str | None = None) -> None:
        self.used_range.autofit(axis)

    def delete(self) -> None:
        sheets = self._book.sheets
        if sum(sheet.visible for sheet in sheets) == 1 and self.visible:
            message = "a workbook keeps one visible sheet"
            raise ValueError(message)
        self._book.document.Sheets.removeByName(self.name)

    def move(self, before: Sheet | None, after: Sheet | None) -> None:
        place = before.index - 1 if before is not None else after.index if after is not None else 0
        self._book.document.Sheets.moveByName(self.name, place)

    def copy(self, before: Sheet | None, after: Sheet | None) -> None:
        place = before.index - 1 if before is not None else after.index if after is not None else 0
        taken = {sheet.name for sheet in self._book.sheets}
        name = next(
            f"{self.name} ({n})" for n in range(2, 10_000) if f"{self.name} ({n})" not in taken
        )
        self._book.document.Sheets.copyByName(self.name, name, place)

    def _of_text(self, text: str) -> Range:
        plain = text.replace("$", "")
        if "!" in plain:
            sheet, _, plain = plain.rpartition("!")
            return self._book.sheets(sheet.strip("'").replace("''", "'")).range(plain)
        try:
            first, last = utils.a1_to_tuples(plain)
        except (ValueError, TypeError):
            first = last = None
        if first is None or (not plain[-1].isdigit() and ":" not in plain):
            return self._book.names(text).refers_to_range
        row, column = last or first
        return self.block(
            first[0], first[1], min(row, self.last_row), min(column, self.last_column)
        )

    def _corners(self, place: Any) -> tuple[int, int, int, int]:
        """First and last row and column of what the public Sheet.range takes."""
        if isinstance(place, str):
            place = self._of_text(place)
        if isinstance(place, Range):
            rows, columns = place.shape
            return place.row, place.column, place.row + rows - 1, place.column + columns - 1
        if 0 in place:
            message = "Excel counts rows and columns from 1"
            raise IndexError(message)
        row, column = place[:2]
        rows, columns = place[2:] if len(place) == _WITH_SIZE else (1, 1)
        return row, column, row + rows - 1, column + columns - 1


@plain_errors
class FreezePanes:
    """Rows and columns of a sheet that stay in view."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    def freeze_at(self, frozen_range: str) -> None:
        """Freezes what a range covers from the corner of the sheet on."""
        found = self._sheet.range(frozen_range)
        rows, columns = found.row + found.shape[0] - 1, found.column + found.shape[1] - 1
        whole_rows = found.shape[1] == self._sheet.last_column
        whole_columns = found.shape[0] == self._sheet.last_row
        self._freeze(0 if whole_rows else columns, 0 if whole_columns else rows)

    def unfreeze(self) -> None:
        self._freeze(0, 0)

    def _freeze(self, columns: int, rows: int) -> None:
        self._sheet.book.show_window()
        controller = self._sheet.book.document.CurrentController
        kept = controller.ActiveSheet
        controller.setActiveSheet(self._sheet.cells_of)
        controller.freezeAtPosition(columns, rows)
        controller.setActiveSheet(kept)


@plain_errors
class PageSetup:
    """What of a sheet is printed."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    @property
    def print_area(self) -> str | None:
        areas = self._sheet.cells_of.PrintAreas
        if not areas:
            return None
        first = areas[0]
        return self._sheet.block(
            first.StartRow + 1, first.StartColumn + 1, first.EndRow + 1, first.EndColumn + 1
        ).address

    @print_area.setter
    def print_area(self, value: str | None) -> None:
        areas = (self._sheet.range(value).cells.RangeAddress,) if value else ()
        self._sheet.cells_of.setPrintAreas(areas)


__all__ = ("FreezePanes", "Name", "Names", "PageSetup", "Sheet", "Sheets")
