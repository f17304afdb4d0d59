"""A range of cells in Calc, as xlwings wants a range of Excel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xlwings import utils

from tests.libreoffice import engine_formulas, engine_links, engine_values
from tests.libreoffice.engine_com import ComRange
from tests.libreoffice.engine_errors import plain_errors
from tests.libreoffice.engine_filter import AutoFilter
from tests.libreoffice.engine_looks import Borders, Font, Note, colour, colour_of

if TYPE_CHECKING:
    from tests.libreoffice.engine_names import Name
    from tests.libreoffice.engine_sheet import Sheet

_STEPS = {"down": (1, 0), "up": (-1, 0), "right": (0, 1), "left": (0, -1)}
_COM_STEPS = {-4121: "down", -4162: "up", -4161: "right", -4159: "left"}

# com.sun.star.sheet.CellFlags: everything that a cell holds, its look, and the two together.
_CONTENTS = 1 | 2 | 4 | 16
_LOOKS = 32 | 64 | 256
_NOTES = 8

# Hundredths of a millimetre: per point; and of a column per character with its padding.
_POINT = 2540 / 72
_CHARACTER, _PADDING = 7 * 2540 / 96, 5 * 2540 / 96

_INDENT = 10 * _POINT  # LibreOffice's own width of a step when it saves for Excel

_HORIZONTAL = {
    "general": "STANDARD",
    "left": "LEFT",
    "center": "CENTER",
    "right": "RIGHT",
    "fill": "REPEAT",
    "justify": "BLOCK",
}
_VERTICAL = {"top": 1, "center": 2, "bottom": 3, "justify": 4}  # table.CellVertJustify2


@plain_errors
class Range:
    """A rectangle of cells of one sheet."""

    max_cells_per_read = max_cells_per_write = None

    def __init__(self, sheet: Sheet, cells: Any) -> None:
        self._sheet, self.cells = sheet, cells
        self.options: dict[str, Any] = {}

    @property
    def sheet(self) -> Sheet:
        return self._sheet

    @property
    def api(self) -> ComRange:
        return ComRange(self)

    @property
    def row(self) -> int:
        return int(self.cells.RangeAddress.StartRow) + 1

    @property
    def column(self) -> int:
        return int(self.cells.RangeAddress.StartColumn) + 1

    @property
    def shape(self) -> tuple[int, int]:
        at = self.cells.RangeAddress
        return at.EndRow - at.StartRow + 1, at.EndColumn - at.StartColumn + 1

    def __len__(self) -> int:
        rows, columns = self.shape
        return rows * columns

    def __call__(self, row: int, column: int | None = None) -> Range:
        if column is None:
            across = self.shape[1]
            row, column = (row - 1) // across + 1, (row - 1) % across + 1
        return self._sheet.block(self.row + row - 1, self.column + column - 1)

    def get_address(
        self,
        row_absolute: bool,
        col_absolute: bool,
        external: bool,
    ) -> str:
        down, right = "$" * row_absolute, "$" * col_absolute
        rows, columns = self.shape
        corners = [(self.row, self.column)]
        if rows * columns > 1:
            corners.append((self.row + rows - 1, self.column + columns - 1))
        text = ":".join(f"{right}{utils.col_name(c)}{down}{r}" for r, c in corners)
        place = f"'[{self._sheet.book.name}]{self._sheet.name}'!" if external else ""
        return place + text

    @property
    def address(self) -> str:
        return self.get_address(row_absolute=True, col_absolute=True, external=False)

    @property
    def raw_value(self) -> Any:
        rows = engine_values.read(self._document, self.cells)
        return rows[0][0] if len(self) == 1 else rows

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        engine_values.write(self._document, self.cells, self._rows(data))

    @property
    def formula(self) -> str | tuple[tuple[str, ...], ...]:
        parse = engine_formulas.parser(self._document)
        rows = tuple(
            tuple(self._formula_at(parse, r, c, text) for c, text in enumerate(row))
            for r, row in enumerate(self.cells.getFormulaArray())
        )
        return rows[0][0] if len(self) == 1 else rows

    @formula.setter
    def formula(self, value: Any) -> None:
        parse = engine_formulas.parser(self._document)
        fill = isinstance(value, str)
        base = self.cells.getCellByPosition(0, 0).CellAddress if fill else None
        for at_row, row in enumerate(self._rows(value)):
            for at_column, text in enumerate(row):
                cell = self.cells.getCellByPosition(at_column, at_row)
                if isinstance(text, str) and text[:1] == "=":
                    engine_formulas.write(parse, cell, text, base)
                else:
                    engine_values.typed(self._document, cell, "" if text is None else str(text))

    formula2 = formula

    @property
    def formula_array(self) -> str:
        return str(self.formula)

    @formula_array.setter
    def formula_array(self, value: str) -> None:
        first = self.cells.getCellByPosition(0, 0).CellAddress
        parse = engine_formulas.parser(self._document)
        self.cells.setArrayTokens(engine_formulas.tokens(parse, value, first))

    @property
    def has_array(self) -> bool:
        return bool(self.cells.getCellByPosition(0, 0).getArrayFormula())

    @property
    def array_range(self) -> Range | None:
        """The block that one array formula fills around the first cell, if there is one."""
        first = self.cells.getCellByPosition(0, 0)
        if not first.getArrayFormula():
            return None
        cursor = self._sheet.cells_of.createCursorByRange(first)
        cursor.collapseToCurrentArray()
        return Range(self._sheet, cursor)

    def clear(self) -> None:
        self.cells.clearContents(_CONTENTS | _LOOKS | _NOTES)

    def clear_contents(self) -> None:
        self.cells.clearContents(_CONTENTS)

    def clear_formats(self) -> None:
        self.cells.clearContents(_LOOKS)

    def end(self, direction: str | int) -> Range:
        """Where Ctrl and an arrow lead: to the edge of a block, or to the next one."""
        name = _COM_STEPS[direction] if isinstance(direction, int) else direction
        down, right = _STEPS[name]
        row, column = self.row, self.column
        joined = self._filled(row, column) and self._filled(row + down, column + right)
        while self._sheet.inside(row + down, column + right):
            if joined and not self._filled(row + down, column + right):
                break
            row, column = row + down, column + right
            if not joined and self._filled(row, column):
                break
            if not joined and not self._anything_beyond(row, column):
                row = self._sheet.last_row if down > 0 else 1 if down < 0 else row
                column = self._sheet.last_column if right > 0 else 1 if right < 0 else column
                break
        return self._sheet.block(row, column)

    def expand(self, mode: str = "table") -> Range:
        from xlwings import expansion  # noqa: PLC0415 - as xlwings does, after itself
        from xlwings.main import Range as Public  # noqa: PLC0415 - likewise

        found: Range = expansion.expanders[mode].expand(Public(impl=self)).impl
        return found

    @property
    def current_region(self) -> Range:
        cursor = self._sheet.cells_of.createCursorByRange(self.cells)
        cursor.collapseToCurrentRegion()
        return Range(self._sheet, cursor)

    def autofit(self, axis: str | None = None) -> None:
        if axis in {None, "columns", "c"}:
            self.cells.Columns.OptimalWidth = True
        if axis in {None, "rows", "r"}:
            self.cells.Rows.OptimalHeight = True

    def select(self) -> None:
        self._document.CurrentController.select(self.cells)

    @property
    def number_format(self) -> str | None:
        key = self.cells.NumberFormat
        if key is None:
            return None
        groups = self.cells.UniqueCellFormatRanges
        keys = {groups.getByIndex(at).NumberFormat for at in range(groups.Count)}
        return engine_values.number_format(self._document, key) if len(keys) == 1 else None

    @number_format.setter
    def number_format(self, value: str) -> None:
        self.cells.NumberFormat = engine_values.format_key(self._document, value)

    @property
    def column_width(self) -> float | None:
        columns = self.cells.Columns
        widths = {columns.getByIndex(at).Width for at in range(columns.Count)}
        width = widths.pop()
        return None if widths else max(0.0, round((width - _PADDING) / _CHARACTER, 2))

    @column_width.setter
    def column_width(self, value: float) -> None:
        self.cells.Columns.Width = round(value * _CHARACTER + _PADDING)

    @property
    def row_height(self) -> float | None:
        rows = self.cells.Rows
        heights = {rows.getByIndex(at).Height for at in range(rows.Count)}
        height = heights.pop()
        return None if heights else round(height / _POINT, 2)

    @row_height.setter
    def row_height(self, value: float) -> None:
        self.cells.Rows.Height = round(value * _POINT)

    @property
    def row_hidden(self) -> bool:
        return not self.cells.Rows.IsVisible

    @row_hidden.setter
    def row_hidden(self, value: bool) -> None:
        self.cells.Rows.IsVisible = not value

    @property
    def column_hidden(self) -> bool:
        return not self.cells.Columns.IsVisible

    @column_hidden.setter
    def column_hidden(self, value: bool) -> None:
        self.cells.Columns.IsVisible = not value

    @property
    def color(self) -> tuple[int, int, int] | None:
        return colour_of(self.cells.CellBackColor)

    @color.setter
    def color(self, value: Any) -> None:
        self.cells.CellBackColor = colour(value)

    @property
    def font(self) -> Font:
        return Font(self.cells)

    @property
    def borders(self) -> Borders:
        return Borders(self.cells)

    @property
    def wrap_text(self) -> bool | None:
        wrapped: bool | None = self.cells.IsTextWrapped
        return wrapped

    @wrap_text.setter
    def wrap_text(self, value: bool) -> None:
        self.cells.IsTextWrapped = value

    @property
    def horizontal_alignment(self) -> str | None:
        names = {calc: excel for excel, calc in _HORIZONTAL.items()}
        return names.get(self.cells.HoriJustify.value)

    @horizontal_alignment.setter
    def horizontal_alignment(self, value: str) -> None:
        enum = type(self.cells.HoriJustify)
        name = "com.sun.star.table.CellHoriJustify"
        self.cells.HoriJustify = enum(name, _HORIZONTAL[value])

    @property
    def vertical_alignment(self) -> str | None:
        names = {calc: excel for excel, calc in _VERTICAL.items()}
        return names.get(self.cells.VertJustify, "bottom")

    @vertical_alignment.setter
    def vertical_alignment(self, value: str) -> None:
        self.cells.VertJustify = _VERTICAL[value]

    @property
    def indent(self) -> int:
        """Steps of indentation, each three spaces wide."""
        return round(float(self.cells.ParaIndent) / _INDENT)

    @indent.setter
    def indent(self, value: int) -> None:
        self.cells.ParaIndent = round(max(0, value) * _INDENT)

    def adjust_indent(self, amount: int) -> None:
        self.indent += amount

    @property
    def hyperlink(self) -> str:
        return engine_links.read(self.cells.getCellByPosition(0, 0))

    def add_hyperlink(self, address: str, text_to_display: str, screen_tip: str) -> None:
        """Makes the first cell a link; its text goes the way of all texts that are typed."""
        del screen_tip  # Calc has none
        cell = self.cells.getCellByPosition(0, 0)
        engine_values.typed(self._document, cell, text_to_display)
        engine_links.write(self._document, cell, address)

    @property
    def note(self) -> Note | None:
        cell = self.cells.getCellByPosition(0, 0)
        return Note(self, cell) if cell.Annotation.String else None

    def add_note(self, text: str) -> Note:
        cell = self.cells.getCellByPosition(0, 0)
        self._sheet.cells_of.Annotations.insertNew(cell.CellAddress, text)
        return Note(self, cell)

    @property
    def name(self) -> Name | None:
        for _, name in self._sheet.book.names.snapshot():
            target = f"={self._sheet.reference}!{self.address}"
            if name.refers_to == target:
                return name
        return None

    @name.setter
    def name(self, value: str) -> None:
        self._sheet.book.names.add(value, f"={self._sheet.reference}!{self.address}")

    @property
    def autofilter(self) -> AutoFilter:
        return AutoFilter(self)

    @property
    def _document(self) -> Any:
        return self._sheet.book.document

    def _rows(self, data: Any) -> list[list[Any]]:
        """Data for a write in the shape of this range; a scalar fills it."""
        rows, columns = self.shape
        if not isinstance(data, (list, tuple)):
            return [[data] * columns for _ in range(rows)]
        if data and not isinstance(data[0], (list, tuple)):
            data = [data] * rows
        return [list(_fitted(row, columns)) for row in _fitted(data, rows)]

    def _formula_at(self, parse: Any, row: int, column: int, text: str) -> str:
        """What Excel's property Formula says of one cell, from what Calc's array of them says."""
        if text[:1] in {"=", "{"}:
            cell = self.cells.getCellByPosition(column, row)
            if cell.Type.value == "FORMULA":
                return engine_formulas.read(parse, cell, text.strip("{}"))
        if text in {"0", "1"}:
            one = self.cells.getCellRangeByPosition(column, row, column, row)
            value = engine_values.read(self._document, one)[0][0]
            return str(value).upper() if isinstance(value, bool) else text
        return text.removeprefix("'")

    def _filled(self, row: int, column: int) -> bool:
        if not self._sheet.inside(row, column):
            return False
        cell = self._sheet.cells_of.getCellByPosition(column - 1, row - 1)
        return bool(cell.Type.value != "EMPTY")

    def _anything_beyond(self, row: int, column: int) -> bool:
        bottom, right = self._sheet.used_to
        return row <= bottom and column <= right


def _fitted(items: Sequence[Any], size: int) -> Sequence[Any]:
    """As many items as there are cells; Excel, too, asks for no more."""
    if len(items) < size:
        message = f"{len(items)} values do not fill {size} cells"
        raise ValueError(message)
    return items[:size]
