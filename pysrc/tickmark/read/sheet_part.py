"""A sheet part: its cells, layout and details put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tickmark.model.sheet_details import SheetDetails
from tickmark.model.workbook import Sheet
from tickmark.read.assembly import assemble
from tickmark.read.book_part import SheetEntry
from tickmark.read.cells import CellColumns
from tickmark.read.details import sheet_details
from tickmark.read.formulas import Formulas
from tickmark.read.layout import Layout
from tickmark.read.package import Package
from tickmark.read.problems import Problems
from tickmark.read.sheet_pass import pass_over_sheet
from tickmark.read.sheet_source import sheet_source
from tickmark.read.sheet_tail import SheetTail
from tickmark.read.styles import CellFormats
from tickmark.read.tables import read_tables


@dataclass(frozen=True, slots=True)
class BookFacts:
    """What every sheet needs to know about its workbook; `part` is the workbook's."""

    part: str
    strings: Sequence[str]
    formats: CellFormats
    date1904: bool = False
    details: bool = True


def read_sheet(
    package: Package,
    part: str,
    entry: SheetEntry,
    facts: BookFacts,
    *,
    most: int,
    lost: tuple[str, ...] = (),
) -> Sheet:
    """A sheet from its part; `most` bounds its cells, those without value counted too.

    `lost` are sentences about the workbook that hold for its cells. Raises PartUnreadable.
    """
    name = entry.name
    limits = package.limits
    problems = Problems()
    cells = CellColumns(
        strings=facts.strings,
        formats=facts.formats,
        formulas=Formulas(name, limits.formula_length, limits.formula_depth, problems),
        problems=problems,
        longest=limits.string_length,
        date1904=facts.date1904,
    )
    layout = Layout(name, limits.ranges)
    tail = SheetTail(name, limits.ranges, limits.formula_length) if facts.details else None
    cut = pass_over_sheet(package, part, cells=cells, layout=layout, tail=tail, most=most)
    source, unrelated = sheet_source(package, part, name, facts.part)
    tables, unread = read_tables(source, layout.tables)
    details = SheetDetails()
    not_told: tuple[str, ...] = ()
    if tail is not None:
        details, not_told = sheet_details(source, tail, layout)
    read = assemble(cells)
    return Sheet(
        name=name,
        cells=read,
        state=entry.state,
        merges=tuple(layout.merges),
        tables=tables,
        hidden_rows=layout.hidden_rows(),
        hidden_columns=layout.hidden_columns(),
        problems=lost
        + ((cut,) if cut else ())
        + problems.sentences()
        + layout.problems()
        + unrelated
        + unread
        + not_told,
        details=details,
    )
