"""Heights of rows with wrapped text, for programs that do not fit them on their own."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence
from typing import Final

from tickmark.model.edit import WrittenCell
from tickmark.write.looks import LOOKS, writable

HIGHEST: Final = 409.0
"""Excel's limit, in points."""

_LINE: Final = 15 / 11
_DEFAULT_WIDTH: Final = 8.43
_ENOUGH: Final = 8_000


def line_height(size: float) -> float:
    """Height in points of a line in a font of so many points."""
    return round(size * _LINE, 2)


def row_height(row: Sequence[WrittenCell], widths: Sequence[float], size: float) -> float | None:
    """Height in points that shows all lines of a row; None where one plain line is enough.

    `widths` are column widths in characters, `size` is the points of the workbook's own font.
    """
    needed = plain = line_height(size)
    for column, cell in enumerate(row):
        look = LOOKS[cell.style]
        lines = 1
        value = writable(cell.value)
        if look.wrapped and isinstance(value, str):
            width = widths[column] if column < len(widths) else _DEFAULT_WIDTH
            lines = _lines(value[:_ENOUGH], max(1, int(width)))
        if value is not None:
            needed = max(needed, lines * line_height(look.size or size))
    return min(needed, HIGHEST) if needed > plain else None


def _lines(text: str, width: int) -> int:
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    if wide:
        width = max(1, round(width * len(text) / (len(text) + wide)))
    return sum(len(textwrap.wrap(part, width)) or 1 for part in text.splitlines() or [""])
