"""Every text that a workbook carries beside the values of its cells, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from tickmark.model.address import CellRef, RangeRef
from tickmark.model.drawing import Chart
from tickmark.model.sheet_details import SheetDetails
from tickmark.model.workbook import Sheet, SheetState, Workbook
from tickmark.structure.outside_formulas import Holder, outside_formulas
from tickmark.structure.rectangles import rectangles

MOST_AREAS: Final = 200
"""Areas that are told of one text, such as those of the cells with one number format."""


class Carrier(StrEnum):
    """What holds a text, in words with an article."""

    CELL = "a cell"
    FORMULA = "a formula"
    COMMENT = "a comment"
    REPLY = "a reply to a comment"
    NAME = "a defined name"
    VALIDATION = "the message of a data validation"
    CONDITIONAL_FORMAT = "a conditional format"
    PAGE_TEXT = "a header or footer"
    ALT_TEXT = "the alternative text of a drawing"
    SHAPE = "a text box or shape"
    CHART = "the titles of a chart"
    NUMBER_FORMAT = "a number format"
    PROPERTY = "a document property"
    CUSTOM_PROPERTY = "a custom document property"
    SHEET_NAME = "the name of a sheet"
    TABLE = "the name of a table or column"
    LINK = "a hyperlink"
    OTHER_BOOK = "the target of an external link"
    SCENARIO = "a scenario"
    PIVOT = "a caption of a pivot table"
    SLICER = "a slicer"


UNSEEN: Final = frozenset(
    {
        Carrier.NAME,
        Carrier.CONDITIONAL_FORMAT,
        Carrier.ALT_TEXT,
        Carrier.NUMBER_FORMAT,
        Carrier.PROPERTY,
        Carrier.CUSTOM_PROPERTY,
        Carrier.OTHER_BOOK,
        Carrier.SCENARIO,
    }
)
"""What no reader looks at while reading a sheet."""


@dataclass(frozen=True, slots=True)
class CarriedText:
    """A text outside the values of cells.

    `sheet` is empty where it belongs to the workbook; `areas` are the cells that it belongs to.
    `hidden` tells that what carries it is hidden itself or stands on a hidden sheet.
    """

    text: str
    carrier: Carrier
    sheet: str = ""
    areas: tuple[RangeRef, ...] = ()
    hidden: bool = False


def carried_texts(workbook: Workbook) -> Iterator[CarriedText]:
    """Every text beside the values of cells; those in the formulas of cells are not among them."""
    yield from _of_book(workbook)
    yield from _in_outside_formulas(workbook)
    formats = _formats(workbook)
    for sheet in workbook.sheets:
        hidden = sheet.state is not SheetState.VISIBLE
        for text, carrier, areas in _of_sheet(sheet):
            yield CarriedText(text, carrier, sheet.name, areas, hidden=hidden)
        for carried in _hidden_shapes(sheet.details):
            yield CarriedText(carried, Carrier.SHAPE, sheet.name, hidden=True)
        yield from _in_formats(workbook, sheet, formats)
    yield from (CarriedText(text, Carrier.NUMBER_FORMAT) for text in formats.values())


def string_literals(formula: str) -> Iterator[str]:
    """The texts in a formula (without `=`), as one where `&` joins them."""
    joined, end = "", -1
    for match in _STRING.finditer(formula) if '"' in formula else ():
        if end >= 0 and formula[end : match.start()].strip() != "&":
            yield joined
            joined = ""
        joined += match[1].replace('""', '"')
        end = match.end()
    if end >= 0:
        yield joined


_STRING = re.compile(r'"((?:[^"]|"")*+)"')
_LITERAL = re.compile(r'"([^"]*)"')
_ESCAPES = re.compile(r"\\(.)")
_PLAIN_SHORT: Final = 8


def _of_book(workbook: Workbook) -> Iterator[CarriedText]:
    details = workbook.details
    for text in details.properties.values():
        yield CarriedText(text, Carrier.PROPERTY)
    for name, text in details.custom_properties.items():
        yield CarriedText(name, Carrier.CUSTOM_PROPERTY)
        yield CarriedText(text, Carrier.CUSTOM_PROPERTY)
    for one in workbook.names:
        # Names cannot hold blanks; underscores and dots stand for them.
        spelled = re.sub(r"[._\\]+", " ", one.name)
        yield CarriedText(spelled, Carrier.NAME, one.sheet, hidden=one.hidden)
    for link in workbook.external_links:
        yield CarriedText(link.target, Carrier.OTHER_BOOK)
        yield CarriedText(link.target.replace("%20", " "), Carrier.OTHER_BOOK)
    for page in details.chart_sheets:
        for chart in page.charts:
            yield from (CarriedText(text, Carrier.CHART) for text in _titles(chart))
            yield CarriedText(chart.alt_text, Carrier.ALT_TEXT)


_HOLDERS: Final = {
    Holder.NAME: Carrier.NAME,
    Holder.VALIDATION: Carrier.VALIDATION,
    Holder.CONDITIONAL_FORMAT: Carrier.CONDITIONAL_FORMAT,
}


def _in_outside_formulas(workbook: Workbook) -> Iterator[CarriedText]:
    states = {sheet.name: sheet.state for sheet in workbook.sheets}
    for one in outside_formulas(workbook):
        carrier = _HOLDERS.get(one.holder)
        if carrier is None:
            continue
        hidden = states.get(one.sheet, SheetState.VISIBLE) is not SheetState.VISIBLE
        for text in string_literals(one.text):
            yield CarriedText(text, carrier, one.sheet, one.ranges, hidden=hidden)


_Found = tuple[str, Carrier, tuple[RangeRef, ...]]


def _of_sheet(sheet: Sheet) -> Iterator[_Found]:
    yield sheet.name, Carrier.SHEET_NAME, ()
    for table in sheet.tables:
        for text in (table.name.replace("_", " "), *table.columns):
            yield text, Carrier.TABLE, (table.range,)
        for column in table.calculated:
            yield column.total_label, Carrier.TABLE, (table.range,)
    yield from _remarks(sheet.details)
    yield from _rules(sheet.details)
    yield from _drawn(sheet.details)
    yield from _others(sheet.details)


def _remarks(details: SheetDetails) -> Iterator[_Found]:
    for comment in details.comments:
        at = _cell(comment.cell)
        yield comment.text, Carrier.COMMENT, (at,)
        yield comment.author, Carrier.COMMENT, (at,)
        for reply in comment.replies:
            yield reply.text, Carrier.REPLY, (at,)
            yield reply.author, Carrier.REPLY, (at,)
    for link in details.hyperlinks:
        for text in (link.target, link.location, link.display, link.tooltip):
            yield text, Carrier.LINK, (link.range,)
            if "%20" in text or "+" in text:
                yield re.sub(r"%20|\+", " ", text), Carrier.LINK, (link.range,)


def _rules(details: SheetDetails) -> Iterator[_Found]:
    for one in details.validations:
        for text in (one.prompt_title, one.prompt, one.error_title, one.error):
            yield text, Carrier.VALIDATION, one.ranges
    for rule in details.conditional_formats:
        yield rule.text, Carrier.CONDITIONAL_FORMAT, rule.ranges
    for text in details.headers_and_footers.values():
        yield re.sub(r'&(?:"[^"]*"|K[0-9A-F]{6}|\d+|[A-Z])', " ", text), Carrier.PAGE_TEXT, ()


def _drawn(details: SheetDetails) -> Iterator[_Found]:
    for shape in details.shapes:
        if not shape.hidden:
            yield shape.text, Carrier.SHAPE, _anchor(shape.anchor)
        yield shape.name, Carrier.SHAPE, _anchor(shape.anchor)
        yield shape.alt_text, Carrier.ALT_TEXT, _anchor(shape.anchor)
    for chart in details.charts:
        for text in _titles(chart):
            yield text, Carrier.CHART, _anchor(chart.anchor)
        yield chart.alt_text, Carrier.ALT_TEXT, _anchor(chart.anchor)


def _hidden_shapes(details: SheetDetails) -> Iterator[str]:
    return (shape.text for shape in details.shapes if shape.hidden)


def _others(details: SheetDetails) -> Iterator[_Found]:
    for scenario in details.scenarios:
        texts = (scenario.name, scenario.comment, *(one.value for one in scenario.inputs))
        yield from ((text, Carrier.SCENARIO, ()) for text in texts)
    for pivot in details.pivots:
        fields = (*pivot.rows, *pivot.columns, *pivot.filters, *pivot.values)
        yield from ((text, Carrier.PIVOT, (pivot.range,)) for text in (pivot.name, *fields))
    for slicer in details.slicers:
        yield from ((t, Carrier.SLICER, ()) for t in (slicer.name, slicer.caption, slicer.field))
    for protected in details.protected_ranges:
        yield protected.name.replace("_", " "), Carrier.NAME, protected.ranges


def _titles(chart: Chart) -> tuple[str, ...]:
    return (chart.name, chart.title, *chart.axis_titles, *(one.name for one in chart.series))


def _formats(workbook: Workbook) -> dict[str, str]:
    """The number formats with a text in them, and that text; those found in a sheet are taken."""
    found = {}
    for style in workbook.styles:
        code = style.number_format
        if len(code) > _PLAIN_SHORT and code not in found:
            text = " ".join(_LITERAL.findall(code)) or _ESCAPES.sub(r"\1", code)
            if len(text) > _PLAIN_SHORT:
                found[code] = text
    return found


def _in_formats(workbook: Workbook, sheet: Sheet, formats: dict[str, str]) -> Iterator[CarriedText]:
    """The texts of number formats that cells of a sheet have; they are taken from `formats`."""
    if not formats:
        return
    cells = sheet.cells
    for at in np.unique(cells.styles).tolist():
        text = formats.pop(workbook.styles[at].number_format, "")
        if text:
            here = np.flatnonzero(cells.styles == at)
            areas = rectangles(sheet.name, cells.rows[here], cells.columns[here])[:MOST_AREAS]
            yield CarriedText(text, Carrier.NUMBER_FORMAT, sheet.name, areas)


def _cell(cell: CellRef) -> RangeRef:
    return RangeRef(cell.sheet, cell.row, cell.column, cell.row, cell.column)


def _anchor(area: RangeRef | None) -> tuple[RangeRef, ...]:
    return () if area is None else (area,)
