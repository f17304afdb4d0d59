"""Workbooks of which values are read, through python-calamine in a child process: .xls .xlsb .ods.

The library lays out each sheet as a full rectangle and can end its process on a hostile file; a
sheet on which that happens is a failure, and the sheets behind it are read by another child.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from tickmark.errors import PasswordNeeded, WorkbookRefused
from tickmark.model.address import MAX_COLUMN, MAX_ROW, RangeRef
from tickmark.model.grid import CellKind
from tickmark.model.workbook import Sheet, SheetFailure, SheetState, Workbook
from tickmark.read.child import Child, running
from tickmark.read.columns import STYLES, Columns
from tickmark.read.limits import Limits, allows_more

_MODULE: Final = "tickmark.read.calamine_child"
_STATES = {"hidden": SheetState.HIDDEN, "veryhidden": SheetState.VERY_HIDDEN}
_OTHER_SHEETS = {
    "chartsheet": "is a chart sheet; it has no cells",
    "dialogsheet": "is a dialog sheet; it was not read",
    "macrosheet": "is a sheet of Excel 4.0 macros; it was not read",
    "vba": "is a module of macros; it was not read",
}

Message = dict[str, Any]


@dataclass(slots=True, eq=False)
class _Reading:
    """What is gathered from the children; `begun` is the sheet that is open, `done` the end."""

    path: str
    limits: Limits
    listed: list[tuple[str, str, str]] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)
    failures: list[SheetFailure] = field(default_factory=list)
    columns: Columns | None = None
    begun: int | None = None
    cells: int = 0
    done: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A sheet of any kind, in the file's order; `unread` says what it is, if it has no cells."""

    name: str
    unread: str
    state: SheetState


@dataclass(frozen=True, slots=True)
class Values:
    """A workbook without formulas, and all its sheets, those too that are missing from it."""

    book: Workbook
    listed: tuple[Listed, ...]


def read_values(data: bytes, path: str, sha256: str, kind: str, limits: Limits) -> Values:
    """The values in the bytes of an .xls, .xlsb or .ods file.

    Raises WorkbookRefused, and PasswordNeeded for an encrypted one.
    """
    reading = _Reading(path, limits)
    until = time.monotonic() + limits.child_seconds
    first = 0
    while not reading.done:
        reading.begun = None
        request = {
            "first": first,
            "most": min(limits.sheet_cells, limits.workbook_cells - reading.cells),
            "dense": limits.dense_cells,
            "leap_1900": kind != "ods",
        }
        with running(_MODULE, request, data, limits, until=until) as child:
            for message in _messages(child):
                _take(reading, message)
            stopped = child.stopped
        if reading.done:
            break
        if reading.begun is None:
            raise WorkbookRefused(f"{path} cannot be read: {stopped or _NO_ANSWER}.")
        _fail(reading, reading.begun, stopped or _NO_ANSWER)
        first = reading.begun + 1
        if stopped and time.monotonic() > until:
            _fail_rest(reading, first, stopped)
            break
    book = Workbook(
        path=path,
        format=kind,
        sha256=sha256,
        sheets=tuple(reading.sheets),
        styles=STYLES,
        formulas_available=False,
        failures=tuple(reading.failures),
        notes=_unread(reading),
    )
    listed = tuple(
        Listed(name, _OTHER_SHEETS.get(sort, ""), _STATES.get(state, SheetState.VISIBLE))
        for name, sort, state in reading.listed
    )
    return Values(book, listed)


_NO_ANSWER: Final = "the program that reads it ended, for it is damaged or too large"


def _messages(child: Child) -> Iterator[Message]:
    """The complete lines of a child; one that was cut short by its end is dropped."""
    for line in child.output:
        if line.endswith(b"\n"):
            yield json.loads(line)


def _take(reading: _Reading, message: Message) -> None:
    match message:
        case {"refused": "password"}:
            raise PasswordNeeded(
                f"{reading.path} is protected by a password; give it with --password."
            )
        case {"refused": _}:
            raise WorkbookRefused(
                f"{reading.path} cannot be read: it is damaged or not of the kind that its name "
                "says; restore it from a backup or save it again."
            )
        case {"sheets": listed}:
            reading.listed = [(name, sort, state) for name, sort, state in listed]
        case {"begin": place}:
            reading.begun = place
            reading.columns = Columns(reading.limits.string_length)
        case {"failed": place, "why": why}:
            _fail(reading, place, why)
        case {"end": place}:
            _end(reading, place, message)
        case {"done": _}:
            reading.done = True
        case _:
            _add_cells(reading, message)


def _add_cells(reading: _Reading, message: Message) -> None:
    columns = reading.columns
    if columns is None:
        return
    names = ("rows", "columns", "values", "dates")
    for row, column, value, date in zip(*(message[name] for name in names), strict=True):
        if row > MAX_ROW or column > MAX_COLUMN:
            continue  # .ods knows larger sheets than the model has addresses for
        columns.add(row, column, _kind(value, date), value, date)


def _kind(value: object, date: int) -> CellKind:
    if date:
        return CellKind.DATE
    if isinstance(value, str):
        return CellKind.TEXT
    return CellKind.BOOL if isinstance(value, bool) else CellKind.NUMBER


def _end(reading: _Reading, place: int, message: Message) -> None:
    name, _, state = reading.listed[place]
    if any(sheet.name.lower() == name.lower() for sheet in reading.sheets):
        _fail(reading, place, "another sheet has the same name")
        return
    columns = reading.columns or Columns(reading.limits.string_length)
    merges = message["merges"]
    most = reading.limits.ranges
    problems = columns.problems()
    if message["cut"]:
        cut = f"Only the first {len(columns):,} cells were read"
        problems += (f"{cut}; {allows_more('sheet_cells')}.",)
    if len(merges) > most:
        left_out = f"{len(merges) - most:,} merged ranges left out"
        problems += (f"{left_out}; {allows_more('ranges')}.",)
    reading.sheets.append(
        Sheet(
            name=name,
            cells=columns.cells(),
            state=_STATES.get(state, SheetState.VISIBLE),
            merges=tuple(
                RangeRef(name, top + 1, left + 1, bottom + 1, right + 1)
                for top, left, bottom, right in merges[:most]
            ),
            problems=problems,
        )
    )
    reading.cells += len(columns)
    reading.columns = None


def _fail(reading: _Reading, place: int, why: str) -> None:
    name = reading.listed[place][0]
    sentence = f"{reading.path}: sheet {name!r} could not be read: {why}."
    reading.failures.append(SheetFailure(name, sentence))
    reading.columns = None


def _fail_rest(reading: _Reading, first: int, why: str) -> None:
    for place in range(first, len(reading.listed)):
        if reading.listed[place][1] not in _OTHER_SHEETS:
            _fail(reading, place, why)


def _unread(reading: _Reading) -> tuple[str, ...]:
    return tuple(
        f"{name!r} {_OTHER_SHEETS[sort]}."
        for name, sort, _ in reading.listed
        if sort in _OTHER_SHEETS
    )
