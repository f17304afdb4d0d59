"""Rows where a table begins: headers over what follows them."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.grid import CellKind
from tickmark.structure.regions.appearance import Mask
from tickmark.structure.regions.looks import (
    NUMBERS,
    Profile,
    part,
    plain_numbers,
    profile_of,
    signature,
)
from tickmark.structure.regions.raster import Box, Raster

_DEEPEST_HEADER: Final = 6
_SAMPLE: Final = 8
_TITLES: Final = 4
_MOST_ROWS: Final = 64


def starts_table(raster: Raster, box: Box, *, after_title: bool = True) -> bool:
    """Whether the first rows of a box are the header of what follows in it.

    With `after_title` the first row may also be a title over such a header.
    """
    profile = profile_of(raster, Box(box.top, box.left, min(box.bottom, box.top + 24), box.right))
    if _header_rows(raster, box, profile, 0):
        return True
    if not after_title or box.height < 3 or profile.parts[0] > 2 or profile.plain[0]:
        return False
    first = 1
    while first < min(_TITLES, len(profile.parts) - 2) and profile.parts[first] <= 1:
        if profile.plain[first]:
            return False
        first += 1
    return bool(_header_rows(raster, box, profile, first))


def is_marked(raster: Raster, box: Box) -> bool:
    """Whether the first row of a box is bold or filled, and what follows is not."""
    return box.height > 1 and _is_bold_over(raster, box, 0, 1)


def _header_rows(raster: Raster, box: Box, profile: Profile, first: int) -> int:
    """How many rows of texts, years and dates from a row on head the numbers below; 0 for none."""
    rows = len(profile.parts)
    if first >= rows - 1:
        return 0
    if profile.plain[first]:
        return int(_is_run_over(raster, box, box.top + first))
    data = first + 1
    while data < rows and not profile.plain[data] and data - first <= _DEEPEST_HEADER:
        data += 1
    below = Box(box.top + data, box.left, box.bottom, box.right)
    numeric = _numeric(raster, below) if data < rows else np.zeros(box.width, np.bool_)
    if data < rows and _recurs(raster, box, box.top + first):
        return 0
    if not numeric.any():
        return _bold_header(raster, box, profile, first)
    over = np.zeros(box.width, np.bool_)
    for row in range(first, data):
        over |= _heading(raster, box, box.top + row)
    both = int((over & numeric).sum())
    lone = numeric.sum() == 1 and both == 1 and over.sum() <= 3
    marked = lone and _is_bold_over(raster, box, first, data)
    return data - first if marked or both >= max(2, 0.5 * numeric.sum()) else 0


def _recurs(raster: Raster, box: Box, row: int) -> bool:
    """Whether rows further down hold the same kinds of values as a row, so that it is data."""
    below = Box(row + 1, box.left, min(box.bottom, row + 3 * _SAMPLE), box.right)
    kinds = _kinds(raster, Box(row, box.left, row, box.right))[0]
    numbers = part(raster.kinds, below) == CellKind.NUMBER
    if not numbers.any():
        return False
    same = (_kinds(raster, below) == kinds).all(axis=1)
    return bool(same.mean() > 0.15 and same.sum() >= 2)


def _kinds(raster: Raster, box: Box) -> npt.NDArray[np.uint8]:
    """The kinds of a box with years as dates."""
    return np.where(raster.years(box), np.uint8(CellKind.DATE), part(raster.kinds, box))


def _is_run_over(raster: Raster, box: Box, row: int) -> bool:
    """Whether the numbers of a row go up in even steps, as 1, 2, 3, and those below do not."""
    own = raster.values[row, box.left : box.right + 1]
    below = raster.values[row + 1, box.left : box.right + 1]
    return _goes_up(own) and not _goes_up(below) and bool((~np.isnan(below)).sum() >= 2)


def _goes_up(values: npt.NDArray[np.float64]) -> bool:
    known = values[~np.isnan(values)]
    if len(known) < 3 or (known % 1 != 0).any():
        return False
    steps = np.diff(known)
    return bool(steps[0] > 0 and (steps == steps[0]).all())


def _bold_header(raster: Raster, box: Box, profile: Profile, first: int) -> int:
    """A bold row of two texts at least over texts that are not bold."""
    row = box.top + first
    texts = raster.kinds[row, box.left : box.right + 1] == CellKind.TEXT
    if texts.sum() < 2 or profile.parts[first] < 2:
        return 0
    return int(_is_bold_over(raster, box, first, first + 1))


def _is_bold_over(raster: Raster, box: Box, first: int, data: int) -> bool:
    """Whether the row is bold or filled and the next rows of data are not."""
    row = box.top + first
    seen = raster.kinds[row, box.left : box.right + 1] != CellKind.EMPTY
    below = Box(box.top + data, box.left, min(box.bottom, box.top + data + 2), box.right)
    filled = part(raster.kinds, below) != CellKind.EMPTY
    for mark in (raster.bold, raster.filled, raster.bordered):
        head = mark[row, box.left : box.right + 1] & seen
        rest = float((part(mark, below) & filled).mean())
        if head.sum() == seen.sum() and rest <= 0.25:
            return True
    return False


def _numeric(raster: Raster, box: Box) -> Mask:
    """The columns of a box whose first rows hold numbers mostly."""
    head = Box(box.top, box.left, min(box.bottom, box.top + _SAMPLE), box.right)
    return np.asarray(signature(raster, head) == NUMBERS, np.bool_)


def _heading(raster: Raster, box: Box, row: int) -> Mask:
    """The columns whose cell in a row is a text, a date or a year, merges spread over theirs."""
    kinds = raster.kinds[row, box.left : box.right + 1]
    years = raster.years(Box(row, box.left, row, box.right))[0]
    texts = (kinds == CellKind.TEXT) & ~raster.blank_like[row, box.left : box.right + 1]
    heads = texts | (kinds == CellKind.DATE) | years
    return np.asarray(heads | (raster.merge_of[row, box.left : box.right + 1] > 0), np.bool_)


def inner_starts(raster: Raster, box: Box) -> list[int]:
    """Rows inside a box where another table begins without a blank row before it.

    There a full row of texts stands over numbers, and above it are numbers in the same columns, or
    rows that use few of them. A row that writes the first header anew is none.
    """
    if box.height < 4 or box.width < 3:
        return []
    profile = profile_of(raster, box)
    full = profile.texts >= np.maximum(3, 0.75 * box.width)
    near = np.zeros(box.height, np.bool_)
    near[:-1] |= profile.plain[1:] > 0
    near[:-2] |= profile.plain[2:] > 0
    candidates = np.flatnonzero(full & (profile.plain == 0) & near)
    found: list[int] = []
    for at in candidates[candidates > 0].tolist():
        first = box.top + (found[-1] - box.top if found else 0)
        row = box.top + at
        above = Box(max(first, row - _MOST_ROWS), box.left, row - 1, box.right)
        top = Box(first, box.left, row - 1, box.right)
        if _follows_another(raster, box, above, row) and not _same_texts(raster, box, row, top):
            title = at >= 1 and profile.parts[at - 1] == 1 and profile.texts[at - 1] == 1
            start = row - 1 if title and row - 1 > first else row
            found.append(start)
        if len(found) >= 64:
            break
    return found


def _follows_another(raster: Raster, box: Box, above: Box, row: int) -> bool:
    below = Box(row + 1, box.left, box.bottom, box.right)
    numeric = _numeric(raster, below)
    texts = raster.kinds[row, box.left : box.right + 1] == CellKind.TEXT
    if numeric.sum() == 0 or (texts & numeric).sum() < 0.75 * numeric.sum():
        return False
    seen = part(raster.occupied, above)
    plain = plain_numbers(raster, above)
    used = seen.any(axis=0)
    if used.sum() <= 0.5 * box.width:
        groups = seen.sum(axis=1).max() >= 2 and not seen[:, 0].any() and not plain.any()
        return bool(seen.sum() >= 2 and not groups)
    columns = int((plain.any(axis=0) & numeric).sum())
    return bool(columns >= max(2, 0.5 * numeric.sum()))


def _same_texts(raster: Raster, box: Box, row: int, above: Box) -> bool:
    """Whether one of the first rows above reads like the row."""
    own = raster.text_of[row, box.left : box.right + 1]
    rows = range(above.top, min(above.bottom + 1, above.top + _DEEPEST_HEADER))
    return any(np.mean(raster.text_of[one, box.left : box.right + 1] == own) >= 0.8 for one in rows)
