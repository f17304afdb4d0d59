"""The shared strings of a workbook: usual ones in bulk, the others through expat."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from tickmark.read.blocks import STRINGS, without_units
from tickmark.read.limits import allows_more
from tickmark.read.markup import (
    Attributes,
    check_encoding,
    feed,
    is_foreign,
    main_prefix,
    new_parser,
    too_deep,
    unprefixed,
)
from tickmark.read.package import Package, PartUnreadable
from tickmark.read.spans import entities, resolved
from tickmark.read.tags import Unusual, check_letters
from tickmark.read.texts import MARK, take, trim, unescape

_STRING: Final = r'<si><t(?: xml:space="preserve")?+(?:/>|>([^<]*+)</t>)</si>\s*+'
_ONE: Final = re.compile(_STRING)
_ALL: Final = re.compile(rf"\s*+(?:{_STRING.replace('([^<]*+)', '[^<]*+')})*+")


def shared_strings(package: Package, part: str, strings: list[str]) -> int:
    """Append the shared strings of a workbook to `strings`, rich text joined, phonetics left out.

    The number of those cut for their length is returned. Those in front of a damaged place are
    kept; raises PartUnreadable.
    """
    parser = new_parser(package, namespaces=False)
    limits = package.limits
    state = _Strings(package, part, strings)

    def root(name: str, attributes: Attributes) -> None:
        prefix = state.prefix = main_prefix(name, attributes)
        handlers = unprefixed(prefix, state.start, state.end)
        parser.StartElementHandler, parser.EndElementHandler = handlers

    def after() -> None:
        trim(state.pieces, limits.string_length)
        state.weigh()

    def declared(version: str, encoding: str | None, standalone: int) -> None:
        check_encoding(version, encoding, standalone)
        state.foreign = is_foreign(encoding)

    parser.StartElementHandler = root
    parser.XmlDeclHandler = declared
    parser.CharacterDataHandler = state.pieces.append
    feed(package, part, parser, after, state.without_usual)
    return state.cut


def usual_strings(block: bytes) -> list[str]:
    """The texts of whole strings that are neither rich nor phonetic. Raises Unusual for others."""
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    check_letters(block)
    text = block.decode()
    if not _ALL.fullmatch(text):
        raise Unusual
    letters = entities(block)
    found = _ONE.findall(text)
    if letters:
        found = [resolved(one, letters) if "&" in one else one for one in found]
    return [unescape(one) for one in found] if "_x" in text else found


@dataclass(slots=True, eq=False)
class _Strings:
    """The shared strings while they are read.

    `runs` are the texts of the one that is open; `prefix` and `foreign` tell how the part writes
    the spreadsheet vocabulary, and whether in another encoding than UTF-8. `weight` is the memory
    of the first `weighed` texts in bytes.
    """

    package: Package
    part: str
    strings: list[str]
    pieces: list[str] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    depth: int = 0
    phonetic: int = 0
    cut: int = 0
    weighed: int = 0
    weight: int = 0
    prefix: str = "?"
    foreign: bool = False

    def without_usual(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """What the parser has to see of the part: everything but the strings read without it."""
        return without_units(pieces, STRINGS, self._ready, self._take)

    def _ready(self) -> bool:
        return not (self.depth or self.prefix or self.foreign)

    def _take(self, block: bytes) -> bool:
        try:
            texts = usual_strings(block)
        except Unusual:
            return False
        longest = self.package.limits.string_length
        if max(map(len, texts), default=0) > longest:
            return False
        self.strings += texts
        self.weigh()
        return True

    def weigh(self) -> None:
        """Add up the memory that texts take. Raises PartUnreadable where it is too much."""
        self.weight += sum(map(sys.getsizeof, self.strings[self.weighed :]))
        self.weighed = len(self.strings)
        most = self.package.limits.string_bytes
        if self.weight > most:
            raise PartUnreadable(
                f"its part {self.part} holds texts of more than {most / 1e6:g} MB; "
                f"{allows_more('string_bytes')}"
            )

    def start(self, name: str, _attributes: Attributes) -> None:
        self.depth += 1
        if self.depth > self.package.limits.depth:
            raise too_deep(self.package, self.part)
        if name == "t":
            self.pieces.append(MARK)
        elif name == "rPh":
            self.phonetic += 1
        elif name == "si":
            self.runs.clear()  # of texts that stand in no string

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
