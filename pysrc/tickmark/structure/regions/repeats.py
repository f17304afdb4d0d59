"""Tables that stand side by side under the same header, without a blank column between."""

from __future__ import annotations

from tickmark.structure.regions.raster import Box, Raster

_ROWS = 3


def beside_each_other(raster: Raster, box: Box) -> list[Box]:
    """The boxes that a repeated header parts a box into; the box itself where none repeats."""
    for row in range(box.top, min(box.top + _ROWS, box.bottom)):
        texts = [
            raster.text(row, column).strip().casefold() for column in range(box.left, box.right + 1)
        ]
        period = _period(texts)
        if period:
            return [
                Box(box.top, box.left + start, box.bottom, box.left + start + period - 1)
                for start in range(0, box.width, period)
            ]
    return [box]


def _period(texts: list[str]) -> int:
    """After how many texts they all repeat; 0 where they do not."""
    if not all(texts) or len(texts) > 512:
        return 0
    for period in range(2, len(texts) // 2 + 1):
        whole = len(texts) % period == 0 and len(set(texts[:period])) > 1
        if whole and texts == texts[:period] * (len(texts) // period):
            return period
    return 0
