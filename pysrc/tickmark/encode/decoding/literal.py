"""Literals of an encoded sheet: numbers, dates, truth values, errors and texts, read back."""

from __future__ import annotations

import re
from typing import Final

from tickmark.encode.claim import TypeWord, Value
from tickmark.encode.decoding.numerals import STARTS, alike, is_number, numeric, serial
from tickmark.encode.decoding.pieces import RESULTS, Piece, Quoted, shown
from tickmark.errors import EncodingError
from tickmark.model.grid import CellKind

MONTHS: Final = re.compile(r"(?:([1-9][0-9]{0,4}) )?(month|year)")
SUMMARY: Final = re.compile(rf"<({'|'.join(TypeWord)})(?=[ >])")
LIKE: Final = re.compile(r"as ([A-Z]{1,3})([1-9][0-9]{0,6})")
CUT: Final = re.compile(r"\+([1-9][0-9]{0,8})")
_ERROR: Final = re.compile(r"#[A-Z][A-Z0-9_/]*+[!?]?")
_LIKE_SUFFIX: Final = re.compile(r"(?:\*[0-9]++|.>[0-9]++(?:x[0-9]++)?)\Z")
_DIGITS: Final = frozenset("0123456789")
_TRUTH: Final = {
    "TRUE": Value(CellKind.BOOL, value=True),
    "FALSE": Value(CellKind.BOOL, value=False),
}


def literal(piece: Piece, *, date1904: bool) -> Value:
    """The value that a literal stands for; raises EncodingError for what is none."""
    if isinstance(piece, Quoted):
        return _quoted(piece)
    if not piece:
        raise EncodingError('a literal is missing; an empty text is "".')
    first = piece[0]
    found = None
    if first in STARTS:
        found = numeric(piece, date1904=date1904)
    elif first == "#":
        found = Value(CellKind.ERROR, piece) if _ERROR.fullmatch(piece) else None
    elif first == "@":
        found = serial(piece)
    else:
        found = _TRUTH.get(piece)
    return _text(piece) if found is None else found


def series_parts(text: str) -> tuple[str, str, str]:
    """First, last and step of `1..50`, `0..100 by 5`; empty texts where they are not there."""
    first, dots, rest = text.partition("..")
    last, _, step = rest.partition(" by ")
    return (first, last, step) if dots else ("", "", "")


def like_series(text: str) -> bool:
    """Whether a text looks like a series: two numbers or two dates with two dots between them."""
    first, last, step = series_parts(text)
    if not first or not alike(first, last):
        return False
    return " by " not in text or is_number(step) or MONTHS.fullmatch(step) is not None


def cut_length(text: str, rest: str) -> int:
    """The length of a text of which the beginning is told, from what stands behind: `+220`."""
    match = CUT.fullmatch(rest)
    if match is None:
        raise EncodingError(f"{shown(rest)} stands behind a text in quotes.")
    return len(text) + int(match[1])


def _quoted(piece: Quoted) -> Value:
    length = cut_length(piece.text, piece.rest) if piece.rest else 0
    return Value(CellKind.TEXT, piece.text, length)


def _text(text: str) -> Value:
    """A text without quotes; raises EncodingError where it could be taken for something else."""
    if (
        text[0] in "={"
        or '"' in text
        or (text[-1] in _DIGITS and (_LIKE_SUFFIX.search(text) or LIKE.fullmatch(text)))
        or (".." in text and like_series(text))
        or RESULTS in text
        or text == "?"
        or (text[0] == "<" and SUMMARY.match(text))
        or not text.strip()
    ):
        raise EncodingError(f"the text {shown(text)} has to stand in quotes.")
    return Value(CellKind.TEXT, text)
