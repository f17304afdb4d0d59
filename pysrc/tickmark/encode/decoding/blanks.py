"""Cells that lists of an encoded sheet leave blank, and whether another line fills one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import heapify, heappop, heappush
from itertools import pairwise

from tickmark.encode.claim import Claim
from tickmark.encode.decoding.cells import common, rectangles
from tickmark.encode.decoding.frontier import Frontier, Labelled, from_the_top
from tickmark.encode.decoding.work import Work
from tickmark.model.address import MAX_ROW, RangeRef

_CELL_COST = 2
_PAIR_COST = 40


def parted(claim: Claim, work: Work) -> tuple[Sequence[RangeRef], Sequence[RangeRef]]:
    """The filled cells of a list of one area and those it tells as blank, as rectangles.

    The cells that a merged one covers are neither.
    """
    (area,) = claim.areas
    values = claim.values or ()
    blank = [at for at, value in enumerate(values) if value.value is None]
    if not blank:
        return (area,), ()
    work.spend(_CELL_COST * len(blank))
    covered = set(_covered(claim.merged, area))
    told = [at for at in blank if at not in covered] if covered else blank
    filled = [one for run in _between(blank, len(values)) for one in _stretch(area, *run)]
    return filled, [one for run in _runs(told) for one in _stretch(area, *run)]


def first_filled(
    blank: Iterable[Labelled], filled: Iterable[Labelled], work: Work
) -> tuple[Labelled, Labelled] | None:
    """A filled rectangle and a blank one that share a cell; None where all are apart.

    The filled ones have to be disjoint. Of a blank one that meets others the rest is looked at.
    """
    over, under = Frontier(), Frontier()
    waiting = [(area.top, area.left, at, area, label) for at, (area, label) in enumerate(blank)]
    heapify(waiting)
    number = len(waiting)
    for area, label in (*sorted(filled, key=from_the_top), (None, 0)):
        top = MAX_ROW + 1 if area is None else area.top
        while waiting and waiting[0][0] < top:
            _, _, _, empty, other = heappop(waiting)
            met = over.meeting(empty)
            if met:
                return met[0], (empty, other)
            known = under.add(empty, other)
            work.spend(_PAIR_COST * len(known))
            holes = [common(empty, one) for one, _ in known]
            for part in rectangles((empty,), holes, work) if holes else ():
                number += 1
                heappush(waiting, (part.top, part.left, number, part, other))
        if area is not None:
            met = under.meeting(area)
            if met:
                return (area, label), met[0]
            over.add(area, label)
    return None


def _covered(merged: Iterable[RangeRef], area: RangeRef) -> Iterator[int]:
    """The numbers of the cells in an area that merged ones cover, without their first ones."""
    width = area.right - area.left + 1
    for one in merged:
        for row in range(one.top, min(one.bottom, area.bottom) + 1):
            start = (row - area.top) * width - area.left
            begin = one.left + 1 if row == one.top else one.left
            yield from range(start + begin, start + min(one.right, area.right) + 1)


def _between(blank: Sequence[int], total: int) -> Iterator[tuple[int, int]]:
    """The stretches of a list without a blank cell, each with the position behind it."""
    for before, after in pairwise((-1, *blank, total)):
        if after > before + 1:
            yield before + 1, after


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The stretches of ascending numbers, each with the position behind it."""
    start = 0
    for at in range(1, len(numbers) + 1):
        if at == len(numbers) or numbers[at] != numbers[at - 1] + 1:
            yield numbers[start], numbers[at - 1] + 1
            start = at


def _stretch(area: RangeRef, start: int, stop: int) -> Iterator[RangeRef]:
    """The cells of an area from one number to another: at most three rectangles."""
    width = area.right - area.left + 1
    first, begin = divmod(start, width)
    last, end = divmod(stop, width)
    if begin and first < last:
        yield _row(area, first, begin, width)
        first, begin = first + 1, 0
    if first < last:
        top = area.top + first
        yield RangeRef(area.sheet, top, area.left, area.top + last - 1, area.right)
    if end:
        yield _row(area, last, begin if first == last else 0, end)


def _row(area: RangeRef, row: int, begin: int, end: int) -> RangeRef:
    top = area.top + row
    return RangeRef(area.sheet, top, area.left + begin, top, area.left + end - 1)
