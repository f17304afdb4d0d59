"""Settings of a sheet as a whole: its outline, its rules of calculation, its filter."""

from __future__ import annotations

from dataclasses import dataclass

from tickmark.model.address import RangeRef
from tickmark.read.areas import Areas
from tickmark.read.element import Element
from tickmark.read.markup import Attributes, true


@dataclass(slots=True, eq=False)
class SheetSettings:
    """What the elements `sheetPr` and `autoFilter` say."""

    areas: Areas
    summary_below: bool = True
    summary_right: bool = True
    lotus_rules: bool = False
    filter_range: RangeRef | None = None

    def elements(self) -> dict[str, Element]:
        """The elements of the sheet part that are looked at."""
        outline = Element(start=self._outline)
        return {
            "sheetPr": Element(start=self._properties, children={"outlinePr": outline}),
            "autoFilter": Element(start=self._filter),
        }

    def _properties(self, attributes: Attributes) -> None:
        self.lotus_rules = true(attributes.get("transitionEvaluation"))

    def _outline(self, attributes: Attributes) -> None:
        self.summary_below = true(attributes.get("summaryBelow", "1"))
        self.summary_right = true(attributes.get("summaryRight", "1"))

    def _filter(self, attributes: Attributes) -> None:
        self.filter_range = self.areas.one(attributes.get("ref"))
