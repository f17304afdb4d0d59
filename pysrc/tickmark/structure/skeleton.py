"""A formula without the addresses of its references: what each place for one means.

Formulas of one shape, such as `A1*2` and `$C$9*2`, have one skeleton, which is read once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from tickmark.structure.calls import Calls, Use, called, takes_ranges
from tickmark.structure.pieces import Area, r1c1_area
from tickmark.structure.reference import Reference, ReferenceKind
from tickmark.structure.syntax import first_error
from tickmark.structure.tokens import Token, TokenKind, tokens


@dataclass(frozen=True, slots=True)
class Slot:
    """One reference of a skeleton.

    `prefixes` are what stands before each address of it: none for a name or table, one for cells,
    several for `Sheet1!A1:Sheet1!B2`. `first` is the number of the first such address in the
    formula. `reference` is the rest. `own` tells that it lies on the formula's own sheet, `ranges`
    that all cells of a range are taken. `r1c1` has distances of a reference in R1C1 notation.
    """

    reference: Reference
    prefixes: tuple[str, ...] = ()
    first: int = 0
    own: bool = False
    ranges: bool = True
    r1c1: Area | None = None


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What the places for references of a formula mean.

    `unknown` tells that some cells which it depends on are known only when it is calculated, as
    with INDIRECT, OFFSET or `A1:INDEX(…)`. `calls` are the functions that it calls, as `called`
    tells them. `error` is the number of the token that makes it no formula, -1 where it is one.
    `plain` tells that all references are cells of the formula's own sheet.
    """

    slots: tuple[Slot, ...]
    plain: bool
    unknown: bool
    calls: frozenset[str]
    error: int


def skeleton(split: list[tuple[str, str]]) -> Skeleton:
    """The skeleton of a formula that is split into texts and references."""
    texts = [text for text, _ in split]
    joined = _GAP.join(texts)
    if "'" not in joined and "[" not in joined and joined.count(_GAP) < len(texts):
        texts = _CONSTANT.sub(_any_constant, joined).split(_GAP)
    return _skeleton(tuple(texts))


# What the constants of a formula say changes none of its references, so formulas that differ in
# nothing else share a skeleton. Neither XML nor Excel knows the letter of the gap.
_GAP: Final = "\0"
_BESIDE: Final = r"A-Za-z0-9_\x80-\U0010ffff.\\?$!\#"
_CONSTANT: Final = re.compile(
    rf"""
    "(?:[^"]|"")*+"
    |(?<![{_BESIDE}@:])(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+(?![{_BESIDE}:(])
    """,
    re.VERBOSE,
)


def _any_constant(found: re.Match[str]) -> str:
    return '""' if found[0][0] == '"' else "1"


# Neither `$` in front nor `:` behind makes one token of this and what stands beside it.
_ANY_CELLS: Final = "$A$1:$A$1"


@lru_cache(maxsize=4_096)
def _skeleton(texts: tuple[str, ...]) -> Skeleton:
    found = list(tokens(_ANY_CELLS.join(texts)))
    reading = _SkeletonReader([token for token in found if token.kind is not TokenKind.SPACE])
    reading.read()
    return Skeleton(
        slots=tuple(reading.slots),
        plain=all(_is_plain(slot) for slot in reading.slots),
        unknown=reading.unknown,
        calls=frozenset(reading.called),
        error=first_error(found),
    )


