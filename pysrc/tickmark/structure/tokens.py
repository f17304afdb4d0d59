"""The lexer of formula text: every character of any text ends up in exactly one token."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from tickmark.structure.grammar import (
    AREA,
    CELL,
    COLUMNS,
    END,
    ERROR,
    NAME,
    NUMBER,
    OPERATOR,
    QUOTED,
    R1C1_IN_A1,
    ROWS,
    SHEET,
    SPACE,
    TABLE,
    TEXT,
)


class TokenKind(StrEnum):
    """What a piece of a formula is.

    SHEET is a prefix with its `!`; CELL `$B$7`; AREA `B2:D9`; COLUMNS `A:C`; ROWS `1:3`; R1C1 what
    is in that notation and nothing else, such as `R[-1]C`; TABLE a structured reference;
    OPERATOR any operator, bracket, brace or separator. UNREADABLE is the rest of a text from the
    first character on that starts no token.
    """

    SPACE = "space"
    TEXT = "text"
    SHEET = "sheet"
    ERROR = "error"
    AREA = "area"
    CELL = "cell"
    COLUMNS = "columns"
    ROWS = "rows"
    R1C1 = "r1c1"
    TABLE = "table"
    FUNCTION = "function"
    NAME = "name"
    NUMBER = "number"
    OPERATOR = "operator"
    UNREADABLE = "unreadable"


class Token(NamedTuple):
    """One piece of a formula; a tuple, since a workbook has millions of them."""

    kind: TokenKind
    text: str


_STORED = re.compile(r"_xl(?:fn|ws|pm|op|eta|udf|l)\.", re.IGNORECASE)


def displayed(text: str) -> str:
    """A formula as Excel shows it, without prefixes such as `_xlfn.` that only files carry."""
    if "_xl" not in text.lower():
        return text
    named = (TokenKind.FUNCTION, TokenKind.NAME)
    return "".join(
        _STORED.sub("", piece) if kind in named else piece for kind, piece in tokens(text)
    )


# A reference comes before the sheet prefix that it resembles, since `!` never stands behind one.
_FORMS = {
    TokenKind.SPACE: SPACE,
    TokenKind.TEXT: TEXT,
    TokenKind.AREA: AREA,
    TokenKind.CELL: CELL + END,
    TokenKind.COLUMNS: COLUMNS,
    TokenKind.ROWS: ROWS,
    TokenKind.SHEET: SHEET,
    TokenKind.ERROR: ERROR,
    TokenKind.R1C1: R1C1_IN_A1,
    TokenKind.TABLE: TABLE,
    TokenKind.FUNCTION: rf"{NAME}(?=\()",
    TokenKind.NAME: f"{NAME}|{QUOTED}",
    TokenKind.NUMBER: NUMBER,
    TokenKind.OPERATOR: OPERATOR,
    TokenKind.UNREADABLE: ".++",
}
_TOKEN = re.compile("|".join(f"(?P<{kind}>{form})" for kind, form in _FORMS.items()), re.DOTALL)
_KINDS = {kind.value: kind for kind in TokenKind}


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a formula without its `=`, in order; their texts joined are the formula.

    Reads any text without an exception, in time linear to its length.
    """
    for match in _TOKEN.finditer(text):
        yield Token(_KINDS[match.lastgroup or "unreadable"], match[0])
