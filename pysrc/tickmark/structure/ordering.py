"""Rows of numbers in order, and marks that tell rows apart, for millions of them."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Marks = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

_FEW: Final = 1_500
_DIGIT: Final = 16
_MASK: Final = (1 << _DIGIT) - 1
_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
_HALF: Final = np.uint64(32)


def order_by(*columns: npt.NDArray[np.integer]) -> npt.NDArray[np.intp]:
    """The order of rows of numbers from 0 on, by the first column first; equal rows stay."""
    if len(columns[0]) < _FEW:
        return np.lexsort(columns[::-1])
    order: npt.NDArray[np.intp] | None = None
    for column in reversed(columns):  # numpy sorts numbers of 16 bits in linear time
        highest, shift = int(column.max()), 0
        while order is None or highest >> shift:
            digit = ((column >> shift) & _MASK).astype(np.uint16)
            if order is None:
                order = np.argsort(digit, kind="stable")
            else:
                order = order[np.argsort(digit[order], kind="stable")]
            shift += _DIGIT
    return order if order is not None else np.empty(0, np.intp)


def marks(*columns: npt.NDArray[np.integer]) -> Marks:
    """A number of 64 bits for each row: equal for equal rows, else most probably not."""
    mark = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        mark ^= column.astype(np.uint64)
        mark *= _MULTIPLIER
        mark ^= mark >> _HALF
    return mark


def order_by_mark(mark: Marks) -> npt.NDArray[np.intp]:
    """An order in which rows of one mark stand together, apart from rare others between them."""
    if len(mark) < _FEW:
        return np.argsort(mark, kind="stable")
    return order_by((mark >> _HALF).astype(np.int64))


def changes(*columns: npt.NDArray[np.integer]) -> Flags:
    """For each row whether it differs from the one before; True for the first."""
    found = np.ones(len(columns[0]), np.bool_)
    if len(found) > 1:
        np.not_equal(columns[0][1:], columns[0][:-1], out=found[1:])
        for column in columns[1:]:
            found[1:] |= column[1:] != column[:-1]
    return found


def groups(*columns: npt.NDArray[np.integer]) -> tuple[npt.NDArray[np.intp], Numbers]:
    """An order with equal rows together, as they stood, and the number of each group in it.

    Seldom one group gets two numbers; two groups never share one.
    """
    order = order_by_mark(marks(*columns))
    new = changes(*(column[order] for column in columns))
    return order, np.cumsum(new) - 1


def counted(sizes: Numbers) -> tuple[Numbers, Numbers]:
    """For sizes (2, 0, 1) the numbers (0, 0, 2) and how often each was there before (0, 1, 0)."""
    at = np.repeat(np.arange(len(sizes)), sizes)
    return at, np.arange(len(at)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
