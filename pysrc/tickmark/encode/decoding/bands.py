"""Whole rows and columns as an encoded sheet names them: `5:9,12`, `F:H`."""

from __future__ import annotations

import re
from typing import Final

from tickmark.encode.decoding.areas import column_of
from tickmark.encode.decoding.pieces import shown
from tickmark.errors import EncodingError
from tickmark.model.address import MAX_ROW

Bands = list[tuple[int, int]]
"""First and last number of rows or columns, in order and apart from each other."""

_ROWS: Final = re.compile(r"([1-9][0-9]{0,6})(?::([1-9][0-9]{0,6}))?")
_COLUMNS: Final = re.compile(r"([A-Z]{1,3})(?::([A-Z]{1,3}))?")


def row_bands(text: str) -> Bands:
    """The rows of `5:9,12`; raises EncodingError."""
    found = []
    for part in text.split(","):
        match = _ROWS.fullmatch(part)
        if match is None or int(match[2] or match[1]) > MAX_ROW:
            raise EncodingError(f"{shown(part)} are no rows; write them like 5:9.")
        found.append((int(match[1]), int(match[2] or match[1])))
    return _joined(found)


def column_bands(text: str) -> Bands:
    """The columns of `F:H,K`; raises EncodingError."""
    found = []
    for part in text.split(","):
        match = _COLUMNS.fullmatch(part)
        if match is None:
            raise EncodingError(f"{shown(part)} are no columns; write them like F:H.")
        found.append((column_of(match[1]), column_of(match[2] or match[1])))
    return _joined(found)


def within(bands: Bands, first: int, last: int) -> Bands:
    """The parts of the bands from one number to another."""
    return [(max(a, first), min(b, last)) for a, b in bands if a <= last and b >= first]


def _joined(bands: Bands) -> Bands:
    made: Bands = []
    for first, last in sorted(bands):
        if last < first:
            raise EncodingError(f"{first}:{last} runs backwards.")
        if made and first <= made[-1][1] + 1:
            made[-1] = (made[-1][0], max(made[-1][1], last))
        else:
            made.append((first, last))
    return made
