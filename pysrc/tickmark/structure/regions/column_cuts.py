"""Blank columns that part tables which stand side by side, and those inside one table."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np

from tickmark.model.grid import CellKind
from tickmark.structure.regions.appearance import Mask
from tickmark.structure.regions.looks import bands, is_label_column, part, plain_numbers
from tickmark.structure.regions.raster import Box, Raster

FARTHEST_LABELS: Final = 10
"""So many blank columns may stand between the names of rows and their numbers."""

_MOST_COLUMNS: Final = 64


def cut_by_columns(raster: Raster, box: Box) -> list[Box]:
    """The parts of a box that blank columns part; the box itself where they are in one table."""
    stretches = bands(np.asarray(part(raster.occupied, box).any(axis=0)))
    gaps = [after[0] - before[1] - 1 for before, after in pairwise(stretches)]
    widths = [last - first + 1 for first, last in stretches[1:]]
    regular = len(gaps) >= 2 and max(gaps) == 1 and max(widths) <= 2
    found = []
    first, last = stretches[0]
    start, before = first, _fitted(raster, box, first, last)
    for first, last in stretches[1:]:
        after = _fitted(raster, box, first, last)
        if _continues_right(raster, before, after, regular=regular):
            before = before.around(after)
        else:
            found.append(Box(box.top, box.left + start, box.bottom, before.right))
            start, before = first, after
    return [*found, Box(box.top, box.left + start, box.bottom, before.right)]


def _fitted(raster: Raster, box: Box, first: int, last: int) -> Box:
    """Some columns of a box, without the empty rows above and below."""
    part_of = Box(box.top, box.left + first, box.bottom, box.left + last)
    return raster.fitted(part_of) or part_of


def _continues_right(raster: Raster, left: Box, right: Box, *, regular: bool) -> bool:
    """Whether what stands right of blank columns belongs to the table left of them."""
    gap = right.left - left.right - 1
    if _joined_by_merge(raster, left, right) or _is_column_more(raster, left, right, gap):
        return True
    if gap <= 2 and not _has_texts(raster, left) and _follow_values(raster, left, right):
        return True
    if gap <= FARTHEST_LABELS and names_rows(raster, left, right):
        return True
    short = max(3, 0.2 * (left.bottom - left.top))
    close = abs(left.top - right.top) <= 2 and -short <= right.bottom - left.bottom <= 1
    if gap <= 2 and close and _same_kinds(raster, left, right):
        return True
    aligned = abs(left.top - right.top) <= 1 and abs(left.bottom - right.bottom) <= 1
    single = right.width == 1 and gap == 1
    return not is_label_column(raster, right) and ((aligned and single) or (regular and close))


def _has_texts(raster: Raster, box: Box) -> bool:
    """Whether texts stand in the rows of a box that hold numbers, or no number does."""
    kinds = part(raster.kinds, _near(box))
    numbers = (kinds == CellKind.NUMBER).any(axis=1)
    return not numbers.any() or bool((kinds[numbers] == CellKind.TEXT).any())


def _near(box: Box) -> Box:
    """The last columns of a box, so that a table that grows is not read anew each time."""
    return Box(box.top, max(box.left, box.right - _MOST_COLUMNS), box.bottom, box.right)


def _follow_values(raster: Raster, left: Box, right: Box) -> bool:
    """Whether nearly each row with a value on the left has its label on the right, and no other."""
    top, bottom = min(left.top, right.top), max(left.bottom, right.bottom)
    near = _near(left)
    values = part(raster.kinds, Box(top, near.left, bottom, near.right)) != CellKind.EMPTY
    labels = part(raster.kinds, Box(top, right.left, bottom, right.right)) == CellKind.TEXT
    with_value, with_label = values.any(axis=1), labels.any(axis=1)
    both = int((with_value & with_label).sum())
    return both >= 2 and both >= 0.8 * max(int(with_value.sum()), int(with_label.sum()))


def names_rows(raster: Raster, left: Box, right: Box) -> bool:
    """Whether what stands left holds the names of the rows of what stands right of it.

    The right part has no names or key of its own, and nearly all its rows with numbers have a text
    to the left, in whatever column, or the only column there is a key.
    """
    plain = np.asarray(plain_numbers(raster, right).any(axis=1))
    if is_label_column(raster, _body(right, plain)) or _has_key(raster, left, right):
        return False
    kinds = part(raster.kinds, right)
    # In an empty form the row of totals may be the only one with numbers.
    empty = right.bottom == left.bottom and kinds[-1].any() and right.top <= left.top
    if plain.sum() < (1 if empty else min(2, left.height)):
        return False
    last = min(left.right, left.left + _MOST_COLUMNS)
    beside = Box(right.top, left.left, right.bottom, last)
    named = _text_rows(raster, beside)
    if named[plain].mean() >= 0.8:
        figures = np.asarray((part(raster.kinds, beside) == CellKind.NUMBER).any(axis=1))
        at = np.flatnonzero(plain)
        between = (named | figures)[at[0] : at[-1] + 1]
        return bool(plain.sum() >= 0.5 * between.sum())
    if left.width > 1:
        return False
    filled = part(raster.kinds, beside)[:, 0] != CellKind.EMPTY
    return bool(filled[plain].mean() >= 0.8 and _is_key(raster, beside))


def _body(box: Box, plain: Mask) -> Box:
    """A box from its first row with plain numbers on, where three rows at least have such."""
    rows = np.flatnonzero(plain)
    return Box(box.top + int(rows[0]), *box[1:]) if len(rows) >= 3 else box


def _text_rows(raster: Raster, box: Box) -> Mask:
    """For each row of a box, whether a text stands in it."""
    texts = (part(raster.kinds, box) == CellKind.TEXT) & ~part(raster.blank_like, box)
    return np.asarray(texts.any(axis=1), np.bool_)


def _is_column_more(raster: Raster, left: Box, right: Box, gap: int) -> bool:
    """Whether one column of figures stands right of a table, under a head beside the table's."""
    if right.width > 1 or gap > 2 or right.height < 4:
        return False
    if not left.top <= right.top <= left.top + 3 or right.bottom > left.bottom:
        return False
    kinds = raster.kinds[right.top : right.bottom + 1, right.left]
    numbers = np.flatnonzero(kinds == CellKind.NUMBER)
    if kinds[0] != CellKind.TEXT or not len(numbers):
        return False
    if (kinds[numbers[0] :] == CellKind.TEXT).sum() > len(numbers):
        return False
    first = _near(left).left + (left.width <= _MOST_COLUMNS)
    heads = Box(right.top, first, min(left.bottom, right.top + 2), left.right)
    return bool((part(raster.kinds, heads) == CellKind.TEXT).any())


