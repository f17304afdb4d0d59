"""The workbook part: sheets in order, defined names, external references, date system."""

from __future__ import annotations

from dataclasses import dataclass, field

from tickmark.model.book_details import BookProtection, Calculation
from tickmark.model.workbook import DefinedName, SheetState
from tickmark.read.limits import Limits
from tickmark.read.markup import Attributes, number, true, walk
from tickmark.read.package import Package, PartUnreadable
from tickmark.read.texts import unescape


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A sheet as the workbook lists it; `relationship` leads to its part."""

    name: str
    relationship: str
    state: SheetState


@dataclass(slots=True)
class BookPart:
    """What the workbook part says; `external` are relationships of external links in order.

    `left_out` is the number of names that were not read.
    """

    sheets: list[SheetEntry] = field(default_factory=list)
    names: list[DefinedName] = field(default_factory=list)
    external: list[str] = field(default_factory=list)
    date1904: bool = False
    calculation: Calculation = field(default_factory=Calculation)
    protection: BookProtection = field(default_factory=BookProtection)
    left_out: int = 0


def read_book_part(package: Package, part: str) -> BookPart:
    """The workbook part; raises PartUnreadable where it is no workbook's."""
    book = BookPart()
    path: list[str] = []
    open_name: list[Attributes] = []
    pieces: list[str] = []

    def start(name: str, attributes: Attributes) -> None:
        path.append(name)
        if path[0] != "workbook":
            raise PartUnreadable(f"its main part {part} is not that of a workbook")
        if name == "definedName":
            open_name[:] = [attributes]
            pieces.clear()
        else:
            _note(book, path, attributes)

    def end(name: str) -> None:
        path.pop()
        if name == "definedName" and open_name:
            _add_name(book, open_name.pop(), "".join(pieces), package.limits)

    def text(piece: str) -> None:
        if open_name:
            pieces.append(piece)

    walk(package, part, start, end, text)
    book.names[:] = [_scoped(name, book.sheets) for name in book.names]
    return book


def _note(book: BookPart, path: list[str], attributes: Attributes) -> None:
    match path[1:]:
        case ["sheets", "sheet"]:
            book.sheets.append(_sheet(attributes, len(book.sheets) + 1))
        case ["externalReferences", "externalReference"]:
            book.external.append(attributes.get("r:id", ""))
        case ["workbookPr"]:
            book.date1904 = true(attributes.get("date1904"))
        case _:
            pass


def _sheet(attributes: Attributes, place: int) -> SheetEntry:
    state = attributes.get("state", "visible")
    known = {one.value for one in SheetState}
    return SheetEntry(
        name=unescape(attributes.get("name", "")) or f"Sheet {place}",
        relationship=attributes.get("r:id", ""),
        state=SheetState(state) if state in known else SheetState.VISIBLE,
    )


def _add_name(book: BookPart, attributes: Attributes, text: str, limits: Limits) -> None:
    if len(book.names) >= limits.ranges or len(text) > limits.formula_length:
        book.left_out += 1
        return
    book.names.append(
        DefinedName(
            name=unescape(attributes.get("name", "")),
            refers_to=text.strip().removeprefix("="),
            sheet=attributes.get("localSheetId", ""),
            hidden=true(attributes.get("hidden")),
        )
    )


def _scoped(name: DefinedName, sheets: list[SheetEntry]) -> DefinedName:
    """The name with its scope as a sheet's name instead of the sheet's place."""
    if not name.sheet:
        return name
    place = number(name.sheet, -1)
    scope = sheets[place].name if 0 <= place < len(sheets) else ""
    return DefinedName(name.name, name.refers_to, scope, name.hidden)
