"""A beginning and an end that all texts of a list share."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tickmark.encode.literals.texts import is_plain, raw_literals

LONGEST: Final = 200
_SHORTEST: Final = 3
_CODE_LEAD: Final = re.compile(r"[a-z]{1,2}=")
# A number costs no more in whole, since a tokenizer takes three digits together; nor a short word.
_WORD_BEGUN: Final = re.compile(r"(?<![^\W_])[^\W_]{1,3}\Z|(?<!\d)\d{1,3}\Z")
_WORD_ENDED: Final = re.compile(r"\A[^\W_]{1,3}(?![^\W_])|\A\d{1,3}(?!\d)")
_FORBIDDEN: Final = frozenset("*}")


@dataclass(frozen=True, slots=True)
class Pattern:
    """Texts that begin with `prefix` and end with `suffix`; the two do not overlap in any."""

    prefix: str
    suffix: str

    @property
    def head(self) -> str:
        """The head of a body with a pattern: `{SKU-*}|`."""
        return f"{{{self.prefix}*{self.suffix}}}|"

    def rests(self, texts: Iterable[str]) -> Iterator[str]:
        """What stands in the list for each of many texts."""
        begin, end = len(self.prefix), len(self.suffix)
        return raw_literals([text[begin : len(text) - end] for text in texts])


def pattern_of(texts: Sequence[str]) -> Pattern | None:
    """The pattern that fits all of the texts; None where they share next to nothing, or for one.

    Words and numbers that the texts share in part stay whole where that costs little.
    """
    if len(texts) <= 1:
        return None
    longest = _longest(texts)
    size, end = len(longest.prefix), len(longest.suffix)
    prefix, suffix = longest.prefix, longest.suffix
    if any(text[size : size + 1].isalnum() for text in texts):
        prefix = _WORD_BEGUN.sub("", prefix)
    if end and any(text[-end - 1 : -end].isalnum() for text in texts):
        suffix = _WORD_ENDED.sub("", suffix)
    for pattern in (Pattern(prefix, suffix), longest):
        if len(pattern.prefix) + len(pattern.suffix) >= _SHORTEST:
            return pattern
    return None


def _longest(texts: Sequence[str]) -> Pattern:
    first, last = min(texts), max(texts)
    limit = min(len(first), len(last), LONGEST)
    size = bisect_left(range(limit), 1, key=lambda at: first[: at + 1] != last[: at + 1])
    prefix = first[:size]
    room = min(map(len, texts)) - size
    suffix = _suffix(texts, min(room, LONGEST))
    return Pattern(_usable_prefix(prefix), _usable_suffix(suffix))


def _suffix(texts: Iterable[str], room: int) -> str:
    if room <= 0:
        return ""
    shared: str | None = None
    for text in texts:
        end = text[-room:]
        if shared is None:
            shared = end
        elif not end.endswith(shared):
            size = len(shared)
            while size and end[-size:] != shared[-size:]:
                size -= 1
            if not size:
                return ""
            shared = shared[-size:]
    return shared or ""


def _usable_prefix(text: str) -> str:
    """A beginning without the marks of the notation, that is no name of a code."""
    kept = _until_mark(text)
    while kept and (kept[0] == "=" or _CODE_LEAD.match(kept)):
        kept = "" if kept[0] == "=" else kept[: kept.index("=")]
    return kept


def _usable_suffix(text: str) -> str:
    return _until_mark(text[::-1])[::-1]


def _until_mark(text: str) -> str:
    for at, character in enumerate(text):
        if character in _FORBIDDEN or not is_plain(character):
            text = text[:at]
            break
    return text if is_plain(text) else ""
