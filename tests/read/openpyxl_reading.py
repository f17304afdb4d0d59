"""Where a workbook reads otherwise than openpyxl reads it.

openpyxl reads the formulas or the values that were last calculated, never both: sheets that hold
formulas are read twice.
"""

from __future__ import annotations

import colorsys
import datetime as dt
import re
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
from openpyxl.cell.cell import Cell as TheirCell
from openpyxl.styles.colors import COLOR_INDEX, Color
from openpyxl.styles.numbers import is_date_format
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from openpyxl.worksheet.worksheet import Worksheet

from tickmark.model.address import cell_address
from tickmark.model.grid import NO_FORMULA, Cell, CellKind, FormulaKind
from tickmark.model.workbook import Interval, Sheet, Style, Workbook
from tickmark.structure.dates import serial_to_datetime
from tickmark.structure.number_formats import shows_date
from tickmark.structure.relative import shift

Place = tuple[int, int]
Value = tuple[str, object]

_NOTHING: Value = ("empty", None)
_YES = {"1", "true", True}
_ELAPSED = re.compile(r"\[[hms]+\]", re.IGNORECASE)


@dataclass(slots=True)
class Differences:
    """Places such as `Data!B7` by what differs there; facts about a whole sheet by its name."""

    found: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def note(self, fact: str, place: str) -> None:
        self.found[fact].append(place)


def differences(book: Workbook, path: Path) -> Mapping[str, list[str]]:
    """What openpyxl reads otherwise in the file of a workbook."""
    noted = Differences()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl does not support
        whole = openpyxl.load_workbook(path)
        if [sheet.name for sheet in book.sheets] != [page.title for page in whole.worksheets]:
            noted.note("sheets", "")
        if book.date1904 != (whole.epoch.year == 1904):
            noted.note("date1904", "")
        if _our_names(book) != _their_names(whole):
            noted.note("names", "")
        for code in {style.number_format for style in book.styles}:
            if shows_date(code) != is_date_format(code):
                noted.note("date format", code)
        palette = _Palette.of(whole)
        cached = openpyxl.load_workbook(path, read_only=True, data_only=True)
        for sheet in book.sheets:
            page = whole[sheet.name]
            cells = list(_held(page))
            if any(cell.data_type == "f" for cell in cells):
                cells = list(_cells(cached[sheet.name]))
            values = {(cell.row, cell.column): _their_value(cell) for cell in cells}
            _compare_cells(noted, (book, sheet), page, values, palette)
            for fact in _facts(sheet, page):
                noted.note(fact, sheet.name)
        cached.close()
    return dict(noted.found)


def _cells(page: Any) -> Iterator[TheirCell]:  # noqa: ANN401 - read-only sheets have no types
    page.reset_dimensions()  # what the file says of them may be wrong
    return (cell for row in page.iter_rows() for cell in row if cell.value is not None)


def _held(page: Worksheet) -> Iterator[TheirCell]:
    cells = page._cells.values()  # noqa: SLF001 - iter_rows would make a cell of every gap
    return (cell for cell in cells if isinstance(cell, TheirCell) and cell.value is not None)


def _compare_cells(
    noted: Differences,
    read: tuple[Workbook, Sheet],
    page: Worksheet,
    values: dict[Place, Value],
    palette: _Palette,
) -> None:
    book, sheet = read
    cells = dict(page._cells)  # noqa: SLF001 - iter_rows would make a cell of every gap
    looks: dict[tuple[int, int], tuple[str, ...]] = {}
    for cell in sheet.cells:
        place = cell.row, cell.column
        other = cells.pop(place, None)
        style = book.styles[cell.style]
        if _our_value(book, cell, style) != values.pop(place, _NOTHING):
            noted.note("value", f"{sheet.name}!{cell.a1}")
        if not isinstance(other, TheirCell):
            noted.note("no cell", f"{sheet.name}!{cell.a1}")
            continue
        if _our_formula(sheet, cell) != _their_formula(other):
            noted.note("formula", f"{sheet.name}!{cell.a1}")
        key = cell.style, other.style_id
        if key not in looks:
            looks[key] = tuple(_looks(style, other, palette))
        for fact in looks[key]:
            noted.note(fact, f"{sheet.name}!{cell.a1}")
    for place, other in cells.items():
        if isinstance(other, TheirCell) and other.value is not None:
            noted.note("cell unread", f"{sheet.name}!{cell_address(*place)}")
    for place in values:
        noted.note("value unread", f"{sheet.name}!{cell_address(*place)}")


