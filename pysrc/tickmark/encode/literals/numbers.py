"""Numbers as the shortest literals that give back the same float64.

What a calculation leaves a few steps beside a short number is told by that number and the steps:
`27758.7~-1` is one step (unit in the last place) below 27758.7.
"""

from __future__ import annotations

from math import copysign, isfinite
from struct import Struct
from typing import Final

import numpy as np
import numpy.typing as npt

NO_NUMBER: Final = "?"
EXACT: Final = 1e15
"""Whole numbers below are written as such, and 15 digits tell them apart."""

MOST_STEPS: Final = 9

_PERCENT_DECIMALS: Final = 10
_WORTH: Final = 4
"""A number beside a short one is told by it where that spares so many characters."""
_SHORT: Final = 12
"""Significant digits that such a short number has at most: others spare too little."""
_LEAST_LONG: Final = len("0~1") + _WORTH
_LEAST_EXPONENT: Final = -308
_POWERS: Final = np.array([float(f"1e{at}") for at in range(_LEAST_EXPONENT, 309)])
_NEAR: Final = 2 * MOST_STEPS + 6
"""Steps of a number, or of its hundredfold, within which a quick look finds short ones."""
_EXACT_POWERS: Final = 22
_FLOAT, _INTEGER = Struct("<d"), Struct("<q")

Floats = npt.NDArray[np.float64]


def number_literal(value: float) -> str:
    """A number: whole ones without a point, others as `repr` writes them; `?` for no number.

    One that is close to a much shorter one is told by it.
    """
    if not isfinite(value):
        return NO_NUMBER
    literal = _shortest(value)
    if len(literal) < _LEAST_LONG:
        return literal
    short = float(f"{value:.{_SHORT}g}")
    steps = _steps(short, value)
    told = f"{_shortest(short)}~{steps}"
    return told if steps and len(told) + _WORTH <= len(literal) else literal


def number_literals(values: Floats) -> list[str]:
    """The literals of many numbers."""
    whole = (np.rint(values) == values) & (np.abs(values) < EXACT)
    whole &= (values != 0) | ~np.signbit(values)
    if whole.all():
        return list(map(str, values.astype(np.int64).tolist()))
    if not whole.any():
        return _others(values)
    found = np.empty(len(values), object)
    found[whole] = list(map(str, values[whole].astype(np.int64).tolist()))
    found[~whole] = _others(values[~whole])
    texts: list[str] = found.tolist()
    return texts


def percent_literals(values: Floats) -> list[str]:
    """Numbers as per cent, such as `12.5%`, or plain where that would not give them back."""
    with np.errstate(over="ignore", invalid="ignore"):
        hundredfold = values * 100
        rounded = np.round(hundredfold, _PERCENT_DECIMALS)
        rounded = np.where(rounded / 100 == values, rounded, hundredfold)
    exact = (rounded / 100 == values) & (np.abs(rounded) < EXACT)
    exact &= (values != 0) | ~np.signbit(values)
    plain = exact & ~_maybe_beside_short(hundredfold)
    found = [f"{percent!r}%" for percent in rounded.tolist()]
    whole = plain & (rounded == np.rint(rounded))
    for at in np.flatnonzero(whole).tolist():
        found[at] = f"{int(rounded[at])}%"
    for at in np.flatnonzero(~plain).tolist():
        found[at] = _percent(float(values[at]), float(rounded[at]) if exact[at] else None)
    return found


def _percent(value: float, percent: float | None) -> str:
    """A number by the per cent that give it back; None where no float64 does."""
    if percent is not None and percent.is_integer():
        return f"{int(percent)}%"
    exact = repr(value) if percent is None else f"{percent!r}%"
    if len(exact) >= _LEAST_LONG and abs(value) < EXACT:
        short = float(f"{value * 100:.{_SHORT}g}")
        steps = _steps(short / 100, value)
        told = f"{_shortest(short)}%~{steps}"
        if steps and len(told) + _WORTH <= len(exact):
            return told
    return number_literal(value) if percent is None else exact


def _others(values: Floats) -> list[str]:
    """The literals of numbers that are not whole, or not small."""
    found = list(map(repr, values.tolist()))
    plain = (np.abs(values) < EXACT) & (values != 0) & ~_maybe_beside_short(values)
    for at in np.flatnonzero(~plain).tolist():
        found[at] = number_literal(float(values[at]))
    return found


def _maybe_beside_short(values: Floats) -> npt.NDArray[np.bool_]:
    """Which numbers may lie a few steps beside one of few digits."""
    sizes = np.abs(values)
    with np.errstate(all="ignore"):
        exponents = np.floor(np.log10(sizes))
        inside = np.abs(exponents) < -_LEAST_EXPONENT - 2 * _SHORT
        # One digit more than needed, since the logarithm may miss a power of ten.
        places = np.where(inside, _SHORT - exponents, 0).astype(np.int64)
        scales = _POWERS[places - _LEAST_EXPONENT]
        away = np.abs(np.rint(sizes * scales) / scales - sizes)
        near = away <= _NEAR * np.spacing(sizes)
    # What was rounded to itself is short, if the power of ten is a float64.
    near &= (away > 0) | (places < 0) | (places > _EXACT_POWERS)
    found: npt.NDArray[np.bool_] = near | (~inside & np.isfinite(values) & (sizes > 0))
    return found


def _shortest(value: float) -> str:
    """The shortest text that gives back a number by itself."""
    if value == 0:
        return "-0" if copysign(1, value) < 0 else "0"
    if abs(value) < EXACT and value.is_integer():
        return str(int(value))
    return repr(value).removesuffix(".0")


def _steps(start: float, end: float) -> int:
    """How many float64 lie from one to the other, upwards; 0 where these are more than a few."""
    if not isfinite(start) or copysign(1, start) != copysign(1, end):
        return 0
    (first,), (last,) = (_INTEGER.unpack(_FLOAT.pack(one)) for one in (start, end))
    away: int = last - first if end > 0 else first - last
    return away if abs(away) <= MOST_STEPS else 0
