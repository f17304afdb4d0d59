"""Many cell addresses at once: `B7` to row 7, column 2."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tickmark.errors import AddressError
from tickmark.model.address import MAX_COLUMN, MAX_ROW, RangeRef

Integers = npt.NDArray[np.int32]

_LETTERS = 3
_DIGITS = 7
_END = 10


def rows_and_columns(addresses: list[str]) -> tuple[Integers, Integers]:
    """Row and column of each address; both 0 where a text is no address."""
    count = len(addresses)
    if not count:
        return np.zeros(0, np.int32), np.zeros(0, np.int32)
    joined = ("\n".join(addresses) + "\n").encode("ascii", "replace")
    data = np.frombuffer(joined, np.uint8)
    ends = np.flatnonzero(data == _END)
    if len(ends) != count:  # a line break inside an attribute
        return rows_and_columns([text.replace("\n", "?") for text in addresses])
    starts = np.empty_like(ends)
    starts[0] = 0
    starts[1:] = ends[:-1] + 1
    lengths = ends - starts
    lower = data | 32
    is_letter = (lower >= ord("a")) & (lower <= ord("z"))
    is_digit = (data >= ord("0")) & (data <= ord("9"))
    letters = np.add.reduceat(is_letter, starts, dtype=np.int32)
    digits = np.add.reduceat(is_digit, starts, dtype=np.int32)
    good = (letters >= 1) & (letters <= _LETTERS) & (digits >= 1) & (digits <= _DIGITS)
    good &= letters + digits == lengths
    good &= data[ends - np.minimum(digits, lengths)] != ord("0")
    columns = np.zeros(count, np.int32)
    for place in range(_LETTERS):
        at = np.minimum(starts + place, ends)
        inside = place < letters
        good &= ~inside | is_letter[at]
        columns = np.where(inside, columns * 26 + (data[at] & 31), columns)
    rows = np.zeros(count, np.int32)
    for place in range(_DIGITS):
        at = np.maximum(ends - 1 - place, 0)
        rows += np.where(place < digits, data[at].astype(np.int32) - ord("0"), 0) * 10**place
    good &= (rows >= 1) & (rows <= MAX_ROW) & (columns <= MAX_COLUMN)
    return np.where(good, rows, 0), np.where(good, columns, 0)


def range_or_none(text: str | None, sheet: str) -> RangeRef | None:
    """A range such as `A1:C9` on a sheet, or None where the text is none."""
    try:
        return RangeRef.parse(text or "", sheet=sheet)
    except AddressError:
        return None
