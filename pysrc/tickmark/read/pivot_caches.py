"""Pivot cache definitions: where the data of pivot tables comes from, and its fields."""

from __future__ import annotations

from dataclasses import dataclass, field

from tickmark.model.address import quote_sheet_name
from tickmark.read.limits import Limits
from tickmark.read.markup import Attributes, walk
from tickmark.read.package import Package, PartUnreadable, once
from tickmark.read.relationships import Relationship, read_relationships
from tickmark.read.sheet_source import SheetSource
from tickmark.read.text_budget import TextBudget


@dataclass(slots=True, eq=False)
class PivotCache:
    """A cache definition as far as it was read; `why` is the clause that says why not in full.

    `sources` are the references of the data, several where ranges are consolidated.
    """

    sources: list[str] = field(default_factory=list)
    external: bool = False
    fields: list[str] = field(default_factory=list)
    why: str = ""

    def source(self, limits: Limits) -> str:
        """The references in one formula; empty where it is too long to be one."""
        text = ",".join(self.sources)
        return text if len(text) <= limits.formula_length else ""


def pivot_cache(package: Package, part: str) -> PivotCache:
    """The cache definition in a part."""
    return once(package, f"pivot cache {part.lower()}", lambda: _read(package, part))


def cache_parts(source: SheetSource) -> dict[str, Relationship]:
    """The relationships of the workbook's cache definitions by their cache ids.

    Raises PartUnreadable.
    """
    return once(source.package, "pivot caches", lambda: _listed(source))


def _listed(source: SheetSource) -> dict[str, Relationship]:
    named = source.book_relationships()
    found: dict[str, Relationship] = {}

    def start(name: str, attributes: Attributes) -> None:
        relationship = named.get(attributes.get("r:id", ""))
        if name == "pivotCache" and relationship is not None:
            found.setdefault(attributes.get("cacheId", ""), relationship)

    walk(source.package, source.book_part, start)
    return found


def _read(package: Package, part: str) -> PivotCache:
    limits = package.limits
    cache = PivotCache()
    texts = TextBudget(limits.string_length, limits.formula_length, limits.string_bytes // 8)
    try:
        outside = read_relationships(package, part)
        _walk(package, part, cache, texts, outside)
    except PartUnreadable as error:
        cache.why = str(error)
    if texts.cut:
        cache.why = cache.why or f"its part {part} holds texts that are too long"
    if not cache.source(limits) and cache.sources:
        cache.why = cache.why or f"its part {part} names too many ranges"
    return cache


def _walk(
    package: Package,
    part: str,
    cache: PivotCache,
    texts: TextBudget,
    outside: dict[str, Relationship],
) -> None:
    most = package.limits.ranges
    root: list[str] = []

    def start(name: str, attributes: Attributes) -> None:
        if not root and name != "pivotCacheDefinition":
            raise PartUnreadable(f"its part {part} is not that of a pivot cache")
        if not root:
            root.append(name)
        get = attributes.get
        if name == "cacheSource":
            cache.external = cache.external or get("type") == "external"
        elif name in {"worksheetSource", "rangeSet"}:
            cache.external = cache.external or "r:id" in attributes
            if len(cache.sources) < most:
                cache.sources.append(_reference(attributes, texts, outside))
        elif name == "cacheField":
            if len(cache.fields) >= most:
                raise PartUnreadable(f"its part {part} holds more than {most:,} fields")
            cache.fields.append(texts.text(get("caption") or get("name")))

    walk(package, part, start)


def _reference(attributes: Attributes, texts: TextBudget, outside: dict[str, Relationship]) -> str:
    """What a source names, as a formula would: `Data!A1:C9`, `Sales`, `'[Book.xlsx]Data'!A1:C9`."""
    sheet = texts.text(attributes.get("sheet"))
    name = texts.text(attributes.get("name")) or texts.text(attributes.get("ref"))
    book = outside.get(attributes.get("r:id", ""))
    if book is not None:
        target = texts.text(book.target)
        sheet = f"[{target}]{sheet}" if sheet else target
    return f"{quote_sheet_name(sheet)}!{name}" if sheet else name
