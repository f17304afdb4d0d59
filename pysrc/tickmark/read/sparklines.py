"""Sparklines, which stand in the extension list of a sheet part."""

from __future__ import annotations

from dataclasses import dataclass, field

from tickmark.model.address import CellRef
from tickmark.model.drawing import Sparkline
from tickmark.read.areas import Areas
from tickmark.read.element import Element
from tickmark.read.markup import Attributes
from tickmark.read.text_budget import TextBudget


@dataclass(slots=True, eq=False)
class Sparklines:
    """The sparklines found so far; `kind` is that of their group, the rest of the one open."""

    areas: Areas
    texts: TextBudget
    found: list[Sparkline] = field(default_factory=list)
    kind: str = "line"
    formula: str = ""
    sqref: str = ""

    def extensions(self) -> dict[str, Element]:
        """The elements of the extension list that are looked at."""
        children = {"xm:f": Element(text=self._formula), "xm:sqref": Element(text=self._sqref)}
        sparkline = Element(start=self._start, end=self._end, children=children)
        group = Element(
            start=self._group,
            children={"x14:sparklines": Element(children={"x14:sparkline": sparkline})},
        )
        return {"x14:sparklineGroups": Element(children={"x14:sparklineGroup": group})}

    def _group(self, attributes: Attributes) -> None:
        self.kind = self.texts.text(attributes.get("type")) or "line"

    def _start(self, _attributes: Attributes) -> None:
        self.formula = self.sqref = ""

    def _formula(self, text: str) -> None:
        self.formula = text

    def _sqref(self, text: str) -> None:
        self.sqref = text

    def _end(self) -> None:
        area = self.areas.one(self.sqref)
        if area is not None:
            cell = CellRef(area.sheet, area.top, area.left)
            self.found.append(Sparkline(cell, self.kind, self.texts.formula(self.formula)))
