"""Summaries of an encoded sheet, such as `<int 1..50 sum 1275>`, read back."""

from __future__ import annotations

import math
import re
from typing import Final

from tickmark.encode.claim import Summary, TypeWord, Value
from tickmark.encode.decoding.literal import SUMMARY, literal
from tickmark.encode.decoding.numerals import numeric
from tickmark.encode.decoding.pieces import pieces_of, shown
from tickmark.errors import EncodingError
from tickmark.model.grid import CellKind

_BOUNDS: Final = re.compile(r" (~?)([^ .>]*+(?:\.(?!\.)[^ .>]*+)*+)\.\.([^ >]++)")
_SUM: Final = re.compile(r" sum ([^ >]++)")
_ENDS: Final = re.compile(r" first ([^ >]++) last ([^ >]++)")
_COUNTS: Final = re.compile(
    r"(?: (?P<distinct>[0-9]{1,11}) distinct)?(?: (?P<true>[0-9]{1,11}) true)?>(?=\||\Z)"
)


def summary_at(line: str, start: int, *, date1904: bool) -> Summary:
    """The summary with its samples that fills a line from a position on; raises EncodingError."""
    word = SUMMARY.match(line, start)
    if word is None:
        raise EncodingError(f"{shown(line[start:])} begins with no word for a type.")
    at = word.end()
    low = high = total = None
    exact = True
    bounds = _BOUNDS.match(line, at)
    if bounds is not None:
        low, high = (_number(bounds[part], date1904=date1904) for part in (2, 3))
        if low > high:
            raise EncodingError(f"the bounds {shown(bounds[0].strip())} are in the wrong order.")
        exact, at = not bounds[1], bounds.end()
    told = _SUM.match(line, at)
    if told is not None:
        total, at = _number(told[1], date1904=date1904), told.end()
    first = last = None
    ends = _ENDS.match(line, at)
    if ends is not None:
        first, last = (_value(ends[part], date1904=date1904) for part in (1, 2))
        at = ends.end()
    counts = _COUNTS.match(line, at)
    if counts is None:
        raise EncodingError(f"{shown(line[at:])} is no part of a summary.")
    at = counts.end()
    samples: tuple[Value, ...] = ()
    if at < len(line):
        samples = tuple(literal(piece, date1904=date1904) for piece in pieces_of(line, at + 1))
    made = Summary(
        word=TypeWord(word[1]),
        low=low,
        high=high,
        bounds_exact=exact,
        total=total,
        first=first,
        last=last,
        distinct=_count(counts["distinct"]),
        true=_count(counts["true"]),
        samples=samples,
    )
    _check(made)
    return made


def _number(text: str, *, date1904: bool) -> float:
    value = _value(text, date1904=date1904).value
    return value if isinstance(value, float) else math.nan


def _value(text: str, *, date1904: bool) -> Value:
    value = numeric(text, date1904=date1904)
    if value is None:
        raise EncodingError(f"{shown(text)} is neither a number nor a date.")
    return value


def _count(text: str | None) -> int | None:
    return None if text is None else int(text)


def _check(summary: Summary) -> None:
    """Refuse values of another kind than the word tells."""
    kind = summary.word.kind
    ends = (one for one in (summary.first, summary.last) if one is not None)
    for value in (*summary.samples, *ends):
        if kind is not None and value.kind is not kind:
            raise EncodingError(
                f"{shown(str(value.value))} is of another kind than {summary.word}."
            )
    if summary.low is not None and kind in {CellKind.TEXT, CellKind.BOOL, CellKind.ERROR}:
        raise EncodingError(f"values of the type {summary.word} have no bounds.")
    if summary.true is not None and summary.word is not TypeWord.BOOL:
        raise EncodingError("only truth values are counted as true.")
