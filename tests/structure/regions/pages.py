"""Sheets as text, and random ones: pages whose regions can be seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from tests.books import CellSpec, Value, book, sheet
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.grid import NO_FORMULA, CellKind
from tickmark.model.pivot import PivotTable
from tickmark.model.region import Region
from tickmark.model.sheet_details import SheetDetails
from tickmark.model.workbook import Sheet, Table, Workbook
from tickmark.structure.regions.appearance import appearance_of
from tickmark.structure.regions.detect import sheet_regions
from tickmark.structure.regions.raster import Raster, raster_of

NAME = "S"

Grid = Sequence[Sequence[CellSpec]]
"""Rows of cells."""


def page(text: str, *, merges: Sequence[str] = (), tables: Sequence[str] = ()) -> Workbook:
    """A workbook of one sheet from lines of cells between `|`; the first line is row 1.

    `*text*` is bold; numbers and dates are written as such, formulas without cached value.
    """
    cells: dict[str, CellSpec] = {}
    bold: list[str] = []
    for row, line in enumerate(text.strip("\n").split("\n"), 1):
        for column, part in enumerate(line.split("|"), 1):
            word = part.strip()
            if not word:
                continue
            at = cell_address(row, column)
            if len(word) > 2 and word[0] == word[-1] == "*":
                word = word[1:-1]
                bold.append(at)
            cells[at] = _value(word)
    named = tuple((f"Table{number}", area) for number, area in enumerate(tables, 1))
    made = sheet(cells, merges=tuple(merges), tables=named, bold=tuple(bold))
    return book({NAME: made})


def cells(rows: Grid) -> dict[str, CellSpec]:
    """The cells of rows from A1 on; None is no cell."""
    return {
        cell_address(row, column): value
        for row, values in enumerate(rows, 1)
        for column, value in enumerate(values, 1)
        if value is not None
    }


def raster(rows: Grid, **rest: object) -> Raster:
    """The raster of rows from A1 on; `rest` are marks of the sheet as of `tests.books.sheet`."""
    workbook = book({NAME: sheet(cells(rows), **rest)})
    height, width = len(rows), max(map(len, rows))
    window = RangeRef(NAME, 1, 1, height, width)
    return raster_of(appearance_of(workbook.sheets[0], workbook.styles), window)


def _value(word: str) -> Value:
    try:
        return float(word)
    except ValueError:
        pass
    try:
        return dt.date.fromisoformat(word)
    except ValueError:
        return word


def boxes(workbook: Workbook) -> list[str]:
    """The ranges of the regions of a workbook of one sheet."""
    return [region.range.a1 for region in regions(workbook)]


def regions(workbook: Workbook) -> tuple[Region, ...]:
    """The regions of a workbook of one sheet."""
    return sheet_regions(workbook, workbook.sheets[0])


def area(text: str) -> RangeRef:
    """A range of the sheet of a page."""
    return RangeRef.parse(text, sheet=NAME)


def content(one: Sheet) -> npt.NDArray[np.intp]:
    """Positions of the cells with a formula or a value that is no blank text."""
    cells = one.cells
    blank = np.array([*(not text.strip() for text in cells.texts), False], np.bool_)
    texts = np.where(cells.kinds == CellKind.TEXT, cells.values, -1).astype(np.int64)
    return np.flatnonzero(
        (cells.formulas != NO_FORMULA) | ((cells.kinds != CellKind.EMPTY) & ~blank[texts])
    )


_VALUES: st.SearchStrategy[CellSpec] = st.sampled_from(
    [
        *[None] * 6,
        *[12.5, 3, 2024, 2025],
        *["Region", "Total", "North", "Assets:", "n/a", "-", " ", "1,250", "Note: see below"],
        *["=A1*2", ("=T(0)", ""), ("=B2+1", 7.0), "#N/A", True, dt.date(2024, 1, 31)],
        "A long remark that runs over many words so that it is prose and not a mere label.",
    ]
)


@st.composite
def random_pages(draw: st.DrawFn, *, rows: int = 12, columns: int = 8) -> Workbook:
    """A small sheet with merges, ListObjects and pivot tables that may overlap or lie outside."""
    width = draw(st.integers(1, columns))
    count = width * draw(st.integers(1, rows))
    values = draw(st.lists(_VALUES, min_size=count, max_size=count))
    step_down, step_right = draw(st.sampled_from([(1, 1), (1, 1), (2, 1), (3, 2), (1, 40)]))
    cells = {
        cell_address(1 + at // width * step_down, 1 + at % width * step_right): value
        for at, value in enumerate(values)
        if value is not None
    }
    areas = st.builds(
        lambda top, left, high, wide: RangeRef(NAME, top, left, top + high, left + wide),
        st.integers(1, rows + 2),
        st.integers(1, columns + 2),
        st.integers(0, 6),
        st.integers(0, 5),
    )
    workbook = book({NAME: sheet(cells)})
    tables = tuple(
        Table(f"T{number}", one, header_rows=draw(st.sampled_from([1, 1, 0, 3, 99, -7])))
        for number, one in enumerate(
            draw(st.lists(areas, min_size=draw(st.integers(0, 2)), max_size=2))
        )
    )
    pivots = tuple(PivotTable("P", one) for one in draw(st.lists(areas, max_size=1)))
    details = SheetDetails(
        pivots=pivots,
        filter_range=draw(st.none() | areas),
        print_areas=tuple(draw(st.lists(areas, max_size=2))),
        frozen_rows=draw(st.sampled_from([0, 1, 5, -3, 1_048_576])),
        frozen_columns=draw(st.sampled_from([0, 1, 16_384])),
    )
    merges = tuple(draw(st.lists(areas, max_size=5)))
    own = replace(workbook.sheets[0], merges=merges, tables=tables, details=details)
    return replace(workbook, sheets=(own,))
