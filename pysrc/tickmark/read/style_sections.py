"""The sections of a styles part that say nothing of a cell, passed over without parsing them.

Years of copying between workbooks leave tens of thousands of named styles in some; no cell refers
to them but through its own format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from tickmark.read.blocks import holds_markup, line_breaks

MOST: Final = 1 << 25
"""A section of more bytes than these is left to the parser."""

LONGEST_TAG: Final = 1 << 16
"""A tag of more bytes than these is left to the parser, and everything behind it."""

_HEAD: Final = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?xml[^>]*\?>)?")
_BEGIN: Final = re.compile(
    rb"<(cellStyleXfs|cellStyles|dxfs)(?:[ \t\r\n]++[\w:]++=\"[^\"<>&]*+\")*+[ \t\r\n]*+>"
)


def without_unread(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces of a styles part, of the named and the differential styles only the line breaks.

    Anything unusual is handed on: two bytes a character, prefixes, comments, sections within
    sections. What is not well-formed inside those sections does no harm and is not noticed.
    """
    source = iter(pieces)
    data = b""
    while b">" not in data and len(data) <= LONGEST_TAG and (piece := next(source, b"")):
        data += piece
    head = _HEAD.match(data)
    at = head.end() if head is not None else 0
    yield data[:at]
    data = data[at:]
    while True:
        begin = _BEGIN.search(data)
        at = begin.end() if begin is not None else max(data.rfind(b"<"), 0)
        if len(data) - at > LONGEST_TAG and begin is None:
            break
        if holds_markup(data[:at]):
            break
        yield data[:at]
        data = data[at:]
        if begin is not None:
            data = _to_the_end(source, data, begin[1])
            inside = data[: data.find(b"</" + begin[1] + b">") + 1]
            if not inside or b"<" + begin[1] in inside or holds_markup(inside):
                break
            yield b"\n" * line_breaks(inside)
            data = data[len(inside) - 1 :]
        else:
            piece = next(source, b"")
            if not piece:
                break
            data += piece
    yield data
    yield from source


def _to_the_end(source: Iterator[bytes], begun: bytes, name: bytes) -> bytes:
    """What was begun and the pieces behind it up to the one that ends the section, within MOST."""
    end = b"</" + name + b">"
    gathered = [begun]
    size = len(begun)
    tail = begun
    while end not in tail and size <= MOST:
        piece = next(source, b"")
        if not piece:
            break
        gathered.append(piece)
        size += len(piece)
        tail = tail[-len(end) :] + piece
    return b"".join(gathered)
