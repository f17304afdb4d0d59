"""Windows that a sheet is read through, one by one where it is too wide for one raster."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from tickmark.model.address import RangeRef
from tickmark.structure.regions.islands import disjoint
from tickmark.structure.regions.places import Places
from tickmark.structure.regions.raster import Box, as_box

ROOM: Final = 4_000_000
"""So many places the rasters of a sheet may have in all beyond those that its cells bring along."""

ROOM_A_CELL: Final = 16

_ROWS_APART: Final = 10
_COLUMNS_APART: Final = 12
"""What lies further apart is never joined, and does not name the other."""


@dataclass(frozen=True, slots=True)
class Window:
    """A range of a sheet, the islands in it and the positions of the taken ranges in it.

    Boxes of islands have the rows and columns of the sheet. `reaching` are the positions of other
    taken ranges that reach into it. `sparse` tells that there is no room for a raster: the window
    is one island or one taken range, much larger than its few cells.
    """

    area: RangeRef
    islands: tuple[Box, ...] = ()
    taken: tuple[int, ...] = ()
    reaching: tuple[int, ...] = ()
    sparse: bool = False


def windows_of(
    places: Places, used: RangeRef, islands: Sequence[Box], taken: Sequence[RangeRef]
) -> list[Window]:
    """The windows that hold all islands and taken ranges of a sheet, each in just one of them.

    Islands do not overlap, nor do taken ranges, which are cut at the used range. What is near each
    other is in one window where there is room for it.
    """
    whole = Window(used, tuple(islands), tuple(range(len(taken))))
    if _charge(places, whole) <= ROOM:
        return [whole]
    holes = [as_box(area).cut(as_box(used)) for area in taken]
    room = ROOM
    found: list[Window] = []
    apart: list[Window] = []
    for window in sorted(_together(used, islands, holes), key=_size):
        charge = _charge(places, window)
        if charge <= room:
            room -= charge
            found.append(window)
        else:
            apart += _apart(used, window, holes)
    for window in sorted(apart, key=_size):
        charge = _charge(places, window)
        sparse = charge > room
        room -= 0 if sparse else charge
        found.append(replace(window, sparse=sparse))
    return found


def _together(used: RangeRef, islands: Sequence[Box], holes: Sequence[Box]) -> list[Window]:
    near = _near([*islands, *holes])
    return [
        Window(RangeRef(used.sheet, *box), tuple(islands[at] for at in own), tuple(others))
        for box, own, others in zip(
            near, _holders(near, islands), _holders(near, holes), strict=True
        )
    ]


def _apart(used: RangeRef, window: Window, holes: Sequence[Box]) -> list[Window]:
    """A window for each island and each taken range of one that is too large."""
    edges = np.array([holes[at] for at in window.taken], np.int64).reshape(len(window.taken), 4)
    found = [Window(RangeRef(used.sheet, *holes[at]), taken=(at,)) for at in window.taken]
    for box in window.islands:
        meets = (edges[:, 0] <= box.bottom) & (edges[:, 2] >= box.top)
        meets &= (edges[:, 1] <= box.right) & (edges[:, 3] >= box.left)
        reaching = tuple(window.taken[at] for at in np.flatnonzero(meets).tolist())
        found.append(Window(RangeRef(used.sheet, *box), islands=(box,), reaching=reaching))
    return found


def _size(window: Window) -> int:
    return window.area.cells


def _charge(places: Places, window: Window) -> int:
    """Places of a window beyond those that its cells bring along."""
    return max(0, window.area.cells - ROOM_A_CELL * len(places.within(window.area)))


def _near(boxes: Iterable[Box]) -> list[Box]:
    """The boxes around those that are near each other."""
    grown = [
        Box(top, left, bottom + _ROWS_APART, right + _COLUMNS_APART)
        for top, left, bottom, right in boxes
    ]
    return [
        Box(top, left, bottom - _ROWS_APART, right - _COLUMNS_APART)
        for top, left, bottom, right in disjoint(grown)
    ]


def _holders(holders: Sequence[Box], boxes: Sequence[Box]) -> list[list[int]]:
    """For each holder the positions of the boxes inside it; holders do not overlap."""
    found: list[list[int]] = [[] for _ in holders]
    lefts: list[int] = []
    open_at: dict[int, int] = {}
    order = iter(range(len(holders)))
    following = next(order, None)
    for at in sorted(range(len(boxes)), key=lambda one: boxes[one]):
        box = boxes[at]
        while following is not None and holders[following].top <= box.top:
            holder = holders[following]
            # Those that are open beside a new one end above it.
            first = max(bisect_right(lefts, holder.left) - 1, 0)
            for left in lefts[first : bisect_right(lefts, holder.right)]:
                if holders[open_at[left]].right >= holder.left:
                    del open_at[left]
                    del lefts[bisect_left(lefts, left)]
            insort(lefts, holder.left)
            open_at[holder.left] = following
            following = next(order, None)
        found[open_at[lefts[bisect_right(lefts, box.left) - 1]]].append(at)
    return found
