"""External link parts: the other workbooks and programs that formulas name by number."""

from __future__ import annotations

from dataclasses import replace

from tickmark.model.workbook import ExternalLink
from tickmark.read.losses import MOST
from tickmark.read.markup import Attributes, walk
from tickmark.read.package import Package, PartUnreadable
from tickmark.read.relationships import Relationship, read_relationships, target_part

_KINDS = {"externalBook": "workbook", "ddeLink": "dde", "oleLink": "ole"}


def read_links(
    package: Package, part: str, wanted: list[str], relationships: dict[str, Relationship]
) -> tuple[tuple[ExternalLink, ...], tuple[str, ...]]:
    """The external links of the workbook part in their order, and clauses about unreadable ones.

    A link that cannot be read keeps its number and has no target.
    """
    links: list[ExternalLink] = []
    clauses: list[str] = []
    read: dict[str, ExternalLink] = {}
    more = 0
    for index, key in enumerate(wanted, start=1):
        if key not in read:
            try:
                read[key] = _link(package, part, relationships.get(key), index)
            except PartUnreadable as error:
                read[key] = ExternalLink(index, "")
                more += len(clauses) >= MOST
                clauses.append(f"external link {index} could not be read: {error}")
        links.append(replace(read[key], index=index))
    if more:
        clauses[MOST:] = [f"external link could not be read, {more:,} more times"]
    return tuple(links), tuple(clauses)


def _link(
    package: Package, part: str, relationship: Relationship | None, index: int
) -> ExternalLink:
    if relationship is None:
        return ExternalLink(index, "")
    source = target_part(package, part, relationship)
    found: list[tuple[str, Attributes]] = []

    def start(name: str, attributes: Attributes) -> bool:
        if name in _KINDS:
            found.append((name, attributes))
        return bool(found)  # what follows are copies of the other workbook's cells

    walk(package, source, start)
    if not found:
        return ExternalLink(index, "")
    name, attributes = found[0]
    if name == "ddeLink":
        target = f"{attributes.get('ddeService', '')}|{attributes.get('ddeTopic', '')}"
    else:
        outside = read_relationships(package, source).get(attributes.get("r:id", ""))
        target = outside.target if outside is not None else ""
    return ExternalLink(index, target, _KINDS[name])
