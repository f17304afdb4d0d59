"""Cells that an answer cites with what it says of them, checked against the workbook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tickmark.analyses.look_ups.shown_book import Shown, ShownBook
from tickmark.encode.source import Source
from tickmark.encode.values import NOT_CALCULATED, number_value
from tickmark.errors import InputError
from tickmark.ground.named_cells import NamedCells, named_cells
from tickmark.ground.quoted_value import agrees
from tickmark.ground.stated_numbers import unknown_number
from tickmark.model.address import RangeRef
from tickmark.model.analysis import Verdict
from tickmark.model.grid import Cell, CellKind
from tickmark.model.range_content import ErrorValue, Scalar
from tickmark.model.shown_cells import ShownCells
from tickmark.structure.dates import date_text
from tickmark.structure.formulas import NO_TEMPLATE

MOST_COMPARED: Final = 10_000
"""Cells of a cited range whose values are compared with a quoted one."""

LONGEST: Final = 80
MOST_CITED: Final = 200

_BRACKET: Final = re.compile(r"\[([^\[\]\n]{1,400})\]")
# Counts and years stand in answers without being the value of a cell.
_COUNT: Final = re.compile(r"(?<![\w.,%-])(?:\d{1,2}|(?:19|20)\d\d)(?![\w.,%]\w|\d|\s?%)")


@dataclass(frozen=True, slots=True)
class CheckedCitation:
    """A cited cell or range, what the answer says of it, and what code found out.

    `quoted` is "" where nothing was quoted. `value` is that of a single cell, a date as ISO text,
    None for a range and a blank cell; `text` is how it is written. `reason` says why a citation is
    not supported.
    """

    sheet: str
    range: str
    verdict: Verdict
    quoted: str = ""
    value: float | str | bool | None = None
    text: str = ""
    reason: str = ""


def check_values(
    book: ShownBook,
    shown: Shown,
    answer: str,
    quoted: Iterable[tuple[str, str]],
    *,
    sheet: str = "",
) -> tuple[CheckedCitation, ...]:
    """A verdict on each cell in the brackets of an answer, and on each of the `quoted` ones.

    Those are pairs of an address and a value. Supported is what can be seen, was `shown` to the
    model and holds the quoted value, a range in one of its cells. `sheet` is that of an address
    without; "" stands for the only one, if there is no other.
    """
    default = sheet or (book.names[0] if len(book.names) == 1 else "")
    known = _by_sheet(shown)
    wanted: dict[tuple[str, str], _Wanted] = {}
    for text, value in quoted:
        found = tuple(named_cells(text, book.names))
        for one in found or (None,):
            wanted.setdefault((_key(one, text, default), value), _Wanted(one, text, value))
    with_value = {place for place, _ in wanted}
    for match in _BRACKET.finditer(answer):
        for one in named_cells(match[1], book.names):
            if _key(one, "", default) not in with_value:
                wanted.setdefault((_key(one, "", default), ""), _Wanted(one, one.text, ""))
    return tuple(_checked(book, known, one, default) for one in list(wanted.values())[:MOST_CITED])


def unbacked_number(
    book: ShownBook, question: str, answer: str, citations: Iterable[CheckedCitation]
) -> str:
    """The first number of an answer that neither a cited cell nor the question holds; "" for none.

    Small counts and years are no numbers here.
    """
    known: set[float] = set()
    for one in citations:
        if one.verdict is Verdict.SUPPORTED:
            area = RangeRef.parse(one.range, sheet=one.sheet)
            cells = (cell for _, cell in _cells(book.source(one.sheet), area))
            known.update(
                abs(cell.value)
                for cell in cells
                if isinstance(cell.value, float) and cell.kind is not CellKind.ERROR
            )
            known.update(_sizes(one.text))
    known.update(_sizes(question))
    plain, at = "", 0
    for named in named_cells(answer, book.names):
        plain += f"{answer[at : named.start]} "
        at = named.end
    return unknown_number(_COUNT.sub(" ", plain + answer[at:]), known)


def _sizes(text: str) -> Iterator[float]:
    for match in re.finditer(r"\d+(?:\.\d+)?", text.replace(",", "")):
        yield float(match[0])


def _by_sheet(shown: Shown) -> Mapping[str, list[ShownCells]]:
    found: dict[str, list[ShownCells]] = {}
    for name, cells in shown:
        found.setdefault(name.casefold(), []).append(cells)
    return found


def _key(one: NamedCells | None, text: str, default: str) -> str:
    if one is None or one.area is None:
        return (text or (one.text if one else "")).casefold()
    return f"{(one.area.sheet or default).casefold()}!{one.area.a1}"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is cited: `named` is None for a text that is no address."""

    named: NamedCells | None
    text: str
    quoted: str


