"""Rows and columns that tell the structure of a sheet, so that the others need not be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.region import Region, Role
from tickmark.model.workbook import Sheet, Style
from tickmark.structure.regions.anchor_lines import Lines, Way, changed_lines
from tickmark.structure.regions.anchor_signature import (
    Numbers,
    Signatures,
    changes,
    signatures_of,
)

_FEW: Final = 256
"""So many anchors a way are never too many; more are at most half of the rows or columns."""

_LONG: Final = 40
"""Data rows of a region from which on its blank rows are no anchors."""


@dataclass(frozen=True, slots=True, eq=False)
class Anchors:
    """Rows and columns of a sheet to keep: sorted 1-based numbers, all in its used range.

    A cell is kept where both its row and its column are, as in the heuristics of SheetCompressor
    (arXiv 2407.09025, appendix C).
    """

    rows: Numbers
    columns: Numbers

    def keeps(self, row: int, column: int) -> bool:
        """Whether a cell is kept."""
        return _holds(self.rows, row) and _holds(self.columns, column)

    def kept(self, sheet: Sheet) -> npt.NDArray[np.bool_]:
        """For each cell of the sheet whether it is kept."""
        cells = sheet.cells
        if not len(self.rows) or not len(cells):
            return np.zeros(len(cells), np.bool_)
        rows = np.zeros(max(int(self.rows[-1]), int(cells.rows[-1])) + 1, np.bool_)
        rows[self.rows] = True
        columns = np.zeros(max(int(self.columns[-1]), int(cells.columns.max())) + 1, np.bool_)
        columns[self.columns] = True
        kept: npt.NDArray[np.bool_] = rows[cells.rows] & columns[cells.columns]
        return kept

    def cells_kept(self, sheet: Sheet) -> int:
        """Number of cells of the sheet that are kept."""
        return int(np.count_nonzero(self.kept(sheet)))


def anchors_of(
    sheet: Sheet,
    styles: Sequence[Style],
    templates: npt.NDArray[np.int32] | None = None,
    *,
    regions: Sequence[Region] = (),
    k: int = 1,
) -> Anchors:
    """The anchors of a sheet with their neighbours up to `k` lines away.

    An anchor is a row or column at which many cells beside each other begin, end or change kind or
    look. One whose place may be a line off keeps `k` neighbours on each side, a sharp one, such as
    the last row above a blank one, `k` - 1. `templates` are aligned with the cells and tell which
    of them are formulas; None takes the sheet's own word. `regions` of the sheet add their edges,
    the ends of their headers and their totals; blank rows inside the data of a long table are then
    no edges. Where more than half of the lines would be anchors (and more than 256), those with
    the fewest changed cells are left out. The first and the last row and
    column that are used are always kept. Raises ValueError where `k` is negative.
    """
    if k < 0:
        message = f"k is {k}; it must be 0 or more."
        raise ValueError(message)
    used = sheet.used_range
    if used is None:
        return Anchors(np.empty(0, np.int32), np.empty(0, np.int32))
    signatures = signatures_of(sheet, styles, templates)
    rows, columns = _lines(signatures)
    k = min(k, max(used.bottom, used.right))
    known_rows, known_columns = _edges(regions)
    quiet = _quiet(regions, used.bottom) if regions else None
    return Anchors(
        _kept(rows, known_rows, (used.top, used.bottom), k, quiet),
        _kept(columns, known_columns, (used.left, used.right), k),
    )


def _lines(signatures: Signatures) -> tuple[Lines, Lines]:
    """The changes from row to row and from column to column."""
    rows, columns, codes = signatures.rows, signatures.columns, signatures.codes
    by_column = np.argsort(columns.astype(np.int16), kind="stable")
    weights = changes()
    return (
        changed_lines(Way(rows, columns, by_column, None), codes, weights),
        changed_lines(Way(columns, rows, None, by_column), codes, weights),
    )


def _edges(regions: Sequence[Region]) -> tuple[list[int], list[int]]:
    """Rows and columns where regions begin and end, with the ends of headers and the totals."""
    rows: list[int] = []
    columns: list[int] = []
    for region in regions:
        area = region.range
        if region.role in (Role.TITLE, Role.NOTES) or area.cells == 1:
            continue
        rows += (area.top, area.bottom, *(total.top for total in region.total_rows))
        columns += (area.left, area.right, *(total.left for total in region.total_columns))
        if region.header_rows:
            rows.append(area.top + region.header_rows)
        if region.header_columns:
            columns.append(area.left + region.header_columns)
    return rows, columns


def _quiet(regions: Sequence[Region], last: int) -> npt.NDArray[np.bool_]:
    """For each row up to `last`, whether all regions in it are long tables and it is their data."""
    there, inside = np.zeros(last + 2, np.int64), np.zeros(last + 2, np.int64)
    for region in regions:
        area, data = region.range, region.data
        there[min(area.top, last + 1)] += 1
        there[min(area.bottom, last) + 1] -= 1
        if region.role is Role.TABLE and data is not None and data.bottom - data.top >= _LONG:
            inside[min(data.top + 1, last + 1)] += 1
            inside[min(data.bottom, last + 1)] -= 1
    there, inside = np.cumsum(there), np.cumsum(inside)
    return np.asarray((there > 0) & (there == inside), np.bool_)


def _kept(
    lines: Lines,
    known: list[int],
    used: tuple[int, int],
    k: int,
    quiet: npt.NDArray[np.bool_] | None = None,
) -> Numbers:
    """Numbers of the lines kept: the anchors, the known edges, the first and last, neighbours."""
    changed = lines.changed
    if quiet is not None:
        changed = np.where(quiet[lines.numbers], lines.blurred, changed)
    most = max(_FEW, len(lines.numbers) // 2)
    chosen = np.flatnonzero(changed)
    if len(chosen) > most:
        chosen = np.sort(chosen[np.argsort(-changed[chosen], kind="stable")[:most]])
    blurred = lines.numbers[chosen[lines.blurred[chosen] > 0]]
    sharp = np.concatenate((lines.numbers[chosen], np.array([*known, *used], np.int32)))
    return _near(((blurred, k), (sharp, max(k - 1, 0))), used)


def _near(anchors: tuple[tuple[Numbers, int], ...], used: tuple[int, int]) -> Numbers:
    """Lines at most so far away from anchors."""
    first, last = used
    size = last - first + 2
    ends = np.zeros(size, np.int64)
    for numbers, reach in anchors:
        low = np.clip(numbers.astype(np.int64) - reach, first, last + 1) - first
        high = np.clip(numbers.astype(np.int64) + reach, first - 1, last) - first + 1
        ends += np.bincount(low, minlength=size) - np.bincount(high, minlength=size)
    return (np.flatnonzero(np.cumsum(ends)[:-1] > 0) + first).astype(np.int32)


def _holds(numbers: Numbers, number: int) -> bool:
    at = int(np.searchsorted(numbers, number))
    return at < len(numbers) and int(numbers[at]) == number
