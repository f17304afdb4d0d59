"""New parts of a package: free names, content types and relationships of the workbook part."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Final

from tickmark.write.package import (
    CONTENT_TYPES,
    Package,
    relationships_part,
    relative_target,
)
from tickmark.write.splice import appended, spliced
from tickmark.write.workbook_part import WorkbookPart
from tickmark.write.xml_text import xml_escaped

_CONTENT: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.{}+xml"


@dataclass(frozen=True, slots=True)
class _Addition:
    part: str
    kind: str
    relation: str
    data: bytes


@dataclass(slots=True)
class Additions:
    """Parts that the workbook part gets, in order of addition."""

    package: Package
    book: WorkbookPart
    _parts: list[_Addition] = field(default_factory=list)

    def add_sheet(self, data: bytes) -> str:
        """Add a worksheet part; returns the id of its relationship."""
        return self._add("worksheets/sheet", count(1), "worksheet", data)

    def add_styles(self, data: bytes) -> str:
        """Add a styles part; returns the id of its relationship."""
        return self._add("styles", chain(("",), count(2)), "styles", data)

    def _add(self, stem: str, numbers: Iterable[int | str], kind: str, data: bytes) -> str:
        """Add a part beside the workbook part, under the first number that makes its name free.

        `kind` ends the content type and the relationship's type.
        """
        ids = {one.id for one in self.book.relationships} | {one.relation for one in self._parts}
        relation = next(one for n in count(len(ids) + 1) if (one := f"rId{n}") not in ids)
        path = posixpath.join(posixpath.dirname(self.book.name), stem)
        used = self._named()
        part = next(one for n in numbers if (one := f"{path}{n}.xml").lower() not in used)
        self._parts.append(_Addition(part, kind, relation, data))
        return relation

    def _named(self) -> set[str]:
        """Every part name, in lower case, that a part has or that is declared without one."""
        overrides = self.package.outline(CONTENT_TYPES, {"Types"}).named("Override")
        return {
            *self.package.members,
            *(one.attributes.get("PartName", "").lstrip("/").lower() for one in overrides),
            *(one.target.lower() for one in self.book.relationships),
            *(one.part.lower() for one in self._parts),
        }

    def added(self) -> dict[str, bytes]:
        """The new members by name."""
        return {one.part: one.data for one in self._parts}

    def edited(self) -> dict[str, bytes]:
        """The parts that declare the new ones, by part name: content types and relationships."""
        place = relationships_part(self.book.name)
        overrides = "".join(
            f'<{{}}Override PartName="/{xml_escaped(one.part)}" '
            f'ContentType="{_CONTENT.format(one.kind)}"/>'
            for one in self._parts
        )
        relations = "".join(
            f'<{{}}Relationship Id="{one.relation}" Type="{self.book.relations}/{one.kind}" '
            f'Target="{xml_escaped(relative_target(self.book.name, one.part))}"/>'
            for one in self._parts
        )
        return {
            CONTENT_TYPES: self._extended(CONTENT_TYPES, "Types", overrides),
            place: self._extended(place, "Relationships", relations),
        }

    def _extended(self, part: str, root_name: str, children: str) -> bytes:
        data = self.package.read(part)
        root = self.package.outline(part, ())
        if root.name != root_name:
            raise self.package.refused(f"is damaged in {part!r}", "open and save it again")
        prefix = f"{root.prefix}:" if root.prefix else ""
        return spliced(data, appended(data, root, children.replace("<{}", f"<{prefix}")))
