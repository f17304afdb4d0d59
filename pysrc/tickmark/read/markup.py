"""XML parts: parsed as a stream, without document types, within bounds of depth and size."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from xml.parsers import expat

from tickmark.errors import WorkbookRefused
from tickmark.read.limits import allows_more
from tickmark.read.package import Package, PartUnreadable, chunks

Attributes = dict[str, str]
Start = Callable[[str, Attributes], None]
End = Callable[[str], None]
Text = Callable[[str], None]
Visit = Callable[[str, Attributes], bool | None]

_MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_RELATIONSHIPS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_PACKAGE = (
    "http://schemas.openxmlformats.org/package/2006/relationships",
    "http://schemas.openxmlformats.org/package/2006/content-types",
)
_ENCODINGS = frozenset({"utf-8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "ascii"})
_ONE_BYTE = re.compile(r"iso-8859-(?:[1-9]|10|11|13|14|15|16)|windows-125[0-8]")
_PLAIN = frozenset({*_MAIN, *_PACKAGE, ""})


class _Enough(Exception):
    """No more of a part is wanted."""


def true(text: str | None) -> bool:
    """Whether an attribute says yes."""
    return text is not None and text.strip().lower() in {"1", "true", "on"}


def number(text: str | None, default: int = 0) -> int:
    """An attribute as a whole number; `default` where it is none."""
    try:
        return int(text) if text is not None and len(text) < 20 else default  # noqa: PLR2004 - more digits than 64 bits hold
    except ValueError:
        return default


def new_parser(package: Package, *, namespaces: bool) -> expat.XMLParserType:
    """An expat parser that refuses document types; with namespaces, names are `uri}local`."""
    parser = expat.ParserCreate(namespace_separator="}" if namespaces else None)
    parser.buffer_text = True
    parser.buffer_size = 1 << 16

    def refuse(*_: object) -> None:
        raise WorkbookRefused(
            f"{package.path} was refused: it holds a document type (DTD), which workbooks never "
            "have and attacks use."
        )

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.XmlDeclHandler = check_encoding
    return parser


def feed(
    package: Package,
    part: str,
    parser: expat.XMLParserType,
    after: Callable[[], None],
    chosen: Callable[[Iterator[bytes]], Iterator[bytes]] = iter,
) -> None:
    """Run a part through a parser; `after` is called behind each piece of it.

    `chosen` gives what the parser is to see of the part's pieces, with as many line breaks.
    Raises PartUnreadable where the part is missing, damaged, too large or not well-formed.
    """
    fed = 0
    longest = package.limits.tag_bytes
    try:
        for piece in chosen(chunks(package, part)):
            parser.Parse(piece, False)  # noqa: FBT003 - expat knows no keywords
            fed += len(piece)
            if fed - parser.CurrentByteIndex > longest:
                raise PartUnreadable(
                    f"its part {part} holds a tag of more than {longest / 1e6:g} MB; "
                    f"{allows_more('tag_bytes')}"
                )
            after()
        parser.Parse(b"", True)  # noqa: FBT003 - expat knows no keywords
    except expat.ExpatError as error:
        raise PartUnreadable(
            f"its part {part} is no well-formed XML (line {error.lineno}: "
            f"{expat.ErrorString(error.code)})"
        ) from error
    after()


def walk(
    package: Package,
    part: str,
    start: Visit,
    end: End | None = None,
    text: Text | None = None,
    *,
    chosen: Callable[[Iterator[bytes]], Iterator[bytes]] = iter,
) -> None:
    """Go through a small part; raises PartUnreadable.

    Elements of the spreadsheet, relationship and content-type vocabularies come by their local
    name, an attribute of the relationships vocabulary as `r:id`; others as `uri}name`. Once
    `start` returned True nothing more of the part is read. `chosen` is that of `feed`.
    """
    parser = new_parser(package, namespaces=True)
    limits = package.limits
    names: dict[str, str] = {}
    depth = elements = 0

    def opened(name: str, attributes: Attributes) -> None:
        nonlocal depth, elements
        depth += 1
        elements += 1
        if depth > limits.depth:
            raise too_deep(package, part)
        if elements > limits.elements:
            raise PartUnreadable(
                f"its part {part} has more than {limits.elements:,} elements; "
                f"{allows_more('elements')}"
            )
        if name not in names:
            names[name] = _plain(name)
        if start(names[name], _plainly_named(attributes)):
            raise _Enough

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(names[name])

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    if text is not None:
        parser.CharacterDataHandler = text
    with suppress(_Enough):
        feed(package, part, parser, lambda: None, chosen)


def too_deep(package: Package, part: str) -> PartUnreadable:
    """The error for elements nested beyond the limit."""
    return PartUnreadable(
        f"its part {part} nests its elements more than {package.limits.depth} deep; "
        f"{allows_more('depth')}"
    )


def main_prefix(name: str, attributes: Attributes) -> str:
    """The prefix, colon included, that a root element gives to the spreadsheet vocabulary."""
    prefix, colon, _ = name.rpartition(":")
    declared = attributes.get(f"xmlns:{prefix}" if colon else "xmlns")
    return prefix + colon if declared in _MAIN or declared is None else "?"


def unprefixed(prefix: str, start: Start, end: End) -> tuple[Start, End]:
    """Handlers that see names without `prefix` and nothing of other vocabularies."""
    if not prefix:
        return start, end
    length = len(prefix)

    def prefixed_start(name: str, attributes: Attributes) -> None:
        start(name[length:] if name.startswith(prefix) else "", attributes)

    def prefixed_end(name: str) -> None:
        end(name[length:] if name.startswith(prefix) else "")

    return prefixed_start, prefixed_end


def check_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
    """Refuse a part in an encoding that no program writes; raises PartUnreadable."""
    name = (encoding or "utf-8").lower()
    if name not in _ENCODINGS and not _ONE_BYTE.fullmatch(name):
        raise PartUnreadable(f"one of its parts is in the encoding {name[:40]!r}")


def is_foreign(encoding: str | None) -> bool:
    """Whether a declared encoding is another than UTF-8."""
    return (encoding or "utf-8").lower() not in {"utf-8", "us-ascii", "ascii"}


def _plain(name: str) -> str:
    uri, _, local = name.rpartition("}")
    return local if uri in _PLAIN else name


def _plainly_named(attributes: Attributes) -> Attributes:
    for key in attributes:
        if "}" in key:
            return {_attribute(key): value for key, value in attributes.items()}
    return attributes


def _attribute(name: str) -> str:
    uri, brace, local = name.rpartition("}")
    return f"r:{local}" if brace and uri in _RELATIONSHIPS else name
