"""The numbers that a text states, and whether they are among those that are known."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator
from typing import Final

from tickmark.ground.quoted_value import agrees

EXACT_BELOW: Final = 100
"""Whole numbers below are counts more often than rounded values: they have to be known exactly."""

_TOKEN: Final = re.compile(
    r"(?<![A-Za-z0-9_])"
    r"(?P<digits>\d{1,3}(?:[.,' \u2019\u00a0\u202f]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
    r"|(?<![\d.,])[.,]\d+)"
    r"(?P<power>[eE][+-]?\d{1,3})?"
    r"(?:\s?(?P<percent>%|per\s?cent\b|prozent\b|pour\scent\b|por\sciento\b|pct\b)"
    r"|\s?(?P<word>[A-Za-z]{1,10})\b)?",
    re.IGNORECASE,
)


def unknown_number(text: str, known: Collection[float]) -> str:
    """The first number of a text that is not known, as it stands there; "" where all are.

    A number is known where its size agrees with one of `known`, which have no sign: exactly for
    small whole numbers, else rounded to its digits, in thousands or millions where it says so.
    """
    for match in _TOKEN.finditer(text):
        if not _is_known(match, known):
            return match["digits"] + ("%" if match["percent"] else "")
    return ""


def numbers_in(text: str) -> Iterator[float]:
    """The sizes of the numbers in a text; those in per cent also as the number that is meant."""
    for match in _TOKEN.finditer(text):
        for number in _meant(match["digits"], match["power"] or ""):
            yield number
            if match["percent"]:
                yield number / 100


def _is_known(match: re.Match[str], known: Collection[float]) -> bool:
    digits = match["digits"]
    if digits.isdigit() and not match["percent"] and int(digits) < EXACT_BELOW:
        plain = float(f"{digits}{match['power'] or ''}")
        if not match["word"] or match["word"].lower() not in _SCALED:
            return plain in known
    unit = "%" if match["percent"] else f" {match['word'] or ''}"
    quoted = f"{digits}{match['power'] or ''}{unit}"
    return any(agrees(quoted, one) for one in known)


_SCALED: Final = frozenset(
    (
        *("k", "thousand", "thousands", "tsd", "tausend", "m", "mm", "mn", "mln", "mio"),
        *("million", "millions", "millionen", "bn", "b", "mrd"),
        *("billion", "billions", "milliarden"),
    )
)


def _meant(digits: str, power: str) -> Iterator[float]:
    """What digits can mean, whether commas or points part thousands."""
    plain = re.sub("[' \u2019\u00a0\u202f]", "", digits)
    spelled: dict[str, None] = {}
    for group, mark in ((",", "."), (".", ",")):
        whole, _, rest = plain.partition(mark)
        if (rest.isdigit() or not rest) and _GROUPS[group].fullmatch(whole):
            spelled[f"{whole.replace(group, '') or '0'}.{rest or '0'}{power}"] = None
    yield from filter(math.isfinite, map(float, spelled))


_GROUPS: Final = {
    ",": re.compile(r"\d*|\d{1,3}(?:,\d{3})+"),
    ".": re.compile(r"\d*|\d{1,3}(?:\.\d{3})+"),
}
