"""Numbers typed inside formulas that are assumptions, and those that only belong to the form."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from tickmark.audit.memo import once
from tickmark.model.grid import CellKind
from tickmark.structure.expression import (
    Call,
    Constant,
    Expression,
    Operation,
    Referred,
    expression,
    walk,
)


class Part(StrEnum):
    """What a typed number does in its formula."""

    FACTOR = "factor"
    DIVISOR = "divisor"
    BASE = "base"
    ADDEND = "addend"
    LIMIT = "limit"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class TypedConstant:
    """A number typed in a formula: its value without sign, as written, and what it does there.

    `text` is as written, with `%` where it has one. `beside_total` tells that it is added to an
    aggregate such as SUM.
    """

    value: float
    text: str
    part: Part
    beside_total: bool = False


def constants_of(tree: Expression) -> tuple[TypedConstant, ...]:
    """The typed numbers of a formula that are assumptions, from left to right.

    Left out are counts of months, days, hours and the like, powers of ten, conversions of units,
    years, exponents, parts such as 1/3, codes that a value is compared with for equality, and what
    functions take as positions, digits, lengths, types and dates.
    """
    return tuple(
        one for one in _constants(tree, Part.RESULT, beside_total=False) if not _is_plain(one)
    )


@once
def constants_in(text: str) -> tuple[TypedConstant, ...]:
    """The same for the text of a formula; none for one that cannot be read."""
    tree = expression(text)
    return () if tree is None else constants_of(tree)


def only_typed(tree: Expression) -> bool:
    """Whether a formula calculates with two or more numbers and nothing else, as `=1260+2830`."""
    found = list(walk(tree))
    if any(isinstance(one, Referred | Call) for one in found):
        return False
    return sum(isinstance(one, Constant) and one.kind is CellKind.NUMBER for one in found) > 1


_AGGREGATES: Final = frozenset(
    {"SUM", "SUMIF", "SUMIFS", "SUMPRODUCT", "SUBTOTAL", "AGGREGATE", "AVERAGE", "COUNT", "PRODUCT"}
)
_ORDER: Final = frozenset({"<", ">", "<=", ">="})

# Arguments (from 0) whose typed numbers are amounts or rates; -1 stands for all. What other
# functions take directly is a position, a number of digits, a type or a date.
_ALL: Final = frozenset(range(64))
_VALUES: Final = {
    "IF": frozenset({1, 2}),
    "IFERROR": frozenset({1}),
    "IFNA": frozenset({1}),
    "CHOOSE": _ALL - {0},
    "MAX": _ALL,
    "MIN": _ALL,
    "SUM": _ALL,
    "AVERAGE": _ALL,
    "PRODUCT": _ALL,
    "PMT": frozenset({0, 1, 2}),
    "IPMT": frozenset({0, 2, 3}),
    "PPMT": frozenset({0, 2, 3}),
    "PV": frozenset({0, 1, 2}),
    "FV": frozenset({0, 1, 2}),
    "NPV": frozenset({0}),
    "XNPV": frozenset({0}),
    "NPER": frozenset({0, 1, 2}),
    "EFFECT": frozenset({0}),
    "NOMINAL": frozenset({0}),
    "ROUND": frozenset({0}),
    "ROUNDUP": frozenset({0}),
    "ROUNDDOWN": frozenset({0}),
}
# Only these arguments are looked into; what stands in the others is no amount in any form.
_LOOKED_INTO: Final = {
    **dict.fromkeys(
        """
        VLOOKUP HLOOKUP LOOKUP XLOOKUP MATCH XMATCH OFFSET INDIRECT ADDRESS LEFT RIGHT MID FIND
        SEARCH REPLACE SUBSTITUTE REPT TEXT DATE TIME EDATE EOMONTH YEAR MONTH DAY WEEKDAY
        WEEKNUM WORKDAY NETWORKDAYS YEARFRAC DATEDIF ROW COLUMN ROWS COLUMNS CHAR SUMIF SUMIFS
        COUNTIF COUNTIFS AVERAGEIF AVERAGEIFS SUBTOTAL AGGREGATE CELL RAND RANDBETWEEN SEQUENCE
        HYPERLINK CONCATENATE CONCAT TEXTJOIN FIXED DOLLAR MOD HOUR MINUTE SECOND
        """.split(),  # noqa: SIM905 - sixty quoted names would be harder to read
        frozenset[int](),
    ),
    "INDEX": frozenset({0}),
    "CHOOSE": _ALL - {0},
    "LARGE": frozenset({0}),
    "SMALL": frozenset({0}),
    "PERCENTILE": frozenset({0}),
    "QUARTILE": frozenset({0}),
    "ROUND": frozenset({0}),
    "ROUNDUP": frozenset({0}),
    "ROUNDDOWN": frozenset({0}),
    "MROUND": frozenset({0}),
    "CEILING": frozenset({0}),
    "FLOOR": frozenset({0}),
}

_COUNTS: Final = frozenset(
    {0, 0.5, 1, 2, 3, 4, 5, 6, 7, 8, 12, 24, 30, 31, 48, 52, 53, 60, 90, 180, 360, 364, 365, 365.25}
    | {366, 1440, 3600, 8760, 8766, 8784, 86400, 31536000, 0.25, 0.75}
)
_UNITS: Final = frozenset(
    {
        3.6,
        25.4,
        2.54,
        0.3048,
        3.2808,
        1.609344,
        1.609,
        1.60934,
        0.45359237,
        0.4536,
        0.453592,
        2.2046,
    }
    | {2.20462, 2.205, 3.785, 3.78541, 4.184, 4.1868, 273.15, 1024, 1048576, 9.81, 3.14159, 3.1416}
    | {1.8, 32, 41.868, 11.63, 277.78, 0.277778, 1.055, 1.05506}
)
_YEARS: Final = (1900, 2100)
_NEAR: Final = 1e-12


def _constants(tree: Expression, part: Part, *, beside_total: bool) -> Iterator[TypedConstant]:
    waiting: list[tuple[Expression, Part, bool, bool]] = [(tree, part, beside_total, False)]
    while waiting:
        one, part, beside, structural = waiting.pop()
        if isinstance(one, Constant):
            number = _number(one, "")
            if number is not None and not structural:
                yield TypedConstant(*number, part, beside)
            continue
        if isinstance(one, Operation):
            inner = _signed(one)
            if inner is not None:
                number = _number(*inner)
                if number is not None and not structural:
                    yield TypedConstant(*number, part, beside)
                continue
        waiting.extend(reversed(list(_inside(one, part, beside=beside))))


def _signed(one: Operation) -> tuple[Constant, str] | None:
    """A constant with a sign before it or `%` behind it."""
    match one:
        case Operation("-" | "+", (Constant() as inner,)):
            return inner, ""
        case Operation("%", (Constant() as inner,)):
            return inner, "%"
        case _:
            return None


def _number(one: Constant, behind: str) -> tuple[float, str] | None:
    if one.kind is not CellKind.NUMBER or not isinstance(one.value, float):
        return None
    return (one.value / 100 if behind else one.value), one.text + behind


_Inner = tuple[Expression, Part, bool, bool]


def _inside(one: Expression, part: Part, *, beside: bool) -> Iterator[_Inner]:
    """The parts of a tree with what they do, is an aggregate beside, and are they of the form."""
    match one:
        case Operation("*", operands):
            yield from ((inner, Part.FACTOR, False, False) for inner in operands)
        case Operation("/", (above, below)):
            if not (isinstance(above, Constant) and isinstance(below, Constant)):
                yield above, Part.FACTOR, False, False
                yield below, Part.DIVISOR, False, False
        case Operation("^", (base, exponent)):
            yield base, Part.BASE, False, False
            yield (
                exponent,
                Part.FACTOR,
                False,
                not any(isinstance(inner, Referred) for inner in walk(exponent)),
            )
        case Operation("+" | "-", operands):
            total = beside or any(
                isinstance(inner, Call) and inner.function in _AGGREGATES for inner in operands
            )
            growth = any(isinstance(inner, Constant) and inner.value == 1 for inner in operands)
            kept = Part.FACTOR if growth else Part.ADDEND
            yield from ((inner, kept, total, False) for inner in operands)
        case Operation(operator, operands):
            limit = operator in _ORDER
            does = Part.LIMIT if limit else part
            yield from ((inner, does, False, not limit) for inner in operands)
        case Call(function, arguments):
            values = _VALUES.get(function, frozenset[int]())
            looked = _LOOKED_INTO.get(function, _ALL)
            inside = Part.RESULT if function in _VALUES else part
            for at, inner in enumerate(arguments):
                if at in looked:
                    yield inner, inside, False, at not in values
        case _:
            return


@lru_cache(maxsize=8_192)
def _is_plain(one: TypedConstant) -> bool:
    """Whether a typed number is a count or a unit that never changes, or a power of ten."""
    value = abs(one.value)
    if value in _COUNTS or value in _UNITS or not math.isfinite(value):
        return True
    if _YEARS[0] <= value <= _YEARS[1] and value % 1 == 0 and one.part is not Part.FACTOR:
        return True
    power = math.log10(value)
    return abs(power - round(power)) < _NEAR


def digits_of(value: float) -> int:
    """How many digits a number has from its first to its last that is not zero."""
    return len(f"{abs(value):.15g}".partition("e")[0].replace(".", "").strip("0"))
