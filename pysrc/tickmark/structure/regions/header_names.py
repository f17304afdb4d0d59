"""The texts of the cells of headers, merged ones in each column that they cover."""

from __future__ import annotations

import numpy as np

from tickmark.structure.dates import date_text
from tickmark.structure.regions.kinds import DATE, EMPTY
from tickmark.structure.regions.raster import Box, Raster

Names = list[list[str]]
"""One list for each header row, with a text for each column of the box, "" where it is blank."""


def cell_name(raster: Raster, row: int, column: int, *, date1904: bool = False) -> str:
    """What a cell says in a header: single spaces, dates in ISO form; errors say nothing."""
    at = int(raster.text_of[row, column])
    if at >= 0:
        return " ".join(raster.texts[at].split())
    value = float(raster.values[row, column])
    if np.isnan(value):
        return ""
    if raster.kinds[row, column] == DATE:
        return date_text(value, date1904=date1904)
    return f"{value:.15g}"


def names_of(raster: Raster, box: Box, rows: int, *, date1904: bool = False) -> Names:
    """The texts of the first rows of a box; a merge says its text in its first row only."""
    return [_row(raster, box, row, date1904=date1904) for row in range(box.top, box.top + rows)]


def _row(raster: Raster, box: Box, row: int, *, date1904: bool) -> list[str]:
    names = [""] * box.width
    said = raster.kinds[row, box.left : box.right + 1] != EMPTY
    said |= raster.text_of[row, box.left : box.right + 1] >= 0
    for column in np.flatnonzero(said).tolist():
        names[column] = cell_name(raster, row, box.left + column, date1904=date1904)
    merged = raster.merge_of[row, box.left : box.right + 1]
    for number in sorted(set(merged[merged > 0].tolist())):
        merge = raster.merges[number - 1]
        if merge.top == row and merge.left >= box.left:
            first, last = merge.left - box.left, min(merge.right, box.right) - box.left
            covered = np.flatnonzero(merged[first : last + 1] == number) + first
            for column in covered.tolist():
                names[column] = names[first]
    return names


def innermost(names: Names, first: int = 0) -> list[str]:
    """For each column its lowest text, of the lowest row that has different ones.

    Columns left of the first one have no say in which row that is.
    """
    found = [""] * (len(names[0]) if names else 0)
    for row in reversed(names):
        if len(names) == 1 or len({text for text in row[first:] if text}) > 1:
            found = [own or text for own, text in zip(found, row, strict=True)]
    return found
