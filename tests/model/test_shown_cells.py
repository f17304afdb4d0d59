"""Cells that a model was shown."""

from __future__ import annotations

import pickle

import pytest

from tickmark.model.address import RangeRef
from tickmark.model.shown_cells import ShownCells

SHOWN = ShownCells.of([RangeRef.parse("B2:D3"), RangeRef.parse("XFD1048576")])


@pytest.mark.parametrize("area", ["B2", "D3", "A1:B2", "D3:Z99", "A1:XFD1048576", "XFD1048576"])
def test_a_range_that_holds_a_shown_cell_meets_them(area: str) -> None:
    assert SHOWN.meets(RangeRef.parse(area))


@pytest.mark.parametrize("area", ["A1", "B1:D1", "A2:A3", "E2:Z3", "B4:D9", "XFC1048576"])
def test_a_range_beside_them_does_not(area: str) -> None:
    assert not SHOWN.meets(RangeRef.parse(area))


def test_nothing_meets_no_cells() -> None:
    assert not ShownCells.of(()).meets(RangeRef.parse("A1:XFD1048576"))


def test_they_travel_small() -> None:
    areas = [RangeRef("S", row, 1, row, 3) for row in range(1, 20_000, 2)]

    packed = pickle.dumps(ShownCells.of(areas))

    assert len(packed) < 200_000
    assert pickle.loads(packed).meets(RangeRef.parse("C19999"))  # noqa: S301 - our own
