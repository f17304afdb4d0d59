"""What sheets and workbooks hold beside cells, in a few words each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tickmark.model.sheet_details import SheetDetails
from tickmark.model.workbook import Sheet, Workbook

_MODES: Final = {
    "manual": "calculated only on demand",
    "autoNoTable": "data tables calculated only on demand",
}


def sheet_contents(sheet: Sheet) -> tuple[str, ...]:
    """What stands on a sheet beside its cells and tables, such as `2 charts`."""
    details = sheet.details
    return (*_counted(details), *_settings(details))


def book_contents(workbook: Workbook) -> tuple[str, ...]:
    """What holds for a workbook as a whole, such as `macros` or a locked structure."""
    return tuple(_of_book(workbook))


def _counted(details: SheetDetails) -> Iterator[str]:
    threads = sum(comment.threaded for comment in details.comments)
    replies = sum(len(comment.replies) for comment in details.comments)
    pictures = sum(shape.kind == "picture" for shape in details.shapes)
    controls = sum(shape.kind == "control" for shape in details.shapes)
    timelines = sum(slicer.timeline for slicer in details.slicers)
    for count, one, many in (
        (len(details.comments) - threads, "note", "notes"),
        (threads, "comment", "comments"),
        (replies, "reply", "replies"),
        (len(details.charts), "chart", "charts"),
        (len(details.shapes) - pictures - controls, "shape", "shapes"),
        (controls, "form control", "form controls"),
        (pictures, "picture", "pictures"),
        (len(details.sparklines), "sparkline", "sparklines"),
        (len(details.pivots), "pivot table", "pivot tables"),
        (len(details.slicers) - timelines, "slicer", "slicers"),
        (timelines, "timeline", "timelines"),
        (len(details.validations), "data validation", "data validations"),
        (len(details.conditional_formats), "conditional format", "conditional formats"),
        (len(details.hyperlinks), "hyperlink", "hyperlinks"),
        (len(details.scenarios), "scenario", "scenarios"),
    ):
        if count:
            yield f"{count:,} {one if count == 1 else many}"


def _settings(details: SheetDetails) -> Iterator[str]:
    if details.ignored_errors:
        yield "warnings of Excel switched off"
    if details.protection is not None:
        yield "protected by a password" if details.protection.password else "protected"
    if details.hides_zeros:
        yield "zeros hidden"
    if details.lotus_rules:
        yield "calculated by the rules of Lotus 1-2-3"


def _of_book(workbook: Workbook) -> Iterator[str]:
    details = workbook.details
    if workbook.has_macros:
        yield "macros"
    if details.protection.structure:
        yield "structure locked"
    calculation = details.calculation
    if calculation.mode in _MODES:
        yield _MODES[calculation.mode]
    if calculation.iterates:
        yield f"circular references calculated in up to {calculation.most_iterations:,} rounds"
    if calculation.as_displayed:
        yield "calculated with values as displayed"
    if workbook.date1904:
        yield "dates count from 1904"
    charts = len(details.chart_sheets)
    if charts:
        yield "1 chart sheet" if charts == 1 else f"{charts:,} chart sheets"
