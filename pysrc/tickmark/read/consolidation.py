"""Where the values of a consolidated sheet came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tickmark.model.address import quote_sheet_name
from tickmark.model.scenario import Consolidation
from tickmark.read.areas import Areas
from tickmark.read.element import Element
from tickmark.read.markup import Attributes, true
from tickmark.read.relationships import Relationship
from tickmark.read.text_budget import TextBudget


@dataclass(slots=True, eq=False)
class ConsolidationSources:
    """The consolidation of a sheet, its `sources` as id of a book's relationship, sheet, range."""

    areas: Areas
    texts: TextBudget
    function: str = "sum"
    links: bool = False
    sources: list[tuple[str, str, str]] = field(default_factory=list)

    def elements(self) -> dict[str, Element]:
        """The elements of the sheet part that are looked at."""
        source = Element(start=self._source)
        sources = Element(children={"dataRef": source})
        return {"dataConsolidate": Element(start=self._start, children={"dataRefs": sources})}

    def resolved(self, relationships: Mapping[str, Relationship]) -> Consolidation | None:
        """The consolidation with the books it used; None where it has no sources."""
        if not self.sources:
            return None
        sources = tuple(_reference(source, relationships) for source in self.sources)
        return Consolidation(self.function, sources, self.links)

    def _start(self, attributes: Attributes) -> None:
        self.function = self.texts.text(attributes.get("function")) or "sum"
        self.links = true(attributes.get("link"))

    def _source(self, attributes: Attributes) -> None:
        if not self.areas.room_for(1):
            self.areas.left_out += 1
            return
        text = self.texts.text
        get = attributes.get
        place = text(get("name") or get("ref"))
        self.sources.append((text(get("r:id")), text(get("sheet")), place))


def _reference(source: tuple[str, str, str], relationships: Mapping[str, Relationship]) -> str:
    key, sheet, place = source
    book = relationships.get(key) if key else None
    if book is not None:
        return f"{quote_sheet_name(f'[{book.target}]{sheet}')}!{place}"
    return f"{quote_sheet_name(sheet)}!{place}" if sheet else place
