"""Workbooks of the Office Open XML family (.xlsx, .xlsm, .xltx, .xltm): parts to a Workbook."""

from __future__ import annotations

from dataclasses import dataclass, field

from tickmark.errors import WorkbookRefused
from tickmark.model.book_details import BookDetails, ChartSheet
from tickmark.model.workbook import Sheet, SheetFailure, Style, Workbook
from tickmark.read.book_part import BookPart, SheetEntry, read_book_part
from tickmark.read.details import with_print_settings
from tickmark.read.drawings import read_drawings
from tickmark.read.links import read_links
from tickmark.read.markup import Attributes, walk
from tickmark.read.package import Package, PartUnreadable
from tickmark.read.properties import read_properties
from tickmark.read.relationships import (
    Relationship,
    first_of,
    read_relationships,
    target_part,
)
from tickmark.read.sheet_part import BookFacts, read_sheet
from tickmark.read.sheet_source import sheet_source
from tickmark.read.styles import CellFormats, read_styles
from tickmark.read.texts import shared_strings

CONTENT_TYPES = "[Content_Types].xml"

_OTHER_SHEETS = {
    "chartsheet": "is a chart sheet",
    "dialogsheet": "is a dialog sheet",
    "xlMacrosheet": "is a sheet of Excel 4.0 macros",
    "xlIntlMacrosheet": "is a sheet of Excel 4.0 macros",
}


@dataclass(slots=True, eq=False)
class _Reading:
    """What is gathered while the sheets of a workbook are read."""

    package: Package
    part: str
    relationships: dict[str, Relationship]
    facts: BookFacts
    sheets: list[Sheet] = field(default_factory=list)
    failures: list[SheetFailure] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    chart_sheets: list[ChartSheet] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    lost: tuple[str, ...] = ()
    cells: int = 0


def main_part(package: Package) -> str:
    """Name of the part that holds the workbook; raises WorkbookRefused where there is none."""
    try:
        found = first_of(read_relationships(package, ""), "officeDocument")
    except PartUnreadable as error:
        raise WorkbookRefused(f"{package.path} is damaged: {error}.") from error
    if found is None:
        raise WorkbookRefused(f"{package.path} is a zip archive, but it holds no workbook.")
    return target_part(package, "", found)


def read_ooxml(
    package: Package, sha256: str, kind: str, *, details: bool = True, processes: int = 1
) -> Workbook:
    """The workbook in a package; `kind` is its format.

    A sheet that cannot be read is a failure of the workbook, other parts that cannot be read are
    problems. At most `processes` read large sheets at once. Raises WorkbookRefused.
    """
    part = main_part(package)
    try:
        book = read_book_part(package, part)
        relationships = read_relationships(package, part)
    except PartUnreadable as error:
        raise WorkbookRefused(f"{package.path} cannot be read: {error}.") from error
    if not book.sheets or len(book.sheets) > package.limits.zip_members:
        raise WorkbookRefused(f"{package.path} lists {len(book.sheets)} sheets.")
    facts, styles, lost = _facts(package, part, book, relationships, details=details)
    reading = _Reading(package, part, relationships, facts, lost=lost)
    for entry in book.sheets:
        _read_entry(reading, entry)
    links, unread = read_links(package, part, book.external, relationships)
    reading.problems += [f"An {clause}." for clause in unread]
    if book.left_out:
        left_out = f"{book.left_out:,} defined names were left out as too many or long."
        reading.problems.append(left_out)
    return Workbook(
        path=package.path,
        format=kind,
        sha256=sha256,
        sheets=with_print_settings(reading.sheets, book.names),
        styles=styles,
        names=tuple(book.names),
        external_links=links,
        date1904=book.date1904,
        has_macros=_has_macros(package, part, relationships),
        failures=tuple(reading.failures),
        details=_details(reading, book) if details else BookDetails(),
        problems=tuple(reading.problems),
        notes=tuple(reading.notes),
    )


def _details(reading: _Reading, book: BookPart) -> BookDetails:
    properties, custom, lost = read_properties(reading.package)
    reading.problems += lost
    return BookDetails(
        properties=properties,
        custom_properties=custom,
        calculation=book.calculation,
        protection=book.protection,
        chart_sheets=tuple(reading.chart_sheets),
    )


