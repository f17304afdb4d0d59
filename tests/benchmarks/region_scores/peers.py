"""Rules of other tools on the same cells: stated anew here, for their packages are heavy.

Cells with a value or a formula count as filled, as in Excel. What each rule says is told with it.
docling 2.143 (`msexcel_backend.py`, gap_tolerance 0) and unstructured 0.27 (`partition/xlsx.py`) do
not run here; compared once with their own code, 99.8 % of 2,116 and 98.7 % of 455 boxes were the
same, and the others differed by cells that are read differently. All but the rules on whole sheets
work on islands of filled cells and are linear in the cells, with sorting.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tests.benchmarks.region_scores.islands import Numbers, boxes_around, islands
from tests.benchmarks.region_scores.matching import Boxes, boxes_of
from tests.benchmarks.region_scores.touching_boxes import united
from tickmark.model.address import RangeRef
from tickmark.model.grid import NO_FORMULA, CellKind
from tickmark.model.workbook import Sheet

NONE: Boxes = np.empty((0, 4), np.int64)
_ROW = 1 << 20
_MOST_MERGED = 4_000_000
"""Cells of merges that are laid out; merges over whole columns are left as their first cell."""


@dataclass(frozen=True, slots=True, eq=False)
class Filled:
    """The filled cells of a sheet, sorted by row, then column, and its merges."""

    rows: Numbers
    columns: Numbers
    merges: tuple[RangeRef, ...]

    def inside(self, box: Numbers) -> Numbers:
        """Positions of the cells in a box."""
        low, high = np.searchsorted(self.rows, (box[0], box[2] + 1))
        columns = self.columns[low:high]
        return low + np.flatnonzero((columns >= box[1]) & (columns <= box[3]))


def filled(sheet: Sheet) -> Filled:
    """What the rules see of a sheet."""
    cells = sheet.cells
    seen = (cells.kinds != CellKind.EMPTY) | (cells.formulas != NO_FORMULA)
    return Filled(
        cells.rows[seen].astype(np.int64), cells.columns[seen].astype(np.int64), sheet.merges
    )


def current_region(cells: Filled) -> Boxes:
    """Excel's Ctrl+A: a rectangle grows while a filled cell touches it, corners too; >= 2x2."""
    group = islands(cells.rows, cells.columns, diagonal=True)
    return _two_by_two(united(boxes_around(cells.rows, cells.columns, group)))


def eight_neighbours(cells: Filled) -> Boxes:
    """Boxes around 8-neighbour islands, >= 2x2, whether they overlap or not."""
    group = islands(cells.rows, cells.columns, diagonal=True)
    return _two_by_two(boxes_around(cells.rows, cells.columns, group))


def docling(cells: Filled) -> Boxes:
    """4-neighbour flood fill over cells and merges; what lies inside an earlier box is no table of
    its own; one merged text over a row of headers is a title. Single cells are left out, though
    docling makes tables of them unless told otherwise.
    """
    laid, valued = _with_merges(cells)
    group = islands(laid.rows, laid.columns, diagonal=False)
    boxes = boxes_around(laid.rows, laid.columns, group)
    sizes = np.bincount(group, minlength=len(boxes))
    covered = ~valued
    areas = (boxes[:, 2] - boxes[:, 0] + 1) * (boxes[:, 3] - boxes[:, 1] + 1)
    left = np.bincount(group[valued], minlength=len(boxes))
    free = left > 0
    # Numbers of islands follow their first cells, as docling's scan does.
    for number in np.flatnonzero(areas > sizes):
        if not free[number]:
            continue
        inside = laid.inside(boxes[number])
        later = inside[(group[inside] > number) & ~covered[inside]]
        covered[later] = True
        np.subtract.at(left, group[later], 1)
        free[group[later]] = left[group[later]] > 0
    kept = boxes[free & (areas > 1)]
    return _without_label(cells, kept)


