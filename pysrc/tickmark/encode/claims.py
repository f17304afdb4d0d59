"""The visible cells of a sheet parted into claims: areas that one piece of text tells about."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from tickmark.encode.detail import Detail
from tickmark.model.grid import CellKind
from tickmark.structure.formulas import NO_TEMPLATE, SheetFormulas
from tickmark.structure.rectangles import labelled_rectangles

SHORTEST_RUN = 4
TAIL = 2

_FORMULA_KIND = 15
_WIDTH = 1 << 15

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


class ClaimKind(IntEnum):
    """What is told about an area: its one cell, copies of one formula, or a summary.

    VALUE is the value alone of a cell whose formula stands with the copies of it; such a cell
    belongs to their area, not to one of its own.
    """

    CELL = 0
    FORMULA = 1
    SUMMARY = 2
    VALUE = 3


@dataclass(frozen=True, slots=True, eq=False)
class VisibleCells:
    """The cells that may be shown, in the order of the sheet: positions and plain columns."""

    positions: npt.NDArray[np.intp]
    rows: Numbers
    columns: Numbers
    kinds: npt.NDArray[np.uint8]
    templates: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.positions)

    @property
    def is_formula(self) -> Mask:
        """Which cells hold a formula."""
        mask: Mask = self.templates != NO_TEMPLATE
        return mask


def visible_cells(formulas: SheetFormulas) -> VisibleCells:
    """The cells of a sheet outside of hidden rows and columns; none of a hidden sheet."""
    cells = formulas.sheet.cells
    positions = np.flatnonzero(~formulas.sheet.hidden_cells())
    return VisibleCells(
        positions=positions,
        rows=cells.rows[positions].astype(np.int64),
        columns=cells.columns[positions].astype(np.int64),
        kinds=cells.kinds[positions],
        templates=formulas.template_of[positions],
    )


def claims(cells: VisibleCells, detail: Detail) -> Numbers:
    """Areas that hold each visible cell once and no other cell that is filled.

    An array (n, 5) of top, left, bottom, right and ClaimKind, sorted by top, then left.
    """
    summarised = middle_of_bodies(cells, detail.head)
    down = _run_lengths(cells.columns, cells.rows, _kinds(cells))
    across = _run_lengths(cells.rows, cells.columns, _kinds(cells))
    texts = ~cells.is_formula & (cells.kinds == CellKind.TEXT)
    longest = np.where(texts, down, np.maximum(down, across))
    summarised |= longest >= np.where(texts, detail.text_runs, detail.runs)
    if summarised.any():
        summarised &= ~_copied(cells)
    copies = cells.is_formula & ~summarised
    rest = ~cells.is_formula & ~summarised
    # A label of its own for each row or column keeps areas from growing the other way.
    line = np.where(~texts & (across > down), cells.rows + _WIDTH, cells.columns)
    found = np.concatenate(
        (
            _areas(cells, copies, cells.templates, ClaimKind.FORMULA),
            _areas(cells, summarised, line * 16 + _kinds(cells), ClaimKind.SUMMARY),
            _areas(cells, rest, np.arange(len(cells)), ClaimKind.CELL),
        )
    )
    return found[np.lexsort((found[:, 1], found[:, 0]))]


def with_values(cells: VisibleCells, found: Numbers, detail: Detail) -> Numbers:
    """The claims with the values of long copied formulas added, each in its row.

    The first cell of the copies and the middle of bodies have none.
    """
    longer = (found[:, 4] == ClaimKind.FORMULA) & (_sizes(found) > detail.values)
    if not detail.inline or not longer.any():
        return found
    told = np.zeros(len(cells), np.bool_)
    for top, left, bottom, right, _ in found[longer].tolist():
        low = bisect_left(cells.rows, top)
        high = bisect_right(cells.rows, bottom, low)
        columns = cells.columns[low:high]
        told[low:high] |= (columns >= left) & (columns <= right)
    firsts = found[longer, 0] * _WIDTH + found[longer, 1]
    told[np.searchsorted(cells.rows * _WIDTH + cells.columns, firsts)] = False
    told &= ~middle_of_bodies(cells, detail.head)
    rows, columns = cells.rows[told], cells.columns[told]
    values = np.stack([rows, columns, rows, columns, np.full(len(rows), ClaimKind.VALUE)], axis=1)
    both = np.concatenate((found, values))
    return both[np.lexsort((both[:, 1], both[:, 0]))]


def _sizes(found: Numbers) -> Numbers:
    sizes: Numbers = (found[:, 2] - found[:, 0] + 1) * (found[:, 3] - found[:, 1] + 1)
    return sizes


def middle_of_bodies(cells: VisibleCells, head: int) -> Mask:
    """The cells of rows that lie inside a body and further from its ends than head and tail."""
    middle = np.zeros(len(cells), np.bool_)
    if not len(cells) or head >= len(cells):
        return middle
    starts = _starts(cells.rows[1:] != cells.rows[:-1])
    rows, signatures = cells.rows[starts], _signatures(cells, starts)
    body_starts = _starts((rows[1:] != rows[:-1] + 1) | (signatures[1:] != signatures[:-1]))
    lengths = np.diff(np.append(body_starts, len(rows)))
    place = np.arange(len(rows)) - np.repeat(body_starts, lengths)
    length = np.repeat(lengths, lengths)
    width = np.diff(np.append(starts, len(cells)))
    inside = (place >= head) & (place < length - TAIL) & (length >= head + TAIL + SHORTEST_RUN)
    # The columns of a table that is wider than high say less than its rows.
    return np.repeat(inside & (length > width), width)


def _signatures(cells: VisibleCells, starts: npt.NDArray[np.intp]) -> npt.NDArray[np.uint64]:
    """A number for each row, equal where the same columns hold the same kinds."""
    marks = (cells.columns * 16 + _kinds(cells) + 1).astype(np.uint64)
    marks *= np.uint64(0x9E3779B97F4A7C15)
    marks = (marks ^ (marks >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return np.add.reduceat(marks ^ (marks >> np.uint64(32)), starts)


def _kinds(cells: VisibleCells) -> Numbers:
    """The kind of each cell, a formula being a kind of its own."""
    return np.where(cells.is_formula, _FORMULA_KIND, cells.kinds).astype(np.int64)


def _copied(cells: VisibleCells) -> Mask:
    """Which cells hold a formula that a neighbour holds a copy of."""
    down = _run_lengths(cells.columns, cells.rows, cells.templates)
    across = _run_lengths(cells.rows, cells.columns, cells.templates)
    mask: Mask = cells.is_formula & ((down > 1) | (across > 1))
    return mask


def _run_lengths(lines: Numbers, places: Numbers, labels: npt.NDArray[np.integer]) -> Numbers:
    """For each cell, how many neighbours in its line, itself counted, have its label."""
    if not len(lines):
        return np.empty(0, np.int64)
    order = np.lexsort((places, lines))
    lines, places, labels = lines[order], places[order], labels[order]
    starts = _starts(
        (lines[1:] != lines[:-1]) | (labels[1:] != labels[:-1]) | (places[1:] != places[:-1] + 1)
    )
    lengths = np.diff(np.append(starts, len(lines)))
    found = np.empty(len(lines), np.int64)
    found[order] = np.repeat(lengths, lengths)
    return found


def _starts(changed: Mask) -> npt.NDArray[np.intp]:
    return np.concatenate(([0], np.flatnonzero(changed) + 1))


def _areas(
    cells: VisibleCells, chosen: Mask, labels: npt.NDArray[np.integer], kind: ClaimKind
) -> Numbers:
    """Rectangles of chosen cells with one label; those of a single cell are told as such."""
    found = labelled_rectangles(cells.rows[chosen], cells.columns[chosen], labels[chosen])
    several = (found[:, 0] != found[:, 2]) | (found[:, 1] != found[:, 3])
    found[:, 4] = np.where(several, kind, ClaimKind.CELL)
    return found
