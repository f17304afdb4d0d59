"""Blank cells of lists, against a look at every cell."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tickmark.encode.claim import Claim, Value
from tickmark.encode.decoding.blanks import first_filled, parted
from tickmark.encode.decoding.work import Work
from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind

SIZE = 9
BLANK = Value(CellKind.EMPTY, None)
FILLED = Value(CellKind.NUMBER, 1.0)


@st.composite
def areas(draw: st.DrawFn) -> list[RangeRef]:
    found = []
    for _ in range(draw(st.integers(0, 8))):
        top, left = draw(st.integers(1, SIZE)), draw(st.integers(1, SIZE))
        bottom, right = draw(st.integers(top, SIZE)), draw(st.integers(left, SIZE))
        found.append(RangeRef("S", top, left, bottom, right))
    return found


def cells(*found: RangeRef) -> list[tuple[int, int]]:
    return [
        (row, column)
        for area in found
        for row in range(area.top, area.bottom + 1)
        for column in range(area.left, area.right + 1)
    ]


@given(st.integers(1, 5), st.lists(st.booleans(), min_size=1, max_size=30))
def test_a_list_is_parted_in_its_filled_and_its_blank_cells(width: int, filled: list[bool]) -> None:
    filled += [True] * (-len(filled) % width)
    area = RangeRef("S", 3, 2, 2 + len(filled) // width, 1 + width)
    values = tuple(FILLED if one else BLANK for one in filled)

    told, blank = parted(Claim("S", (area,), values=values), Work())

    expected = dict(zip(cells(area), filled, strict=True))
    assert sorted(cells(*told)) == sorted(cell for cell, one in expected.items() if one)
    assert sorted(cells(*blank)) == sorted(cell for cell, one in expected.items() if not one)


def test_what_a_merged_cell_covers_is_neither() -> None:
    area = RangeRef("S", 1, 1, 2, 4)
    values = (FILLED, BLANK, BLANK, FILLED, FILLED, BLANK, FILLED, BLANK)
    merged = (RangeRef("S", 1, 1, 1, 2), RangeRef("S", 2, 1, 2, 2))

    told, blank = parted(Claim("S", (area,), values=values, merged=merged), Work())

    assert sorted(cells(*told)) == [(1, 1), (1, 4), (2, 1), (2, 3)]
    assert sorted(cells(*blank)) == [(1, 3), (2, 4)]


@given(areas(), areas())
def test_a_filled_cell_that_is_told_as_blank_is_found(
    found: list[RangeRef], blank: list[RangeRef]
) -> None:
    filled: list[RangeRef] = []
    for one in found:
        if not any(one.meets(other) for other in filled):
            filled.append(one)

    clash = first_filled(
        [(one, number) for number, one in enumerate(blank)],
        [(one, number) for number, one in enumerate(filled)],
        Work(),
    )

    assert (clash is not None) == any(one.meets(other) for one in filled for other in blank)
    if clash is not None:
        (one, first), (other, second) = clash
        assert one.meets(other)
        assert filled[first] == one
        assert all(cell in cells(blank[second]) for cell in cells(other))
