"""Header paths: what names a column or a row, from the outermost text to the innermost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.grid import CellKind
from tickmark.structure.regions.appearance import Mask
from tickmark.structure.regions.header_names import Names, cell_name, names_of
from tickmark.structure.regions.header_words import is_period, is_unit
from tickmark.structure.regions.headers import Header
from tickmark.structure.regions.raster import Box, Raster

_SPARSE: Final = 0.2
_DEEPEST: Final = 4
"""Sections stand at most so deep in each other."""

Path = tuple[str, ...]
Rows = npt.NDArray[np.intp]


def column_paths(
    raster: Raster, box: Box, header: Header, *, date1904: bool = False
) -> tuple[Path, ...]:
    """For each column of a box the texts of its header cells, () where it has none.

    Merged texts count in all their columns. A text that is not merged counts in the blank columns
    right of it too where the texts below tell that it names a group.
    """
    names = names_of(raster, box, header.rows, date1904=date1904)
    names = [row for row in names if any(row)]
    if not names:
        return ((),) * box.width
    keys = min(header.columns, box.width)
    below = [False] * box.width
    for at in range(len(names) - 2, -1, -1):
        below = [seen or bool(text) for seen, text in zip(below, names[at + 1], strict=True)]
        _spread(names, at, below, 0, keys)
        _spread(names, at, below, keys, box.width)
    return tuple(map(_path, zip(*names, strict=True)))


def row_paths(
    raster: Raster,
    box: Box,
    header: Header,
    rows: Sequence[int],
    *,
    date1904: bool = False,
) -> tuple[Path, ...]:
    """For each of some rows of the raster the texts of its sections and keys, () where none are.

    A blank key takes the text above it where the column is an outline: merged, or blank again and
    again beside inner keys.
    """
    wanted = np.asarray(rows, np.intp)
    outer = _sections(header, wanted)
    found = _fresh(_key_rows(raster, box, header, wanted), header, wanted)
    paths = []
    for at in range(len(wanted)):
        texts = [
            cell_name(raster, int(level[at]), _first(raster, box, int(level[at])))
            for level in outer
            if level[at] >= 0
        ]
        texts += [
            _merged_name(raster, box, int(source[at]), box.left + column, date1904=date1904)
            for column, source in enumerate(found)
            if source[at] >= 0
        ]
        paths.append(_path(texts))
    return tuple(paths)


def _path(texts: Sequence[str]) -> Path:
    """The texts without blanks, and without one that only repeats the one before it."""
    said = [text for text in texts if text]
    return tuple(text for at, text in enumerate(said) if not at or text != said[at - 1])


def _spread(names: Names, row: int, below: list[bool], first: int, end: int) -> None:
    """Write the heads of groups in a row into the blank columns that they stand over."""
    own = names[row]
    heads = [at for at in range(first, end) if own[at]]
    if not heads:
        return
    spans: dict[int, int] = {}
    for at, following in zip(heads, [*heads[1:], end], strict=True):
        under = [column for column in range(at + 1, following) if below[column] and below[at]]
        if under:
            spans[at] = under[-1]
    if not spans:
        return
    parts = sum(below[first:end])
    children = list(zip(*names[row + 1 :], strict=True))
    firsts = [next(filter(None, one), "") for one in children[first:end]]
    small = 2 * sum(text[:1].islower() for text in firsts) >= sum(map(bool, firsts))
    wrapped = any(_goes_on(firsts[at - first], small=small) for at in heads)
    few = not wrapped and _are_few(own, heads, spans, first, parts)
    groups = {at: tuple(children[at : last + 1]) for at, last in spans.items()}
    said = Counter(groups.values())
    for at, last in spans.items():
        group = groups[at]
        again = said[group] > 1 or _comes_again(children, group, at, first, end)
        period = is_period(own[at]) and not any(is_period(text) for one in group for text in one)
        if few or again or period:
            for column in range(at + 1, last + 1):
                # Blank columns that only keep groups apart stay without a name.
                own[column] = own[at] if below[column] else ""


def _goes_on(text: str, *, small: bool) -> bool:
    """Whether a text reads as the rest of the one above it, so that no group is named there.

    With `small` names begin with a small letter anyway.
    """
    return (text[:1].islower() and not small) or text.startswith("(") or is_unit(text)


def _are_few(
    own: list[str], heads: list[int], spans: dict[int, int], first: int, parts: int
) -> bool:
    """Whether a row has a head for two columns or more, from the first column on."""
    different = 1 + sum(own[at] != own[at - 1] or at - 1 not in heads for at in heads[1:])
    begins = heads[0] == first or different > 1
    return begins and 2 * different <= parts and 2 * len(spans) >= different


def _comes_again(
    children: list[Path], group: tuple[Path, ...], at: int, first: int, end: int
) -> bool:
    """Whether the texts of a group stand again right after or right before it."""
    size = len(group)
    after = tuple(children[at + size : min(at + 2 * size, end)])
    before = tuple(children[max(at - size, first) : at])
    return group in (after, before)


def _sections(header: Header, rows: Rows) -> list[Rows]:
    """For each level of sections, outermost first, the row of the last one down to each row, or -1.

    Sections right below one another stand in each other; a lone one replaces the innermost.
    """
    if not header.sections:
        return []
    sections = np.array(header.sections, np.intp)
    parted = np.concatenate((np.diff(sections) > 1, [True]))
    ends = np.flatnonzero(parted)
    end_of = ends[np.searchsorted(ends, np.arange(len(sections)))]
    depth = np.minimum(end_of - np.arange(len(sections)), _DEEPEST - 1)
    found = []
    for level in range(int(depth.max()), -1, -1):
        own = sections[depth == level]
        at = np.searchsorted(own, rows, side="right") - 1
        found.append(np.where(at >= 0, own[np.maximum(at, 0)], -1))
    return found


def _key_rows(raster: Raster, box: Box, header: Header, rows: Rows) -> list[Rows]:
    """For each key column and row the row whose text is its key, -1 where there is none."""
    first = box.top + header.rows
    if first > box.bottom:
        return []
    inside = (rows >= first) & (rows <= box.bottom)
    at = np.clip(rows - first, 0, box.bottom - first)
    deeper = np.zeros(box.bottom - first + 1, np.bool_)
    found: list[Rows] = []
    for column in range(box.left + min(header.columns, box.width) - 1, box.left - 1, -1):
        filled = _filled(raster, box, header, column)
        source = np.where(filled, np.arange(len(filled)), -1)
        beside = int(deeper.sum())
        if beside and int((deeper & ~filled).sum()) >= _SPARSE * beside:
            source = np.where(filled | deeper, np.maximum.accumulate(source), source)
        own = source[at]
        merged = raster.merge_of[first + at, column] > 0
        own = np.where(merged, at, own)
        found.append(np.asarray(np.where(inside & (own >= 0), own + first, -1), np.intp))
        deeper |= filled
    return found[::-1]


def _filled(raster: Raster, box: Box, header: Header, column: int) -> Mask:
    """Which rows below the header have a key in a column; sections have none."""
    first = box.top + header.rows
    filled = raster.kinds[first : box.bottom + 1, column] != CellKind.EMPTY
    filled |= raster.text_of[first : box.bottom + 1, column] >= 0
    filled[np.array(header.sections, np.intp) - first] = False
    return np.asarray(filled, np.bool_)


def _fresh(found: list[Rows], header: Header, rows: Rows) -> list[Rows]:
    """The key rows without those that lie above the row's section or above its outer key."""
    sections = np.array(header.sections, np.intp)
    least = np.full(len(rows), -1, np.intp)
    if len(sections):
        at = np.searchsorted(sections, rows, side="right") - 1
        least = np.where(at >= 0, sections[np.maximum(at, 0)], -1)
    kept = []
    for source in found:
        fresh = np.where(source >= least, source, -1)
        kept.append(fresh)
        least = np.maximum(least, fresh)
    return kept


def _first(raster: Raster, box: Box, row: int) -> int:
    """The first column of a row of a box that has content."""
    return box.left + int((raster.text_of[row, box.left : box.right + 1] >= 0).argmax())


def _merged_name(raster: Raster, box: Box, row: int, column: int, *, date1904: bool) -> str:
    """What a key says; a cell of a merge says what its first cell in the box does."""
    number = int(raster.merge_of[row, column])
    if number:
        merge = raster.merges[number - 1]
        row, column = merge.top, merge.left
        if row < box.top or column < box.left:
            return ""
    return cell_name(raster, row, column, date1904=date1904)
