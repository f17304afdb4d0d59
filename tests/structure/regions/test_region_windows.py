"""Windows that a sheet is read through: what is near each other is in one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.structure.regions.pages import NAME, area
from tickmark.model.address import RangeRef
from tickmark.model.grid import NO_FORMULA, CellKind, Cells
from tickmark.structure.regions import windows
from tickmark.structure.regions.islands import disjoint
from tickmark.structure.regions.places import places_of
from tickmark.structure.regions.raster import Box
from tickmark.structure.regions.windows import Window, windows_of

USED = area("A1:XFD1048576")


def filled(boxes: list[Box]) -> Cells:
    """Numbers in all cells of some boxes."""
    places = sorted(
        {
            (row, column)
            for box in boxes
            for row in range(box.top, box.bottom + 1)
            for column in range(box.left, box.right + 1)
        }
    )
    count = len(places)
    return Cells(
        rows=np.array([row for row, _ in places], np.int32),
        columns=np.array([column for _, column in places], np.int16),
        kinds=np.full(count, CellKind.NUMBER, np.uint8),
        values=np.ones(count),
        styles=np.zeros(count, np.int32),
        formulas=np.full(count, NO_FORMULA, np.int32),
    )


def ref(box: Box) -> RangeRef:
    """A box as a range."""
    return RangeRef(NAME, *box)


def test_a_sheet_that_fits_is_one_window() -> None:
    """With all islands and taken ranges, however far apart."""
    boxes = [Box(1, 1, 2, 2), Box(900, 60, 900, 60)]
    used = area("A1:BH900")
    found = windows_of(places_of(filled(boxes)), used, boxes, [area("F5:G6")])
    assert found == [Window(used, tuple(boxes), (0,))]


def test_what_is_near_is_read_together() -> None:
    """Ten rows on and twelve columns on at most; the smallest window comes first."""
    boxes = [Box(1, 1, 3, 3), Box(1, 15, 3, 17), Box(13, 1, 13, 1), Box(99, 500, 99, 500)]
    taken = [ref(Box(99, 505, 100, 506)), ref(Box(1_000, 9_000, 1_000, 9_000))]
    cells = filled([*boxes, *(Box(one.top, one.left, one.bottom, one.right) for one in taken)])
    assert windows_of(places_of(cells), USED, boxes, taken) == [
        Window(taken[1], (), (1,)),
        Window(ref(Box(99, 500, 100, 506)), (boxes[3],), (0,)),
        Window(ref(Box(1, 1, 13, 17)), tuple(boxes[:3])),
    ]


def test_what_is_near_is_read_apart_where_there_is_no_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Taken ranges that reach into the window of an island are known there."""
    monkeypatch.setattr(windows, "ROOM", 0)
    monkeypatch.setattr(windows, "ROOM_A_CELL", 1)
    boxes = [Box(1, 1, 9, 9), Box(12, 1, 12, 2)]
    cells = filled([Box(1, 1, 1, 9), Box(2, 1, 9, 1), Box(12, 1, 12, 2), Box(4, 4, 4, 4)])
    taken = ref(Box(4, 4, 5, 5))
    assert windows_of(places_of(cells), USED, boxes, [taken]) == [
        Window(ref(boxes[1]), (boxes[1],)),
        Window(taken, taken=(0,), sparse=True),
        Window(ref(boxes[0]), (boxes[0],), reaching=(0,), sparse=True),
    ]


BOXES = st.lists(
    st.builds(
        lambda top, left, high, wide: Box(top, left, top + high, left + wide),
        st.integers(1, 90),
        st.integers(1, 90),
        st.integers(0, 20),
        st.integers(0, 20),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=150, deadline=None)
@given(BOXES, st.sampled_from([0, 500, 4_000]), st.data())
def test_each_island_and_taken_range_is_in_one_window(
    boxes: list[Box], room: int, data: st.DataObject
) -> None:
    """Which holds it whole; windows that are read together do not overlap."""
    apart = disjoint(boxes)
    taken = [box for box in apart if data.draw(st.booleans())]
    islands = [box for box in apart if box not in taken]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "ROOM", room)
        patch.setattr(windows, "ROOM_A_CELL", 0)
        found = windows_of(places_of(filled(apart)), USED, islands, [ref(box) for box in taken])
    held = [(island, window) for window in found for island in window.islands]
    held += [(taken[at], window) for window in found for at in window.taken]
    assert sorted(box for box, _ in held) == apart
    for box, window in held:
        own = window.area
        assert Box(own.top, own.left, own.bottom, own.right).around(box) == Box(
            own.top, own.left, own.bottom, own.right
        )
    rastered = sum(window.area.cells for window in found if not window.sparse)
    assert rastered <= room
