"""Keys and values of a form, and the values of a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.grid import CellKind
from tickmark.model.region import Region
from tickmark.structure.frame_cells import NOTHING, FrameCells, Positions
from tickmark.structure.frame_headers import (
    Path,
    cell_text,
    header_paths,
    joined,
    one_line,
    unique_names,
)
from tickmark.structure.frame_rows import Rows, data_rows, placed
from tickmark.structure.frame_table import (
    FrameColumn,
    FrameOptions,
    FrameTable,
    check_room,
    region_table,
)
from tickmark.structure.frame_values import as_text, typed_values

KEY: Final = "key"
VALUE: Final = "value"

_SHORTEST_LABEL: Final = 3
_MOSTLY: Final = 0.8


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Keys with the positions of their values: one array for the first of each key, and so on."""

    rows: Rows
    keys: Sequence[str | None]
    values: Sequence[Positions]


def pairs_table(source: FrameCells, region: Region) -> FrameTable:
    """A key-value region as two columns, `key` and `value`.

    A second cell right of a key is its `value (2)`. Pairs beside each other follow each other, the
    left ones first, so that a row of the sheet may stand there twice.
    Raises InputError for a region that is almost empty and too large to be held.
    """
    top = region.range.top + region.header_rows
    if region.header_rows and not region.header_columns and top == region.range.bottom:
        return _as_table(source, [_lying(source, region)])
    cells = {
        number: found
        for number in source.filled_columns(region.range)
        if len(found := source.column(number, top, region.range.bottom))
    }
    return _as_table(
        source, [_side(source, region, cells, *one) for one in _sides(source, region, cells)]
    )


def list_table(source: FrameCells, region: Region) -> FrameTable:
    """A list as one column, named by its header or else by what the list is called.

    Raises InputError for a region that is almost empty and too large to be held.
    """
    area = region.range
    if area.top == area.bottom and area.left < area.right:
        found = source.shown(source.cells.within(area))
        first = int(np.searchsorted(source.cells.columns[found], area.left + region.header_columns))
        name = " ".join(cell_text(source, one) for one in found[:first].tolist())
        values = typed_values(source.workbook, source.cells, found[first:])
        path = _list_name(region, (one_line(name),) if name else ())
        return FrameTable(np.full(len(values.array), area.top), (FrameColumn(0, path, values),))
    if area.left == area.right:
        paths = region.column_paths or header_paths(source, area, region.header_rows)
        region = replace(region, column_paths=(_list_name(region, paths[0]),))
    return region_table(source, region, FrameOptions())


def _list_name(region: Region, path: Path) -> Path:
    return path or (one_line(region.name) or VALUE,)


def _as_table(source: FrameCells, sides: Sequence[_Pairs]) -> FrameTable:
    width = max((len(side.values) for side in sides), default=1)
    columns = [
        np.concatenate(
            [
                side.values[at] if at < len(side.values) else np.full(len(side.rows), NOTHING)
                for side in sides
            ]
            or [np.empty(0, np.intp)]
        )
        for at in range(width)
    ]
    names = unique_names([(KEY,), *[(VALUE,)] * width])
    keys = as_text([key for side in sides for key in side.keys])
    return FrameTable(
        np.concatenate([side.rows for side in sides] or [np.empty(0, np.int64)]),
        (
            FrameColumn(0, names[0], keys, key=True),
            *(
                FrameColumn(0, name, typed_values(source.workbook, source.cells, found))
                for name, found in zip(names[1:], columns, strict=True)
            ),
        ),
    )


def _lying(source: FrameCells, region: Region) -> _Pairs:
    """Keys in a row with their values right below."""
    area = region.range
    paths = region.column_paths or header_paths(source, area, region.header_rows)
    numbers = sorted(
        {area.left + at for at, path in enumerate(paths) if path} | set(source.filled_columns(area))
    )
    below = [source.column(number, area.bottom, area.bottom) for number in numbers]
    return _Pairs(
        np.full(len(numbers), area.bottom),
        [_key(joined(paths[number - area.left])) for number in numbers],
        [np.array([found[0] if len(found) else NOTHING for found in below], np.intp)],
    )


def _sides(
    source: FrameCells, region: Region, cells: Mapping[int, Positions]
) -> list[tuple[list[int], list[int]]]:
    """Columns of keys and of their values, for each side of pairs from left to right."""
    first = region.range.left + max(region.header_columns, 1)
    keys = [number for number in cells if number < first] or list(cells)[:1]
    others = [number for number in cells if number not in keys]
    sides: list[tuple[list[int], list[int]]] = [(keys, [])]
    for number, after in zip_longest(others, others[1:]):
        if sides[-1][1] and after is not None and _are_keys(source, cells[number], cells[after]):
            sides.append(([number], []))
        else:
            sides[-1][1].append(number)
    return sides


def _are_keys(source: FrameCells, found: Positions, after: Positions) -> bool:
    """Whether a column right of values holds the keys of the column after it, not units."""
    kinds = source.cells.kinds
    if len(found) < 2 or (kinds[found] != CellKind.TEXT).any():  # noqa: PLR2004 - one may be a unit
        return False
    texts = [cell_text(source, one) for one in found.tolist()]
    marked = sum(text.endswith(":") for text in texts)
    if marked >= _MOSTLY * len(texts):
        return True
    long = sum(len(text) >= _SHORTEST_LABEL for text in texts)
    values = int(np.count_nonzero(kinds[after] != CellKind.TEXT))
    return min(long, len(set(texts))) >= _MOSTLY * len(texts) and 2 * values >= len(after)


def _side(
    source: FrameCells,
    region: Region,
    cells: Mapping[int, Positions],
    keys: Sequence[int],
    values: Sequence[int],
) -> _Pairs:
    rows = data_rows(source, (cells[number] for number in (*keys, *values)), np.empty(0, np.int64))
    check_room(region.range, len(rows) * (len(keys) + len(values)), sum(map(len, cells.values())))
    labels = np.array([placed(source, cells[number], rows) for number in keys]).T
    texts = [
        _key(" ".join(cell_text(source, one) for one in row if one != NOTHING))
        for row in labels.tolist()
    ]
    return _Pairs(rows, texts, _first_ones(source, cells, values, rows))


def _first_ones(
    source: FrameCells, cells: Mapping[int, Positions], columns: Sequence[int], rows: Rows
) -> list[Positions]:
    """Positions of the first cell of each row, of the second, and so on; at least one array."""
    if not columns or not len(rows):
        return [np.full(len(rows), NOTHING, np.intp)]
    found = np.array([placed(source, cells[number], rows) for number in columns])
    order: npt.NDArray[np.intp] = np.argsort(found == NOTHING, axis=0, kind="stable")
    found = np.take_along_axis(found, order, axis=0)
    filled = (found != NOTHING).any(axis=1)
    filled[0] = True
    return list(found[filled])


def _key(text: str) -> str | None:
    return text.rstrip(": ") or None
