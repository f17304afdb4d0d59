"""The details of sheets and workbooks, gathered from the parts that hold them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tickmark.model.address import RangeRef
from tickmark.model.sheet_details import SheetDetails
from tickmark.model.workbook import DefinedName, Sheet
from tickmark.read.comments import read_comments
from tickmark.read.drawings import read_drawings
from tickmark.read.layout import Layout
from tickmark.read.pivots import read_pivots
from tickmark.read.sheet_source import SheetSource
from tickmark.read.sheet_tail import SheetTail
from tickmark.read.slicers import read_slicers

_PRINT_AREA = "_xlnm.print_area"
_PRINT_TITLES = "_xlnm.print_titles"


def sheet_details(
    source: SheetSource, tail: SheetTail, layout: Layout
) -> tuple[SheetDetails, tuple[str, ...]]:
    """The details of a sheet, and sentences about those that could not be read."""
    comments, lost_comments = read_comments(source)
    shapes, charts, lost_drawings = read_drawings(source, tail.controls)
    pivots, lost_pivots = read_pivots(source)
    slicers, lost_slicers = read_slicers(source)
    details = replace(
        tail.details(source.relationships),
        row_outline=layout.row_outline(),
        column_outline=layout.column_outline(),
        comments=comments,
        shapes=shapes,
        charts=charts,
        pivots=pivots,
        slicers=slicers,
    )
    return details, tail.problems() + lost_comments + lost_drawings + lost_pivots + lost_slicers


def with_print_settings(sheets: Iterable[Sheet], names: Sequence[DefinedName]) -> tuple[Sheet, ...]:
    """The sheets with the print areas and titles that reserved names of the workbook give them."""
    return tuple(_with_print_settings(sheet, names) for sheet in sheets)


def _with_print_settings(sheet: Sheet, names: Sequence[DefinedName]) -> Sheet:
    areas = _reserved(sheet.name, names, _PRINT_AREA)
    titles = _reserved(sheet.name, names, _PRINT_TITLES)
    if not areas and not titles:
        return sheet
    details = replace(sheet.details, print_areas=areas, print_titles=titles)
    return replace(sheet, details=details)


def _reserved(sheet: str, names: Sequence[DefinedName], wanted: str) -> tuple[RangeRef, ...]:
    given = [name for name in names if name.sheet == sheet and name.name.lower() == wanted]
    if not given:
        return ()
    from tickmark.structure.references import references  # noqa: PLC0415 - its tokens cost 0.1 s

    return tuple(
        reference.area
        for name in given
        for reference in references(name.refers_to, sheet)
        if reference.area is not None and reference.sheet == sheet and not reference.book
    )
