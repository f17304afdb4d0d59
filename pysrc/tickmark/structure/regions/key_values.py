"""Blocks of labels with one value beside each: inputs, form heads, invoice heads."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.structure.regions.appearance import Mask
from tickmark.structure.regions.kinds import DATE, EMPTY, TEXT
from tickmark.structure.regions.raster import Raster
from tickmark.structure.regions.tally import Tally, strings

_MOST_ROWS: Final = 60
_MOST_COLUMNS: Final = 12

_ENDS: Final = (":", "=")
"""What a label that waits for a value ends with."""

_RECORDS: Final = 20
"""Two columns without a header that are longer and alike throughout are records of a table."""

_COLUMN_NAMES: Final = re.compile(
    r"codes?|desc(ription|riptor)?|comments?|notes?|remarks?|names?|types?|categor(y|ies)|group|class"
    r"|definition|meaning|explanation|label|title|units?|status|id|key|abbreviation|acronym|symbol"
    r"|term|text|country|region|department|role|field|source|bezeichnung|beschreibung|kommentar"
    r"|bemerkung|art|einheit|libellé|nom|descripción|nombre|código"
)
"""Words that call columns of texts; labels of a form are seldom both of two."""


def is_key_value(raster: Raster, tally: Tally, *, marked: bool, named: bool) -> bool:
    """Whether a box of two rows and columns at least holds labels with a value beside each.

    `marked` tells that its first row stands out, as the header of a table does, `named` that it
    names columns.
    """
    if tally.down > _MOST_ROWS or tally.across > _MOST_COLUMNS:
        return False
    if _is_form(raster, tally):
        return True
    if named:
        return False
    if tally.across == 2 and _is_pair(raster, tally, 0, 1, marked=marked):
        return True
    if _is_stated(raster, tally) or _has_sides(raster, tally, marked=marked):
        return True
    return tally.across > 2 and tally.across % 2 == 0 and _are_pairs(raster, tally, marked=marked)


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


def names_columns(raster: Raster, tally: Tally) -> bool:
    """Whether the first row of a box of texts names columns, as above a list of codes.

    A column of remarks may be blank below its name.
    """
    first = strings(raster, tally.text_of[0])
    if tally.down < 4 or tally.figures.any() or len(first) < tally.across:
        return False
    if any(text.endswith(_ENDS) for text in first) or len(set(first)) < len(first):
        return False
    blank = bool((tally.kinds[1:, 2:] == EMPTY).all(axis=0).any())
    words = [text.casefold().replace("_", " ").split()[-1:] for text in first]
    return blank or all(word and _COLUMN_NAMES.fullmatch(word[0]) for word in words)


def _is_stated(raster: Raster, tally: Tally) -> bool:
    """Whether each row states one figure: before its label, or after words that all rows have."""
    kinds, rows = tally.kinds, tally.down
    if rows > _RECORDS or tally.across > 3:
        return False
    if tally.figures[:, 0].all():
        values = raster.values[tally.rows, tally.columns[0]]
        counted = 2 * int((np.diff(values) == 1).sum()) >= rows - 1
        return tally.across == 2 and not counted and _are_worded(raster, tally, 1)
    if tally.across != 3 or rows < 3 or not tally.figures[:, 1].all():
        return False
    same = tally.text_of[:, 0]
    return bool((kinds[:, (0, 2)] == TEXT).all() and (same == same[0]).all() and same[0] >= 0)


def _are_worded(raster: Raster, tally: Tally, at: int) -> bool:
    """Whether a column holds texts only, which differ and mostly are of several words."""
    texts = strings(raster, tally.text_of[:, at])
    if len(texts) < tally.down or len(set(texts)) < len(texts):
        return False
    return 2 * sum(" " in text for text in texts) > len(texts)


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
    if marked or tally.across not in {3, 4} or not _are_labels(tally, 0):
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
