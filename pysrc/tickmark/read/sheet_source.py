"""Where the details of a sheet are looked up: its part and the parts that it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tickmark.read.package import Package, PartUnreadable, once
from tickmark.read.relationships import Relationship, read_relationships, target_part


@dataclass(frozen=True, slots=True, eq=False)
class SheetSource:
    """A sheet part with its relationships; `book_part` is that of the workbook."""

    package: Package
    part: str
    sheet: str
    book_part: str
    relationships: dict[str, Relationship]

    def parts(self, kind: str) -> Iterator[str]:
        """Names of the parts of a type that the sheet names, each once; raises WorkbookRefused."""
        return parts_of(self.package, self.part, self.relationships, kind)

    def book_parts(self, kind: str) -> Iterator[str]:
        """The same of the workbook; raises PartUnreadable too."""
        return parts_of(self.package, self.book_part, self.book_relationships(), kind)

    def book_relationships(self) -> dict[str, Relationship]:
        """The relationships of the workbook; raises PartUnreadable."""
        return once(
            self.package,
            "relationships of the workbook",
            lambda: read_relationships(self.package, self.book_part),
        )


def sheet_source(
    package: Package, part: str, sheet: str, book_part: str
) -> tuple[SheetSource, tuple[str, ...]]:
    """The source of a sheet, and a sentence where its relationships cannot be read."""
    try:
        relationships = read_relationships(package, part)
    except PartUnreadable as error:
        lost = (f"What belongs to the sheet could not be read: {error}.",)
        return SheetSource(package, part, sheet, book_part, {}), lost
    return SheetSource(package, part, sheet, book_part, relationships), ()


def parts_of(
    package: Package, part: str, relationships: dict[str, Relationship], kind: str
) -> Iterator[str]:
    """Names of the parts of a type that a part names, each once; raises WorkbookRefused."""
    seen: set[str] = set()
    for one in relationships.values():
        if one.type == kind and not one.external:
            name = target_part(package, part, one)
            if name.lower() not in seen:
                seen.add(name.lower())
                yield name
