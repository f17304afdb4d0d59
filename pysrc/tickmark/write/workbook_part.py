"""The workbook part: which sheets there are, and how new ones and their names come in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tickmark.model.address import RangeRef
from tickmark.model.edit import MARK
from tickmark.write.links import quoted
from tickmark.write.outline import Element, outline
from tickmark.write.package import CONTENT_TYPES, Package, Relationship, relationships, shown
from tickmark.write.splice import Splice, appended, spliced
from tickmark.write.xml_text import xml_escaped

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_MAIN: Final = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_RELATIONS: Final = "http://purl.oclc.org/ooxml/officeDocument/relationships"

_RECORDED: Final = ("workbook", "sheets", "definedNames")
_BEFORE_NAMES: Final = ("sheets", "functionGroups", "externalReferences")
_MOST_ID: Final = 65_534
_TRUE: Final = ("1", "true")


@dataclass(frozen=True, slots=True)
class WorkbookPart:
    """The workbook part of a package, found through relationships and fit to be edited.

    `namespace` is the one of its elements, `relations` that of relationship types, both
    transitional or both strict.
    """

    name: str
    data: bytes
    root: Element
    sheets: Element
    relationships: tuple[Relationship, ...]

    @property
    def namespace(self) -> str:
        """The namespace of spreadsheet elements in this workbook."""
        return self.root.namespace

    @property
    def relations(self) -> str:
        """The start of the types of its relationships."""
        return STRICT_RELATIONS if self.namespace == STRICT_MAIN else RELATIONS

    @property
    def sheet_names(self) -> tuple[str, ...]:
        """Names of all sheets in order, chart sheets and hidden ones too."""
        return tuple(one.attributes.get("name", "") for one in self.sheets.named("sheet"))

    def related(self, kind: str) -> Relationship | None:
        """The first relationship whose type ends in `/kind`."""
        ending = f"/{kind}"
        return next((one for one in self.relationships if one.type.endswith(ending)), None)


@dataclass(frozen=True, slots=True)
class Page:
    """A new sheet as the workbook part names it; `relation` is the id of its relationship."""

    name: str
    relation: str
    filter_range: str = ""


def workbook_part(package: Package) -> WorkbookPart:
    """Find the workbook part and see that a sheet can be added.

    Raises WriteRefused for .xlsb, files that are no workbooks, a protected structure and a shared
    workbook with its log of changes.
    """
    roots = relationships(package, "")
    if any("digital-signature" in one.type for one in roots):
        raise package.refused(
            "is digitally signed, and any change would void the signature", "remove the signature"
        )
    name = next((one.target for one in roots if one.type.endswith("/officeDocument")), "")
    if not name or package.member(name) is None:
        raise package.refused("has no workbook part", "open and save it again")
    if name.lower().endswith(".bin") or "sheet.binary" in _content_type(package, name):
        raise package.refused("is a binary workbook and cannot be patched", "save it as .xlsx")
    data = package.read(name)
    root = outline(data, _RECORDED, label=f"{shown(name)} of {package.name}")
    sheets = root.first("sheets")
    if root.name != "workbook" or root.namespace not in (MAIN, STRICT_MAIN) or sheets is None:
        raise package.refused("holds no workbook with sheets", "open and save it again")
    protection = root.first("workbookProtection")
    if protection and protection.attributes.get("lockStructure", "").strip() in _TRUE:
        raise package.refused(
            "has a protected structure, so no sheet can be added", "unprotect the workbook"
        )
    book = WorkbookPart(name, data, root, sheets, relationships(package, name))
    if book.related("revisionHeaders"):
        raise package.refused("is shared and keeps a log of changes", "stop sharing it")
    if not book.relationships:
        raise package.refused("is damaged: its sheets are nowhere", "open and save it again")
    return book


def _content_type(package: Package, part: str) -> str:
    types = package.outline(CONTENT_TYPES, {"Types"})
    wanted = f"/{part}".lower()
    for one in types.named("Override"):
        if one.attributes.get("PartName", "").lower() == wanted:
            return one.attributes.get("ContentType", "")
    extension = part.rpartition(".")[2].lower()
    for one in types.named("Default"):
        if one.attributes.get("Extension", "").lower() == extension:
            return one.attributes.get("ContentType", "")
    return ""


def with_pages(book: WorkbookPart, pages: Sequence[Page]) -> bytes:
    """The workbook part with sheets added at the end, and the mark that tells Tickmark's hand.

    The mark is a hidden name for the first cell of the first page; one of an earlier time is
    turned to it. Where the rows of a page can be filtered, Excel's hidden name for that stands too.
    """
    first = len(book.sheet_names)
    numbers = _free_ids(book, len(pages))
    declared, prefix = _relations_prefix(book)
    entries = "".join(
        f'<{book.sheets.tag("sheet")} name="{xml_escaped(page.name)}" sheetId="{number}" '
        f'{prefix}:id="{xml_escaped(page.relation)}"{declared}/>'
        for page, number in zip(pages, numbers, strict=True)
    )
    names: dict[str, str] = {}
    for index, page in enumerate(pages, first):
        if page.filter_range:
            place = f"{quoted(page.name)}!{_absolute(page.filter_range)}"
            key = f'name="_xlnm._FilterDatabase" localSheetId="{index}" hidden="1"'
            names[key] = xml_escaped(place)
    mark = xml_escaped(f"{quoted(pages[0].name)}!$A$1")
    splices = [*appended(book.data, book.sheets, entries), *_named(book, names, mark)]
    return spliced(book.data, splices)


def _free_ids(book: WorkbookPart, count: int) -> list[int]:
    texts = [one.attributes.get("sheetId", "") for one in book.sheets.named("sheet")]
    taken = {int(text) for text in texts if text.isascii() and text.isdigit()}
    start = max(taken, default=0) + 1
    if start + count > _MOST_ID:
        start = 1
    free = (number for number in range(start, _MOST_ID + 1) if number not in taken)
    return [next(free) for _ in range(count)]


def _relations_prefix(book: WorkbookPart) -> tuple[str, str]:
    """A prefix of the relationships' namespace, and its declaration where it has none yet."""
    known = book.sheets.prefixes.items()
    for prefix, namespace in known:
        if prefix and namespace == book.relations:
            return "", prefix
    return f' xmlns:tickmark="{book.relations}"', "tickmark"