def _our_value(book: Workbook, cell: Cell, style: Style) -> Value:
    value = cell.value
    match cell.kind:
        case CellKind.EMPTY:
            return _NOTHING
        case CellKind.TEXT:
            return ("text", value) if value else _NOTHING  # openpyxl drops most empty texts
        case CellKind.DATE if isinstance(value, float):
            return _our_date(book, value, style)
        case _:
            return (cell.kind.name.lower(), value)


def _our_date(book: Workbook, serial: float, style: Style) -> Value:
    if _ELAPSED.search(style.number_format):
        return ("duration", round(serial * 86_400_000))
    moment = serial_to_datetime(serial, date1904=book.date1904)
    if moment is not None and serial < 1:
        return ("time", moment.time())
    return ("date", moment) if moment is not None else ("error", "#VALUE!")


_KINDS = {
    bool: "bool",
    int: "number",
    float: "number",
    dt.datetime: "date",
    dt.time: "time",
    dt.timedelta: "duration",
}


def _their_value(cell: TheirCell) -> Value:
    value: object = cell.value
    if isinstance(value, dt.timedelta):
        value = round(value / dt.timedelta(milliseconds=1))
    elif isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if value == "":
        return _NOTHING
    text = "error" if cell.data_type == "e" else "text"
    return (_KINDS.get(type(cell.value), text), value)


def _our_formula(sheet: Sheet, cell: Cell) -> str | None:
    """The formula as openpyxl writes it: members of shared ones each with their own text."""
    if cell.formula == NO_FORMULA:
        return None
    text = sheet.cells.formula_texts[cell.formula]
    group = sheet.cells.formula_groups.get(cell.formula)
    if group is None:
        return f"={text}"
    if group.kind is FormulaKind.SHARED:
        return f"={shift(text, cell.row - group.row, cell.column - group.column)}"
    if group.kind is FormulaKind.DATA_TABLE:
        return f"{{{text}}} {group.range.a1}"
    return f"{{={text}}} {group.range.a1}"


def _their_formula(cell: TheirCell) -> str | None:
    if cell.data_type != "f":
        return None
    value: object = cell.value
    if isinstance(value, ArrayFormula):
        return f"{{={(value.text or '').removeprefix('=')}}} {value.ref}"
    if isinstance(value, DataTableFormula):
        first, second = value.r1 or "", value.r2 or ""
        one_way = f"{first}," if value.dtr in _YES else f",{first}"
        inputs = f"{first},{second}" if value.dt2D in _YES else one_way
        return f"{{TABLE({inputs})}} {value.ref}"
    return None if value == "=" else str(value)  # a member of an array, which has no text


def _looks(style: Style, cell: TheirCell, palette: _Palette) -> Iterator[str]:
    """The facts of a look that differ."""
    font, fill, border = cell.font, cell.fill, cell.border
    if style.number_format != cell.number_format:
        yield "number format"
    if style.bold != bool(font.b):
        yield "bold"
    if style.font_size != (font.sz or 0):
        yield "font size"
    if style.font_colour != palette.colour(font.color):
        yield "font colour"
    if style.filled != (fill.fill_type is not None):
        yield "fill"
    solid = fill.fill_type == "solid"
    if style.fill_colour != (palette.colour(fill.fgColor) if solid else ""):
        yield "fill colour"
    sides = (border.left, border.right, border.top, border.bottom, border.start, border.end)
    if style.bordered != any(side is not None and side.style is not None for side in sides):
        yield "border"
    if style.locked != bool(cell.protection.locked):
        yield "protection"


