"""The cells that hold a text, a number or a piece of a formula, as a model asks for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.analyses.look_ups.shown_book import ShownBook, Told, joined
from tickmark.encode.search import find as holding
from tickmark.encode.source import Source
from tickmark.encode.values import text_value
from tickmark.model.address import RangeRef, quote_sheet_name
from tickmark.model.grid import CellKind
from tickmark.structure.formulas import NO_TEMPLATE
from tickmark.structure.rectangles import rectangles

MOST_TOLD: Final = 24
"""Places that are told with the cells beside them."""

TOKENS: Final = 2000
TOKENS_EACH: Final = 120
COLUMNS_BESIDE: Final = 15
MOST_RANGES: Final = 40
LONGEST_TEXT: Final = 80
MANY: Final = 2
MOST_SHEETS: Final = 20

Positions = npt.NDArray[np.intp]

_GROUPED: Final = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?%?")


class Kind(IntEnum):
    """How a place holds what is looked for, the nearest first."""

    EQUAL = 0
    VALUE = 1
    FORMULA = 2


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Cells of one sheet: those that hold it in their value, and those in their formula."""

    source: Source
    values: Positions
    formulas: Positions


def find(book: ShownBook, text: str) -> Told:
    """The cells whose value or formula contains a text, in any case, or holds a number.

    A text that heads a row is told with the cells to its right. Cells that cannot be seen are not
    looked through.
    """
    found = [_in_sheet(one, text) for one in book.sheets.values()]
    order = {name.casefold(): at for at, name in enumerate(book.names)}
    found.sort(key=lambda one: order[one.source.sheet.name.casefold()])
    count = sum(len(np.union1d(one.values, one.formulas)) for one in found)
    asked = text_value(text, LONGEST_TEXT)
    head = f"{asked}: {count:,} {'cell' if count == 1 else 'cells'}{_by_sheet(found)}"
    ranked = (place for one in found for place in _ranked(one, text))
    # The nearest of each sheet before the next of any.
    places = [place for *_, place in sorted(ranked, key=lambda one: one[:2])]
    parts, rest = _told(book, places)
    return joined(parts, before=[head], after=[_listed(rest), _unsearched(book)])


def _by_sheet(found: Sequence[_Found]) -> str:
    """How many cells each of several sheets has."""
    counts = [(one.source.sheet.name, len(np.union1d(one.values, one.formulas))) for one in found]
    held = [(name, count) for name, count in counts if count]
    if len(held) < MANY:
        return ""
    words = ", ".join(f"{quote_sheet_name(name)} {count:,}" for name, count in held[:MOST_SHEETS])
    more = len(held) - MOST_SHEETS
    return f" ({words}{f' and {more} more sheets' if more > 0 else ''})"


def _in_sheet(source: Source, text: str) -> _Found:
    cells = source.sheet.cells
    at = np.flatnonzero(source.visible & np.isin(cells.kinds, (CellKind.TEXT, CellKind.ERROR)))
    numbers, inverse = np.unique(cells.values[at].astype(np.int64), return_inverse=True)
    wanted = _folded(text)
    folded = [_folded(cells.texts[number]) for number in numbers.tolist()]
    inside = np.fromiter((wanted in one for one in folded), np.bool_, len(folded))
    values = at[inside[inverse]]
    number = text.replace(",", "") if _GROUPED.fullmatch(text.strip()) else text
    return _Found(source, np.union1d(values, _numbers(source, number)), _formulas(source, wanted))


def _numbers(source: Source, text: str) -> Positions:
    """The cells with the number or date that a text writes."""
    cells = source.sheet.cells
    if not any(map(str.isdecimal, text)):
        return np.empty(0, np.intp)
    areas = holding(source, text)
    found = [cells.within(area) for area in areas]
    at = np.concatenate(found) if found else np.empty(0, np.intp)
    return np.asarray(at[source.visible[at]], np.intp)


