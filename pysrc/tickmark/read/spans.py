"""Stretches of a block of bytes: cut out, decoded, turned into numbers, many at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.read.cell_tags import leading_digits, words_of
from tickmark.read.tags import Bytes, Places, Unusual

_NUMBER_LETTERS: Final = b"0123456789+-.eE"
_MOST_DIGITS: Final = 7
_LESS: Final = b"<"[0]
_ENTITY: Final = re.compile(b"&[^;<]{0,10};?")
_REFERENCE: Final = re.compile("&[^;]*;")
_NAMED: Final = {b"&amp;": "&", b"&lt;": "<", b"&gt;": ">", b"&quot;": '"', b"&apos;": "'"}
_NUMERIC: Final = re.compile(b"&#(?:([0-9]{1,7})|x([0-9a-fA-F]{1,6}));")
_LETTER: Final = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Where each stretch begins and ends, and the number of the cell that it belongs to."""

    begins: Places
    ends: Places
    cells: Places

    def __len__(self) -> int:
        return len(self.begins)

    def where(self, chosen: npt.NDArray[np.bool_]) -> Spans:
        """Some of the stretches."""
        return Spans(self.begins[chosen], self.ends[chosen], self.cells[chosen])


def cut(block: bytes, spans: Spans) -> list[bytes]:
    """The bytes of each stretch."""
    return [block[a:b] for a, b in zip(spans.begins.tolist(), spans.ends.tolist(), strict=True)]


def texts(block: bytes, spans: Spans, letters: dict[str, str]) -> list[str]:
    """The text of each stretch, its references to letters resolved."""
    if not block.isascii():
        return [decoded(raw, letters) for raw in cut(block, spans)]
    text = block.decode()
    found = [text[a:b] for a, b in zip(spans.begins.tolist(), spans.ends.tolist(), strict=True)]
    return [resolved(one, letters) if "&" in one else one for one in found] if letters else found


def numbers(block: bytes, data: Bytes, spans: Spans) -> npt.NDArray[np.float64]:
    """The number that each stretch is. Raises Unusual where one is none, or not finite."""
    words = words_of(data)
    wholes, counts, behind = leading_digits(words[spans.begins])
    values = wholes.astype(np.float64)
    longer = (counts > _MOST_DIGITS) | (behind != _LESS)
    if longer.any():
        written = cut(block, spans.where(longer))
        if b"".join(written).translate(None, _NUMBER_LETTERS):
            raise Unusual
        try:
            values[longer] = np.fromiter(map(float, written), np.float64, len(written))
        except ValueError:
            raise Unusual from None
        if not np.isfinite(values).all():
            raise Unusual
    if (counts == 0).any() and (spans.begins == spans.ends).any():
        raise Unusual
    return values


def entities(block: bytes) -> dict[str, str]:
    """The references to letters in a block, such as `&amp;`, and what each stands for.

    Raises Unusual for one that XML does not know.
    """
    if b"&" not in block:
        return {}
    found = {one: _letter(one) for one in set(_ENTITY.findall(block))}
    return {one.decode(): letter for one, letter in found.items()}


def decoded(raw: bytes, letters: dict[str, str]) -> str:
    """The text of a stretch, its references to letters resolved."""
    return resolved(raw.decode(), letters)


def resolved(text: str, letters: dict[str, str]) -> str:
    """A text with its references to letters resolved."""
    return _REFERENCE.sub(lambda found: letters[found[0]], text) if "&" in text else text


def _letter(reference: bytes) -> str:
    if reference in _NAMED:
        return _NAMED[reference]
    found = _NUMERIC.fullmatch(reference)
    if found is None:
        raise Unusual
    code = int(found[1]) if found[1] else int(found[2], 16)
    letter = chr(code) if code <= 0x10FFFF else ""  # noqa: PLR2004 - the last code point
    if not _LETTER.fullmatch(letter):
        raise Unusual
    return letter
