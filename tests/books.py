"""A tiny language for workbooks: `book({"A1": 1, "A2": "=A1*2"})`, in memory and as real files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import numpy as np
import openpyxl
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName as OpenpyxlName
from openpyxl.worksheet.table import Table as OpenpyxlTable
from openpyxl.worksheet.worksheet import Worksheet

from tickmark.model.address import RangeRef, parse_cell
from tickmark.model.grid import NO_FORMULA, CellKind, Cells, FormulaGroup, FormulaKind
from tickmark.model.workbook import (
    DefinedName,
    ExternalLink,
    Interval,
    Sheet,
    SheetState,
    Style,
    Table,
    Workbook,
)

ERRORS = {"#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}

Value = str | float | int | bool | dt.date | None
CellSpec = Value | tuple[str, Value]
"""A value, a formula `"=A1*2"` without cached value, or `("=A1*2", cached value)`."""


@dataclass(frozen=True)
class SheetSpec:
    """A sheet with more than cells; `formats` maps an address to a number format."""

    cells: Mapping[str, CellSpec]
    state: Literal["visible", "hidden", "veryHidden"] = "visible"
    merges: tuple[str, ...] = ()
    tables: tuple[tuple[str, str], ...] = ()
    hidden_rows: tuple[Interval, ...] = ()
    hidden_columns: tuple[Interval, ...] = ()
    formats: Mapping[str, str] | None = None
    bold: tuple[str, ...] = ()
    shared: Mapping[str, str] | None = None


def sheet(cells: Mapping[str, CellSpec], **rest: object) -> SheetSpec:
    """A sheet with state, merges, tables (`(("Sales", "A1:C9"),)`), hidden parts, formats, bold."""
    return SheetSpec(cells, **rest)  # type: ignore[arg-type]


def _sheets(spec: Mapping[str, object]) -> dict[str, SheetSpec]:
    """Sheets by name; cells alone are those of one sheet."""
    if spec and all(isinstance(value, (SheetSpec, Mapping)) for value in spec.values()):
        return {
            name: value
            if isinstance(value, SheetSpec)
            else SheetSpec(cast("Mapping[str, CellSpec]", value))
            for name, value in spec.items()
        }
    return {"Sheet1": SheetSpec(cast("Mapping[str, CellSpec]", spec))}


def book(
    spec: Mapping[str, object],
    *,
    names: Iterable[DefinedName] = (),
    links: Iterable[ExternalLink] = (),
    path: str = "book.xlsx",
) -> Workbook:
    """A workbook in memory from one sheet's cells or from `{sheet name: cells or sheet(...)}`.

    `shared` of a sheet maps a range to the master's formula: `{"B2:B9": "=A2*2"}`; its cells have
    no cached value unless they stand in `cells` too.
    """
    styles: dict[Style, int] = {Style(): 0}
    sheets = tuple(_sheet(name, one, styles) for name, one in _sheets(spec).items())
    return Workbook(
        path=path,
        format=path.rpartition(".")[2],
        sha256="0" * 64,
        sheets=sheets,
        styles=tuple(styles),
        names=tuple(names),
        external_links=tuple(links),
    )


def _sheet(name: str, spec: SheetSpec, styles: dict[Style, int]) -> Sheet:
    texts: dict[str, int] = {}
    formula_texts: list[str] = []
    known: dict[str, int] = {}
    groups: dict[int, FormulaGroup] = {}
    members: dict[tuple[int, int], int] = {}
    for area, text in (spec.shared or {}).items():
        span = RangeRef.parse(area, sheet=name)
        index = len(formula_texts)
        formula_texts.append(text.removeprefix("="))
        groups[index] = FormulaGroup(FormulaKind.SHARED, span.top, span.left, span)
        for row in range(span.top, span.bottom + 1):
            for column in range(span.left, span.right + 1):
                members[row, column] = index
    rows: dict[tuple[int, int], tuple[CellKind, float, int, int]] = {}
    specs: dict[tuple[int, int], CellSpec] = {parse_cell(a): v for a, v in spec.cells.items()}
    formats = {parse_cell(a): v for a, v in (spec.formats or {}).items()}
    bold = {parse_cell(a) for a in spec.bold}
    for at in sorted(specs.keys() | members.keys()):
        value = specs.get(at)
        formula = members.get(at, NO_FORMULA)
        if isinstance(value, tuple):
            text, value = value
        elif isinstance(value, str) and value.startswith("=") and len(value) > 1:
            text, value = value, None
        else:
            text = ""
        if text:
            text = text[1:]
            if text not in known:
                known[text] = len(formula_texts)
                formula_texts.append(text)
            formula = known[text]
        kind, number = _payload(value, texts)
        default = "yyyy-mm-dd" if kind is CellKind.DATE else "General"
        style = Style(formats.get(at, default), bold=at in bold)
        rows[at] = (kind, number, styles.setdefault(style, len(styles)), formula)
    cells = Cells(
        rows=np.array([row for row, _ in rows], np.int32),
        columns=np.array([column for _, column in rows], np.int16),
        kinds=np.array([kind for kind, *_ in rows.values()], np.uint8),
        values=np.array([number for _, number, *_ in rows.values()], np.float64),
        styles=np.array([style for *_, style, _ in rows.values()], np.int32),
        formulas=np.array([formula for *_, formula in rows.values()], np.int32),
        texts=tuple(texts),
        formula_texts=tuple(formula_texts),
        formula_groups=groups,
    )
    return Sheet(
        name=name,
        cells=cells,
        state=SheetState(spec.state),
        merges=tuple(RangeRef.parse(area, sheet=name) for area in spec.merges),
        tables=tuple(_table(name, spec, *table) for table in spec.tables),
        hidden_rows=spec.hidden_rows,
        hidden_columns=spec.hidden_columns,
    )


def _table(name: str, spec: SheetSpec, table: str, area: str) -> Table:
    span = RangeRef.parse(area, sheet=name)
    specs = {parse_cell(a): v for a, v in spec.cells.items()}
    header = [str(specs.get((span.top, c), "")) for c in range(span.left, span.right + 1)]
    return Table(table, span, tuple(header))


def _payload(value: Value, texts: dict[str, int]) -> tuple[CellKind, float]:
    match value:
        case None:
            return CellKind.EMPTY, float("nan")
        case bool():
            return CellKind.BOOL, float(value)
        case int() | float():
            return CellKind.NUMBER, float(value)
        case dt.datetime():
            return CellKind.DATE, (value - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)  # noqa: DTZ001 - spreadsheets know no time zone
        case dt.date():
            return CellKind.DATE, float((value - dt.date(1899, 12, 30)).days)
        case str():
            kind = CellKind.ERROR if value in ERRORS else CellKind.TEXT
            return kind, float(texts.setdefault(value, len(texts)))


def save(
    path: Path,
    spec: Mapping[str, object],
    *,
    names: Mapping[str, str] | None = None,
) -> Path:
    """Write the same language as a real .xlsx through openpyxl (formulas without cached values)."""
    target = openpyxl.Workbook()
    del target[target.sheetnames[0]]
    for name, one in _sheets(spec).items():
        page = target.create_sheet(name)
        _fill(page, one)
    for name, text in (names or {}).items():
        target.defined_names[name] = OpenpyxlName(name, attr_text=text)
    target.save(path)
    return path


def _fill(page: Worksheet, one: SheetSpec) -> None:
    for address, value in one.cells.items():
        cell = page[address]
        cell.value = value[0] if isinstance(value, tuple) else value
        if one.formats and address in one.formats:
            cell.number_format = one.formats[address]
        if address in one.bold:
            cell.font = Font(bold=True)
    page.sheet_state = one.state
    for area in one.merges:
        page.merge_cells(area)
    for table, area in one.tables:
        page.add_table(OpenpyxlTable(displayName=table, ref=area))
    for first, last in one.hidden_rows:
        for row in range(first, last + 1):
            page.row_dimensions[row].hidden = True
    for first, last in one.hidden_columns:
        for column in range(first, last + 1):
            page.column_dimensions[get_column_letter(column)].hidden = True
