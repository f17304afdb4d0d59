"""A small picture of a sheet: tiles coloured by kind, with marks where findings are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from tickmark.errors import AddressError
from tickmark.model.address import RangeRef
from tickmark.model.analysis import SheetAnalysis
from tickmark.model.finding import Finding, Severity
from tickmark.report.wording import counted, listed, plain

KINDS: Final[Mapping[str, str]] = {
    "t": "text",
    "n": "number",
    "d": "date",
    "b": "truth value",
    "f": "formula",
    "e": "error",
    "h": "hidden",
}
"""Letter of an outline to the word in the legend; every other letter is an empty tile."""

MOST_COLUMNS: Final = 56
MOST_ROWS: Final = 64
MOST_MARKS: Final = 60

_ASPECT: Final = 1.35
_LEAST_WIDTH: Final = 110
_LEAST_HEIGHT: Final = 80
_MARGIN: Final = 8
_MARK_HEIGHT: Final = 9
_RANK: Final = {letter: rank for rank, letter in enumerate("hbdtnfe", start=1)}
_MARK_SHAPES: Final = {
    Severity.HIGH: "M0-6 6 5H-6z",
    Severity.MEDIUM: "M0-6 6 0 0 6-6 0z",
    Severity.LOW: "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
    Severity.INFO: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
}


@dataclass(frozen=True, slots=True)
class Band:
    """All tiles of one kind as one SVG path, in tile units."""

    letter: str
    path: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A finding on a picture, in picture units: a symbol at `x`, `y`, and a box around a range.

    `anchor` is that of the finding's row, or empty.
    """

    x: int
    y: int
    box: tuple[int, int, int, int] | None
    severity: Severity
    shape: str
    title: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG picture as data: bands of tiles, marks, and a title that says it all in words."""

    view_box: str
    tile_width: int
    tile_height: int
    width: int
    height: int
    title: str
    bands: tuple[Band, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class _Tiles:
    """A place in tiles: row and column from 0, and how many rows and columns."""

    row: int
    column: int
    high: int
    wide: int


@dataclass(frozen=True, slots=True)
class _Grid:
    """How cells map to tiles: tile size in rows and columns of cells, and number of tiles."""

    used: RangeRef
    high: int
    wide: int
    rows: int
    columns: int

    def tiles(self, area: RangeRef) -> _Tiles | None:
        """The tiles that the part of a range inside the used range lies on, if any."""
        top, bottom = max(area.top, self.used.top), min(area.bottom, self.used.bottom)
        left, right = max(area.left, self.used.left), min(area.right, self.used.right)
        if top > bottom or left > right:
            return None
        row, column = (top - self.used.top) // self.high, (left - self.used.left) // self.wide
        last_row = min((bottom - self.used.top) // self.high, self.rows - 1)
        last_column = min((right - self.used.left) // self.wide, self.columns - 1)
        return _Tiles(row, column, last_row - row + 1, last_column - column + 1)


def draw(sheet: SheetAnalysis, findings: Iterable[tuple[Finding, str]]) -> Picture | None:
    """Picture of a sheet with the findings that lie on it, each with its anchor ("" for none).

    None for a sheet without outline. An outline larger than 56 x 64 tiles is drawn coarser: a
    tile then shows the weightiest kind under it (errors first, then formulas, numbers, texts).
    """
    rows = _coarser([row for row in sheet.outline if row], MOST_ROWS, MOST_COLUMNS)
    if not rows:
        return None
    columns = max(map(len, rows))
    wide, high = _tile_size(len(rows), columns)
    marks = tuple(_marks(sheet, len(rows), columns, findings))
    return Picture(
        view_box=_view_box(columns * wide, len(rows) * high),
        tile_width=wide,
        tile_height=high,
        width=columns * wide,
        height=len(rows) * high,
        title=_in_words(sheet, rows, len(marks)),
        bands=tuple(_bands(rows)),
        marks=marks,
    )


def _tile_size(rows: int, columns: int) -> tuple[int, int]:
    """Width and height of a tile, so that the picture comes near the shape of its frame."""
    high = _between(4, _LEAST_HEIGHT / rows, 8)
    wide = _between(8, _ASPECT * rows * high / columns, 24)
    return wide, _between(high, columns * wide / _ASPECT / rows, 8)


def _between(least: int, wish: float, most: int) -> int:
    return max(least, min(most, round(wish)))


def _view_box(width: int, height: int) -> str:
    """The tiles in the middle, with room for marks at the edges; few tiles stay small."""
    wide = max(width, _LEAST_WIDTH) + 2 * _MARGIN
    high = max(height, _LEAST_HEIGHT) + 2 * _MARGIN
    return f"{(width - wide) // 2} {(height - high) // 2} {wide} {high}"


def _coarser(rows: Sequence[str], most_rows: int, most_columns: int) -> list[str]:
    columns = max(map(len, rows), default=0)
    high, wide = -(-len(rows) // most_rows), -(-columns // most_columns)
    if high <= 1 and wide <= 1:
        return list(rows)
    return [
        "".join(
            max(
                (letter for row in rows[top : top + high] for letter in row[left : left + wide]),
                key=lambda letter: _RANK.get(letter, 0),
                default=".",
            )
            for left in range(0, columns, wide)
        )
        for top in range(0, len(rows), high)
    ]


def _bands(rows: Sequence[str]) -> Iterator[Band]:
    """One path a kind; a run of equal tiles in a row is one stroke of it."""
    paths: dict[str, list[str]] = {letter: [] for letter in KINDS}
    for number, row in enumerate(rows):
        column = 0
        for letter, run in groupby(row):
            length = len(tuple(run))
            if letter in paths:
                paths[letter].append(f"M{column} {number}h{length}")
            column += length
    return (Band(letter, "".join(path)) for letter, path in paths.items() if path)


def _in_words(sheet: SheetAnalysis, rows: Sequence[str], marks: int) -> str:
    tiles = Counter(letter for row in rows for letter in row if letter in KINDS)
    kinds = [f"{KINDS[letter]} ({n})" for letter, n in tiles.most_common()]
    marked = f" {counted(marks, 'place')} with findings marked." if marks else ""
    return (
        f"Picture of sheet {plain(sheet.name, 60)}, {plain(sheet.used_range, 40)}. "
        f"Tiles by kind: {listed(kinds) or 'all empty'}.{marked}"
    )


def _marks(
    sheet: SheetAnalysis, rows: int, columns: int, findings: Iterable[tuple[Finding, str]]
) -> Iterator[Mark]:
    """At most MOST_MARKS marks; findings too near to tell apart share one, named by the first."""
    try:
        used = RangeRef.parse(sheet.used_range)
    except AddressError:
        return
    high = -(-(used.bottom - used.top + 1) // rows)
    wide = -(-(used.right - used.left + 1) // columns)
    grid = _Grid(used, high, wide, rows, columns)
    size = _tile_size(rows, columns)
    reach = _MARK_HEIGHT // size[1]
    places: dict[tuple[int, int], list[tuple[Finding, str, _Tiles]]] = {}
    for finding, anchor in findings:
        for tiles in _tiles(grid, finding):
            near = ((tiles.row + step, tiles.column) for step in range(-reach, reach + 1))
            place = next((at for at in near if at in places), (tiles.row, tiles.column))
            places.setdefault(place, []).append((finding, anchor, tiles))
    for members in list(places.values())[:MOST_MARKS]:
        yield _mark(members, size)


def _mark(members: Sequence[tuple[Finding, str, _Tiles]], size: tuple[int, int]) -> Mark:
    finding, anchor, tiles = members[0]
    wide, high = size
    x, y = tiles.column * wide, tiles.row * high
    more = f" (and {len(members) - 1} more here)" if len(members) > 1 else ""
    several = tiles.wide > 1 or tiles.high > 1
    return Mark(
        x=x + wide // 2,
        y=y + high // 2,
        box=(x, y, tiles.wide * wide, tiles.high * high) if several else None,
        severity=finding.severity,
        shape=_MARK_SHAPES[finding.severity],
        title=f"{finding.severity.word}: {plain(finding.message, 160)}{more}",
        anchor=anchor,
    )


def _tiles(grid: _Grid, finding: Finding) -> Iterator[_Tiles]:
    for text in finding.ranges:
        try:
            area = RangeRef.parse(text)
        except AddressError:
            continue
        tiles = grid.tiles(area)
        if tiles is not None and tiles.row < grid.rows and tiles.column < grid.columns:
            yield tiles
