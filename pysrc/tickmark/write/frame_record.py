"""What `frames.json` tells of a table that was written as a file, and of a region that was not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tickmark.model.address import column_letters
from tickmark.model.region import Region
from tickmark.structure.frame_rows import rows_of
from tickmark.structure.frame_table import FrameColumn, FrameTable
from tickmark.structure.spans import spans_of


def file_record(
    file: str,
    region: Region,
    table: FrameTable,
    names: Sequence[str],
    guarded: Sequence[int],
    *,
    totals: bool = False,
) -> dict[str, object]:
    """A table in its file; `names` are those of the file's columns, `totals` that it keeps them.

    `sheet_rows` are the rows of the sheet that the file holds, in order, as first and last of each
    run. `apostrophes` counts texts of a CSV file that got one so as not to be formulas.
    """
    return {
        "file": file,
        "sheet": region.range.sheet,
        "range": region.range.a1,
        "name": region.name,
        "confidence": round(region.confidence, 2),
        "rows": len(table.rows),
        "columns": [
            _column_record(one, name, apostrophes)
            for one, name, apostrophes in zip(table.columns, names, guarded, strict=True)
        ],
        "sheet_rows": list(map(list, spans_of(table.rows))),
        "left_out": _left_out(region, table, totals=totals),
    }


def skipped_record(region: Region, reason: str) -> dict[str, object]:
    """A region that has no file, and why."""
    return {
        "sheet": region.range.sheet,
        "range": region.range.a1,
        "role": str(region.role),
        "name": region.name,
        "reason": reason,
    }


def _column_record(column: FrameColumn, name: str, apostrophes: int) -> dict[str, object]:
    return {
        "name": name,
        "path": list(column.path),
        "sheet_column": column_letters(column.number) if column.number else None,
        "dtype": str(column.content.array.dtype),
        "key": column.key,
        "errors": column.content.errors,
        "placeholders": dict(column.content.placeholders),
        "apostrophes": apostrophes,
    }


def _left_out(region: Region, table: FrameTable, *, totals: bool) -> dict[str, object]:
    """The parts of the region that are not in the file, as rows and columns of the sheet."""
    area = region.range
    first = area.top + region.header_rows
    parts = rows_of([*region.repeated_headers, *region.sections, *region.total_rows])
    known = np.union1d(table.rows, parts[(parts >= first) & (parts <= area.bottom)])
    return {
        "header_rows": [[area.top, first - 1]] if region.header_rows else [],
        "repeated_headers": [one.a1 for one in region.repeated_headers],
        "sections": [one.a1 for one in region.sections],
        "total_rows": [] if totals else [one.a1 for one in region.total_rows],
        "total_columns": [] if totals else [one.a1 for one in region.total_columns],
        "blank_rows": max(area.bottom - first + 1, 0) - len(known),
        "blank_columns": [column_letters(one) for one in table.left_out],
    }
