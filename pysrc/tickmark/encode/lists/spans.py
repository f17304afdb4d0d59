"""Items of merged cells, such as `Costs>3`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tickmark.encode.lists.series import Segment
from tickmark.model.address import RangeRef

Merged = Mapping[tuple[int, int], tuple[int, int]]


def merged_items(area: RangeRef, texts: Sequence[str], merged: Merged) -> list[Segment]:
    """The items of the merged cells of a list, in order.

    `texts` are the literals of its cells, row by row, empty for a blank one; `merged` maps the row
    and column of a first cell to rows and columns. Left out are merges that reach over the end of
    the area, cover a filled cell, or have several rows in an area of several rows and columns.
    """
    found = []
    for row, column in _merged_here(area, merged):
        start = (row - area.top) * (area.right - area.left + 1) + column - area.left
        rows, columns = merged[row, column]
        taken = _cells_taken(area, row, column, (rows, columns))
        if taken and texts[start] and not any(texts[start + 1 : start + taken]):
            span = f"{columns}" if rows == 1 else f"{columns}x{rows}"
            found.append((start, start + taken, f"{texts[start]}>{span}"))
    return sorted(found)


def _merged_here(area: RangeRef, merged: Merged) -> Iterator[tuple[int, int]]:
    """The first cells of merges inside an area; looks at the fewer of its cells and the merges."""
    if len(merged) < area.cells:
        yield from (at for at in merged if area.contains(*at))
        return
    for row in range(area.top, area.bottom + 1):
        for column in range(area.left, area.right + 1):
            if (row, column) in merged:
                yield row, column


def _cells_taken(area: RangeRef, row: int, column: int, size: tuple[int, int]) -> int:
    """How many cells of the list the item of a merge takes up; 0 where it cannot be written."""
    rows, columns = size
    if rows * columns <= 1:
        return 0
    if area.cells == 1:
        return 1
    if area.left == area.right:
        return rows if row + rows - 1 <= area.bottom else 0
    if rows > 1 and area.top != area.bottom:
        return 0
    return columns if column + columns - 1 <= area.right else 0
