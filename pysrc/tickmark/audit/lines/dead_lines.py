"""Calculations among used ones that nothing uses: gaps in a line, and whole lines of a region."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.lines.lines import Lines, Mask, lines_of
from tickmark.audit.region_grid import RegionGrid
from tickmark.structure.formulas import NO_TEMPLATE

Positions = npt.NDArray[np.intp]

LONGEST_GAP: Final = 3
SHORTEST_RUN: Final = 6
USED_SHARE: Final = 0.8
MOST_GAPS: Final = 2_000
FEWEST_CELLS: Final = 3
FEWEST_LINES: Final = 4
USED_LINES: Final = 0.75


@dataclass(frozen=True, slots=True, eq=False)
class DeadCells:
    """Formula cells that nothing uses, by their positions, and what is used beside them.

    A gap has the cells of the same formula around it: `used` of `beside` of them are used. A whole
    line (`whole`) has the other lines of the region. `siblings` are the nearest used ones.
    """

    positions: Positions
    whole: bool
    used: int
    beside: int
    siblings: Positions


def gaps(grid: RegionGrid, used: Mask, dead: Mask) -> Iterator[DeadCells]:
    """Up to three dead cells in a row or column of copies of one formula that are used.

    `used` and `dead` are aligned with the cells of the sheet.
    """
    if not _may_hold(grid, used, dead):
        return
    for across in (True, False):
        lines = lines_of(grid, across=across)
        if lines.position.size:
            yield from _gaps(lines, used, dead)


def _gaps(lines: Lines, used: Mask, dead: Mask) -> Iterator[DeadCells]:
    # A place without formula ends each line, so that no run goes on from one line to the next.
    height, width = lines.template.shape
    template = np.full((height, width + 2), NO_TEMPLATE, np.int32)
    position = np.full((height, width + 2), -1, np.int64)
    template[:, 1:-1], position[:, 1:-1] = lines.template, lines.position
    template, position = template.ravel(), position.ravel()
    formula = template != NO_TEMPLATE
    is_used = formula & used[position]
    is_dead = formula & dead[position]
    same = np.zeros(len(template), np.bool_)
    same[1:] = template[1:] == template[:-1]
    starts = np.flatnonzero(is_dead & same & np.roll(is_used, 1))
    run = np.cumsum(~same) - 1
    firsts = np.flatnonzero(~same)
    lasts = np.append(firsts[1:], len(template))
    for start in starts[:MOST_GAPS].tolist():
        first, last = int(firsts[run[start]]), int(lasts[run[start]])
        end = start
        while end < last and is_dead[end]:
            end += 1
        length, total = end - start, last - first
        inside = int(is_used[first:last].sum())
        if length > LONGEST_GAP or end == last or not is_used[end] or total < SHORTEST_RUN:
            continue
        if inside >= USED_SHARE * total:
            yield DeadCells(
                position[start:end],
                whole=False,
                used=inside,
                beside=total - length,
                siblings=position[[start - 1, end]],
            )


def dead_lines(grid: RegionGrid, used: Mask, dead: Mask) -> Iterator[DeadCells]:
    """Lines of formulas that are dead from end to end, between lines that are used.

    The first and the last line of formulas and totals may be results and are left out.
    """
    if not _may_hold(grid, used, dead):
        return
    for across in (True, False):
        lines = lines_of(grid, across=across)
        if lines.position.size:
            yield from _dead_lines(lines, used, dead)


def _may_hold(grid: RegionGrid, used: Mask, dead: Mask) -> bool:
    """Whether a region has formulas that are used and formulas that are dead."""
    if grid.formula_count < FEWEST_CELLS:
        return False
    at = grid.position[grid.is_formula]
    return bool(dead[at].any()) and bool(used[at].any())


def _dead_lines(lines: Lines, used: Mask, dead: Mask) -> Iterator[DeadCells]:
    formula = lines.formula
    counts = formula.sum(axis=1)
    calculated = np.flatnonzero((counts >= FEWEST_CELLS) & ~lines.total)
    if len(calculated) < FEWEST_LINES:
        return
    is_used = formula & used[lines.position]
    is_dead = formula & dead[lines.position]
    alive = 2 * is_used.sum(axis=1) >= counts
    lifeless = is_dead.sum(axis=1) == counts
    living = int(alive[calculated].sum())
    if living < USED_LINES * len(calculated):
        return
    for number in range(1, len(calculated) - 1):
        line, before, behind = (int(calculated[number + step]) for step in (0, -1, 1))
        if lifeless[line] and alive[before] and alive[behind]:
            first = [int(lines.position[one][formula[one]][0]) for one in (before, behind)]
            yield DeadCells(
                lines.position[line][formula[line]],
                whole=True,
                used=living,
                beside=len(calculated) - 1,
                siblings=np.array(first, np.intp),
            )
