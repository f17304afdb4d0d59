"""What cells are computed from, or what is computed from them, as a model asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Final

from tickmark.analyses.look_ups.shown_book import ShownBook, Told, hidden_words, joined
from tickmark.errors import InputError
from tickmark.model.address import RangeRef
from tickmark.structure.cell_set import CellSet

MOST_DIRECT: Final = 24
"""Ranges one step away that are told with their cells."""

TOKENS: Final = 2000
TOKENS_EACH: Final = 150
MOST_RANGES: Final = 60
MOST_PLACES: Final = 20_000


class Direction(StrEnum):
    """Which way references are followed."""

    PRECEDENTS = "precedents"
    DEPENDENTS = "dependents"


def trace(book: ShownBook, cell: str, direction: Direction, depth: int) -> Told:
    """The cells within so many references of a cell or range, with labels, formulas and values.

    Cells that cannot be seen are counted and not placed. Raises InputError.
    """
    places = book.areas(cell)
    seen = tuple(one for area in places for one in book.visible(area)[0])
    if not seen:
        raise InputError(f"{places[0]} is hidden; its cells are not shown.")
    reach = book.graph.reach
    ask = reach.precedents if direction is Direction.PRECEDENTS else reach.dependents
    near = ask(seen, 1)
    parts = [_part(book, seen[0], TOKENS_EACH)]
    parts += _direct(book, near, direction)
    after: list[str] = []
    if depth > 1 and near.count:
        after += _all(book, ask(seen, depth), direction, depth)
    after += _doubts(book)
    return joined(parts, after=after)


def _part(book: ShownBook, area: RangeRef, budget: int) -> Told:
    told = book.part(area, budget)
    return Told(f"{book.place(area)}\n{told.text}" if told.text else book.place(area), told.shown)


def _direct(book: ShownBook, near: CellSet, direction: Direction) -> Iterator[Told]:
    """What is one step away, cell by cell as far as there is room."""
    ranges, hidden = _seen(book, near)
    if not ranges and not hidden:
        yield Told(f"No {direction}.")
        return
    yield Told(f"{direction}, 1 step: {_counted(near.count - hidden, len(ranges))}")
    room = TOKENS
    told = 0
    for area in ranges[:MOST_DIRECT]:
        one = _part(book, area, min(TOKENS_EACH, room))
        room -= book.tokens(one.text)
        if room < 0:
            break
        told += 1
        yield one
    yield Told(_listed(ranges[told:], "more: "))
    yield Told(hidden_words(hidden))


def _all(book: ShownBook, found: CellSet, direction: Direction, depth: int) -> Iterator[str]:
    """What is within so many steps, as ranges alone."""
    ranges, hidden = _seen(book, found)
    yield f"{direction}, {depth} steps: {_counted(found.count - hidden, len(ranges))}"
    yield _listed(ranges)
    yield hidden_words(hidden)


def _seen(book: ShownBook, found: CellSet) -> tuple[list[RangeRef], int]:
    """The ranges of a set of cells that can be seen, and how many cells cannot."""
    ranges: list[RangeRef] = []
    hidden = 0
    for area in found.ranges[:MOST_PLACES]:
        some, count = book.visible(area)
        ranges += some
        hidden += count
    return ranges, hidden


def _counted(cells: int, ranges: int) -> str:
    one = "cell" if cells == 1 else "cells"
    return f"{cells:,} {one} in {ranges:,} {'range' if ranges == 1 else 'ranges'}"


def _listed(ranges: Sequence[RangeRef], before: str = "") -> str:
    """Ranges by their sheets, with the number of those that are too many; "" for none."""
    if not ranges:
        return ""
    more = len(ranges) - MOST_RANGES
    words = ", ".join(map(str, ranges[:MOST_RANGES]))
    return f"{before}{words}{f' and {more:,} more ranges' if more > 0 else ''}"


def _doubts(book: ShownBook) -> Iterator[str]:
    """Why there may be more than was found."""
    if not book.formulas.workbook.formulas_available:
        yield "# the formulas of this workbook could not be read"
    if not (book.formulas.complete and book.graph.reach.complete):
        yield "# the workbook has too many references to follow all of them"
    if book.graph.unknown.count:
        yield "# what INDIRECT, OFFSET and the like refer to is not followed"
