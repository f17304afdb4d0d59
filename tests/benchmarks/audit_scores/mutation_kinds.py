"""The errors that are put into formulas: each kind turns the formula of a cell into a wrong one.

What Excel would calculate the same in any case is no error here: a range is cut only where it
loses a number, extended only onto one, a reference moves only to a cell of its kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from random import Random
from typing import TypeVar

from tests.benchmarks.audit_scores.sites import Part, Site, any_numeric, numeric
from tickmark.model.address import MAX_COLUMN, MAX_ROW, quote_sheet_name
from tickmark.model.grid import CellKind
from tickmark.structure.pieces import BOTTOM, LEFT, RIGHT, TOP, TWO, Area, a1_area
from tickmark.structure.tokens import Token, TokenKind, tokens


class MutationKind(StrEnum):
    """The kinds of injected errors."""

    SHRUNK = "range shrunk"
    EXTENDED = "range extended"
    OFF_BY_ONE = "off by one"
    ANCHOR = "absolute/relative"
    VALUE = "formula to value"
    SIGN = "sign flipped"
    SHEET = "wrong sheet"
    UNIT = "unit factor"
    ROW = "deleted row"


T = TypeVar("T")
STEPS = ((-1, 0), (1, 0), (0, -1), (0, 1))
FACTORS = ("*1000", "/1000", "*100", "/100", "*12", "/12")
_LOOSE = frozenset("+-&=<>") | {"<=", ">=", "<>"}
"""Operators that bind no stronger than a factor."""


def shrunk(site: Site, random: Random) -> str | None:
    """A range that loses one to three of its rows or columns at an end, a number among them."""
    for part in _shuffled(_ranges(site), random):
        top, left, bottom, right = part.edges
        down = bottom - top >= right - left
        size = (bottom - top if down else right - left) + 1
        if size < 3 or part.sheet is None:
            continue
        cut = min(size - 2, random.choice((1, 1, 1, 2, 3)))
        for first in _shuffled((True, False), random):
            if down:
                gone = (
                    (top, left, top + cut - 1, right)
                    if first
                    else (bottom - cut + 1, left, bottom, right)
                )
                kept = (
                    (top + cut, left, bottom, right) if first else (top, left, bottom - cut, right)
                )
            else:
                gone = (
                    (top, left, bottom, left + cut - 1)
                    if first
                    else (top, right - cut + 1, bottom, right)
                )
                kept = (
                    (top, left + cut, bottom, right) if first else (top, left, bottom, right - cut)
                )
            if any_numeric(site, part.sheet, gone):
                return site.rewritten(part.index, _area(part, kept))
    return None


def extended(site: Site, random: Random) -> str | None:
    """A range that takes in one or two more rows or columns, with a number in each."""
    for part in _shuffled(_ranges(site), random):
        top, left, bottom, right = part.edges
        down = bottom - top >= right - left
        more = random.choice((1, 1, 2))
        for first in _shuffled((True, False), random):
            step = -1 if first else 1
            lines = []
            for count in range(1, more + 1):
                edge = (top if first else bottom) if down else (left if first else right)
                line = edge + step * count
                lines.append((line, left, line, right) if down else (top, line, bottom, line))
            if part.sheet is None or not all(
                min(line) > 0 and any_numeric(site, part.sheet, line) for line in lines
            ):
                continue
            new = (
                min(top, *(line[0] for line in lines)),
                min(left, *(line[1] for line in lines)),
                max(bottom, *(line[2] for line in lines)),
                max(right, *(line[3] for line in lines)),
            )
            return site.rewritten(part.index, _area(part, new))
    return None


def off_by_one(site: Site, random: Random) -> str | None:
    """A reference one row or column off, on cells of the same kind."""
    for part in _shuffled(site.parts, random):
        if part.sheet is None:
            continue
        top, left, bottom, right = part.edges
        for rows, columns in _shuffled(STEPS, random):
            new = top + rows, left + columns, bottom + rows, right + columns
            if min(new) < 1 or new[2] > MAX_ROW or new[3] > MAX_COLUMN:
                continue
            if _alike(site, part, new):
                return site.rewritten(part.index, _area(part, new))
    return None


def anchor(site: Site, random: Random) -> str | None:
    """What a copy of the run's first cell, or of the cell before, gives with a wrong `$`."""
    ways = [
        (before, vertical)
        for (before, _), vertical in ((site.down, True), (site.across, False))
        if before
    ]
    for before, vertical in _shuffled(ways, random):
        steps = random.choice((1, before))
        for part in _shuffled(site.parts, random):
            area = _flipped(part.area, steps, random, vertical=vertical)
            if area is not None:
                return site.rewritten(part.index, a1_area(area))
    return None


