"""A range of cells as a pandas DataFrame."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tickmark.model.address import RangeRef, column_letters
from tickmark.model.grid import CellKind
from tickmark.model.workbook import Sheet, Workbook
from tickmark.structure.dates import serial_to_datetime, serial_to_duration
from tickmark.structure.number_formats import shows_duration

if TYPE_CHECKING:
    import pandas as pd

Value = float | str | bool | dt.datetime | dt.timedelta | None


def to_frame(workbook: Workbook, area: RangeRef, *, header_rows: int = 1) -> pd.DataFrame:
    """The cells of an area, one column each; the index holds the row numbers of the sheet.

    Columns of numbers are float64, of dates datetime64, of durations (formats such as `[h]:mm`)
    timedelta64, of truth values boolean, of texts str; a column of several kinds is object. Error
    values and empty cells are missing values. The texts of the header rows name the columns (joined
    by a space, column letters where there is none, and ` (2)` added to the second of a name). Cells
    right of and below the last value are left out.
    Raises KeyError for a sheet that the workbook does not have.
    """
    import pandas as pd  # noqa: PLC0415 - costs start-up time

    sheet = workbook[area.sheet]
    area = _within_used(sheet, area)
    first = min(area.top + header_rows, area.bottom + 1)
    names = _names(workbook, sheet, area, first)
    index = pd.RangeIndex(first, area.bottom + 1, name="row")
    columns = [
        _column(workbook, sheet, area, first, column)
        for column in range(area.left, area.left + len(names))
    ]
    series = [pd.Series(list(values), index=index, dtype=kind) for kind, values in columns]
    frame = pd.concat(series, axis=1)
    frame.columns = pd.Index(names)
    return frame


def _within_used(sheet: Sheet, area: RangeRef) -> RangeRef:
    """The area cut at the last used row and column, so that whole columns are no burden."""
    used = sheet.used_range
    bottom = used.bottom if used is not None else area.top
    right = used.right if used is not None else area.left
    return RangeRef(
        area.sheet,
        area.top,
        area.left,
        max(min(area.bottom, bottom), area.top),
        max(min(area.right, right), area.left),
    )


def _names(workbook: Workbook, sheet: Sheet, area: RangeRef, first: int) -> list[str]:
    names: list[str] = []
    seen: set[str] = set()
    for column in range(area.left, area.right + 1):
        texts = []
        for row in range(area.top, first):
            value = _value(workbook, sheet, row, column)
            if value is not None:
                texts.append(_header(value))
        wanted = " ".join(texts).strip() or column_letters(column)
        name, number = wanted, 1
        while name in seen:
            number += 1
            name = f"{wanted} ({number})"
        seen.add(name)
        names.append(name)
    return names


def _header(value: Value) -> str:
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    return str(value)


def _value(workbook: Workbook, sheet: Sheet, row: int, column: int) -> Value:
    position = sheet.cells.position(row, column)
    return None if position is None else _at(workbook, sheet, position)


def _at(workbook: Workbook, sheet: Sheet, position: int) -> Value:
    """The value at a position of the arrays; errors are missing, dates are moments."""
    cells = sheet.cells
    value = cells.value(position)
    if cells.kinds[position] == CellKind.ERROR:
        return None
    if cells.kinds[position] == CellKind.DATE and isinstance(value, float):
        if shows_duration(workbook.styles[int(cells.styles[position])].number_format):
            duration = serial_to_duration(value)
            return value if duration is None else duration
        return serial_to_datetime(value, date1904=workbook.date1904) or value
    return value


def _column(
    workbook: Workbook, sheet: Sheet, area: RangeRef, first: int, column: int
) -> tuple[str, Sequence[Value]]:
    """The dtype of a column and its values, None where one is missing."""
    values: list[Value] = [None] * (area.bottom - first + 1)
    if first <= area.bottom:
        span = RangeRef(sheet.name, first, column, area.bottom, column)
        for position in sheet.cells.within(span).tolist():
            values[int(sheet.cells.rows[position]) - first] = _at(workbook, sheet, position)
    kinds = {type(value) for value in values if value is not None}
    dtypes = {
        float: "float64",
        str: "str",
        bool: "boolean",
        dt.datetime: "datetime64[ms]",
        dt.timedelta: "timedelta64[ms]",
    }
    if not kinds:
        return "float64", [np.nan] * len(values)
    return dtypes[kinds.pop()] if len(kinds) == 1 else "object", values
