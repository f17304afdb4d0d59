"""Formulas outside of cells: in names, validations, conditional formats, charts and more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from tickmark.model.address import RangeRef, quote_sheet_name
from tickmark.model.drawing import Chart
from tickmark.model.workbook import DefinedName, Sheet, Workbook


class Holder(StrEnum):
    """What a formula outside of cells belongs to."""

    NAME = "defined name"
    VALIDATION = "data validation"
    CONDITIONAL_FORMAT = "conditional format"
    CHART = "chart"
    SPARKLINE = "sparkline"
    SHAPE = "shape"
    PIVOT = "pivot table"


@dataclass(frozen=True, slots=True)
class OutsideFormula:
    """A formula (without `=`) outside of cells.

    `holder` is what it belongs to and `name` what that is called, empty where it has no name.
    `sheet` is empty for names of the workbook and charts on sheets of their own; `ranges` are the
    cells that it is laid on, none where it floats.
    """

    text: str
    holder: Holder
    name: str = ""
    sheet: str = ""
    ranges: tuple[RangeRef, ...] = ()


def outside_formulas(workbook: Workbook) -> Iterator[OutsideFormula]:
    """All formulas outside of cells, sheet by sheet behind those of the names."""
    for name in workbook.names:
        if name.refers_to:
            text = name.refers_to.removeprefix("=")
            yield OutsideFormula(text, Holder.NAME, name_label(name), name.sheet)
    for sheet in workbook.sheets:
        yield from _of_sheet(sheet)
    for page in workbook.details.chart_sheets:
        for chart in page.charts:
            yield from _of_chart(chart, "")


def name_label(name: DefinedName) -> str:
    """A defined name as formulas of other sheets write it: `Rate` or `Inputs!Rate`."""
    return f"{quote_sheet_name(name.sheet)}!{name.name}" if name.sheet else name.name


def _of_sheet(sheet: Sheet) -> Iterator[OutsideFormula]:
    own, details = sheet.name, sheet.details
    yield from _of_rules(sheet)
    for chart in details.charts:
        yield from _of_chart(chart, own)
    for line in details.sparklines:
        at = RangeRef(own, line.cell.row, line.cell.column, line.cell.row, line.cell.column)
        yield OutsideFormula(line.values, Holder.SPARKLINE, "", own, (at,))
    for shape in details.shapes:
        texts = (text for text in (shape.link, shape.source) if text)
        yield from (OutsideFormula(text, Holder.SHAPE, shape.name, own) for text in texts)
    for pivot in details.pivots:
        if pivot.source and not pivot.external:
            yield OutsideFormula(pivot.source, Holder.PIVOT, pivot.name, own, (pivot.range,))


def _of_rules(sheet: Sheet) -> Iterator[OutsideFormula]:
    for validation in sheet.details.validations:
        for text in validation.formulas:
            yield OutsideFormula(text, Holder.VALIDATION, "", sheet.name, validation.ranges)
    for rule in sheet.details.conditional_formats:
        for text in rule.formulas:
            yield OutsideFormula(text, Holder.CONDITIONAL_FORMAT, "", sheet.name, rule.ranges)


def _of_chart(chart: Chart, sheet: str) -> Iterator[OutsideFormula]:
    series = (
        text
        for one in chart.series
        for text in (one.name_reference, one.categories, one.values, one.sizes)
    )
    for text in (chart.title_reference, *series):
        if text:
            yield OutsideFormula(text, Holder.CHART, chart.name, sheet)
