"""The areas of summaries: cells of one kind that are told together."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.encode.areas import Areas, areas_of
from tickmark.encode.numbered import Labels, numbered
from tickmark.encode.standing import Mask, Numbers, VisibleCells
from tickmark.model.grid import CellKind

TALL: Final = 12
"""From so many rows of data on, columns of different types are summed up apart."""

LONG: Final = 200
"""From so many rows of data on, each of a few columns is summed up by itself."""

FEW_COLUMNS: Final = 30

Values = npt.NDArray[np.float64]


def summary_areas(
    cells: VisibleCells,
    chosen: Mask,
    values: Values,
    words: npt.NDArray[np.uint8],
    *,
    apart: bool = False,
) -> Areas:
    """The chosen cells of each region and kind, in tall regions of columns of one type.

    With `apart` each column of a region stands by itself, or each row where the rows differ more.
    `values` and the codes of types `words` are those of all visible cells.
    """
    at = np.flatnonzero(chosen)
    if not len(at):
        return areas_of(at, at, at)
    rows, columns = cells.rows[at], cells.columns[at]
    block = numbered(cells.regions[at], cells.kinds[at])
    if apart:
        ordered = np.isin(cells.kinds[at], (CellKind.NUMBER, CellKind.DATE))
        by_rows = ordered & _by_rows(values[at], block, rows, columns)
        labels = numbered(block, np.where(by_rows, -rows, columns))
    else:
        labels = _types(cells.heights[at], block, columns, words[at])
    return areas_of(rows, columns, labels)


def _types(
    heights: Numbers, block: Labels, columns: Numbers, words: npt.NDArray[np.uint8]
) -> Labels:
    """What the cells of a block share: the types of their columns, or the column itself."""
    column_of = numbered(block, columns)
    bits = np.zeros(len(column_of), np.int64)
    np.bitwise_or.at(bits, column_of, 1 << words.astype(np.int64))
    widths = _lines_of(block, column_of)
    alone = (heights >= LONG) & (widths[block] <= FEW_COLUMNS)
    types = np.where(heights >= TALL, bits[column_of], 0)
    return numbered(block, np.where(alone, columns, 0), np.where(alone, 0, types))


def _by_rows(values: Values, block: Labels, rows: Numbers, columns: Numbers) -> Mask:
    """For each cell whether the rows of its block differ in size more than its columns do."""
    sizes = np.sign(values) * np.log1p(np.abs(np.nan_to_num(values)))
    shares = []
    for lines in (rows, columns):
        line = numbered(block, lines)
        counts = np.bincount(line)
        spread = sizes - (np.bincount(line, weights=sizes) / counts)[line]
        left = np.bincount(block, weights=spread**2)
        # Lines of a single cell explain nothing, though nothing in them differs.
        free = np.bincount(block) - _lines_of(block, line)
        shares.append(np.where(free > 0, left / np.maximum(1, free), np.inf))
    found: Mask = (shares[0] < shares[1])[block]
    return found


def _lines_of(block: Labels, line: Labels) -> Labels:
    """How many lines, numbered from 0 on, each block has."""
    block_of = np.zeros(int(line.max()) + 1, np.intp)
    block_of[line] = block
    return np.bincount(block_of, minlength=int(block.max()) + 1)