@dataclass(frozen=True, slots=True)
class _Palette:
    """The colours of a workbook, worked out from what openpyxl keeps of its parts."""

    theme: tuple[str, ...]
    indexed: tuple[str, ...]

    @classmethod
    def of(cls, book: openpyxl.Workbook) -> _Palette:
        text = book.loaded_theme  # bytes where there is a theme
        scheme = ET.fromstring(text)[0][0] if text else ()  # noqa: S314 - a trusted corpus
        colours = [next(iter(one)) for one in scheme]
        values = [one.get("lastClr") or one.get("val") or "" for one in colours]
        dark1, light1, dark2, light2 = values[:4] if values else ["?"] * 4
        own = book._colors  # type: ignore[attr-defined] # noqa: SLF001 - kept nowhere else
        return cls(
            (light1, dark1, light2, dark2, *values[4:]),
            tuple(one[-6:] for one in (own or COLOR_INDEX)),
        )

    def colour(self, colour: Color | None) -> str:
        match colour.type if colour is not None else "auto":
            case "rgb":
                plain = str(colour.rgb)[-6:]  # type: ignore[union-attr] # no colour is automatic
            case "theme":
                plain = self.theme[colour.theme]  # type: ignore[union-attr]
            case "indexed" if colour.indexed < 64:  # type: ignore[union-attr]
                plain = self.indexed[colour.indexed]  # type: ignore[union-attr]
            case _:
                return ""
        return _tinted(plain.upper(), float(colour.tint)) if colour.tint else plain.upper()  # type: ignore[union-attr]


def _tinted(plain: str, tint: float) -> str:
    hue, light, saturation = colorsys.rgb_to_hls(*(one / 255 for one in bytes.fromhex(plain)))
    light = light * (1.0 + tint) if tint < 0 else light * (1.0 - tint) + (1.0 - (1.0 - tint))
    mixed = colorsys.hls_to_rgb(hue, light, saturation)
    return bytes(round(one * 255) for one in mixed).hex().upper()


def _our_names(book: Workbook) -> set[tuple[str, str, str]]:
    return {
        (one.sheet, one.name, one.refers_to)
        for one in book.names
        if not one.name.startswith("_xlnm.")
    }


def _their_names(book: openpyxl.Workbook) -> set[tuple[str, str, str]]:
    scopes = {"": book.defined_names} | {page.title: page.defined_names for page in book.worksheets}
    return {
        (scope, name, str(one.value or ""))
        for scope, names in scopes.items()
        for name, one in names.items()
        if not name.startswith("_xlnm.")
    }


def _facts(sheet: Sheet, page: Worksheet) -> Iterator[str]:
    """The facts around the cells that differ."""
    merged = sorted(str(area) for area in page.merged_cells.ranges)
    if merged != sorted(area.a1 for area in sheet.merges):
        yield "merges"
    if page.sheet_state != sheet.state.value:
        yield "state"
    tables = {(one.displayName, one.ref, one.totalsRowCount or 0) for one in page.tables.values()}
    if tables != {(one.name, one.range.a1, one.totals_rows) for one in sheet.tables}:
        yield "tables"
    columns = [tuple(column.name for column in one.tableColumns) for one in page.tables.values()]
    if sorted(columns) != sorted(table.columns for table in sheet.tables):
        yield "table columns"
    if {row for row, one in page.row_dimensions.items() if one.hidden} != _each(sheet.hidden_rows):
        yield "hidden rows"
    hidden = {
        column
        for one in page.column_dimensions.values()
        if one.hidden
        for column in range(one.min or 0, (one.max or 0) + 1)
    }
    if hidden != _each(sheet.hidden_columns):
        yield "hidden columns"


def _each(intervals: tuple[Interval, ...]) -> set[int]:
    return {number for first, last in intervals for number in range(first, last + 1)}
