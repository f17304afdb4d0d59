"""What stands beside a live range in the saved file: labels, and cells its formulas refer to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from tickmark.encode.values import NOT_CALCULATED, counted, number_value, text_value
from tickmark.ground.moves import Follows
from tickmark.model.address import RangeRef, quote_sheet_name
from tickmark.model.grid import CellKind
from tickmark.model.range_content import ErrorValue, RangeContent, Scalar
from tickmark.model.workbook import Sheet, SheetState, Workbook
from tickmark.structure.concealment import unseen_cells
from tickmark.structure.dates import date_text
from tickmark.structure.formulas import SheetFormulas, sheet_formulas
from tickmark.structure.labels import LONGEST_LABEL, Label, Labels, labels_of
from tickmark.structure.number_formats import GENERAL, shows_date
from tickmark.structure.references import Reference, references
from tickmark.structure.scope import Scope, scope_of

MOST_ROW_LABELS: Final = 200
MOST_COLUMN_LABELS: Final = 60
MOST_PRECEDENTS: Final = 40
MOST_LOOKED_AT: Final = 4_000
LONGEST_VALUE: Final = 120


@dataclass(frozen=True, slots=True)
class Beside:
    """An area outside the range: its line for the model, and what a citation of it needs.

    `follows` tells whether its rows and columns move when the formula that names it is copied.
    `value` is that of its first cell.
    """

    area: RangeRef
    text: str
    follows: Follows = (False, False)
    value: Scalar = None
    number_format: str = GENERAL


def labels_beside(
    workbook: Workbook, sheet: Sheet, place: RangeRef, content: RangeContent
) -> tuple[Beside, ...]:
    """The texts left of the rows and above the columns of a range that does not begin with texts.

    A range of one row gets no row label: filled down, equal rows share an answer, and it would name
    the first of them.
    """
    known = labels_of(workbook, sheet)
    found: dict[str, Label] = {}
    rows = min(content.shape[0], MOST_ROW_LABELS) if content.shape[0] > 1 else 0
    for down in range(rows):
        if not isinstance(content.values[down][0], str):
            near = known.left_of(place.top + down, place.left)
            # The nearest may be a unit, with the name of the row before it.
            _note(found, known.left_of(place.top + down, near.cell.column) if near else None)
            _note(found, near)
    for across in range(min(content.shape[1], MOST_COLUMN_LABELS)):
        if not isinstance(content.values[0][across], str):
            _note(found, known.above(place.top, place.left + across))
    return tuple(
        Beside(
            RangeRef(place.sheet, *(label.cell.row, label.cell.column) * 2),
            f"{address}: {text_value(label.text, LONGEST_LABEL)}",
            value=_content(workbook, sheet, label.cell.row, label.cell.column)[0],
        )
        for address, label in found.items()
    )


def precedents_beside(workbook: Workbook, live: Sheet, place: RangeRef) -> tuple[Beside, ...]:
    """The cells outside the range that its formulas refer to, with labels and saved values.

    The first cell of each copied formula comes before its copies. What cannot be seen in the saved
    file is left out, and so is everything beyond MOST_PRECEDENTS.
    """
    scope = scope_of(workbook)
    labels: dict[str, Labels] = {}
    found: dict[RangeRef, Beside] = {}
    for number, (area, reference) in enumerate(_areas(scope, live)):
        if len(found) >= MOST_PRECEDENTS or number >= MOST_LOOKED_AT:
            break
        if area in found or _lies_in(area, place):
            continue
        sheet = workbook[area.sheet]
        if sheet.state is not SheetState.VISIBLE:
            continue
        if sheet.name not in labels:
            labels[sheet.name] = labels_of(workbook, sheet)
        told = _told(workbook, sheet, area, labels[sheet.name], place)
        if told is not None:
            text, value, number_format = told
            follows = (reference.relative[0], reference.relative[1])
            found[area] = Beside(area, text, follows, value, number_format)
    return tuple(found.values())


def label_text(parts: tuple[str, str]) -> str:
    """The labels of a row and a column as one text."""
    return ", ".join(part for part in parts if part)


def _note(found: dict[str, Label], label: Label | None) -> None:
    if label is not None:
        found.setdefault(label.cell.a1, label)


def _areas(scope: Scope, live: Sheet) -> Iterator[tuple[RangeRef, Reference]]:
    """What the formulas refer to: of the first cells of all templates, then of their copies."""
    formulas = sheet_formulas(live)
    known: dict[int, list[Reference]] = {}
    for first in (True, False):
        for number in range(len(formulas.templates)):
            if number not in known:
                known[number] = _resolved(scope, formulas, number)
            if known[number]:
                yield from _moved(formulas, number, known[number], first=first)


def _resolved(scope: Scope, formulas: SheetFormulas, number: int) -> list[Reference]:
    template = formulas.templates[number]
    name = formulas.sheet.name
    at = RangeRef(name, template.row, template.column, template.row, template.column)
    return [area for one in references(template.text, name) for area in scope.resolved(one, at)]


def _moved(
    formulas: SheetFormulas, number: int, resolved: list[Reference], *, first: bool
) -> Iterator[tuple[RangeRef, Reference]]:
    """The areas as the first cell of a template sees them, or as its other cells do."""
    template = formulas.templates[number]
    positions = formulas.cells_of(number)
    for position in (positions[:1] if first else positions[1:]).tolist():
        cell = formulas.sheet.cells[position]
        distance = template.distance(cell.row, cell.column)
        for reference in resolved:
            yield RangeRef(reference.sheet, *reference.edges(*distance)), reference


def _lies_in(area: RangeRef, place: RangeRef) -> bool:
    return (
        area.sheet.casefold() == place.sheet.casefold()
        and place.contains(area.top, area.left)
        and place.contains(area.bottom, area.right)
    )


def _told(
    workbook: Workbook, sheet: Sheet, area: RangeRef, labels: Labels, place: RangeRef
) -> tuple[str, Scalar, str] | None:
    """The line about an area, value and format of its first cell; None where all is hidden."""
    inside = sheet.cells.within(area)
    hidden = unseen_cells(workbook, sheet)
    if len(inside) and bool(np.all(hidden[inside])):
        return None
    own = sheet.name.casefold() == place.sheet.casefold()
    prefix = "" if own else f"{quote_sheet_name(sheet.name)}!"
    address = text_value(f"{prefix}{area.a1}", LONGEST_VALUE)
    label = label_text(labels.parts(area))
    name = f" ({text_value(label, 2 * LONGEST_LABEL + 2)})" if label else ""
    value, number_format = _content(workbook, sheet, area.top, area.left)
    if area.cells > 1:
        count = int(np.count_nonzero(~hidden[inside]))
        return f"{address}{name}: {counted(count, 'filled cell')}", value, number_format
    shown = _value_text(workbook, sheet, area.top, area.left)
    return f"{address}{name}: {shown}", value, number_format


def _content(workbook: Workbook, sheet: Sheet, row: int, column: int) -> tuple[Scalar, str]:
    position = sheet.cells.position(row, column)
    if position is None:
        return None, GENERAL
    value: Scalar = sheet.cells.value(position)
    if sheet.cells.kinds[position] == CellKind.ERROR:
        value = ErrorValue(str(value))
    return value, workbook.styles[int(sheet.cells.styles[position])].number_format


def _value_text(workbook: Workbook, sheet: Sheet, row: int, column: int) -> str:
    value, number_format = _content(workbook, sheet, row, column)
    match value:
        case None:
            blank = sheet.cells.position(row, column) is None
            return "(blank)" if blank else NOT_CALCULATED
        case bool():
            return "TRUE" if value else "FALSE"
        case ErrorValue():
            return value.text
        case str():
            return text_value(value, LONGEST_VALUE)
        case _ if shows_date(number_format):
            return date_text(value, date1904=workbook.date1904, number_format=number_format)
        case _:
            return number_value(value)
