"""Size classes of workbooks, and ratios of tokens over many of them."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

CLASSES = ("S", "M", "L", "H")
_UPPER = ((4_000, "S"), (8_000, "M"), (32_000, "L"))


def size_class(vanilla: int) -> str:
    """The class of a workbook by its vanilla tokens: under 4k, 8k, 32k, or more."""
    return next((name for limit, name in _UPPER if vanilla < limit), "H")


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times fewer tokens than others, on the workbooks that both have finished."""

    books: int
    total: float
    median: float


def ratio(pairs: Sequence[tuple[int, int]]) -> Ratio:
    """From pairs of the other's tokens and one's own; workbooks without any text are left out."""
    kept = [(other, own) for other, own in pairs if other > 0 and own > 0]
    if not kept:
        return Ratio(0, 0.0, 0.0)
    others, owns = (sum(one) for one in zip(*kept, strict=True))
    return Ratio(len(kept), others / owns, statistics.median(a / b for a, b in kept))
