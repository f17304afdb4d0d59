"""The lexer of formula text: every character of any text ends up in exactly one token."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple


class TokenKind(StrEnum):
    """What a piece of a formula is.

    SHEET is a prefix with its `!`; CELL `$B$7`; AREA `B2:D9`; COLUMNS `A:C`; ROWS `1:3`; TABLE a
    structured reference; OPERATOR any operator, bracket, brace or separator. UNREADABLE is the
    rest of a text from the first character on that starts no token.
    """

    SPACE = "space"
    TEXT = "text"
    SHEET = "sheet"
    ERROR = "error"
    AREA = "area"
    CELL = "cell"
    COLUMNS = "columns"
    ROWS = "rows"
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


_STORED = re.compile(r"_xl(?:fn|ws|pm|udf|l)\.", re.IGNORECASE)


def displayed(text: str) -> str:
    """A formula as Excel shows it, without prefixes such as `_xlfn.` that only files carry."""
    if "_xl" not in text.lower():
        return text
    named = (TokenKind.FUNCTION, TokenKind.NAME)
    return "".join(
        _STORED.sub("", piece) if kind in named else piece for kind, piece in tokens(text)
    )


_NAME_START = r"[A-Za-z_\\\x80-\U0010ffff]"
_NAME_PART = r"[A-Za-z0-9_.?\\\x80-\U0010ffff]"
_COLUMN = (
    r"\$?(?:[A-Wa-w][A-Za-z]{2}|[Xx](?:[A-Ea-e][A-Za-z]|[Ff][A-Da-d])|[A-Za-z]{1,2})(?![A-Za-z])"
)
_ROW = (
    r"\$?(?:10(?:[0-3]\d{4}|4(?:[0-7]\d{3}|8(?:[0-4]\d\d|5(?:[0-6]\d|7[0-6]))))"
    r"|[1-9]\d{0,5})(?!\d)"
)
_CELL = _COLUMN + _ROW
# A number in files; in an open workbook the name of another open one, as in `[prices.xlsx]Q1!A1`.
_BOOK = r"\[[^\[\]'\"*?:/\\!]++\]"
_END = rf"(?!{_NAME_PART}|[(!\[])"
_ERRORS = (
    r"REF!|DIV/0!|N/A|NAME\?|NULL!|NUM!|VALUE!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!"
    r"|UNKNOWN!|EXTERNAL!|PYTHON!|GETTING_DATA"
)

# Every repetition is possessive or ends in a class that its neighbour cannot match, so that no
# text makes the matching slower than linear. SHEET comes before the references it may resemble.
_TOKEN = re.compile(
    rf"""
    (?P<space>[ \t\r\n]++)
    |(?P<text>"(?:[^"]|"")*+")
    |(?P<sheet>'(?:[^']|'')++'!
        |{_BOOK}(?:\#REF)?!
        |(?:{_BOOK})?+(?!{_CELL}:){_NAME_PART}++(?::{_NAME_PART}++)?+!)
    |(?P<error>\#(?:{_ERRORS}))
    |(?P<area>{_CELL}:{_CELL}{_END})
    |(?P<cell>{_CELL}{_END})
    |(?P<columns>{_COLUMN}:{_COLUMN}{_END})
    |(?P<rows>{_ROW}:{_ROW}{_END})
    |(?P<table>(?![RrCc]\[)(?:{_NAME_START}{_NAME_PART}*+)?+
        \[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*+\])*+\])
    |(?P<function>{_NAME_START}{_NAME_PART}*+(?=\())
    |(?P<name>{_NAME_START}{_NAME_PART}*+|'(?:[^']|'')*+')
    |(?P<number>(?:\d++(?:\.\d*+)?+|\.\d++)(?:[eE][+-]?\d++)?+)
    |(?P<operator><=|>=|<>|[-+*/^&=<>%,;:(){{}}@!\#|~])
    |(?P<unreadable>.+)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_KINDS = {kind.value: kind for kind in TokenKind}


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a formula without its `=`, in order; their texts joined are the formula.

    Reads any text without an exception, in time linear to its length.
    """
    for match in _TOKEN.finditer(text):
        yield Token(_KINDS[match.lastgroup or "unreadable"], match[0])
