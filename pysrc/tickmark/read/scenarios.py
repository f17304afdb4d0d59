"""Scenarios of a sheet part."""

from __future__ import annotations

from dataclasses import dataclass, field

from tickmark.model.address import CellRef
from tickmark.model.scenario import Scenario, ScenarioInput
from tickmark.read.areas import Areas
from tickmark.read.element import Element
from tickmark.read.markup import Attributes, true
from tickmark.read.text_budget import TextBudget


@dataclass(slots=True, eq=False)
class Scenarios:
    """The scenarios found so far; `open` and `inputs` are those of the one that is open."""

    areas: Areas
    texts: TextBudget
    found: list[Scenario] = field(default_factory=list)
    open: Attributes = field(default_factory=dict)
    inputs: list[ScenarioInput] = field(default_factory=list)

    def elements(self) -> dict[str, Element]:
        """The elements of the sheet part that are looked at."""
        scenario = Element(
            start=self._start,
            end=self._end,
            children={"inputCells": Element(start=self._input)},
        )
        return {"scenarios": Element(children={"scenario": scenario})}

    def _start(self, attributes: Attributes) -> None:
        self.open = attributes
        self.inputs.clear()

    def _input(self, attributes: Attributes) -> None:
        if true(attributes.get("deleted")):
            return  # its cell is gone
        area = self.areas.one(attributes.get("r"))
        if area is not None:
            cell = CellRef(area.sheet, area.top, area.left)
            self.inputs.append(ScenarioInput(cell, self.texts.text(attributes.get("val"))))

    def _end(self) -> None:
        if not self.inputs:
            return
        text = self.texts.text
        self.found.append(
            Scenario(
                name=text(self.open.get("name")),
                inputs=tuple(self.inputs),
                comment=text(self.open.get("comment")),
                user=text(self.open.get("user")),
                hidden=true(self.open.get("hidden")),
            )
        )
