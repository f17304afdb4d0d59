"""The cells of regions column by column, and which columns cost little when told exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.encode.standing import Mask, Numbers, VisibleCells
from tickmark.model.grid import CellKind
from tickmark.structure.ordering import changes

FEW_RUNS: Final = 12
"""A column of at most so many runs of equal values is told run by run."""

RUN: Final = 8
"""The mean length from which on runs of equal values are worth it, and that of a series."""

_COLUMNS: Final = 1 << 15
_KINDS: Final = 1 << 3
# The serial numbers of days that are the same with and without the 29th of February 1900.
_FIRST_DAY, _LAST_DAY = 61, 2_950_000

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Cells in groups of one region, column and kind.

    `order` has the cells by group, then row; `starts` are where the groups begin in it.
    """

    order: npt.NDArray[np.intp]
    starts: npt.NDArray[np.intp]

    @property
    def sizes(self) -> Numbers:
        """Number of cells of each group."""
        return np.diff(np.append(self.starts, len(self.order)))


def grouped(cells: VisibleCells, chosen: Mask) -> Columns:
    """The chosen cells by region, column and kind, each group from top to bottom."""
    at = np.flatnonzero(chosen)
    keys = ((cells.regions[at] + 1) * _COLUMNS + cells.columns[at]) * _KINDS + cells.kinds[at]
    order = np.lexsort((cells.rows[at], keys))
    return Columns(at[order], np.flatnonzero(changes(keys[order])))


def cheap_columns(
    cells: VisibleCells, values: Values, chosen: Mask, *, date1904: bool = False
) -> Mask:
    """The chosen cells of columns that are a few runs of equal values, or one even series.

    `values` are those of all visible cells.
    """
    found = np.zeros(len(cells), np.bool_)
    groups = grouped(cells, chosen)
    if len(groups.order):
        held, rows = values[groups.order], cells.rows[groups.order]
        even = _all(groups, ~_breaks(groups, held) & _touching(groups, rows))
        kinds = cells.kinds[groups.order[groups.starts]]
        even &= (kinds == CellKind.NUMBER) | (kinds == CellKind.DATE)
        if (kinds == CellKind.DATE).any():
            monthly = _monthly(groups, held, date1904=date1904) & _touching(groups, rows)
            even |= (kinds == CellKind.DATE) & _all(groups, monthly)
        cheap = _in_few_runs(groups, held) | (even & (groups.sizes >= RUN))
        found[groups.order] = np.repeat(cheap, groups.sizes)
    return found


def _in_few_runs(groups: Columns, held: Values) -> Mask:
    """Which groups are a few long runs of equal values."""
    changed = np.append(True, held[1:] != held[:-1])
    changed[groups.starts] = True
    runs = np.add.reduceat(changed.astype(np.int64), groups.starts)
    found: Mask = (runs <= FEW_RUNS) & (groups.sizes >= runs * RUN)
    return found


def _breaks(groups: Columns, held: npt.NDArray[np.float64] | Numbers) -> Mask:
    """The cells that do not go on by the step between the two above them in their group."""
    with np.errstate(over="ignore"):
        steps = np.append(0, np.diff(held))
    found = np.append(False, steps[1:] != steps[:-1])
    found[groups.starts] = False
    second = groups.starts[groups.sizes > 1] + 1
    found[second] = False
    return found


def _touching(groups: Columns, rows: Numbers) -> Mask:
    """The cells right below the one before in their group; the first ones too."""
    found = np.append(True, rows[1:] == rows[:-1] + 1)
    found[groups.starts] = True
    return found


def _monthly(groups: Columns, held: Values, *, date1904: bool) -> Mask:
    """The dates that go on by as many months as those above, on the day of their group's first.

    In a month that is shorter its last day counts.
    """
    days = (held >= _FIRST_DAY) & (held <= _LAST_DAY) & (held == np.floor(held))
    epoch = np.datetime64("1904-01-01" if date1904 else "1899-12-30", "D")
    dates = epoch + np.where(days, held, _FIRST_DAY).astype(np.int64)
    months = dates.astype("datetime64[M]")
    firsts = months.astype("datetime64[D]")
    lengths = ((months + 1).astype("datetime64[D]") - firsts).astype(np.int64)
    place = (dates - firsts).astype(np.int64) + 1
    wanted = np.minimum(np.repeat(place[groups.starts], groups.sizes), lengths)
    found: Mask = days & (place == wanted) & ~_breaks(groups, months.astype(np.int64))
    return found


def _all(groups: Columns, mask: Mask) -> Mask:
    """For each group whether all its cells are in a mask."""
    found: Mask = np.logical_and.reduceat(mask, groups.starts)
    return found
