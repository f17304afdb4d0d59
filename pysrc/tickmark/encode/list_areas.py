"""The areas of lists: cells told one by one that stand together."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.encode.cell_index import CellIndex, Edges
from tickmark.encode.standing import Mask, Numbers, VisibleCells

BRIDGED: Final = 3
"""A list runs on over fewer blank cells than this."""

_COLUMNS: Final = 1 << 15
# About how many tokens an address costs: of a row, of a column, of each further row of a block.
_ROW_PRICE: Final = 4
_COLUMN_PRICE: Final = 6
_NEXT_ROW_PRICE: Final = 3


def list_areas(index: CellIndex, cells: VisibleCells, chosen: Mask) -> list[Edges]:
    """Rectangles that hold the chosen cells and, besides, only a few blank ones.

    No cell that is not chosen, seen or hidden, lies in them.
    """
    at = np.flatnonzero(chosen)
    if not len(at):
        return []
    rows, columns = cells.rows[at], cells.columns[at]
    # What stands before a single formula is apart, row by row.
    regions = np.where(_beside_singles(cells, chosen)[at], 0, cells.regions[at] + 2)
    labels = np.where(regions == 0, -rows, regions)
    positions = cells.positions[at]
    ranks = index.ranks[positions]
    tall = _runs(columns, rows, cells.bottoms[at], labels, ranks)[:, [1, 0, 3, 2, 4]]
    wide = _runs(rows, columns, cells.rights[at], labels, positions)
    tall[:, 4], wide[:, 4] = np.maximum(tall[:, 4], 0), np.maximum(wide[:, 4], 0)
    size = int(regions.max()) + 1
    is_tall = _prices(tall, size) < _prices(wide, size)
    best = np.concatenate((tall[is_tall[tall[:, 4]]], wide[~is_tall[wide[:, 4]]]))
    return [(top, left, bottom, right) for top, left, bottom, right in best[:, :4].tolist()]


def _beside_singles(cells: VisibleCells, chosen: Mask) -> Mask:
    """Told cells followed in their row by a formula without copies, where most of a column are.

    A label then stands in one line with the formula that it names.
    """
    formula = cells.is_formula
    counts = np.bincount(cells.templates[formula], minlength=1)
    single = np.zeros(len(cells), np.bool_)
    single[formula] = counts[cells.templates[formula]] == 1
    found = np.zeros(len(cells), np.bool_)
    found[:-1] = (
        chosen[:-1]
        & single[1:]
        & (cells.rows[1:] == cells.rows[:-1])
        & (cells.columns[1:] - cells.columns[:-1] <= BRIDGED)
    )
    if found.any():
        _, column = np.unique(cells.regions * _COLUMNS + cells.columns, return_inverse=True)
        told = np.bincount(column, weights=chosen)
        beside = np.bincount(column, weights=found)
        found &= (beside * 2 > told)[column]
    return found


def _runs(
    lines: Numbers, places: Numbers, ends: Numbers, labels: Numbers, ranks: Numbers
) -> Numbers:
    """Runs along lines, those of neighbouring lines joined: (n, 5) line, place, line, place, label.

    A run goes on over blank cells, since `ranks` count the filled cells along the lines; `ends`
    are the last places of merged cells.
    """
    order = np.lexsort((places, lines))
    lines, places, labels, ranks = lines[order], places[order], labels[order], ranks[order]
    last_places = ends[order]
    starts = _starts(
        (lines[1:] != lines[:-1])
        | (labels[1:] != labels[:-1])
        | (ranks[1:] != ranks[:-1] + 1)
        | (places[1:] - last_places[:-1] > BRIDGED)
    )
    stops = np.append(starts[1:], len(lines)) - 1
    line, first, last, label = lines[starts], places[starts], last_places[stops], labels[starts]
    order = np.lexsort((line, last, first, label))
    line, first, last, label = line[order], first[order], last[order], label[order]
    starts = _starts(
        (label[1:] != label[:-1])
        | (first[1:] != first[:-1])
        | (last[1:] != last[:-1])
        | (line[1:] != line[:-1] + 1)
    )
    stops = np.append(starts[1:], len(line)) - 1
    return np.stack([line[starts], first[starts], line[stops], last[stops], label[starts]], axis=1)


def _prices(found: Numbers, size: int) -> npt.NDArray[np.float64]:
    """About how many tokens the addresses of lists cost, for each label."""
    heights, widths = found[:, 2] - found[:, 0] + 1, found[:, 3] - found[:, 1] + 1
    columns = _COLUMN_PRICE * widths
    rows = np.where(heights == 1, _ROW_PRICE, _COLUMN_PRICE + _NEXT_ROW_PRICE * (heights - 1))
    price = np.minimum(rows, columns)
    # Of equal prices that with fewer blank cells counts.
    blank = heights * widths * 1e-3
    priced = np.bincount(found[:, 4], weights=price + blank, minlength=size)
    return np.asarray(priced, np.float64)


def _starts(changed: Mask) -> npt.NDArray[np.intp]:
    return np.concatenate(([0], np.flatnonzero(changed) + 1))
