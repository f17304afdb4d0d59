"""Where the cells of a sheet are, so that those of a range are found without looking at all."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tickmark.model.address import MAX_COLUMN, RangeRef
from tickmark.model.grid import Cells


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """The cells of a sheet by row and by column.

    `by_column` are their positions sorted by column, then row; those of column c begin at
    `starts[c]` and end before `starts[c + 1]`.
    """

    cells: Cells
    by_column: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]

    def within(self, area: RangeRef) -> npt.NDArray[np.int64]:
        """Positions of the cells inside a range, in order.

        Only the cells of its rows are looked at, or those of its columns where these are fewer: of
        n cells and k ranges that do not overlap, n times the root of k at most.
        """
        rows, columns = self.cells.rows, self.cells.columns
        low = bisect_left(rows, area.top)
        high = bisect_right(rows, area.bottom, low)
        first, last = int(self.starts[area.left]), int(self.starts[area.right + 1])
        if last - first < high - low:
            found = self.by_column[first:last]
            found = found[(rows[found] >= area.top) & (rows[found] <= area.bottom)]
            return np.sort(found)
        own = columns[low:high]
        return low + np.flatnonzero((own >= area.left) & (own <= area.right))


def places_of(cells: Cells) -> Places:
    """Where the cells of a sheet are."""
    counts = np.bincount(cells.columns, minlength=MAX_COLUMN + 1)
    return Places(
        cells=cells,
        by_column=np.argsort(cells.columns, kind="stable"),
        starts=np.concatenate(([0], np.cumsum(counts))),
    )
