"""The outline of an XML part: where its elements stand, byte by byte; nothing is re-serialised."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, Never
from xml.parsers import expat

from tickmark.errors import WriteRefused

MOST_ELEMENTS: Final = 1_000_000

_ENCODINGS: Final = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_START_TAG: Final = re.compile(rb"""<(?:[^>"']++|"[^"]*"|'[^']*')*>""")
_SEPARATOR: Final = "\n"


@dataclass(frozen=True, slots=True)
class Element:
    """One element: name, attributes and its place in the bytes of the part.

    A namespaced attribute is called `{namespace}name`. `prefixes` are those in scope ("" for the
    default namespace). The start tag is `[start, inside)`, the content `[inside, inside_end)`, the
    whole element `[start, end)`. `children` are the recorded ones; `count` is the number of all
    child elements in the element's own namespace.
    """

    namespace: str
    name: str
    prefix: str
    attributes: Mapping[str, str]
    prefixes: Mapping[str, str]
    start: int
    inside: int
    inside_end: int
    end: int
    children: tuple[Element, ...]
    count: int

    @property
    def is_empty_tag(self) -> bool:
        """Whether it is written as `<x/>`."""
        return self.inside == self.end

    def tag(self, name: str = "") -> str:
        """The element's own tag as written, or that of a child in the same namespace."""
        return f"{self.prefix}:{name or self.name}" if self.prefix else name or self.name

    def named(self, name: str) -> list[Element]:
        """Recorded children of that name in the element's own namespace."""
        return [one for one in self.children if (one.namespace, one.name) == (self.namespace, name)]

    def first(self, name: str) -> Element | None:
        """The first of `named`."""
        return next(iter(self.named(name)), None)


def outline(data: bytes, inside: Collection[str], *, label: str) -> Element:
    """The root element of a part, with the children of all elements whose names are `inside`.

    `label` names file and part in errors. Raises WriteRefused for text that is not UTF-8, a
    document type, malformed XML and more than a million recorded elements.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:4]:
        message = f"{label} is not written in UTF-8; save the workbook again in Excel."
        raise WriteRefused(message)
    walk = _Walk(data, frozenset(inside), label)
    parser = walk.parser
    parser.namespace_prefixes = True
    parser.XmlDeclHandler = walk.declared
    parser.StartDoctypeDeclHandler = walk.document_type
    parser.StartNamespaceDeclHandler = walk.namespace
    parser.StartElementHandler = walk.opened
    parser.EndElementHandler = walk.closed
    try:
        parser.Parse(data, True)  # noqa: FBT003 - the last chunk is the only one
    except expat.ExpatError as error:
        message = f"{label} is damaged ({error}); open and save the workbook again in Excel."
        raise WriteRefused(message) from error
    finally:
        walk.data = b""  # parser and walk hold each other until they are collected
    return walk.done[0]


def _parser() -> expat.XMLParserType:
    return expat.ParserCreate("utf-8", _SEPARATOR)


@dataclass(slots=True)
class _Open:
    namespace: str
    name: str
    prefix: str
    attributes: Mapping[str, str]
    prefixes: Mapping[str, str]
    start: int
    inside: int
    children: list[Element] = field(default_factory=list)
    count: int = 0


@dataclass(slots=True)
class _Walk:
    data: bytes
    within: frozenset[str]
    label: str
    parser: expat.XMLParserType = field(default_factory=_parser)
    done: list[Element] = field(default_factory=list)
    path: list[_Open] = field(default_factory=list)
    skipped: int = 0
    recorded: int = 0
    fresh: dict[str, str] = field(default_factory=dict)

    def declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            self.refuse("is not written in UTF-8; save the workbook again in Excel")

    def document_type(self, *_: object) -> None:
        self.refuse("declares an XML document type, which no workbook needs; save it again")

    def refuse(self, reason: str) -> Never:
        message = f"{self.label} {reason}."
        raise WriteRefused(message)

    def namespace(self, prefix: str | None, uri: str | None) -> None:
        self.fresh[prefix or ""] = uri or ""

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        fresh, self.fresh = self.fresh, {}
        if self.skipped:
            self.skipped += 1
            return
        namespace, local, prefix = _split(name)
        parent = self.path[-1] if self.path else None
        if parent is not None:
            parent.count += namespace == parent.namespace
            if parent.name not in self.within:
                self.skipped = 1
                return
        self.recorded += 1
        if self.recorded > MOST_ELEMENTS:
            self.refuse(f"holds more than {MOST_ELEMENTS:,} elements; it cannot be patched")
        scope = parent.prefixes if parent else {}
        start = self.parser.CurrentByteIndex
        tag = _START_TAG.match(self.data, start)
        if tag is None:
            self.refuse("is damaged (a tag without end); save the workbook again in Excel")
        named = {_clark(key): value for key, value in attributes.items()}
        scope = {**scope, **fresh} if fresh else scope
        self.path.append(_Open(namespace, local, prefix, named, scope, start, tag.end()))

    def closed(self, _name: str) -> None:
        if self.skipped:
            self.skipped -= 1
            return
        one = self.path.pop()
        at = end = one.inside
        if self.data[one.inside - 2] != ord("/"):
            at = self.parser.CurrentByteIndex
            end = self.data.index(b">", at) + 1
        element = Element(
            namespace=one.namespace,
            name=one.name,
            prefix=one.prefix,
            attributes=one.attributes,
            prefixes=one.prefixes,
            start=one.start,
            inside=one.inside,
            inside_end=at,
            end=end,
            children=tuple(one.children),
            count=one.count,
        )
        (self.path[-1].children if self.path else self.done).append(element)


def _split(name: str) -> tuple[str, str, str]:
    """Namespace, local name and prefix of a name as expat gives it."""
    parts = name.split(_SEPARATOR)
    if len(parts) == 1:
        return "", parts[0], ""
    return parts[0], parts[1], parts[2] if len(parts) > 2 else ""  # noqa: PLR2004 - no prefix


def _clark(name: str) -> str:
    namespace, local, _ = _split(name)
    return f"{{{namespace}}}{local}" if namespace else local
