"""Blank columns that part tables which stand side by side, and those inside one table."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np

from tickmark.model.grid import CellKind
from tickmark.structure.regions.appearance import Mask
from tickmark.structure.regions.looks import bands, is_label_column, part
from tickmark.structure.regions.raster import Box, Raster

FARTHEST_LABELS: Final = 10
"""So many blank columns may stand between the names of rows and their numbers."""


def cut_by_columns(raster: Raster, box: Box) -> list[Box]:
    """The parts of a box that blank columns part; the box itself where they are in one table."""
    stretches = bands(np.asarray(part(raster.occupied, box).any(axis=0)))
    gaps = [after[0] - before[1] - 1 for before, after in pairwise(stretches)]
    widths = [last - first + 1 for first, last in stretches[1:]]
    regular = len(gaps) >= 2 and max(gaps) == 1 and max(widths) <= 2
    found = []
    left, right = stretches[0]
    for first, last in stretches[1:]:
        before = Box(box.top, box.left + left, box.bottom, box.left + right)
        after = Box(box.top, box.left + first, box.bottom, box.left + last)
        if not _continues_right(raster, before, after, regular=regular):
            found.append(before)
            left = first
        right = last
    return [*found, Box(box.top, box.left + left, box.bottom, box.left + right)]


def _continues_right(raster: Raster, before: Box, after: Box, *, regular: bool) -> bool:
    """Whether what stands right of blank columns belongs to the table left of them."""
    left, right = raster.fitted(before), raster.fitted(after)
    if left is None or right is None:
        return True
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
    kinds = part(raster.kinds, box)
    numbers = (kinds == CellKind.NUMBER).any(axis=1)
    return not numbers.any() or bool((kinds[numbers] == CellKind.TEXT).any())


def _follow_values(raster: Raster, left: Box, right: Box) -> bool:
    """Whether nearly each row with a value on the left has its label on the right, and no other."""
    top, bottom = min(left.top, right.top), max(left.bottom, right.bottom)
    values = part(raster.kinds, Box(top, left.left, bottom, left.right)) != CellKind.EMPTY
    labels = part(raster.kinds, Box(top, right.left, bottom, right.right)) == CellKind.TEXT
    with_value, with_label = values.any(axis=1), labels.any(axis=1)
    both = int((with_value & with_label).sum())
    return both >= 2 and both >= 0.8 * max(int(with_value.sum()), int(with_label.sum()))


def names_rows(raster: Raster, left: Box, right: Box) -> bool:
    """Whether what stands left holds the names of the rows of what stands right of it.

    The right part has no names or key of its own, and nearly all its rows with numbers have a text
    to the left, in whatever column, or the only column there is a key.
    """
    if is_label_column(raster, _body(raster, right)) or _has_key(raster, left, right):
        return False
    kinds = part(raster.kinds, right)
    plain = ((kinds == CellKind.NUMBER) & ~raster.years(right)).any(axis=1)
    if plain.sum() < min(2, left.height):
        return False
    beside = Box(right.top, left.left, right.bottom, left.right)
    named = _text_rows(raster, beside)
    if named[plain].mean() >= 0.8:
        first, last = np.flatnonzero(plain)[[0, -1]]
        figures = (part(raster.kinds, beside) == CellKind.NUMBER).any(axis=1)
        between = (named | figures)[first : last + 1]
        return bool(plain[first : last + 1].sum() >= 0.5 * between.sum())
    if left.width > 1:
        return False
    filled = part(raster.kinds, beside)[:, 0] != CellKind.EMPTY
    return bool(filled[plain].mean() >= 0.8 and _is_key(raster, beside))


def _body(raster: Raster, box: Box) -> Box:
    """A box from its first row with plain numbers on, where three rows at least have such."""
    plain = (part(raster.kinds, box) == CellKind.NUMBER) & ~raster.years(box)
    rows = np.flatnonzero(plain.any(axis=1))
    return Box(box.top + int(rows[0]), *box[1:]) if len(rows) >= 3 else box


def _text_rows(raster: Raster, box: Box) -> Mask:
    """For each row of a box, whether a text stands in it."""
    texts = (part(raster.kinds, box) == CellKind.TEXT) & ~part(raster.blank_like, box)
    return np.asarray(texts.any(axis=1), np.bool_)


def _is_column_more(raster: Raster, left: Box, right: Box, gap: int) -> bool:
    """Whether one column of figures stands right of a table, under a header in the table's row."""
    return bool(
        right.width == gap == 1
        and right.height >= 4
        and left.top <= right.top <= left.top + 3
        and right.bottom <= left.bottom
        and raster.kinds[right.top, right.left] == CellKind.TEXT
        and raster.occupied[right.top, left.left : left.right + 1].sum() >= 2
        and not is_label_column(raster, right)
    )


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
