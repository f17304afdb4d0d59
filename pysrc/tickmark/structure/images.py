# ruff: noqa: PLR1730 - a comparison is quicker than max(), and these run for every box
"""What cells of one node mean in another one: strands as functions of boxes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from tickmark.structure.boxes import Box
from tickmark.structure.crooked import Crooked
from tickmark.structure.strand_table import (
    AXIS,
    BY,
    COUNT,
    FIRST,
    HIGH,
    HIGH_BY,
    LOW,
    LOW_BY,
    SIDE,
    STEP,
    UNIT,
)

Strand = list[int]
Image = Callable[[int, int, int, int], Iterable[Box]]
"""From a box of the one node to the boxes of the other."""

_FAR: Final = 1 << 22
_NOTHING: Final = ()


def dependents_image(strand: Strand) -> Image:
    """From cells that are referred to, to all dependents that refer to one of them."""
    if not _is_plain(strand):
        return Crooked(strand).dependents
    # The first dependent is the one whose target ends at or after the first row hit, and so on.
    # With a side that does not move, all of them or none do: a slope steep enough for any row.
    rows, columns = _plain_limits(strand, 0), _plain_limits(strand, 1)
    if rows[4:] == columns[4:] == (_FAR, _FAR):
        return _all_or_none(strand)
    top, bottom, low, high, down, up = rows
    left, right, near, far, across, back = columns

    def image(i0: int, i1: int, j0: int, j1: int) -> Iterable[Box]:
        first = i0 * up + low
        if first < top:
            first = top
        last = i1 * down + high
        if last > bottom:
            last = bottom
        if first > last:
            return _NOTHING
        begin = j0 * back + near
        if begin < left:
            begin = left
        end = j1 * across + far
        if end > right:
            end = right
        if begin > end:
            return _NOTHING
        return ((first, last, begin, end),)

    return image


def _all_or_none(strand: Strand) -> Image:
    i_low, i_high = strand[LOW], strand[HIGH]
    j_low, j_high = strand[LOW + SIDE], strand[HIGH + SIDE]
    rows, columns = _dependents(strand, 0), _dependents(strand, 1)
    whole = ((*rows, *columns),)

    def image(i0: int, i1: int, j0: int, j1: int) -> Iterable[Box]:
        return whole if i0 <= i_high and i1 >= i_low and j0 <= j_high and j1 >= j_low else _NOTHING

    return image


def precedents_image(strand: Strand, height: int, width: int) -> Image:
    """From dependents to the cells they refer to, in a node of a height and width."""
    if not _is_plain(strand):
        crooked = Crooked(strand)
        return lambda i0, i1, j0, j1: crooked.precedents((i0, i1, j0, j1), height, width)
    top, bottom = _dependents(strand, 0)
    left, right = _dependents(strand, 1)
    down, up = strand[LOW_BY], strand[HIGH_BY]
    across, back = strand[LOW_BY + SIDE], strand[HIGH_BY + SIDE]
    low, high = strand[LOW] - top * down, strand[HIGH] - top * up
    near, far = strand[LOW + SIDE] - left * across, strand[HIGH + SIDE] - left * back
    last_row, last_column = height - 1, width - 1

    def image(i0: int, i1: int, j0: int, j1: int) -> Iterable[Box]:
        if i0 < top:
            i0 = top
        if i1 > bottom:
            i1 = bottom
        if j0 < left:
            j0 = left
        if j1 > right:
            j1 = right
        if i0 > i1 or j0 > j1:
            return _NOTHING
        i0 = i0 * down + low
        i1 = i1 * up + high
        j0 = j0 * across + near
        j1 = j1 * back + far
        return (
            (
                max(i0, 0),
                min(i1, last_row),
                max(j0, 0),
                min(j1, last_column),
            ),
        )

    return image


def _is_plain(strand: Strand) -> bool:
    """Whether dependents are without gaps and targets stay or move along with them."""
    return all(
        (strand[STEP + axis * AXIS] == 1 or strand[COUNT + axis * AXIS] == 1)
        and strand[BY + axis * SIDE] in {-1, axis}
        and {strand[LOW_BY + axis * SIDE], strand[HIGH_BY + axis * SIDE]} <= {0, 1}
        and strand[UNIT + axis * SIDE] == 1
        for axis in (0, 1)
    )


def _dependents(strand: Strand, axis: int) -> tuple[int, int]:
    """The first and last row or column of the dependents."""
    first, step, count = strand[FIRST + axis * AXIS : COUNT + axis * AXIS + 1]
    return first, first + step * (count - 1)


def _plain_limits(strand: Strand, axis: int) -> tuple[int, int, int, int, int, int]:
    first, last = _dependents(strand, axis)
    low, high, low_by, high_by, _ = strand[LOW + axis * SIDE : BY + axis * SIDE + 1]
    down = 1 if low_by else _FAR
    up = 1 if high_by else _FAR
    return (
        first,
        last,
        first - high * up,
        (first if low_by else last) - low * down,
        down,
        up,
    )
