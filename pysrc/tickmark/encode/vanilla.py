"""A sheet cell by cell, blank ones included: what compressed encodings are measured against.

The plain encoding of the SpreadsheetLLM paper (arXiv 2407.09025): `|A1,Year|B1,Profit|C1, `.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import numpy as np

from tickmark.encode.plain_texts import plain_texts
from tickmark.encode.shown_grid import Lines, ShownGrid, shown_grid
from tickmark.model.address import column_letters
from tickmark.model.grid import CellKind
from tickmark.model.workbook import Sheet, Workbook

MOST_CELLS: Final = 2_000_000
"""Up to so many cells, blank ones included, tokens are counted exactly."""

MOST_CHARACTERS: Final = 100_000_000
"""Up to so many characters of values tokens are counted exactly."""

_SLAB: Final = 65_536
_PIECE: Final = 1_000_000
_BLANK: Final = " "
_NUMBER_HERE: Final = "\0"
_IN_PLACE: Final = ",{}|A1"
_TRIED: Final = 1_000
_TEXTUAL: Final = (CellKind.TEXT, CellKind.ERROR)


def vanilla(workbook: Workbook, sheet: Sheet, *, hidden: bool = False) -> Iterator[str]:
    """The lines of a sheet, a row of its used range each; formulas show their stored results.

    Hidden rows and columns are passed over unless `hidden`. A sheet may have a million rows of
    16,384 columns, blank but for one cell: take no more lines than there is room for.
    """
    grid = shown_grid(workbook, sheet, hidden=hidden)
    return grid_lines(workbook, sheet, grid, grid.rows, grid.columns)


def grid_lines(
    workbook: Workbook, sheet: Sheet, grid: ShownGrid, rows: Lines, columns: Lines
) -> Iterator[str]:
    """The lines of a grid, its rows and columns addressed by these numbers."""
    if not grid.size:
        return
    letters = [column_letters(column) for column in columns.tolist()]
    row = "".join(f"|{one}{_NUMBER_HERE},%s" for one in letters)
    blank = row.replace("%s", _BLANK)
    ends = np.searchsorted(grid.row_of, np.arange(len(rows)), side="right").tolist()
    first = loaded = 0
    texts: list[str] = []
    at: list[int] = []
    start = 0
    for number, end in zip(rows.tolist(), ends, strict=True):
        if start == end:
            yield blank.replace(_NUMBER_HERE, str(number))
            continue
        if end > loaded:
            first, loaded = start, max(end, min(start + _SLAB, len(grid.positions)))
            texts = plain_texts(workbook, sheet, grid.positions[first:loaded])
            at = grid.column_of[first:loaded].tolist()
        values = [_BLANK] * len(letters)
        for index in range(start - first, end - first):
            values[at[index]] = texts[index] or _BLANK
        yield row.replace(_NUMBER_HERE, str(number)) % tuple(values)
        start = end


def vanilla_tokens(
    workbook: Workbook, sheet: Sheet, tokens: Callable[[str], int], *, hidden: bool = False
) -> int:
    """How many tokens the lines of a sheet cost.

    `tokens` counts pieces of whole lines, about a million characters each. Above 2 million cells
    (or where values repeat to more than 100 million characters) the count is an estimate: one
    blank row with all its column letters is counted for each number of digits that row numbers
    have, and taken as often as there are such rows; each value adds what it costs more than a
    blank. On real sheets it is within 2 % of the exact count (o200k_base).
    """
    grid = shown_grid(workbook, sheet, hidden=hidden)
    if grid.size <= MOST_CELLS and _characters(sheet, grid) <= MOST_CHARACTERS:
        lines = grid_lines(workbook, sheet, grid, grid.rows, grid.columns)
        return sum(tokens(piece) for piece in _pieces(lines, "\n"))
    return _blank_tokens(grid, tokens) + _value_tokens(workbook, sheet, grid, tokens)


def _characters(sheet: Sheet, grid: ShownGrid) -> int:
    """About how many characters the texts of the cells have together."""
    lengths = np.array([len(text) for text in sheet.cells.texts], np.int64)
    if not len(lengths):
        return 0
    kinds, values = sheet.cells.kinds[grid.positions], sheet.cells.values[grid.positions]
    return int(lengths[values[np.isin(kinds, _TEXTUAL)].astype(np.int64)].sum())


def _blank_tokens(grid: ShownGrid, tokens: Callable[[str], int]) -> int:
    """What the rows would cost if all cells were blank."""
    letters = [column_letters(column) for column in grid.columns.tolist()]
    total = 0
    for digits in range(1, 8):
        rows = grid.rows[(grid.rows >= 10 ** (digits - 1)) & (grid.rows < 10**digits)]
        if len(rows):
            middle = int(rows[len(rows) // 2])
            total += len(rows) * tokens("".join(f"|{one}{middle}, " for one in letters) + "\n")
    return total


def _value_tokens(
    workbook: Workbook, sheet: Sheet, grid: ShownGrid, tokens: Callable[[str], int]
) -> int:
    """What the values cost more than blanks, each different one of a slab counted once."""
    total, values = 0, 0
    for start in range(0, len(grid.positions), _SLAB):
        counts = Counter(plain_texts(workbook, sheet, grid.positions[start : start + _SLAB]))
        counts.pop("", None)
        values += counts.total()
        for many, text in _by_count(counts):
            total += many * tokens(text)
    blanks = tokens(_IN_PLACE.format(_BLANK) * _TRIED) / _TRIED
    return max(total - round(values * blanks), 0)


def _by_count(counts: Counter[str]) -> Iterator[tuple[int, str]]:
    """Texts that occur equally often, each as in a line, as one text; with how often they do."""
    groups: dict[int, list[str]] = {}
    for text, many in counts.items():
        groups.setdefault(many, []).append(_IN_PLACE.format(text))
    for many, texts in groups.items():
        for piece in _pieces(texts, ""):
            yield many, piece


def _pieces(parts: Iterable[str], end: str) -> Iterator[str]:
    """Parts, each with this end, joined to texts of about a million characters."""
    piece: list[str] = []
    room = _PIECE
    for part in parts:
        piece.append(part + end)
        room -= len(part)
        if room < 0:
            yield "".join(piece)
            piece, room = [], _PIECE
    if piece:
        yield "".join(piece)
