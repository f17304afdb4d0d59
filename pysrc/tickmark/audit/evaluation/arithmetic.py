"""Excel's operators and plain functions on many values at once; what is not certain is ERROR."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from tickmark.model.grid import CellKind

Floats: TypeAlias = npt.NDArray[np.float64]
Kinds: TypeAlias = npt.NDArray[np.uint8]

# Looking up a member of an enumeration takes as long as the arithmetic itself.
_EMPTY: Final = int(CellKind.EMPTY)
_NUMBER: Final = int(CellKind.NUMBER)
_TEXT: Final = int(CellKind.TEXT)
_BOOL: Final = int(CellKind.BOOL)
_ERROR: Final = int(CellKind.ERROR)
_EQUAL: Final = 2.0**-48
"""Numbers that differ by no more of themselves are equal to Excel, and their difference is 0."""
_MOST_PLACES: Final = 300


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """One value for each of n cells, or one (shape (1,)) for all.

    `kinds` (CellKind): NUMBER, TEXT, BOOL, EMPTY, or ERROR for what cannot be told. `numbers` is
    the number, 0 or 1 of a truth value, the number of a text: equal for texts that are equal to
    Excel.
    """

    kinds: Kinds
    numbers: Floats

    def number(self) -> Floats:
        """The values as operands of arithmetic; NaN for texts and what cannot be told."""
        lost = (self.kinds == _TEXT) | (self.kinds == _ERROR)
        return np.where(lost, np.nan, np.where(self.kinds == _EMPTY, 0.0, self.numbers))

    def truth(self) -> Floats:
        """The values as conditions, 0 or 1; NaN for texts and what cannot be told."""
        number = self.number()
        return np.where(np.isnan(number), np.nan, (number != 0).astype(np.float64))


def numbers(found: Floats) -> Values:
    """Numbers as values; what is not finite cannot be told."""
    good = np.isfinite(found)
    kinds = np.where(good, _NUMBER, _ERROR).astype(np.uint8)
    return Values(kinds, np.where(good, found, 0.0))


def truths(found: Floats) -> Values:
    """Truth values as values; NaN is what cannot be told."""
    good = ~np.isnan(found)
    kinds = np.where(good, _BOOL, _ERROR).astype(np.uint8)
    return Values(kinds, np.where(good, found, 0.0))


def constant(kind: CellKind, number: float = 0.0) -> Values:
    """One value for all cells."""
    return Values(np.array([kind], np.uint8), np.array([number]))


UNKNOWN: Final = constant(CellKind.ERROR)


def unary(operator: str, value: Values) -> Values:
    """A value with one of the operators `-`, `+` and `%`."""
    match operator:
        case "+":
            return value
        case "-":
            return numbers(-value.number())
        case "%":
            return numbers(value.number() / 100.0)
        case _:
            return UNKNOWN


def binary(operator: str, left: Values, right: Values) -> Values:
    """Two values with an operator between them; of texts only whether they are equal is told."""
    if operator in _ARITHMETIC:
        with np.errstate(all="ignore"):
            return numbers(_ARITHMETIC[operator](left.number(), right.number()))
    if operator in _COMPARISONS:
        return _compared(operator, left, right)
    return UNKNOWN


def choice(condition: Values, then: Values, other: Values) -> Values:
    """What IF gives."""
    truth = condition.truth()
    kinds = np.where(truth == 1, then.kinds, other.kinds)
    kinds = np.where(np.isnan(truth), _ERROR, kinds).astype(np.uint8)
    found = np.where(truth == 1, then.numbers, other.numbers)
    # A blank that a formula gives is 0.
    blank = kinds == _EMPTY
    return Values(np.where(blank, _NUMBER, kinds).astype(np.uint8), np.where(blank, 0, found))


def function(name: str, arguments: Sequence[Values]) -> Values:
    """What a function of single values gives; UNKNOWN for one that is not known here."""
    with np.errstate(all="ignore"):
        if name in _OF_ONE and len(arguments) == 1:
            return numbers(_OF_ONE[name](arguments[0].number()))
        if name in _ROUNDINGS and len(arguments) in {1, 2}:
            places = arguments[1].number() if len(arguments) == 2 else np.zeros(1)  # noqa: PLR2004
            return numbers(_rounded(arguments[0].number(), places, _ROUNDINGS[name]))
    if name == "NOT" and len(arguments) == 1:
        return truths(1.0 - arguments[0].truth())
    if name in {"AND", "OR"} and arguments:
        return _joined(name, arguments)
    return UNKNOWN


FUNCTIONS: Final = frozenset(
    {"ABS", "AND", "EXP", "INT", "LN", "NOT", "OR", "ROUND", "ROUNDDOWN", "ROUNDUP", "SIGN", "SQRT"}
)
"""The names that `function` knows."""


def _joined(name: str, arguments: Sequence[Values]) -> Values:
    found = arguments[0].truth()
    for one in arguments[1:]:
        truth = one.truth()
        found = found * truth if name == "AND" else np.maximum(found, truth)
    # A cell that is blank or holds a text does not take part; too rare to be worth telling.
    for one in arguments:
        found = np.where(one.kinds == _EMPTY, np.nan, found)
    return truths(found)


def _added(left: Floats, right: Floats) -> Floats:
    result = left + right
    small = np.abs(result) <= _EQUAL * np.maximum(np.abs(left), np.abs(right))
    return np.where(small, 0.0, result)


def _subtracted(left: Floats, right: Floats) -> Floats:
    return _added(left, -right)


def _divided(left: Floats, right: Floats) -> Floats:
    return np.where(right == 0, np.nan, left / right)


def _raised(left: Floats, right: Floats) -> Floats:
    return np.where((left == 0) & (right <= 0), np.nan, np.power(left, right))


_Binary: TypeAlias = Callable[[Floats, Floats], Floats]
_ARITHMETIC: Final[dict[str, _Binary]] = {
    "+": _added,
    "-": _subtracted,
    "*": np.multiply,
    "/": _divided,
    "^": _raised,
}
_COMPARISONS: Final = frozenset({"=", "<>", "<", ">", "<=", ">="})


def _compared(operator: str, left: Values, right: Values) -> Values:
    """Comparison of values of one kind; a blank is what the other side has for nothing."""
    one, other = _kind_beside(left.kinds, right.kinds), _kind_beside(right.kinds, left.kinds)
    lost = (one == _ERROR) | (other == _ERROR)
    alike = one == other
    with np.errstate(all="ignore"):
        apart = _subtracted(
            np.where(left.kinds == _EMPTY, 0.0, left.numbers),
            np.where(right.kinds == _EMPTY, 0.0, right.numbers),
        )
    text = alike & (one == _TEXT)
    order = np.where(alike, np.sign(apart), _RANKS[one] - _RANKS[other])
    results = {
        "=": order == 0,
        "<>": order != 0,
        "<": order < 0,
        ">": order > 0,
        "<=": order <= 0,
        ">=": order >= 0,
    }
    if operator not in {"=", "<>"}:
        lost = lost | text
    return truths(np.where(lost, np.nan, results[operator].astype(np.float64)))


def _kind_beside(kinds: Kinds, others: Kinds) -> Kinds:
    """Kinds with blanks taken for what stands beside them; the empty text is number 0."""
    beside = np.where(others == _EMPTY, _NUMBER, others)
    found = np.where(kinds == _EMPTY, beside, kinds)
    return np.asarray(found, np.uint8)


# Numbers come before texts, and texts before truth values.
_RANKS: Final = np.zeros(max(CellKind) + 1)
_RANKS[[_NUMBER, _TEXT, _BOOL]] = 0, 1, 2

_OF_ONE: Final[dict[str, Callable[[Floats], Floats]]] = {
    "ABS": np.abs,
    "EXP": np.exp,
    "INT": np.floor,
    "LN": np.log,
    "SIGN": np.sign,
    "SQRT": np.sqrt,
}


def _half_up(scaled: Floats) -> Floats:
    return np.floor(scaled + 0.5)


_ROUNDINGS: Final[dict[str, Callable[[Floats], Floats]]] = {
    "ROUND": _half_up,
    "ROUNDDOWN": np.floor,
    "ROUNDUP": np.ceil,
}


def _rounded(values: Floats, places: Floats, rounding: Callable[[Floats], Floats]) -> Floats:
    """Values rounded away from or towards zero, as decimal numbers: 1.005 to 1.01."""
    places = np.clip(np.trunc(places), -_MOST_PLACES, _MOST_PLACES)
    factor = 10.0 ** np.abs(places)
    scaled = np.abs(values) * np.where(places < 0, 1 / factor, factor)
    whole = np.rint(scaled * 1000) / 1000
    near = np.abs(scaled - whole) <= scaled * 1e-15
    rounded = rounding(np.where(near, whole, scaled))
    result = np.where(places < 0, rounded * factor, rounded / factor)
    return np.sign(values) * np.where(np.isfinite(scaled), result, np.abs(values))
