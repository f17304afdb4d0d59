"""Pivot table parts: where a pivot table stands, its data and its fields."""

from __future__ import annotations

from dataclasses import dataclass, field

from tickmark.model.pivot import PivotTable
from tickmark.read.addresses import range_or_none
from tickmark.read.limits import allows_more
from tickmark.read.losses import cut_texts, losses
from tickmark.read.markup import Attributes, number, walk
from tickmark.read.package import PartUnreadable
from tickmark.read.pivot_caches import PivotCache, cache_parts, pivot_cache
from tickmark.read.relationships import first_of, read_relationships, target_part
from tickmark.read.sheet_source import SheetSource
from tickmark.read.text_budget import TextBudget

_ROOT = "pivotTableDefinition"
_VALUES = -2
"""The index that stands for the values where there are several."""

_ROWS = [_ROOT, "rowFields", "field"]
_COLUMNS = [_ROOT, "colFields", "field"]
_FILTERS = [_ROOT, "pageFields", "pageField"]
_DATA = [_ROOT, "dataFields", "dataField"]
_NAMES = [_ROOT, "pivotFields", "pivotField"]


@dataclass(frozen=True, slots=True)
class _Field:
    """A field by its index, and what it is called where it is used."""

    index: int
    name: str


@dataclass(slots=True, eq=False)
class _Part:
    """A pivot table part while it is read; `names` are those that the author gave to fields."""

    part: str
    texts: TextBudget
    most: int
    root: Attributes = field(default_factory=dict)
    location: str = ""
    names: list[str] = field(default_factory=list)
    rows: list[_Field] = field(default_factory=list)
    columns: list[_Field] = field(default_factory=list)
    filters: list[_Field] = field(default_factory=list)
    data: list[_Field] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    used: int = 0
    left_out: int = 0
    why: str = ""

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""
        path = self.path
        path.append(name)
        if len(path) == 1:
            if name != _ROOT:
                raise PartUnreadable(f"its part {self.part} is not that of a pivot table")
            self.root = attributes
        elif path == [_ROOT, "location"]:
            self.location = attributes.get("ref", "")
        elif path in (_NAMES, _ROWS, _COLUMNS, _FILTERS, _DATA):
            self._field(attributes)

    def end(self, _name: str) -> None:
        """An element ends."""
        self.path.pop()

    def _field(self, attributes: Attributes) -> None:
        if self.used >= self.most:
            self.left_out += 1
            return
        self.used += 1
        get = attributes.get
        text = self.texts.text
        if self.path == _NAMES:
            self.names.append(text(get("name")))
        elif self.path == _ROWS:
            self.rows.append(_Field(number(get("x"), -1), ""))
        elif self.path == _COLUMNS:
            self.columns.append(_Field(number(get("x"), -1), ""))
        elif self.path == _FILTERS:
            self.filters.append(_Field(number(get("fld"), -1), text(get("cap"))))
        else:
            self.data.append(_Field(number(get("fld"), -1), text(get("name"))))


def read_pivots(source: SheetSource) -> tuple[tuple[PivotTable, ...], tuple[str, ...]]:
    """The pivot tables of a sheet, and sentences about what was not read."""
    limits = source.package.limits
    texts = TextBudget(limits.string_length, limits.formula_length, limits.string_bytes // 8)
    pivots: list[PivotTable] = []
    unread: list[str] = []
    without_source: list[str] = []
    unknown = left_out = 0
    for part in source.parts("pivotTable"):
        read = _read(source, part, texts)
        area = range_or_none(read.location, source.sheet)
        if area is None:
            read.why = read.why or f"its part {part} names no range"
        if read.why:
            unread.append(read.why)
        if area is None:
            continue
        cache = _cache(source, read)
        if cache.why:
            without_source.append(cache.why)
        called = _Captions(read, cache.fields)
        pivot = PivotTable(
            name=texts.text(read.root.get("name")),
            range=area,
            source=cache.source(limits),
            external=cache.external,
            rows=called.of(read.rows),
            columns=called.of(read.columns),
            filters=called.of(read.filters),
            values=called.of(read.data),
        )
        pivots.append(pivot)
        unknown += 0 if cache.why else called.unknown
        left_out += read.left_out
    told = losses("A pivot table could not be read in full", unread)
    told += losses("The data of a pivot table could not be read in full", without_source)
    told += cut_texts(texts, "pivot tables")
    if unknown:
        told += (f"Fields of pivot tables skipped because their data has none such: {unknown:,}.",)
    if left_out:
        told += (f"{left_out:,} fields of pivot tables left out; {allows_more('ranges')}.",)
    return tuple(pivots), told


def _read(source: SheetSource, part: str, texts: TextBudget) -> _Part:
    read = _Part(part, texts, source.package.limits.ranges)
    try:
        walk(source.package, part, read.start, read.end)
    except PartUnreadable as error:
        read.why = str(error)
    return read


def _cache(source: SheetSource, read: _Part) -> PivotCache:
    """The data of a pivot table, named by its own part or else by number."""
    package = source.package
    try:
        own = first_of(read_relationships(package, read.part), "pivotCacheDefinition")
        if own is not None and not own.external:
            return pivot_cache(package, target_part(package, read.part, own))
        listed = cache_parts(source).get(read.root.get("cacheId", ""))
        if listed is not None and not listed.external:
            return pivot_cache(package, target_part(package, source.book_part, listed))
    except PartUnreadable as error:
        return PivotCache(why=str(error))
    return PivotCache(why=f"the part {read.part} does not say where it is")


@dataclass(slots=True, eq=False)
class _Captions:
    """How fields are called on a pivot table; `unknown` counts those that its data lacks."""

    part: _Part
    fields: list[str]
    unknown: int = 0

    def of(self, used: list[_Field]) -> tuple[str, ...]:
        """The captions of some fields, without unknown ones."""
        called = [one.name or self._caption(one.index) for one in used]
        self.unknown += called.count("")
        return tuple(caption for caption in called if caption)

    def _caption(self, index: int) -> str:
        if index == _VALUES:
            return self.part.texts.text(self.part.root.get("dataCaption")) or "Values"
        own = self.part.names[index] if 0 <= index < len(self.part.names) else ""
        return own or (self.fields[index] if 0 <= index < len(self.fields) else "")
