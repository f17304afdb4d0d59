"""What stands between the bars of a line of an encoded sheet: as it is, or in quotes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from tickmark.errors import EncodingError

SHOWN: Final = 40
RESULTS: Final = " -> "
"""What stands between a formula and its results."""

_FORMULA: Final = ("=", "{=")
_JSON: Final = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Quoted:
    """A text that stood in quotes, and what stands behind the closing one."""

    text: str
    rest: str = ""


Piece = str | Quoted
"""What stands between two bars: as it is, or a text in quotes with its rest."""


def shown(text: str) -> str:
    """A piece of a strange text as a message names it."""
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")


def is_formula(line: str, start: int = 0) -> bool:
    """Whether a formula begins at a position."""
    return line.startswith(_FORMULA, start)


def string_at(line: str, start: int) -> tuple[str, int]:
    """The text of the JSON string that begins at a position, and the position behind it."""
    try:
        text, end = _JSON.raw_decode(line, start)
    except ValueError as error:
        message = f"the text in quotes {shown(line[start : start + SHOWN + 1])} does not end."
        raise EncodingError(message) from error
    return text, end


def pieces_of(line: str, start: int, *, formulas: bool = False) -> list[Piece]:
    """What stands between the bars of a line from a position on; bars in quotes part nothing.

    With `formulas` a piece may be a formula, which comes as it is with its result.
    """
    if line.find('"', start) < 0:
        return list(line[start:].split("|"))
    found: list[Piece] = []
    while True:
        if line.startswith('"', start):
            text, behind = string_at(line, start)
            end = _next_bar(line, behind)
            found.append(Quoted(text, line[behind:end]))
        else:
            behind = _behind_formula(line, start) if formulas and is_formula(line, start) else start
            end = _next_bar(line, behind)
            found.append(line[start:end])
        if end == len(line):
            return found
        start = end + 1


def piece_of(text: str) -> Piece:
    """A piece that stands alone."""
    if not text.startswith('"'):
        return text
    content, behind = string_at(text, 0)
    return Quoted(content, text[behind:])


def _behind_formula(line: str, start: int) -> int:
    """The position behind the texts in quotes of a formula and of its result."""
    start = line.index("=", start) + 1
    if line.startswith('\\"', start):
        _, start = string_at(line, start + 1)
    bar, arrow = _next_bar(line, start), line.find(RESULTS, start)
    if arrow < 0 or arrow > bar:
        return start
    start = arrow + len(RESULTS)
    return string_at(line, start)[1] if line.startswith('"', start) else start


def _next_bar(line: str, start: int) -> int:
    end = line.find("|", start)
    return len(line) if end < 0 else end
