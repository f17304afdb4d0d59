"""The exact cells of a range, as a model asks for them."""

from __future__ import annotations

from typing import Final

from tickmark.analyses.look_ups.shown_book import ShownBook, Told, joined
from tickmark.encode.encoding import Level
from tickmark.encode.expansion import expand as expanded
from tickmark.model.address import RangeRef

TOKENS: Final = 3000
"""The most that one look-up tells."""

MOST_AREAS: Final = 8
CLOSER: Final = "# not all of these cells are told one by one; ask for smaller ranges"


def expand(book: ShownBook, sheet: str, area: str) -> Told:
    """Values and formulas of a range of a sheet, in the notation of the encoding.

    `area` may also be whole columns or rows, a name or a table. What is too much for one look-up is
    summed up or left out, which the text says. Raises InputError.
    """
    areas = book.areas(area, sheet=sheet)[:MOST_AREAS]
    return joined([_one(book, one, TOKENS // len(areas)) for one in areas])


def _one(book: ShownBook, area: RangeRef, budget: int) -> Told:
    source = book.source(area.sheet)
    made = expanded(source, area, tokens=book.tokens, budget=budget)
    if not made.cells:
        count = made.hidden_cells
        cells = "1 hidden cell" if count == 1 else f"{count:,} hidden cells"
        held = f"{cells}, not shown" if count else "no filled cells"
        return Told(f"{area} holds {held}.")
    closer = "" if made.level is Level.LOSSLESS else f"\n{CLOSER}"
    return Told(f"{made.text}{closer}", ((source.sheet.name, made.shown()),))