def _formulas(source: Source, wanted: str) -> Positions:
    """The visible cells whose formula contains a text; a copy counts like the first of its kind."""
    own = source.formulas
    at = np.flatnonzero(source.visible & (own.template_of != NO_TEMPLATE))
    cells = own.sheet.cells
    used, first, inverse = np.unique(own.template_of[at], return_index=True, return_inverse=True)
    texts = (
        f"={own.templates[number].text_at(int(cells.rows[one]), int(cells.columns[one]))}"
        for number, one in zip(used.tolist(), at[first].tolist(), strict=True)
    )
    inside = np.fromiter((wanted in _folded(one) for one in texts), np.bool_, len(used))
    found: Positions = at[inside[inverse]]
    return found


def _ranked(found: _Found, text: str) -> Iterator[tuple[Kind, int, RangeRef]]:
    """Where something was found: a cell for each value, a rectangle for each formula.

    Values that are just the text come first, then those in which it is most of the value.
    """
    name, cells = found.source.sheet.name, found.source.sheet.cells
    wanted = _folded(text)
    values = [(_folded(str(cells.value(at))), at) for at in found.values.tolist()]
    values.sort(key=lambda one: (one[0] != wanted, len(one[0]), one[1]))
    for nth, (value, at) in enumerate(values):
        row, column = int(cells.rows[at]), int(cells.columns[at])
        kind = Kind.EQUAL if value == wanted else Kind.VALUE
        yield kind, nth, RangeRef(name, row, column, row, column)
    rest = np.setdiff1d(found.formulas, found.values)
    if len(rest):
        for nth, area in enumerate(rectangles(name, cells.rows[rest], cells.columns[rest])):
            yield Kind.FORMULA, nth, area


def _told(book: ShownBook, places: Sequence[RangeRef]) -> tuple[list[Told], list[RangeRef]]:
    """The places with their cells as far as there is room, and the places without."""
    parts: list[Told] = []
    told: list[RangeRef] = []
    room = TOKENS
    for number, place in enumerate(places):
        if any(_holds(one, place) for one in told):
            continue
        if len(told) == MOST_TOLD or room <= 0:
            return parts, [one for one in places[number:] if not any(_holds(t, one) for t in told)]
        area = _with_its_row(book, place)
        part = book.part(area, min(TOKENS_EACH, room))
        label = book.place(place) if place.cells == 1 else f"{place}:"
        parts.append(Told(f"{label}\n{part.text}", part.shown))
        room -= book.tokens(parts[-1].text)
        told.append(area)
    return parts, []


def _with_its_row(book: ShownBook, place: RangeRef) -> RangeRef:
    """A cell with a text together with what stands to its right; anything else by itself."""
    source = book.source(place.sheet)
    cells = source.sheet.cells
    at = cells.position(place.top, place.left)
    used = source.sheet.used_range
    if place.cells > 1 or at is None or used is None or cells.kinds[at] != CellKind.TEXT:
        return place
    if source.formulas.template_of[at] != NO_TEMPLATE:
        return place
    right = max(place.right, min(used.right, place.left + COLUMNS_BESIDE))
    return RangeRef(place.sheet, place.top, place.left, place.bottom, right)


def _holds(one: RangeRef, other: RangeRef) -> bool:
    return (
        one.sheet == other.sheet
        and one.contains(other.top, other.left)
        and one.contains(other.bottom, other.right)
    )


def _listed(rest: Sequence[RangeRef]) -> str:
    if not rest:
        return ""
    more = len(rest) - MOST_RANGES
    words = ", ".join(map(str, rest[:MOST_RANGES]))
    return f"also in: {words}{f' and {more:,} more places' if more > 0 else ''}"


def _unsearched(book: ShownBook) -> str:
    """Says that hidden cells were left out, and never whether one of them holds the text."""
    if not book.hidden_cells:
        return ""
    count = book.hidden_cells
    return f"# {count:,} hidden {'cell' if count == 1 else 'cells'} were not looked through"


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
