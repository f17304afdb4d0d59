"""What the page of a formula graph tells, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from tickmark.structure.pieces import Pieces

Sides = tuple[int, int, int, int]
"""Top, left, bottom and right; of a moving area by how much each of them moves."""
Lines = tuple[int, int, int, int, int, int]
"""Top, left, height, width, row step and column step of cells in even steps."""
STILL: Final[Sides] = (0, 0, 0, 0)
SURE: Final = 100
"""Number of blocks of each sheet that are told before larger ones of other sheets."""


class Reach(NamedTuple):
    """An area that cells of a block refer to.

    The cell in row i and column j of `cells` refers to the rectangle `first + by_row * i +
    by_column * j` of the sheet with this number; `cells` is None for all cells of the block.
    """

    sheet: int
    first: Sides
    by_row: Sides = STILL
    by_column: Sides = STILL
    cells: Lines | None = None


@dataclass(frozen=True, slots=True)
class BlockFacts:
    """A formula block: its cells, the number of its template, its level and what it refers to.

    `labels` are what its row and its column are called, each perhaps empty. `more` counts areas
    that it refers to beyond those in `reaches`.
    """

    sheet: int
    cells: Lines
    template: int
    level: int = 0
    circular: bool = False
    labels: tuple[str, str] = ("", "")
    reaches: tuple[Reach, ...] = ()
    more: int = 0

    @property
    def size(self) -> int:
        """Number of cells."""
        return self.cells[2] * self.cells[3]


@dataclass(frozen=True, slots=True)
class TemplateFacts:
    """A formula as pieces; `anchor` is the one place from which that of an array is seen.

    `unknown` tells that it also depends on cells that only calculation can tell.
    """

    pieces: Pieces
    anchor: tuple[int, int] | None = None
    is_table: bool = False
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """A sheet: counts of formula cells (those that arrays fill too), templates and blocks.

    `area` holds all its cells, None where it has none; `outline` is its picture, row by row with a
    letter a tile, as `structure.outline` tells them.
    """

    name: str
    state: str = ""
    formulas: int = 0
    unique: int = 0
    blocks: int = 0
    area: Sides | None = None
    outline: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NameFacts:
    """A defined name or a table, and the cells that it means."""

    name: str
    sheet: int
    area: Sides


@dataclass(frozen=True, slots=True)
class GraphFacts:
    """All of it. Numbers of sheets run on into other workbooks: the first has `len(sheets)`.

    `links` hold the number of references between two of these, precedent first; `blocks` may leave
    out small ones, counted in the sheets. `formulas` counts cells with a formula; it is not
    `available` from all kinds of files. `totals` are figures with their names and a remark each;
    `notes` sentences about what is not known.
    """

    book: str
    sheets: tuple[SheetFacts, ...]
    books: tuple[str, ...]
    links: dict[tuple[int, int], int]
    templates: tuple[TemplateFacts, ...]
    blocks: tuple[BlockFacts, ...]
    names: tuple[NameFacts, ...]
    formulas: int = 0
    available: bool = True
    totals: tuple[tuple[str, str, str], ...] = ()
    notes: tuple[str, ...] = ()
