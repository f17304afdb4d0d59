"""The lookups of a formula that take their keys for sorted, as its text tells them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from tickmark.model.grid import CellKind
from tickmark.structure.expression import (
    Array,
    Call,
    Constant,
    Expression,
    Operation,
    Referred,
    walk,
)


class KeyLayout(Enum):
    """Where the keys stand in the range that is looked in."""

    FIRST_COLUMN = auto()
    FIRST_ROW = auto()
    ONE_LINE = auto()
    """The range is one row or one column."""
    LONGER_SIDE = auto()
    """The first row of a range that is wider than tall, else the first column."""


@dataclass(frozen=True, slots=True)
class ApproximateLookup:
    """A lookup that searches by halves: it takes `keys` for sorted, upwards or `descending`.

    `value` is what is looked for. `stated` tells that the formula says so itself and does not just
    leave the argument out. `exact` is how its last argument reads in an exact lookup, "" for
    LOOKUP, which has none. `alone` tells that the formula is this lookup and nothing else.
    """

    function: str
    value: Expression
    keys: Referred | Array
    layout: KeyLayout
    descending: bool
    stated: bool
    exact: str
    alone: bool


LOOKUPS: Final = frozenset({"VLOOKUP", "HLOOKUP", "LOOKUP", "MATCH", "XLOOKUP", "XMATCH"})

_MATCH_ARGUMENT: Final = 2
_RANGE_ARGUMENT: Final = 3
_SEARCH_ARGUMENT: Final = {"XLOOKUP": 5, "XMATCH": 3}
_LAYOUTS: Final = {
    "VLOOKUP": KeyLayout.FIRST_COLUMN,
    "HLOOKUP": KeyLayout.FIRST_ROW,
    "MATCH": KeyLayout.ONE_LINE,
    "XLOOKUP": KeyLayout.ONE_LINE,
    "XMATCH": KeyLayout.ONE_LINE,
}
_EXACT: Final = {
    "VLOOKUP": "FALSE",
    "HLOOKUP": "FALSE",
    "MATCH": "0",
    "XLOOKUP": "1",
    "XMATCH": "1",
}
_UP, _DOWN, _EXACTLY = 1, -1, 0
_BY_HALVES: Final = 2
_SIGNS: Final = {"-": -1.0, "+": 1.0}


def approximate_lookups(tree: Expression) -> Iterator[ApproximateLookup]:
    """The lookups of a formula that search by halves; those whose kind is computed are left out."""
    for one in walk(tree):
        if isinstance(one, Call) and one.function in LOOKUPS and len(one.arguments) > 1:
            direction = _direction(one)
            keys = one.arguments[1]
            if direction and isinstance(keys, Referred | Array):
                yield ApproximateLookup(
                    one.function,
                    one.arguments[0],
                    keys,
                    _layout(one),
                    descending=direction == _DOWN,
                    stated=_is_stated(one),
                    exact=_EXACT.get(one.function, ""),
                    alone=one is tree,
                )


def constant_number(one: Expression) -> float | None:
    """The number that an argument states, with its sign; an argument left out is 0."""
    sign = 1.0
    if isinstance(one, Operation) and one.operator in _SIGNS and len(one.operands) == 1:
        sign, one = _SIGNS[one.operator], one.operands[0]
    match one:
        case Constant(CellKind.NUMBER | CellKind.BOOL, value):
            return sign * float(value)
        case Constant(CellKind.EMPTY):
            return 0.0
        case Call("TRUE" | "FALSE", ()):
            return float(one.function == "TRUE")
        case _:
            return None


def _layout(call: Call) -> KeyLayout:
    if call.function == "LOOKUP":
        vector = len(call.arguments) > _MATCH_ARGUMENT
        return KeyLayout.ONE_LINE if vector else KeyLayout.LONGER_SIDE
    return _LAYOUTS[call.function]


def _direction(call: Call) -> int:
    """Which way the keys are taken to run; _EXACTLY for a lookup that looks at each of them."""
    if call.function == "LOOKUP":
        return _UP
    if call.function in _SEARCH_ARGUMENT:
        search = _argument(call, _SEARCH_ARGUMENT[call.function], 1.0)
        by_halves = search is not None and abs(search) == _BY_HALVES
        return (_UP if search and search > 0 else _DOWN) if by_halves else _EXACTLY
    if call.function == "MATCH":
        kind = _argument(call, _MATCH_ARGUMENT, 1.0)
        return _EXACTLY if not kind else (_UP if kind > 0 else _DOWN)
    return _UP if _argument(call, _RANGE_ARGUMENT, 1.0) else _EXACTLY


def _is_stated(call: Call) -> bool:
    last = _MATCH_ARGUMENT if call.function == "MATCH" else _RANGE_ARGUMENT
    return call.function not in {"VLOOKUP", "HLOOKUP", "MATCH"} or len(call.arguments) > last


def _argument(call: Call, number: int, default: float) -> float | None:
    """The number in an argument, None for one that is computed."""
    arguments = call.arguments
    return constant_number(arguments[number]) if number < len(arguments) else default
