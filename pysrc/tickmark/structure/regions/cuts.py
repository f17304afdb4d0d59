"""Cuts islands into boxes along what parts one thing from another."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Container, Mapping, Sequence
from typing import Final

import numpy as np

from tickmark.model.grid import CellKind
from tickmark.structure.regions.column_cuts import FARTHEST_LABELS, cut_by_columns, names_rows
from tickmark.structure.regions.islands import disjoint
from tickmark.structure.regions.looks import only_heads, part
from tickmark.structure.regions.raster import Box, Raster
from tickmark.structure.regions.row_cuts import cut_by_headers, cut_by_rows
from tickmark.structure.regions.starts import starts_table

_DEEPEST: Final = 24
_FARTHEST: Final = 200
_MOST_HEADS: Final = 6


def cut(raster: Raster, island: Box) -> list[Box]:
    """The boxes of an island, in reading order; none has a blank row or column that parts it."""
    done: list[Box] = []
    todo = [(island, 0)]
    while todo:
        box, depth = todo.pop()
        fitted = raster.fitted(box)
        if fitted is None:
            continue
        parts = [fitted]
        if depth < _DEEPEST:
            parts = cut_by_rows(raster, fitted)
            if len(parts) == 1:
                parts = cut_by_columns(raster, fitted)
            if len(parts) == 1:
                parts = cut_by_headers(raster, fitted)
        if len(parts) == 1:
            done.append(fitted)
        else:
            todo += [(one, depth + 1) for one in reversed(parts)]
    return sorted(done)


def label_links(raster: Raster, boxes: Sequence[Box]) -> list[Box]:
    """Boxes with each lone column of labels joined to the numbers that stand right of it.

    At most ten columns away, where its rows are those of the numbers. Boxes do not overlap.
    """
    ordered = sorted(boxes, key=lambda one: one.left)
    own: dict[int, list[int]] = {}
    for at in sorted(range(len(ordered)), key=lambda one: ordered[one]):
        own.setdefault(ordered[at].left, []).append(at)
    used: set[int] = set()
    found = []
    for at, labels in enumerate(ordered):
        if not _names_rows(raster, labels):
            continue
        others = _beside(raster, labels, ordered, own, used)
        if others:
            used |= {at, *others}
            joined = labels
            for other in others:
                joined = joined.around(ordered[other])
            found.append(joined)
    rest = [box for at, box in enumerate(ordered) if at not in used]
    linked = disjoint([*found, *rest]) if found else sorted(boxes)
    heads = _head_links(raster, linked)
    return disjoint([*heads, *linked]) if heads else linked


def _head_links(raster: Raster, boxes: list[Box]) -> list[Box]:
    """Each box that holds heads alone, with the numbers that stand in its columns below it."""
    found = []
    for at, heads in enumerate(boxes):
        if heads.height > _MOST_HEADS or heads.width < 3 or not only_heads(raster, heads):
            continue
        last = bisect_right(boxes, heads.bottom + _MOST_HEADS, key=lambda one: one.top)
        for box in boxes[at + 1 : last]:
            apart = box.left > heads.right or box.right < heads.left
            if not apart and box.top > heads.bottom and _stands_over(raster, heads, box):
                found.append(heads.around(box))
                break
    return found


def _stands_over(raster: Raster, heads: Box, box: Box) -> bool:
    """Whether nearly all columns of numbers at the top of a box, three at least, have a head."""
    if box.height < 3 or starts_table(raster, box):
        return False
    top = Box(box.top, box.left, min(box.bottom, box.top + 12), box.right)
    numeric = box.left + np.flatnonzero((part(raster.kinds, top) == CellKind.NUMBER).any(axis=0))
    columns = heads.left + np.flatnonzero(part(raster.occupied, heads).any(axis=0))
    both = len(np.intersect1d(numeric, columns))
    return len(columns) >= 3 and len(numeric) >= 3 and both >= 0.75 * len(numeric)


def _names_rows(raster: Raster, box: Box) -> bool:
    """Whether a box holds labels, with numbers in few of its rows."""
    if box.width > 8 or box.height < 3:
        return False
    kinds = part(raster.kinds, box)
    figures = (kinds == CellKind.NUMBER).any(axis=1)
    texts = (kinds == CellKind.TEXT).any(axis=1)
    return bool(texts.sum() >= 3 and figures.sum() <= 0.35 * box.height)


def _beside(
    raster: Raster,
    labels: Box,
    boxes: Sequence[Box],
    own: Mapping[int, Sequence[int]],
    used: Container[int],
) -> list[int]:
    """The boxes that the labels name the rows of; `own` are those of each first column, sorted."""
    found: list[int] = []
    last = labels.right
    for left in range(labels.right + 1, labels.right + _FARTHEST + 1):
        if left > last + FARTHEST_LABELS:
            break
        column = own.get(left, ())
        first = bisect_left(column, labels.top, key=lambda at: boxes[at].bottom)
        for at in column[first:]:
            if boxes[at].top > labels.bottom:
                break
            if at not in used and _are_rows_of(raster, labels, boxes[at]):
                found.append(at)
                last = max(last, boxes[at].right)
    return found


def _are_rows_of(raster: Raster, labels: Box, box: Box) -> bool:
    """Whether most rows of a box have a label, and most labels beside it a row."""
    top, bottom = max(labels.top, box.top), min(labels.bottom, box.bottom)
    rows = part(raster.occupied, Box(top, labels.left, bottom, labels.right)).any(axis=1)
    seen = part(raster.occupied, Box(top, box.left, bottom, box.right)).any(axis=1)
    both = int((rows & seen).sum())
    # At least each third row of an island has content: of one that reaches much further too many
    # have no label, and they need not be counted.
    if both < 3 or both < 0.4 * rows.sum() or bottom - top + 1 < 0.25 * box.height:
        return False
    return names_rows(raster, labels, box)
