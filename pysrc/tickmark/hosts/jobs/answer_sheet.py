"""The sheet "Tickmark answer": a question, its answer, and links to the cells that it cites."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tickmark import __version__
from tickmark.errors import AddressError
from tickmark.hosts.folder import now
from tickmark.hosts.open_book import BookPlace
from tickmark.model.address import RangeRef, quote_sheet_name
from tickmark.model.edit import AddSheet, CellStyle, WrittenCell
from tickmark.model.usage import Usage
from tickmark.report.wording import cost, counted, moment, plain

ANSWER_SHEET: Final = "Tickmark answer"
LAST_LINE: Final = "Delete this sheet, or press Remove results."

_WIDTHS: Final = (16.0, 110.0)
_LINE: Final = 110
_FROZEN: Final = 2
_BRACKETS: Final = re.compile(r"\[([^\[\]\n]{1,200})\]")

Row = tuple[WrittenCell, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A question and what came of it; `cells` is the range that the model was shown."""

    question: str
    answer: str
    cells: str
    model: str
    usage: Usage
    run_id: str
    notes: tuple[str, ...] = ()


def answer_sheet(told: Told, place: BookPlace) -> AddSheet:
    """The sheet; all of it is text, and links lead to cells of this workbook only."""
    rows: list[Row] = [
        (WrittenCell(ANSWER_SHEET, CellStyle.TITLE),),
        (
            WrittenCell("Question", CellStyle.MUTED),
            WrittenCell(plain(told.question, 2_000), CellStyle.WRAPPED),
        ),
        (),
        *((WrittenCell(None), WrittenCell(line)) for line in _paragraphs(told.answer)),
    ]
    cited = list(cited_ranges(told.answer, place.sheet))
    if cited:
        rows += [(), (WrittenCell("Cited cells", CellStyle.HEADING),)]
        rows += [(WrittenCell(None), WrittenCell(one, CellStyle.LINK, one)) for one in cited]
    rows += [(), (WrittenCell("About this sheet", CellStyle.HEADING),)]
    spent = f"{cost(told.usage)} for {counted(told.usage.calls, 'call')}"
    cached = ", answered from cache" if told.usage.cached_calls else ""
    rows += [
        _pair("Workbook", plain(place.fullname, 500)),
        _pair("Cells shown", told.cells),
        _pair("Model", plain(told.model, 80) or "none, answered by code"),
        _pair("Cost", spent + cached),
        _pair("Answered", moment(now())),
        _pair("Run", told.run_id),
        _pair("Tickmark", __version__),
        *(_pair("Note", plain(note, 1_000)) for note in told.notes),
        (),
        (WrittenCell(LAST_LINE, CellStyle.MUTED),),
    ]
    return AddSheet(ANSWER_SHEET, tuple(rows), _WIDTHS, _FROZEN)


def cited_ranges(answer: str, own_sheet: str) -> Iterator[str]:
    """The places in square brackets that are ranges, each once, in their order."""
    seen: set[str] = set()
    for match in _BRACKETS.finditer(answer):
        for part in re.split(r"[,;]", match[1]):
            try:
                place = RangeRef.parse(part.strip(), sheet=own_sheet)
            except AddressError:
                continue
            text = f"{quote_sheet_name(place.sheet)}!{place.a1}"
            if text not in seen:
                seen.add(text)
                yield text


def _pair(label: str, text: str) -> Row:
    return (WrittenCell(label, CellStyle.MUTED), WrittenCell(text))


def _paragraphs(text: str) -> list[str]:
    """Lines that can be read without wrapping a cell."""
    lines: list[str] = []
    for part in plain(text, 32_000).split("\n"):
        lines += textwrap.wrap(part, _LINE) or [""]
    return lines
