"""Which rows of the tables of a workbook its formulas read, and which they stop short of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.ranges.read_areas import template_cells
from tickmark.audit.region_grid import LineRole, RegionGrid
from tickmark.audit.rule import Facts
from tickmark.model.address import MAX_ROW, RangeRef
from tickmark.model.grid import CellKind
from tickmark.structure.calls import takes_ranges
from tickmark.structure.formulas import Formulas

Numbers = npt.NDArray[np.int64]

FEWEST_ROWS: Final = 5
"""Of a table; what is read of smaller ones is chosen row by row."""
LEAST_SHARE: Final = 0.7
"""Of the rows of a table that a range must take to be meant as all of it."""
MOST_LATE: Final = 2
"""Rows by which a range that ends with the table may begin too late."""

_LOOKUPS: Final = frozenset({"INDEX", "VLOOKUP", "XLOOKUP", "LOOKUP", "MATCH", "XMATCH", "OFFSET"})


@dataclass(frozen=True, slots=True)
class ShortRead:
    """Rows of a table that some formulas of one template do not read, though they read the rest.

    `sheet` and `template` tell the formulas, `positions` their cells, `function` what reads. `area`
    is what they read, on the sheet with the number `target`; `first` and `last` are the rows of the
    table, `missing` the first and the last row left out. `further` tells that other formulas read
    these rows together with the rest.
    """

    sheet: int
    template: int
    function: str
    target: int
    area: RangeRef
    first: int
    last: int
    missing: tuple[int, int]
    further: bool


@dataclass(frozen=True, slots=True)
class _Reads:
    """All reads of several rows on one sheet.

    `areas` (n, 4) are top, left, bottom and right; `fixed` (n) tells that all copies of the formula
    read the same rows. `sheets`, `templates` (n) and `functions` tell who reads.
    """

    areas: Numbers
    fixed: npt.NDArray[np.bool_]
    sheets: Numbers
    templates: Numbers
    functions: tuple[str, ...]


def short_reads(facts: Facts) -> Iterator[ShortRead]:
    """The reads of whole tables that stop before the end of the table or begin after its start."""
    for target, reads in enumerate(_reads(facts.formulas)):
        if reads is None:
            continue
        for grid in facts.grids[target]:
            yield from _of_grid(facts, grid, reads)


def _reads(formulas: Formulas) -> list[_Reads | None]:
    made: list[list[tuple[list[int], bool, int, int, str]]] = [[] for _ in formulas.sheets]
    for number, own in enumerate(formulas.sheets):
        cells = template_cells(own)
        rows, columns = own.sheet.cells.rows, own.sheet.cells.columns
        for at, template in enumerate(own.templates):
            for one in formulas.precedents[number][at]:
                area = one.area
                if area is None or area.bottom - area.top + 1 < 3 or one.book or one.last_sheet:  # noqa: PLR2004
                    continue
                if area.top == 1 and area.bottom == MAX_ROW:
                    continue
                if not (takes_ranges(one.function) or one.function in _LOOKUPS):
                    continue
                target = formulas.scope.sheets.get(one.sheet.casefold(), -1)
                if target < 0 or not len(cells[at]):
                    continue
                first, last = (
                    one.edges(*template.distance(int(rows[end]), int(columns[end])))
                    for end in cells[at][[0, -1]].tolist()
                )
                fixed = first[0] == last[0] and first[2] == last[2]
                entry = list(first)
                if not fixed:
                    entry = [*map(min, first[:2], last[:2]), *map(max, first[2:], last[2:])]
                made[target].append((entry, fixed, number, at, one.function))
    return [_joined(entries) if entries else None for entries in made]


def _joined(entries: list[tuple[list[int], bool, int, int, str]]) -> _Reads:
    return _Reads(
        np.array([one[0] for one in entries], np.int64),
        np.array([one[1] for one in entries], np.bool_),
        np.array([one[2] for one in entries], np.int64),
        np.array([one[3] for one in entries], np.int64),
        tuple(one[4] for one in entries),
    )


def _of_grid(facts: Facts, grid: RegionGrid, reads: _Reads) -> Iterator[ShortRead]:
    area = grid.area
    if area.bottom - area.top + 1 < FEWEST_ROWS:
        return
    top, left, bottom, right = reads.areas.T
    inside = (left >= area.left) & (right <= area.right)
    inside &= (top <= area.bottom) & (bottom >= area.top)
    if not inside.any():
        return
    for first, last in _spans(grid):
        size = last - first + 1
        if size < FEWEST_ROWS:
            continue
        read = np.minimum(bottom, last) - np.maximum(top, first) + 1
        whole = inside & reads.fixed & (read >= LEAST_SHARE * size)
        for at in np.flatnonzero(whole & (bottom < last) & (top <= first)).tolist():
            yield from _short(facts, grid, reads, at, (first, last), ahead=False)
        late = (bottom >= last) & (top > first) & (top - first <= MOST_LATE)
        for at in np.flatnonzero(whole & late).tolist():
            yield from _short(facts, grid, reads, at, (first, last), ahead=True)


def _spans(grid: RegionGrid) -> Iterator[tuple[int, int]]:
    """First and last row of each part of a region that holds data."""
    rows = np.flatnonzero(grid.rows == LineRole.DATA)
    part = grid.part[rows]
    for number in np.unique(part).tolist():
        own = rows[part == number]
        yield grid.area.top + int(own[0]), grid.area.top + int(own[-1])


def _short(
    facts: Facts,
    grid: RegionGrid,
    reads: _Reads,
    at: int,
    span: tuple[int, int],
    *,
    ahead: bool,
) -> Iterator[ShortRead]:
    top, left, bottom, right = (int(edge) for edge in reads.areas[at])
    missing = (span[0], top - 1) if ahead else (bottom + 1, span[1])
    if not _goes_on(grid, left, right, missing, top if ahead else bottom):
        return
    areas = reads.areas
    holds = (areas[:, 1] <= right) & (areas[:, 3] >= left)
    holds &= (areas[:, 0] <= missing[1]) & (areas[:, 2] >= missing[0])
    holds[at] = False
    with_rest = holds & (areas[:, 0] <= max(top, span[0])) & (areas[:, 2] >= min(bottom, span[1]))
    # Another formula takes the rest alone: the table is read in parts on purpose.
    if np.any(holds & ~with_rest) or _is_step(reads, at):
        return
    sheet, template = int(reads.sheets[at]), int(reads.templates[at])
    if sheet == grid.sheet and _stands_inside(facts, sheet, template, reads.areas[at]):
        return
    yield ShortRead(
        sheet,
        template,
        reads.functions[at],
        grid.sheet,
        RangeRef(grid.area.sheet, top, left, bottom, right),
        *span,
        missing,
        bool(with_rest.any()),
    )


def _is_step(reads: _Reads, at: int) -> bool:
    """Whether a range is one of several that end a row apart, as the columns of a triangle do."""
    top, left, bottom, right = reads.areas[at]
    alike = reads.fixed & (reads.areas[:, [0, 1, 3]] == (top, left, right)).all(axis=1)
    ends = reads.areas[alike, 2]
    return bool(np.isin((bottom - 1, bottom + 1), ends).all())


def _goes_on(grid: RegionGrid, left: int, right: int, missing: tuple[int, int], edge: int) -> bool:
    """Whether the rows left out hold values of the kinds that the last row read holds."""
    area = grid.area
    columns = slice(left - area.left, right - area.left + 1)
    rows = slice(missing[0] - area.top, missing[1] - area.top + 1)
    near = grid.kind[edge - area.top, columns]
    filled = near != CellKind.EMPTY
    if not filled.any():
        return False
    late = edge > missing[1]
    beyond = grid.kind[rows, columns][:, filled]
    next_row = beyond[-1] if late else beyond[0]
    if np.any(next_row != near[filled]) or np.any((beyond == CellKind.EMPTY).all(axis=1)):
        return False
    if late:
        # A header may hold texts, and numbers above calculated ones; a row of data is alike.
        beside = edge - area.top - 1
        number = near == CellKind.NUMBER
        alike = grid.template[beside, columns] == grid.template[edge - area.top, columns]
        return bool(np.any(number & alike))
    widths = (grid.kind[rows] != CellKind.EMPTY).sum(axis=1)
    return bool(2 * widths[0] >= (grid.kind[edge - area.top] != CellKind.EMPTY).sum())


def _stands_inside(facts: Facts, sheet: int, template: int, area: Numbers) -> bool:
    """Whether a formula stands in the columns that it reads, as totals below a table do."""
    own = facts.formulas.sheets[sheet]
    columns = own.sheet.cells.columns[own.template_of == template]
    return bool(np.any((columns >= area[1]) & (columns <= area[3])))
