"""Workbooks of the Office Open XML family (.xlsx, .xlsm, .xltx, .xltm): parts to a Workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tickmark.errors import WorkbookRefused
from tickmark.model.book_details import BookDetails, ChartSheet
from tickmark.model.workbook import Sheet, SheetFailure, Style, Workbook
from tickmark.read.book_part import BookPart, SheetEntry, read_book_part
from tickmark.read.colours import OFFICE
from tickmark.read.controls import Controls
from tickmark.read.details import with_print_settings
from tickmark.read.drawings import read_drawings
from tickmark.read.early_sheet import EarlySheet, SheetPlace
from tickmark.read.limits import Limits, allows_more
from tickmark.read.links import read_links
from tickmark.read.markup import Attributes, walk
from tickmark.read.package import Package, PartUnreadable, count_inflated
from tickmark.read.properties import read_properties
from tickmark.read.relationships import (
    Relationship,
    first_of,
    read_relationships,
    target_part,
)
from tickmark.read.shared_strings import shared_strings
from tickmark.read.sheet_crew import read_ahead
from tickmark.read.sheet_part import BookFacts, read_sheet
from tickmark.read.sheet_source import sheet_source
from tickmark.read.styles import CellFormats, read_styles
from tickmark.read.themes import read_theme

CONTENT_TYPES = "[Content_Types].xml"

_OTHER_SHEETS = {
    "chartsheet": "is a chart sheet; it has no cells",
    "dialogsheet": "is a dialog sheet; it was not read",
    "xlMacrosheet": "is a sheet of Excel 4.0 macros; it was not read",
    "xlIntlMacrosheet": "is a sheet of Excel 4.0 macros; it was not read",
}


@dataclass(slots=True, eq=False)
class _Reading:
    """What is gathered while the sheets of a workbook are read; `early` are those read before."""

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
    early: dict[int, EarlySheet] = field(default_factory=dict)
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
    problems. At most `processes` read large sheets at once, 0 for one a core; the result is the
    same for any number. Raises WorkbookRefused.
    """
    part = main_part(package)
    try:
        book = read_book_part(package, part)
        relationships = read_relationships(package, part)
    except PartUnreadable as error:
        raise WorkbookRefused(f"{package.path} cannot be read: {error}.") from error
    if not book.sheets:
        raise WorkbookRefused(f"{package.path} lists no sheets.")
    left_out = _left_out(book, package.limits)
    facts, styles, lost = _facts(package, part, book, relationships, details=details)
    reading = _Reading(package, part, relationships, facts, lost=lost)
    places = _places(reading, book.sheets)
    reading.early = read_ahead(package, places, facts, processes=processes)
    for number, entry in enumerate(book.sheets):
        _read_entry(reading, number, entry)
    links, unread = read_links(package, part, book.external, relationships)
    reading.problems += [f"An {clause}." for clause in unread]
    reading.problems += left_out
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


def _left_out(book: BookPart, limits: Limits) -> list[str]:
    """Drop the sheets over the limit; sentences about them and about names that were not read."""
    told: list[str] = []
    if len(book.sheets) > limits.sheets:
        more = len(book.sheets) - limits.sheets
        told.append(f"{more:,} sheets left out of {len(book.sheets):,}; {allows_more('sheets')}.")
        del book.sheets[limits.sheets :]
    if book.more_external:
        told.append(f"{book.more_external:,} external links left out; {allows_more('ranges')}.")
    if book.left_out:
        told.append(
            f"{book.left_out:,} defined names left out, for there are more than {limits.ranges:,} "
            f"or they are longer than {limits.formula_length:,} characters; "
            f"{allows_more('ranges')} of them, {allows_more('formula_length')} characters."
        )
    return told


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
                more = allows_more("string_length")
                lost.append(f"Texts of the workbook cut for their length: {cut:,}; {more}.")
        except PartUnreadable as error:
            lost.append(f"Texts are missing from the workbook: {error}.")
    if looks is not None:
        theme, unpainted = _theme(package, part, relationships)
        lost += unpainted
        try:
            formats, styles = read_styles(package, target_part(package, part, looks), theme)
        except PartUnreadable as error:
            lost.append(f"Formats are unknown, dates look like numbers: {error}.")
    facts = BookFacts(part, tuple(strings), formats, book.date1904, details)
    return facts, styles, tuple(lost)


