"""Which rows of a table are data, and which section each stands in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind
from tickmark.structure.frame_cells import NOTHING, FrameCells, Positions, covering
from tickmark.structure.frame_headers import cell_text, joined

Rows = npt.NDArray[np.int64]

_DEEPEST: Final = 6


def rows_of(ranges: Iterable[RangeRef]) -> Rows:
    """The rows of some ranges, sorted, once each."""
    spans = [np.arange(one.top, one.bottom + 1) for one in ranges]
    return np.unique(np.concatenate(spans)) if spans else np.empty(0, np.int64)


def data_rows(source: FrameCells, columns: Iterable[Positions], left_out: Rows) -> Rows:
    """The rows in which one of some columns (positions of its cells) shows something."""
    found = [source.cells.rows[positions] for positions in columns]
    rows = np.unique(np.concatenate(found)) if found else np.empty(0, np.int32)
    return np.setdiff1d(rows, left_out, assume_unique=True).astype(np.int64)


def placed(source: FrameCells, positions: Positions, rows: Rows) -> Positions:
    """For each row the position of its cell among those of a column, NOTHING where it has none."""
    own = source.cells.rows[positions]
    at = np.searchsorted(rows, own)
    here = at < len(rows)
    here[here] = rows[at[here]] == own[here]
    found = np.full(len(rows), NOTHING, np.intp)
    found[at[here]] = positions[here]
    return found


def merged_down(
    source: FrameCells, column: int, rows: Rows, found: Positions, *, numbers: bool
) -> Positions:
    """The positions of a column with each merged cell in all rows that it covers.

    Without `numbers` a merged number stays in its first row, so that no sum counts it twice.
    """
    spans = source.merged_down(column)
    if not len(spans) or not len(rows):
        return found
    anchors = covering(spans, rows)
    at = np.searchsorted(rows, anchors)
    at[at == len(rows)] = 0
    lacking = (found == NOTHING) & (anchors != NOTHING) & (rows[at] == anchors)
    if not numbers:
        lacking &= source.cells.kinds[found[at]] != CellKind.NUMBER
    return np.where(lacking, found[at], found)


def filled_down(found: Positions, borders: npt.NDArray[np.bool_]) -> Positions:
    """The positions of a column with gaps filled from above, but not over a border.

    A border is a row in which a new group begins.
    """
    numbers = np.arange(len(found))
    last = np.maximum.accumulate(np.where(found != NOTHING, numbers, 0))
    begin = np.maximum.accumulate(np.where(borders, numbers, 0))
    return np.where(last >= begin, found[last], NOTHING) if len(found) else found


@dataclass(frozen=True, slots=True)
class _Look:
    """What tells an outer section row from an inner one: where it begins and its style."""

    column: int
    style: int


def section_names(source: FrameCells, sections: Sequence[RangeRef], rows: Rows) -> list[str | None]:
    """For each row the section it stands in, such as `Europe / France`; None above the first.

    A section row right below another one, and of another look, stands inside it; so do later ones
    of that look, up to the next of the outer look.
    """
    names: list[str | None] = []
    starts: list[int] = []
    stack: list[tuple[_Look, str]] = []
    last = -1
    for row, look, text in _section_rows(source, sections):
        at = int(np.searchsorted(rows, row))
        looks = [one for one, _ in stack]
        if look in looks:
            del stack[looks.index(look) :]
        elif at != last:  # there is data between this section row and the one above
            stack.clear()
        elif len(stack) == _DEEPEST:
            stack.pop()
        stack.append((look, text))
        starts.append(row)
        names.append(joined(tuple(text for _, text in stack)))
        last = at
    which = np.searchsorted(np.array(starts, np.int64), rows) - 1
    return [names[one] if one >= 0 else None for one in which.tolist()]


def _section_rows(
    source: FrameCells, sections: Sequence[RangeRef]
) -> Iterator[tuple[int, _Look, str]]:
    """Row, look and text of the section rows that have a text."""
    cells = source.cells
    wanted = rows_of(sections)
    area = RangeRef("", int(wanted[0]), sections[0].left, int(wanted[-1]), sections[0].right)
    found = cells.within(area)
    found = source.shown(found[np.isin(cells.rows[found], wanted)])
    for row, group in groupby(found.tolist(), key=cells.rows.__getitem__):
        own = list(group)
        texts = tuple(filter(None, (cell_text(source, one) for one in own)))
        if texts:
            look = _Look(int(cells.columns[own[0]]), int(cells.styles[own[0]]))
            yield int(row), look, joined(texts)
