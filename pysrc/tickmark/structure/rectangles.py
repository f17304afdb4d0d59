"""Cells gathered into few rectangles that hold exactly them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tickmark.model.address import RangeRef

Numbers = npt.NDArray[np.int64]


def labelled_rectangles(
    rows: npt.ArrayLike, columns: npt.ArrayLike, labels: npt.ArrayLike
) -> Numbers:
    """Rectangles of cells with one label, an array (n, 5) of top, left, bottom, right, label.

    Every given cell lies in exactly one rectangle and no other cell does. Runs down the columns
    are joined sideways, or runs along the rows downwards, whichever gives fewer; the result is
    sorted by top, then left. No cell may be given twice.
    """
    down = np.asarray(rows, np.int64)
    across = np.asarray(columns, np.int64)
    marks = np.asarray(labels, np.int64)
    tall = _joined_runs(down, across, marks)
    wide = _joined_runs(across, down, marks)[:, [1, 0, 3, 2, 4]]
    best = tall if len(tall) <= len(wide) else wide
    return best[np.lexsort((best[:, 1], best[:, 0]))]


def fewest_rectangles(
    rows: npt.ArrayLike, columns: npt.ArrayLike, labels: npt.ArrayLike
) -> Numbers:
    """Like `labelled_rectangles`, but each label's runs are joined the way that suits it best."""
    down = np.asarray(rows, np.int64)
    across = np.asarray(columns, np.int64)
    values, marks = np.unique(np.asarray(labels, np.int64), return_inverse=True)
    tall = _joined_runs(down, across, marks)
    wide = _joined_runs(across, down, marks)[:, [1, 0, 3, 2, 4]]
    size = len(values)
    is_tall = np.bincount(tall[:, 4], minlength=size) <= np.bincount(wide[:, 4], minlength=size)
    best = np.concatenate((tall[is_tall[tall[:, 4]]], wide[~is_tall[wide[:, 4]]]))
    best[:, 4] = values[best[:, 4]]
    return best[np.lexsort((best[:, 1], best[:, 0]))]


def rectangles(sheet: str, rows: npt.ArrayLike, columns: npt.ArrayLike) -> tuple[RangeRef, ...]:
    """The cells of a sheet as few rectangles, sorted by top, then left."""
    rows, columns = np.atleast_1d(rows), np.atleast_1d(columns)
    if len(rows):
        edges = int(rows.min()), int(columns.min()), int(rows.max()), int(columns.max())
        if (edges[2] - edges[0] + 1) * (edges[3] - edges[1] + 1) == len(rows):
            return (RangeRef(sheet, *edges),)
    found = labelled_rectangles(rows, columns, np.zeros(len(rows), np.int64))
    return tuple(RangeRef(sheet, *edges) for edges in found[:, :4].tolist())


def _joined_runs(rows: Numbers, columns: Numbers, labels: Numbers) -> Numbers:
    """Runs along `rows` within one column, equal runs of neighbouring columns joined."""
    if not len(rows):
        return np.empty((0, 5), np.int64)
    order = np.lexsort((rows, columns))
    rows, columns, labels = rows[order], columns[order], labels[order]
    starts = _breaks(
        (columns[1:] != columns[:-1]) | (labels[1:] != labels[:-1]) | (rows[1:] != rows[:-1] + 1)
    )
    ends = np.append(starts[1:], len(rows)) - 1
    top, bottom, column, label = rows[starts], rows[ends], columns[starts], labels[starts]
    order = np.lexsort((column, bottom, top, label))
    top, bottom, column, label = top[order], bottom[order], column[order], label[order]
    starts = _breaks(
        (label[1:] != label[:-1])
        | (top[1:] != top[:-1])
        | (bottom[1:] != bottom[:-1])
        | (column[1:] != column[:-1] + 1)
    )
    ends = np.append(starts[1:], len(top)) - 1
    return np.stack(
        [top[starts], column[starts], bottom[starts], column[ends], label[starts]], axis=1
    )


def _breaks(changed: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Where each run starts, given where a cell differs from the one before it."""
    return np.concatenate(([0], np.flatnonzero(changed) + 1))
