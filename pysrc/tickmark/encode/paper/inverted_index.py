"""Step 2 of the paper: each value once, with the addresses of all cells that hold it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tickmark.structure.rectangles import fewest_rectangles

Numbers = npt.NDArray[np.int64]
Index = list[tuple[str, Numbers]]
"""Values in order of their first cell, each with its areas (n, 4): top, left, bottom, right."""


def inverted_index(rows: Numbers, columns: Numbers, texts: Sequence[str]) -> Index:
    """The cells of each text, empty texts dropped; together the areas hold exactly these cells.

    `rows`, `columns` and `texts` are those of the cells, sorted by row, then column.
    """
    known: dict[str, int] = {}
    labels = np.array([known.setdefault(text, len(known)) for text in texts], np.int64)
    if "" in known:
        filled = labels != known[""]
        rows, columns, labels = rows[filled], columns[filled], labels[filled]
    return index_of(fewest_rectangles(rows, columns, labels), list(known))


def index_of(areas: Numbers, names: Sequence[str]) -> Index:
    """Areas (n, 5) of top, left, bottom, right, label under the names of their labels.

    Labels are sorted as they come first; the areas of each keep their order.
    """
    if not len(areas):
        return []
    areas = areas[np.argsort(areas[:, 4], kind="stable")]
    starts = np.flatnonzero(np.diff(areas[:, 4], prepend=-1))
    parts = np.split(areas[:, :4], starts[1:])
    return [(names[one], part) for one, part in zip(areas[starts, 4].tolist(), parts, strict=True)]