def unstructured(cells: Filled) -> Boxes:
    """4-neighbour islands, made one where their rows overlap; rows of one cell at both ends are
    texts.
    """
    group = islands(cells.rows, cells.columns, diagonal=False)
    boxes = boxes_around(cells.rows, cells.columns, group)
    if not len(boxes):
        return NONE
    boxes = boxes[np.argsort(boxes[:, 0], kind="stable")]
    reach = np.maximum.accumulate(boxes[:, 2])
    band = np.cumsum(np.concatenate(([True], boxes[1:, 0] > reach[:-1]))) - 1
    starts = np.flatnonzero(np.diff(band, prepend=-1))
    tops, bottoms = boxes[starts, 0], np.maximum.reduceat(boxes[:, 2], starts)
    lefts = np.minimum.reduceat(boxes[:, 1], starts)
    rights = np.maximum.reduceat(boxes[:, 3], starts)
    rows, counts = np.unique(cells.rows, return_counts=True)
    several = rows[counts > 1]
    low = np.searchsorted(several, tops)
    high = np.searchsorted(several, bottoms, side="right") - 1
    kept = low <= high
    low, high = low[kept], high[kept]
    return np.stack((several[low], lefts[kept], several[high], rights[kept]), axis=1)


def used_range(cells: Filled) -> Boxes:
    """The smallest rectangle around all filled cells."""
    return boxes_around(cells.rows, cells.columns, np.zeros(len(cells.rows), np.int64))


def used_range_trimmed(cells: Filled) -> Boxes:
    """The used range without the rows of one cell at its top and bottom: titles and notes."""
    rows, counts = np.unique(cells.rows, return_counts=True)
    several = rows[counts > 1]
    if not len(several):
        return NONE
    kept = (cells.rows >= several[0]) & (cells.rows <= several[-1])
    return used_range(Filled(cells.rows[kept], cells.columns[kept], ()))


PEERS: Mapping[str, Callable[[Filled], Boxes]] = {
    "current region": current_region,
    "8-nb islands 2x2": eight_neighbours,
    "docling's rule": docling,
    "unstructured's": unstructured,
    "used r. trimmed": used_range_trimmed,
    "one per sheet": used_range,
}


def _two_by_two(boxes: Boxes) -> Boxes:
    return boxes[(boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])]


def _with_merges(cells: Filled) -> tuple[Filled, npt.NDArray[np.bool_]]:
    """The cells with those of all merges, as docling takes them, and which have a value."""
    keys = [cells.rows * _ROW + cells.columns]
    room = _MOST_MERGED
    for top, left, bottom, right in boxes_of(cells.merges).tolist():
        room -= (bottom - top + 1) * (right - left + 1)
        if room < 0:
            break
        across = np.arange(left, right + 1)
        keys.append((np.arange(top, bottom + 1)[:, None] * _ROW + across).ravel())
    every = np.unique(np.concatenate(keys))
    return Filled(every // _ROW, every % _ROW, cells.merges), np.isin(every, keys[0])


def _without_label(cells: Filled, boxes: Boxes) -> Boxes:
    """Boxes without a first row that is one merged text over a row of at least two cells."""
    labels = {
        (merge.top, merge.left): merge.right
        for merge in cells.merges
        if merge.top == merge.bottom and merge.right > merge.left
    }
    spanning = {(merge.top, merge.left) for merge in cells.merges if merge.right > merge.left}
    kept = boxes.copy()
    for box in kept:
        top, left, bottom, right = box.tolist()
        if bottom == top or labels.get((top, left), right + 1) > right:
            continue
        first = cells.inside(np.array((top, left, top, right)))
        below = cells.columns[cells.inside(np.array((top + 1, left, top + 1, right)))].tolist()
        plain = [column for column in below if (top + 1, column) not in spanning]
        if cells.columns[first].tolist() == [left] and len(plain) > 1:
            box[0] += 1
    return kept
