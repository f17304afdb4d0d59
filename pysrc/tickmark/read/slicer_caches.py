"""Slicer and timeline caches of a workbook: the field that is filtered, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tickmark.read.losses import losses
from tickmark.read.markup import Attributes, walk
from tickmark.read.package import PartUnreadable, once
from tickmark.read.relationships import read_relationships
from tickmark.read.sheet_source import SheetSource, parts_of
from tickmark.read.text_budget import TextBudget
from tickmark.read.texts import unescape

X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}"
X15 = "http://schemas.microsoft.com/office/spreadsheetml/2010/11/main}"

_VOCABULARIES = {"slicer": X14, "timeline": X15}


@dataclass(slots=True, eq=False)
class SlicerCache:
    """What one slicer cache says: the field it `filters`, in pivots or in the table of an id."""

    name: str = ""
    filters: str = ""
    pivots: dict[str, None] = field(default_factory=dict)
    table: str = ""

    def targets(self, source: SheetSource) -> tuple[str, ...]:
        """Names of the pivot tables or the table that it filters; none where they are lost."""
        if not self.table:
            return tuple(self.pivots)
        name = table_names(source).get(self.table, "")
        return (name,) if name else ()


def read_slicer_caches(
    source: SheetSource, kind: str
) -> tuple[Mapping[str, SlicerCache], tuple[str, ...]]:
    """The caches of all slicers or timelines of the workbook by name, and sentences about others.

    `kind` is `slicer` or `timeline`.
    """
    return once(source.package, f"{kind} caches", lambda: _read(source, kind))


def table_names(source: SheetSource) -> Mapping[str, str]:
    """The names of all tables of the workbook by their ids, without those that cannot be read."""
    return once(source.package, "table names", lambda: _table_names(source))


def _read(source: SheetSource, kind: str) -> tuple[Mapping[str, SlicerCache], tuple[str, ...]]:
    limits = source.package.limits
    texts = TextBudget(limits.string_length, limits.formula_length, limits.string_bytes // 8)
    caches: dict[str, SlicerCache] = {}
    clauses: list[str] = []
    try:
        for part in source.book_parts(f"{kind}Cache"):
            cache = SlicerCache()
            try:
                _walk(source, part, kind, cache, texts)
            except PartUnreadable as error:
                clauses.append(str(error))
            if cache.name:
                caches.setdefault(cache.name, cache)
    except PartUnreadable as error:
        clauses.append(str(error))
    return caches, losses("What slicers filter could not be read in full", clauses)


def _walk(source: SheetSource, part: str, kind: str, cache: SlicerCache, texts: TextBudget) -> None:
    vocabulary = _VOCABULARIES[kind]
    most = source.package.limits.ranges
    root = f"{vocabulary}{kind}CacheDefinition"
    path: list[str] = []

    def start(name: str, attributes: Attributes) -> None:
        path.append(name)
        get = attributes.get
        if len(path) == 1:
            if name != root:
                raise PartUnreadable(f"its part {part} is not that of a {kind} cache")
            cache.name = get("name", "")
            cache.filters = texts.text(get("sourceName"))
        elif path == [root, f"{vocabulary}pivotTables", f"{vocabulary}pivotTable"]:
            if len(cache.pivots) >= most:
                raise PartUnreadable(f"its part {part} names more than {most:,} pivot tables")
            cache.pivots[texts.text(get("name"))] = None
        elif name == f"{X15}tableSlicerCache":
            cache.table = get("tableId", "")

    def end(_name: str) -> None:
        path.pop()

    walk(source.package, part, start, end)


def _table_names(source: SheetSource) -> Mapping[str, str]:
    names: dict[str, str] = {}
    try:
        for sheet in source.book_parts("worksheet"):
            for part in _table_parts(source, sheet):
                _add_table(source, part, names)
    except PartUnreadable:
        pass  # said where the workbook's own relationships are read
    return names


def _table_parts(source: SheetSource, sheet: str) -> list[str]:
    package = source.package
    try:
        return list(parts_of(package, sheet, read_relationships(package, sheet), "table"))
    except PartUnreadable:
        return []  # said on that sheet


def _add_table(source: SheetSource, part: str, names: dict[str, str]) -> None:
    longest = source.package.limits.string_length

    def start(name: str, attributes: Attributes) -> bool:
        if name == "table":
            called = attributes.get("displayName") or attributes.get("name", "")
            names.setdefault(attributes.get("id", ""), unescape(called[:longest]))
        return True

    try:
        walk(source.package, part, start)
    except PartUnreadable:
        return  # said on its sheet
