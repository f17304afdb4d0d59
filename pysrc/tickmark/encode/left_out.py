"""The areas of cells that had no room in the text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tickmark.encode.standing import VisibleCells
from tickmark.model.address import RangeRef


def left_out_areas(
    sheet: str, cells: VisibleCells, told: npt.NDArray[np.bool_]
) -> tuple[RangeRef, ...]:
    """Few areas that hold each visible cell that is not told once, and none that is.

    They may span empty and hidden cells, so that a ragged block is one area.
    """
    rest = np.flatnonzero(~told)
    if not len(rest):
        return ()
    top, bottom = int(cells.rows[rest].min()), int(cells.rows[rest].max())
    order = np.lexsort((cells.rows, cells.columns))
    rows, columns, marks = cells.rows[order], cells.columns[order], told[order]
    starts = np.concatenate(
        ([0], np.flatnonzero((columns[1:] != columns[:-1]) | (marks[1:] != marks[:-1])) + 1)
    )
    spans: list[RangeRef] = []
    for number, start in enumerate(starts.tolist()):
        if marks[start]:
            continue
        column = int(columns[start])
        first, last = top, bottom
        if start and columns[start - 1] == column:
            first = max(first, int(rows[start - 1]) + 1)
        end = int(starts[number + 1]) if number + 1 < len(starts) else len(rows)
        if end < len(rows) and columns[end] == column:
            last = min(last, int(rows[end]) - 1)
        spans.append(RangeRef(sheet, first, column, last, column))
    return _joined(spans)


def left_out_line(areas: Sequence[RangeRef], cells: int, most: int) -> str:
    """The line about cells that had no room; at most so many of their areas are named."""
    named = ",".join(area.a1 for area in areas[:most])
    more = f" and {len(areas) - most} more areas" if len(areas) > most else ""
    return f"# left out {cells} cell{'s' if cells != 1 else ''}|{named}{more}"


def _joined(spans: list[RangeRef]) -> tuple[RangeRef, ...]:
    """Spans of neighbouring columns and equal rows as one area."""
    found: list[RangeRef] = []
    for span in sorted(spans, key=lambda area: (area.top, area.bottom, area.left)):
        last = found[-1] if found else None
        if (
            last is not None
            and (last.top, last.bottom) == (span.top, span.bottom)
            and last.right == span.left - 1
        ):
            found[-1] = RangeRef(span.sheet, span.top, last.left, span.bottom, span.right)
        else:
            found.append(span)
    return tuple(sorted(found))
