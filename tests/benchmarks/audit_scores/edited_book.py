"""Workbooks with one thing changed: a formula, some values, a row less, only one sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tickmark.model.address import RangeRef
from tickmark.model.grid import NO_FORMULA, CellKind, Cells, FormulaGroup, FormulaKind
from tickmark.model.workbook import Sheet, Workbook
from tickmark.structure.formulas import Formulas, SheetFormulas
from tickmark.structure.pieces import COLUMNS, TWO, Area, a1_area, split, written_area
from tickmark.structure.relative import shift

Value: TypeAlias = float | str | bool | None
At: TypeAlias = tuple[int, int]
"""Number of a sheet, position in its arrays."""

ERRORS = frozenset(
    {"#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)
LOST = "#REF!"
MARGIN = 3


def with_formula(workbook: Workbook, at: At, text: str | None) -> Workbook:
    """The workbook with another formula (without `=`) in a cell, or with its value alone."""
    number, position = at
    cells = workbook.sheets[number].cells
    formulas = cells.formulas.copy()
    texts = tuple(cells.formula_texts)
    if text is None:
        formulas[position] = NO_FORMULA
    else:
        formulas[position] = len(texts)
        texts = (*texts, text)
    return _with_cells(workbook, number, replace(cells, formulas=formulas, formula_texts=texts))


def with_values(workbook: Workbook, values: Mapping[At, Value]) -> Workbook:
    """The workbook with other cached values; a number keeps the kind of a date."""
    for number in sorted({number for number, _ in values}):
        cells = workbook.sheets[number].cells
        kinds, numbers, texts = cells.kinds.copy(), cells.values.copy(), list(cells.texts)
        for (sheet, position), value in values.items():
            if sheet == number:
                kind = kind_of(value)
                if kind is CellKind.NUMBER and kinds[position] == CellKind.DATE:
                    kind = CellKind.DATE
                kinds[position] = kind
                if isinstance(value, str):
                    texts.append(value)
                    numbers[position] = len(texts) - 1
                else:
                    numbers[position] = np.nan if value is None else float(value)
        changed = replace(cells, kinds=kinds, values=numbers, texts=tuple(texts))
        workbook = _with_cells(workbook, number, changed)
    return workbook


def kind_of(value: Value) -> CellKind:
    """What a value makes of its cell."""
    match value:
        case None:
            return CellKind.EMPTY
        case bool():
            return CellKind.BOOL
        case str():
            return CellKind.ERROR if value in ERRORS else CellKind.TEXT
        case _:
            return CellKind.NUMBER


def excerpt(formulas: Formulas, kept: int) -> tuple[Workbook, dict[At, At]]:
    """One sheet of a workbook whole, of the others the cells that it refers to, as values.

    Cells up to MARGIN around these are kept too. With the place of each cell by that before.
    """
    workbook = formulas.workbook
    marks = [np.zeros(len(sheet.cells), np.bool_) for sheet in workbook.sheets]
    marks[kept][:] = True
    numbers = {sheet.name: number for number, sheet in enumerate(workbook.sheets)}
    own = formulas.sheets[kept]
    for index, precedents in enumerate(formulas.precedents[kept]):
        others = [one for one in precedents if one.sheet != own.sheet.name]
        if not others:
            continue
        template = own.templates[index]
        for position in own.cells_of(index).tolist():
            rows = int(own.sheet.cells.rows[position])
            steps = template.distance(rows, int(own.sheet.cells.columns[position]))
            for one in others:
                if one.area is not None and one.sheet in numbers:
                    top, left, bottom, right = one.edges(*steps)
                    area = RangeRef(
                        one.sheet,
                        max(1, top - MARGIN),
                        max(1, left - MARGIN),
                        bottom + MARGIN,
                        right + MARGIN,
                    )
                    number = numbers[one.sheet]
                    marks[number][workbook.sheets[number].cells.within(area)] = True
    sheets, places = [], {}
    for number, (sheet, mark) in enumerate(zip(workbook.sheets, marks, strict=True)):
        cells = sheet.cells
        if number != kept:
            cells = _taken(cells, np.flatnonzero(mark))
        sheets.append(replace(sheet, cells=cells))
        places |= {
            (number, at): (number, to) for to, at in enumerate(np.flatnonzero(mark).tolist())
        }
    return replace(workbook, sheets=tuple(sheets)), places


def written(own: SheetFormulas, position: int) -> str:
    """The formula of a cell as its file has it, without `=`."""
    template = own.templates[int(own.template_of[position])]
    cells = own.sheet.cells
    steps = template.distance(int(cells.rows[position]), int(cells.columns[position]))
    return shift(template.text, *steps)


def without_row(formulas: Formulas, number: int, row: int) -> Workbook | None:
    """The workbook after a row of a sheet was deleted, values as they were.

    References follow as in Excel. None where Excel refuses, as within an array formula, or where a
    table would lose its header or total.
    """
    workbook = formulas.workbook
    name = workbook.sheets[number].name
    if not _may_go(workbook.sheets[number], row):
        return None
    sheets = []
    for at, own in enumerate(formulas.sheets):
        cells = _adjusted(own, name, row)
        sheet = replace(own.sheet, cells=cells)
        sheets.append(_row_less(sheet, row) if at == number else sheet)
    names = tuple(
        replace(one, refers_to=after_deletion(one.refers_to, "", name, row))
        for one in workbook.names
    )
    return replace(workbook, sheets=tuple(sheets), names=names)


def after_deletion(text: str, own: str, name: str, row: int, *, moved: bool = True) -> str:
    """A formula of the sheet `own` (without `=`) after a row of the sheet `name` was deleted.

    With `moved` False only what is lost changes, as if all other rows had stayed.
    """
    parts = []
    for before, reference in split(text):
        parts.append(before)
        if reference:
            sheet = prefix_of(before)[1]
            meant = own if sheet is None else sheet
            hit = meant.casefold() == name.casefold()
            shrunk = _shrunk(reference, row) if hit else reference
            parts.append(shrunk if moved or shrunk == LOST else reference)
    return "".join(parts)


def prefix_of(before: str) -> tuple[int, str | None]:
    """Where the sheet prefix at the end of a text begins, and the sheet it names; None for none."""
    if not before.endswith("!"):
        return len(before), None
    if before.endswith("'!"):
        start = len(before) - 2
        while True:
            start = before.rfind("'", 0, start)
            if start > 0 and before[start - 1] == "'":
                start -= 1
                continue
            break
        return start, before[start + 1 : -2].replace("''", "'")
    start = len(before) - 1
    while start and (before[start - 1].isalnum() or before[start - 1] in "._[]\\?:"):
        start -= 1
    return start, before[start:-1]


def _shrunk(reference: str, row: int) -> str:
    area: Area = written_area(reference)
    form, top, left, bottom, right = area
    if form & COLUMNS:
        return reference
    if not form & TWO:
        if top == row:
            return LOST
        return a1_area((form, top - (top > row), left, bottom, right))
    if top == bottom == row:
        return LOST
    low, high = min(top, bottom), max(top, bottom)
    low, high = low - (low > row), high - (high >= row)
    return a1_area(
        (form, low, left, high, right) if top <= bottom else (form, high, left, low, right)
    )


def _adjusted(own: SheetFormulas, name: str, row: int) -> Cells:
    """The cells of a sheet with a text for each formula, adjusted; arrays stay groups."""
    cells = own.sheet.cells
    texts: dict[str, int] = {}
    made: list[str] = []
    groups: dict[int, FormulaGroup] = {}
    numbers = np.full(len(cells), NO_FORMULA, np.int32)
    arrays: dict[int, int] = {}
    for position in np.flatnonzero(cells.formulas != NO_FORMULA).tolist():
        old = int(cells.formulas[position])
        group = cells.formula_groups.get(old)
        if group is not None and group.kind is not FormulaKind.SHARED:
            if old not in arrays:
                arrays[old] = len(made)
                groups[len(made)] = group
                made.append(after_deletion(cells.formula_texts[old], own.sheet.name, name, row))
            numbers[position] = arrays[old]
            continue
        text = after_deletion(written(own, position), own.sheet.name, name, row)
        if text not in texts:
            texts[text] = len(made)
            made.append(text)
        numbers[position] = texts[text]
    return replace(cells, formulas=numbers, formula_texts=tuple(made), formula_groups=groups)


def _may_go(sheet: Sheet, row: int) -> bool:
    groups = sheet.cells.formula_groups.values()
    arrays = (one.range for one in groups if one.kind is not FormulaKind.SHARED)
    if any(area.top <= row <= area.bottom for area in arrays):
        return False
    for table in sheet.tables:
        area = table.range
        first, last = area.top + table.header_rows, area.bottom - table.totals_rows
        inside = area.top <= row <= area.bottom
        if inside and (not first <= row <= last or first == last):
            return False
    return True


def _row_less(sheet: Sheet, row: int) -> Sheet:
    """A sheet whose cells, tables, merges and hidden rows have moved up over a row."""
    cells = sheet.cells
    cells = _taken(cells, np.flatnonzero(cells.rows != row), formulas=True)
    rows = cells.rows - (cells.rows > row).astype(np.int32)
    groups = {
        number: replace(group, row=group.row - (group.row > row), range=_moved(group.range, row))
        for number, group in cells.formula_groups.items()
    }
    merges = (area for area in sheet.merges if not area.top == area.bottom == row)
    return replace(
        sheet,
        cells=replace(cells, rows=rows, formula_groups=groups),
        merges=tuple(_moved(area, row) for area in merges),
        tables=tuple(replace(one, range=_moved(one.range, row)) for one in sheet.tables),
        hidden_rows=tuple(
            (first - (first > row), last - (last >= row))
            for first, last in sheet.hidden_rows
            if not first == last == row
        ),
    )


def _moved(area: RangeRef, row: int) -> RangeRef:
    return replace(area, top=area.top - (area.top > row), bottom=area.bottom - (area.bottom >= row))


def _taken(cells: Cells, at: npt.NDArray[np.intp], *, formulas: bool = False) -> Cells:
    """Some of the cells, with their formulas or with the values alone."""
    kept = cells.chosen(at)
    if formulas:
        return kept
    none = np.full(len(at), NO_FORMULA, np.int32)
    return replace(kept, formulas=none, formula_texts=(), formula_groups={})


def _with_cells(workbook: Workbook, number: int, cells: Cells) -> Workbook:
    sheets: Sequence[Sheet] = workbook.sheets
    changed = replace(sheets[number], cells=cells)
    return replace(workbook, sheets=(*sheets[:number], changed, *sheets[number + 1 :]))
