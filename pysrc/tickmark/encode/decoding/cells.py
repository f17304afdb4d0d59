"""The cells of a claim: its areas without those that are excepted, as rectangles and in order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from tickmark.encode.decoding.frontier import Frontier
from tickmark.encode.decoding.work import Work
from tickmark.errors import EncodingError
from tickmark.model.address import MAX_COLUMN, RangeRef

_PAIR_COST: Final = 40

Gaps = list[list[int]]
"""Free columns of a band of rows, from left to right: left, right, first row."""


def rectangles(
    areas: Sequence[RangeRef], excepted: Sequence[RangeRef], work: Work
) -> tuple[RangeRef, ...]:
    """Disjoint rectangles that hold exactly the cells; not the fewest, but in proportion.

    Raises EncodingError where areas or excepted areas overlap, or an excepted one meets none.
    """
    if not excepted:
        return tuple(areas)
    holes = _holes_of(areas, excepted, work)
    return tuple(
        part for area, inside in zip(areas, holes, strict=True) for part in _around(area, inside)
    )


def in_order(
    areas: Sequence[RangeRef], excepted: Sequence[RangeRef], work: Work
) -> tuple[RangeRef, ...]:
    """The same cells as rectangles that give them in order, each row by row.

    Rows that are not whole are rectangles of their own.
    """
    if not excepted:
        return tuple(areas)
    found: list[RangeRef] = []
    for area, inside in zip(areas, _holes_of(areas, excepted, work), strict=True):
        found += _bands(area, inside, work)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Places:
    """Where the cells of a claim lie, by their number from 0.

    `offsets` are the numbers of the first cells of `parts`; `open` is a row that ends where its
    items do.
    """

    parts: tuple[RangeRef, ...]
    offsets: tuple[int, ...]
    total: int
    open: bool = False

    def part_of(self, number: int) -> RangeRef:
        """The rectangle in which the cell of a number lies."""
        return self.parts[bisect_right(self.offsets, number) - 1]

    def cell(self, number: int) -> tuple[int, int]:
        """Row and column of the cell of a number."""
        at = bisect_right(self.offsets, number) - 1
        part = self.parts[at]
        down, across = divmod(number - self.offsets[at], part.right - part.left + 1)
        return part.top + down, part.left + across


def places_of(parts: tuple[RangeRef, ...]) -> Places:
    """The numbers of the cells of rectangles in order."""
    *offsets, total = accumulate((part.cells for part in parts), initial=0)
    return Places(parts, tuple(offsets), total)


def row_from(cell: RangeRef) -> Places:
    """The cells from one to the end of its row."""
    row = RangeRef(cell.sheet, cell.top, cell.left, cell.top, MAX_COLUMN)
    return Places((row,), (0,), row.cells, open=True)


def common(one: RangeRef, other: RangeRef) -> RangeRef:
    """The cells that two rectangles share; they have to share some."""
    return RangeRef(
        one.sheet,
        max(one.top, other.top),
        max(one.left, other.left),
        min(one.bottom, other.bottom),
        min(one.right, other.right),
    )


def _holes_of(
    areas: Sequence[RangeRef], excepted: Sequence[RangeRef], work: Work
) -> list[list[RangeRef]]:
    """For each area the excepted cells inside of it, cut at its edges."""
    found: list[list[RangeRef]] = [[] for _ in areas]
    meets = [False] * len(excepted)
    over, under = Frontier(), Frontier()
    events = sorted(
        [(one.top, 0, number, one) for number, one in enumerate(areas)]
        + [(one.top, 1, number, one) for number, one in enumerate(excepted)],
        key=lambda event: (event[0], event[1], event[3].left),
    )
    for _, is_hole, number, one in events:
        alike = (under if is_hole else over).add(one, number)
        if alike:
            family = "excepted areas" if is_hole else "areas"
            raise EncodingError(f"the {family} {alike[0][0].a1} and {one.a1} overlap.")
        met = (over if is_hole else under).meeting(one)
        work.spend(_PAIR_COST * len(met))
        for other, label in met:
            at, hole = (label, number) if is_hole else (number, label)
            found[at].append(common(one, other))
            meets[hole] = True
        (under if is_hole else over).add(one, number)
    for one, inside in zip(excepted, meets, strict=True):
        if not inside:
            raise EncodingError(f"the excepted area {one.a1} lies outside of the others.")
    return found


def _around(area: RangeRef, holes: Sequence[RangeRef]) -> Iterator[RangeRef]:
    """Rectangles of an area around its holes: a gap between holes goes on while its sides do."""
    starting = _by_row((hole.top, hole) for hole in holes)
    ending = _by_row((hole.bottom + 1, hole) for hole in holes)
    gaps: Gaps = [[area.left, area.right, area.top]]
    for row in sorted({*starting, *ending}):
        if row > area.bottom:
            break
        closed = [gap for hole in ending.get(row, ()) for gap in _joined_at(gaps, hole, row)]
        closed += [_split_at(gaps, hole, row) for hole in starting.get(row, ())]
        for left, right, since in closed:
            if since < row:
                yield RangeRef(area.sheet, since, left, row - 1, right)
    for left, right, since in gaps:
        yield RangeRef(area.sheet, since, left, area.bottom, right)


def _by_row(marked: Iterator[tuple[int, RangeRef]]) -> dict[int, list[RangeRef]]:
    rows: dict[int, list[RangeRef]] = {}
    for row, hole in marked:
        rows.setdefault(row, []).append(hole)
    return rows


def _joined_at(gaps: Gaps, hole: RangeRef, row: int) -> list[list[int]]:
    """Put the gaps beside a hole that has ended into one with it; those that are closed."""
    at = bisect_right(gaps, hole.left, key=lambda gap: gap[0])
    first = at - 1 if at and gaps[at - 1][1] == hole.left - 1 else at
    last = at + 1 if at < len(gaps) and gaps[at][0] == hole.right + 1 else at
    closed = gaps[first:last]
    left = closed[0][0] if first < at else hole.left
    right = closed[-1][1] if last > at else hole.right
    gaps[first:last] = [[left, right, row]]
    return closed


def _split_at(gaps: Gaps, hole: RangeRef, row: int) -> list[int]:
    """Part the gap around a hole that begins; the gap that is closed."""
    at = bisect_right(gaps, hole.left, key=lambda gap: gap[0]) - 1
    closed = gaps[at]
    sides = [[closed[0], hole.left - 1, row], [hole.right + 1, closed[1], row]]
    gaps[at : at + 1] = [side for side in sides if side[0] <= side[1]]
    return closed


def _bands(area: RangeRef, holes: Sequence[RangeRef], work: Work) -> Iterator[RangeRef]:
    """Rectangles of an area around its holes that follow each other in the order of cells."""
    starting = _by_row((hole.top, hole) for hole in holes)
    ending = _by_row((hole.bottom + 1, hole) for hole in holes)
    gaps: Gaps = [[area.left, area.right, 0]]
    rows = sorted({area.top, *starting, *ending, area.bottom + 1})
    for row, below in pairwise(rows):
        for hole in ending.get(row, ()):
            _joined_at(gaps, hole, row)
        for hole in starting.get(row, ()):
            _split_at(gaps, hole, row)
        if len(gaps) == 1:
            yield RangeRef(area.sheet, row, gaps[0][0], below - 1, gaps[0][1])
            continue
        work.spend(len(gaps) * (below - row))
        for one in range(row, below) if gaps else ():
            for left, right, _ in gaps:
                yield RangeRef(area.sheet, one, left, one, right)
