"""Names, texts and places as words of header lines, which stay short whatever a file holds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from tickmark.encode.literals.texts import text_literal
from tickmark.encode.values import quoted
from tickmark.model.address import MAX_COLUMN, MAX_ROW, RangeRef, column_letters, quote_sheet_name
from tickmark.model.workbook import Interval

LONGEST_TEXT: Final = 60
LONGEST_TITLE: Final = 255

_BOOK_WORD: Final = "book "


def sheet_title(name: str) -> str:
    """The name of a sheet as a literal, quoted where it could be read as anything else.

    A name that begins with `book ` is quoted too: such lines speak of the workbook. One that is
    longer than any program allows is cut.
    """
    if len(name) > LONGEST_TITLE:
        return quoted(f"{name[:LONGEST_TITLE]}…")
    return quoted(name) if name.startswith(_BOOK_WORD) else text_literal(name)


def phrase(text: str, breaks: str = "") -> str:
    """A text of the author: as it is, or quoted where it could be read as more than itself.

    `breaks` are the characters that part it from what follows. A long text is cut.
    """
    if len(text) > LONGEST_TEXT:
        return f"{quoted(text[:LONGEST_TEXT])}…"
    plain = bool(text) and text == text.strip() and _is_plain(text, "|" + breaks)
    return text if plain else quoted(text)


def sheet_word(name: str) -> str:
    """The name of a sheet as formulas write it before the `!`."""
    word = quote_sheet_name(name)
    return word if len(name) <= LONGEST_TEXT and _is_plain(name, "|") else phrase(name, " ")


def area_word(area: RangeRef, sheet: str = "") -> str:
    """A range, whole rows and columns without the rest, with its sheet where that is another."""
    if (area.top, area.bottom) == (1, MAX_ROW):
        text = f"{column_letters(area.left)}:{column_letters(area.right)}"
    elif (area.left, area.right) == (1, MAX_COLUMN):
        text = f"{area.top}:{area.bottom}"
    else:
        text = area.a1
    return text if area.sheet == sheet else f"{sheet_word(area.sheet)}!{text}"


def row_words(spans: Sequence[Interval]) -> list[str]:
    """Spans of rows: `5:9`, `12`."""
    return [str(first) if first == last else f"{first}:{last}" for first, last in spans]


def column_words(spans: Sequence[Interval]) -> list[str]:
    """Spans of columns by their letters: `F:H`, `K`."""
    return [
        column_letters(first)
        if first == last
        else f"{column_letters(first)}:{column_letters(last)}"
        for first, last in spans
    ]


def listed(words: Collection[str], most: int, between: str = ",") -> str:
    """The first words, and how many more there are."""
    first = [word for word, _ in zip(words, range(most), strict=False)]
    text = between.join(first)
    return f"{text} and {len(words) - most} more" if len(words) > most else text


def _is_plain(text: str, breaks: str) -> bool:
    return quoted(text) == f'"{text}"' and not any(sign in text for sign in breaks)
