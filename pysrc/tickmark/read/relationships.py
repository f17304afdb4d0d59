"""Relationships: how the parts of a package name each other."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from urllib.parse import unquote

from tickmark.errors import WorkbookRefused
from tickmark.read.markup import walk
from tickmark.read.package import Package


@dataclass(frozen=True, slots=True)
class Relationship:
    """A link from one part to another or to the outside; `type` is the last word of its URI."""

    type: str
    target: str
    external: bool = False


def read_relationships(package: Package, part: str) -> dict[str, Relationship]:
    """The relationships of a part by id; none where it has none. `""` is the package itself.

    Raises PartUnreadable.
    """
    folder, name = posixpath.split(part)
    source = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, Relationship] = {}
    if source not in package:
        return found

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            found[attributes.get("Id", "")] = Relationship(
                type=attributes.get("Type", "").rpartition("/")[2],
                target=attributes.get("Target", ""),
                external=attributes.get("TargetMode", "").lower() == "external",
            )

    walk(package, source, start)
    return found


def target_part(package: Package, part: str, relationship: Relationship) -> str:
    """Name of the part that a relationship of `part` leads to, whether it is there or not.

    Raises WorkbookRefused for a target outside the package.
    """
    target = relationship.target.replace("\\", "/")
    steps = posixpath.join(posixpath.dirname(part), target).lstrip("/")
    name = posixpath.normpath(steps)
    if relationship.external or name.startswith("../") or name == "..":
        raise WorkbookRefused(
            f"{package.path} was refused: one of its parts is said to lie outside the file "
            f"({relationship.target!r})."
        )
    return name if name in package else unquote(name)


def first_of(relationships: dict[str, Relationship], kind: str) -> Relationship | None:
    """The first relationship of a type, or None."""
    return next((one for one in relationships.values() if one.type == kind), None)
