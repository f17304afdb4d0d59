"""Which texts call a row or a column a total, in many languages."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Final

from tickmark.structure.regions.total_words import (
    APART,
    BESIDE,
    CUMULATIVE,
    FIGURE,
    JOINED,
    NET,
    TOTAL,
)


class Label(IntEnum):
    """How a text names a row or column."""

    NONE = 0
    NET = 1
    """What is left of some rows after others, such as `Gross profit` or `Closing balance`."""
    FIGURE = 2
    """A mean, count or extreme and nothing else, such as `Annual average` or `Max`."""
    PARTLY = 3
    """A total word first or last: `Total expenses`, `Credit total`."""
    WHOLLY = 4
    """Nothing but a total word, such as `Grand total:`."""
    APART = 5
    """A difference, change, share or check, which is no total whatever it is computed from."""


def labels_of(texts: Sequence[str], wanted: Sequence[int]) -> dict[int, Label]:
    """The labels among some of the texts, by their index; those of NONE are left out.

    Where there are too many, the words are those of the data and call no row anything: none then.
    """
    cut = [texts[number][:_LONGEST].replace(_SEPARATOR, " ") for number in wanted]
    joined = _SEPARATOR.join(cut).casefold()
    if len(wanted) <= _FEW:
        near: Sequence[int] = range(len(wanted))
        parts = joined.split(_SEPARATOR)
    else:
        near = _near(joined, len(wanted))
        parts = joined.split(_SEPARATOR) if near else []
    found: dict[int, Label] = {}
    for at in near:
        label = _label(parts[at])
        if label is not Label.NONE:
            found[wanted[at]] = label
    return found


def without_total(text: str) -> set[str]:
    """What a text that begins or ends with a total word says beside it, casefolded."""
    words = text[:_LONGEST].casefold().split()
    made: set[str] = set()
    if len(words) > 1 and _plain(words[-1].rstrip(":")) in TOTAL:
        made.add(" ".join(words[:-1]).rstrip(",:- "))
    if len(words) > 1 and _plain(words[0].rstrip(":")) in TOTAL:
        made.add(" ".join(words[1:]))
    return made


def _near(joined: str, count: int) -> Sequence[int]:
    """Numbers of the texts in which the beginning of a word of the lists stands."""
    plain = joined.isascii()
    stems = [stem for stem in _STEMS if (not plain or stem.isascii()) and stem in joined]
    if not stems:
        return ()
    starts = [-1, *(found.start() for found in re.finditer(_SEPARATOR, joined))]
    hits: set[int] = set()
    for stem in stems:
        at = joined.find(stem)
        while at >= 0:
            number = bisect_left(starts, at) - 1
            hits.add(number)
            if len(hits) > _MOST:
                return ()
            if number + 1 >= count:
                break
            at = joined.find(stem, starts[number + 1])
    return sorted(hits)


# Stands between texts that are searched together.
_SEPARATOR: Final = "\0"
_LONGEST: Final = 120
_MOST_WORDS: Final = 9
_FEW: Final = 200
_MOST: Final = 10_000

# Together only: the income of a household is no result, the income before tax is.
_NET_PAIRS: Final = (
    (
        frozenset({"income", "earnings", "loss", "result"}),
        frozenset({"operating", "before", "after", "pretax", "pre-tax"}),
    ),
    (frozenset({"cash"}), frozenset({"flow", "flows"})),
    (frozenset({"over", "under"}), frozenset({"expenditure", "expenditures", "expenses"})),
    (frozenset({"gross"}), frozenset({"profit", "margin", "income", "result"})),
)
_STANDARD_DEVIATION: Final = frozenset({"standard", "deviation"})
_STEMS: Final = tuple(sorted({word[:4] for word in TOTAL | FIGURE} | {"net ", "gross", "profit"}))
_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019.-][^\W_]+)*|[%&$€£№]")
_ASIDE: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NUMBER: Final = re.compile(r"[\d.,'\u2019/-]+")


@lru_cache(maxsize=8_192)
def _label(text: str) -> Label:
    words = [word for word in _WORD.findall(_ASIDE.sub(" ", text)) if not _NUMBER.fullmatch(word)]
    plain = [_plain(word) for word in words]
    if not plain or len(plain) > _MOST_WORDS:
        return Label.NONE
    known = set(plain)
    if known >= _STANDARD_DEVIATION:
        known = known - _STANDARD_DEVIATION | {"stdev"}
    if plain[0] == "%" or known & APART:
        return Label.APART
    if known <= TOTAL | FIGURE | BESIDE and known & (TOTAL | FIGURE):
        return Label.WHOLLY if known & TOTAL else Label.FIGURE
    net = Label.NET if known & NET or _pairs(known) else Label.NONE
    if known & CUMULATIVE:
        return Label.NONE if known & TOTAL else net
    return Label.PARTLY if _partly(plain) else net


def _partly(plain: list[str]) -> bool:
    """Whether a text of several words begins or ends with a total word."""
    first, last = plain[0], plain[-1]
    if first in TOTAL or last in TOTAL or (first in BESIDE and plain[1:2] and plain[1] in TOTAL):
        return True
    if first.startswith("gesamt") or last.endswith("summe"):
        return True
    return first.startswith(JOINED) or last.endswith(JOINED)


def _pairs(known: set[str]) -> bool:
    return any(known & one and known & other for one, other in _NET_PAIRS)


def _plain(word: str) -> str:
    """A word without marks around and between its parts: `sub-total` is `subtotal`."""
    joined = word.strip(".'\u2019-").replace("-", "")
    return joined if joined in TOTAL else word.strip(".'\u2019-")
