"""Next and Previous finding: from place to place of the last run over a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tickmark.errors import InputError
from tickmark.hosts.jobs.memory import FoundPlace, keep, recall, step

if TYPE_CHECKING:
    from xlwings import Book

_LONGEST = 200


def walk(book: Book, key: str, by: int) -> str:
    """Select the cells of the next finding (`by` 1) or of the one before (-1).

    The sheet that lists the findings is not needed for it. Gives back the line in the status bar.
    Raises InputError where none are known.
    """
    memory = recall(key)
    if memory is None:
        raise InputError(
            f"No findings are known for {book.name}; press Audit sheet or Audit workbook first."
        )
    if not memory.places:
        raise InputError(f"The last run over {book.name} found nothing in its cells.")
    memory = step(memory, by)
    keep(key, memory)
    place = memory.places[memory.at]
    obstacle = _go_to(book, place)
    text = f"Finding {memory.at + 1} of {len(memory.places)}: {place.text}{obstacle}"
    line = f"Tickmark: {text}"[:_LONGEST]
    book.app.status_bar = line
    return line


def _go_to(book: Book, place: FoundPlace) -> str:
    """Select the place; what stands in the way, in words."""
    sheets = [sheet for sheet in book.sheets if sheet.name == place.sheet]
    if not sheets:
        return " (its sheet is gone)"
    if not sheets[0].visible:
        return " (its sheet is hidden)"
    sheets[0].activate()
    sheets[0].range(place.range or "A1").select()
    return ""
