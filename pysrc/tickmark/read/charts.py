"""Chart parts: titles, kinds and where the data of a chart stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from tickmark.model.drawing import Chart, ChartSeries
from tickmark.read.drawing_markup import walk_drawing
from tickmark.read.markup import Attributes, true
from tickmark.read.package import Package, PartUnreadable
from tickmark.read.text_budget import TextBudget
from tickmark.read.text_pieces import TextPieces

MOST_SERIES: Final = 10_000
"""Excel allows 255; whatever a file has more is left out."""

_KINDS: Final = {
    "c:areaChart": "area",
    "c:area3DChart": "area 3D",
    "c:barChart": "bar",
    "c:bar3DChart": "bar 3D",
    "c:bubbleChart": "bubble",
    "c:doughnutChart": "doughnut",
    "c:lineChart": "line",
    "c:line3DChart": "line 3D",
    "c:ofPieChart": "pie of pie",
    "c:pieChart": "pie",
    "c:pie3DChart": "pie 3D",
    "c:radarChart": "radar",
    "c:scatterChart": "scatter",
    "c:stockChart": "stock",
    "c:surfaceChart": "surface",
    "c:surface3DChart": "surface 3D",
}
_AXES: Final = frozenset({"c:catAx", "c:valAx", "c:dateAx", "c:serAx", "cx:axis"})
_SOURCES: Final = {
    "c:cat": "categories",
    "c:xVal": "categories",
    "c:val": "values",
    "c:yVal": "values",
    "c:bubbleSize": "sizes",
}
_EXTENDED: Final = {
    "clusteredColumn": "histogram",
    "paretoLine": "pareto",
    "boxWhisker": "box and whisker",
    "regionMap": "map",
}
_DATA: Final = {
    "cat": "categories",
    "val": "values",
    "colorVal": "values",
    "size": "sizes",
    "x": "categories",
    "y": "values",
}
_TEXTS: Final = frozenset({"a:t", "c:v", "c:f", "c:name", "cx:f", "cx:v"})
_SHALLOW: Final = 2
"""No text of a chart stands this near to the root."""
_RICH: Final = frozenset({"c:rich", "cx:rich"})


def read_chart(package: Package, part: str, texts: TextBudget) -> tuple[Chart, str]:
    """A chart from its part, without the name that its drawing gives it.

    Beside it a clause about what was not read of it, empty where it is whole. Raises
    PartUnreadable where nothing was read.
    """
    chart = _ChartPart(texts, TextPieces(package.limits.string_length))
    clause = ""
    try:
        walk_drawing(package, part, chart.opened, chart.closed, chart.pieces.add)
    except PartUnreadable as error:
        if not chart.series:
            raise
        clause = str(error)
    if not chart.found:
        raise PartUnreadable(f"its part {part} is not that of a chart")
    if chart.left_out:
        clause = f"{chart.left_out:,} series of its part {part} were left out"
    return chart.result(), clause


@dataclass(slots=True, eq=False)
class _Title:
    """A title or name while it is read: its words, and the reference that they come from."""

    words: list[str] = field(default_factory=list)
    cached: list[str] = field(default_factory=list)
    reference: str = ""

    def text(self) -> str:
        words = "".join(self.words).strip("\n") or " ".join(self.cached)
        return words.strip()


@dataclass(slots=True, eq=False)
class _Series:
    """A series while it is read; `data` numbers the data of an extended chart."""

    name: _Title = field(default_factory=_Title)
    formulas: dict[str, str] = field(default_factory=dict)
    data: str = ""


@dataclass(slots=True, eq=False)
class _ChartPart:
    """A chart part while it is read; `data` are those of an extended chart by their numbers."""

    texts: TextBudget
    pieces: TextPieces
    found: bool = False
    title: _Title = field(default_factory=_Title)
    axes: list[_Title] = field(default_factory=list)
    kinds: dict[str, None] = field(default_factory=dict)
    series: list[_Series] = field(default_factory=list)
    current: _Series = field(default_factory=_Series)
    data: dict[str, dict[str, str]] = field(default_factory=dict)
    open_data: dict[str, str] = field(default_factory=dict)
    dimension: str = ""
    pivot: str = ""
    titles_itself: bool = True
    left_out: int = 0

    def opened(self, path: tuple[str, ...], attributes: Attributes) -> None:
        name = path[-1]
        if len(path) == 1:
            self.found = name in {"c:chartSpace", "cx:chartSpace"}
        elif name in _TEXTS:
            self.pieces.take()
        elif name in {"c:ser", "cx:series"}:
            self._add_series(attributes)
        elif name in _AXES:
            self.axes[MOST_SERIES:] = [_Title()]
        elif name in _KINDS:
            self.kinds[_KINDS[name]] = None
        elif name == "a:br":
            self._break(path)
        elif name == "c:autoTitleDeleted":
            self.titles_itself = not true(attributes.get("val", "1"))
        elif name.startswith("cx:"):
            self._open_extended(name, attributes)

    def closed(self, path: tuple[str, ...]) -> None:
        name = path[-1]
        if name in _TEXTS and len(path) > _SHALLOW:
            self._text(path, self.pieces.take())
        elif name == "a:p":
            self._break(path)

    def result(self) -> Chart:
        text, formula = self.texts.text, self.texts.formula
        title = self._shown_title()
        return Chart(
            name="",
            title=text(title.text()),
            title_reference=formula(title.reference),
            kinds=tuple(self.kinds),
            series=tuple(
                ChartSeries(
                    name=text(one.name.text()),
                    name_reference=formula(one.name.reference),
                    **{role: formula(reference) for role, reference in self._formulas(one).items()},
                )
                for one in self.series
            ),
            axis_titles=tuple(text(one.text()) for one in self.axes if one.text()),
            pivot=text(self.pivot),
        )

    def _shown_title(self) -> _Title:
        """The title, or the name of the only series where Excel shows that as the title."""
        names_itself = self.titles_itself and not self.data and not self.title.reference
        if names_itself and len(self.series) == 1 and not self.title.text():
            return self.series[0].name
        return self.title

    def _formulas(self, one: _Series) -> dict[str, str]:
        data = self.data.get(one.data, {})
        if "values" not in data and "sizes" in data:  # the areas of a treemap or sunburst
            data = {"values" if role == "sizes" else role: text for role, text in data.items()}
        return one.formulas | data

    def _add_series(self, attributes: Attributes) -> None:
        self.current = _Series()
        if len(self.series) >= MOST_SERIES:
            self.left_out += 1
            return
        self.series.append(self.current)
        layout = attributes.get("layoutId", "")
        if layout:
            self.kinds[_EXTENDED.get(layout, layout[:40])] = None

    def _open_extended(self, name: str, attributes: Attributes) -> None:
        if name == "cx:data":
            self.open_data = {}
            if len(self.data) < MOST_SERIES:
                self.open_data = self.data.setdefault(attributes.get("id", ""), {})
        elif name in {"cx:strDim", "cx:numDim"}:
            self.dimension = _DATA.get(attributes.get("type", ""), "")
        elif name == "cx:dataId":
            self.current.data = attributes.get("val", "")

    def _break(self, path: tuple[str, ...]) -> None:
        title = self._title(path)
        if title is not None and not _RICH.isdisjoint(path):
            title.words.append("\n")

    def _text(self, path: tuple[str, ...], text: str) -> None:
        name, around = path[-1], path[-2]
        if name == "c:v" and path[-3] == "c:numCache":
            return  # points of a series; there can be very many
        title = self._title(path)
        if name == "c:name" and around == "c:pivotSource":
            self.pivot = text
        elif name == "cx:f" and around in {"cx:strDim", "cx:numDim"}:
            if self.dimension:
                self.open_data.setdefault(self.dimension, text)
        elif title is not None:
            _note(title, path, text)
        elif name == "c:f":
            role = _SOURCES.get(_part_of_series(path), "")
            if role:
                self.current.formulas.setdefault(role, text)

    def _title(self, path: tuple[str, ...]) -> _Title | None:
        """The title or name that an element is part of."""
        if _part_of_series(path) in {"c:tx", "cx:tx"}:
            return self.current.name
        if "c:title" not in path and "cx:title" not in path:
            return None
        if not _AXES.isdisjoint(path):
            return self.axes[-1] if self.axes else None
        return self.title


def _part_of_series(path: tuple[str, ...]) -> str:
    """The element directly inside a series that an element is part of."""
    return next((name for around, name in pairwise(path) if around in {"c:ser", "cx:series"}), "")


def _note(title: _Title, path: tuple[str, ...], text: str) -> None:
    name, around = path[-1], path[-2]
    if name in {"c:f", "cx:f"}:
        title.reference = title.reference or text
    elif name == "a:t":
        if not _RICH.isdisjoint(path):
            title.words.append(text)
    elif around == "c:pt" or name == "cx:v" or around == "c:tx":
        title.cached.append(text)
