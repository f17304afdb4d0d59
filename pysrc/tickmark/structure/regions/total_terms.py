"""Formulas that add up cells, read as signed terms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

from tickmark.structure.calls import called
from tickmark.structure.template import Template
from tickmark.structure.tokens import Token, TokenKind, tokens


class Figure(IntEnum):
    """What a formula makes of the cells that it takes."""

    NONE = 0
    SUM = 1
    MEAN = 2
    OTHER = 3
    """A count, an extreme, a deviation and the like."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a formula adds up: for each term its sign and the number of its reference.

    `references` counts all references of the formula. `ranged` tells that a function such as SUM
    takes the cells, so that a single one is a list of one.
    """

    figure: Figure
    signed: tuple[tuple[int, int], ...]
    references: int
    ranged: bool


def terms_of(template: Template) -> Terms | None:
    """The terms of a formula; None for one that does more than to add up or sum up cells."""
    texts = [piece for piece in template.pieces if isinstance(piece, str)]
    joined = _GAP.join(texts)
    if "'" not in joined and "[" not in joined and not _NUMBERED.search(joined):
        joined = _CONSTANT.sub(_any_constant, joined)
    if len(joined) > _LONGEST:
        return None
    return _terms(joined)


# Neither XML nor Excel knows the letter of the gap, where a reference stands.
_GAP: Final = "\0"
_LONGEST: Final = 8_192
_NUMBERED: Final = re.compile("SUBTOTAL|AGGREGATE", re.IGNORECASE)
_CONSTANT: Final = re.compile(r'"(?:[^"]|"")*+"|(?<![\w.$!#:\0])[0-9]+(?:\.[0-9]*)?(?![\w.(!:\0])')
_DEEPEST: Final = 32

_REFERENCES: Final = frozenset(
    {TokenKind.CELL, TokenKind.AREA, TokenKind.COLUMNS, TokenKind.ROWS, TokenKind.TABLE}
)
_WRAPPERS: Final = frozenset(
    """
    ROUND ROUNDUP ROUNDDOWN MROUND INT TRUNC CEILING FLOOR N VALUE IFERROR IFNA ABS
    """.split()  # noqa: SIM905 - quoted names would be harder to read
)
_MEANS: Final = frozenset({"AVERAGE", "AVERAGEA", "GEOMEAN", "HARMEAN", "TRIMMEAN"})
_OTHERS: Final = frozenset(
    """
    COUNT COUNTA MIN MAX MINA MAXA MEDIAN MODE MODE.SNGL STDEV STDEV.S STDEV.P STDEVP STDEVA STDEVPA
    VAR VAR.S VAR.P VARP VARA VARPA SKEW KURT AVEDEV DEVSQ PERCENTILE PERCENTILE.INC PERCENTILE.EXC
    QUARTILE QUARTILE.INC QUARTILE.EXC LARGE SMALL
    """.split()  # noqa: SIM905 - quoted names would be harder to read
)
_FIGURES: Final = {
    "SUM": Figure.SUM,
    **dict.fromkeys(_MEANS, Figure.MEAN),
    **dict.fromkeys(_OTHERS, Figure.OTHER),
}
_COUNTS: Final = frozenset({"COUNT", "COUNTA", "ROWS", "COLUMNS"})
_OF_NUMBER: Final = {1: Figure.MEAN, 9: Figure.SUM}
_BEYOND: Final = frozenset({"LET", "LAMBDA"})


def _any_constant(found: re.Match[str]) -> str:
    return '""' if found[0][0] == '"' else "1"


@lru_cache(maxsize=4_096)
def _terms(joined: str) -> Terms | None:
    found = [
        token
        for token in tokens(joined.replace(_GAP, "$A$1:$A$1"))
        if token.kind is not TokenKind.SPACE
    ]
    if any(one.kind is TokenKind.OPERATOR and one.text in ":@#{" for one in found):
        return None
    if any(one.kind is TokenKind.FUNCTION and called(one.text) in _BEYOND for one in found):
        return None
    reader = _TermReader(found)
    part = reader.expression()
    if part is None or reader.at < len(found) or not part.signed:
        return None
    if part.figure is Figure.NONE or all(sign < 0 for sign, _ in part.signed):
        return None
    return Terms(part.figure, tuple(part.signed), reader.references, part.ranged)


@dataclass(slots=True)
class _Part:
    """An expression: its terms, none where it is a constant."""

    figure: Figure
    signed: list[tuple[int, int]]
    ranged: bool = False


class _TermReader:
    """Walks through the tokens of a formula; its methods tell None for what is no sum."""

    def __init__(self, found: list[Token]) -> None:
        self.tokens = found
        self.at = 0
        self.references = 0
        self.depth = 0

    def expression(self) -> _Part | None:
        """Terms with plus and minus between them."""
        self.depth += 1
        if self.depth > _DEEPEST:
            return None
        whole = _Part(Figure.SUM, [])
        operands = 0
        sign = 1
        while True:
            while self._text() in ("+", "-"):
                sign = -sign if self._text() == "-" else sign
                self.at += 1
            part = self._divided()
            if part is None:
                return None
            if part.signed:
                operands += 1
                if part.figure is not Figure.SUM:
                    whole.figure = part.figure
                whole.ranged = whole.ranged or part.ranged
                whole.signed += [(sign * own, slot) for own, slot in part.signed]
            if whole.figure is not Figure.SUM and operands > 1:
                return None
            if self._text() not in ("+", "-"):
                self.depth -= 1
                return whole
            sign = 1

    def _divided(self) -> _Part | None:
        """An operand, or a sum through a count, which is a mean."""
        part = self._operand()
        if part is None or self._text() != "/":
            return part
        if part.figure is not Figure.SUM or not (part.ranged or len(part.signed) > 1):
            return None
        self.at += 1
        token = self._token()
        if token is None:
            return None
        if token.kind is TokenKind.NUMBER:
            self.at += 1
        elif token.kind is TokenKind.FUNCTION and called(token.text) in _COUNTS:
            self.at += 1
            self._skip_call()
        else:
            return None
        return _Part(Figure.MEAN, part.signed, part.ranged)

    def _operand(self) -> _Part | None:
        token = self._token()
        if token is None:
            return None
        if token.kind in {TokenKind.NUMBER, TokenKind.TEXT}:
            self.at += 1
            return _Part(Figure.SUM, [])
        if token.kind is TokenKind.FUNCTION:
            self.at += 1
            return self._call(called(token.text))
        if token.text == "(":
            self.at += 1
            part = self.expression()
            return part if self._closed() else None
        return self._reference()

    def _reference(self) -> _Part | None:
        token = self._token()
        if token is not None and token.kind is TokenKind.SHEET:
            self.at += 1
            token = self._token()
        if token is None or token.kind not in _REFERENCES | {TokenKind.NAME}:
            return None
        self.at += 1
        self.references += 1
        return _Part(Figure.SUM, [(1, self.references - 1)])

    def _call(self, name: str) -> _Part | None:
        """A function; its opening bracket stands here."""
        self.at += 1
        if name in _FIGURES:
            return self._arguments(_FIGURES[name])
        if name in {"SUBTOTAL", "AGGREGATE"}:
            return self._numbered(name)
        if name in _WRAPPERS:
            return self._wrapped()
        return self._branches() if name == "IF" else None

    def _wrapped(self) -> _Part | None:
        """A function that changes little of its first argument, and takes no further cells."""
        part = self.expression()
        while self._text() == ",":
            self.at += 1
            if self._skipped():
                return None
        return part if self._closed() else None

    def _arguments(self, figure: Figure) -> _Part | None:
        """All arguments together; only a sum may have sums inside."""
        whole = _Part(figure, [], ranged=True)
        while True:
            if self._text() == ",":
                self.at += 1
                continue
            if self._closed():
                return whole
            part = self.expression() if figure is Figure.SUM else self._operand()
            if part is None or part.figure is not Figure.SUM or self._text() not in {",", ")"}:
                return None
            whole.signed += part.signed

    def _numbered(self, name: str) -> _Part | None:
        """SUBTOTAL or AGGREGATE, whose first argument is the number of a function."""
        token = self._token()
        if token is None or token.kind is not TokenKind.NUMBER:
            return None
        self.at += 1
        number = int(float(token.text)) % 100
        if name == "AGGREGATE":
            if self._text() != ",":
                return None
            self.at += 1
            if self._skipped():
                return None
        if self._text() != ",":
            return None
        self.at += 1
        part = self._arguments(Figure.SUM)
        return part and _Part(_OF_NUMBER.get(number, Figure.OTHER), part.signed, ranged=True)

    def _branches(self) -> _Part | None:
        """IF of which one branch adds up and the other one is a constant."""
        self._skipped()
        found: list[_Part] = []
        while self._text() == ",":
            self.at += 1
            if self._text() in {",", ")"}:
                continue
            part = self.expression()
            if part is None:
                return None
            if part.signed:
                found.append(part)
        return found[0] if self._closed() and len(found) == 1 else None

    def _skipped(self) -> int:
        """The number of references in the argument that is stepped over."""
        before, open_ = self.references, 0
        while (token := self._token()) is not None:
            if token.text == "(":
                open_ += 1
            elif token.text == ")":
                if not open_:
                    break
                open_ -= 1
            elif token.text == "," and not open_:
                break
            named = token.kind is TokenKind.NAME and token.text.upper() not in {"TRUE", "FALSE"}
            self.references += named or token.kind in _REFERENCES or token.text == "#REF!"
            self.at += 1
        return self.references - before

    def _skip_call(self) -> None:
        """Step over the brackets of a call and what is in them."""
        self.at += 1
        while self._text() not in {")", ""}:
            self._skipped()
            if self._text() == ",":
                self.at += 1
        self.at += 1

    def _closed(self) -> bool:
        if self._text() != ")":
            return False
        self.at += 1
        return True

    def _token(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _text(self) -> str:
        return self.tokens[self.at].text if self.at < len(self.tokens) else ""