def _named(book: WorkbookPart, names: Mapping[str, str], mark: str) -> list[Splice]:
    element = book.root.first("definedNames")
    tag = book.root.tag("definedName")
    entries = "".join(f"<{tag} {key}>{text}</{tag}>" for key, text in names.items())
    marked = f'<{tag} name="{MARK}" hidden="1">{mark}</{tag}>'
    former = [one for one in (element.named("definedName") if element else []) if _is_mark(one)]
    splices = [Splice(former[0].start, former[0].end, marked)] if former else []
    entries += "" if former else marked
    if element:
        return splices + (appended(book.data, element, entries) if entries else [])
    at = max(one.end for name in _BEFORE_NAMES for one in book.root.named(name))
    outer = book.root.tag("definedNames")
    return [Splice(at, at, f"<{outer}>{entries}</{outer}>")]


def _is_mark(name: Element) -> bool:
    attributes = name.attributes
    return attributes.get("name", "").lower() == MARK.lower() and "localSheetId" not in attributes


def _absolute(area: str) -> str:
    """A range with its rows and columns fixed: `$A$1:$C$9`."""
    span = RangeRef.parse(area)
    corners = RangeRef("", span.top, span.left, span.bottom, span.right).a1.split(":")
    letters = ["".join(one.rstrip("0123456789")) for one in corners]
    rows = [one.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for one in corners]
    return ":".join(f"${letter}${row}" for letter, row in zip(letters, rows, strict=True))
