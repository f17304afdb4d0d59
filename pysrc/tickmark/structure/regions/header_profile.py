"""The top rows of a box, and what stands below them in each column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from tickmark.structure.formulas import NO_TEMPLATE
from tickmark.structure.regions.appearance import Mask
from tickmark.structure.regions.header_words import KINDS_OF_LOOK, Look, Looks, looks_of
from tickmark.structure.regions.looks import part
from tickmark.structure.regions.raster import Box, Raster

DEEPEST: Final = 24
"""Headers have at most so many rows, blank ones counted."""

_SAMPLE: Final = 200
_LEAST: Final = 24
_ROOM: Final = 60_000
_CONTRAST: Final = 0.35

FIGURES: Final = (Look.NUMBER, Look.YEAR, Look.DATE, Look.OTHER, Look.WRITTEN)
"""What counts as a value of data rather than as a label."""

Counts = npt.NDArray[np.int32]
Rows = npt.NDArray[np.intp]

_FIGURE: Final = np.isin(np.arange(KINDS_OF_LOOK), FIGURES)
"""By Look."""


class Below(NamedTuple):
    """Counts for each column of what stands below one row."""

    texts: Counts
    figures: Counts
    years: Counts
    dates: Counts
    formulas: Counts
    written: Counts

    @property
    def filled(self) -> Counts:
        """Cells that hold something."""
        return self.texts + self.figures

    @property
    def is_figures(self) -> Mask:
        """Columns that hold figures rather than texts."""
        return np.asarray((self.figures > 0) & (2 * self.figures >= self.filled), np.bool_)

    @property
    def is_years(self) -> Mask:
        """Columns whose figures are years."""
        return np.asarray((self.figures > 0) & (5 * self.years >= 3 * self.figures), np.bool_)

    @property
    def is_dates(self) -> Mask:
        """Columns whose figures are dates."""
        return np.asarray((self.figures > 0) & (2 * self.dates >= self.figures), np.bool_)

    @property
    def is_written(self) -> Mask:
        """Columns whose figures are kept as texts."""
        return np.asarray((self.figures > 0) & (2 * self.written >= self.figures), np.bool_)

    @property
    def is_calculated(self) -> Mask:
        """Columns that formulas fill."""
        return np.asarray((self.formulas > 0) & (2 * self.formulas >= self.filled), np.bool_)

    @property
    def is_blank(self) -> Mask:
        """Columns with nothing at all."""
        return np.asarray(self.filled == 0, np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """The looks of the top rows of a box, shape (rows, columns), and those of a sample below.

    `sample` are rows of the raster below the top ones, in order, blank ones left out; `beneath` are
    their looks. `bold` and `filled` are the shares of cells of the sample, or of the top rows where
    there is no sample.
    """

    raster: Raster
    box: Box
    top: Looks
    sample: Rows
    beneath: Looks
    formulas: Mask
    counts: Counts
    """Shape (6, rows + 1, columns): what Below counts, from each top row on down."""

    @property
    def rows(self) -> int:
        """Number of top rows."""
        return len(self.top)

    def filled(self, row: int) -> Mask:
        """Which columns of a top row have content."""
        return np.asarray(self.top[row] != Look.BLANK, np.bool_)

    def below(self, row: int) -> Below:
        """What stands below a top row."""
        return Below(*self.counts[:, row + 1])

    def body(self, header_rows: int) -> tuple[Rows, Looks]:
        """Rows of the raster below a number of header rows, and their looks; a sample of many."""
        first = self.box.top + header_rows
        rows = np.concatenate((np.arange(first, self.box.top + self.rows), self.sample))
        return rows, np.concatenate((self.top[header_rows:], self.beneath))

    def contrasts(self, row: int) -> tuple[str, ...]:
        """How a top row differs from what stands below it: `bold`, `filled`, both or neither."""
        seen = self.filled(row)
        if not seen.any():
            return ()
        box, raster = self.box, self.raster
        below, looks = self.body(row + 1)
        found = []
        for name, look in (("bold", raster.bold), ("filled", raster.filled)):
            own = look[box.top + row, box.left : box.right + 1][seen]
            if own.mean() < 0.6 or not len(below):
                continue
            others = look[below, box.left : box.right + 1]
            there = looks != Look.BLANK
            if not there.any() or others[there].mean() < _CONTRAST:
                found.append(name)
        return tuple(found)


def figure(looks: Looks) -> Mask:
    """Which looks are figures."""
    return np.asarray(_FIGURE[looks], np.bool_)


def profile_of(raster: Raster, box: Box) -> Profile:
    """The profile of a box."""
    count = min(box.height, DEEPEST)
    rows = np.arange(box.top, box.top + count)
    sample = sample_of(raster, Box(box.top + count, box.left, box.bottom, box.right))
    columns = slice(box.left, box.right + 1)
    top = looks_of(raster, rows, box.left, box.right)
    beneath = looks_of(raster, sample, box.left, box.right)
    formulas = raster.templates[rows, columns] != NO_TEMPLATE
    formulas_beneath = raster.templates[sample, columns] != NO_TEMPLATE
    counts = _counted(top, beneath, formulas, formulas_beneath)
    return Profile(raster, box, top, sample, beneath, formulas, counts)


def sample_of(raster: Raster, box: Box) -> Rows:
    """Rows of a box that are not blank, evenly spread where they are many."""
    if box.bottom < box.top:
        return np.empty(0, np.intp)
    most = max(_LEAST, min(_SAMPLE, _ROOM // box.width))
    rows = box.top + np.flatnonzero(part(raster.occupied, box).any(axis=1))
    if len(rows) > most:
        # Half of them from the top, where they stand close together, the others from all over.
        near = most // 2
        far = np.linspace(near, len(rows) - 1, most - near).astype(np.intp)
        rows = rows[np.concatenate((np.arange(near), far))]
    return np.asarray(rows, np.intp)


def _counted(top: Looks, beneath: Looks, formulas: Mask, formulas_beneath: Mask) -> Counts:
    pairs = (
        (top == Look.TEXT, beneath == Look.TEXT),
        (figure(top), figure(beneath)),
        (top == Look.YEAR, beneath == Look.YEAR),
        (top == Look.DATE, beneath == Look.DATE),
        (formulas, formulas_beneath),
        (top == Look.WRITTEN, beneath == Look.WRITTEN),
    )
    height, width = top.shape
    counts = np.zeros((len(pairs), height + 1, width), np.int32)
    for at, (above, below) in enumerate(pairs):
        counts[at, height] = below.sum(axis=0)
        counts[at, :height] = above
    # From the bottom up, so that row r holds what stands in it and below.
    return np.asarray(np.cumsum(counts[:, ::-1], axis=1)[:, ::-1], np.int32)
