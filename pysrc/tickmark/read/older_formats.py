"""Workbooks of .xls, .xlsb and .ods: their own values, and through LibreOffice the rest.

What is in doubt is what the file itself says: LibreOffice rounds numbers to 15 digits, works out
anew what changes with time, and tells some errors as others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from tickmark.errors import PasswordNeeded, WorkbookRefused
from tickmark.model.book_details import BookDetails, ChartSheet
from tickmark.model.workbook import Sheet, SheetFailure, Workbook
from tickmark.read import biff12
from tickmark.read.biff import STREAMS, Facts, read_facts
from tickmark.read.columns import STYLES
from tickmark.read.compound import CompoundDamaged, open_compound
from tickmark.read.conversion import NotConverted
from tickmark.read.joined_cells import joined_cells, with_errors
from tickmark.read.limits import Limits
from tickmark.read.office import Office, converted, office_name
from tickmark.read.office_formulas import mended_name, mended_sheet
from tickmark.read.office_links import told_link
from tickmark.read.ooxml import main_part, read_ooxml
from tickmark.read.package import open_package
from tickmark.read.values_only import Listed, Values, read_values

_MOST_ERRORS: Final = 1_000_000
_MACROS: Final = ("_VBA_PROJECT_CUR", "_VBA_PROJECT")
_INSTALL: Final = (
    "install LibreOffice, or switch it on again, or save the workbook as .xlsx, to have all of it "
    "checked"
)
_ENCRYPTED: Final = (
    "an encrypted one is not given to LibreOffice, for its plain content would touch the disk; "
    "save it as .xlsx to have all of it checked"
)
_OFFICES_OWN: Final = frozenset({"Application", "AppVersion", "language"})
"""Properties that tell of the converter and not of the workbook."""


@dataclass(frozen=True, slots=True)
class Older:
    """A file to read; `encrypted` tells that its bytes were decrypted and must not touch a disk."""

    data: bytes
    path: str
    sha256: str
    kind: str
    limits: Limits
    details: bool = True
    processes: int = 0
    office: Office | None = None
    encrypted: bool = False


def read_older(file: Older) -> Workbook:
    """The workbook in an .xls, .xlsb or .ods file.

    With an office that can convert it, its formulas are there too. Raises WorkbookRefused, and
    PasswordNeeded for an encrypted one.
    """
    values: Values | None
    try:
        values = read_values(file.data, file.path, file.sha256, file.kind, file.limits)
    except PasswordNeeded:
        raise
    except WorkbookRefused:
        if file.office is None or file.encrypted:
            raise
        exported = _exported(file, file.office)
        if isinstance(exported, str):
            raise
        return _exported_alone(file, exported)
    facts, macros = file_facts(file)
    own = _with_facts(values, facts, macros=macros, details=file.details)
    if file.office is None:
        return _without_formulas(own, _INSTALL)
    if file.encrypted:
        return _without_formulas(own, _ENCRYPTED)
    exported = _exported(file, file.office)
    if isinstance(exported, str):
        return _without_formulas(own, f"{exported}; save it as .xlsx to have all of it checked")
    return _joined(values.listed, own, exported, facts, office_name(file.office.program))


def _exported(file: Older, office: Office) -> Workbook | str:
    """What LibreOffice exports, read; else the clause that says why there is nothing."""
    name = office_name(office.program)
    try:
        data = converted(office, file.data, file.path, file.kind, file.limits)
        package = open_package(data, file.path, file.limits)
        book = read_ooxml(
            package, file.sha256, file.kind, details=file.details, processes=file.processes
        )
    except NotConverted as error:
        return f"{name} did not convert it ({error})"
    except WorkbookRefused:
        return f"what {name} made of it cannot be read"
    return replace(
        book,
        sheets=tuple(mended_sheet(one, from_excel=file.kind != "ods") for one in book.sheets),
        names=tuple(mended_name(name) for name in book.names),
        external_links=tuple(told_link(link) for link in book.external_links),
        details=_own_properties(book.details),
    )


def _own_properties(details: BookDetails) -> BookDetails:
    kept = {key: text for key, text in details.properties.items() if key not in _OFFICES_OWN}
    return replace(details, properties=kept)


def _exported_alone(file: Older, exported: Workbook) -> Workbook:
    facts, macros = file_facts(file)
    name = office_name(file.office.program) if file.office else "LibreOffice"
    problem = f"It was read through {name} alone, for it is damaged or unusual."
    book = replace(exported, has_macros=macros, problems=(problem, *exported.problems))
    return _with_settings(book, facts) if file.details and file.kind == "xls" else book


def file_facts(file: Older) -> tuple[Facts, bool]:
    """What the file itself says beside values, and whether it holds macros."""
    if file.kind == "xls":
        try:
            book = open_compound(file.data)
            stream = book.stream(*STREAMS)
        except CompoundDamaged:
            return Facts(), False
        return read_facts(stream or b"", _MOST_ERRORS), book.has_storage(*_MACROS)
    package = open_package(file.data, file.path, file.limits)
    if file.kind == "ods":
        return Facts(), any(_is_basic(part) for part in package.members)
    errors = biff12.cached_errors(package, main_part(package), _MOST_ERRORS)
    macros = any(part.endswith("vbaproject.bin") for part in package.members)
    return Facts(errors=errors), macros


def _is_basic(part: str) -> bool:
    """Whether a part of an .ods file holds a macro; the lists of libraries are always there."""
    if part.startswith("basic/"):
        return part.endswith(".xml") and not part.endswith(("script-lc.xml", "script-lb.xml"))
    return part.startswith("scripts/") and not part.endswith("/")


def _with_facts(values: Values, facts: Facts, *, macros: bool, details: bool) -> Workbook:
    """The workbook with its errors and settings, as far as the file tells them."""
    book = values.book
    places = {one.name: place for place, one in enumerate(values.listed)}
    sheets = book.sheets
    problems = book.problems
    if len(facts.errors) == len(values.listed):
        sheets = tuple(
            replace(sheet, cells=with_errors(sheet.cells, facts.errors[places[sheet.name]]))
            for sheet in sheets
        )
        if sum(map(len, facts.errors)) >= _MOST_ERRORS:
            problems += (f"Only the first {_MOST_ERRORS:,} error values were read.",)
    macros = macros or any("macros" in one.unread for one in values.listed)
    book = replace(book, sheets=sheets, problems=problems, has_macros=macros)
    if book.format != "xls" or not details:
        return book
    if len(facts.protections) == len(values.listed):
        book = replace(
            book,
            sheets=tuple(
                replace(
                    sheet,
                    details=replace(
                        sheet.details, protection=facts.protections[places[sheet.name]]
                    ),
                )
                for sheet in book.sheets
            ),
        )
    return _with_settings(book, facts)


def _with_settings(book: Workbook, facts: Facts) -> Workbook:
    details = replace(book.details, calculation=facts.calculation, protection=facts.protection)
    return replace(book, details=details)


def _without_formulas(own: Workbook, why: str) -> Workbook:
    lost = "" if own.format != "ods" else ", and cells with an error look empty"
    problem = (
        f"Formulas not available for this format (.{own.format}), nor what is hidden in it{lost}: "
        f"{why}."
    )
    return replace(own, problems=(*own.problems, problem))


def _joined(
    listed: Sequence[Listed], own: Workbook, exported: Workbook, facts: Facts, office: str
) -> Workbook:
    """Both readings in one: order, states and values of the file, all else of the export."""
    sheets: list[Sheet] = []
    failures: list[SheetFailure] = []
    charts: list[ChartSheet] = []
    own_sheets = {sheet.name: sheet for sheet in own.sheets}
    failed = {failure.sheet: failure for failure in own.failures}
    partners = _partners(listed, exported)
    for one in listed:
        partner = partners.get(one.name)
        sheet = own_sheets.pop(one.name, None)  # of two with one name the second is a failure
        if one.unread:
            if partner is not None and partner.details.charts:
                charts.append(ChartSheet(one.name, partner.details.charts))
        elif sheet is not None:
            sheets.append(_joined_sheet(sheet, partner, exported, office))
        elif partner is not None and one.name not in {sheet.name for sheet in sheets}:
            problem = f"Read through {office} alone: {_reason(failed.get(one.name))}"
            problems = (*partner.problems, problem)
            sheets.append(replace(partner, name=one.name, state=one.state, problems=problems))
        elif one.name in failed:
            failures.append(failed[one.name])
    details = replace(exported.details, chart_sheets=tuple(charts))
    if own.format == "xls":
        details = replace(details, calculation=facts.calculation, protection=facts.protection)
    return replace(
        exported,
        sheets=tuple(sheets),
        styles=(*exported.styles, *STYLES[1:]),
        has_macros=own.has_macros,
        failures=tuple(failures),
        problems=(*own.problems, *exported.problems),
        notes=(*own.notes, f"Formulas were read through {office}."),
        details=details,
    )


def _partners(listed: Sequence[Listed], exported: Workbook) -> dict[str, Sheet]:
    """The exported sheet of each listed one: by its name, else by its place."""
    by_name = {sheet.name: sheet for sheet in exported.sheets}
    found = {one.name: by_name[one.name] for one in listed if one.name in by_name}
    if len(listed) == len(exported.sheets) and not exported.failures:
        for one, sheet in zip(listed, exported.sheets, strict=True):
            found.setdefault(one.name, sheet)
    return found


def _joined_sheet(sheet: Sheet, partner: Sheet | None, exported: Workbook, office: str) -> Sheet:
    if partner is None:
        problem = f"Its formulas could not be read through {office}."
        cells = joined_cells(
            type(sheet.cells).empty(),
            sheet.cells,
            first_style=len(exported.styles),
            date1904=exported.date1904,
        )
        return replace(sheet, cells=cells, problems=(*sheet.problems, problem))
    cells = joined_cells(
        partner.cells,
        sheet.cells,
        first_style=len(exported.styles),
        date1904=exported.date1904,
    )
    details = partner.details
    if details.protection is None:
        details = replace(details, protection=sheet.details.protection)
    return replace(
        partner,
        name=sheet.name,
        cells=cells,
        state=sheet.state,
        problems=(*sheet.problems, *partner.problems),
        details=details,
    )


def _reason(failure: SheetFailure | None) -> str:
    """The clause of a failure behind the name of its sheet."""
    if failure is None:
        return "the other reader did not find it."
    return failure.message.rpartition("could not be read: ")[2]
