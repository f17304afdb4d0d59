"""Lines of text for a terminal: cut, padded and in columns, counted as they are shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

WIDTH: Final = 80
"""Columns of a terminal that nothing else is known of."""

_ELLIPSIS: Final = "…"


def shown_width(text: str) -> int:
    """How many columns a text takes; letters of East Asia take two, accents of their own none."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def fitted(text: str, width: int) -> str:
    """A text on one line, cut to a width; a cut ends in an ellipsis."""
    text = " ".join(text[: 4 * width + 4].split())
    if shown_width(text) <= width:
        return text
    kept, left = [], width - 1
    for letter in text:
        left -= _columns(letter)
        if left < 0:
            break
        kept.append(letter)
    return "".join(kept).rstrip() + _ELLIPSIS


def padded(text: str, width: int, *, right: bool = False) -> str:
    """A text filled up with blanks, before it where it is to stand at the right."""
    blanks = " " * max(0, width - shown_width(text))
    return blanks + text if right else text + blanks


def in_columns(
    rows: Sequence[Sequence[str]],
    *,
    right: Iterable[int] = (),
    most: Sequence[int] = (),
    width: int = WIDTH,
    indent: str = "  ",
) -> list[str]:
    """Rows of equally many texts as lines; the last column takes what is left of the width.

    `right` are the columns that stand at the right; `most` bounds the widths of the first ones.
    An empty column takes no room.
    """
    if not rows:
        return []
    last = len(rows[0]) - 1
    bounds = (*most, *(width for _ in range(last - len(most))))
    made = [[fitted(text, bound) for text, bound in zip(r, bounds, strict=False)] for r in rows]
    widths = [max(map(shown_width, column)) for column in zip(*made, strict=True)]
    room = width - len(indent) - sum(wide + 2 for wide in widths if wide)
    at_right = set(right)
    lines = []
    for row, texts in zip(made, rows, strict=True):
        cells = [
            padded(text, wide, right=number in at_right)
            for number, (text, wide) in enumerate(zip(row, widths, strict=True))
            if wide
        ]
        cells.append(fitted(texts[last], max(room, 1)))
        lines.append(f"{indent}{'  '.join(cells)}".rstrip())
    return lines


def flowing(
    parts: Sequence[str], *, most: int, width: int = WIDTH, indent: str = "  "
) -> list[str]:
    """Parts with commas over at most so many lines; how many did not fit stands at the end.

    A part that is too long for a line is cut.
    """
    room = width - len(indent)
    lines = [""]
    for number, part in enumerate(parts):
        left = len(parts) - number
        comma = "," if left > 1 else ""
        # The last line keeps a place for the number of parts that do not fit.
        kept = shown_width(f" and {left:,} more") if left > 1 else 0
        text = fitted(part, room - 1) + comma
        joined = f"{lines[-1]} {text}".lstrip()
        if shown_width(joined) <= room - (kept if len(lines) == most else 0):
            lines[-1] = joined
        elif len(lines) < most:
            lines.append(fitted(part, room - 1 - (kept if len(lines) + 1 == most else 0)) + comma)
        elif lines[-1]:
            lines[-1] = f"{lines[-1]} and {left:,} more"
            break
        else:
            lines[-1] = fitted(part, room - 1 - kept) + comma
    return [indent + line for line in lines]


def wrapped(text: str, width: int) -> list[str]:
    """A text over as many lines as it needs, broken at blanks, inside a word only where it must."""
    lines, line, left = [], "", width
    for word in text.split():
        pieces = _pieces(word, width)
        for number, piece in enumerate(pieces):
            wide = shown_width(piece)
            gap = 1 if line and not number else 0
            if line and (number or wide + gap > left):
                lines.append(line)
                line, left, gap = "", width, 0
            line += " " * gap + piece
            left -= gap + wide
    return [*lines, line] if line else lines


def _pieces(word: str, width: int) -> list[str]:
    """A word in pieces of at most a width."""
    if shown_width(word) <= width:
        return [word]
    pieces, piece, left = [], "", width
    for letter in word:
        wide = _columns(letter)
        if wide > left and piece:
            pieces.append(piece)
            piece, left = "", width
        piece += letter
        left -= wide
    return [*pieces, piece]


def _columns(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
