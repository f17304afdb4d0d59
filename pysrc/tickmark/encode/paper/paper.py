"""One sheet as the paper's SheetCompressor writes it, each of its three steps on or off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.encode.paper.aggregation import Numbers, aggregated
from tickmark.encode.paper.data_types import OTHERS, data_types
from tickmark.encode.paper.extraction import extracted
from tickmark.encode.paper.inverted_index import Index, index_of, inverted_index
from tickmark.encode.plain_texts import plain_texts
from tickmark.encode.shown_grid import Lines, shown_grid
from tickmark.encode.vanilla import grid_lines
from tickmark.model.address import cell_address
from tickmark.model.workbook import Sheet, Workbook

MOST_CHARACTERS: Final = 100_000_000
"""A longer text is cut: without the second step blank cells and copies are written out."""


@dataclass(frozen=True, slots=True, eq=False)
class PaperEncoding:
    """A compressed sheet whose addresses are not those of the sheet.

    Row i of the text is row `rows[i - 1]` of the sheet, columns likewise. `cells` of the sheet
    were kept, `complete` is False where the text was cut for its length.
    """

    text: str
    rows: Lines
    columns: Lines
    cells: int
    complete: bool = True

    def in_sheet(self, row: int, column: int) -> tuple[int, int]:
        """Row and column of the sheet for those of the text."""
        return int(self.rows[row - 1]), int(self.columns[column - 1])


def encode_paper(
    workbook: Workbook,
    sheet: Sheet,
    *,
    k: int = 4,
    extraction: bool = True,
    translation: bool = True,
    aggregation: bool = True,
    hidden: bool = False,
) -> PaperEncoding:
    """A sheet in the form of the paper, hidden rows and columns only with `hidden`.

    With `extraction` only rows and columns at most `k` from an anchor are kept, numbered anew from
    1. With `translation` each value stands once with its addresses, `(Year|A1),(5|B2:B4,D7)`; else
    rows stand cell by cell, `|A1,Year|B1,Profit`. With `aggregation` numbers and the like are told
    by type and area only, `(IntNum|B2:D9)`, and without translation the address stands first,
    `(B2:D9|IntNum)`. Raises ValueError where `k` is negative.
    """
    grid = shown_grid(workbook, sheet, hidden=hidden)
    used = sheet.used_range
    rows, columns = _up_to(used.bottom if used else 0), _up_to(used.right if used else 0)
    numbers = grid.rows, grid.columns
    if extraction:
        grid = extracted(workbook, sheet, grid, k=k)
        rows, columns = grid.rows, grid.columns
        numbers = _up_to(len(rows)), _up_to(len(columns))
    if not translation and not aggregation:
        text, complete = _cut(grid_lines(workbook, sheet, grid, *numbers), "\n")
        return PaperEncoding(text, rows, columns, len(grid.positions), complete)
    cells = _Cells(
        numbers[0][grid.row_of].astype(np.int64),
        numbers[1][grid.column_of].astype(np.int64),
        plain_texts(workbook, sheet, grid.positions),
    )
    types = data_types(workbook, sheet, grid.positions, cells.texts) if aggregation else None
    tuples = _translated(cells, types) if translation else _listed(cells, types)
    text, complete = _cut(tuples, ",")
    return PaperEncoding(text, rows, columns, len(grid.positions), complete)


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """Cells with their addresses in the text, sorted by row, then column."""

    rows: Numbers
    columns: Numbers
    texts: list[str]

    def __getitem__(self, chosen: npt.NDArray[np.intp]) -> _Cells:
        texts = [self.texts[index] for index in chosen.tolist()]
        return _Cells(self.rows[chosen], self.columns[chosen], texts)


def _translated(cells: _Cells, types: list[str] | None) -> Iterator[str]:
    """Each value or type once, with its areas behind it."""
    index: Index = []
    if types is not None:
        areas, names, rest = _typed(cells, types)
        index, cells = index_of(areas, names), cells[rest]
    index += inverted_index(cells.rows, cells.columns, cells.texts)
    index.sort(key=lambda entry: (entry[1][0, 0], entry[1][0, 1]))
    for name, own in index:
        yield f"({name}|{','.join(map(_address, own.tolist()))})"


def _listed(cells: _Cells, types: list[str] | None) -> Iterator[str]:
    """Each area of a type and each other cell by itself, its address before it."""
    areas, names, rest = _typed(cells, types or [])
    cells = cells[rest]
    single = np.stack([cells.rows, cells.columns, cells.rows, cells.columns], axis=1)
    filled = [index for index, text in enumerate(cells.texts) if text]
    places = np.concatenate((areas[:, :4], single[filled]))
    words = [names[label] for label in areas[:, 4].tolist()]
    words += [cells.texts[index] for index in filled]
    order = np.lexsort((places[:, 1], places[:, 0]))
    for at, edges in zip(order.tolist(), places[order].tolist(), strict=True):
        yield f"({_address(edges)}|{words[at]})"


def _typed(cells: _Cells, types: list[str]) -> tuple[Numbers, list[str], npt.NDArray[np.intp]]:
    """The areas of the types, the names of their labels, and which cells have no type."""
    known: dict[str, int] = {OTHERS: 0}
    labels = np.array([known.setdefault(one, len(known)) for one in types], np.int64)
    typed = np.flatnonzero(labels)
    areas = aggregated(cells.rows[typed], cells.columns[typed], labels[typed])
    return areas, list(known), np.flatnonzero(labels == 0)


def _address(edges: Sequence[int]) -> str:
    top, left, bottom, right = edges
    first = cell_address(top, left)
    return first if (top, left) == (bottom, right) else f"{first}:{cell_address(bottom, right)}"


def _cut(parts: Iterable[str], between: str) -> tuple[str, bool]:
    """The parts as one text, and whether all of them had room."""
    kept: list[str] = []
    room = MOST_CHARACTERS
    for part in parts:
        room -= len(part) + len(between)
        if room < 0:
            return between.join(kept), False
        kept.append(part)
    return between.join(kept), True


def _up_to(last: int) -> Lines:
    """The numbers from 1 to the last."""
    return np.arange(1, last + 1, dtype=np.int32)
