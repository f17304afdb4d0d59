"""Formulas that check something: differences that should be 0, comparisons, and verdicts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from tickmark.audit.checks.check_words import verdict
from tickmark.model.grid import CellKind
from tickmark.structure.expression import Call, Constant, Expression, Operation, Referred, walk


class Form(StrEnum):
    """What a check gives: a number that should be 0, a truth value, or a word or number by IF."""

    DIFFERENCE = "difference"
    COMPARISON = "comparison"
    VERDICT = "verdict"


@dataclass(frozen=True, slots=True)
class CheckForm:
    """The form of a formula that may be a check.

    `sides` are the two parts that should be equal, () where they cannot be told. `good` and `bad`
    are what a VERDICT gives; for a COMPARISON `good` is the truth value that says it holds. `equal`
    tells that it looks whether two things are equal, not which is greater.
    """

    form: Form
    sides: tuple[Expression, ...] = ()
    good: str | float | bool | None = None
    bad: str | float | bool | None = None
    equal: bool = True


_SEEN_THROUGH: Final = frozenset(
    {"ROUND", "ROUNDUP", "ROUNDDOWN", "ABS", "INT", "TRUNC", "IFERROR", "IFNA", "SINGLE"}
)
_FALSE: Final = Constant(CellKind.BOOL, value=False)
_INVERSE: Final = {"=": False, "<>": True, "<": False, "<=": False, ">": True, ">=": True}
_SMALL: Final = 1.0 + 1e-9
_MOST_LEVELS: Final = 20


def check_form(tree: Expression) -> CheckForm | None:
    """The form of a formula; None for one that checks nothing."""
    return _form(tree, _MOST_LEVELS)


def _form(tree: Expression, levels: int) -> CheckForm | None:
    one = _core(tree)
    match one:
        case Operation("-" | "+", (left, right)) if _subtracts(one):
            plus = one.operator == "+"
            return CheckForm(Form.DIFFERENCE, (left, Operation("-", (right,)) if plus else right))
        case Operation("=" | "<>" | "<" | "<=" | ">" | ">=" as operator, (left, right)):
            return _compared(operator, left, right)
        case Call("EXACT", (left, right)):
            return CheckForm(Form.COMPARISON, (left, right), good=True)
        case Call("AND", arguments) if arguments and levels:
            return _all_of([_form(argument, levels - 1) for argument in arguments])
        case Call("IF", (condition, *branches)) if branches and levels:
            return _chosen(condition, branches, levels - 1)
        case _:
            return None


def _all_of(forms: list[CheckForm | None]) -> CheckForm | None:
    """Several comparisons that must all hold."""
    good = [one for one in forms if one and one.form is Form.COMPARISON and one.good is True]
    if len(good) < len(forms):
        return None
    equal = all(one.equal for one in good)
    return CheckForm(
        Form.COMPARISON, good[0].sides if len(good) == 1 else (), good=True, equal=equal
    )


def _core(tree: Expression) -> Expression:
    """A formula without what only rounds or turns its result."""
    while True:
        match tree:
            case Call(name, (first, *_)) if name in _SEEN_THROUGH:
                tree = first
            case Operation("-" | "+" | "@", (first,)):
                tree = first
            case _:
                return tree


def _subtracts(one: Expression) -> bool:
    """Whether a sum of terms takes one of them off."""
    while isinstance(one, Operation) and len(one.operands) == 2 and one.operator in "+-":  # noqa: PLR2004
        left, right = one.operands
        if one.operator == "-" or (isinstance(right, Operation) and right.operator == "-"):
            return True
        one = left
    return False


def _compared(operator: str, left: Expression, right: Expression) -> CheckForm:
    """A comparison; `ABS(A1-B1)<0.01` and `A1-B1=0` compare A1 with B1."""
    good = not _INVERSE[operator]
    if isinstance(right, Constant) and right.kind is CellKind.NUMBER:
        inner = _core(left)
        small = isinstance(right.value, float) and abs(right.value) <= _SMALL
        absolute = operator in {"=", "<>"} or _is_absolute(left)
        if small and absolute and isinstance(inner, Operation) and inner.operator == "-":
            sides = inner.operands if len(inner.operands) == 2 else ()  # noqa: PLR2004
            return CheckForm(Form.COMPARISON, sides, good=good)
    equal = operator in {"=", "<>"} and _refers(left) and _refers(right)
    return CheckForm(Form.COMPARISON, (left, right), good=good, equal=equal)


def _is_absolute(one: Expression) -> bool:
    while isinstance(one, Call) and one.function in {"ROUND", "INT", "TRUNC"} and one.arguments:
        one = one.arguments[0]
    return isinstance(one, Call) and one.function == "ABS"


def _refers(one: Expression) -> bool:
    return any(isinstance(part, Referred) for part in walk(one))


def _chosen(condition: Expression, branches: list[Expression], levels: int) -> CheckForm | None:
    """What IF gives: a verdict, or the check that one of its branches is."""
    asked = _form(condition, levels)
    then, other = (*branches, _FALSE)[:2]
    if isinstance(then, Constant) and isinstance(other, Constant):
        return _verdict(asked, then, other) if asked is not None else None
    for branch, rest in ((then, other), (other, then)):
        if isinstance(rest, Constant) and rest.value in {"", 0.0, "-"}:
            made = _form(branch, levels)
            if made is not None:
                return made
    return None


def _verdict(asked: CheckForm, then: Constant, other: Constant) -> CheckForm | None:
    """A verdict by two constants; words tell which is good, of numbers the condition does."""
    words = [verdict(one.value) if isinstance(one.value, str) else None for one in (then, other)]
    if asked.form is Form.DIFFERENCE:  # IF(A1-B1, …) is whether they differ
        asked = replace(asked, form=Form.COMPARISON, good=False)
    good = then if asked.good is True else other
    if words == [True, False]:
        good = then
    elif words == [False, True]:
        good = other
    elif isinstance(then.value, str) and isinstance(other.value, str):
        # One word and nothing: IF(A1<>B1,"ERROR","").
        blank = [not one.value.strip() for one in (then, other) if isinstance(one.value, str)]
        if words == [False, None] and blank[1]:
            good = other
        elif words == [None, False] and blank[0]:
            good = then
        else:
            return None
    elif {then.value, other.value} != {0.0, 1.0}:
        return None
    bad = other if good is then else then
    return CheckForm(Form.VERDICT, asked.sides, good.value, bad.value, asked.equal)