def _theme(
    package: Package, part: str, relationships: dict[str, Relationship]
) -> tuple[Sequence[str], list[str]]:
    """The theme's colours, those of Office where there is none; a sentence where they are lost."""
    found = first_of(relationships, "theme")
    if found is None:
        return OFFICE, []
    try:
        return read_theme(package, target_part(package, part, found)), []
    except PartUnreadable as error:
        return OFFICE, [f"Colours of the theme are unknown, those of Office stand here: {error}."]


def _places(reading: _Reading, entries: Sequence[SheetEntry]) -> list[SheetPlace]:
    """The worksheets that can be read before their turn."""
    package = reading.package
    names: set[str] = set()
    places: list[SheetPlace] = []
    for number, entry in enumerate(entries):
        relationship = reading.relationships.get(entry.relationship)
        if relationship is None or relationship.type in _OTHER_SHEETS:
            continue
        if entry.name.lower() in names:
            continue
        names.add(entry.name.lower())
        try:
            part = target_part(package, reading.part, relationship)
        except WorkbookRefused:
            return []  # said in its turn
        if part in package:
            size = package.members[part.lower()].file_size
            places.append(SheetPlace(number, part, entry, size))
    return places


def _read_entry(reading: _Reading, number: int, entry: SheetEntry) -> None:
    relationship = reading.relationships.get(entry.relationship)
    other = _OTHER_SHEETS.get(relationship.type) if relationship is not None else None
    if other is not None:
        reading.notes.append(f"{entry.name!r} {other}.")
        if relationship is not None and reading.facts.details:
            _read_charts(reading, entry, relationship)
        return
    try:
        reading.sheets.append(_read_worksheet(reading, number, entry, relationship))
    except PartUnreadable as error:
        sentence = f"{reading.package.path}: sheet {entry.name!r} could not be read: {error}."
        reading.failures.append(SheetFailure(entry.name, sentence))


def _read_worksheet(
    reading: _Reading, number: int, entry: SheetEntry, relationship: Relationship | None
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
            f"the sheets before it already hold {limits.workbook_cells:,} cells; "
            f"{allows_more('workbook_cells')}"
        )
    early = reading.early.pop(number, None)
    if early is not None and early.holds(left, limits):
        sheet = _in_turn(reading, early)
    else:
        part = target_part(reading.package, reading.part, relationship)
        most = min(limits.sheet_cells, left)
        facts, lost = reading.facts, reading.lost
        sheet = read_sheet(reading.package, part, entry, facts, most=most, lost=lost)
    reading.cells += len(sheet.cells)
    return sheet


def _in_turn(reading: _Reading, early: EarlySheet) -> Sheet:
    """A sheet that was read before, as if it was read now."""
    count_inflated(reading.package, early.inflated)
    if early.sheet is None:
        raise PartUnreadable(early.why)
    return replace(early.sheet, problems=reading.lost + early.sheet.problems)


def _read_charts(reading: _Reading, entry: SheetEntry, relationship: Relationship) -> None:
    """The charts of a sheet that has no cells."""
    package = reading.package
    part = target_part(package, reading.part, relationship)
    source, unrelated = sheet_source(package, part, entry.name, reading.part)
    _, charts, unread = read_drawings(source, Controls(0))
    reading.problems += [f"{entry.name}: {one}" for one in (*unrelated, *unread)]
    reading.chart_sheets.append(ChartSheet(entry.name, charts))


def _has_macros(package: Package, part: str, relationships: dict[str, Relationship]) -> bool:
    kinds = {one.type for one in relationships.values()}
    if kinds & {"vbaProject", "xlMacrosheet", "xlIntlMacrosheet"}:
        return True
    return "macroenabled" in content_type(package, part).lower()
