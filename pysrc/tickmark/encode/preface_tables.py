"""Tables of a sheet where their headers, keys and totals are not plain from the cells."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np

from tickmark.encode.preface_hidden import Hidden
from tickmark.encode.preface_words import LONGEST_TEXT, column_words, listed, phrase, row_words
from tickmark.encode.source import Source
from tickmark.model.address import RangeRef, column_letters
from tickmark.model.region import Region, Role
from tickmark.model.workbook import Interval
from tickmark.structure.concealment import Mask
from tickmark.structure.spans import spans_of

MOST_LINES: Final = 12
MOST_AREAS: Final = 20
MOST_ROWS: Final = 12
MOST_SECTIONS: Final = 8
MOST_PIVOTS: Final = 100
MOST_COLUMNS: Final = 60
LEAST_CONFIDENCE: Final = 0.3
LEAST_CELLS: Final = 6

Path = tuple[str, ...]
_Column = tuple[int, int, Path]
"""Place among the visible columns, number, headers."""


def table_lines(source: Source, hidden: Hidden) -> Iterator[str]:
    """The tables with what is not plain from the cells; a single plain one needs no line.

    Tables of one shape share a line. The largest are told where there are many.
    """
    pivots = source.sheet.details.pivots[:MOST_PIVOTS]
    tables = [
        one
        for one in tables_of(source, hidden)
        if not any(pivot.range.meets(one.range) for pivot in pivots)
    ]
    shapes = [_shape(one) for one in tables]
    if len(tables) == 1 and shapes[0].is_plain:
        return
    groups: dict[_Shape, list[Region]] = {}
    lone: list[tuple[Region, str]] = []
    for table, shape in zip(tables, shapes, strict=True):
        text = shape.text()
        if table.list_object or text is None:
            lone.append((table, _line(table, hidden)))
        else:
            groups.setdefault(shape, []).append(table)
    for shape, alike in groups.items():
        if len(alike) == 1:
            lone.append((alike[0], _line(alike[0], hidden)))
        else:
            ranges = listed([one.range.a1 for one in alike], MOST_AREAS)
            lone.append((alike[0], f"# tables {ranges}{shape.text()}"))
    largest = sorted(lone, key=lambda one: -one[0].range.cells)[:MOST_LINES]
    yield from (line for _, line in sorted(largest, key=lambda one: one[0].range))
    if len(lone) > MOST_LINES:
        yield f"# tables {len(lone) - MOST_LINES} more, smaller"


def table_boxes(source: Source, hidden: Hidden) -> Iterator[str]:
    """Where the tables are, in one short line; a single one needs none."""
    tables = tables_of(source, hidden)
    if len(tables) > 1:
        yield f"# tables {listed([one.range.a1 for one in tables], MOST_AREAS)}"


def tables_of(source: Source, hidden: Hidden) -> list[Region]:
    """The tables that can be seen and are likely to be some."""
    return [
        one
        for one in source.regions
        if one.role is Role.TABLE
        and not hidden.covers(one.range)
        and (
            one.list_object
            or (one.confidence >= LEAST_CONFIDENCE and one.range.cells >= LEAST_CELLS)
        )
    ]


def column_lines(source: Source, hidden: Hidden) -> Iterator[str]:
    """Which columns stand under a header above several, where no merged cell shows it."""
    tables = [one for one in tables_of(source, hidden) if any(len(p) > 1 for p in one.column_paths)]
    for table in tables[:MOST_LINES]:
        merged = {
            (one.left, one.right)
            for one in source.sheet.merges
            if one.right > one.left and one.meets(table.range)
        }
        words = list(_headed(_shown_paths(source, hidden, table), merged))
        if words:
            yield f"# columns {table.range.a1}|{listed(words, MOST_COLUMNS, '|')}"


@dataclass(frozen=True, slots=True)
class _Shape:
    """What tables have in common; totals by their distance from the last row or column."""

    header_rows: int
    header_columns: int
    total_rows: tuple[int, ...]
    total_columns: tuple[int, ...]
    parts: tuple[RangeRef, ...]
    name: str

    @property
    def is_plain(self) -> bool:
        """Whether the cells alone tell it: one row of headers, and nothing but data below."""
        return self.header_rows == 1 and not (
            self.total_rows or self.total_columns or self.parts or self.name
        )

    def text(self) -> str | None:
        """What holds for each of the tables; None where it needs addresses."""
        if self.parts or any(
            one not in {(), (0,)} for one in (self.total_rows, self.total_columns)
        ):
            return None
        words = []
        if self.header_rows != 1:
            words.append(f"header {self.header_rows} rows" if self.header_rows else "no header row")
        if self.header_columns > 1:
            words.append(f"labels {self.header_columns} columns")
        words += ["total in the last row"] * len(self.total_rows)
        words += ["total in the last column"] * len(self.total_columns)
        return "".join(f"|{one}" for one in words)


def _shape(table: Region) -> _Shape:
    area = table.range
    return _Shape(
        table.header_rows,
        table.header_columns,
        tuple(area.bottom - one.bottom for one in table.total_rows),
        tuple(area.right - one.right for one in table.total_columns),
        table.sections + table.repeated_headers,
        table.list_object,
    )


def _line(table: Region, hidden: Hidden) -> str:
    area = table.range
    name = f" {phrase(table.list_object)}" if table.list_object else ""
    words = [f"# table {area.a1}{name}"]
    if table.header_rows > 1:
        words.append(f"header {area.top}:{area.top + table.header_rows - 1}")
    elif not table.header_rows:
        words.append("no header row")
    if table.header_columns > 1:
        keys = [(area.left, area.left + table.header_columns - 1)]
        words.append(f"labels {column_words(keys)[0]}")
    totals = _rows(table.total_rows, hidden) + column_words(
        _spans([(one.left, one.right) for one in table.total_columns if not hidden.covers(one)])
    )
    for word, one, most in (
        ("totals", totals, MOST_ROWS),
        ("sections", _rows(table.sections, hidden), MOST_SECTIONS),
        ("header again", _rows(table.repeated_headers, hidden), MOST_SECTIONS),
    ):
        if one:
            words.append(f"{word} {listed(one, most)}")
    return "|".join(words)


def _rows(areas: Iterable[RangeRef], hidden: Hidden) -> list[str]:
    return row_words(_spans([(one.top, one.bottom) for one in areas if not hidden.covers(one)]))


def _spans(spans: Sequence[Interval]) -> list[Interval]:
    """Rows or columns in as few spans as possible."""
    numbers = {number for first, last in spans for number in range(first, last + 1)}
    return list(spans_of(np.array(sorted(numbers), np.int64)))


def _shown_paths(source: Source, hidden: Hidden, table: Region) -> dict[int, Path]:
    """For each visible column its headers, where none of them is hidden."""
    area = table.range
    rows = RangeRef(area.sheet, area.top, area.left, area.top + table.header_rows - 1, area.right)
    paths = dict(enumerate(table.column_paths, area.left))
    if not hidden.touches(rows):
        return paths
    heads = (
        RangeRef(area.sheet, row, area.left, row, area.right)
        for row in range(rows.top, rows.bottom + 1)
    )
    if any(hidden.covers(one) for one in heads):
        return {}
    columns = {at: RangeRef(area.sheet, area.top, at, area.bottom, at) for at in paths}
    secret = {text for at, path in paths.items() if hidden.covers(columns[at]) for text in path}
    secret |= _texts(source, rows, source.unseen)
    secret -= _texts(source, rows, source.visible)
    return {
        at: () if secret.intersection(path) else path
        for at, path in paths.items()
        if not hidden.covers(columns[at])
    }


def _texts(source: Source, area: RangeRef, chosen: Mask) -> set[str]:
    """The texts and whole numbers in the chosen cells of a range."""
    cells = source.sheet.cells
    at = cells.within(area)
    values = [cells.value(one) for one in at[chosen[at]].tolist()]
    return {
        f"{value:.0f}" if isinstance(value, float) else str(value).strip()
        for value in values
        if isinstance(value, str) or (isinstance(value, float) and value.is_integer())
    }


def _headed(paths: Mapping[int, Path], merged: Collection[Interval]) -> Iterator[str]:
    """`B:E 2024` for neighbours under one header, `B:C 2024/Q1` for those further down in it.

    Columns that only a hidden one parts are neighbours.
    """
    columns = [(place, at, path) for place, (at, path) in enumerate(sorted(paths.items()))]
    for first, last, outer in sorted(_shared(columns, 0), key=lambda one: (one[0], -one[1])):
        if (first, last) not in merged:
            letters = f"{column_letters(first)}:{column_letters(last)}"
            yield f"{letters} {'/'.join(phrase(text, '/') for text in outer)}"


def _shared(columns: Sequence[_Column], depth: int) -> Iterator[tuple[int, int, Path]]:
    """First and last of neighbours with the same outer headers, two or more, and those headers."""
    deeper = [one for one in columns if len(one[2]) > depth + 1]
    runs = groupby(enumerate(deeper), key=lambda one: (one[1][0] - one[0], one[1][2][: depth + 1]))
    for (_, outer), run in runs:
        own = [column for _, column in run]
        if len(own) == 1 or len(outer[-1]) > LONGEST_TEXT:
            continue
        first, last = own[0][1], own[-1][1]
        inner = list(_shared(own, depth + 1))
        if not any((start, end) == (first, last) for start, end, _ in inner):
            yield first, last, outer
        yield from inner
