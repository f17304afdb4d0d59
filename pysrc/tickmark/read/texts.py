"""Texts of a part: gathered from pieces, unescaped."""

from __future__ import annotations

import re
from typing import Final

from tickmark.read.package import PartUnreadable

MARK: Final = "\0"
"""Stands in a list of text pieces where a text begins; no XML text can hold it."""

NESTED: Final = "its values stand inside each other"

_PIECES = 64
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescape(text: str) -> str:
    """A text with its `_xHHHH_` escapes decoded, as the format writes control characters."""
    if "_x" not in text:
        return text
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def take(pieces: list[str]) -> str:
    """The text since the last mark; the list is empty afterwards."""
    begin = len(pieces)
    while begin and pieces[begin - 1] != MARK:
        begin -= 1
    text = "".join(pieces[begin:])
    pieces.clear()
    return text


def trim(pieces: list[str], longest: int) -> None:
    """Bound a list of pieces: blanks without a mark go, a text over `longest` is cut behind it.

    Raises PartUnreadable for texts inside texts.
    """
    if len(pieces) <= _PIECES:
        return
    marks = pieces.count(MARK)
    if marks > _PIECES // 2:
        raise PartUnreadable(NESTED)
    text = take(pieces)
    if marks:
        pieces += [MARK, text[: longest + 1]]
