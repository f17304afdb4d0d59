"""The cells of an argument as texts, the way the sheet shows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tickmark.errors import ArgumentPending, ArgumentRefused
from tickmark.hosts.functions import states
from tickmark.hosts.functions.call import Argument, Unpacked
from tickmark.model.address import cell_address
from tickmark.model.range_content import ErrorValue, RangeContent, Scalar
from tickmark.structure.dates import date_text
from tickmark.structure.number_formats import GENERAL, percent_text, shows_date

_QUOTED_LENGTH: Final = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that holds nothing to ask about; `reason` such as `#N/A in A7`."""

    reason: str


@dataclass(frozen=True, slots=True)
class CellText:
    """One cell: its text without blanks around it, "" for a blank cell, and its value."""

    text: str | Fault
    value: Scalar


def cells_of(argument: Argument, name: str) -> tuple[tuple[CellText, ...], ...]:
    """The cells, row by row; one cell for a single value.

    Raises ArgumentRefused where the argument was left out or not handed over, and ArgumentPending
    where one of its cells waits for an answer of its own.
    """
    match argument:
        case None:
            raise ArgumentRefused(f"{name} is empty")
        case Unpacked(reason=reason):
            raise ArgumentRefused(reason)
        case RangeContent():
            content = argument
        case _:
            content = RangeContent(((argument,),))
    rows, columns = content.shape
    return tuple(
        tuple(_cell(content, row, column, name) for column in range(columns)) for row in range(rows)
    )


def texts_of(argument: Argument, name: str) -> tuple[tuple[str, ...], ...]:
    """The texts of cells that all have to be sound, row by row; raises as cells_of does.

    An error value or a state in place of an answer is refused by its address.
    """
    return tuple(tuple(_sound(cell) for cell in row) for row in cells_of(argument, name))


def value_text(value: Scalar, number_format: str = GENERAL) -> str:
    """A value as text: dates and times in ISO 8601, per cents, other numbers in full."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case ErrorValue():
            return value.text
        case str():
            return value.strip()
        case _ if shows_date(number_format):
            return date_text(value, number_format=number_format)
        case _:
            return _percent(value, number_format) or f"{value:.15g}"


def _percent(value: float, number_format: str) -> str:
    """A per cent with all its digits, which the sheet may round; "" for other formats."""
    return f"{100 * value:.14g}%" if percent_text(value, number_format) is not None else ""


def listed(text: str) -> tuple[str, ...]:
    """The parts of a list written as text: `a; b; c`, with commas where it has no semicolon."""
    return tuple(part.strip() for part in text.split(";" if ";" in text else ",") if part.strip())


def lone_text(argument: Argument) -> str | None:
    """The text of an argument that is one text or one cell; None for any other."""
    match argument:
        case str():
            return argument
        case RangeContent(values=((str(text),),)):
            return text
        case _:
            return None


def filled(rows: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    """The texts that are not blank, row by row."""
    return (text for row in rows for text in row if text)


def _cell(content: RangeContent, row: int, column: int, name: str) -> CellText:
    value = content.values[row][column]
    code = content.formats[row][column] if content.formats else GENERAL
    text = value_text(value, code)
    if not isinstance(value, ErrorValue) and not states.is_state(text):
        return CellText(text, value)
    area = content.area
    place = cell_address(area.top + row, area.left + column) if area else name
    if text == states.WAIT:
        raise ArgumentPending(f"{place} waits for an answer")
    return CellText(Fault(f"{text[:_QUOTED_LENGTH]} in {place}"), value)


def _sound(cell: CellText) -> str:
    if isinstance(cell.text, Fault):
        raise ArgumentRefused(cell.text.reason)
    return cell.text
