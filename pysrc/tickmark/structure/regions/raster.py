"""A window of a sheet as dense arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind
from tickmark.structure.formulas import NO_TEMPLATE
from tickmark.structure.regions.appearance import Appearance, Mask

MOST_MERGED: Final = 2
"""So many times the places of a window its merges may cover; sound ones never overlap."""

_YEARS: Final = (1900, 2100)


class Box(NamedTuple):
    """A rectangle of a raster: 0-based rows and columns, all inclusive."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        """Number of rows."""
        return self.bottom - self.top + 1

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.right - self.left + 1

    def meets(self, other: Box) -> bool:
        """Whether the two share a cell."""
        return (
            self.top <= other.bottom
            and other.top <= self.bottom
            and self.left <= other.right
            and other.left <= self.right
        )

    def cut(self, other: Box) -> Box:
        """The part inside another box, which it has to meet."""
        return Box(
            max(self.top, other.top),
            max(self.left, other.left),
            min(self.bottom, other.bottom),
            min(self.right, other.right),
        )

    def around(self, other: Box) -> Box:
        """The smallest box around both."""
        return Box(
            min(self.top, other.top),
            min(self.left, other.left),
            max(self.bottom, other.bottom),
            max(self.right, other.right),
        )


def as_box(area: RangeRef) -> Box:
    """A range as a box with the rows and columns of its sheet."""
    return Box(area.top, area.left, area.bottom, area.right)


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """The cells of a window, each array of shape (rows, columns).

    `kinds`, `templates`, `formats`, `bold`, `filled`, `bordered` and `blank_like` are those of
    Appearance, with EMPTY, NO_TEMPLATE, -1 and False where there is no cell; so are `values`, with
    NaN. `text_of` (int32) indexes `texts`, -1 where a cell shows none. `merge_of` (int32) is 1 +
    the index into `merges` (whose first cell shows something), else 0. `occupied` are cells with
    content and all cells of those merges.
    """

    sheet: str
    top: int
    left: int
    kinds: npt.NDArray[np.uint8]
    values: npt.NDArray[np.float64]
    text_of: npt.NDArray[np.int32]
    templates: npt.NDArray[np.int32]
    formats: npt.NDArray[np.int32]
    bold: Mask
    filled: Mask
    bordered: Mask
    blank_like: Mask
    merge_of: npt.NDArray[np.int32]
    merges: tuple[Box, ...]
    occupied: Mask
    texts: Sequence[str]

    @property
    def whole(self) -> Box:
        """The box of the whole window."""
        height, width = self.kinds.shape
        return Box(0, 0, height - 1, width - 1)

    def range_of(self, box: Box) -> RangeRef:
        """The range of the sheet that a box is."""
        return RangeRef(
            self.sheet,
            self.top + box.top,
            self.left + box.left,
            self.top + box.bottom,
            self.left + box.right,
        )

    def moved(self, box: Box) -> Box:
        """A box with the rows and columns of the sheet as one of the raster."""
        return Box(
            box.top - self.top, box.left - self.left, box.bottom - self.top, box.right - self.left
        )

    def box_of(self, area: RangeRef) -> Box:
        """The part of a range of the sheet that lies in the window, which it has to meet."""
        return self.moved(as_box(area)).cut(self.whole)

    def merges_in(self, box: Box) -> tuple[Box, ...]:
        """The merges that begin in the rows of a box and reach into it, sorted."""
        numbers = self.merge_of[box.top : box.bottom + 1, box.left : box.right + 1]
        if not numbers.any():
            return ()
        found = [self.merges[at - 1] for at in np.unique(numbers[numbers > 0]).tolist()]
        return tuple(merge for merge in found if merge.top >= box.top)

    def text(self, row: int, column: int) -> str:
        """The text of a cell, "" where it has none."""
        at = int(self.text_of[row, column])
        return self.texts[at] if at >= 0 else ""

    def years(self, box: Box) -> Mask:
        """Numbers of a box that may be years, or years with a month such as 202604."""
        return are_years(self.values[box.top : box.bottom + 1, box.left : box.right + 1])

    def fitted(self, box: Box) -> Box | None:
        """A box without the empty rows and columns at its edges; None where nothing is in it."""
        seen = self.occupied[box.top : box.bottom + 1, box.left : box.right + 1]
        rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
        if not len(rows):
            return None
        return Box(
            box.top + int(rows[0]),
            box.left + int(columns[0]),
            box.top + int(rows[-1]),
            box.left + int(columns[-1]),
        )


def are_years(values: npt.NDArray[np.float64]) -> Mask:
    """Which numbers may be years from 1900 to 2100, or such a year with a month: 202604."""
    first, last = _YEARS
    with np.errstate(invalid="ignore"):
        years = (values >= first) & (values <= last)
        months = (values >= 100 * first) & (values <= 100 * last + 12)
        months &= (values % 100 >= 1) & (values % 100 <= 12)
        return np.asarray((years | months) & (values % 1 == 0), np.bool_)


def raster_of(appearance: Appearance, window: RangeRef) -> Raster:
    """The cells of a window of a sheet."""
    cells = appearance.sheet.cells
    inside = appearance.places.within(window)
    shape = (window.bottom - window.top + 1, window.right - window.left + 1)
    rows = cells.rows[inside] - window.top
    columns = cells.columns[inside].astype(np.int32) - window.left
    kinds = appearance.kinds[inside]
    shown = (cells.kinds[inside] == CellKind.TEXT) & appearance.filled_in[inside]
    texts = np.nan_to_num(np.where(shown, cells.values[inside], -1.0), nan=-1.0)

    def dense(part: np.ndarray, empty: float, kind: type[np.generic]) -> np.ndarray:
        made = np.full(shape, empty, kind)
        made[rows, columns] = part
        return made

    grid = dense(kinds, CellKind.EMPTY, np.uint8)
    merges = _merges(appearance, window, grid)
    merge_of = np.zeros(shape, np.int32)
    for number, box in enumerate(merges, 1):
        merge_of[box.top : box.bottom + 1, box.left : box.right + 1] = number
    return Raster(
        sheet=appearance.sheet.name,
        top=window.top,
        left=window.left,
        kinds=grid,
        values=dense(appearance.values[inside], np.nan, np.float64),
        text_of=dense(texts, -1, np.int32),
        templates=dense(appearance.templates[inside], NO_TEMPLATE, np.int32),
        formats=dense(appearance.formats[inside], -1, np.int32),
        bold=dense(appearance.bold[inside], 0, np.bool_),
        filled=dense(appearance.filled[inside], 0, np.bool_),
        bordered=dense(appearance.bordered[inside], 0, np.bool_),
        blank_like=dense(appearance.blank_like[inside], 0, np.bool_),
        merge_of=merge_of,
        merges=merges,
        occupied=dense(appearance.filled_in[inside], 0, np.bool_) | (merge_of > 0),
        texts=cells.texts,
    )


def _merges(
    appearance: Appearance, window: RangeRef, kinds: npt.NDArray[np.uint8]
) -> tuple[Box, ...]:
    """The merges that show something and begin in the window, cut at its edges.

    Those after the first MOST_MERGED places are passed over: merges of a sound sheet never overlap.
    """
    height, width = kinds.shape
    edges = appearance.merge_edges
    first, last = np.searchsorted(edges[:, 0], (window.top, window.bottom + 1))
    edges = edges[first:last] - (window.top, window.left, window.top, window.left)
    edges = edges[(edges[:, 1] >= 0) & (edges[:, 1] < width)]
    edges = edges[kinds[edges[:, 0], edges[:, 1]] != CellKind.EMPTY]
    np.minimum(edges[:, 2], height - 1, out=edges[:, 2])
    np.minimum(edges[:, 3], width - 1, out=edges[:, 3])
    covered = (edges[:, 2] - edges[:, 0] + 1) * (edges[:, 3] - edges[:, 1] + 1)
    edges = edges[np.cumsum(covered) <= MOST_MERGED * kinds.size]
    return tuple(Box(*edge) for edge in edges.tolist())
