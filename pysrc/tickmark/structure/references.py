"""What a formula refers to, read from its text alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from tickmark.model.address import MAX_COLUMN, MAX_ROW, RangeRef, column_number
from tickmark.structure.calls import Calls, Use, takes_ranges
from tickmark.structure.tokens import Token, TokenKind, tokens


class ReferenceKind(StrEnum):
    """Cells, a defined name, a structured reference into a table, or the trace of a lost one."""

    AREA = "area"
    NAME = "name"
    TABLE = "table"
    BROKEN = "broken"


Edges = tuple[int, int, int, int]
"""Top, left, bottom and right of an area, all 1-based and inclusive."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference of a formula.

    `text` is the reference as written, with its sheet prefix. `sheet` is the sheet it lies on (of
    a 3D reference the first, `last_sheet` the last); empty for a name or table without prefix.
    `book` is empty for the own workbook, else what stands in the brackets: `1` for the first
    external link, or a file name with the path before it. `area` belongs to AREA; `relative` tells
    which of its edges move when the formula is copied (top, left, bottom, right). `name` is the
    defined name, or the table of a structured reference (empty: the formula's own table), whose
    part in brackets is `item`. `function` is the innermost call that it is an argument of, and
    `use` tells what the formula takes of it.
    """

    kind: ReferenceKind
    text: str
    sheet: str = ""
    last_sheet: str = ""
    book: str = ""
    area: RangeRef | None = None
    relative: tuple[bool, bool, bool, bool] = (False, False, False, False)
    name: str = ""
    item: str = ""
    function: str = ""
    use: Use = Use.VALUE

    def edges(self, rows: int = 0, columns: int = 0) -> Edges:
        """The area after the formula was copied down and right by so many cells.

        What leaves the sheet on one side comes in on the other, as in Excel. Raises ValueError for
        a reference without area.
        """
        if self.area is None:
            message = f"{self.text} is no area"
            raise ValueError(message)
        area, relative = self.area, self.relative
        top = (area.top + rows - 1) % MAX_ROW + 1 if relative[0] else area.top
        left = (area.left + columns - 1) % MAX_COLUMN + 1 if relative[1] else area.left
        bottom = (area.bottom + rows - 1) % MAX_ROW + 1 if relative[2] else area.bottom
        right = (area.right + columns - 1) % MAX_COLUMN + 1 if relative[3] else area.right
        return min(top, bottom), min(left, right), max(top, bottom), max(left, right)


def references(text: str, sheet: str = "") -> tuple[Reference, ...]:
    """All references of a formula (without `=`), in order; `sheet` is the one it stands on.

    Parameters of LET and LAMBDA, functions and truth values are no references. What INDIRECT or
    OFFSET reach is not known from the text; their arguments are references like all others.
    """
    return tuple(_Reader(text, sheet).read())


def taken(reference: Reference, use: Use, function: str) -> Reference:
    """The reference as an argument of a function.

    Of a range where one value is wanted, as in `=A1:A9*2`, only the cell in line is taken.
    """
    area = reference.area
    if use in {Use.VALUE, Use.CONDITIONAL} and area is not None and area.cells > 1:
        use = use if takes_ranges(function) else Use.SELECTED
    if use is reference.use and function == reference.function:
        return reference
    return replace(reference, use=use, function=function)


_CORNER = re.compile(r"(\$?)([A-Za-z]+)(\$?)(\d+)")
_BRACKETED = re.compile(r"(.*?)\[([^\[\]]*)\](.*)", re.DOTALL)
_CELLS = {TokenKind.AREA, TokenKind.CELL, TokenKind.COLUMNS, TokenKind.ROWS}
_NO_REFERENCE = {
    TokenKind.OPERATOR,
    TokenKind.FUNCTION,
    TokenKind.NUMBER,
    TokenKind.TEXT,
    TokenKind.UNREADABLE,
}
_NO_NAMES = ("TRUE", "FALSE")
_INTERNAL = ("_XLPM.", "_XLETA.")


@dataclass(frozen=True, slots=True)
class _Place:
    """Book, sheet and last sheet that the prefix of a reference names."""

    book: str = ""
    sheet: str = ""
    last: str = ""

    @property
    def lost(self) -> bool:
        return self.sheet.upper() == "#REF"


class _Reader:
    """One pass over the tokens of one formula."""

    def __init__(self, text: str, sheet: str) -> None:
        self.tokens = [token for token in tokens(text) if token.kind is not TokenKind.SPACE]
        self.own = _Place(sheet=sheet)
        self.at = 0
        self.calls = Calls()

    def read(self) -> list[Reference]:
        found: list[Reference] = []
        behind = -1
        while (token := self._token()) is not None:
            if token.kind in _NO_REFERENCE:
                self.at += 1
                self.calls.see(token)
                continue
            start, use, function = self.at, self.calls.use, self.calls.function
            if token.kind is TokenKind.SHEET or token.kind in _CELLS:
                reference = self._prefixed()
            else:
                self.at += 1
                reference = self._other(token, "")
            if reference is None:
                continue
            if start == behind:  # two references side by side: only their intersection is taken
                use = Use.SELECTED
                found[-1] = replace(found[-1], use=use)
            found.append(taken(reference, use, function))
            behind = self.at
        return found

    def _token(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _prefix(self) -> str:
        """The sheet prefix that stands here, stepped over; empty where there is none."""
        token = self._token()
        if token is None or token.kind is not TokenKind.SHEET:
            return ""
        self.at += 1
        return token.text

    def _prefixed(self) -> Reference | None:
        """A reference with or without sheet prefix, both corners of `Sheet1!A1:Sheet1!B2`."""
        prefix = self._prefix()
        token = self._token()
        if token is None or token.kind in _NO_REFERENCE:
            return None
        if token.kind not in _CELLS:
            self.at += 1
            return self._other(token, prefix)
        self.at += 1
        place = _place(prefix) if prefix else self.own
        reference = _area(prefix + token.text, token, place)
        return self._with_corner(reference) if token.kind is TokenKind.CELL else reference

    def _with_corner(self, first: Reference) -> Reference:
        """The area up to a second corner with a sheet prefix of its own, if one follows."""
        start = self.at
        token = self._token()
        if token is not None and token.text == ":":
            self.at += 1
            prefix = self._prefix()
            place = _place(prefix)
            token = self._token()
            same = (place.book, place.sheet) == (first.book, first.sheet) or not prefix
            if token is not None and token.kind is TokenKind.CELL and same:
                self.at += 1
                text = f"{first.text}:{prefix}{token.text}"
                return _joined(first, _area(text, token, place))
        self.at = start
        return first

    def _other(self, token: Token, prefix: str) -> Reference | None:
        """A name, structured reference or lost reference; its token is already stepped over."""
        place, text = _place(prefix), prefix + token.text
        if token.kind is TokenKind.ERROR:
            return self._broken(text, place) if token.text.upper() == "#REF!" else None
        if place.lost:
            return Reference(ReferenceKind.BROKEN, text, book=place.book)
        if token.kind is TokenKind.TABLE:
            name, _, item = token.text.partition("[")
            return _named(ReferenceKind.TABLE, text, place, name, item[:-1])
        if token.kind is TokenKind.NAME and not _is_internal(token.text):
            return _named(ReferenceKind.NAME, text, place, token.text)
        return None

    def _broken(self, text: str, place: _Place) -> Reference:
        """`#REF!`, also with the cell of a deleted sheet behind it, as in `#REF!A1`."""
        token = self._token()
        if token is not None and token.kind in _CELLS:
            self.at += 1
            text += token.text
        return _named(ReferenceKind.BROKEN, text, place, "")


@lru_cache(maxsize=4_096)
def _place(prefix: str) -> _Place:
    """What `Sheet1!`, `'[1]P&L'!`, `Jan:Mar!` or `[1]#REF!` names."""
    body = prefix[:-1]
    if len(body) > 1 and body[0] == body[-1] == "'":
        body = body[1:-1].replace("''", "'")
    book = ""
    match = _BRACKETED.fullmatch(body)
    if match is not None:
        book, body = match[1] + match[2], match[3]
    sheet, _, last = body.partition(":")
    return _Place("" if book == "0" else book, sheet, last)


def _is_internal(name: str) -> bool:
    upper = name.upper()
    return upper in _NO_NAMES or upper.startswith(_INTERNAL)


def _named(kind: ReferenceKind, text: str, place: _Place, name: str, item: str = "") -> Reference:
    return Reference(kind, text, place.sheet, place.last, place.book, name=name, item=item)


def _area(text: str, token: Token, place: _Place) -> Reference:
    if place.lost:
        return Reference(ReferenceKind.BROKEN, text, book=place.book)
    return _between(text, place, *_corners(token))


def _between(text: str, place: _Place, first: _Corner, last: _Corner) -> Reference:
    """The area between two corners, which may be written in any order."""
    top, up, left, before = first
    bottom, down, right, behind = last
    if top > bottom:
        top, up, bottom, down = bottom, down, top, up
    if left > right:
        left, before, right, behind = right, behind, left, before
    return Reference(
        ReferenceKind.AREA,
        text,
        place.sheet,
        place.last,
        place.book,
        RangeRef(place.sheet, top, left, bottom, right),
        (up, before, down, behind),
    )


def _joined(first: Reference, last: Reference) -> Reference:
    """The area between two corners that were written with a sheet each."""
    if first.area is None or last.area is None:
        return first
    return _between(
        last.text,
        _Place(first.book, first.sheet, first.last_sheet),
        (first.area.top, first.relative[0], first.area.left, first.relative[1]),
        (last.area.top, last.relative[0], last.area.left, last.relative[1]),
    )


_Corner = tuple[int, bool, int, bool]
"""Row, whether it is relative, column, whether it is relative."""


def _corners(token: Token) -> tuple[_Corner, _Corner]:
    first, _, last = token.text.partition(":")
    match token.kind:
        case TokenKind.COLUMNS:
            left, right = column_number(first.strip("$")), column_number(last.strip("$"))
            return (1, False, left, first[0] != "$"), (MAX_ROW, False, right, last[0] != "$")
        case TokenKind.ROWS:
            top, bottom = int(first.strip("$")), int(last.strip("$"))
            return (top, first[0] != "$", 1, False), (bottom, last[0] != "$", MAX_COLUMN, False)
        case _:
            return _corner(first), _corner(last or first)


@lru_cache(maxsize=16_384)
def _corner(text: str) -> _Corner:
    match = _CORNER.fullmatch(text)
    if match is None:
        message = f"{text!r} is no cell"
        raise ValueError(message)
    return int(match[4]), not match[3], column_number(match[2]), not match[1]
