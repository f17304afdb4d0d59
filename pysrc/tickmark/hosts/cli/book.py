"""The one workbook that a command is about, read, with what it lacks."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tickmark.errors import InputError, SettingError, SheetUnreadable
from tickmark.hosts.cli.password import given_password
from tickmark.settings import load_settings

if TYPE_CHECKING:
    from tickmark.hosts.sources import Source
    from tickmark.model.workbook import Sheet, Workbook
    from tickmark.structure.graph import FormulaGraph

SHEETS_NAMED: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class Book:
    """A workbook with its graph, and the seconds that reading and building it took.

    `problems` are sentences on what was not read or is not followed.
    """

    workbook: Workbook
    graph: FormulaGraph
    problems: tuple[str, ...]
    read_seconds: float
    build_seconds: float


def open_book(
    path: str,
    *,
    password: str | None,
    workers: int | None,
    max_file_mb: int | None,
    limits: list[str],
) -> Book:
    """Read the workbook that was named and make its graph, without sheets that Tickmark wrote.

    Raises InputError where the path names no workbook or several, WorkbookRefused where it cannot
    be read, and SettingError for a wrong option.
    """
    from tickmark.structure.formulas import formulas_of
    from tickmark.structure.graph import graph_of

    start = time.perf_counter()
    workbook = read_book(
        path, password=password, workers=workers, max_file_mb=max_file_mb, limits=limits
    )
    between = time.perf_counter()
    graph = graph_of(formulas_of(workbook))
    end = time.perf_counter()
    problems = problems_of(workbook)
    if not (graph.formulas.complete and graph.reach.complete):
        problems += (f"{workbook.path} has too many references to follow all of them.",)
    return Book(workbook, graph, problems, between - start, end - between)


def read_book(
    path: str,
    *,
    password: str | None,
    workers: int | None,
    max_file_mb: int | None,
    limits: list[str],
) -> Workbook:
    """Read the workbook that was named, without sheets that Tickmark wrote; raises as above."""
    import os

    from tickmark.read.own_sheets import without_own_sheets
    from tickmark.wiring import reader

    settings = load_settings(
        {"workers": workers, "max_file_mb": max_file_mb, "limits": limits or None}
    )
    source = _only_source(path)
    read = reader(settings, processes=settings.workers or os.cpu_count() or 1)
    return without_own_sheets(read(source.shown, password=given_password(password)))


def _only_source(path: str) -> Source:
    from tickmark.hosts.sources import find_sources

    if path == "-":
        raise InputError("This command reads one workbook file; name it instead of -.")
    found = find_sources([path])
    if len(found) > 1:
        raise InputError(f"{path} names {len(found):,} workbooks; this command takes one.")
    return found[0]


def sheet_named(workbook: Workbook, name: str) -> Sheet:
    """The sheet of this name, in any case; raises SettingError, SheetUnreadable."""
    for one in sorted(workbook.sheets, key=lambda sheet: sheet.name != name):
        if one.name.casefold() == name.casefold():
            return one
    for failure in workbook.failures:
        if failure.sheet.casefold() == name.casefold():
            raise SheetUnreadable(failure.message)
    named = ", ".join(repr(one.name) for one in workbook.sheets[:SHEETS_NAMED])
    left = len(workbook.sheets) - SHEETS_NAMED
    more = f" and {left:,} more" if left > 0 else ""
    raise SettingError(f"{workbook.path} has no sheet {name!r}; it has {named or 'none'}{more}.")


def problems_of(workbook: Workbook) -> tuple[str, ...]:
    """What of a workbook was not read; none where it is complete."""
    from tickmark.model.address import quote_sheet_name

    found = [one.message for one in workbook.failures]
    found += workbook.problems
    found += [
        f"{workbook.path}, {quote_sheet_name(sheet.name)}: {problem}"
        for sheet in workbook.sheets
        for problem in sheet.problems
    ]
    if not workbook.formulas_available:
        found += workbook.notes
    return tuple(found)
