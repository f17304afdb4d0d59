"""Blank rows that part tables which stand below each other, and those inside one table."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.grid import CellKind
from tickmark.structure.regions.appearance import Mask
from tickmark.structure.regions.islands import ROW_GAP
from tickmark.structure.regions.looks import NUMBERS, bands, only_heads, part, profile_of, signature
from tickmark.structure.regions.raster import Box, Raster
from tickmark.structure.regions.starts import inner_starts, is_marked, starts_table

_SAMPLE: Final = 8
_MOST_ROWS: Final = 64


def cut_by_rows(raster: Raster, box: Box) -> list[Box]:
    """The parts of a box that blank rows part; the box itself where they are in one table."""
    stretches = _stretches(raster, box)
    found = []
    above = stretches[0]
    at = 1
    while at < len(stretches):
        end = at
        while end + 1 < len(stretches) and _is_head(raster, above, stretches[end]):
            end += 1
        heads, below = stretches[at:end], stretches[end]
        if heads and _continues_past(raster, above, heads[-1], below, box.bottom):
            above = above.around(below)
            at = end + 1
            continue
        if not heads and _continues_below(raster, above, below, box.bottom):
            above = above.around(below)
        else:
            found.append(above)
            above = stretches[at]
        at += 1
    return [*found, above]


def cut_by_headers(raster: Raster, box: Box) -> list[Box]:
    """The parts of a box that begin with a header of their own, without blank rows between."""
    starts = [box.top, *inner_starts(raster, box)]
    ends = [*(start - 1 for start in starts[1:]), box.bottom]
    return [Box(start, box.left, end, box.right) for start, end in zip(starts, ends, strict=True)]


def _is_head(raster: Raster, above: Box, below: Box) -> bool:
    """Whether a stretch of rows names what follows it."""
    return (
        _is_banner(raster, below)
        or _is_section(raster, above, below)
        or _names_empty_rows(raster, above, below)
    )


def _continues_past(raster: Raster, above: Box, head: Box, following: Box, last: int) -> bool:
    """Whether a head and what follows it belong to the table above; else it heads a new one."""
    if starts_table(raster, following):
        own = is_marked(raster, following) or repeats_header(raster, above, following)
        same = above.height >= 3 and alike(raster, above, following)
        return same and not own and _is_banner(raster, head)
    return _continues_below(raster, above.around(head), following, last)


def _stretches(raster: Raster, box: Box) -> list[Box]:
    """The rows of a box between blank rows, and each row that is one wide merge."""
    found = []
    for top, bottom in bands(np.asarray(part(raster.occupied, box).any(axis=1))):
        rows = Box(box.top + top, box.left, box.top + bottom, box.right)
        start = rows.top
        for row in _banners(raster, rows):
            if row > start:
                found.append(Box(start, box.left, row - 1, box.right))
            found.append(Box(row, box.left, row, box.right))
            start = row + 1
        if start <= rows.bottom:
            found.append(Box(start, box.left, rows.bottom, box.right))
    return found


def _banners(raster: Raster, box: Box) -> list[int]:
    """The rows of a box that are one merge, nearly as wide as the box."""
    least = max(4, 0.75 * box.width)
    wide = [
        merge.top
        for merge in raster.merges_in(box)
        if merge.top == merge.bottom
        and merge.left >= box.left
        and merge.right <= box.right
        and merge.width >= least
    ]
    return sorted(set(wide))


def _is_banner(raster: Raster, box: Box) -> bool:
    return box.height == 1 and bool(_banners(raster, box))


def _continues_below(raster: Raster, above: Box, below: Box, last: int) -> bool:
    """Whether what stands below blank rows belongs to the table above them."""
    if below.top - above.bottom - 1 > 2 * ROW_GAP + 1:
        return False
    if _heads_over_blank(raster, above, below, last) or _groups_heads(raster, above, below):
        return True
    if _is_title(raster, above) or _is_apart(raster, above, below, last):
        return False
    if starts_table(raster, below) or _is_titled_pairs(raster, above, below):
        return False
    if _waits_for_data(raster, above):
        return True
    return alike(raster, above, below) and not repeats_header(raster, above, below)


def _is_title(raster: Raster, box: Box) -> bool:
    """Whether no row of a box has more than one cell, and none is a number."""
    top = _top(box)
    numbers = part(raster.kinds, top) == CellKind.NUMBER
    return profile_of(raster, top).parts.max() <= 1 and not numbers.any()


def _is_apart(raster: Raster, above: Box, below: Box, last: int) -> bool:
    """Whether two boxes are too unlike in width, or the lower one is a remark at the end."""
    lower = part(raster.occupied, below)
    wide, narrow = int(_columns(raster, above).sum()), int(lower.any(axis=0).sum())
    lone = below.height == 1 and lower.sum() <= 1 and wide >= 3
    if lone and below.bottom == last and (part(raster.kinds, below) == CellKind.TEXT).any():
        return True
    pairs_below = wide >= 5 and narrow <= max(2, 0.2 * wide) and below.height > 1
    return pairs_below or (narrow >= 5 and wide <= narrow / 3)


def _is_titled_pairs(raster: Raster, above: Box, below: Box) -> bool:
    """Whether pairs of label and value stand below others, under a title of their own."""
    if _columns(raster, above).sum() > 2 or below.height < 2 or starts_table(raster, above):
        return False
    first = Box(below.top, below.left, below.top, below.right)
    alone = profile_of(raster, first).parts[0] == 1
    return bool(alone and (part(raster.kinds, first) == CellKind.TEXT).any())


def _top(box: Box) -> Box:
    """The first rows of a box: a table that grows part by part is not read anew each time."""
    return Box(box.top, box.left, min(box.bottom, box.top + _MOST_ROWS), box.right)


def _bottom(box: Box) -> Box:
    """The last rows of a box."""
    return Box(max(box.top, box.bottom - _MOST_ROWS), box.left, box.bottom, box.right)


def _columns(raster: Raster, box: Box) -> Mask:
    """The columns of a box that are used in its first or last rows."""
    first, last = (part(raster.occupied, one).any(axis=0) for one in (_top(box), _bottom(box)))
    return np.asarray(first | last, np.bool_)


def _waits_for_data(raster: Raster, above: Box) -> bool:
    """Whether a header stands at the top of a box and no number below it."""
    if not 3 <= above.height <= _MOST_ROWS or (profile_of(raster, above).plain > 0).any():
        return False
    row = raster.occupied[above.top, above.left : above.right + 1]
    first = raster.kinds[above.top, above.left : above.right + 1] != CellKind.EMPTY
    texts = (part(raster.kinds, above) == CellKind.TEXT).sum(axis=0)
    if first.sum() >= 2 and row.sum() >= 2 and (texts[first] == 1).all():
        return True
    return _names_only(raster, above)


def _names_only(raster: Raster, box: Box) -> bool:
    """Whether nothing but names in one column stands below a header of a few rows."""
    several = profile_of(raster, box).parts > 1
    if not several.any():
        return False
    rows = len(several) - int(np.argmax(several[::-1]))
    rest = Box(box.top + rows, box.left, box.bottom, box.right)
    if rows > 5 or rest.height < 2:
        return False
    names = (part(raster.kinds, rest) == CellKind.TEXT).sum()
    return bool(part(raster.occupied, rest).any(axis=0).sum() == 1 and names >= 2)


def repeats_header(raster: Raster, above: Box, below: Box) -> bool:
    """Whether the first row below reads like one of the first rows above; numbers are in none."""
    words = _words(raster, Box(below.top, above.left, below.top, above.right))
    if (words > 0).sum() >= 3:
        words = np.maximum(words, 0)  # of a line of years the label may differ
    seen = int(raster.occupied[below.top, above.left : above.right + 1].sum())
    if (words != 0).sum() < max(2, seen - 2 * bool((words > 0).any())):
        return False
    for row in range(above.top, min(above.bottom, above.top + 3) + 1):
        one = Box(row, above.left, row, above.right)
        same = int(((_words(raster, one) == words) & (words != 0)).sum())
        if not profile_of(raster, one).plain[0] and same >= max(2, 0.6 * (words != 0).sum()):
            return True
    return False


def _words(raster: Raster, row: Box) -> npt.NDArray[np.float64]:
    """For each cell of a row its text by number, its year, or 0."""
    texts = np.where(part(raster.blank_like, row)[0], -1, part(raster.text_of, row)[0])
    years = np.where(raster.years(row)[0], part(raster.values, row)[0], 0)
    return np.where(texts >= 0, -1.0 - texts, years)


def _names_empty_rows(raster: Raster, above: Box, below: Box) -> bool:
    """Whether a stretch has nothing but names, in the column of those of the table above."""
    at = np.flatnonzero(part(raster.occupied, below).any(axis=0))
    left = above.left + int(at[0])
    tail = _bottom(above)
    names = raster.kinds[tail.top : tail.bottom + 1, left] == CellKind.TEXT
    own = part(raster.kinds, below)
    return bool(
        len(at) == 1
        and not (own == CellKind.NUMBER).any()
        and (own == CellKind.TEXT).sum() >= 2
        and names.sum() >= 2
        and (part(raster.kinds, tail) == CellKind.NUMBER).any()
    )


def _is_section(raster: Raster, above: Box, below: Box) -> bool:
    """Whether labels stand below a table in its first column, as heads of what follows."""
    lower = part(raster.occupied, below)
    at = np.flatnonzero(lower.any(axis=0))
    first = int(np.flatnonzero(_columns(raster, above))[0])
    texts = part(raster.kinds, below) == CellKind.TEXT
    return bool(
        below.height <= 2
        and len(at) == 1
        and at[0] <= first + 1
        and texts.any()
        and starts_table(raster, above)
    )


def _heads_over_blank(raster: Raster, above: Box, below: Box, last: int) -> bool:
    """Whether blank rows stand between a header and its data, which may be interrupted itself."""
    if above.height > 8:
        return False
    upper = part(raster.occupied, above)
    while len(upper) > 1 and upper[-1].sum() == 1 and upper[-1, 0]:
        upper = upper[:-1]  # a section of what follows
    columns = upper.any(axis=0)
    if columns.sum() < 2 or upper[-1].sum() < 2:
        return False
    if not only_heads(raster, above) or starts_table(raster, below, after_title=False):
        return False
    own = part(raster.occupied, below).any(axis=0)
    both = (columns & own).sum()
    if not only_heads(raster, below) and both >= max(0.6 * own.sum(), 0.4 * columns.sum()):
        return True
    rest = Box(below.top, below.left, min(last, below.top + 3 * _SAMPLE), below.right)
    numeric = signature(raster, rest) == NUMBERS
    return bool(
        numeric.sum() >= 2
        and (columns & numeric).sum() >= 0.75 * numeric.sum()
        and not any(
            starts_table(raster, Box(row, rest.left, rest.bottom, rest.right), after_title=False)
            for row in range(rest.top, min(rest.top + _SAMPLE, rest.bottom))
        )
    )


def _groups_heads(raster: Raster, above: Box, below: Box) -> bool:
    """Whether a row or two of group heads stand over the heads that the rows below begin with."""
    if above.height > 2 or below.top - above.bottom > 2:
        return False
    columns = np.asarray(part(raster.occupied, above).any(axis=0))
    profile = profile_of(raster, above)
    if profile.parts.max() < 2:
        return False
    if not only_heads(raster, above) or (columns[0] and columns.sum() < 3):
        return False
    top = Box(below.top, below.left, min(below.bottom, below.top + _SAMPLE), below.right)
    plain = profile_of(raster, top).plain > 0
    rows = int(np.argmax(plain)) if plain.any() else 0
    heads = Box(below.top, below.left, below.top + rows - 1, below.right)
    if not 1 <= rows <= 6 or not only_heads(raster, heads):
        return False
    own = part(raster.occupied, heads).any(axis=0)
    under = (columns & own).sum() >= 0.6 * columns.sum()
    return bool(under and own.sum() > profile.parts.max())


def alike(raster: Raster, above: Box, below: Box) -> bool:
    """Whether the columns of two boxes hold the same kinds of values."""
    tail = Box(max(above.top, above.bottom - _SAMPLE), above.left, above.bottom, above.right)
    head = Box(below.top, below.left, min(below.bottom, below.top + _SAMPLE), below.right)
    upper, lower = signature(raster, tail, data=True), signature(raster, head, data=True)
    both = (upper > 0) & (lower > 0)
    if both.sum() < 2:
        return False
    least = max(1, min(int((upper > 0).sum()), int((lower > 0).sum())))
    return bool((upper == lower)[both].mean() >= 0.7 and both.sum() >= 0.6 * least)