def _same_kinds(raster: Raster, left: Box, right: Box) -> bool:
    """Whether the column before the gap holds the same kinds as the one after it, row by row."""
    if right.width > 2 or left.height < 3:
        return False
    rows = slice(min(left.top, right.top), max(left.bottom, right.bottom) + 1)
    before, after = raster.kinds[rows, left.right], raster.kinds[rows, right.left]
    seen = (before != CellKind.EMPTY) | (after != CellKind.EMPTY)
    return bool(seen.sum() >= 3 and (before == after)[seen].mean() >= 0.9)


def _has_key(raster: Raster, left: Box, right: Box) -> bool:
    """Whether the first column of what stands right names its own rows, or repeats the left key."""
    rows = slice(right.top, right.bottom + 1)
    if _is_key(raster, Box(right.top, right.left, right.bottom, right.left)):
        return True
    own, other = raster.values[rows, right.left], raster.values[rows, left.left]
    both = ~np.isnan(own) & ~np.isnan(other)
    return bool(both.sum() >= 3 and (own == other)[both].all())


def _is_key(raster: Raster, column: Box) -> bool:
    """Whether a column holds dates, or numbers in even steps."""
    kinds = part(raster.kinds, column)
    filled = kinds != CellKind.EMPTY
    if (kinds == CellKind.DATE).sum() >= max(2, 0.5 * filled.sum()):
        return True
    values = part(raster.values, column).ravel()
    values = values[~np.isnan(values)]
    if len(values) < 3 or values[0] == values[1]:
        return False
    # Steps between the largest numbers that there are have no number of their own.
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.ptp(np.diff(values)) == 0)


def _joined_by_merge(raster: Raster, left: Box, right: Box) -> bool:
    """Whether a merged header spans both, and not as a title over all of them."""
    numbers = set(raster.merge_of[left.top : left.bottom + 1, left.right].tolist()) - {0}
    for number in numbers:
        merge = raster.merges[number - 1]
        if merge.right < right.left:
            continue
        first = min(left.top, right.top)
        title = merge.top == first and merge.left <= left.left and merge.right >= right.right
        if not title:
            return True
    return False
