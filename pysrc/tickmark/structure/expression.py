"""A formula as a tree of its operators, function calls, constants and references.

The tree holds no addresses, so that all formulas of one shape share one: `A1*2` and `$C$9*2` do. A
reference stands in it by its number among `Formulas.references[sheet][template]`, which tells what
it means in each cell that holds a copy. To look at everything in a formula:

    tree = expression(template.text)
    for one in walk(tree) if tree is not None else ():
        match one:
            case Operation("*" | "/", (left, Constant(CellKind.NUMBER, value))): ...
            case Call("SUM", arguments): ...
            case Referred(number): formulas.references[sheet][at][number]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeAlias

from tickmark.model.grid import CellKind
from tickmark.structure.calls import called, parameter
from tickmark.structure.pieces import split
from tickmark.structure.skeleton import skeleton
from tickmark.structure.tokens import Token, TokenKind, tokens

DEEPEST: Final = 250
"""Levels of a tree; formulas with more of them have none. Excel nests 64 calls."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, text, truth value or error that is written in a formula.

    `kind` is EMPTY, and `value` "", for an argument that is left out, as the second of `IF(A1,,2)`.
    `value` is a float, str, bool or the error's text; `text` is the constant as written.
    """

    kind: CellKind
    value: float | str | bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class Array:
    """An array constant such as `{1,2;3,4}`, as written."""

    text: str


@dataclass(frozen=True, slots=True)
class Referred:
    """A reference, by its number among the references of the formula; names are references too."""

    number: int


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the LET or LAMBDA around it, folded."""

    name: str


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator with its one or two operands.

    With one: `-`, `+`, `%` and `@` (only the cell in line). With two: `^ * / + - &`, the
    comparisons `= <> < > <= >=`, and those that make references of references: `:` (a range up
    to), `,` (both) and a space (what they share). Parentheses leave nothing but the order.
    """

    operator: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments; in upper case and without the prefixes that files carry."""

    function: str
    arguments: tuple[Expression, ...]


Expression: TypeAlias = Constant | Array | Referred | Parameter | Operation | Call


@lru_cache(maxsize=8_192)
def expression(text: str) -> Expression | None:
    """The tree of a formula (without `=`); None for a text that is none, and one too deep.

    Binds as Excel does: `-2^2` is 4, `2^3^2` is 64. Linear in the length of the text; what is
    asked again for a formula of the same shape comes from a cache.
    """
    found = split(text)
    made = skeleton(found)
    if made.error >= 0:
        return None
    slots = tuple(
        "".join([prefix + _ANY_CELLS for prefix in slot.prefixes]) or slot.reference.text
        for slot in made.slots
    )
    return _tree(tuple([written for written, _ in found]), slots)


def parts(one: Expression) -> tuple[Expression, ...]:
    """The operands of an operator or the arguments of a call; none of all others."""
    match one:
        case Operation(operands=inner) | Call(arguments=inner):
            return inner
        case _:
            return ()


def walk(one: Expression) -> Iterator[Expression]:
    """A tree and all that is in it, each before its parts, from left to right."""
    waiting = [one]
    while waiting:
        here = waiting.pop()
        yield here
        waiting.extend(reversed(parts(here)))


# Neither `$` in front nor `:` behind makes one token of this and what stands beside it.
_ANY_CELLS: Final = "$A$1:$A$1"
_OPERANDS: Final = frozenset(
    {
        TokenKind.SHEET,
        TokenKind.AREA,
        TokenKind.CELL,
        TokenKind.COLUMNS,
        TokenKind.ROWS,
        TokenKind.R1C1,
        TokenKind.TABLE,
        TokenKind.NAME,
        TokenKind.ERROR,
    }
)
_BINARY: Final = {
    ":": 10,
    " ": 9,
    ",": 8,
    "^": 4,
    "*": 3,
    "/": 3,
    "+": 2,
    "-": 2,
    "&": 1,
    "=": 0,
    "<>": 0,
    "<": 0,
    ">": 0,
    "<=": 0,
    ">=": 0,
}
_PREFIX: Final = {"@": 7, "-": 6, "+": 6}
_PERCENT: Final = 5
_LOWEST: Final = -1


@lru_cache(maxsize=4_096)
def _tree(texts: tuple[str, ...], slots: tuple[str, ...]) -> Expression | None:
    parser = _Parser(list(tokens(_ANY_CELLS.join(texts))), slots)
    try:
        return parser.parsed()
    except _UnknownFormError:
        return None


class _UnknownFormError(Exception):
    """A formula that the parser has no tree for."""


@dataclass(slots=True)
class _Level:
    """What is open in one pair of parentheses: operands with their heights, operators, arguments.

    An operator is its text, its number of operands and how strongly it binds. `function` is None
    for parentheses without one.
    """

    function: str | None = None
    operands: list[tuple[Expression, int]] = field(default_factory=list)
    operators: list[tuple[str, int, int]] = field(default_factory=list)
    arguments: list[tuple[Expression, int]] = field(default_factory=list)

    def push(self, text: str, count: int, binds: int) -> None:
        self.operators.append((text, count, binds))

    def apply(self, binds: int) -> None:
        """Give the last operators that bind at least so strongly their operands."""
        while self.operators and self.operators[-1][2] >= binds:
            text, count, _ = self.operators.pop()
            if len(self.operands) < count:
                raise _UnknownFormError
            taken = self.operands[-count:]
            del self.operands[-count:]
            made = Operation(text, tuple([one for one, _ in taken]))
            self.operands.append((made, _above(taken)))

    def end(self) -> tuple[Expression, int] | None:
        """What stands between two commas or parentheses; None for nothing."""
        self.apply(_LOWEST)
        if len(self.operands) > 1:
            raise _UnknownFormError
        return self.operands.pop() if self.operands else None