def content_type(package: Package, part: str) -> str:
    """The declared content type of a part; empty where none is or can be read."""
    found: list[str] = []

    def start(name: str, attributes: Attributes) -> None:
        declared = attributes.get("PartName", "").lstrip("/").lower()
        if name == "Override" and declared == part.lower():
            found.append(attributes.get("ContentType", ""))

    try:
        walk(package, CONTENT_TYPES, start)
    except PartUnreadable:
        return ""
    return found[-1] if found else ""


def _facts(
    package: Package,
    part: str,
    book: BookPart,
    relationships: dict[str, Relationship],
    *,
    details: bool,
) -> tuple[BookFacts, tuple[Style, ...], tuple[str, ...]]:
    """What all sheets need, and sentences about what of it is lost."""
    lost: list[str] = []
    strings: list[str] = []
    formats = CellFormats.plain()
    styles: tuple[Style, ...] = (Style(),)
    texts = first_of(relationships, "sharedStrings")
    looks = first_of(relationships, "styles")
    if texts is not None:
        try:
            cut = shared_strings(package, target_part(package, part, texts), strings)
            if cut:
                lost.append(f"Texts of the workbook that were too long and were cut: {cut:,}.")
        except PartUnreadable as error:
            lost.append(f"Texts are missing from the workbook: {error}.")
    if looks is not None:
        try:
            formats, styles = read_styles(package, target_part(package, part, looks))
        except PartUnreadable as error:
            lost.append(f"Formats are unknown, dates look like numbers: {error}.")
    facts = BookFacts(part, tuple(strings), formats, book.date1904, details)
    return facts, styles, tuple(lost)


def _read_entry(reading: _Reading, entry: SheetEntry) -> None:
    relationship = reading.relationships.get(entry.relationship)
    other = _OTHER_SHEETS.get(relationship.type) if relationship is not None else None
    if other is not None:
        reading.notes.append(f"{entry.name!r} {other}; it was not read.")
        if relationship is not None and reading.facts.details:
            _read_charts(reading, entry, relationship)
        return
    try:
        reading.sheets.append(_read_worksheet(reading, entry, relationship))
    except PartUnreadable as error:
        sentence = f"{reading.package.path}: sheet {entry.name!r} could not be read: {error}."
        reading.failures.append(SheetFailure(entry.name, sentence))


def _read_worksheet(
    reading: _Reading, entry: SheetEntry, relationship: Relationship | None
) -> Sheet:
    limits = reading.package.limits
    if relationship is None:
        raise PartUnreadable("the workbook does not say where it is")
    if entry.name.lower() in reading.names:
        raise PartUnreadable("another sheet has the same name")
    reading.names.add(entry.name.lower())
    left = limits.workbook_cells - reading.cells
    if left <= 0:
        raise PartUnreadable(
            f"the sheets before it already hold {limits.workbook_cells:,} cells, the limit of a "
            "workbook"
        )
    sheet = read_sheet(
        reading.package,
        target_part(reading.package, reading.part, relationship),
        entry,
        reading.facts,
        most=min(limits.sheet_cells, left),
        lost=reading.lost,
    )
    reading.cells += len(sheet.cells)
    return sheet


def _read_charts(reading: _Reading, entry: SheetEntry, relationship: Relationship) -> None:
    """The charts of a sheet that has no cells."""
    package = reading.package
    part = target_part(package, reading.part, relationship)
    source, unrelated = sheet_source(package, part, entry.name, reading.part)
    _, charts, unread = read_drawings(source)
    reading.problems += [f"{entry.name}: {one}" for one in (*unrelated, *unread)]
    reading.chart_sheets.append(ChartSheet(entry.name, charts))


def _has_macros(package: Package, part: str, relationships: dict[str, Relationship]) -> bool:
    kinds = {one.type for one in relationships.values()}
    if kinds & {"vbaProject", "xlMacrosheet", "xlIntlMacrosheet"}:
        return True
    return "macroenabled" in content_type(package, part).lower()
