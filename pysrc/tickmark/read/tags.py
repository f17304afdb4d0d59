"""The tags of whole rows of a sheet part, found in their bytes all at once with numpy.

This is the fast way to read the usual: rows as nearly every program writes them. Whatever is not
in this form, well-formed or not, raises Unusual and is left to the expat pass, which decides what
it means.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from itertools import product
from typing import Final

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.intp]

PADDING: Final = b"\n" * 16
"""Stands behind the bytes of a block, so that words of them can be looked at up to the end."""

_LESS, _GREATER, _SLASH = b"</>"[0], b"</>"[2], b"</>"[1]
_BLANKS = np.zeros(256, np.bool_)
_BLANKS[list(b" \t\r\n")] = True
# What no XML may hold: controls, and the two letters at the end of the first plane.
_CONTROLS = bytes(set(range(32)) - {9, 10, 13})
_NO_LETTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")


class Unusual(Exception):
    """A block that is not in the usual form."""


class Tag(IntEnum):
    """What a tag is; those that end in EMPTY close themselves."""

    OTHER = 0
    ROW = 1
    ROW_EMPTY = 2
    ROW_END = 3
    CELL = 4
    CELL_EMPTY = 5
    CELL_END = 6
    FORMULA = 7
    FORMULA_EMPTY = 8
    FORMULA_END = 9
    VALUE = 10
    VALUE_EMPTY = 11
    VALUE_END = 12
    INLINE = 13
    INLINE_END = 14
    TEXT = 15
    TEXT_EMPTY = 16
    TEXT_END = 17


@dataclass(frozen=True, slots=True, eq=False)
class Tags:
    """The tags of a block in order: what each is, and the places of its `<` and `>`.

    `data` are the bytes with PADDING behind them.
    """

    block: bytes
    data: Bytes
    kinds: npt.NDArray[np.uint8]
    opens: Places
    closes: Places

    def of(self, kind: Tag) -> Places:
        """Numbers of the tags of a kind."""
        return np.flatnonzero(self.kinds == kind)


def tags_of(block: bytes) -> Tags:
    """The tags of whole rows. Raises Unusual where they are not in the usual form."""
    check_letters(block)
    data = np.frombuffer(block + PADDING, np.uint8)
    opens = np.flatnonzero(data == _LESS)
    closes = np.flatnonzero(data == _GREATER)
    if not len(opens) or len(opens) != len(closes):
        raise Unusual
    if (opens > closes).any() or (closes[:-1] > opens[1:]).any():
        raise Unusual
    kinds = _kinds(data, opens, closes)
    _check_order(kinds)
    _check_gaps(data, kinds, opens, closes)
    return Tags(block, data, kinds, opens, closes)


def check_letters(block: bytes) -> None:
    """Raise Unusual where bytes are not UTF-8, or hold what XML forbids in texts."""
    if len(block.translate(None, _CONTROLS)) != len(block) or b"]]>" in block:
        raise Unusual
    if block.isascii():
        return
    try:
        block.decode()
    except UnicodeDecodeError:
        raise Unusual from None
    if any(one in block for one in _NO_LETTERS):
        raise Unusual


def _kinds(data: Bytes, opens: Places, closes: Places) -> npt.NDArray[np.uint8]:
    """What each tag is, by its first two letters, then by its length and what ends it."""
    first_two = data[opens + 1].astype(np.uint16)
    first_two |= data[opens + 2].astype(np.uint16) << 8
    kinds = _BY_LETTERS[first_two]
    lengths = closes - opens
    ended = data[closes - 1] == _SLASH
    kinds = _BY_END[kinds, ended.view(np.uint8)]
    wanted = _LENGTHS[kinds]
    # `<v />`, as openpyxl writes the missing result of a formula.
    lengths[(kinds == Tag.VALUE_EMPTY) & (lengths == _SPACED_EMPTY)] = _LENGTHS[Tag.VALUE_EMPTY]
    for place in np.flatnonzero((wanted != 0) & (wanted != lengths)).tolist():
        if data[opens[place] : closes[place] + 1].tobytes() != _SPACED_VALUE:
            raise Unusual
    rows = opens[(kinds == Tag.ROW) | (kinds == Tag.ROW_EMPTY)]
    if (data[rows + 3] != ord("w")).any():
        raise Unusual
    row_ends = opens[kinds == Tag.ROW_END]
    if (data[row_ends + 3] != ord("o")).any() or (data[row_ends + 4] != ord("w")).any():
        raise Unusual
    if (data[opens[kinds == Tag.INLINE_END] + 3] != ord("s")).any():
        raise Unusual
    return np.asarray(kinds, np.uint8)


def _check_order(kinds: npt.NDArray[np.uint8]) -> None:
    if kinds[0] not in _ROW_BEGINS or kinds[-1] not in _ROW_ENDS:
        raise Unusual
    if not _FOLLOWS[kinds[:-1].astype(np.intp) << 5 | kinds[1:]].all():
        raise Unusual


def _check_gaps(data: Bytes, kinds: npt.NDArray[np.uint8], opens: Places, closes: Places) -> None:
    """Nothing but blanks may stand outside values, formulas and texts."""
    begins = np.concatenate(([0], closes[:-1] + 1))
    outside = np.concatenate(([True], ~_HOLDS_TEXT[kinds[:-1]]))
    gaps = outside & (opens > begins)
    if not gaps.any():
        return
    blank = np.concatenate(([0], np.cumsum(_BLANKS[data], dtype=np.int64)))
    first, last = begins[gaps], opens[gaps]
    if (blank[last] - blank[first] != last - first).any():
        raise Unusual


def _lookup() -> npt.NDArray[np.uint8]:
    table = np.zeros(1 << 16, np.uint8)
    for letters, kind in (
        (b"c ", Tag.CELL),
        (b"/c", Tag.CELL_END),
        (b"v>", Tag.VALUE),
        (b"v ", Tag.VALUE),
        (b"v/", Tag.VALUE_EMPTY),
        (b"/v", Tag.VALUE_END),
        (b"f>", Tag.FORMULA),
        (b"f ", Tag.FORMULA),
        (b"f/", Tag.FORMULA_EMPTY),
        (b"/f", Tag.FORMULA_END),
        (b"is", Tag.INLINE),
        (b"/i", Tag.INLINE_END),
        (b"t>", Tag.TEXT),
        (b"t ", Tag.TEXT),
        (b"t/", Tag.TEXT_EMPTY),
        (b"/t", Tag.TEXT_END),
        (b"ro", Tag.ROW),
        (b"/r", Tag.ROW_END),
    ):
        table[letters[0] | letters[1] << 8] = kind
    return table


def _by_end() -> npt.NDArray[np.uint8]:
    """What a tag is by its letters, and by whether a slash stands before its end."""
    table = np.zeros((len(Tag), 2), np.uint8)
    table[:, 0] = np.arange(len(Tag))
    for kind in (Tag.VALUE_EMPTY, Tag.FORMULA_EMPTY, Tag.TEXT_EMPTY):
        table[kind] = (Tag.OTHER, kind)
    for kind, empty in (
        (Tag.ROW, Tag.ROW_EMPTY),
        (Tag.CELL, Tag.CELL_EMPTY),
        (Tag.FORMULA, Tag.FORMULA_EMPTY),
        (Tag.VALUE, Tag.VALUE_EMPTY),
        (Tag.TEXT, Tag.TEXT_EMPTY),
    ):
        table[kind, 1] = empty
    return table


def _follows() -> npt.NDArray[np.bool_]:
    """Whether a tag may come right behind another, by `one << 5 | next`."""
    table = np.zeros(1 << 10, np.bool_)
    rows = (Tag.ROW, Tag.ROW_EMPTY)
    cells = (Tag.CELL, Tag.CELL_EMPTY)
    values = (Tag.VALUE, Tag.VALUE_EMPTY)
    for before, after in (
        ((Tag.ROW_END, Tag.ROW_EMPTY), rows),
        ((Tag.ROW, Tag.CELL_END, Tag.CELL_EMPTY), (*cells, Tag.ROW_END)),
        ((Tag.CELL,), (Tag.FORMULA, Tag.FORMULA_EMPTY, *values, Tag.INLINE, Tag.CELL_END)),
        ((Tag.FORMULA,), (Tag.FORMULA_END,)),
        ((Tag.FORMULA_END, Tag.FORMULA_EMPTY), (*values, Tag.CELL_END)),
        ((Tag.VALUE,), (Tag.VALUE_END,)),
        ((Tag.VALUE_END, Tag.VALUE_EMPTY, Tag.INLINE_END), (Tag.CELL_END,)),
        ((Tag.INLINE,), (Tag.TEXT, Tag.TEXT_EMPTY, Tag.INLINE_END)),
        ((Tag.TEXT,), (Tag.TEXT_END,)),
        ((Tag.TEXT_END, Tag.TEXT_EMPTY), (Tag.INLINE_END,)),
    ):
        for one, following in product(before, after):
            table[one << 5 | following] = True
    return table


def _lengths() -> npt.NDArray[np.intp]:
    """From `<` to `>` of the tags that have no attributes; 0 for the others."""
    table = np.zeros(len(Tag), np.intp)
    table[[Tag.CELL_END, Tag.FORMULA_END, Tag.VALUE_END, Tag.TEXT_END]] = 3
    table[[Tag.VALUE, Tag.VALUE_EMPTY]] = (2, 3)
    table[Tag.ROW_END] = 5
    table[Tag.INLINE] = 3
    table[Tag.INLINE_END] = 4
    return table


_SPACED_EMPTY: Final = 4
_SPACED_VALUE: Final = b'<v xml:space="preserve">'
_BY_LETTERS: Final = _lookup()
_BY_END: Final = _by_end()
_FOLLOWS: Final = _follows()
_LENGTHS: Final = _lengths()
_HOLDS_TEXT: Final = np.isin(np.arange(len(Tag)), (Tag.FORMULA, Tag.VALUE, Tag.TEXT))
_ROW_BEGINS: Final = (Tag.ROW, Tag.ROW_EMPTY)
_ROW_ENDS: Final = (Tag.ROW_END, Tag.ROW_EMPTY)
