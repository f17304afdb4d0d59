"""Tables of a sheet as pandas DataFrames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from tickmark.model.address import RangeRef
from tickmark.model.region import Region, Role
from tickmark.model.workbook import Sheet, Workbook
from tickmark.structure.frame_cells import FrameCells, frame_cells
from tickmark.structure.frame_headers import Path, joined, unique_names
from tickmark.structure.frame_pairs import list_table, pairs_table
from tickmark.structure.frame_table import (
    FrameColumn,
    FrameOptions,
    FrameTable,
    range_table,
    region_table,
)

if TYPE_CHECKING:
    import pandas as pd


def to_frame(
    workbook: Workbook,
    area: Region | RangeRef,
    *,
    header_rows: int = 1,
    index: Literal["rows", "keys"] = "rows",
    totals: bool = False,
    sections: bool = True,
    fill_down: bool = False,
) -> pd.DataFrame:
    """A region or a range of cells as a DataFrame. A region knows no cells, so this is a function.

    Of a region come its rows of data: no titles, notes, headers (repeated ones neither), blank
    rows or blank columns without a name, nor totals, unless `totals` asks for them. Rows that only
    name the rows below them become a column `section`, or are dropped without `sections`. A
    key-value region has the columns `key` and `value`, a list has one column.

    Columns are named by their headers: a MultiIndex where a header of the region has several
    levels, else an Index; column letters where there is no header; ` (2)` marks the second of a
    name. The index holds the row numbers of the sheet, or with `index="keys"` the section and the
    key columns of the region, where it has any.

    Whole numbers are Int64 (nullable), but float64 where their number format has decimals or per
    cent, or where another column of a cross tabulation has parts; so are all other numbers. Dates
    are datetime64, durations (formats such as `[h]:mm`) and times of a day timedelta64, truth
    values boolean, texts str; a column of several kinds is object. Error values, empty cells and
    blank texts are missing. So are placeholders such as `n/a` or `-` in a column that else holds
    numbers, dates or truth values only.

    A merged cell belongs to all rows that it covers; a number outside of the key columns stays in
    the first one, so that no sum counts it twice. With `fill_down` an empty key cell takes the key
    above it (an outline that writes each key once), but not over a section or a new outer key.

    Of a range come all its rows and columns up to the last used ones, under `header_rows` rows
    whose texts are joined by a space; the other options are for regions.

    Raises KeyError for a sheet that the workbook does not have and InputError for an area that is
    almost empty and too large to be held.
    """
    options = FrameOptions(totals=totals, sections=sections, fill_down=fill_down)
    if isinstance(area, RangeRef):
        sheet = workbook[area.sheet]
        area = _within_used(sheet, area)
        return as_frame(range_table(frame_cells(workbook, sheet, area), area, header_rows))
    sheet = workbook[area.range.sheet]
    table = frame_table(frame_cells(workbook, sheet, area.range), area, options)
    return as_frame(table, keys=index == "keys")


def frame_table(source: FrameCells, region: Region, options: FrameOptions) -> FrameTable:
    """What the frame of a region is made of; raises InputError as `to_frame` does."""
    if region.role is Role.KEY_VALUE:
        return pairs_table(source, region)
    if region.role is Role.LIST:
        return list_table(source, region)
    return region_table(source, region, options)


def as_frame(table: FrameTable, *, keys: bool = False, flat: bool = False) -> pd.DataFrame:
    """The DataFrame of a table; with `flat` names of several levels are joined by ` / `."""
    import pandas as pd  # noqa: PLC0415 - costs start-up time

    columns = list(table.columns)
    index = _row_index(table)
    outer = [one for one in columns if keys and one.key]
    if outer:
        columns = [one for one in columns if not one.key]
        index = _key_index(outer)
    frame = pd.DataFrame({at: one.content.array for at, one in enumerate(columns)}, index=index)
    frame.columns = _names([one.path for one in columns], flat=flat)
    return frame


def _row_index(table: FrameTable) -> pd.Index[Any]:
    import pandas as pd  # noqa: PLC0415 - costs start-up time

    rows = table.rows
    if len(rows) and (np.diff(rows) == 1).all():
        return pd.RangeIndex(int(rows[0]), int(rows[-1]) + 1, name="row")
    return pd.Index(rows, dtype="int64", name="row")


def _key_index(keys: Sequence[FrameColumn]) -> pd.Index[Any]:
    import pandas as pd  # noqa: PLC0415 - costs start-up time

    if len(keys) == 1:
        return pd.Index(keys[0].content.array, name=joined(keys[0].path))
    return pd.MultiIndex.from_arrays(
        [one.content.array for one in keys], names=[joined(one.path) for one in keys]
    )


def _names(paths: Sequence[Path], *, flat: bool) -> pd.Index[Any]:
    import pandas as pd  # noqa: PLC0415 - costs start-up time

    depth = max(map(len, paths), default=1)
    if flat or depth == 1:
        return pd.Index([name for (name,) in unique_names([(joined(path),) for path in paths])])
    # Names of fewer levels end in "", so that frame["Region"] finds ("Region", "").
    return pd.MultiIndex.from_tuples([(*path, *[""] * (depth - len(path))) for path in paths])


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
