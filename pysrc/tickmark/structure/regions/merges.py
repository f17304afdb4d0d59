"""Merges: the places of a sheet that they cover."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.address import RangeRef

ROW: Final = 1 << 15
"""A place is its row times this, and its column."""

_ROOM_A_CELL: Final = 4
_ROOM: Final = 100_000
"""Places that merges cover count up to so many for each cell of the sheet, and so many more."""

Places = npt.NDArray[np.int64]


def covered(edges: Places, places: Places, used: RangeRef) -> tuple[Places, Places]:
    """Places that merges with content cover inside the used range, and where each has that from.

    `edges` (n, 4) are top, left, bottom and right of the merges, `places` those with content; both
    results are as long as there are covered places, sorted, the second one indexes `places`. The
    smallest merges come first, as long as there is room.
    """
    nothing = np.empty(0, np.int64)
    if not len(edges) or not len(places):
        return nothing, nothing
    tops, lefts = edges[:, 0], edges[:, 1]
    firsts = tops * ROW + lefts
    at = np.minimum(np.searchsorted(places, firsts), len(places) - 1)
    heights = np.minimum(edges[:, 2], used.bottom) - tops + 1
    widths = np.minimum(edges[:, 3], used.right) - lefts + 1
    sizes = heights * widths
    order = np.argsort(sizes, kind="stable")
    order = order[((places[at] == firsts) & (sizes > 1))[order]]
    order = order[np.cumsum(sizes[order]) <= _ROOM_A_CELL * len(places) + _ROOM]
    if not len(order):
        return nothing, nothing
    of = np.repeat(order, sizes[order])
    step = np.arange(len(of)) - np.repeat(np.cumsum(sizes[order]) - sizes[order], sizes[order])
    found = (tops[of] + step // widths[of]) * ROW + lefts[of] + step % widths[of]
    found, first = np.unique(found, return_index=True)
    return found, at[of[first]]
