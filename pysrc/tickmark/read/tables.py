"""Table parts: the tables that the author drew on a sheet."""

from __future__ import annotations

from tickmark.model.workbook import Table
from tickmark.read.addresses import range_or_none
from tickmark.read.markup import Attributes, number, walk
from tickmark.read.package import Package, PartUnreadable
from tickmark.read.relationships import target_part
from tickmark.read.sheet_source import SheetSource
from tickmark.read.texts import unescape


def read_tables(
    source: SheetSource, wanted: list[str]
) -> tuple[tuple[Table, ...], tuple[str, ...]]:
    """The tables of a sheet part by their relationships, and sentences about unreadable ones."""
    tables: list[Table] = []
    sentences: list[str] = []
    for key in wanted:
        try:
            tables.append(_table(source.package, _table_part(source, key), source.sheet))
        except PartUnreadable as error:
            sentences.append(f"A table could not be read: {error}.")
    return tuple(tables), tuple(sentences)


def _table_part(source: SheetSource, key: str) -> str:
    relationship = source.relationships.get(key)
    if relationship is None:
        raise PartUnreadable("its relationship is missing")
    return target_part(source.package, source.part, relationship)


def _table(package: Package, part: str, sheet: str) -> Table:
    root: Attributes = {}
    columns: list[str] = []

    def start(name: str, attributes: Attributes) -> None:
        if name == "table":
            root.update(attributes)
        elif name == "tableColumn":
            columns.append(unescape(attributes.get("name", "")))

    walk(package, part, start)
    span = range_or_none(root.get("ref"), sheet)
    if span is None:
        raise PartUnreadable(f"its part {part} names no range")
    return Table(
        name=unescape(root.get("displayName") or root.get("name", "")),
        range=span,
        columns=tuple(columns),
        header_rows=number(root.get("headerRowCount"), 1),
        totals_rows=number(root.get("totalsRowCount"), 0),
    )
