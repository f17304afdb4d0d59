"""What is told of the precedents or dependents of some cells, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tickmark.model.address import RangeRef
from tickmark.structure.unresolved import Reason


class Direction(StrEnum):
    """Which way is traced: to what cells are computed from, or to what is computed from them."""

    PRECEDENTS = "precedents"
    DEPENDENTS = "dependents"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A rectangle that is referred to, or whose formulas refer to the traced cells.

    `label` and `value` are those of the first cell and so is `formula` (with `=`); `r1c1` is that
    formula in R1C1 notation where all cells hold it, copied.
    """

    range: RangeRef
    label: str = ""
    formula: str = ""
    r1c1: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class TraceSummary:
    """The answer to a question of `trace`.

    `places` are the traced cells, `named` is what the user called them; `at` tells of the first
    one. `direct` are the first of the `direct_ranges` rectangles one step away, `ranges` the first
    of the `all_ranges` rectangles of the whole answer, `count` is the number of its cells and
    `sheets` that of each sheet. `depth` is None where all steps were taken. `unknown` counts the
    formula cells that may hide more precedents or dependents, `unresolved` are references of the
    traced cell that lead nowhere, `books` those to other workbooks. `opposite` counts the cells in
    the other direction. Not `complete` where the workbook has too many references to follow all.
    """

    path: str
    named: str
    places: tuple[RangeRef, ...]
    at: Neighbour
    direction: Direction
    depth: int | None
    direct: tuple[Neighbour, ...]
    direct_ranges: int
    direct_cells: int
    ranges: tuple[RangeRef, ...]
    all_ranges: int
    count: int
    sheets: tuple[tuple[str, int], ...]
    unknown: int
    unresolved: tuple[tuple[str, Reason], ...]
    books: tuple[str, ...]
    opposite: int
    complete: bool
    formulas_available: bool
    problems: tuple[str, ...]

    @property
    def truncated(self) -> bool:
        """Whether rectangles of the answer are missing from `ranges`."""
        return len(self.ranges) < self.all_ranges
