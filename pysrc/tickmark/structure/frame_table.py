"""The data of a table: its rows, and its columns with names and typed values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from tickmark.errors import InputError
from tickmark.model.address import RangeRef
from tickmark.model.region import Region
from tickmark.structure.frame_cells import NOTHING, FrameCells, Positions
from tickmark.structure.frame_headers import Path, header_paths, named, unique_names
from tickmark.structure.frame_rows import (
    Rows,
    data_rows,
    filled_down,
    merged_down,
    placed,
    rows_of,
    section_names,
)
from tickmark.structure.frame_values import TypedValues, as_one_quantity, as_text, typed_values

SECTION: Final = "section"

_ROOM: Final = 10_000_000
_ROOM_A_CELL: Final = 50
"""A frame has at most so many places, and so many more for each cell that it holds."""


@dataclass(frozen=True, slots=True)
class FrameColumn:
    """A column of a frame: its number on the sheet (0: not one of them), names, content.

    A `key` tells which row it is.
    """

    number: int
    path: Path
    content: TypedValues
    key: bool = False


@dataclass(frozen=True, slots=True)
class FrameTable:
    """What a frame is made of: the places of its rows (row numbers of the sheet) and columns.

    `left_out` are the numbers of blank columns.
    """

    rows: Rows
    columns: tuple[FrameColumn, ...]
    left_out: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FrameOptions:
    """What becomes of the parts of a table; see `to_frame`."""

    totals: bool = False
    sections: bool = True
    fill_down: bool = False


@dataclass(frozen=True, slots=True)
class _Column:
    """A column on its way: its number, the texts of its header, positions of its cells.

    Of all its cells first, then of one for each row of the frame.
    """

    number: int
    path: Path
    found: Positions
    key: bool = False


def range_table(source: FrameCells, area: RangeRef, header_rows: int) -> FrameTable:
    """All rows and columns of a range under its header rows; names are joined by a space.

    Raises InputError for a range that is almost empty and too large to be held.
    """
    first = min(area.top + header_rows, area.bottom + 1)
    rows = np.arange(first, area.bottom + 1)
    paths = header_paths(source, area, first - area.top)
    columns = [
        _Column(number, (" ".join(path),) if path else (), found)
        for number, path in zip(range(area.left, area.right + 1), paths, strict=True)
        for found in (source.column(number, first, area.bottom),)
    ]
    check_room(area, len(rows) * len(columns), sum(len(one.found) for one in columns))
    return FrameTable(rows, _typed(source, _in_rows(source, columns, rows)))


def region_table(source: FrameCells, region: Region, options: FrameOptions) -> FrameTable:
    """The data of a region read as a table.

    Raises InputError for a region that is almost empty and too large to be held.
    """
    columns = _columns(source, region, totals=options.totals)
    rows = data_rows(source, (one.found for one in columns), _rows_left_out(region, options))
    check_room(region.range, len(rows) * len(columns), sum(len(one.found) for one in columns))
    columns = _in_rows(source, columns, rows)
    # A column with a name is a column, even an empty one; a blank one only sets others apart.
    kept = [one for one in columns if one.path or (one.found != NOTHING).any()]
    blank = set(range(region.range.left, region.range.right + 1)) - {one.number for one in kept}
    if not options.totals:
        blank -= _columns_of(region.total_columns)
    if options.fill_down:
        kept = _outline_filled(kept, region, rows)
    section = None
    if options.sections and region.sections:
        section = as_text(section_names(source, region.sections, rows))
    typed = _typed(source, kept, section)
    if region.cross_tabulation:
        typed = _as_one_quantity(typed)
    return FrameTable(rows, typed, tuple(sorted(blank)))


def _columns(source: FrameCells, region: Region, *, totals: bool) -> list[_Column]:
    """The columns that have cells or a header, with the positions of all cells below that."""
    area = region.range
    paths = region.column_paths or header_paths(source, area, region.header_rows)
    numbers = {area.left + at for at, path in enumerate(paths) if path}
    numbers.update(source.filled_columns(area))
    if not totals:
        numbers -= _columns_of(region.total_columns)
    top = area.top + region.header_rows
    return [
        _Column(
            number,
            paths[number - area.left],
            source.column(number, top, area.bottom),
            key=number < area.left + region.header_columns,
        )
        for number in sorted(numbers)
    ]


def _columns_of(ranges: Iterable[RangeRef]) -> set[int]:
    return {number for one in ranges for number in range(one.left, one.right + 1)}


def _rows_left_out(region: Region, options: FrameOptions) -> Rows:
    ranges = [*region.repeated_headers, *region.sections]
    if not options.totals:
        ranges += region.total_rows
    return rows_of(ranges)


def _in_rows(source: FrameCells, columns: Sequence[_Column], rows: Rows) -> list[_Column]:
    """The columns with one position for each row, merged cells in all rows that they cover."""
    return [
        replace(
            one,
            found=merged_down(
                source, one.number, rows, placed(source, one.found, rows), numbers=one.key
            ),
        )
        for one in columns
    ]


def _outline_filled(columns: Sequence[_Column], region: Region, rows: Rows) -> list[_Column]:
    """The columns with the gaps of keys filled from above, inside a section and an outer key."""
    borders = np.zeros(len(rows) + 1, np.bool_)
    borders[np.searchsorted(rows, rows_of(region.sections))] = True
    borders = borders[:-1]
    filled = []
    for one in columns:
        if one.key:
            own = one.found != NOTHING
            filled.append(replace(one, found=filled_down(one.found, borders)))
            # A key in each row is no outline: what stands right of it may run on.
            if not own.all():
                borders = borders | own
        else:
            filled.append(one)
    return filled


def _typed(
    source: FrameCells, columns: Sequence[_Column], section: TypedValues | None = None
) -> tuple[FrameColumn, ...]:
    """The columns with their values, under names that are all different."""
    names = named([one.path for one in columns], [one.number for one in columns])
    if section is not None:
        names = ((SECTION,), *names)
    names = unique_names(names)
    typed = [
        FrameColumn(
            one.number, name, typed_values(source.workbook, source.cells, one.found), one.key
        )
        for one, name in zip(columns, names[len(names) - len(columns) :], strict=True)
    ]
    if section is None:
        return tuple(typed)
    return (FrameColumn(0, names[0], section, key=True), *typed)


def _as_one_quantity(columns: Sequence[FrameColumn]) -> tuple[FrameColumn, ...]:
    contents = iter(as_one_quantity([one.content for one in columns if not one.key]))
    return tuple(one if one.key else replace(one, content=next(contents)) for one in columns)


def check_room(area: RangeRef, places: int, cells: int) -> None:
    """Refuse to make arrays of many places for few cells; raises InputError."""
    if places > _ROOM + _ROOM_A_CELL * cells:
        message = (
            f"{area} has {cells:,} cells in {places:,} places; take a smaller range as a DataFrame."
        )
        raise InputError(message)
