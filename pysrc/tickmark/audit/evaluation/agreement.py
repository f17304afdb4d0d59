"""Whether two numbers agree, and how much that proves."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]

RELATIVE: Final = 1e-9
"""Part of a number by which two that are equal may differ: what another order of adding makes."""

MOST_DIGITS: Final = 15

_FEW: Final = 2_000
"""For so many numbers all decimals are tried at once."""

_PLACES: Final = np.arange(MOST_DIGITS)
_POWERS: Final = np.array([10.0**places for places in range(MOST_DIGITS)])


def same(typed: float, computed: float, *, shown: int | None = None) -> bool:
    """Whether a typed number is the computed one, or that one rounded.

    They may differ by RELATIVE, or by half a unit of the last decimal that the typed number has;
    `shown` is the number of decimals to take instead. How much it proves is told by
    `agreeing_digits`: 5 is 5.3 rounded as well.
    """
    decimals = None if shown is None else np.array([shown])
    return bool(all_same(np.array([typed]), np.array([computed]), shown=decimals)[0])


def all_same(
    typed: npt.ArrayLike, computed: npt.ArrayLike, *, shown: npt.ArrayLike | None = None
) -> npt.NDArray[np.bool_]:
    """As `same` for many numbers; False where one is NaN."""
    one, other = np.asarray(typed, np.float64), np.asarray(computed, np.float64)
    places = decimals(one) if shown is None else np.asarray(shown, np.int64)
    equal = is_equal(one, other)
    with np.errstate(all="ignore"):
        half = 0.5 * 10.0 ** (-places.astype(np.float64))
        # A computed 0.125 that is typed as 0.13 lies a hair beyond half a unit in binary.
        rounded = np.abs(one - other) <= half * (1 + RELATIVE)
    return np.asarray(equal | (rounded & (places < MOST_DIGITS)), np.bool_)


def is_equal(one: npt.ArrayLike, other: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Whether numbers differ by no more than RELATIVE; False where one is NaN."""
    left, right = np.asarray(one, np.float64), np.asarray(other, np.float64)
    with np.errstate(all="ignore"):
        most = np.maximum(np.abs(left), np.abs(right))
        return np.asarray(np.abs(left - right) <= RELATIVE * most, np.bool_)


def agreeing_digits(typed: float, computed: float) -> int:
    """How many significant digits of a typed number a computed one confirms; 0 where none.

    0.5 and 0.5 agree in one digit, 1000 and 1000 in one, 460712.31 and 460712.3102 in eight: the
    more, the less likely it is chance. Zeros at the end of a whole number do not count.
    """
    return int(all_agreeing_digits(np.array([typed]), np.array([computed]))[0])


def all_agreeing_digits(typed: npt.ArrayLike, computed: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """As `agreeing_digits` for many numbers."""
    one = np.asarray(typed, np.float64)
    return np.where(all_same(one, computed), digits(one), 0)


def decimals(numbers: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """The decimals that numbers are written with, MOST_DIGITS for those that do not end.

    A whole number has 0; NaN has MOST_DIGITS.
    """
    values = np.asarray(numbers, np.float64)
    found = np.full(values.shape, MOST_DIGITS, np.int64)
    with np.errstate(all="ignore"):
        if values.size <= _FEW:
            scaled = values[..., None] * _POWERS
            whole = np.abs(scaled - np.rint(scaled)) <= np.abs(scaled) * 1e-15
            return np.where(whole.any(axis=-1), whole.argmax(axis=-1), MOST_DIGITS)
        for places in range(MOST_DIGITS - 1, -1, -1):
            scaled = values * 10.0**places
            whole = np.abs(scaled - np.rint(scaled)) <= np.abs(scaled) * 1e-15
            found[whole] = places
    return found


def digits(numbers: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """The significant digits that numbers are written with, 0 for zero and NaN."""
    values = np.abs(np.asarray(numbers, np.float64))
    found = np.zeros(values.shape, np.int64)
    good = np.isfinite(values) & (values > 0)
    with np.errstate(all="ignore"):
        exponents = np.floor(np.log10(np.where(good, values, 1.0)))
        if values.size <= _FEW:
            scaled = values[..., None] * 10.0 ** (_PLACES - exponents[..., None])
            whole = np.abs(scaled - np.rint(scaled)) <= scaled * 1e-15
            least = np.where(whole.any(axis=-1), whole.argmax(axis=-1) + 1, MOST_DIGITS)
            return np.where(good, least, 0)
        for count in range(MOST_DIGITS, 0, -1):
            scaled = values * 10.0 ** (count - 1 - exponents)
            whole = np.abs(scaled - np.rint(scaled)) <= scaled * 1e-15
            found[good & whole] = count
    return np.where(good & (found == 0), MOST_DIGITS, found)
