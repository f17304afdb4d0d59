"""What a sheet part says around its cells, beside merges, tables and hidden parts."""

from __future__ import annotations

from dataclasses import dataclass

from tickmark.model.sheet_details import SheetDetails
from tickmark.read.markup import Attributes
from tickmark.read.relationships import Relationship


@dataclass(slots=True, eq=False)
class SheetTail:
    """The elements of a sheet part outside its cells, while the part is read."""

    sheet: str
    most: int

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins, the root first; the name is as written, with its prefix."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """A piece of text."""

    def details(self, _relationships: dict[str, Relationship]) -> SheetDetails:
        """What was found."""
        return SheetDetails()

    def problems(self) -> tuple[str, ...]:
        """Sentences about what was not read."""
        return ()