def _above(taken: list[tuple[Expression, int]]) -> int:
    """The height of a tree on top of others."""
    height = 1 + max((height for _, height in taken), default=0)
    if height > DEEPEST:
        raise _UnknownFormError
    return height


class _Parser:
    """One pass over the tokens of a formula: operators wait until one that binds less comes."""

    def __init__(self, found: list[Token], slots: tuple[str, ...]) -> None:
        self.tokens = found
        self.slots = slots
        self.at = 0
        self.next_slot = 0
        self.levels = [_Level()]
        self.operand = False  # whether an operand has just ended
        self.space = False

    def parsed(self) -> Expression:
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.kind is TokenKind.SPACE:
                self.space = True
                continue
            self._take(token)
            self.space = False
        result = self.levels[0].end()
        if len(self.levels) > 1 or result is None or self.next_slot < len(self.slots):
            raise _UnknownFormError
        return result[0]

    def _take(self, token: Token) -> None:
        kind, text = token
        if kind is TokenKind.OPERATOR:
            self._operator(text)
        elif kind is TokenKind.FUNCTION:
            self._open(called(text))
            self.at += 1  # the parenthesis that follows each function
        elif kind is TokenKind.NUMBER:
            self._end_operand(Constant(CellKind.NUMBER, float(text), text))
        elif kind is TokenKind.TEXT:
            value = text[1:-1].replace('""', '"')
            self._end_operand(Constant(CellKind.TEXT, value, text))
        elif kind in _OPERANDS:
            self._referring(token)
        else:
            raise _UnknownFormError

    def _referring(self, token: Token) -> None:
        """A reference, or a name or error that is none."""
        slot = self.slots[self.next_slot] if self.next_slot < len(self.slots) else None
        if slot is not None and self._matches(token.text, slot):
            self._end_operand(Referred(self.next_slot))
            self.next_slot += 1
        elif token.kind is TokenKind.ERROR:
            self._end_operand(Constant(CellKind.ERROR, token.text.upper(), token.text))
        elif token.kind is TokenKind.NAME and token.text.upper() in {"TRUE", "FALSE"}:
            value = token.text.upper() == "TRUE"
            self._end_operand(Constant(CellKind.BOOL, value, token.text))
        elif token.kind is TokenKind.NAME:
            self._end_operand(Parameter(parameter(token.text)))
        elif token.kind is not TokenKind.SHEET or self._ahead().kind is not TokenKind.FUNCTION:
            raise _UnknownFormError  # the sheet before a function of another workbook tells nothing

    def _matches(self, text: str, slot: str) -> bool:
        """Whether a reference with a text begins with the last token; steps over the rest of it."""
        at = self.at
        while len(text) < len(slot) and at < len(self.tokens):
            if self.tokens[at].kind is not TokenKind.SPACE:
                text += self.tokens[at].text
            at += 1
        if text != slot:
            return False
        self.at = at
        if self._ahead().text == "#":
            self.at += 1
        return True

    def _ahead(self) -> Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else _END

    def _end_operand(self, made: Expression, height: int = 1) -> None:
        self._intersect()
        self.levels[-1].operands.append((made, height))
        self.operand = True

    def _intersect(self) -> None:
        """Two operands side by side: the space between them is an operator."""
        if self.operand:
            if not self.space:
                raise _UnknownFormError
            self._binary(" ")

    def _open(self, function: str | None) -> None:
        self._intersect()
        if len(self.levels) >= DEEPEST:
            raise _UnknownFormError
        self.levels.append(_Level(function))
        self.operand = False

    def _binary(self, text: str) -> None:
        level, binds = self.levels[-1], _BINARY[text]
        level.apply(binds)
        level.push(text, 2, binds)
        self.operand = False

    def _operator(self, text: str) -> None:
        level = self.levels[-1]
        if text == "(":
            self._open(None)
        elif text == ")":
            self._close()
        elif text == "{":
            self._array()
        elif text == "," and level.function is not None:
            level.arguments.append(level.end() or _LEFT_OUT)
            self.operand = False
        elif text == "%" and self.operand:
            level.apply(_PERCENT)
            level.push(text, 1, _PERCENT)
            level.apply(_PERCENT)
        elif self.operand and text in _BINARY:
            self._binary(text)
        elif not self.operand and text in _PREFIX:
            level.push(text, 1, _PREFIX[text])
        else:
            raise _UnknownFormError

    def _close(self) -> None:
        if len(self.levels) == 1:
            raise _UnknownFormError
        level = self.levels.pop()
        last = level.end()
        self.operand, self.space = False, False
        if level.function is None:
            if last is None:
                raise _UnknownFormError
            self._push(*last)
            return
        if last is not None or level.arguments:
            level.arguments.append(last or _LEFT_OUT)
        made = Call(level.function, tuple([one for one, _ in level.arguments]))
        self._push(made, _above(level.arguments))

    def _push(self, made: Expression, height: int) -> None:
        self.levels[-1].operands.append((made, height))
        self.operand = True

    def _array(self) -> None:
        """An array constant, up to its closing brace."""
        text = "{"
        while self.at < len(self.tokens) and self._ahead().text != "}":
            text += self._ahead().text
            self.at += 1
        self.at += 1
        self._end_operand(Array(text + "}"))


_END: Final = Token(TokenKind.OPERATOR, "")
_LEFT_OUT: Final = (Constant(CellKind.EMPTY, ""), 1)
