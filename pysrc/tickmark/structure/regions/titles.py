"""Titles: texts that name the regions below or beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.region import Role
from tickmark.structure.regions.appearance import Mask
from tickmark.structure.regions.kinds import EMPTY, TEXT
from tickmark.structure.regions.parts import Owners, Part, owners_in
from tickmark.structure.regions.prose import is_remark, is_running_text
from tickmark.structure.regions.raster import Box, Raster
from tickmark.structure.regions.stacks import LONGEST_TITLE

LONGEST_NAME: Final = 80

_BODIES: Final = frozenset({Role.TABLE, Role.KEY_VALUE, Role.LIST})
_REACH: Final = 3
_HOPS: Final = 4
_ROWS: Final = 3
_BESIDE: Final = 2


@dataclass(frozen=True, slots=True)
class Titles:
    """Which parts are titles, by number, and what they name.

    `of` has the title of a part, `between` the part that is named across a note.
    """

    parts: frozenset[int] = frozenset()
    of: Mapping[int, int] = field(default_factory=dict)
    between: Mapping[int, int] = field(default_factory=dict)


def titles_of(raster: Raster, parts: Sequence[Part], owners: Owners) -> Titles:
    """The titles among the parts of a raster.

    A title stands at most two blank rows above what it names, notes and other titles between them
    aside, and begins at its left edge or before, or stands left of its first row. Of several the
    nearest one names it, a bold one before others on a sheet of one table. A title of the sheet
    over several tables names none.
    """
    titles = {number for number, part in enumerate(parts) if part.role is Role.TITLE}
    named: dict[int, list[int]] = {}
    between: dict[int, int] = {}
    for number in _candidates(raster, parts, owners):
        body, notes = _named(raster, parts, owners, number)
        if body is None:
            continue
        titles.add(number)
        named.setdefault(body, []).append(number)
        between.update(dict.fromkeys(notes, body))
    titles |= _at_top(raster, parts)
    tables = [number for number, part in enumerate(parts) if part.role is Role.TABLE]
    untitled = [
        number for number in tables if number not in named and parts[number].box.height > _ROWS - 1
    ]
    of: dict[int, int] = {}
    for body, found in named.items():
        nearest = max(found, key=lambda one: parts[one].box.bottom)
        bold = [one for one in found if _is_bold(raster, parts[one].box)]
        if len(tables) == 1 and bold and nearest not in bold:
            nearest = max(bold, key=lambda one: parts[one].box.bottom)
        if not _is_of_sheet(parts, untitled, body, nearest):
            of[body] = nearest
    return Titles(
        frozenset(titles), of, {note: at for note, at in between.items() if note not in titles}
    )


def name_of(raster: Raster, box: Box) -> str:
    """The first text of a title, on one line and at most 80 characters."""
    places = np.argwhere(raster.text_of[box.top : box.bottom + 1, box.left : box.right + 1] >= 0)
    for row, column in places[:16].tolist():
        text = " ".join(raster.text(box.top + row, box.left + column)[:1000].split())
        if text:
            return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1].rstrip() + "…"
    return ""


def _candidates(raster: Raster, parts: Sequence[Part], owners: Owners) -> Iterator[int]:
    """Parts that may name another one, in reading order."""
    if len(parts) < 2:
        return
    named = np.array([False, *(part.role in _BODIES or part.role is Role.NOTES for part in parts)])
    boxes = np.array([part.box for part in parts], np.int64).reshape(-1, 4)
    near = np.zeros(len(parts), np.bool_)
    # Most parts of a large sheet may be single cells with nothing near them.
    for _ in range(_HOPS):
        before = int(near.sum())
        near |= _over(owners, boxes, named)
        named[1:] |= near
        if int(near.sum()) == before:
            break
    near |= boxes[:, 3] > boxes[:, 1]
    for number in np.flatnonzero(near).tolist():
        if _may_name(raster, parts[number]):
            yield number


def _over(owners: Owners, boxes: npt.NDArray[np.int64], named: Mask) -> Mask:
    """The boxes with one of some parts at most two blank rows below or two columns beside them."""
    near = np.zeros(len(boxes), np.bool_)
    for down in range(_REACH + 1):
        for right in range(_BESIDE + 1):
            if down or right:
                rows, columns = boxes[:, 2] + down, boxes[:, 1] + right
                inside = np.flatnonzero((rows < owners.shape[0]) & (columns < owners.shape[1]))
                near[inside] |= named[owners[rows[inside], columns[inside]]]
    return near


def _may_name(raster: Raster, part: Part) -> bool:
    """Whether a part holds short texts only, one in each of at most three rows.

    A single long text may be a title where it is bold.
    """
    box = part.box
    if part.role is Role.TITLE:
        return True
    if part.role in {Role.TABLE, Role.KEY_VALUE} or box.height > _ROWS:
        return False
    kinds = raster.kinds[box.top : box.bottom + 1, box.left : box.right + 1]
    seen = kinds != EMPTY
    if not seen.any() or (kinds[seen] != TEXT).any() or seen.sum(axis=1).max() > 1:
        return False
    inside = raster.text_of[box.top : box.bottom + 1, box.left : box.right + 1]
    texts = [raster.texts[at].strip() for at in inside[inside >= 0].tolist()]
    if part.role is Role.NOTES:
        short = len(texts[0]) < LONGEST_TITLE and not is_remark(texts[0])
        return len(texts) == 1 and short and _is_bold(raster, box)
    return all(map(_is_name, texts))


def _is_name(text: str) -> bool:
    short = len(text) <= LONGEST_TITLE and not is_running_text(text)
    return short and any(letter.isalpha() for letter in text)


def _is_bold(raster: Raster, box: Box) -> bool:
    seen = raster.kinds[box.top, box.left : box.right + 1] != EMPTY
    return bool((raster.bold[box.top, box.left : box.right + 1] & seen).any())


def _named(
    raster: Raster, parts: Sequence[Part], owners: Owners, number: int
) -> tuple[int | None, list[int]]:
    """The part that a candidate names, and the notes between them."""
    box = parts[number].box
    notes: list[int] = []
    bottom = box.bottom
    for _ in range(_HOPS):
        rows = list(owners_in(owners, bottom + 1, box.left, bottom + _REACH, box.right + _BESIDE))
        nearest = next((row for row in rows if row), [])
        if not nearest:
            break
        bodies = [one for one in nearest if parts[one].role in _BODIES]
        if bodies:
            fits = _fits(parts, owners, number, bodies[0])
            return (bodies[0] if fits else None), notes
        other = parts[nearest[0]]
        if other.role is Role.NOTES:
            notes.append(nearest[0])
        elif not _stands_over(raster, parts[number], other):
            break
        bottom = other.box.bottom
    return _beside(parts, owners, number), []


def _stands_over(raster: Raster, part: Part, other: Part) -> bool:
    """Whether a candidate is the heading of another one: bold, merged, or right above it."""
    if not _may_name(raster, other):
        return False
    near = part.box.bottom + 1 == other.box.top
    heads = part.role is Role.TITLE or part.box.width > 2 or _is_bold(raster, part.box)
    return near or heads


def _fits(parts: Sequence[Part], owners: Owners, number: int, body: int) -> bool:
    """Whether a title may be that of a body below it.

    It begins at its left edge or before, spans half of it, or stands above it alone; it stands over
    no second table. Two texts above a list of texts are items of a list as well.
    """
    title, box = parts[number].box, parts[body].box
    if parts[body].role is Role.LIST:
        item = title.height > 1 and parts[number].role is not Role.TITLE
        if item or box.left > title.right:
            return False
    if title.width > 1:
        rows = owners_in(owners, box.top, title.left, box.top + _REACH, title.right)
        tables = {one for row in rows for one in row if parts[one].role is Role.TABLE}
        if len(tables) > 1:
            return False
    if title.left <= box.left or title.width >= 0.5 * box.width:
        return True
    beside = owners[title.top, box.left : box.right + 1]
    alone = not ((beside > 0) & (beside != number + 1)).any()
    return alone and title.bottom + 1 < box.top


def _beside(parts: Sequence[Part], owners: Owners, number: int) -> int | None:
    """The table whose first row stands right of a single cell."""
    box = parts[number].box
    if box.height > 1:
        return None
    for row in owners_in(owners, box.top, box.right + 1, box.top, box.right + _BESIDE):
        for one in row:
            if parts[one].role is Role.TABLE and parts[one].box.top == box.top:
                return one
    return None


def _at_top(raster: Raster, parts: Sequence[Part]) -> set[int]:
    """The texts in the first row of a sheet, at its left, where something else follows."""
    if len(parts) < 2 or not any(part.role in _BODIES for part in parts):
        return set()
    top, left = min(part.box.top for part in parts), min(part.box.left for part in parts)
    first = [
        number
        for number, part in enumerate(parts)
        if part.box.top == top and part.box.left <= left + 1 and part.role is Role.CELLS
    ]
    return {number for number in first if _may_name(raster, parts[number])}


def _is_of_sheet(parts: Sequence[Part], untitled: Sequence[int], body: int, title: int) -> bool:
    """Whether a title at the top, apart from what is below it, is that of several tables.

    It is where other tables have no title; `untitled` are those.
    """
    box = parts[title].box
    if box.top > 0 or box.bottom + 1 == parts[body].box.top:
        return False
    return any(number != body for number in untitled[:2])
