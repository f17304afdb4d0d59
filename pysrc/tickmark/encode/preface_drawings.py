"""Charts and pivot tables of a sheet, each in one line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from tickmark.encode.preface_hidden import Hidden
from tickmark.encode.preface_words import area_word, listed, phrase, sheet_word
from tickmark.encode.source import Source
from tickmark.model.address import RangeRef
from tickmark.model.drawing import Chart
from tickmark.model.grid import CellKind
from tickmark.model.pivot import PivotTable
from tickmark.structure.references import references

MOST_CHARTS: Final = 6
MOST_PIVOTS: Final = 4
MOST_AREAS: Final = 6
MOST_SERIES: Final = 100
MOST_FIELDS: Final = 12
LONGEST_REFERENCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a workbook's cells may be told, by the folded names of its sheets."""

    hidden: Mapping[str, Hidden]

    def areas(self, text: str, sheet: str) -> list[RangeRef]:
        """The areas that a reference names and that can be seen."""
        if not text or len(text) > LONGEST_REFERENCE:
            return []
        return [
            one.area
            for one in references(text, sheet)
            if one.area is not None and not one.book and self.is_seen(one.area)
        ]

    def is_seen(self, area: RangeRef) -> bool:
        """Whether some cell of a range can be seen; not so on a sheet that is not there."""
        hidden = self.hidden.get(area.sheet.casefold())
        return hidden is not None and not hidden.covers(area)

    def is_open(self, area: RangeRef) -> bool:
        """Whether all cells of a range can be seen."""
        hidden = self.hidden.get(area.sheet.casefold())
        return hidden is not None and not hidden.touches(area)


def chart_lines(source: Source, shown: Shown) -> Iterator[str]:
    """The charts that can be seen: kind, place, the ranges that are plotted, title."""
    charts = [
        one
        for one in source.sheet.details.charts
        if one.anchor is None or shown.is_seen(one.anchor)
    ]
    for chart in charts[:MOST_CHARTS]:
        yield "|".join(_chart_words(source, chart, shown))
    if len(charts) > MOST_CHARTS:
        yield f"# chart {len(charts) - MOST_CHARTS} more"


def pivot_lines(source: Source, shown: Shown) -> Iterator[str]:
    """The pivot tables that can be seen: place, where the data comes from, fields."""
    pivots = [one for one in source.sheet.details.pivots if shown.is_seen(one.range)]
    for pivot in pivots[:MOST_PIVOTS]:
        yield "|".join(_pivot_words(source, pivot, shown))
    if len(pivots) > MOST_PIVOTS:
        yield f"# pivot {len(pivots) - MOST_PIVOTS} more"


def _chart_words(source: Source, chart: Chart, shown: Shown) -> Iterator[str]:
    own = source.sheet.name
    kinds = "+".join(chart.kinds[:4])
    place = f" at {chart.anchor.a1}" if chart.anchor is not None else ""
    yield f"# chart{f' {phrase(kinds)}' if kinds else ''}{place}"
    series = chart.series[:MOST_SERIES]
    values = _plotted((one.values for one in series), own, shown)
    if values:
        across = _plotted((one.categories for one in series), own, shown)
        sheets = {area.sheet for area in (*values, *across)}
        # One other sheet is named once.
        seen_from = sheets.pop() if len(sheets) == 1 else own
        place = f" of {sheet_word(seen_from)}" if seen_from != own else ""
        by = f" by {_areas(across, seen_from)}" if across else ""
        yield f"plots {_areas(values, seen_from)}{by}{place}"
    title = _title(chart, own, shown)
    if title:
        yield f"titled {phrase(title)}"


def _title(chart: Chart, sheet: str, shown: Shown) -> str:
    """The title, unless it comes from cells that cannot be seen."""
    if chart.title_reference:
        return chart.title if _all_open(chart.title_reference, sheet, shown) else ""
    for one in chart.series[:MOST_SERIES]:
        if one.name == chart.title and one.name_reference:
            return chart.title if _all_open(one.name_reference, sheet, shown) else ""
    return chart.title


def _all_open(text: str, sheet: str, shown: Shown) -> bool:
    found = references(text, sheet) if len(text) <= LONGEST_REFERENCE else ()
    return bool(found) and all(
        one.area is not None and not one.book and shown.is_open(one.area) for one in found
    )


def _plotted(texts: Iterable[str], sheet: str, shown: Shown) -> list[RangeRef]:
    return _joined({area for text in texts for area in shown.areas(text, sheet)})


def _areas(areas: Iterable[RangeRef], sheet: str) -> str:
    return listed([area_word(area, sheet) for area in areas], MOST_AREAS)


def _joined(areas: Iterable[RangeRef]) -> list[RangeRef]:
    """Areas that stand right beside or below one another as one."""
    wide: list[RangeRef] = []
    for one in sorted(areas, key=lambda area: (area.sheet, area.top, area.bottom, area.left)):
        last = wide[-1] if wide else None
        if (
            last is not None
            and (last.sheet, last.top, last.bottom) == (one.sheet, one.top, one.bottom)
            and one.left <= last.right + 1
        ):
            wide[-1] = RangeRef(
                one.sheet, one.top, last.left, one.bottom, max(last.right, one.right)
            )
        else:
            wide.append(one)
    tall: list[RangeRef] = []
    for one in sorted(wide, key=lambda area: (area.sheet, area.left, area.right, area.top)):
        last = tall[-1] if tall else None
        if (
            last is not None
            and (last.sheet, last.left, last.right) == (one.sheet, one.left, one.right)
            and one.top <= last.bottom + 1
        ):
            tall[-1] = RangeRef(
                one.sheet, last.top, one.left, max(last.bottom, one.bottom), one.right
            )
        else:
            tall.append(one)
    return sorted(tall)


def _pivot_words(source: Source, pivot: PivotTable, shown: Shown) -> Iterator[str]:
    own = source.sheet.name
    yield f"# pivot {phrase(pivot.name)} at {pivot.range.a1}"
    areas = _source_areas(source, pivot)
    is_open = bool(areas) and all(shown.is_open(area) for area in areas)
    if areas and all(shown.is_seen(area) for area in areas):
        yield f"source {_areas(areas, own)}"
    elif pivot.external:
        yield "source in another workbook"
    seen = None if is_open else _texts(source)
    for word, fields in (
        ("rows", pivot.rows),
        ("columns", pivot.columns),
        ("values", pivot.values),
        ("filters", pivot.filters),
    ):
        told = [phrase(one, ",") for one in fields if seen is None or one.strip() in seen]
        if told:
            yield f"{word} {listed(told, MOST_FIELDS)}"


def _source_areas(source: Source, pivot: PivotTable) -> list[RangeRef]:
    """The ranges of this workbook that a pivot table sums up; [] where they are not known."""
    text = pivot.source
    if pivot.external or not text or len(text) > LONGEST_REFERENCE:
        return []
    named = text.casefold()
    for sheet in source.workbook.sheets:
        for table in sheet.tables:
            if table.name.casefold() == named:
                return [table.range]
    for name in islice(source.workbook.names, 20_000):
        if name.name.casefold() == named and len(name.refers_to) <= LONGEST_REFERENCE:
            text = name.refers_to
            break
    found = [one.area for one in references(text, "") if not one.book]
    return [area for area in found if area is not None and area.sheet]


def _texts(source: Source) -> set[str]:
    """The texts of the sheet that can be seen."""
    cells = source.sheet.cells
    at = source.visible & (cells.kinds == CellKind.TEXT)
    numbers = set(cells.values[at].astype(int).tolist())
    return {cells.texts[one].strip() for one in numbers}
