"""Texts of cells as literals: as they are, or in quotes where they could be read otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from tickmark.encode.claim import TypeWord
from tickmark.encode.values import UNSEEN, quoted

_LAYOUT: Final = re.compile(rf'[{UNSEEN}|"]| -> ')
_MARKED_END: Final = re.compile(r"(?:\*[0-9]+|(?<!\A)>[0-9]+(?:x[0-9]+)?)\Z")
# No two parts of a repetition can match the same character, so that long texts stay quick.
_NUMBER: Final = r"[-+]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][-+]?[0-9]++)?%?(?:~-?[0-9]++)?"
_TIME: Final = r"[-+]?[0-9]++:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]++)?)?"
_DATE: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]*)?"
_VALUE: Final = rf"(?:{_NUMBER}|{_TIME}|{_DATE})"
_NUMERIC: Final = re.compile(rf"{_VALUE}(?:\.\.{_VALUE}(?: by .*)?)?\Z", re.DOTALL)
_WORDS: Final = "|".join(re.escape(word) for word in TypeWord)
_ERROR: Final = re.compile(r"#[A-Z][A-Z0-9_/]*[!?]?\Z")
_CELL: Final = "[A-Z]{1,3}[0-9]{1,7}"
_LIKE: Final = {
    "#": _ERROR,
    "<": re.compile(rf"<(?:{_WORDS})[ >]"),
    "@": re.compile(rf"@{_NUMBER}(?:\.\..*)?\Z", re.DOTALL),
    "?": re.compile(r"\?\Z"),
    "T": re.compile(r"TRUE\Z"),
    "F": re.compile(r"FALSE\Z"),
    "a": re.compile(rf"as {_CELL}\Z"),
    "e": re.compile("except [A-Z]{1,3}[0-9]"),
    "=": re.compile(""),
    "{": re.compile(""),
    **dict.fromkeys("0123456789+-.", _NUMERIC),
}
"""What a text that begins with a character must not be like."""
_DIGITS: Final = frozenset("0123456789")
_TOGETHER: Final = 500


def text_literal(text: str) -> str:
    """A text as a literal that no reader takes for anything but this text."""
    return quoted(text) if _needs_quotes(text) else text


def text_literals(texts: Sequence[str]) -> Iterator[str]:
    """The literals of many texts, in order."""
    for some, plain in _together(texts):
        if plain:
            yield from (quoted(text) if _is_like_other(text) else text for text in some)
        else:
            yield from map(text_literal, some)


def error_literal(text: str) -> str:
    """An error value such as `#REF!`; what could not be read as one is a text."""
    return text if _ERROR.match(text) else text_literal(text)


def raw_literal(text: str) -> str:
    """A text where only texts can stand: in quotes only where the layout would break."""
    return quoted(text) if _breaks_layout(text) else text


def raw_literals(texts: Sequence[str]) -> Iterator[str]:
    """The literals of many texts where only texts can stand, in order."""
    for some, plain in _together(texts):
        if plain:
            yield from (quoted(text) if _breaks_alone(text) else text for text in some)
        else:
            yield from map(raw_literal, some)


def cut_literal(text: str, longest: int) -> str:
    """A text as a literal; of a longer one its beginning and how many characters it has more."""
    if len(text) <= longest:
        return text_literal(text)
    return f"{quoted(text[:longest])}+{len(text) - longest}"


def is_plain(text: str) -> bool:
    """Whether a text can stand between the marks of a layout without quotes."""
    return _LAYOUT.search(text) is None


def _together(texts: Sequence[str]) -> Iterator[tuple[Sequence[str], bool]]:
    """Texts in portions, and whether none of a portion has a mark of the layout."""
    for start in range(0, len(texts), _TOGETHER):
        some = texts[start : start + _TOGETHER]
        yield some, _LAYOUT.search(" ".join(some)) is None


def _breaks_layout(text: str) -> bool:
    return _LAYOUT.search(text) is not None or _breaks_alone(text)


def _breaks_alone(text: str) -> bool:
    """Whether a text without marks of the layout cannot stand for itself as an item."""
    return not text or text.isspace() or _has_marked_end(text)


def _has_marked_end(text: str) -> bool:
    """Whether a text ends like a repetition or like a merged cell."""
    return (
        text[-1] in _DIGITS
        and ("*" in text or ">" in text)
        and _MARKED_END.search(text) is not None
    )


def _needs_quotes(text: str) -> bool:
    return _LAYOUT.search(text) is not None or _is_like_other(text)


def _is_like_other(text: str) -> bool:
    """Whether a text without marks of the layout could be read as anything else."""
    like = _LIKE.get(text[:1])
    if like is not None and like.match(text) is not None:
        return True
    return _breaks_alone(text)
