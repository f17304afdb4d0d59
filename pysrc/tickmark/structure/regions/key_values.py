"""Blocks of labels with one value beside each: inputs, form heads, invoice heads."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.structure.regions.appearance import Mask
from tickmark.structure.regions.raster import Raster
from tickmark.structure.regions.tally import DATE, EMPTY, TEXT, Tally, strings

_MOST_ROWS: Final = 60
_MOST_COLUMNS: Final = 12

_ENDS: Final = (":", "=")
"""What a label that waits for a value ends with."""

_RECORDS: Final = 20
"""Two columns without a header that are longer and alike throughout are records of a table."""


def is_key_value(raster: Raster, tally: Tally, *, marked: bool) -> bool:
    """Whether a box of two rows and columns at least holds labels with a value beside each.

    `marked` tells that its first row stands out, as the header of a table does.
    """
    if tally.down > _MOST_ROWS or tally.across > _MOST_COLUMNS:
        return False
    if _is_form(raster, tally):
        return True
    if tally.across == 2:
        return _is_pair(raster, tally, 0, 1, marked=marked)
    if tally.across in {3, 4} and _has_sides(raster, tally, marked=marked):
        return True
    return tally.across % 2 == 0 and _are_pairs(raster, tally, marked=marked)


def _is_form(raster: Raster, tally: Tally) -> bool:
    """Whether many texts end with a colon, in two rows at least."""
    rows = [strings(raster, own) for own in tally.text_of]
    ending = [sum(text.endswith(_ENDS) for text in row) for row in rows]
    if sum(count > 0 for count in ending) < 2 or sum(ending) < 0.3 * sum(map(len, rows)):
        return False
    return not _heads_columns(tally)


def _heads_columns(tally: Tally) -> bool:
    """Whether the first row heads two columns of figures or more."""
    head = tally.kinds[0] == TEXT
    figures = tally.figures[1:]
    return bool((head & (figures.sum(axis=0) >= 2)).sum() >= 2)


def _are_labels(tally: Tally, at: int) -> bool:
    """Whether a column holds a text in nearly every row, and these differ."""
    texts = tally.text_of[:, at]
    known = texts[texts >= 0]
    shown = int((tally.kinds != EMPTY).any(axis=1).sum())
    if len(known) < 0.8 * shown or tally.figures[:, at].sum() > 0.2 * len(known):
        return False
    return len(np.unique(known)) >= 0.8 * len(known)


def _is_pair(raster: Raster, tally: Tally, left: int, right: int, *, marked: bool) -> bool:
    """Whether one column names the values of another one."""
    values = tally.kinds[:, right]
    if not _are_labels(tally, left) or not (values != EMPTY).any():
        return False
    body = values[1:][values[1:] != EMPTY]
    texts = int((body == TEXT).sum())
    if 0 < texts < len(body):
        return texts >= 0.34 * len(body) or not _headed(tally, right)
    if texts:
        return not marked and _are_texts_of_labels(raster, tally, left, right)
    mixed = _is_mixed(body) or _of_many_formats(raster, tally, right)
    if _headed(tally, right) and tally.down >= 3 and (marked or not mixed):
        return False
    return mixed or tally.down <= _RECORDS


def _is_mixed(kinds: npt.NDArray[np.uint8]) -> bool:
    """Whether dates stand among figures of other kinds."""
    return bool(0.2 <= (kinds == DATE).mean() <= 0.8) if len(kinds) else False


def _headed(tally: Tally, at: int) -> bool:
    """Whether the first cell of a column is a text, or a date or year of its own, over figures."""
    kinds = tally.kinds[:, at]
    body = kinds[1:][kinds[1:] != EMPTY]
    if not len(body) or kinds[0] == EMPTY:
        return False
    return bool(kinds[0] == TEXT and (body != TEXT).mean() > 0.5)


def _are_texts_of_labels(raster: Raster, tally: Tally, left: int, right: int) -> bool:
    """Whether a column of texts holds the values of the labels beside it and no records."""
    if tally.down > 12:
        return False
    bold = tally.of(raster.bold)
    seen = tally.content
    if (bold & seen)[:, left].mean() >= 0.8 and (bold & seen)[:, right].mean() <= 0.2:
        return True
    values = tally.text_of[:, right]
    values = values[values >= 0]
    return tally.down < 5 or len(np.unique(values)) >= 0.7 * len(values)


def _of_many_formats(raster: Raster, tally: Tally, at: int) -> bool:
    """Whether the figures of a column have number formats of their own."""
    formats = tally.of(raster.formats)[:, at][tally.figures[:, at]]
    return len(formats) > 0 and len(np.unique(formats)) >= max(3, 0.2 * len(formats))


def _has_sides(raster: Raster, tally: Tally, *, marked: bool) -> bool:
    """Whether labels and one column of values stand beside columns of units or remarks."""
    if marked or not _are_labels(tally, 0):
        return False
    fill = (tally.kinds != EMPTY).mean(axis=0)
    sides = [at for at in range(1, tally.across) if fill[at] <= 0.34 or _is_side(raster, tally, at)]
    values = [at for at in range(1, tally.across) if at not in sides]
    if not values and fill[1] >= 0.5 and (fill[2:] <= 0.34).all():
        values = [1]
    if len(values) != 1 or _headed(tally, values[0]):
        return False
    return _is_pair(raster, tally, 0, values[0], marked=marked)


def _is_side(raster: Raster, tally: Tally, at: int) -> bool:
    """Whether a column holds units, which are short, or remarks, which are long."""
    texts = tally.text_of[:, at]
    known = texts[texts >= 0]
    if not len(known) or tally.figures[:, at].sum() > 0.2 * len(known):
        return False
    lengths = np.array([len(text) for text in strings(raster, known)])
    return bool(np.median(lengths) <= 12 or np.median(lengths) >= 25)


def _are_pairs(raster: Raster, tally: Tally, *, marked: bool) -> bool:
    """Whether columns of labels and columns of values, figures among them, stand in turn."""
    if marked or tally.down > _RECORDS or _heads_columns(tally):
        return False
    lefts = range(0, tally.across, 2)
    if not all(_leads(tally.kinds[:, at : at + 2]) for at in lefts):
        return False
    if not tally.figures[:, 1::2].any():
        return False
    return all(_is_pair(raster, tally, at, at + 1, marked=marked) for at in lefts)


def _leads(kinds: npt.NDArray[np.uint8]) -> bool:
    """Whether each value of two columns has a label at its left."""
    labels: Mask = kinds[:, 0] == TEXT
    values = kinds[:, 1] != EMPTY
    return bool(labels.any() and not (values & ~labels).any())
