"""Trims titles above and notes below from the box of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tickmark.model.grid import CellKind
from tickmark.structure.regions.appearance import Mask
from tickmark.structure.regions.looks import heads, part, parts_in_row, plain_numbers, profile_of
from tickmark.structure.regions.raster import Box, Raster
from tickmark.structure.regions.starts import starts_table

_MOST_NOTES: Final = 60
_NOTE_BEGINS: Final = ("*", "[", "(", "source", "note")


@dataclass(frozen=True, slots=True)
class Trimmed:
    """A box, and the boxes that were trimmed above and below it."""

    box: Box
    above: tuple[Box, ...] = ()
    below: tuple[Box, ...] = ()


def trimmed(raster: Raster, box: Box) -> Trimmed:
    """A box without the titles above and the notes below it."""
    top, bottom = _first_row(raster, box), box.bottom
    inner = _inner_header(raster, Box(top, box.left, bottom, box.right))
    if inner is not None:
        top = inner
    if part(raster.occupied, Box(top, box.left, bottom, box.right)).any(axis=0).sum() >= 3:
        bottom = max(top, _last_row(raster, Box(top, box.left, bottom, box.right)))
    core = raster.fitted(Box(top, box.left, bottom, box.right))
    if core is None:
        return Trimmed(box)
    above = raster.fitted(Box(box.top, box.left, top - 1, box.right)) if top > box.top else None
    below = (
        raster.fitted(Box(bottom + 1, box.left, box.bottom, box.right))
        if bottom < box.bottom
        else None
    )
    return Trimmed(core, (above,) if above else (), (below,) if below else ())


def _first_row(raster: Raster, box: Box) -> int:
    top = box.top
    while top < box.bottom and _is_title(raster, Box(top, box.left, box.bottom, box.right)):
        top += 1
    return top


def _is_title(raster: Raster, box: Box) -> bool:
    """Whether the first row of a box is a title, or empty."""
    row = box.top
    seen = raster.occupied[row, box.left : box.right + 1]
    count = int(seen.sum())
    if count == 0 or (count == 1 and _is_day_above_header(raster, box)):
        return True
    texts = int((raster.kinds[row, box.left : box.right + 1] == CellKind.TEXT).sum())
    parts = parts_in_row(raster, box, row)
    rest = Box(row + 1, box.left, box.bottom, box.right)
    wide = any(
        merge.left <= box.left + 1 and merge.right - merge.left + 1 >= 0.75 * box.width
        for merge in _merges_at(raster, box, row)
    )
    alone = parts == 1 and texts == 1 and (wide or count == 1)
    if alone and part(raster.occupied, rest).any(axis=0).sum() >= 2:
        column = box.left + int(np.flatnonzero(seen)[0])
        lone = not wide and column > box.left
        if lone and _is_stacked(raster, box, row, column):
            return False
        over_data = lone and bool(raster.occupied[row + 1 : box.bottom + 1, box.left].any())
        return not over_data or starts_table(raster, rest)
    if count == 2 and _are_group_heads(raster, box, row, seen):
        return False
    if count <= 2 and box.width >= 5 and row + 1 < box.bottom and texts == count == parts:
        after = raster.occupied[row + 1 : row + 3, box.left : box.right + 1].sum(axis=1)
        grouped = any(
            merge.left >= box.left and merge.left < merge.right <= box.right
            for merge in _merges_at(raster, box, row)
        )
        return int(after.max()) >= 0.75 * box.width and not grouped
    return False


def _is_day_above_header(raster: Raster, box: Box) -> bool:
    """Whether a box begins with a date, as of which the table below it is."""
    rest = Box(box.top + 1, box.left, box.bottom, box.right)
    dated = raster.kinds[box.top, box.left] == CellKind.DATE and box.width >= 3
    return bool(dated and starts_table(raster, rest))


def _is_stacked(raster: Raster, box: Box, row: int, column: int) -> bool:
    """Whether a short text stands right on the header below it, as its first line."""
    text = raster.text(row, column).strip()
    below = raster.kinds[row + 1, column] == CellKind.TEXT
    before = raster.occupied[row + 1, box.left : column]
    return bool(below and before.any() and len(text) <= 16)


def _are_group_heads(raster: Raster, box: Box, row: int, seen: Mask) -> bool:
    """Whether two short texts stand over groups of the headers right below them."""
    first, second = (box.left + np.flatnonzero(seen)).tolist()
    texts = [raster.text(row, column).strip() for column in (first, second)]
    below = row + 1
    if below < box.bottom and not raster.occupied[below, box.left : box.right + 1].any():
        below += 1
    under = [raster.kinds[below, column] == CellKind.TEXT for column in (first, second)]
    short = all(0 < len(text) <= 24 for text in texts)
    return short and all(under) and second < box.right and second - first >= 2


def _merges_at(raster: Raster, box: Box, row: int) -> list[Box]:
    """The merges that begin in a row of a box."""
    found = raster.merges_in(Box(row, box.left, row, box.right))
    return [merge for merge in found if merge.top == row]


def _inner_header(raster: Raster, box: Box) -> int | None:
    """A full row of texts below a few rows of numbers: the table begins there."""
    if box.width < 3:
        return None
    for row in range(box.top + 1, min(box.top + 6, box.bottom - 3)):
        texts = raster.kinds[row, box.left : box.right + 1] == CellKind.TEXT
        over = Box(box.top, box.left, row - 1, box.right)
        if (
            texts.mean() >= 0.9
            and plain_numbers(raster, over).sum() >= 2
            and heads(raster, box, row)
            and not heads(raster, Box(box.top, box.left, row - 1, box.right), box.top)
        ):
            return row
    return None


def _last_row(raster: Raster, box: Box) -> int:
    """The last row above the notes at the end of a box.

    Lone texts in the first column may be the names of empty rows. From the first on that is long,
    begins like a note or follows a blank row, all of them are notes.
    """
    first = max(box.top + 1, box.bottom - _MOST_NOTES)
    tail = Box(first, box.left, box.bottom, box.right)
    parts = profile_of(raster, tail).parts
    seen = np.asarray(part(raster.occupied, tail).any(axis=1))
    texts = raster.kinds[first : box.bottom + 1, box.left] == CellKind.TEXT
    single = (parts == 1) & texts
    run = len(parts)
    while run > 0 and (single[run - 1] or not seen[run - 1]):
        run -= 1
    if first + run - box.top < 3 <= len(parts) - run:
        return box.bottom  # names of rows that are still empty
    for at in range(run, len(parts)):
        after_blank = at > 0 and not seen[at - 1]
        if single[at] and (after_blank or _begins_note(raster.text(first + at, box.left))):
            return first + at - 1
    return box.bottom


def _begins_note(text: str) -> bool:
    text = text.strip().lower()
    return len(text) > 25 or text.startswith(_NOTE_BEGINS)
