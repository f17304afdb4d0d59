"""Step 1 of the paper: only rows and columns near structural anchors are kept."""

from __future__ import annotations

import numpy as np

from tickmark.encode.shown_grid import ShownGrid, crossing
from tickmark.model.workbook import Sheet, Workbook
from tickmark.structure.regions.anchors import anchors_of


def extracted(workbook: Workbook, sheet: Sheet, grid: ShownGrid, *, k: int = 4) -> ShownGrid:
    """The rows and columns of a grid that lie at most `k` lines from an anchor of the sheet.

    The others are dropped with all that stands in them. Raises ValueError where `k` is negative.
    """
    anchors = anchors_of(sheet, workbook.styles, k=k)
    rows = grid.rows[np.isin(grid.rows, anchors.rows, assume_unique=True)]
    columns = grid.columns[np.isin(grid.columns, anchors.columns, assume_unique=True)]
    shown = np.zeros(len(sheet.cells), np.bool_)
    shown[grid.positions] = True
    return crossing(sheet, rows, columns).only(shown)
