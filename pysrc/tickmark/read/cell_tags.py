"""The attributes of many cell tags at once: address, style number and type.

Eight bytes are looked at as one number, so that the digits of an address cost a few operations on
whole arrays instead of some for each digit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.address import MAX_COLUMN, MAX_ROW
from tickmark.read.tags import Bytes, Places, Unusual

Words = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]

_A, _Z, _ZERO, _QUOTE = b"A"[0], b"Z"[0], b"0"[0], b'"'[0]
_MOST_DIGITS = 7


@dataclass(frozen=True, slots=True, eq=False)
class CellTags:
    """Of each cell: row and column, the style number (0 where none is named), index into TYPES.

    `dynamic` tells of cells with `cm`, whose array formula is a dynamic one.
    """

    rows: Integers
    columns: Integers
    styles: Integers
    types: npt.NDArray[np.uint8]
    dynamic: npt.NDArray[np.bool_]


TYPES: Final = (None, "s", "b", "str", "e", "n", "inlineStr")
"""The types of cells by their index; None where the tag names none."""


def _word(text: bytes) -> int:
    return int.from_bytes(text, "little")


_TYPE_ENDS: Final = tuple(
    (place, _word(f'{name}"'.encode()[:8]), (1 << 8 * min(len(name) + 1, 8)) - 1, len(name) + 1)
    for place, name in enumerate(TYPES)
    if name is not None
)
_ROW_KEY: Final = _word(b' r="')
_STYLE_KEY: Final = _word(b' s="')
_TYPE_KEY: Final = _word(b' t="')
_METADATA_KEYS: Final = (_word(b" cm="), _word(b" vm="))


def cell_tags(data: Bytes, begins: Places, ends: Places) -> CellTags:
    """The attributes of cell tags; `begins` lie behind `<c`, `ends` on `>` or `/>`.

    Raises Unusual for attributes that are not understood here, and for bad or missing addresses.
    """
    words = words_of(data)
    keys = _halves_of(data)
    if (keys[begins] != _ROW_KEY).any():
        raise Unusual
    rows, columns, at = _addresses(words, begins + 4)
    styles = np.zeros(len(begins), np.int64)
    types = np.zeros(len(begins), np.uint8)
    # By cell: whether a style, a type, `cm` and `vm` were met.
    met = np.zeros((4, len(begins)), np.bool_)
    active = np.flatnonzero(at != ends)
    while len(active):
        places = at[active]
        key = keys[places]
        understood = np.zeros(len(active), np.bool_)
        for number, wanted in enumerate((_STYLE_KEY, _TYPE_KEY, *_METADATA_KEYS)):
            here = key == wanted
            chosen = active[here]
            if not len(chosen):
                continue
            if met[number, chosen].any():
                raise Unusual
            met[number, chosen] = True
            understood |= here
            if wanted == _TYPE_KEY:
                types[chosen], at[chosen] = _types(words, places[here] + 4)
            elif wanted == _STYLE_KEY:
                styles[chosen], at[chosen] = digits(words, places[here] + 4)
            else:
                at[chosen] = _metadata(data, words, places[here] + 4)
        if not understood.all():
            raise Unusual
        active = active[at[active] != ends[active]]
    return CellTags(rows, columns, styles, types, met[2])


def _metadata(data: Bytes, words: Words, begins: Places) -> Places:
    """The places behind numbers in quotes; raises Unusual where there are none."""
    if (data[begins] != _QUOTE).any():
        raise Unusual
    return digits(words, begins + 1)[1]


def words_of(data: Bytes) -> Words:
    """The eight bytes from each place on as one number, the first byte the lowest."""
    return np.ndarray((len(data) - 7,), np.dtype("<u8"), data, strides=(1,))


def _halves_of(data: Bytes) -> npt.NDArray[np.uint32]:
    return np.ndarray((len(data) - 3,), np.dtype("<u4"), data, strides=(1,))


def _addresses(words: Words, begins: Places) -> tuple[Integers, Integers, Places]:
    """Rows, columns, and the places behind the closing quotes."""
    word = words[begins]
    first = (word & 0xFF).astype(np.int64)
    second = (word >> 8 & 0xFF).astype(np.int64)
    third = (word >> 16 & 0xFF).astype(np.int64)
    two = second >= _A
    three = two & (third >= _A)
    columns = first - _A + 1
    columns = np.where(two, columns * 26 + second - _A + 1, columns)
    columns = np.where(three, columns * 26 + third - _A + 1, columns)
    strange = (first < _A) | (first > _Z) | (two & (second > _Z)) | (three & (third > _Z))
    numbers = begins + 1 + two + three
    rows, behind = digits(words, numbers)
    strange |= (rows < 1) | (rows > MAX_ROW) | (columns > MAX_COLUMN)
    strange |= (words[numbers] & 0xFF) == _ZERO
    if strange.any():
        raise Unusual
    return rows, columns, behind


def digits(words: Words, begins: Places) -> tuple[Integers, Places]:
    """Whole numbers of at most seven digits, and the places behind the quote that ends each."""
    numbers, counts, ends = leading_digits(words[begins])
    if ((counts == 0) | (counts > _MOST_DIGITS) | (ends != _QUOTE)).any():
        raise Unusual
    return numbers, begins + counts + 1


def leading_digits(word: Words) -> tuple[Integers, Integers, Words]:
    """The number that words begin with, how many digits it has, and the byte behind them.

    Of eight digits nothing follows within the word; the byte is then 0.
    """
    zeroed = word ^ 0x3030303030303030
    # The high bit of a byte above the first that is no digit may be wrong; none looks at it.
    others = ((zeroed + 0x7676767676767676) | zeroed) & 0x8080808080808080
    lowest = others & (~others + np.uint64(1))
    bits = np.bitwise_count(lowest - np.uint64(1)).astype(np.uint64) & ~np.uint64(7)
    bits = np.minimum(bits, np.uint64(64))
    full = bits == 64  # noqa: PLR2004 - all eight are digits
    behind = np.where(full, np.uint64(0), word >> (bits & np.uint64(63)) & np.uint64(0xFF))
    # The last digit into the highest byte; zeros move in below and count as leading zeros.
    shift = np.uint64(64) - bits
    none = bits == 0
    number = np.where(none, np.uint64(0), zeroed << (shift & np.uint64(63)))
    number = (number * np.uint64(10) + (number >> np.uint64(8))) & np.uint64(0x00FF00FF00FF00FF)
    number = (number * np.uint64(100) + (number >> np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    number = (number * np.uint64(10000) + (number >> np.uint64(32))) & np.uint64(0xFFFFFFFF)
    return number.astype(np.int64), (bits >> np.uint64(3)).astype(np.int64), behind


def _types(words: Words, begins: Places) -> tuple[npt.NDArray[np.uint8], Places]:
    """Indexes into TYPES, and the places behind the closing quotes."""
    word = words[begins]
    found = np.zeros(len(begins), np.uint8)
    behind = begins.copy()
    for place, wanted, mask, length in _TYPE_ENDS:
        fits = word & np.uint64(mask) == np.uint64(wanted)
        if length > 8:  # noqa: PLR2004 - more than a word holds
            fits &= (words[begins + 2] >> np.uint64(8 * 6)) & np.uint64(0xFFFF) == np.uint64(
                _word(b'r"')
            )
        found[fits] = place
        behind[fits] += length
    if not found.all():
        raise Unusual
    return found, behind
