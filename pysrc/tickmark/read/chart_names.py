"""Hidden names such as `_xlchart.v1.3`, behind which newer charts keep their references."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from tickmark.model.drawing import Chart, ChartSeries
from tickmark.read.book_part import read_book_part
from tickmark.read.package import PartUnreadable, once
from tickmark.read.sheet_source import SheetSource

_BEGIN: Final = "_xlchart."


def resolved(source: SheetSource, chart: Chart) -> Chart:
    """The chart with what the hidden names of the workbook refer to in place of the names."""
    if not any(one.lower().startswith(_BEGIN) for one in _references(chart)):
        return chart
    names = once(source.package, "hidden names of charts", lambda: _hidden_names(source))
    return replace(
        chart,
        title_reference=_resolved(chart.title_reference, names),
        series=tuple(
            replace(
                one,
                name_reference=_resolved(one.name_reference, names),
                categories=_resolved(one.categories, names),
                values=_resolved(one.values, names),
                sizes=_resolved(one.sizes, names),
            )
            for one in chart.series
        ),
    )


def _references(chart: Chart) -> list[str]:
    found = [chart.title_reference]
    for one in chart.series:
        found += _of_series(one)
    return found


def _of_series(one: ChartSeries) -> tuple[str, ...]:
    return one.name_reference, one.categories, one.values, one.sizes


def _resolved(reference: str, names: Mapping[str, str]) -> str:
    return names.get(reference.lower(), reference)


def _hidden_names(source: SheetSource) -> dict[str, str]:
    try:
        book = read_book_part(source.package, source.book_part)
    except PartUnreadable:
        return {}
    return {
        one.name.lower(): one.refers_to
        for one in book.names
        if one.refers_to and one.name.lower().startswith(_BEGIN)
    }
