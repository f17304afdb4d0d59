"""What rows and columns of a raster look like: headers, texts, signatures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.grid import CellKind
from tickmark.structure.regions.appearance import Mask
from tickmark.structure.regions.raster import Box, Raster
from tickmark.structure.spans import Span, spans_of

NOTHING: Final = 0
NUMBERS: Final = 1
OTHERS: Final = 2
"""What a column holds mostly."""

_SAMPLE: Final = 6


def part(array: npt.NDArray[np.generic], box: Box) -> np.ndarray:
    """The part of a raster's array that a box covers."""
    return array[box.top : box.bottom + 1, box.left : box.right + 1]


def plain_numbers(raster: Raster, box: Box) -> Mask:
    """Numbers of a box that are no years."""
    return np.asarray((part(raster.kinds, box) == CellKind.NUMBER) & ~raster.years(box), np.bool_)


def heads(raster: Raster, box: Box, row: int) -> bool:
    """Whether a row of a box is a header: texts, years or dates over numbers."""
    if row >= box.bottom:
        return False
    kinds = raster.kinds[row, box.left : box.right + 1]
    texts = kinds == CellKind.TEXT
    years = raster.years(Box(row, box.left, row, box.right))[0] | (kinds == CellKind.DATE)
    plain = (kinds == CellKind.NUMBER) & ~years
    if plain.sum() > 0.34 * max(1, int((texts | plain | years).sum())):
        return False
    below = part(raster.kinds, Box(row + 1, box.left, min(box.bottom, row + _SAMPLE), box.right))
    filled = (below != CellKind.EMPTY).sum(axis=0)
    numeric = (below == CellKind.NUMBER).sum(axis=0) >= np.maximum(1, 0.5 * filled)
    over = (texts | years) & numeric
    if over.sum() >= 2 and over.sum() >= 0.5 * numeric.sum():
        return True
    return bool(texts.sum() == 1 and over.sum() == 1 and numeric.sum() == 1)


def only_heads(raster: Raster, box: Box) -> bool:
    """Whether a box holds texts, dates and years only, two at least."""
    if plain_numbers(raster, box).any():
        return False
    kinds, years = part(raster.kinds, box), raster.years(box)
    return int((kinds == CellKind.DATE).sum() + (kinds == CellKind.TEXT).sum() + years.sum()) >= 2


def signature(raster: Raster, box: Box, *, data: bool = False) -> npt.NDArray[np.int8]:
    """For each column of a box NOTHING where it is empty, NUMBERS mostly, or OTHERS.

    With `data` only the rows with numbers count, where there are any.
    """
    kinds = part(raster.kinds, box)
    if data:
        rows = plain_numbers(raster, box).any(axis=1)
        kinds = kinds[rows] if rows.any() else kinds
    filled = (kinds != CellKind.EMPTY).sum(axis=0)
    numbers = ((kinds == CellKind.NUMBER) | (kinds == CellKind.ERROR)).sum(axis=0)
    return np.where(filled == 0, NOTHING, np.where(2 * numbers >= filled, NUMBERS, OTHERS)).astype(
        np.int8
    )


def is_label_column(raster: Raster, box: Box) -> bool:
    """Whether the first column of a box holds texts mostly, its top cell aside.

    They stand in a third of the rows at least, of those with anything in them.
    """
    kinds = raster.kinds[box.top : box.bottom + 1, box.left]
    values = ~raster.blank_like[box.top : box.bottom + 1, box.left]
    kinds = kinds[(kinds != CellKind.EMPTY) & values]
    body = kinds[1:] if len(kinds) > 2 else kinds
    texts = int((body == CellKind.TEXT).sum())
    rows = int(part(raster.occupied, box).any(axis=1).sum())
    if len(body) == 0 or (len(body) == 1 and rows > 2):
        return False
    return texts > 0.5 * len(body) and texts + 1 >= 0.33 * rows


def bands(mask: Mask) -> tuple[Span, ...]:
    """First and last index of each stretch of True."""
    return spans_of(np.flatnonzero(mask))


def parts_in_row(raster: Raster, box: Box, row: int) -> int:
    """Cells with content in a row of a box, a merge counted once."""
    merges = raster.merge_of[row, box.left : box.right + 1]
    seen = raster.occupied[row, box.left : box.right + 1]
    return len(set(merges[merges > 0].tolist())) + int((seen & (merges == 0)).sum())


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """What each row of a box holds: counts, one entry a row.

    `parts` are cells with content, a merge counted in the row and column where it begins; `plain`
    numbers that are no years.
    """

    parts: npt.NDArray[np.int64]
    texts: npt.NDArray[np.int64]
    plain: npt.NDArray[np.int64]


def profile_of(raster: Raster, box: Box) -> Profile:
    """The profile of a box."""
    kinds = part(raster.kinds, box)
    return Profile(
        parts=(kinds != CellKind.EMPTY).sum(axis=1),
        texts=((kinds == CellKind.TEXT) & ~part(raster.blank_like, box)).sum(axis=1),
        plain=plain_numbers(raster, box).sum(axis=1),
    )
