"""Which rows and columns a picture of a sheet shows, and how large it draws each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.address import RangeRef
from tickmark.model.region import Region, Role
from tickmark.report.regions_axis import Axis, Lanes, Marks, lanes_of, marks_of, placed, tiles_of
from tickmark.report.regions_cell_texts import CellText, breadth

Truths = npt.NDArray[np.bool_]

TOP: Final = 54
"""Where the first row begins: below the name of the sheet and the letters of its columns."""

PADDING: Final = 3
"""Between the edge of a cell and its text."""

_ROW: Final = 15
_BREAK: Final = 12
_GAP: Final = 15
_WIDEST: Final = 280
_NARROWEST: Final = 26
_ALL_COLUMNS: Final = 1_400
_LESS_WIDE: Final = 110
_QUANTILE: Final = 0.92
_NUMBER: Final = 42
_KEY: Final = 120
_KEYS: Final = 4
_FEW: Final = 3


@dataclass(frozen=True, slots=True)
class Detail:
    """How much a drawing shows: at most so many lanes and boxes, and which texts of cells.

    `texts` are those of `all` cells, of `heads` (headers, titles, first texts) or of `none`; with
    none, cells are small and may stand for several. `reasons` tells whether boxes tell theirs.
    """

    rows: int
    columns: int
    boxes: int
    texts: str = "all"
    reasons: bool = True

    @property
    def small(self) -> bool:
        """Whether cells are too small for texts."""
        return self.texts == "none"


DETAILS: Final = (
    Detail(400, 60, 400),
    Detail(160, 44, 300),
    Detail(2_500, 60, 2_000),  # many small regions: a long drawing rather than an unreadable one
    Detail(160, 44, 240, "heads", reasons=False),
    Detail(2_500, 60, 2_000, "heads", reasons=False),
    Detail(70, 26, 120, "heads", reasons=False),
    Detail(240, 160, 3_000, "none", reasons=False),
    Detail(90, 60, 300, "none", reasons=False),
)
"""In the order in which they are tried."""


def row_lanes(used: RangeRef, regions: Sequence[Region], detail: Detail) -> Lanes | None:
    """The rows to draw; None where the regions need more than the detail allows."""
    marks = marks_of(
        [(one.range.top, one.range.bottom) for one in regions],
        [one.range.top + one.header_rows - 1 for one in regions],
        [
            row
            for one in regions
            for part in (*one.total_rows, *one.sections, *one.repeated_headers)
            for row in (part.top, part.bottom)
        ],
    )
    return _lanes((_first(used.top), used.bottom), marks, detail.rows, detail)


def column_lanes(used: RangeRef, regions: Sequence[Region], detail: Detail) -> Lanes | None:
    """The columns to draw, likewise."""
    marks = marks_of(
        [(one.range.left, one.range.right) for one in regions],
        [one.range.left + one.header_columns - 1 for one in regions],
        [line for one in regions for part in one.total_columns for line in (part.left, part.right)],
    )
    return _lanes((_first(used.left), used.right), marks, detail.columns, detail)


def _first(line: int) -> int:
    """Where a drawing begins: at the edge of the sheet, or just before what is used."""
    return 1 if line <= _FEW else line - 1


def _lanes(span: tuple[int, int], marks: Marks, most: int, detail: Detail) -> Lanes | None:
    found = lanes_of(span, marks, most)
    return tiles_of(span, marks, most) if found is None and detail.small else found


def header_lanes(regions: Sequence[Region], rows: Lanes, columns: Lanes) -> Truths:
    """The lanes of header rows."""
    made = np.zeros((len(rows), len(columns)), np.bool_)
    for one in regions:
        if one.header_rows:
            area = one.range
            bottom = rows.of(min(area.top + one.header_rows - 1, area.bottom))
            left, right = columns.of(area.left), columns.of(area.right)
            made[rows.of(area.top) : bottom + 1, left : right + 1] = True
    return made


def wanted_lanes(regions: Sequence[Region], rows: Lanes, columns: Lanes, detail: Detail) -> Truths:
    """The lanes whose texts are shown."""
    if detail.texts == "all":
        return np.ones((len(rows), len(columns)), np.bool_)
    wanted = header_lanes(regions, rows, columns)
    for one in regions:
        area = one.range
        top, left, right = rows.of(area.top), columns.of(area.left), columns.of(area.right)
        wanted[top, left : right + 1] = True
        if one.role not in {Role.NOTES, Role.CELLS}:
            key = columns.of(min(area.left + max(one.header_columns, 1) - 1, area.right))
            wanted[top : rows.of(area.bottom) + 1, left : key + 1] = True
    return wanted


def placed_columns(
    columns: Lanes,
    texts: Sequence[CellText],
    headers: Truths,
    regions: Sequence[Region],
    detail: Detail,
    *,
    margin: int,
) -> Axis:
    """Columns as wide as their numbers, headers and most other texts, within bounds.

    Those of row headers may be wider than others.
    """
    nothing = np.zeros(len(columns), np.int64)
    if detail.small:
        size = max(4, min(24, 900 // len(columns)))
        return placed(columns, np.where(columns.breaks, _BREAK, size), nothing, margin)
    most = max(_NUMBER, min(_WIDEST, _ALL_COLUMNS // len(columns)))
    keys = {
        columns.of(column)
        for one in regions
        for column in range(one.range.left, one.range.left + min(one.header_columns, _KEYS))
    }
    widths: dict[int, list[float]] = {}
    needed: dict[int, float] = {}
    for one in texts:
        if one.own == one.first:
            wide = breadth(one.text, bold=one.bold)
            widths.setdefault(one.first, []).append(wide)
            if one.right or headers[one.row, one.first]:
                needed[one.first] = max(needed.get(one.first, 0.0), wide)
    sizes = np.full(len(columns), _NARROWEST, np.int64)
    for lane, found in widths.items():
        wide = max(float(np.quantile(found, _QUANTILE)), needed.get(lane, 0.0)) + 2 * PADDING + 1
        bound = max(most, _KEY) if lane in keys else most
        bound = bound if len(found) > _FEW else min(bound, _LESS_WIDE)
        sizes[lane] = round(max(_NARROWEST, min(bound, wide)))
    return placed(columns, np.where(columns.breaks, _BREAK + 2, sizes), nothing, margin)


def placed_rows(rows: Lanes, tops: npt.NDArray[np.int64], detail: Detail) -> Axis:
    """Rows with a gap for labels above the lanes in `tops`."""
    size = max(5, min(12, 900 // len(rows))) if detail.small else _ROW
    gaps = np.zeros(len(rows), np.int64)
    gaps[tops] = _GAP
    return placed(rows, np.where(rows.breaks, _BREAK, size), gaps, TOP)


def running_on(regions: Sequence[Region], rows: Lanes, columns: Lanes) -> Truths:
    """The lanes whose region began in a lane above: it runs on over a gap between the two."""
    made = np.zeros((len(rows), len(columns)), np.bool_)
    for one in regions:
        top, bottom = rows.of(one.range.top), rows.of(one.range.bottom)
        left, right = columns.of(one.range.left), columns.of(one.range.right)
        made[top + 1 : bottom + 1, left : right + 1] = True
    return made
