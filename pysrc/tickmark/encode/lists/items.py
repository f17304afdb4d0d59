"""The items of a list and the lines they stand on."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tickmark.encode.lists.series import Segment
from tickmark.model.address import RangeRef, column_letters

Cells = npt.NDArray[np.integer]


@dataclass(frozen=True, slots=True, eq=False)
class ListItems:
    """The items of a list in order; `starts` are the cells they begin at, counted from 0."""

    texts: list[str]
    starts: list[int]
    head: str = ""

    def joined(self, cells: int) -> str:
        """The items that begin within so many cells, on one line and without the head."""
        return "|".join(self.texts[: bisect_left(self.starts, cells)])

    def in_lines(self, cuts: Iterable[int], label: Callable[[int], str]) -> str:
        """The whole body; a new line begins at each of the cuts, which count items.

        `label` gives the mark of a line by the cell that its first item begins at.
        """
        edges = [0, *cuts, len(self.texts)]
        lines = ["|".join(self.texts[start:stop]) for start, stop in pairwise(edges)]
        lines[0] = self.head + lines[0]
        for at in range(1, len(lines)):
            lines[at] = f"{label(self.starts[edges[at]])} {lines[at]}"
        return "\n".join(lines)


def list_items(texts: Sequence[str], segments: Iterable[Segment], head: str = "") -> ListItems:
    """The literals of cells as items, with one item for each of the segments."""
    items: list[str] = []
    starts: list[int] = []
    at = 0
    for start, stop, item in segments:
        items += texts[at:start]
        starts += range(at, start)
        items.append(item)
        starts.append(start)
        at = stop
    items += texts[at:]
    starts += range(at, len(texts))
    return ListItems(items, starts, head)


def area_lines(items: ListItems, area: RangeRef, numbered: int) -> str:
    """The body of a list that fills an area, marked by rows, or by columns along one row.

    Lines of one column and of one row hold at most `numbered` items (0: any number); a row gets
    a second line only where it is more than twice as wide.
    """
    width = area.right - area.left + 1
    if area.top == area.bottom:
        broken = numbered if width > 2 * numbered else 0
        return items.in_lines(
            _every(items, broken), lambda start: column_letters(area.left + start)
        )
    if width == 1:
        return items.in_lines(_every(items, numbered), lambda start: str(area.top + start))
    rows = np.arange(1, area.bottom - area.top + 1) * width
    cuts = np.searchsorted(np.array(items.starts), rows).tolist()
    return items.in_lines(cuts, lambda start: str(area.top + start // width))


def cell_lines(items: ListItems, rows: Cells, columns: Cells, numbered: int) -> str:
    """The body of a list over several areas, by the rows and columns of its cells.

    A line is marked by its row, or by its column where the cell before stands in the same row.
    """

    def label(start: int) -> str:
        row, column = int(rows[start]), int(columns[start])
        return column_letters(column) if rows[start - 1] == row else str(row)

    return items.in_lines(_every(items, numbered), label)


def _every(items: ListItems, count: int) -> range:
    return range(count, len(items.texts), count) if count else range(0)
