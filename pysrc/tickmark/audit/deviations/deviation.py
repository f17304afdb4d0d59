"""How one formula differs from the one that was expected in its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final, TypeAlias

from tickmark.structure.pieces import (
    BOTTOM,
    COLUMNS,
    LEFT,
    RIGHT,
    ROWS,
    TOP,
    TWO,
    Area,
    Pieces,
    a1_area,
    placed_area,
)
from tickmark.structure.tokens import TokenKind, displayed, tokens

Term: TypeAlias = tuple[TokenKind, str] | Area
"""A token of a formula that is no space, or a reference as seen from its cell."""
Terms: TypeAlias = tuple[Term, ...]

AGGREGATES: Final = frozenset({"SUM", "AVERAGE", "MIN", "MAX", "COUNT", "COUNTA", "SUBTOTAL"})
"""Functions that take a range as a whole, so that its extent is a question of its own."""


class DeviationKind(StrEnum):
    """What differs between a formula and the expected one.

    NONE: nothing that counts, such as the order of a sum. ANCHOR: only `$`, the cells are the same.
    EXTENT: only how far a range of an aggregate goes. REFERENCE: which cells. SHEET: on which
    sheet. CONSTANT: a number. TEXT: a text. NAME: a defined name or table. SIGN: plus for minus.
    OPERATOR and FUNCTION: another one. FACTOR: times or divided by a number, or no longer so. TERM:
    a number is added, or no longer so. OPERAND: a reference is added, or no longer so. TYPED: a
    number stands where a cell or name was expected. OTHER: more.
    """

    NONE = "none"
    ANCHOR = "anchor"
    EXTENT = "extent"
    REFERENCE = "reference"
    SHEET = "sheet"
    CONSTANT = "constant"
    TEXT = "text"
    NAME = "name"
    SIGN = "sign"
    OPERATOR = "operator"
    FUNCTION = "function"
    FACTOR = "factor"
    TERM = "term"
    OPERAND = "operand"
    TYPED = "typed"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Deviation:
    """What differs, and for references how many rows and columns at most the cells lie apart.

    `texts` are pairs of what is found and what was expected, as the cell would have them, "" for
    nothing. `moved` has for REFERENCE, ANCHOR and EXTENT the pairs of areas that differ, as they
    are placed in the cell; `apart` is (rows, columns).
    """

    kind: DeviationKind
    texts: tuple[tuple[str, str], ...] = ()
    apart: tuple[int, int] = (0, 0)
    moved: tuple[tuple[Area, Area], ...] = ()

    @property
    def is_next(self) -> bool:
        """Whether references lie one row or one column off."""
        return self.kind is DeviationKind.REFERENCE and sum(self.apart) == 1


def terms(pieces: Pieces, sheet: str = "") -> Terms:
    """The terms of a formula in a form that ways of writing do not change.

    Spaces, a plus in front of an operand and the name of its own sheet are left out, functions and
    names are in upper case, numbers in their shortest form.
    """
    found: list[Term] = []
    for piece in pieces:
        if isinstance(piece, str):
            found.extend(_written(piece, sheet))
        else:
            found.append(piece)
    return tuple(
        term
        for at, term in enumerate(found)
        if term != _PLUS or (at > 0 and _ends_operand(found[at - 1]))
    )


def token_kind(term: Term) -> TokenKind | None:
    """The kind of a term that is a token, None for a reference to cells."""
    return None if len(term) == _AREA else TokenKind(term[0])


def normal_form(made: Terms) -> Terms:
    """The same for all formulas that are equal but for the order of a plain sum."""
    if _is_plain_sum(made):
        areas = sorted(one for one in made if len(one) == _AREA)
        return (*areas, *(_PLUS for _ in range(len(made) - len(areas))))
    return made


def _is_plain_sum(made: Terms) -> bool:
    return len(made) > 1 and all(len(one) == _AREA or one == _PLUS for one in made)


def deviation(found: Terms, expected: Terms, row: int, column: int) -> Deviation:
    """How the formula found in a cell differs from the one that was expected there."""
    if normal_form(found) == normal_form(expected):
        return Deviation(DeviationKind.NONE)
    if _is_plain_sum(found) and _is_plain_sum(expected) and len(found) == len(expected):
        found, expected = _without(found, expected), _without(expected, found)
    typed = _typed(found, expected)
    if typed is not None:
        texts = (_text(typed[0], row, column), _text(typed[1], row, column))
        return Deviation(DeviationKind.TYPED, (texts,))
    if len(found) == len(expected):
        return _replaced(found, expected, row, column)
    longer, shorter = (found, expected) if len(found) > len(expected) else (expected, found)
    kind, added = _inserted(longer, shorter)
    text = _text(added, row, column)
    return Deviation(kind, ((text, "") if longer is found else ("", text),))


_AREA: Final = 5
_PLUS: Final = (TokenKind.OPERATOR, "+")
_MINUS: Final = (TokenKind.OPERATOR, "-")
_OPEN: Final = (TokenKind.OPERATOR, "(")
_CLOSE: Final = (TokenKind.OPERATOR, ")")
_PERCENT: Final = (TokenKind.OPERATOR, "%")
_BEHIND: Final = frozenset({")", "}", "%", "#"})
_SUM_SIGNS: Final = frozenset({"+", "-"})
_FACTOR_SIGNS: Final = frozenset({"*", "/"})
_KINDS: Final = {
    TokenKind.NUMBER: DeviationKind.CONSTANT,
    TokenKind.TEXT: DeviationKind.TEXT,
    TokenKind.SHEET: DeviationKind.SHEET,
    TokenKind.NAME: DeviationKind.NAME,
    TokenKind.TABLE: DeviationKind.NAME,
    TokenKind.FUNCTION: DeviationKind.FUNCTION,
    TokenKind.OPERATOR: DeviationKind.OPERATOR,
}


def _ends_operand(term: Term) -> bool:
    """Whether an operator behind a term joins it to the next one."""
    return len(term) == _AREA or term[0] is not TokenKind.OPERATOR or term[1] in _BEHIND


@lru_cache(maxsize=16_384)
def _written(text: str, sheet: str) -> tuple[tuple[TokenKind, str], ...]:
    own = {f"{sheet}!".casefold(), f"'{sheet.replace(chr(39), chr(39) * 2)}'!".casefold()}
    return tuple(
        (kind, _normal(kind, text))
        for kind, text in tokens(text)
        if kind is not TokenKind.SPACE
        and not (sheet and kind is TokenKind.SHEET and text.casefold() in own)
    )


def _normal(kind: TokenKind, text: str) -> str:
    if kind is TokenKind.NUMBER:
        try:
            return f"{float(text):.15g}"
        except ValueError:
            return text
    if kind in {TokenKind.FUNCTION, TokenKind.NAME}:
        return displayed(text).upper()
    return text if kind is TokenKind.TEXT else text.upper()


def _without(made: Terms, other: Terms) -> Terms:
    """The terms of a plain sum that another one has not, in their order."""
    left = Counter(other)
    kept = []
    for term in made:
        if left[term]:
            left[term] -= 1
        else:
            kept.append(term)
    return tuple(kept)


def _typed(found: Terms, expected: Terms) -> tuple[Terms, Terms] | None:
    """The number of a formula and the cell or name that was expected in its place; else None."""
    start, most = 0, min(len(found), len(expected)) - 1
    while start < most and found[start] == expected[start]:
        start += 1
    end = 0
    while end < most - start and found[-1 - end] == expected[-1 - end]:
        end += 1
    number, wanted = found[start : len(found) - end], expected[start : len(expected) - end]
    if not start + end:
        return None
    *before, target = wanted
    if any(token_kind(term) is not TokenKind.SHEET for term in before):
        return None
    cell = len(target) == _AREA and not target[0] & TWO
    if not (cell or token_kind(target) is TokenKind.NAME):
        return None
    plain = token_kind(number[0]) is TokenKind.NUMBER and number[1:] in {(), (_PERCENT,)}
    return (number, wanted) if plain else None


def _replaced(found: Terms, expected: Terms, row: int, column: int) -> Deviation:
    """The deviation of formulas of one length."""
    places = [
        at for at, (one, other) in enumerate(zip(found, expected, strict=True)) if one != other
    ]
    kinds = {(token_kind(found[at]), token_kind(expected[at])) for at in places}
    one, other = kinds.pop()
    if kinds or one is not other:
        return Deviation(DeviationKind.OTHER)
    if one is None:
        return _moved(found, expected, places, row, column)
    texts = dict.fromkeys((str(found[at][1]), str(expected[at][1])) for at in places)
    kind = _KINDS.get(one, DeviationKind.OTHER)
    if kind is DeviationKind.OPERATOR:
        signs = {sign for pair in texts for sign in pair}
        if signs == _SUM_SIGNS:
            kind = DeviationKind.SIGN
        elif len(places) > 1 or not signs <= _REPLACEABLE:
            kind = DeviationKind.OTHER
    return Deviation(kind, tuple(texts))


_REPLACEABLE: Final = frozenset({"+", "-", "*", "/", "<", ">", "=", "<=", ">=", "<>", "^", "&"})


def _moved(
    found: Terms, expected: Terms, places: Sequence[int], row: int, column: int
) -> Deviation:
    pairs = []
    extents = True
    rows = columns = 0
    for at in places:
        one, other = _placed(found[at], row, column), _placed(expected[at], row, column)
        extents = extents and _function(found, at) in AGGREGATES and _is_extent(one, other)
        pairs.append((one, other))
        rows = max(rows, abs(one[1] - other[1]), abs(_bottom(one) - _bottom(other)))
        columns = max(columns, abs(one[2] - other[2]), abs(_right(one) - _right(other)))
    if not rows and not columns:
        kind = DeviationKind.ANCHOR
    else:
        kind = DeviationKind.EXTENT if extents else DeviationKind.REFERENCE
    texts = dict.fromkeys((_plain(one), _plain(other)) for one, other in pairs)
    if kind is DeviationKind.ANCHOR:
        texts = dict.fromkeys((a1_area(one), a1_area(other)) for one, other in pairs)
    return Deviation(kind, tuple(texts), (rows, columns), tuple(pairs))


def _placed(term: Term, row: int, column: int) -> Area:
    if len(term) != _AREA:
        message = f"{term!r} is no reference"
        raise ValueError(message)
    return placed_area(term, row, column)


def _plain(area: Area) -> str:
    """An area in A1 notation without `$`."""
    moving = TOP | LEFT | (BOTTOM | RIGHT if area[0] & TWO else 0)
    return a1_area((area[0] | moving, *area[1:]))


def _text(made: Terms, row: int, column: int) -> str:
    """Terms as a cell has them."""
    return "".join(
        a1_area(placed_area(term, row, column)) if len(term) == _AREA else str(term[1])
        for term in made
    )


def _is_extent(one: Area, other: Area) -> bool:
    """Whether two areas share their rows or their columns, overlap or touch, and one is a range."""
    if not (one[0] | other[0]) & TWO or (one[0] ^ other[0]) & (ROWS | COLUMNS):
        return False
    top, bottom = max(one[1], other[1]), min(_bottom(one), _bottom(other))
    left, right = max(one[2], other[2]), min(_right(one), _right(other))
    same_columns = (one[2], _right(one)) == (other[2], _right(other))
    same_rows = (one[1], _bottom(one)) == (other[1], _bottom(other))
    return (same_columns and top <= bottom + 1) or (same_rows and left <= right + 1)


def _bottom(area: Area) -> int:
    return area[3] if area[0] & TWO else area[1]


def _right(area: Area) -> int:
    return area[4] if area[0] & TWO else area[2]


def _function(made: Terms, at: int) -> str:
    """The function whose arguments a place is among; "" for none."""
    depth = 0
    for place in range(at - 1, -1, -1):
        term = made[place]
        if term == _CLOSE:
            depth += 1
        elif term == _OPEN and depth:
            depth -= 1
        elif term == _OPEN:
            before = made[place - 1] if place else _PLUS
            if token_kind(before) is TokenKind.FUNCTION:
                return str(before[1])
    return ""


def _inserted(longer: Terms, shorter: Terms) -> tuple[DeviationKind, Terms]:
    """The kind of a deviation by which a formula is longer or shorter, and what was added."""
    wrapped = _wrapped(longer, shorter)
    if wrapped is not None:
        return wrapped
    start = 0
    while start < len(shorter) and longer[start] == shorter[start]:
        start += 1
    end = 0
    while end < len(shorter) - start and longer[-1 - end] == shorter[-1 - end]:
        end += 1
    if start + end < len(shorter):
        return DeviationKind.OTHER, ()
    # `A-B` has `-B` more than `A`, whichever of two equal signs is taken for the new one.
    while (
        start and longer[start - 1] == longer[-1 - end] and token_kind(longer[start - 1]) is _SIGN
    ):
        start, end = start - 1, end + 1
    added = longer[start : len(longer) - end]
    return _insertion(added), added


_SIGN: Final = TokenKind.OPERATOR


def _wrapped(longer: Terms, shorter: Terms) -> tuple[DeviationKind, Terms] | None:
    """The same where one is the other in parentheses with a sign or a number; else None."""
    size = len(shorter)
    for start in range(len(longer) - size + 1):
        if longer[start : start + size] != shorter:
            continue
        before, behind = longer[:start], longer[start + size :]
        if before and behind and before[-1] == _OPEN and behind[0] == _CLOSE:
            before, behind = before[:-1], behind[1:]
        if not before and not behind:
            return DeviationKind.NONE, ()
        if before and behind:
            continue
        kind = _insertion((*before, *behind))
        if kind is not DeviationKind.OTHER:
            return kind, (*before, *behind)
    return None


def _insertion(added: Terms) -> DeviationKind:
    """What some terms are that one formula has and the other has not."""
    kinds = [token_kind(term) for term in added]
    if added == (_MINUS,):
        return DeviationKind.SIGN
    if kinds == [TokenKind.SHEET]:
        return DeviationKind.SHEET
    signs = [term[1] for term, kind in zip(added, kinds, strict=True) if kind is _SIGN]
    if len(signs) != 1 or signs[0] not in _SUM_SIGNS | _FACTOR_SIGNS:
        return DeviationKind.OTHER
    operands = [kind for kind in kinds if kind not in {_SIGN, TokenKind.SHEET}]
    if operands == [TokenKind.NUMBER]:
        return DeviationKind.TERM if signs[0] in _SUM_SIGNS else DeviationKind.FACTOR
    return DeviationKind.OPERAND if operands == [None] else DeviationKind.OTHER
