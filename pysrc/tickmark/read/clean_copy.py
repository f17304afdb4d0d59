"""A workbook without what could act: what LibreOffice is given instead of the file itself.

Macros, embedded objects and pictures stay away, and whatever would have it open another file or
an address by itself: links of pictures and objects, connections, queries.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import quoteattr

from tickmark.read.biff import STREAMS, is_encrypted, without_picture_links
from tickmark.read.compound import CompoundDamaged, open_compound, write_compound
from tickmark.read.limits import Limits
from tickmark.read.markup import Attributes, walk
from tickmark.read.package import Package, PartUnreadable, content, open_package

_PROPERTIES: Final = ("\x05SummaryInformation", "\x05DocumentSummaryInformation")

_OUTSIDE: Final = frozenset(
    {"hyperlink", "externalLinkPath", "xlPathMissing", "xlExternalLinkPath/xlPathMissing"}
)
_UNWANTED: Final = frozenset(
    {
        *("vbaProject", "oleObject", "package", "control", "activeXControlBinary", "ctrlProp"),
        *("connections", "queryTable", "image", "audio", "video", "media", "printerSettings"),
        *("customXml", "attachedToolbars", "webExtension", "font", "wordVbaData"),
    }
)
_RELATED: Final = "http://schemas.openxmlformats.org/package/2006/relationships"

_ODS_PARTS: Final = re.compile(
    r"(?:object [0-9]{1,6}/)?(?:content|styles|meta|settings)\.xml|mimetype"
)
_ODS_TYPE: Final = "application/vnd.oasis.opendocument.spreadsheet"
_ODS_MANIFEST: Final = "META-INF/manifest.xml"
_MANIFEST: Final = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
_HREF: Final = re.compile(r"""([\w.-]*:)?href\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""")
_OWN_OBJECT: Final = re.compile(r"(?:\./)?Object [0-9]{1,6}/?")
_MOST_XML: Final = 256_000_000
_HYPERLINK: Final = re.compile(r"<[\w.-]*:?a\s")
_ENCODING: Final = re.compile(r"""\A\ufeff?<\?xml[^>]*\sencoding\s*=\s*["']([^"']*)""")


def clean_copy(data: bytes, path: str, kind: str, limits: Limits) -> bytes:
    """The bytes of such a copy of an .xls, .xlsb or .ods file.

    Raises PartUnreadable where none can be made, WorkbookRefused.
    """
    if kind == "xls":
        return _clean_xls(data)
    package = open_package(data, path, limits)
    return _zipped(_clean_ods(package) if kind == "ods" else _clean_xlsb(package))


def _clean_xls(data: bytes) -> bytes:
    try:
        book = open_compound(data)
        stream = book.stream(*STREAMS)
        properties = {name: book.stream(name) for name in _PROPERTIES}
    except CompoundDamaged as error:
        raise PartUnreadable("its compound file is damaged") from error
    if stream is None:
        raise PartUnreadable("it holds no workbook")
    if is_encrypted(stream):
        raise PartUnreadable("it is encrypted")
    kept = {name: text for name, text in properties.items() if text is not None}
    return write_compound({STREAMS[0]: without_picture_links(stream), **kept})


def _clean_xlsb(package: Package) -> Iterator[tuple[str, bytes]]:
    for part, member in package.members.items():
        if part.endswith(".rels"):
            yield member.filename, _clean_relationships(package, part)
        elif part.endswith((".bin", ".xml", ".vml")) and "vbaproject" not in part:
            yield member.filename, content(package, part)


def _clean_relationships(package: Package, part: str) -> bytes:
    kept: list[str] = []

    def start(name: str, attributes: Attributes) -> None:
        kind = attributes.get("Type", "").rpartition("/")[2]
        outside = attributes.get("TargetMode", "").lower() == "external"
        if name == "Relationship" and kind not in _UNWANTED and (not outside or kind in _OUTSIDE):
            told = " ".join(
                f"{key}={quoteattr(attributes[key])}"
                for key in ("Id", "Type", "Target", "TargetMode")
                if key in attributes
            )
            kept.append(f"<Relationship {told}/>")

    walk(package, part, start)
    return f'<Relationships xmlns="{_RELATED}">{"".join(kept)}</Relationships>'.encode()


def _clean_ods(package: Package) -> Iterator[tuple[str, bytes]]:
    kept: dict[str, str] = {}
    for part, member in package.members.items():
        if _ODS_PARTS.fullmatch(part):
            kept[part] = member.filename
    yield "mimetype", _ODS_TYPE.encode()
    for part, name in kept.items():
        if part != "mimetype":
            yield name, _without_links(content(package, part))
    yield _ODS_MANIFEST, _manifest(package, kept)


def _manifest(package: Package, kept: dict[str, str]) -> bytes:
    """The list of the parts that are kept, and of the folders of objects with their types."""
    listed = {"/": _ODS_TYPE, **dict.fromkeys(kept.values(), "text/xml")}

    def start(name: str, attributes: Attributes) -> None:
        if name.rpartition("}")[2] != "file-entry":
            return
        found = {_local(key): text for key, text in attributes.items()}
        path = found.get("full-path", "")
        if _OWN_OBJECT.fullmatch(path):
            listed[path] = found.get("media-type", "")

    if _ODS_MANIFEST in package:
        walk(package, _ODS_MANIFEST, start)
    told = "".join(
        f"<m:file-entry m:full-path={quoteattr(path)} m:media-type={quoteattr(kind)}/>"
        for path, kind in listed.items()
        if path != "mimetype"
    )
    return f'<m:manifest xmlns:m="{_MANIFEST}" m:version="1.2">{told}</m:manifest>'.encode()


def _local(name: str) -> str:
    return name.rpartition("}")[2].rpartition(":")[2]


def _without_links(part: bytes) -> bytes:
    """An XML part in which nothing but hyperlinks and own objects has a target."""
    if len(part) > _MOST_XML:
        raise PartUnreadable(f"it unpacks to more than {_MOST_XML / 1e6:g} MB")
    try:
        text = part.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PartUnreadable("its encoding is unusual") from error
    told = _ENCODING.match(text)
    if told is not None and told[1].lower() not in {"utf-8", "us-ascii"}:
        raise PartUnreadable("its encoding is unusual")
    if "<!DOCTYPE" in text or "\0" in text:
        raise PartUnreadable("it holds a document type, which no workbook needs")

    def cleaned(found: re.Match[str]) -> str:
        target = found[2] if found[2] is not None else found[3]
        element = text.rfind("<", 0, found.start())
        if _HYPERLINK.match(text, element) or _OWN_OBJECT.fullmatch(target):
            return found[0]
        return f'{found[1] or ""}href=""'

    return _HREF.sub(cleaned, text).encode()


def _zipped(parts: Iterator[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in parts:
            stored = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), text, stored)
    return out.getvalue()
