"""Document properties: core, extended and custom ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tickmark.read.limits import allows_more
from tickmark.read.losses import cut_texts, losses
from tickmark.read.markup import Attributes, walk
from tickmark.read.package import Package, PartUnreadable
from tickmark.read.relationships import read_relationships
from tickmark.read.sheet_source import parts_of
from tickmark.read.text_budget import TextBudget
from tickmark.read.text_pieces import TextPieces

_PARTS: Final = {
    "core-properties": "coreProperties",
    "extended-properties": "Properties",
    "extendedProperties": "Properties",
    "custom-properties": "Properties",
    "customProperties": "Properties",
}
"""The last words of relationship types, those of the strict format too, and the parts' roots."""

_CUSTOM: Final = frozenset({"custom-properties", "customProperties"})
_CORE: Final = "core-properties"

_BINARY: Final = frozenset(
    {"blob", "oblob", "stream", "ostream", "storage", "ostorage", "vstream", "cf"}
)
_PROPERTY = 2
"""How deep the elements stand that are one property each; the root is 1."""


@dataclass(slots=True, eq=False)
class _Part:
    """A part of properties while it is read.

    `values` are the texts of the property that is open, `nested` tells of one with elements in
    it, `key` is what it is called.
    """

    part: str
    kind: str
    most: int
    texts: TextBudget
    found: dict[str, str]
    pieces: TextPieces = field(init=False)
    depth: int = 0
    key: str = ""
    values: list[str] = field(default_factory=list)
    nested: bool = False
    binary: bool = False
    left_out: int = 0

    def __post_init__(self) -> None:
        self.pieces = TextPieces(self.texts.longest)

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""
        self.depth += 1
        local = name.rpartition("}")[2]
        if self.depth == 1 and local != _PARTS[self.kind]:
            raise PartUnreadable(f"its part {self.part} is not that of properties")
        if self.depth == _PROPERTY:
            self.key = attributes.get("name", "") if self.kind in _CUSTOM else local
            self.values.clear()
            self.nested = self.binary = False
        elif self.depth > _PROPERTY:
            self.nested = True
            self.binary = self.binary or local in _BINARY
        self._take()

    def text(self, piece: str) -> None:
        """A piece of text."""
        if self.depth >= _PROPERTY:
            self.pieces.add(piece)

    def end(self, _name: str) -> None:
        """An element ends."""
        self._take()
        if self.depth == _PROPERTY:
            self._add()
        self.depth -= 1

    def _take(self) -> None:
        """Keep the text since the last tag, unless it only sets elements apart."""
        text = self.pieces.take()
        if not text.strip():
            return
        if len(self.values) < self.most:
            self.values.append(text)
        else:
            self.left_out += 1

    def _add(self) -> None:
        of_elements = self.kind in _CUSTOM or self.kind == _CORE
        if self.binary or not self.values or (self.nested and not of_elements):
            return
        if len(self.found) >= self.most:
            self.left_out += 1
            return
        values = self.values
        text = values[0] if len(values) == 1 else ", ".join(value.strip() for value in values)
        self.found.setdefault(self.texts.text(self.key), self.texts.text(text))


def read_properties(
    package: Package,
) -> tuple[Mapping[str, str], Mapping[str, str], tuple[str, ...]]:
    """The document's properties, those its users added, and sentences about unread ones.

    Names are those of the format, such as `lastModifiedBy` and `Company`. Empty properties, lists
    of the extended ones, such as the names of all sheets, and binary ones are passed over.
    """
    limits = package.limits
    texts = TextBudget(limits.string_length, limits.formula_length, limits.string_bytes // 8)
    properties: dict[str, str] = {}
    custom: dict[str, str] = {}
    clauses: list[str] = []
    left_out = 0
    try:
        relationships = read_relationships(package, "")
    except PartUnreadable as error:
        return {}, {}, losses("Document properties are missing", [str(error)])
    for kind in _PARTS:
        for part in parts_of(package, "", relationships, kind):
            found = custom if kind in _CUSTOM else properties
            read = _Part(part, kind, limits.ranges, texts, found)
            try:
                walk(package, part, read.start, read.end, read.text)
            except PartUnreadable as error:
                clauses.append(str(error))
            left_out += read.left_out
    told = losses("Document properties are missing", clauses)
    told += cut_texts(texts, "document properties")
    if left_out:
        told += (f"{left_out:,} document properties left out; {allows_more('ranges')}.",)
    return properties, custom, told
