"""Short names for long texts that stand in a list again and again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain, product
from string import ascii_lowercase
from typing import Final

_HEAD_PIECES: Final = 3
_CODED_BYTES: Final = 3

# About what a tokenizer takes as one token.
_PIECE: Final = re.compile(r"[^\W\d_]{1,9}|\d{1,3}|[^\w\s]{1,3}|_")


def codes(literals: Iterable[str]) -> dict[str, str]:
    """Names of the texts that are worth one, by their literals; the most frequent come first.

    `literals` are those of texts in a list, once for each item.
    """
    counts = Counter(literals)
    worth = [
        (-count, text)
        for text, count in counts.items()
        if count > 1 and "}" not in text and not _is_cut(text) and _saves(text, count)
    ]
    # Sorting keeps texts of the same count in order of their first appearance.
    worth.sort(key=lambda one: one[0])
    names = chain(ascii_lowercase, map("".join, product(ascii_lowercase, repeat=2)))
    return {text: name for (_, text), name in zip(worth, names, strict=False)}


def codes_text(names: Mapping[str, str]) -> str:
    """The head of a body with codes: `{a=Cash at bank|b=Debtors}|`."""
    return "{" + "|".join(f"{name}={text}" for text, name in names.items()) + "}|"


def _is_cut(text: str) -> bool:
    """Whether a literal tells only the beginning of a text: `"The beginning"+220`."""
    return text[0] == '"' != text[-1]


def _saves(text: str, count: int) -> bool:
    """Whether names in place of a text are shorter by more than its place in the head costs."""
    return (count - 1) * (_pieces(text) - 1) > _HEAD_PIECES


def _pieces(text: str) -> int:
    """About how many tokens a text has."""
    if text.isascii():
        return len(_PIECE.findall(text))
    return -(-len(text.encode("utf-8", "surrogatepass")) // _CODED_BYTES)
