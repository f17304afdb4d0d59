"""Tables of edges in the making: one int64 row an edge, cheap to sort, cut and join."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from tickmark.structure.ordering import counted

EdgeTable: TypeAlias = npt.NDArray[np.int64]
"""Shape (n, EDGE_WIDTH)."""

# The dependents as in Lattice, the sheet of the target, its sides for the first dependent and how
# far they move from row to row and from column to column of dependents, the use, the place of the
# reference in its formula, its sides that are written relative (a sum of 1, 2, 4, 8), and the
# formula block.
SHEET, TOP, LEFT, HEIGHT, WIDTH, ROW_STEP, COLUMN_STEP = range(7)
TARGET: Final = 7
BASE: Final = slice(8, 12)
BY_ROW: Final = slice(12, 16)
BY_COLUMN: Final = slice(16, 20)
USE: Final = 20
PLACE: Final = 21
WRITTEN: Final = 22
BLOCK: Final = 23
EDGE_WIDTH: Final = 24


def cells(table: EdgeTable) -> npt.NDArray[np.int64]:
    """Numbers of dependents."""
    found: npt.NDArray[np.int64] = table[:, HEIGHT] * table[:, WIDTH]
    return found


def turned(table: EdgeTable) -> EdgeTable:
    """The same with rows for columns, in the dependents and in the targets."""
    found = table[:, _TURNED]
    written = found[:, WRITTEN]
    found[:, WRITTEN] = (written & 5) << 1 | (written & 10) >> 1
    return found


def _turned_order() -> list[int]:
    order = list(range(EDGE_WIDTH))
    for one, other in ((TOP, LEFT), (HEIGHT, WIDTH), (ROW_STEP, COLUMN_STEP)):
        order[one], order[other] = other, one
    base = [9, 8, 11, 10]
    order[BASE] = base
    order[BY_ROW] = [side + 8 for side in base]
    order[BY_COLUMN] = [side + 4 for side in base]
    return order


_TURNED: Final = _turned_order()


def part(table: EdgeTable, i: npt.NDArray[np.int64], height: npt.NDArray[np.int64]) -> EdgeTable:
    """The edges with so many rows of dependents from row number i (from 0) on."""
    found = table.copy()
    found[:, TOP] += i * table[:, ROW_STEP]
    found[:, BASE] += table[:, BY_ROW] * i[:, None]
    found[:, HEIGHT] = height
    single = height == 1
    found[single, ROW_STEP] = 1
    found[single, BY_ROW] = 0
    return found


def split_rows(table: EdgeTable, at: npt.NDArray[np.int64]) -> EdgeTable:
    """The edges with those in two of which row number `at` of the dependents is an inner one."""
    inner = (at > 0) & (at < table[:, HEIGHT])
    if not inner.any():
        return table
    chosen, at = table[inner], at[inner]
    return np.concatenate(
        [
            table[~inner],
            part(chosen, np.zeros_like(at), at),
            part(chosen, at, chosen[:, HEIGHT] - at),
        ]
    )


def expanded(table: EdgeTable) -> EdgeTable:
    """The edges with one dependent each."""
    at, ahead = counted(cells(table))
    found = table[at]
    i, j = np.divmod(ahead, found[:, WIDTH])
    found[:, TOP] += i * found[:, ROW_STEP]
    found[:, LEFT] += j * found[:, COLUMN_STEP]
    found[:, BASE] += found[:, BY_ROW] * i[:, None] + found[:, BY_COLUMN] * j[:, None]
    found[:, [HEIGHT, WIDTH, ROW_STEP, COLUMN_STEP]] = 1
    found[:, BY_ROW] = found[:, BY_COLUMN] = 0
    return found
