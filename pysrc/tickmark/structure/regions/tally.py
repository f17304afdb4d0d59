"""Counts of what a box holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.structure.regions.appearance import Mask
from tickmark.structure.regions.kinds import EMPTY, TEXT
from tickmark.structure.regions.looks import part
from tickmark.structure.regions.raster import Box, Raster

LONG: Final = 40
"""A text of so many characters is a sentence rather than a label."""

_ROWS: Final = 400
_TEXTS: Final = 256


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """The content of a box without its empty rows and columns.

    `rows` and `columns` are those of the raster with content; of more than 400 rows some that are
    evenly spread. The other arrays have the shape (rows, columns): `texts` are cells with a text,
    `figures` those with a number, a date, a truth value or an error, `content` both and formulas
    that show nothing. `has_blank_rows` tells of rows without any.
    """

    box: Box
    rows: npt.NDArray[np.int64]
    columns: npt.NDArray[np.int64]
    kinds: npt.NDArray[np.uint8]
    text_of: npt.NDArray[np.int32]
    content: Mask
    texts: Mask
    figures: Mask
    has_blank_rows: bool

    @property
    def across(self) -> int:
        """Number of columns with content."""
        return len(self.columns)

    @property
    def down(self) -> int:
        """Number of rows with content that were looked at."""
        return len(self.rows)

    def of(self, array: npt.NDArray[np.generic]) -> np.ndarray:
        """The part of a raster's array that belongs to the rows and columns."""
        return array[self.rows[:, None], self.columns]


def tally_of(raster: Raster, box: Box) -> Tally:
    """The content of a box of a raster."""
    kinds = part(raster.kinds, box)
    content = kinds != EMPTY
    # Formulas that show nothing count as content, the rest of a merge does not.
    content = content | (part(raster.occupied, box) & (part(raster.merge_of, box) == 0))
    rows, columns = np.flatnonzero(content.any(axis=1)), np.flatnonzero(content.any(axis=0))
    blank = len(rows) < box.height
    if len(rows) > _ROWS:
        rows = rows[np.linspace(0, len(rows) - 1, _ROWS).astype(np.int64)]
    kept = (rows[:, None], columns)
    kinds = kinds[kept]
    texts = kinds == TEXT
    return Tally(
        box,
        rows + box.top,
        columns + box.left,
        kinds,
        part(raster.text_of, box)[kept],
        content[kept],
        texts,
        (kinds != EMPTY) & ~texts,
        blank,
    )


def strings(raster: Raster, text_of: npt.NDArray[np.int32]) -> list[str]:
    """The texts of cells without the blanks at their ends; at most 256 of them."""
    known = text_of[text_of >= 0][:_TEXTS]
    return [raster.texts[at].strip() for at in known.tolist()]