def _checked(
    book: ShownBook, known: Mapping[str, list[ShownCells]], wanted: _Wanted, default: str
) -> CheckedCitation:
    quoted = " ".join(wanted.quoted.split())[:LONGEST]
    found = _found(book, known, wanted.named, default)
    if isinstance(found, str):
        area = wanted.named.area if wanted.named is not None else None
        return CheckedCitation(
            sheet="" if area is None else (area.sheet or default)[:LONGEST],
            range=wanted.text.strip()[:LONGEST] if area is None else area.a1,
            verdict=Verdict.NOT_IN_SHEET,
            quoted=quoted,
            reason=found,
        )
    source, area, cells = found
    one = area.cells == 1
    value, written = _value(source, cells[0][1]) if one else (None, "")
    right = not quoted or any(_is_quoted(source, at, cell, quoted) for at, cell in cells)
    wrong = "the cell holds another value" if one else "no cell of it holds that value"
    return CheckedCitation(
        sheet=source.sheet.name,
        range=area.a1,
        verdict=Verdict.SUPPORTED if right else Verdict.CONTRADICTED,
        quoted=quoted,
        value=value,
        text=written,
        reason="" if right else wrong,
    )


def _found(
    book: ShownBook,
    known: Mapping[str, list[ShownCells]],
    named: NamedCells | None,
    default: str,
) -> tuple[Source, RangeRef, list[tuple[int, Cell]]] | str:
    """The filled cells that are cited, or why they may not be."""
    if named is None or named.area is None:
        return "it is no cell address"
    name = named.area.sheet or default
    if not name:
        return "it names no sheet"
    try:
        source = book.source(name)
        (area,) = book.areas(named.area.a1, sheet=name)
    except InputError:
        return "there is no such sheet to be seen"
    cells = list(_cells(source, area))
    if not cells:
        return "it is blank or hidden"
    if not any(one.meets(area) for one in known.get(source.sheet.name.casefold(), ())):
        return "the model was not shown it"
    return source, area, cells


def _cells(source: Source, area: RangeRef) -> Iterator[tuple[int, Cell]]:
    """The first visible cells of an area, with their positions."""
    cells = source.sheet.cells
    inside = cells.within(area)
    for at in inside[source.visible[inside]][:MOST_COMPARED].tolist():
        yield at, cells[at]


def _is_quoted(source: Source, at: int, cell: Cell, quoted: str) -> bool:
    """Whether a cell holds what was quoted: its value, or its formula."""
    if quoted.startswith("="):
        number = int(source.formulas.template_of[at])
        if number != NO_TEMPLATE:
            formula = f"={source.formulas.templates[number].text_at(cell.row, cell.column)}"
            if "".join(formula.split()).casefold() == "".join(quoted.split()).casefold():
                return True
    scalar: Scalar = cell.value
    if cell.kind is CellKind.ERROR:
        scalar = ErrorValue(str(cell.value))
    style = source.workbook.styles[cell.style]
    return agrees(
        quoted, scalar, number_format=style.number_format, date1904=source.workbook.date1904
    )


def _value(source: Source, cell: Cell) -> tuple[float | str | bool | None, str]:
    """The value of a cell, and how it is written."""
    match cell.value:
        case None:
            return None, NOT_CALCULATED
        case bool():
            return cell.value, str(cell.value).upper()
        case str():
            return cell.value, cell.value
        case number if cell.kind is CellKind.DATE:
            style = source.workbook.styles[cell.style]
            text = date_text(
                number,
                date1904=source.workbook.date1904,
                number_format=style.number_format,
            )
            return text, text
        case number:
            return float(number), number_value(float(number))
