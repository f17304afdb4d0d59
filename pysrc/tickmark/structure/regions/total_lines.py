"""The rows or the columns of a box as lines that may add up others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.structure.regions.appearance import Mask
from tickmark.structure.regions.headers import Header
from tickmark.structure.regions.kinds import DATE, EMPTY, ERROR, NUMBER
from tickmark.structure.regions.looks import part
from tickmark.structure.regions.raster import Box, Raster
from tickmark.structure.regions.total_labels import Label, labels_of

_KEYS: Final = 8
"""Labels stand in so many columns at the left at most, or right before the first number."""
_HEADS: Final = 12
_LONG: Final = 20_000
_ENDS: Final = 50


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The n rows of a box's data with m cells each, or its n columns.

    `first` is the row (column) of the raster that line 0 is. `values` (n, m) are NaN where there is
    no number; `numeric` (n, m) tells where there is a number, or an error in its place. `labels`
    (uint8, Label) tell what the header calls each line; `heads` (k, n) are the texts of the header,
    -1 for none: those over a column, the innermost last, or those at the left of a row, of which
    number `depths` is the first. `bold` are lines whose numbers are bold, `breaks` those with a
    blank line or one without numbers before them, `data` those that hold data: with numbers, and
    no repeated header.
    """

    first: int
    values: npt.NDArray[np.float64]
    numeric: Mask
    labels: npt.NDArray[np.uint8]
    heads: npt.NDArray[np.int32]
    depths: npt.NDArray[np.int64]
    bold: Mask
    breaks: Mask
    data: Mask


def data_box(box: Box, header: Header) -> Box | None:
    """The part of a box that is no header; None where nothing is left."""
    top, left = box.top + header.rows, box.left + header.columns
    if top > box.bottom or left > box.right:
        return None
    return Box(top, left, box.bottom, box.right)


def numeric_cells(raster: Raster, box: Box) -> Mask:
    """Numbers of a box, and errors in their place."""
    kinds = part(raster.kinds, box)
    return np.asarray((kinds == NUMBER) | (kinds == ERROR), np.bool_)


def row_lines(raster: Raster, box: Box, header: Header, data: Box, numeric: Mask) -> Lines:
    """The rows of a box's data."""
    counts = numeric.sum(axis=1)
    held = counts > 0
    repeated = [row - data.top for row in header.repeated if data.top <= row <= data.bottom]
    held[repeated] = False
    labels, names, depths = _row_labels(raster, box, data, numeric)
    return Lines(
        data.top,
        _values(raster, data),
        numeric,
        labels,
        names,
        depths,
        _bold(raster, data, numeric, counts),
        _breaks(held),
        held,
    )


def column_lines(raster: Raster, box: Box, header: Header, data: Box, numeric: Mask) -> Lines:
    """The columns of a box's data, as lines."""
    counts = numeric.sum(axis=0)
    filled = (part(raster.kinds, data) != EMPTY).sum(axis=0)
    held = (counts > 0) & (2 * counts >= filled)
    labels, heads = _column_labels(raster, box, header, data)
    return Lines(
        data.left,
        _values(raster, data).T,
        numeric.T,
        labels,
        heads,
        np.zeros(data.width, np.int64),
        np.zeros(data.width, np.bool_),
        _breaks(filled > 0),
        held,
    )


def _values(raster: Raster, data: Box) -> npt.NDArray[np.float64]:
    values = part(raster.values, data)
    dates = part(raster.kinds, data) == DATE
    return np.where(dates, np.nan, values) if dates.any() else values


def _bold(raster: Raster, data: Box, numeric: Mask, counts: npt.NDArray[np.int64]) -> Mask:
    bold = part(raster.bold, data)
    if not bold.any():
        return np.zeros(data.height, np.bool_)
    return np.asarray(2 * (bold & numeric).sum(axis=1) > counts, np.bool_)


def _breaks(held: Mask) -> Mask:
    """Lines of data right after a line without."""
    made = np.zeros(len(held), np.bool_)
    made[1:] = held[1:] & ~held[:-1]
    return made


def _row_labels(
    raster: Raster, box: Box, data: Box, numeric: Mask
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """What texts at the left call the rows: those in key columns, or right before the numbers.

    Beside the labels, those texts, and which of them is the first.
    """
    keys = min(max(data.left - box.left, 1), _KEYS)
    texts = raster.text_of[data.top : data.bottom + 1, box.left : box.left + keys]
    first = np.argmax(numeric, axis=1)
    before = np.maximum(first - 1, 0)
    beside = raster.text_of[data.top + np.arange(data.height), data.left + before]
    found = np.column_stack([texts, np.where(first > 0, beside, -1)]).T
    if data.height > _LONG:  # in long tables only of rows that are set off
        bold = raster.bold[data.top : data.bottom + 1, box.left : box.left + keys].any(axis=1)
        bold |= _breaks(first > 0) | _breaks((first > 0)[::-1])[::-1]
        bold[:_ENDS] = bold[-_ENDS:] = True
        found[:, ~bold] = -1
    labels = _labelled(raster, found)
    looked = (found >= 0).any(axis=0).sum()
    if data.height > _LONG and (labels >= Label.PARTLY).sum() > 0.5 * looked:
        labels[:] = Label.NONE  # the words are those of the data
    return labels, found, np.argmax(found >= 0, axis=0)


def _column_labels(
    raster: Raster, box: Box, header: Header, data: Box
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]:
    """What the header calls the columns; a merged text calls all that it spans."""
    rows = min(header.rows, _HEADS)
    texts = raster.text_of[box.top : box.top + rows, data.left : data.right + 1].copy()
    if rows:
        merges = raster.merge_of[box.top : box.top + rows, data.left : data.right + 1]
        for number in np.unique(merges[merges > 0]).tolist():
            place = raster.merges[number - 1]
            texts[merges == number] = raster.text_of[place.top, place.left]
    return _labelled(raster, texts), texts


def _labelled(raster: Raster, texts: npt.NDArray[np.int32]) -> npt.NDArray[np.uint8]:
    """The strongest label in each column of an array of texts."""
    made = np.zeros(texts.shape[1], np.uint8)
    wanted = np.unique(texts)
    wanted = wanted[wanted >= 0]
    found = labels_of(raster.texts, wanted.tolist())
    if not found:
        return made
    by_text = np.zeros(len(wanted), np.uint8)
    by_text[np.searchsorted(wanted, list(found))] = list(found.values())
    at = np.minimum(np.searchsorted(wanted, np.maximum(texts, 0)), len(wanted) - 1)
    return np.asarray(np.where(texts >= 0, by_text[at], 0).max(axis=0), np.uint8)