def sign(site: Site, random: Random) -> str | None:
    """A plus for a minus or the other way round, or a minus before a formula that has neither."""
    found = list(tokens(site.text))
    signs = [index for index, token in enumerate(found) if _is_sign(found, index, token.text)]
    if signs:
        index = random.choice(signs)
        other = "-" if found[index].text == "+" else "+"
        return "".join(other if at == index else token.text for at, token in enumerate(found))
    return f"-{site.text}" if not _is_loose(site.text) else None


def other_sheet(site: Site, random: Random) -> str | None:
    """A reference to the same place of another sheet, where cells are of the same kind."""
    own = [part for part in site.parts if part.prefix is not None]
    for part in _shuffled(own or site.parts, random):
        names = [sheet.name for sheet in site.formulas.workbook.sheets]
        for number in _shuffled(range(len(names)), random):
            if part.sheet is None or number == part.sheet or number == site.at[0]:
                continue
            if _alike(site, part, part.edges, number):
                before, reference = site.pieces[part.index]
                kept = before if part.prefix is None else before[: part.prefix]
                text = f"{kept}{quote_sheet_name(names[number])}!"
                return site.rewritten(part.index, reference, text)
    return None


def unit(site: Site, random: Random) -> str | None:
    """The formula times or divided by 1000, 100 or 12."""
    factor = random.choice(FACTORS)
    return f"({site.text}){factor}" if _is_loose(site.text) else f"{site.text}{factor}"


TEXTS: Mapping[MutationKind, Callable[[Site, Random], str | None]] = {
    MutationKind.SHRUNK: shrunk,
    MutationKind.EXTENDED: extended,
    MutationKind.OFF_BY_ONE: off_by_one,
    MutationKind.ANCHOR: anchor,
    MutationKind.SIGN: sign,
    MutationKind.SHEET: other_sheet,
    MutationKind.UNIT: unit,
}
"""The kinds that change the text of one formula; None where it has no place for the error."""


def _ranges(site: Site) -> list[Part]:
    return [part for part in site.parts if part.area[0] & TWO]


def _area(part: Part, edges: tuple[int, int, int, int]) -> str:
    """The reference with other edges, its `$` where they were."""
    form = part.area[0]
    top, left, bottom, right = edges
    return a1_area((form, top, left, bottom, right) if form & TWO else (form, top, left, 0, 0))


def _alike(site: Site, part: Part, new: tuple[int, int, int, int], number: int = -1) -> bool:
    """Whether a reference finds the same kinds of cells in a new place."""
    if part.sheet is None:
        return False
    sheet = part.sheet if number < 0 else number
    if part.area[0] & TWO:
        return any_numeric(site, part.sheet, part.edges) and any_numeric(site, sheet, new)
    before = site.kind(part.sheet, *part.edges[:2])
    after = site.kind(sheet, *new[:2])
    if before is CellKind.EMPTY:
        return False
    return before is after or (numeric(before) and numeric(after))


def _flipped(area: Area, steps: int, random: Random, *, vertical: bool) -> Area | None:
    """An area whose anchors along the copy were wrong, as it reads after so many steps."""
    form, top, left, bottom, right = area
    ends = [TOP if vertical else LEFT]
    if form & TWO:
        ends.append(BOTTOM if vertical else RIGHT)
        if random.random() < 0.5 or len({bool(form & end) for end in ends}) > 1:
            ends = [random.choice(ends)]
    numbers = {TOP: top, LEFT: left, BOTTOM: bottom, RIGHT: right}
    for end in ends:
        # A `$` lost: the reference has moved along; a `$` too many: it has stayed behind.
        numbers[end] += -steps if form & end else steps
        form ^= end
    limit = MAX_ROW if vertical else MAX_COLUMN
    if not all(1 <= numbers[end] <= limit for end in ends):
        return None
    if form & TWO and (numbers[TOP] > numbers[BOTTOM] or numbers[LEFT] > numbers[RIGHT]):
        return None
    return form, numbers[TOP], numbers[LEFT], numbers[BOTTOM], numbers[RIGHT]


def _is_sign(found: Sequence[Token], index: int, text: str) -> bool:
    """Whether a token is a plus or minus between two operands."""
    if text not in {"+", "-"} or found[index].kind is not TokenKind.OPERATOR:
        return False
    before = [one for one in found[:index] if one.kind is not TokenKind.SPACE]
    return bool(before) and (
        before[-1].kind is not TokenKind.OPERATOR or before[-1].text in {")", "%", "}"}
    )


def _is_loose(text: str) -> bool:
    """Whether a formula has an operator outside of all brackets that a factor would split."""
    depth = 0
    for kind, piece in tokens(text):
        if kind is TokenKind.OPERATOR:
            depth += (piece in {"(", "{"}) - (piece in {")", "}"})
            if depth == 0 and piece in _LOOSE:
                return True
    return False


def _shuffled(every: Iterable[T], random: Random) -> list[T]:
    found = list(every)
    random.shuffle(found)
    return found
