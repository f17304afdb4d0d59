"""The range, the question and the content addresses of functions that ask about one range."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from tickmark.errors import ArgumentPending, ArgumentRefused
from tickmark.hosts.functions import states
from tickmark.hosts.functions.call import Argument, Unpacked
from tickmark.hosts.functions.cell_texts import value_text
from tickmark.hosts.functions.question import Item
from tickmark.model.address import cell_address
from tickmark.model.range_content import ErrorValue, RangeContent, Scalar
from tickmark.structure.fingerprints import fingerprints
from tickmark.structure.number_formats import GENERAL

LONGEST_QUESTION: Final = 8000
LONGEST_STATE: Final = 60


@dataclass(frozen=True, slots=True)
class Told:
    """A text from the user; `cell` is the address of the cell that it was taken from, "" if typed.

    A text that comes from a cell may be a stranger's.
    """

    text: str = ""
    cell: str = ""


def content_of(argument: Argument, name: str) -> RangeContent:
    """The range of an argument; a lone value is one that stands in no cell.

    Raises ArgumentRefused where there is nothing to ask about, or a cell shows a failure in place
    of an answer, and ArgumentPending where a cell waits for its answer.
    """
    match argument:
        case None:
            raise ArgumentRefused(f"{name} is empty")
        case Unpacked(reason=reason):
            raise ArgumentRefused(reason)
        case RangeContent():
            content = argument
        case ErrorValue(text=text):
            raise ArgumentRefused(f"{name} is {text}")
        case _:
            content = RangeContent(((argument,),))
    _check_states(content, name)
    filled = any(value not in {None, ""} for row in content.values for value in row)
    if not filled and not any(map(any, content.formulas)):
        raise ArgumentRefused(f"{name} is empty")
    return content


def told_by(argument: Argument, name: str) -> Told:
    """A text typed into the formula or taken from one cell; empty where it was left out.

    Raises ArgumentRefused and ArgumentPending.
    """
    match argument:
        case None:
            return Told()
        case Unpacked(reason=reason):
            raise ArgumentRefused(reason)
        case RangeContent():
            if argument.shape != (1, 1):
                raise ArgumentRefused(f"{name} is one text or one cell")
            content = argument
        case _:
            content = RangeContent(((argument,),))
    _check_states(content, name)
    value = content.values[0][0]
    if isinstance(value, ErrorValue):
        raise ArgumentRefused(f"{name} is {value.text}")
    text = value_text(value, content.formats[0][0] if content.formats else GENERAL)
    if len(text) > LONGEST_QUESTION:
        raise ArgumentRefused(f"{name} is longer than {LONGEST_QUESTION:,} characters")
    return Told(text, str(content.area) if content.area is not None and text else "")


def range_of(item: Item) -> RangeContent:
    """The range of an item. Raises TypeError for an item that is a text."""
    if isinstance(item.content, str):
        raise TypeError("a question about a range got a text")
    return item.content


def keys_of(content: RangeContent, *parts: object) -> tuple[str, ...]:
    """The content addresses of a question about a range: up to three, whatever its place.

    `parts` are all else that shapes the answer, as JSON values.
    """
    found = dict.fromkeys(fingerprints(content).values())
    return tuple(dict.fromkeys(address(one, *parts) for one in found))


def address(*parts: object) -> str:
    """One hex SHA-256 over JSON values."""
    text = json.dumps(parts, sort_keys=True)
    return sha256(text.encode()).hexdigest()


def _check_states(content: RangeContent, name: str) -> None:
    for down, row in enumerate(content.values):
        for across, value in enumerate(row):
            if states.is_state(value):
                _refuse(value, _place(content, down, across, name))


def _refuse(value: Scalar, place: str) -> None:
    text = str(value)
    if text == states.WAIT:
        raise ArgumentPending(f"{place} waits for its answer")
    shown = text if len(text) <= LONGEST_STATE else f"{text[:LONGEST_STATE]}…"
    raise ArgumentRefused(f"{place} holds {shown}; it has no answer yet")


def _place(content: RangeContent, down: int, across: int, name: str) -> str:
    area = content.area
    return cell_address(area.top + down, area.left + across) if area is not None else name
