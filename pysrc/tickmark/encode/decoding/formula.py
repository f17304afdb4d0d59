"""The formula of a line in an encoded sheet, or of an item of its list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tickmark.encode.claim import FormulaText
from tickmark.encode.decoding.areas import column_of
from tickmark.encode.decoding.literal import CUT
from tickmark.encode.decoding.pieces import RESULTS, shown, string_at
from tickmark.errors import EncodingError

_END: Final = re.compile(r"\|| -> ")
_COPIED: Final = re.compile(r"<([A-Z]{1,3})([1-9][0-9]{0,6})>")


@dataclass(frozen=True, slots=True)
class Copied:
    """The formula of another cell, as if it had been copied from there: `=<C4>`."""

    row: int
    column: int


Formula = FormulaText | Copied
"""A formula that is written out, or the cell that holds it."""


def formula_at(line: str, start: int) -> tuple[Formula, int]:
    """The formula at a position and the position behind it, where results or a bar may stand.

    Raises EncodingError.
    """
    array = line[start] == "{"
    begin = start + (2 if array else 1)
    if line.startswith('\\"', begin):
        return _quoted(line, begin + 1, array=array)
    match = _END.search(line, begin)
    end = len(line) if match is None else match.start()
    text = line[begin:end]
    if array and not text.endswith("}"):
        raise EncodingError("an array formula does not end with }.")
    text = text[:-1] if array else text
    if not text.strip():
        raise EncodingError("a formula is missing behind its =.")
    copied = _COPIED.fullmatch(text)
    if copied is None:
        return FormulaText("=" + text, array), end
    if array:
        raise EncodingError("an array formula is no copy of another.")
    return Copied(int(copied[2]), column_of(copied[1])), end


def results_at(line: str, end: int) -> int | None:
    """Where the results begin behind a formula; None where it ends the line without any.

    Raises EncodingError.
    """
    if end == len(line):
        return None
    if not line.startswith(RESULTS, end):
        raise EncodingError(f"{shown(line[end:])} stands behind a formula.")
    return end + len(RESULTS)


def _quoted(line: str, begin: int, *, array: bool) -> tuple[FormulaText, int]:
    """A formula in quotes; of a longer one the beginning, and how many characters it has more."""
    text, end = string_at(line, begin)
    cut = CUT.match(line, end)
    length = 0
    if cut is not None:
        length, end = len(text) + 1 + int(cut[1]), cut.end()
    if array and not line.startswith("}", end):
        raise EncodingError("an array formula does not end with }.")
    return FormulaText("=" + text, array, length), end + array
