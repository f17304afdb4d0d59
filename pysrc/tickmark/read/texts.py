"""Texts of a part: gathered from pieces, unescaped, and the shared strings of a workbook."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from tickmark.read.markup import (
    Attributes,
    feed,
    main_prefix,
    new_parser,
    too_deep,
    unprefixed,
)
from tickmark.read.package import Package, PartUnreadable

MARK: Final = "\0"
"""Stands in a list of text pieces where a text begins; no XML text can hold it."""

_PIECES = 64
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescape(text: str) -> str:
    """A text with its `_xHHHH_` escapes decoded, as the format writes control characters."""
    if "_x" not in text:
        return text
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def take(pieces: list[str]) -> str:
    """The text since the last mark; the list is empty afterwards."""
    begin = len(pieces)
    while begin and pieces[begin - 1] != MARK:
        begin -= 1
    text = "".join(pieces[begin:])
    pieces.clear()
    return text


def trim(pieces: list[str], longest: int) -> None:
    """Bound a list of pieces: blanks without a mark go, a text over `longest` is cut behind it.

    Raises PartUnreadable for texts inside texts.
    """
    if len(pieces) <= _PIECES:
        return
    marks = pieces.count(MARK)
    if marks > _PIECES // 2:
        raise PartUnreadable("its values stand inside each other")
    text = take(pieces)
    if marks:
        pieces += [MARK, text[: longest + 1]]


def shared_strings(package: Package, part: str, strings: list[str]) -> int:
    """Append the shared strings of a workbook to `strings`, rich text joined, phonetics left out.

    The number of those cut for their length is returned. Those in front of a damaged place are
    kept; raises PartUnreadable.
    """
    parser = new_parser(package, namespaces=False)
    limits = package.limits
    state = _Strings(package, part, strings)

    def root(name: str, attributes: Attributes) -> None:
        prefix = main_prefix(name, attributes)
        handlers = unprefixed(prefix, state.start, state.end)
        parser.StartElementHandler, parser.EndElementHandler = handlers

    def after() -> None:
        trim(state.pieces, limits.string_length)
        if len(strings) > limits.workbook_cells:
            raise PartUnreadable(f"its part {part} holds too many texts")

    parser.StartElementHandler = root
    parser.CharacterDataHandler = state.pieces.append
    feed(package, part, parser, after)
    return state.cut


@dataclass(slots=True, eq=False)
class _Strings:
    """The shared strings while they are read; `runs` are the texts of the one that is open."""

    package: Package
    part: str
    strings: list[str]
    pieces: list[str] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    depth: int = 0
    phonetic: int = 0
    cut: int = 0

    def start(self, name: str, _attributes: Attributes) -> None:
        self.depth += 1
        if self.depth > self.package.limits.depth:
            raise too_deep(self.package, self.part)
        if name == "t":
            self.pieces.append(MARK)
        elif name == "rPh":
            self.phonetic += 1

    def end(self, name: str) -> None:
        self.depth -= 1
        if name == "t":
            text = take(self.pieces)
            if not self.phonetic:
                self.runs.append(text)
        elif name == "si":
            text = "".join(self.runs)
            self.runs.clear()
            longest = self.package.limits.string_length
            self.cut += len(text) > longest
            self.strings.append(unescape(text[:longest]))
        elif name == "rPh":
            self.phonetic -= 1
