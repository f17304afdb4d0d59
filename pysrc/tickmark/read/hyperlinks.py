"""Hyperlinks of a sheet part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tickmark.model.annotation import Hyperlink
from tickmark.read.areas import Areas
from tickmark.read.element import Element
from tickmark.read.markup import Attributes
from tickmark.read.relationships import Relationship
from tickmark.read.text_budget import TextBudget


@dataclass(slots=True, eq=False)
class Hyperlinks:
    """The hyperlinks found so far, each with the id of the relationship that tells its target.

    `missing` counts those whose relationship is not there.
    """

    areas: Areas
    texts: TextBudget
    found: list[tuple[str, Hyperlink]] = field(default_factory=list)
    missing: int = 0

    def elements(self) -> dict[str, Element]:
        """The elements of the sheet part that are looked at."""
        return {"hyperlinks": Element(children={"hyperlink": Element(start=self._start)})}

    def resolved(self, relationships: Mapping[str, Relationship]) -> tuple[Hyperlink, ...]:
        """The hyperlinks with their targets."""
        self.missing = 0
        return tuple(self._resolved(key, link, relationships) for key, link in self.found)

    def problems(self) -> tuple[str, ...]:
        """Sentences about hyperlinks that were not read in full."""
        told = self.areas.problems()
        if self.missing:
            told += (f"Hyperlinks read without target because it is missing: {self.missing:,}.",)
        return told

    def _start(self, attributes: Attributes) -> None:
        area = self.areas.one(attributes.get("ref"))
        if area is None:
            return
        text = self.texts.text
        link = Hyperlink(
            range=area,
            location=text(attributes.get("location")),
            display=text(attributes.get("display")),
            tooltip=text(attributes.get("tooltip")),
        )
        self.found.append((text(attributes.get("r:id")), link))

    def _resolved(
        self, key: str, link: Hyperlink, relationships: Mapping[str, Relationship]
    ) -> Hyperlink:
        if not key:
            return link
        relationship = relationships.get(key)
        if relationship is None or not relationship.target:
            self.missing += 1
            return link
        target = relationship.target
        if target.startswith("#"):  # a place in this workbook, in exceljs' files told twice
            return replace(link, location=(link.location or target).removeprefix("#"))
        return replace(link, target=target)
