"""Which cells of a sheet an encoding tells about."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from tickmark.encode.source import Source
from tickmark.model.address import RangeRef
from tickmark.model.shown_cells import ShownCells
from tickmark.structure.rectangles import fewest_rectangles


def told_cells(source: Source, left_out: Iterable[str]) -> ShownCells:
    """The visible cells outside of areas that were left out; blank cells are none of them.

    `left_out` are A1 ranges. Since every visible cell lies either there or behind one line, this is
    what the lines hold, whatever their notation.
    """
    cells = source.sheet.cells
    told: npt.NDArray[np.bool_] = source.visible.copy()
    for area in left_out:
        told[cells.within(RangeRef.parse(area, sheet=source.sheet.name))] = False
    rows, columns = cells.rows[told], cells.columns[told]
    found = fewest_rectangles(rows, columns, np.zeros(len(rows), np.int64))
    return ShownCells(found[:, :4].astype(np.int32))
