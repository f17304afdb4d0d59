"""Byte splices: new text put into a part between bytes that stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tickmark.write.outline import Element

_TAG_NAME: Final = re.compile(rb"<[^\s/>]+")
_ATTRIBUTE: Final = re.compile(rb"""\s+([^\s=]+)\s*=\s*("[^"]*"|'[^']*')""")


@dataclass(frozen=True, slots=True)
class Splice:
    """The bytes `[start, end)` give way to `new`, which is written in ASCII."""

    start: int
    end: int
    new: str


def spliced(data: bytes, splices: Iterable[Splice]) -> bytes:
    """The part with all splices done; letters beyond ASCII become character references.

    Splices at one place keep their order. Raises ValueError where two of them overlap.
    """
    pieces: list[bytes] = []
    position = 0
    for one in sorted(splices, key=lambda one: one.start):
        if one.start < position:
            message = f"Two splices overlap at byte {one.start}."
            raise ValueError(message)
        pieces += [data[position : one.start], one.new.encode("ascii", "xmlcharrefreplace")]
        position = one.end
    pieces.append(data[position:])
    return b"".join(pieces)


def appended(
    data: bytes, parent: Element, children: str, *, total: int | None = None
) -> list[Splice]:
    """Splices that put children at the end of an element.

    `total` is the new value of its `count` attribute, where it has one.
    """
    tag = data[parent.start : parent.inside]
    counted = tag if total is None or "count" not in parent.attributes else _counted(tag, total)
    if parent.is_empty_tag:
        opened = counted[:-2].rstrip() + b">"
        new = f"{opened.decode()}{children}</{parent.tag()}>"
        return [Splice(parent.start, parent.end, new)]
    splices = [Splice(parent.inside_end, parent.inside_end, children)]
    if counted != tag:
        splices.append(Splice(parent.start, parent.inside, counted.decode()))
    return splices


def _counted(tag: bytes, total: int) -> bytes:
    name = _TAG_NAME.match(tag)
    for found in _ATTRIBUTE.finditer(tag, name.end() if name else 0):
        if found[1] == b"count":
            return tag[: found.start(2)] + b'"%d"' % total + tag[found.end(2) :]
    return tag
