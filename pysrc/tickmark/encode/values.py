"""Values and formulas as text that cannot be taken for anything else.

A text that could be read as a number, a formula or a part of the layout stands in quotes with
escapes, as in JSON; so the content of one cell cannot pretend to be another cell or line.
"""

from __future__ import annotations

import json
import re

NOT_CALCULATED = "(not calculated)"

_EXACT = 1e15

# Controls, line separators, invisible and direction-changing characters, halves of pairs, tags.
UNSEEN = (
    "\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff"
)
_ESCAPED = re.compile(f"[{UNSEEN}]")
_NEEDS_QUOTES = re.compile(
    rf"""
    .*[{UNSEEN}"|;].*                                  # breaks the layout
    |.*\ ->(?:\ .*)?|->\ .*                             # looks like a formula's value
    |\s.*|.*\s                                          # its ends would not be seen
    |[=\#].*                                            # looks like a formula or an error
    |[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?          # like a number
    |\d{{4}}-\d\d-\d\d(?:T.*)?|\d+:\d\d:\d\d(?:\.\d+)?  # like a date or time
    |TRUE|FALSE
    |\(.*
    |\d[\d,]*\ (?:numbers?|dates?|texts?|errors?|truth\ values?|formulas?)\b.*
    """,
    re.VERBOSE | re.DOTALL,
)
_FORMULA_NEEDS_QUOTES = re.compile(rf"[{UNSEEN}|]| -> | \(")


def quoted(text: str) -> str:
    """A text in double quotes, with escapes as in JSON and none but visible characters."""
    return _ESCAPED.sub(_escape, json.dumps(text, ensure_ascii=False))


def text_value(text: str, longest: int) -> str:
    """A cell's text: as it is, or in quotes; a longer one is cut and its length told."""
    if len(text) > longest:
        return f"{quoted(text[:longest])} (first {longest} of {len(text)} characters)"
    if not text or _NEEDS_QUOTES.fullmatch(text):
        return quoted(text)
    return text


def formula_value(text: str, longest: int) -> str:
    """A formula with its `=`, in quotes where its strings could break the layout."""
    if len(text) > longest:
        return f"{quoted(text[:longest])} (first {longest} of {len(text)} characters)"
    return quoted(text) if _FORMULA_NEEDS_QUOTES.search(text) else text


def number_value(number: float) -> str:
    """A number to 12 significant digits; whole ones in full up to 15 digits."""
    if abs(number) < _EXACT and number.is_integer():
        return str(int(number))
    return f"{number:.12g}"


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 cell`, `12 cells`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
