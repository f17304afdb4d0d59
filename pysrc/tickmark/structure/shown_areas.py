"""The cells that something other than a formula takes: charts, pivot tables, lists, rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from tickmark.model.address import RangeRef
from tickmark.model.cell_rules import ConditionalFormat, DataValidation
from tickmark.model.drawing import Chart
from tickmark.model.sheet_details import SheetDetails
from tickmark.structure.formulas import Formulas
from tickmark.structure.lattices import Numbers
from tickmark.structure.references import references


def charted_areas(formulas: Formulas) -> tuple[RangeRef, ...]:
    """The areas that charts, sparklines and linked shapes show."""
    return _areas(formulas, _charted(formulas))


def taken_areas(formulas: Formulas) -> tuple[RangeRef, ...]:
    """The areas that anything but formulas takes, what is charted among them."""
    return _areas(formulas, [*_charted(formulas), *_ruled(formulas)])


def by_sheet(formulas: Formulas, areas: Iterable[RangeRef]) -> list[Numbers]:
    """For each sheet the edges (n, 4) of the areas on it."""
    found: list[list[tuple[int, int, int, int]]] = [[] for _ in formulas.sheets]
    for area in areas:
        number = formulas.scope.sheets.get(area.sheet.casefold())
        if number is not None:
            found[number].append((area.top, area.left, area.bottom, area.right))
    return [np.array(edges, np.int64).reshape(-1, 4) for edges in found]


def _areas(formulas: Formulas, texts: Iterable[tuple[str, RangeRef]]) -> tuple[RangeRef, ...]:
    """The areas that formula texts mean, each as seen from a cell of its sheet."""
    found: dict[RangeRef, None] = {}
    for text, at in dict.fromkeys(texts):
        written = references(text, at.sheet)
        for one in formulas.scope.all_resolved(written, at):
            if one.area is not None:
                found[one.area] = None
    return tuple(found)


def _charted(formulas: Formulas) -> Iterator[tuple[str, RangeRef]]:
    for sheet in formulas.workbook.sheets:
        details, at = sheet.details, RangeRef(sheet.name, 1, 1, 1, 1)
        texts = [text for chart in details.charts for text in _of_chart(chart)]
        texts += [line.values for line in details.sparklines]
        texts += [text for shape in details.shapes for text in (shape.link, shape.source)]
        yield from ((text, at) for text in texts if text)
    for page in formulas.workbook.details.chart_sheets:
        at = RangeRef("", 1, 1, 1, 1)
        texts = [text for chart in page.charts for text in _of_chart(chart)]
        yield from ((text, at) for text in texts if text)


def _of_chart(chart: Chart) -> Iterator[str]:
    yield chart.title_reference
    for one in chart.series:
        yield from (one.name_reference, one.categories, one.values, one.sizes)


def _ruled(formulas: Formulas) -> Iterator[tuple[str, RangeRef]]:
    for sheet in formulas.workbook.sheets:
        at = RangeRef(sheet.name, 1, 1, 1, 1)
        for text, where in _of_details(sheet.details, at):
            if text:
                yield text, where


def _of_details(details: SheetDetails, at: RangeRef) -> Iterator[tuple[str, RangeRef]]:
    """Texts of what takes cells, each with the place that it is written for."""
    rules: list[DataValidation | ConditionalFormat] = [
        *details.validations,
        *details.conditional_formats,
    ]
    for rule in rules:
        where = rule.ranges[0] if rule.ranges else at
        yield from ((text, where) for text in rule.formulas)
    for pivot in details.pivots:
        if not pivot.external:
            yield pivot.source, at
    if details.consolidation is not None:
        yield from ((text, at) for text in details.consolidation.sources)
