"""The lines of a region: the cells of one role side by side, and which way their formulas run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from tickmark.audit.memo import once
from tickmark.audit.region_grid import LineRole, RegionGrid
from tickmark.model.grid import CellKind
from tickmark.structure.formulas import NO_TEMPLATE

Mask = npt.NDArray[np.bool_]
Number = TypeVar("Number", bound=np.generic)

_MOST_KEPT: Final = 200_000
"""The lines of larger regions are made anew for each rule, so that memory does not hold them."""

_DATA, _HEADER, _TOTAL = int(LineRole.DATA), int(LineRole.HEADER), int(LineRole.TOTAL)
_NUMBER: Final = int(CellKind.NUMBER)


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The data and total lines of a region in one direction, blank lines and places left out.

    With `across` a line is a row and its places are columns, otherwise the other way round. `line`
    (n) and `place` (m) are the rows or columns of the grid; `total` (n) tells which lines are
    totals, and `part` (m) the run of data rows that each place of a column belongs to; the places
    of a row are all of one part. `position`, `kind`, `value` and `template` (n, m) are those of the
    grid, line by line.
    """

    grid: RegionGrid
    across: bool
    line: npt.NDArray[np.intp]
    place: npt.NDArray[np.intp]
    total: Mask
    part: npt.NDArray[np.int64]
    position: npt.NDArray[np.int64]
    kind: npt.NDArray[np.uint8]
    value: npt.NDArray[np.float64]
    template: npt.NDArray[np.int32]

    @property
    def typed(self) -> Mask:
        """Which cells hold a number that was typed; a date is none."""
        return np.asarray((self.kind == _NUMBER) & (self.template == NO_TEMPLATE), np.bool_)

    @property
    def formula(self) -> Mask:
        """Which cells hold a formula."""
        return np.asarray(self.template != NO_TEMPLATE, np.bool_)

    def cells(self, at: npt.NDArray[np.intp]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Rows and columns on the sheet (1-based) of cells by their flat index in the matrices."""
        line, place = np.divmod(at, len(self.place))
        rows, columns = self.line[line], self.place[place]
        if not self.across:
            rows, columns = columns, rows
        return rows + self.grid.area.top, columns + self.grid.area.left


def lines_of(grid: RegionGrid, *, across: bool, heads: bool = False) -> Lines:
    """The lines of a region in one direction; with `heads` its header lines are among them.

    The arrays may be views of those of the grid.
    """
    made = _kept_lines if grid.position.size <= _MOST_KEPT else _made_lines
    return made(grid, across, heads)


def _made_lines(grid: RegionGrid, across: bool, heads: bool) -> Lines:  # noqa: FBT001 - a key
    roles, others = (grid.rows, grid.columns) if across else (grid.columns, grid.rows)
    wanted = (roles == _DATA) | (roles == _TOTAL)
    if heads:
        wanted |= roles == _HEADER
    line, place = wanted.nonzero()[0], (others == _DATA).nonzero()[0]
    filled = _block(grid.position, line, place, across=across) >= 0
    if not filled.all():
        line, place = line[filled.any(axis=1)], place[filled.any(axis=0)]
    return Lines(
        grid,
        across,
        line,
        place,
        total=np.asarray(roles[line] == _TOTAL, np.bool_),
        part=np.zeros(len(place), np.int64) if across else grid.part[place],
        position=_block(grid.position, line, place, across=across),
        kind=_block(grid.kind, line, place, across=across),
        value=_block(grid.value, line, place, across=across),
        template=_block(grid.template, line, place, across=across),
    )


_kept_lines = once(_made_lines)


def _block(
    matrix: npt.NDArray[Number],
    line: npt.NDArray[np.intp],
    place: npt.NDArray[np.intp],
    *,
    across: bool,
) -> npt.NDArray[Number]:
    """The cells of some lines at some places, line by line; a view where they are contiguous."""
    turned = matrix if across else matrix.T
    for axis, chosen in enumerate((line, place)):
        if len(chosen) and chosen[-1] - chosen[0] == len(chosen) - 1:
            part = slice(int(chosen[0]), int(chosen[-1]) + 1)
            turned = turned[part] if axis == 0 else turned[:, part]
        else:
            turned = turned[chosen] if axis == 0 else turned[:, chosen]
    return turned


def copied_along(lines: Lines) -> Mask:
    """Which formulas were copied along their line, or were copied to no neighbour at all.

    A formula whose only copies stand in the lines beside it tells nothing about its own line.
    """
    same_along = _has_equal(lines.template, axis=1)
    same_beside = _has_equal(lines.template, axis=0)
    return np.asarray(lines.formula & (same_along | ~same_beside), np.bool_)


def _has_equal(template: npt.NDArray[np.int32], *, axis: int) -> Mask:
    """Which cells hold the template of the cell before or behind them along an axis."""
    found = np.zeros(template.shape, np.bool_)
    if template.shape[axis] < 2:  # noqa: PLR2004 - a neighbour
        return found
    front = [slice(None), slice(None)]
    back = [slice(None), slice(None)]
    front[axis], back[axis] = slice(None, -1), slice(1, None)
    equal = template[tuple(front)] == template[tuple(back)]
    found[tuple(front)] |= equal
    found[tuple(back)] |= equal
    return found
