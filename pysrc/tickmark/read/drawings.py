"""Drawing parts: the shapes and charts above the cells of a sheet."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from tickmark.model.drawing import Chart, Shape
from tickmark.read.anchors import Anchor
from tickmark.read.chart_names import resolved
from tickmark.read.charts import read_chart
from tickmark.read.controls import Controls, read_controls
from tickmark.read.diagrams import read_diagram
from tickmark.read.drawing_markup import walk_drawing
from tickmark.read.legacy_controls import read_legacy_controls
from tickmark.read.limits import allows_more
from tickmark.read.losses import cut_texts, losses
from tickmark.read.markup import Attributes, true
from tickmark.read.package import PartUnreadable
from tickmark.read.relationships import Relationship, read_relationships, target_part
from tickmark.read.sheet_source import SheetSource
from tickmark.read.text_budget import TextBudget
from tickmark.read.text_pieces import TextPieces

MOST_TEXT: Final = 50_000_000
"""Characters of all shapes and charts of a sheet together."""

_KINDS: Final = {
    "xdr:sp": "shape",
    "xdr:cxnSp": "connector",
    "xdr:pic": "picture",
    "xdr:grpSp": "group",
    "xdr:graphicFrame": "frame",
}
_ANCHORS: Final = frozenset({"xdr:twoCellAnchor", "xdr:oneCellAnchor", "xdr:absoluteAnchor"})
_CORNERS: Final = {"xdr:from": "from", "xdr:to": "to"}
_AXES: Final = {"xdr:row": "row", "xdr:col": "col"}
_CHARTS: Final = frozenset({"c:chart", "cx:chart"})
_SLICERS: Final = frozenset({"sle:slicer", "tsle:timeslicer"})
_WRITTEN_ON: Final = frozenset({"shape", "text box"})


@dataclass(slots=True, eq=False)
class _Object:
    """A drawn object while it is open; `part` is the relationship of the chart or diagram in it."""

    kind: str
    link: str
    macro: str
    text: TextPieces
    name: str = ""
    alt_text: str = ""
    hidden: bool = False
    identity: str = ""
    source: str = ""
    part: str = ""


@dataclass(slots=True, eq=False)
class _Drawing:
    """A drawing part while it is read; `parts` are the relationships of its charts and diagrams.

    These are told by their places in `charts` and `shapes`. `understood` counts what was found of
    alternatives.
    """

    sheet: str
    most: int
    texts: TextBudget
    controls: dict[str, Shape]
    shapes: list[Shape] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    chart_parts: list[str] = field(default_factory=list)
    diagram_parts: dict[int, str] = field(default_factory=dict)
    open: list[_Object] = field(default_factory=list)
    anchor: Anchor = field(default_factory=Anchor)
    number: list[str] = field(default_factory=list)
    understood: int = 0
    left_out: int = 0

    def opened(self, path: tuple[str, ...], attributes: Attributes) -> None:
        name = path[-1]
        if name in _ANCHORS:
            self.anchor = Anchor()
        elif name in _KINDS:
            link, macro = attributes.get("textlink", ""), attributes.get("macro", "")
            self.open.append(_Object(_KINDS[name], link, macro, TextPieces(self.texts.longest)))
        elif name in _AXES:
            self.number.clear()
        elif self.open:
            _note(self.open[-1], path, attributes)

    def closed(self, path: tuple[str, ...]) -> None:
        name = path[-1]
        if name in _AXES and len(path) > 1 and path[-2] in _CORNERS:
            self.anchor.note(_CORNERS[path[-2]], _AXES[name], "".join(self.number))
            self.number.clear()
        elif name in _KINDS:
            self._keep(self.open.pop())
        elif name == "a:p" and self.open:
            self.open[-1].text.add("\n")

    def text(self, piece: str, path: tuple[str, ...]) -> None:
        name = path[-1] if path else ""
        if name in _AXES:
            self.number.append(piece[:20])
        elif name == "a:t" and self.open:
            self.open[-1].text.add(piece)
            self.understood += 1

    def _keep(self, one: _Object) -> None:
        if one.kind == "frame":
            return  # of something that is not known
        self.understood += 1
        if one.kind == "slicer":
            return  # told by its own part
        text = self.texts.text
        words = one.text.take().strip("\n")
        control = self.controls.get(one.identity)
        if control is not None and one.kind in _WRITTEN_ON:
            # The sheet part tells everything but what is written on it.
            self.controls[one.identity] = replace(control, text=control.text or text(words))
            return
        if len(self.shapes) + len(self.charts) >= self.most:
            self.left_out += 1
            return
        anchor = self.anchor.range(self.sheet)
        if one.kind == "chart":
            chart = Chart(text(one.name), alt_text=text(one.alt_text), anchor=anchor)
            self.charts.append(chart)
            self.chart_parts.append(one.part)
            return
        if one.kind == "diagram":
            self.diagram_parts[len(self.shapes)] = one.part
        self.shapes.append(
            Shape(
                name=text(one.name),
                kind=one.kind,
                text=text(words),
                alt_text=text(one.alt_text),
                anchor=anchor,
                link=self.texts.formula(one.link),
                source=self.texts.formula(one.source),
                hidden=one.hidden,
                macro=text(one.macro),
            )
        )


@dataclass(slots=True, eq=False)
class _Losses:
    """Clauses about what could not be read."""

    drawings: list[str] = field(default_factory=list)
    charts: list[str] = field(default_factory=list)
    diagrams: list[str] = field(default_factory=list)
    controls: list[str] = field(default_factory=list)

    def sentences(self) -> tuple[str, ...]:
        return (
            *losses("A form control could not be read", self.controls),
            *losses("A drawing could not be read", self.drawings),
            *losses("A chart could not be read", self.charts),
            *losses("The words of a diagram could not be read", self.diagrams),
        )


def read_drawings(
    source: SheetSource, controls: Controls
) -> tuple[tuple[Shape, ...], tuple[Chart, ...], tuple[str, ...]]:
    """The shapes and charts of a sheet or chart sheet, and sentences about what was not read.

    `controls` are the form controls that the sheet part names, and its drawings. They come first.
    """
    limits = source.package.limits
    texts = TextBudget(limits.string_length, limits.formula_length, MOST_TEXT)
    lost = _Losses()
    named, lost.controls = read_controls(source, controls, texts)
    legacy, left_out, unread = read_legacy_controls(source, named, texts, limits.ranges)
    lost.controls += unread
    missing = sum(key not in source.relationships for key in controls.drawings)
    lost.drawings += ["the sheet does not say where it is"] * missing
    shapes: list[Shape] = [*legacy]
    charts: list[Chart] = []
    for part in source.parts("drawing"):
        most = limits.ranges - len(shapes) - len(charts)
        drawing = _Drawing(source.sheet, most, texts, named)
        try:
            _walk(source, part, drawing)
        except PartUnreadable as error:
            lost.drawings.append(str(error))
        _add_parts(source, part, drawing, lost)
        shapes += drawing.shapes
        charts += drawing.charts
        left_out += drawing.left_out
    told = [f"{left_out:,} drawn objects left out; {allows_more('ranges')}."] if left_out else []
    told += lost.sentences()
    told += cut_texts(texts, "drawings")
    if texts.lost_formulas:
        told.append(
            f"References of drawings left out because they are too long: {texts.lost_formulas:,}."
        )
    return (*named.values(), *shapes), tuple(charts), tuple(told)


def _walk(source: SheetSource, part: str, drawing: _Drawing) -> None:
    path: tuple[str, ...] = ()

    def opened(names: tuple[str, ...], attributes: Attributes) -> None:
        nonlocal path
        path = names
        drawing.opened(names, attributes)

    def closed(names: tuple[str, ...]) -> None:
        nonlocal path
        drawing.closed(names)
        path = names[:-1]

    walk_drawing(
        source.package,
        part,
        opened,
        closed,
        lambda piece: drawing.text(piece, path),
        understood=lambda: drawing.understood,
    )


def _note(one: _Object, path: tuple[str, ...], attributes: Attributes) -> None:
    match path[-1]:
        case "xdr:cNvPr":
            one.name = attributes.get("name", "")
            one.alt_text = attributes.get("descr") or attributes.get("title", "")
            one.hidden = true(attributes.get("hidden"))
            one.identity = attributes.get("id", "")
        case "xdr:cNvSpPr" if true(attributes.get("txBox")):
            one.kind = "text box"
        case "a:br":
            one.text.add("\n")
        case "a14:cameraTool":
            one.source = attributes.get("cellRange", "")
        case name if one.kind == "frame":
            if name in _CHARTS:
                one.kind, one.part = "chart", attributes.get("r:id", "")
            elif name == "dgm:relIds":
                one.kind, one.part = "diagram", attributes.get("r:dm", "")
            elif name in _SLICERS:
                one.kind = "slicer"
        case _:
            pass


def _add_parts(source: SheetSource, part: str, drawing: _Drawing, lost: _Losses) -> None:
    """Read the charts and diagrams of a drawing; those that cannot be read stay by name alone."""
    if not drawing.charts and not drawing.diagram_parts:
        return
    relationships: dict[str, Relationship] = {}
    try:
        relationships = read_relationships(source.package, part)
    except PartUnreadable as error:
        lost.drawings.append(str(error))
    read: dict[str, Chart] = {}
    for place, key in enumerate(drawing.chart_parts):
        if key not in read:
            read[key] = _chart(source, part, relationships.get(key), drawing.texts, lost)
        shown = drawing.charts[place]
        drawing.charts[place] = replace(
            read[key], name=shown.name, alt_text=shown.alt_text, anchor=shown.anchor
        )
    words: dict[str, str] = {}
    for place, key in drawing.diagram_parts.items():
        if key not in words:
            words[key] = _words(source, part, relationships.get(key), lost)
        text = drawing.texts.text(words[key])
        drawing.shapes[place] = replace(drawing.shapes[place], text=text)


def _chart(
    source: SheetSource,
    part: str,
    relationship: Relationship | None,
    texts: TextBudget,
    lost: _Losses,
) -> Chart:
    try:
        place = _place(source, part, relationship)
        chart, clause = read_chart(source.package, place, texts)
    except PartUnreadable as error:
        lost.charts.append(str(error))
        return Chart("")
    lost.charts += [clause] if clause else []
    return resolved(source, chart)


def _words(source: SheetSource, part: str, relationship: Relationship | None, lost: _Losses) -> str:
    try:
        return read_diagram(source.package, _place(source, part, relationship))
    except PartUnreadable as error:
        lost.diagrams.append(str(error))
        return ""


def _place(source: SheetSource, part: str, relationship: Relationship | None) -> str:
    if relationship is None or relationship.external:
        raise PartUnreadable("the drawing does not say where it is")
    return target_part(source.package, part, relationship)
