"""Whether tokens make up a formula: operands, operators and brackets in a possible order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tickmark.structure.tokens import Token, TokenKind

# `!A1` in a name is a cell of the sheet that uses the name.
_PREFIXES: Final = frozenset("+-@!")
_POSTFIXES: Final = frozenset("%#")
_ADDRESSES: Final = frozenset(
    {TokenKind.AREA, TokenKind.CELL, TokenKind.COLUMNS, TokenKind.ROWS, TokenKind.R1C1}
)
_CLOSING: Final = {"(": ")", "{": "}"}


def first_error(found: Sequence[Token]) -> int:
    """The number of the token at which a formula ends to be one, -1 where it is one.

    The number of tokens stands for a formula that is not finished. What Excel accepts passes, and
    a little more: that values fit and that functions exist and get enough is not looked at.
    """
    open_brackets: list[str] = []
    operand = False  # whether an operand has just ended
    for at, token in enumerate(found):
        before = found[at - 1] if at else None
        match token.kind:
            case TokenKind.SPACE:
                continue
            case TokenKind.UNREADABLE:
                return at
            case TokenKind.OPERATOR:
                after = _after(token.text, operand=operand, before=before, brackets=open_brackets)
                if after is None:
                    return at
                operand = after
            case TokenKind.SHEET | TokenKind.FUNCTION:
                if operand and not _is_space(before):
                    return at
                operand = False
            case _:
                if operand and not _is_space(before) and not _is_lost(before, token):
                    return at
                operand = True
    return -1 if operand and not open_brackets else len(found)


def _after(text: str, *, operand: bool, before: Token | None, brackets: list[str]) -> bool | None:
    """Whether an operand has ended behind an operator; None where it must not stand there."""
    if text in _CLOSING:
        brackets.append(text)
        return None if text == "{" and operand else False
    if text in {")", "}"}:
        closes = bool(brackets) and _CLOSING[brackets.pop()] == text
        empty = before is not None and before.text in {"(", ","}
        return True if closes and (operand or empty or _is_space(before)) else None
    if text in {",", ";"}:  # an argument may be left out
        return False if brackets or operand else None
    if operand:
        return text in _POSTFIXES
    return False if text in _PREFIXES else None


def _is_space(before: Token | None) -> bool:
    """Whether a space stands before a token: between two operands it intersects them."""
    return before is not None and before.kind is TokenKind.SPACE


def _is_lost(before: Token | None, token: Token) -> bool:
    """Whether `#REF!` and the cell of a deleted sheet stand together, as in `#REF!A1`."""
    return (
        before is not None
        and before.kind is TokenKind.ERROR
        and before.text.upper() == "#REF!"
        and token.kind in _ADDRESSES
    )
