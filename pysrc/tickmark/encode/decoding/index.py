"""Which claim of a decoded sheet tells of a cell, found without a look at all claims."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tickmark.encode.claim import Claim
from tickmark.encode.decoding.cells import in_order, rectangles
from tickmark.encode.decoding.work import Work
from tickmark.model.address import MAX_COLUMN, RangeRef

_LEAVES: Final = MAX_COLUMN  # a power of two


@dataclass(frozen=True, slots=True)
class ToldPart:
    """A rectangle of a claim; `offset` is the number of its first cell among those of a list."""

    area: RangeRef
    claim: Claim
    offset: int


@dataclass(frozen=True, slots=True, eq=False)
class ClaimIndex:
    """The parts of claims by their columns: those of each span of columns from the top down.

    The spans are those of a binary tree over all columns; a part stands at each of the few spans
    that its columns are made of, so that a cell is looked up in 15 of them.
    """

    spans: dict[int, list[ToldPart]]

    def part_at(self, row: int, column: int) -> ToldPart | None:
        """The part in which a cell lies; None where no claim tells of it."""
        span = column - 1 + _LEAVES
        while span:
            parts = self.spans.get(span, ())
            at = bisect_right(parts, row, key=_top) - 1
            if at >= 0 and parts[at].area.bottom >= row:
                return parts[at]
            span >>= 1
        return None

    def parts_in(self, area: RangeRef) -> Iterator[ToldPart]:
        """The parts that share a cell with an area, each once."""
        seen: set[int] = set()
        for span, parts in self.spans.items():
            if not _meets(span, area):
                continue
            at = bisect_left(parts, area.top, key=_bottom)
            while at < len(parts) and parts[at].area.top <= area.bottom:
                if id(parts[at]) not in seen and parts[at].area.meets(area):
                    seen.add(id(parts[at]))
                    yield parts[at]
                at += 1


def index_of(claims: Sequence[Claim]) -> ClaimIndex:
    """The index of claims that share no cell, hidden ones left aside."""
    work = Work()
    spans: dict[int, list[ToldPart]] = {}
    for claim in claims:
        if claim.hidden:
            continue
        divided = rectangles if claim.values is None else in_order
        offset = 0
        for area in divided(claim.areas, claim.excepted, work):
            part = ToldPart(area, claim, offset)
            offset += area.cells
            for span in _spans(area):
                spans.setdefault(span, []).append(part)
    for parts in spans.values():
        parts.sort(key=_top)
    return ClaimIndex(spans)


def _top(part: ToldPart) -> int:
    return part.area.top


def _bottom(part: ToldPart) -> int:
    return part.area.bottom


def _spans(area: RangeRef) -> Iterator[int]:
    """The largest spans of the tree that together are the columns of an area."""
    low, high = area.left - 1 + _LEAVES, area.right + _LEAVES
    while low < high:
        if low & 1:
            yield low
            low += 1
        if high & 1:
            high -= 1
            yield high
        low >>= 1
        high >>= 1


def _meets(span: int, area: RangeRef) -> bool:
    width = _LEAVES >> (span.bit_length() - 1)
    left = span * width - _LEAVES + 1
    return left <= area.right and left + width - 1 >= area.left