_CELLS: Final = frozenset({TokenKind.AREA, TokenKind.CELL, TokenKind.COLUMNS, TokenKind.ROWS})
_STEPPED_OVER: Final = frozenset(
    {
        TokenKind.OPERATOR,
        TokenKind.FUNCTION,
        TokenKind.NUMBER,
        TokenKind.TEXT,
        TokenKind.UNREADABLE,
    }
)
_STRUCTURE: Final = frozenset("(){},:@")
_NO_NAMES: Final = frozenset({"TRUE", "FALSE"})
_INTERNAL: Final = ("_XLPM.", "_XLOP.", "_XLETA.")
_UNKNOWN: Final = frozenset({"INDIRECT", "OFFSET", "EVALUATE"})
_END: Final = Token(TokenKind.OPERATOR, "")
_BRACKETED: Final = re.compile(r"(.*?)\[([^\[\]]*)\](.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Place:
    """Book, sheet and last sheet that the prefix of a reference names."""

    book: str = ""
    sheet: str = ""
    last: str = ""

    @property
    def lost(self) -> bool:
        return self.sheet.upper() == "#REF"


class _SkeletonReader:
    """One pass over the tokens of one formula."""

    def __init__(self, found: list[Token]) -> None:
        self.tokens = found
        self.at = 0
        self.addresses = 0
        self.calls = Calls()
        self.slots: list[Slot] = []
        self.behind = -1
        self.called: set[str] = set()
        self.unknown = False
        self.singled = False
        self.use = Use.VALUE
        self.function = ""

    def read(self) -> None:
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.kind in _STEPPED_OVER:
                if token.kind is TokenKind.FUNCTION or token.text in _STRUCTURE:
                    self._step_over(token)
                else:
                    self.at += 1
                    self.singled = False
                continue
            start, single = self.at, self.singled or self.calls.single
            self.use = self.calls.use
            self.function = "" if single else self.calls.function
            self.singled = False
            slot = self._reference()
            if slot is not None:
                self._add(slot, start)

    def _add(self, slot: Slot, start: int) -> None:
        if start == self.behind:  # two references side by side: only their intersection is taken
            slot = _changed(slot, use=Use.SELECTED)
            self.slots[-1] = _changed(self.slots[-1], use=Use.SELECTED)
        if self.calls.spill or self._token().text == "#":
            self.at += 0 if self.calls.spill else 1
            slot = _changed(slot, spill=True)
        self.slots.append(slot)
        self.behind = self.at

    def _token(self, ahead: int = 0) -> Token:
        at = self.at + ahead
        return self.tokens[at] if at < len(self.tokens) else _END

    def _step_over(self, token: Token) -> None:
        if token.kind is TokenKind.FUNCTION:
            function = called(token.text)
            if not self.calls.knows(token.text):
                self.called.add(function)
                self.unknown = self.unknown or function in _UNKNOWN
        elif token.text == ":":
            self._range_operator()
        self.singled = token.text == "@" or (self.singled and token.text == "(")
        self.calls.see(token)
        self.at += 1

    def _range_operator(self) -> None:
        """A range with an end that is no address: a reference on both sides, or not known."""
        after = self._token(1)
        named = after.kind is TokenKind.NAME and not self.calls.knows(after.text)
        follows = after.kind in _CELLS or after.kind in {TokenKind.SHEET, TokenKind.TABLE}
        if self.behind == self.at and (named or follows):
            self.slots[-1] = _changed(self.slots[-1], to_next=True)
        else:
            self.unknown = True

    def _reference(self) -> Slot | None:
        """The reference that stands here, stepped over; None where it is none after all."""
        prefix = self._prefix()
        token = self._token()
        if prefix and token.kind in _STEPPED_OVER:
            if token.kind is TokenKind.FUNCTION:  # a function of another workbook
                self.calls.see(token)
                self.at += 1
            return None
        self.at += 1
        if token.kind in _CELLS:
            return self._cells(prefix)
        if token.kind is TokenKind.R1C1:
            return self._r1c1(prefix, token)
        return self._other(token, prefix)

    def _prefix(self) -> str:
        """The sheet prefix that stands here, stepped over; empty where there is none."""
        token = self._token()
        if token.kind is not TokenKind.SHEET:
            return ""
        self.at += 1
        return token.text

    def _address(self) -> int:
        """The number of an address, counted on."""
        self.addresses += 1
        return self.addresses - 1

    def _cells(self, prefix: str) -> Slot:
        """Cells with or without sheet prefix, with all corners of `Sheet1!A1:Sheet1!B2:C3`."""
        place, first = _place(prefix), self._address()
        if place.lost:
            return Slot(self._made(ReferenceKind.BROKEN, "", _Place(place.book)), (prefix,), first)
        prefixes = [prefix]
        while self._token().text == ":":
            other = self._token(1).text if self._token(1).kind is TokenKind.SHEET else ""
            if self._token(2 if other else 1).kind not in _CELLS:
                break
            if other and _place(other) != place:
                break
            self.at += 3 if other else 2
            self._address()
            prefixes.append(f":{other}")
        ranges = self.use not in {Use.VALUE, Use.CONDITIONAL} or takes_ranges(self.function)
        reference = self._made(ReferenceKind.AREA, "", place)
        return Slot(reference, tuple(prefixes), first, own=not prefix, ranges=ranges)

    def _r1c1(self, prefix: str, token: Token) -> Slot:
        place, text = _place(prefix), prefix + token.text
        if place.lost:
            return Slot(self._made(ReferenceKind.BROKEN, text, _Place(place.book)))
        ranges = self.use not in {Use.VALUE, Use.CONDITIONAL} or takes_ranges(self.function)
        reference = self._made(ReferenceKind.AREA, text, place)
        return Slot(reference, own=not prefix, ranges=ranges, r1c1=r1c1_area(token.text))

    def _other(self, token: Token, prefix: str) -> Slot | None:
        """A name, structured reference or lost reference; its token is already stepped over."""
        place, text = _place(prefix), prefix + token.text
        if token.kind is TokenKind.ERROR:
            return self._broken(text, place) if token.text.upper() == "#REF!" else None
        if place.lost:
            return Slot(self._made(ReferenceKind.BROKEN, text, _Place(place.book)))
        if not prefix and self._is_parameter(token):
            return None
        if token.kind is TokenKind.TABLE:
            name, _, item = token.text.partition("[")
            return Slot(self._made(ReferenceKind.TABLE, text, place, name, item[:-1]))
        if token.kind is TokenKind.NAME and not self._is_internal(token.text):
            return Slot(self._made(ReferenceKind.NAME, text, place, token.text))
        return None

    def _made(
        self, kind: ReferenceKind, text: str, place: _Place, name: str = "", item: str = ""
    ) -> Reference:
        return Reference(
            kind,
            text,
            place.sheet,
            place.last,
            place.book,
            name=name,
            item=item,
            function=self.function,
            use=self.use,
        )

    def _is_parameter(self, token: Token) -> bool:
        before = self.tokens[self.at - 2].text if self.at > 1 else ""
        alone = before in {"(", ","} and self._token().text == ","
        return (alone and self.calls.binds(token.text)) or self.calls.knows(token.text)

    def _is_internal(self, name: str) -> bool:
        upper = name.upper()
        if upper.startswith("_XLETA."):  # a function that is passed on
            self.unknown = self.unknown or upper.removeprefix("_XLETA.") in _UNKNOWN
        return upper in _NO_NAMES or upper.startswith(_INTERNAL)

    def _broken(self, text: str, place: _Place) -> Slot:
        """`#REF!`, also with the cell of a deleted sheet behind it, as in `#REF!A1`."""
        if self._token().kind not in _CELLS:
            return Slot(self._made(ReferenceKind.BROKEN, text, place))
        self.at += 1
        return Slot(self._made(ReferenceKind.BROKEN, "", place), (text,), self._address())


def _is_plain(slot: Slot) -> bool:
    given = slot.reference
    cells = given.kind is ReferenceKind.AREA and slot.own
    return cells and not given.spill and not given.to_next


def _changed(
    slot: Slot, *, use: Use | None = None, spill: bool = False, to_next: bool = False
) -> Slot:
    given = slot.reference
    reference = replace(
        given,
        use=given.use if use is None else use,
        spill=given.spill or spill,
        to_next=given.to_next or to_next,
    )
    return replace(slot, reference=reference, ranges=slot.ranges or use is not None)


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
