"""Rows inside the data of a box that are no records: sections, and headers written anew."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.structure.regions.appearance import Mask
from tickmark.structure.regions.header_words import MOST_TEXTS, is_total
from tickmark.structure.regions.kinds import DATE, EMPTY, NUMBER, TEXT
from tickmark.structure.regions.looks import part
from tickmark.structure.regions.prose import is_remark
from tickmark.structure.regions.raster import Box, Raster
from tickmark.structure.regions.total_labels import Label, labels_of

_LABEL: Final = 120
_AGAIN: Final = 2
_COMMON: Final = 4
_DEEPEST: Final = 4
"""So many rows may name what follows one below the other; more of them are items without values."""

Rows = npt.NDArray[np.intp]


def repeated_headers_of(raster: Raster, box: Box, header_rows: int) -> tuple[int, ...]:
    """Rows of the raster below the header that say what one of its rows says.

    Four fifths of the texts of that row have to be the same, two at least, without any number that
    it has not.
    """
    first = box.top + header_rows
    if not header_rows or first >= box.bottom:
        return ()
    main = _fullest(raster, box, header_rows)
    found = _like(raster, box, main, first)
    if not len(found):
        return ()
    rows = set(found.tolist())
    for row in range(box.top, first):
        if row != main:
            near = found + (row - main)
            near = near[(near >= first) & (near <= box.bottom)]
            rows.update(near[_same(raster, box, row, near, least=1)].tolist())
    return tuple(sorted(rows))


def _fullest(raster: Raster, box: Box, header_rows: int) -> int:
    if header_rows == 1:
        return box.top
    top = Box(box.top, box.left, box.top + header_rows - 1, box.right)
    texts = (part(raster.kinds, top) == TEXT).sum(axis=1)
    return box.top + header_rows - 1 - int(np.argmax(texts[::-1]))


def _like(raster: Raster, box: Box, row: int, first: int) -> Rows:
    """Rows from the first one on that are like a header row."""
    texts = raster.text_of[row, box.left : box.right + 1]
    said = np.flatnonzero(texts >= 0)
    if len(said) < 2:
        return np.empty(0, np.intp)
    # A fifth of the texts may differ: of the first ones one at least is the same in a like row.
    tried = said[: len(said) // 5 + 1]
    rows = np.arange(first, box.bottom + 1)
    hit = (raster.text_of[first : box.bottom + 1, box.left + tried] == texts[tried]).any(axis=1)
    rows = rows[hit]
    if not len(rows):
        return np.empty(0, np.intp)
    return np.asarray(rows[_same(raster, box, row, rows, least=2)], np.intp)


def _same(raster: Raster, box: Box, row: int, rows: Rows, *, least: int) -> Mask:
    columns = slice(box.left, box.right + 1)
    texts, kinds = raster.text_of[row, columns], raster.kinds[row, columns]
    said = np.flatnonzero(texts >= 0)
    if len(said) < least:
        return np.zeros(len(rows), np.bool_)
    same = (raster.text_of[rows][:, box.left + said] == texts[said]).sum(axis=1)
    others = np.flatnonzero((kinds != NUMBER) & (kinds != DATE))
    plain = np.isnan(raster.values[rows][:, box.left + others]).all(axis=1)
    return np.asarray((same >= max(least, 0.8 * len(said))) & plain, np.bool_)


def sections_of(
    raster: Raster, box: Box, header_rows: int, key_columns: int, repeated: tuple[int, ...]
) -> tuple[int, ...]:
    """Rows of the raster below the header that hold one text and name the rows below them."""
    data = Box(box.top + header_rows, box.left, box.bottom, box.right)
    if box.width < 2 or data.height < 3:
        return ()
    seen = (part(raster.kinds, data) != EMPTY) | (part(raster.text_of, data) >= 0)
    cells = seen.sum(axis=1)
    cells[np.array(repeated, np.intp) - data.top] = 0
    records = np.flatnonzero(cells > 1)
    lone = np.flatnonzero(cells == 1)
    lone = lone[lone < records[-1]] if len(records) else lone[:0]
    if not len(lone) or len(lone) > len(records):
        return ()
    columns = seen[lone].argmax(axis=1)
    kinds = raster.kinds[data.top + lone, data.left + columns]
    wide, tall = _spans(raster, data, lone, columns)
    names, loud = _said(raster, data, lone, columns)
    names &= ~_is_common(raster.text_of[data.top + lone, data.left + columns])
    kept = (kinds == TEXT) & names & ~tall & ((columns < max(key_columns, 1)) | wide)
    if not kept.any():
        return ()
    marked = wide | loud | _marked(raster, data, lone, columns, records)
    lone, columns, marked = lone[kept], columns[kept], marked[kept]
    sure, marked = marked, marked | _begins_group(raster, data, seen, (lone, columns), records)
    lone = _short_runs(lone, np.flatnonzero(cells > 0), (sure, marked), cells[records])
    return tuple((data.top + lone).tolist())


def _is_common(texts: npt.NDArray[np.int32]) -> Mask:
    """Which texts are most of all: a mark of the row rather than the name of a section."""
    _, back, counts = np.unique(texts, return_inverse=True, return_counts=True)
    many = counts[back.ravel()]
    return np.asarray((many >= _COMMON) & (2 * many > len(texts)), np.bool_)


def _begins_group(
    raster: Raster, data: Box, seen: Mask, lone: tuple[Rows, Rows], records: Rows
) -> Mask:
    """Which rows name the records below them as the order of the names tells.

    The name below is indented, comes again under another group, or the row above is a total and the
    one below is none. Other rows between records of one look are items without values.
    """
    rows, columns = lone
    behind = np.searchsorted(records, rows)
    firsts = seen.argmax(axis=1)
    labels = raster.text_of[data.top + np.arange(data.height), data.left + firsts]
    below, above = records[behind], records[np.maximum(behind - 1, 0)]
    own_indent, _ = _outline(raster, labels[rows])
    indent, total = _outline(raster, labels[below])
    _, ended = _outline(raster, labels[above], results=True)
    inner = (firsts[below] > columns) | ((firsts[below] == columns) & (indent > own_indent))
    ids, back, counts = np.unique(labels[records], return_inverse=True, return_counts=True)
    again = (counts[back.ravel()][behind] >= _AGAIN) & (ids[back.ravel()][behind] >= 0)
    likely = inner | (~total & ((ended & (behind > 0)) | again))
    return np.asarray(likely | ((behind == 0) & ~total & likely.any()), np.bool_)


def _outline(
    raster: Raster, labels: npt.NDArray[np.int32], *, results: bool = False
) -> tuple[Rows, Mask]:
    """By how many blanks labels are indented, and which of them call totals, or results too."""
    ids, back = np.unique(labels, return_inverse=True)
    indents = np.zeros(len(ids), np.intp)
    totals = np.zeros(len(ids), np.bool_)
    called = _totals(raster, ids, results=results)
    for at, number in enumerate(ids[:MOST_TEXTS].tolist()):
        text = raster.texts[number][:_LABEL] if number >= 0 else ""
        indents[at] = len(text) - len(text.lstrip())
        totals[at] = number in called or is_total(text)
    return indents[back.ravel()], totals[back.ravel()]


def _totals(raster: Raster, ids: npt.NDArray[np.int32], *, results: bool = False) -> set[int]:
    """Those of some texts that call a total, or a result."""
    found = labels_of(raster.texts, ids[ids >= 0][:MOST_TEXTS].tolist())
    wanted = {Label.WHOLLY, Label.PARTLY, *([Label.NET] if results else [])}
    return {at for at, label in found.items() if label in wanted}


def _spans(raster: Raster, data: Box, rows: Rows, columns: Rows) -> tuple[Mask, Mask]:
    """Which cells are merged over half of the width, and which over several rows."""
    merged = raster.merge_of[data.top + rows, data.left + columns]
    numbers, back = np.unique(merged, return_inverse=True)
    boxes = [raster.merges[number - 1] if number else None for number in numbers.tolist()]
    wide = np.array([one is not None and 2 * one.width >= data.width for one in boxes], np.bool_)
    tall = np.array([one is not None and one.height > 1 for one in boxes], np.bool_)
    return wide[back.ravel()], tall[back.ravel()]


def _said(raster: Raster, data: Box, rows: Rows, columns: Rows) -> tuple[Mask, Mask]:
    """Which cells do not name totals, and which of them are in capitals or end with a colon.

    `Total electricity` right above records names them.
    """
    ids, back = np.unique(raster.text_of[data.top + rows, data.left + columns], return_inverse=True)
    last = raster.occupied.shape[0] - 1
    below = raster.occupied[np.minimum(data.top + rows + 1, last), data.left : data.right + 1]
    heads = below.any(axis=1)
    partly = np.zeros(len(ids), np.bool_)
    names = np.ones(len(ids), np.bool_)
    loud = np.zeros(len(ids), np.bool_)
    called = _totals(raster, ids)
    for at, number in enumerate(ids[:MOST_TEXTS].tolist()):
        text = raster.texts[number].strip() if number >= 0 else ""
        names[at] = not is_total(text) and not is_remark(text)
        partly[at] = number in called
        loud[at] = text.endswith(":") or text.isupper()
    back = back.ravel()
    return names[back] & (heads | ~partly[back]), loud[back]


def _marked(raster: Raster, data: Box, rows: Rows, columns: Rows, records: Rows) -> Mask:
    """Which cells are bold or filled where records are not, or have a blank row above them."""
    at = (data.top + rows, data.left + columns)
    above = raster.occupied[data.top + rows - 1, data.left : data.right + 1]
    marked = ~above.any(axis=1) & (rows > 0)
    for look in (raster.bold, raster.filled):
        if look[data.top + records, data.left].mean() < 0.5:
            marked |= look[at]
    return np.asarray(marked, np.bool_)


def _short_runs(
    lone: Rows, filled: Rows, signs: tuple[Mask, Mask], cells: npt.NDArray[np.intp]
) -> Rows:
    """Rows in runs that are not too long; those less sure only where records have no gaps."""
    marked, likely = signs
    order = np.searchsorted(filled, lone)
    breaks = np.flatnonzero(np.diff(order) > 1)
    firsts = np.concatenate(([0], breaks + 1))
    lengths = np.diff(np.concatenate((firsts, [len(lone)])))
    run = np.repeat(np.arange(len(firsts)), lengths)
    short = lengths[run] <= _DEEPEST
    middle = float(np.median(cells))
    # A lone label beside one column of figures may as well be an item without its figure.
    even = bool(np.percentile(cells, 20) >= 0.5 * middle)
    steady = even and middle > 2 and 2 * len(lone) <= len(cells)
    plain = short & likely & (lengths[run] == 1) & steady & (not (marked & short).any())
    return np.asarray(lone[(short & marked) | plain], np.intp)
