"""Areas without their excepted ones, against a look at every cell."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tickmark.encode.claim import Claim
from tickmark.encode.decoding.cells import in_order, places_of, rectangles
from tickmark.encode.decoding.frontier import first_clash
from tickmark.encode.decoding.work import Work
from tickmark.model.address import RangeRef

SIZE = 9


@st.composite
def areas(draw: st.DrawFn, most: int) -> list[RangeRef]:
    found = []
    for _ in range(draw(st.integers(0, most))):
        top, left = draw(st.integers(1, SIZE)), draw(st.integers(1, SIZE))
        bottom, right = draw(st.integers(top, SIZE)), draw(st.integers(left, SIZE))
        found.append(RangeRef("S", top, left, bottom, right))
    return found


def cells(area: RangeRef) -> list[tuple[int, int]]:
    rows = range(area.top, area.bottom + 1)
    return [(row, column) for row in rows for column in range(area.left, area.right + 1)]


def apart(found: list[RangeRef]) -> list[RangeRef]:
    """The areas that meet none before them."""
    kept: list[RangeRef] = []
    for one in found:
        if not any(one.meets(other) for other in kept):
            kept.append(one)
    return kept


@given(areas(3), areas(8))
def test_rectangles_hold_exactly_the_cells_and_follow_their_order(
    found: list[RangeRef], holes: list[RangeRef]
) -> None:
    whole = apart(found)
    excepted = [one for one in apart(holes) if any(one.meets(other) for other in whole)]
    claim = Claim("S", tuple(whole), tuple(excepted))

    told = [cell for part in rectangles(whole, excepted, Work()) for cell in cells(part)]
    places = places_of(in_order(whole, excepted, Work()))

    expected = list(claim.cells())
    assert sorted(told) == sorted(expected)
    assert [places.cell(number) for number in range(places.total)] == expected


@given(areas(6))
def test_a_clash_is_found_exactly_where_two_areas_share_a_cell(found: list[RangeRef]) -> None:
    pairs = [(one, other) for at, one in enumerate(found) for other in found[:at]]

    clash = first_clash([(one, number) for number, one in enumerate(found)])

    assert (clash is not None) == any(one.meets(other) for one, other in pairs)
    if clash is not None:
        (one, first), (other, second) = clash
        assert one.meets(other)
        assert found[first] == one
        assert found[second] == other
        assert first != second


def test_a_hole_parts_its_area_in_four() -> None:
    whole, hole = RangeRef("S", 1, 1, 9, 9), RangeRef("S", 4, 4, 5, 5)

    assert rectangles([whole], [hole], Work()) == (
        RangeRef("S", 1, 1, 3, 9),
        RangeRef("S", 4, 1, 5, 3),
        RangeRef("S", 4, 6, 5, 9),
        RangeRef("S", 6, 1, 9, 9),
    )
