"""The workbook part: sheets in order, names, external references, calculation, protection."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from tickmark.model.book_details import BookProtection, Calculation
from tickmark.model.workbook import DefinedName, SheetState
from tickmark.read.limits import Limits
from tickmark.read.markup import Attributes, number, true, walk
from tickmark.read.package import Package, PartUnreadable
from tickmark.read.text_pieces import TextPieces
from tickmark.read.texts import unescape

_MODES = frozenset({"auto", "autoNoTable", "manual"})


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A sheet as the workbook lists it; `relationship` leads to its part."""

    name: str
    relationship: str
    state: SheetState


@dataclass(slots=True)
class BookPart:
    """What the workbook part says; `external` are relationships of external links in order.

    `left_out` is the number of names that were not read, `more_external` that of external links.
    What the workbook says about its window, its file and its pictures is passed over.
    """

    sheets: list[SheetEntry] = field(default_factory=list)
    names: list[DefinedName] = field(default_factory=list)
    external: list[str] = field(default_factory=list)
    date1904: bool = False
    calculation: Calculation = field(default_factory=Calculation)
    protection: BookProtection = field(default_factory=BookProtection)
    left_out: int = 0
    more_external: int = 0


def read_book_part(package: Package, part: str) -> BookPart:
    """The workbook part; raises PartUnreadable where it is no workbook's."""
    book = BookPart()
    path: list[str] = []
    open_name: list[Attributes] = []
    pieces = TextPieces(package.limits.formula_length)

    def start(name: str, attributes: Attributes) -> None:
        path.append(name)
        if path[0] != "workbook":
            raise PartUnreadable(f"its main part {part} is not that of a workbook")
        if name == "definedName":
            open_name[:] = [attributes]
            pieces.take()
        else:
            _note(book, path, attributes, package.limits)

    def end(name: str) -> None:
        path.pop()
        if name == "definedName" and open_name:
            _add_name(book, open_name.pop(), pieces.take(), package.limits)

    def text(piece: str) -> None:
        if open_name:
            pieces.add(piece)

    walk(package, part, start, end, text)
    book.names[:] = [_scoped(name, book.sheets) for name in book.names]
    return book


def _note(book: BookPart, path: list[str], attributes: Attributes, limits: Limits) -> None:
    match path[1:]:
        case ["sheets", "sheet"]:
            book.sheets.append(_sheet(attributes, len(book.sheets) + 1))
        case ["externalReferences", "externalReference"]:
            if len(book.external) < limits.ranges:
                book.external.append(attributes.get("r:id", ""))
            else:
                book.more_external += 1
        case ["workbookPr"]:
            book.date1904 = true(attributes.get("date1904"))
        case ["calcPr"]:
            book.calculation = _calculation(attributes)
        case ["workbookProtection"]:
            book.protection = replace(book.protection, **_locks(attributes))
        case ["fileSharing"]:
            book.protection = replace(book.protection, **_sharing(attributes))
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


def _calculation(attributes: Attributes) -> Calculation:
    plain = Calculation()
    get = attributes.get
    mode = get("calcMode", plain.mode)
    return Calculation(
        mode=mode if mode in _MODES else plain.mode,
        iterates=true(get("iterate")),
        most_iterations=number(get("iterateCount"), plain.most_iterations),
        most_change=_change(get("iterateDelta"), plain.most_change),
        as_displayed=not true(get("fullPrecision", "1")),
        r1c1=get("refMode") == "R1C1",
        on_load=true(get("fullCalcOnLoad")) or true(get("forceFullCalc")),
        on_save=true(get("calcOnSave", "1")),
        completed=true(get("calcCompleted", "1")),
    )


def _change(text: str | None, default: float) -> float:
    try:
        change = float(text or "")
    except ValueError:
        return default
    return change if math.isfinite(change) else default


def _locks(attributes: Attributes) -> dict[str, bool]:
    get = attributes.get
    return {
        "structure": true(get("lockStructure")),
        "windows": true(get("lockWindows")),
        "password": bool(get("workbookPassword") or get("workbookHashValue")),
    }


def _sharing(attributes: Attributes) -> dict[str, bool]:
    get = attributes.get
    return {
        "read_only": true(get("readOnlyRecommended")),
        "write_password": bool(get("reservationPassword") or get("hashValue")),
    }


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
