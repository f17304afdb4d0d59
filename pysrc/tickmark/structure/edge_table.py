"""Tables of edges in the making: int64 columns that are cheap to sort, cut and join."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from tickmark.structure.ordering import Flags, Numbers, counted

EdgeTable: TypeAlias = npt.NDArray[np.int64]
"""Shape (EDGE_COLUMNS, n): the facts of n edges, each fact of all edges together in memory."""

# The dependents as in Lattice, the sheet of the target, its sides for the first dependent and how
# far they move from row to row and from column to column of dependents, the use, the place of the
# reference in its formula, its sides that are written relative (a sum of 1, 2, 4, 8), and the
# formula block.
SHEET, TOP, LEFT, HEIGHT, WIDTH, ROW_STEP, COLUMN_STEP = range(7)
DEPENDENTS: Final = slice(7)
TARGET: Final = 7
BASE: Final = slice(8, 12)
BY_ROW: Final = slice(12, 16)
BY_COLUMN: Final = slice(16, 20)
USE: Final = 20
PLACE: Final = 21
WRITTEN: Final = 22
BLOCK: Final = 23
EDGE_COLUMNS: Final = 24


def no_edges(count: int = 0) -> EdgeTable:
    """A table of so many edges without facts."""
    return np.zeros((EDGE_COLUMNS, count), np.int64)


def all_of(*tables: EdgeTable) -> EdgeTable:
    """The edges of several tables."""
    filled = [table for table in tables if table.shape[1]]
    return np.concatenate(filled, axis=1) if len(filled) > 1 else (filled or [no_edges()])[0]


def cells(table: EdgeTable) -> Numbers:
    """Numbers of dependents."""
    found: Numbers = table[HEIGHT] * table[WIDTH]
    return found


def turned(table: EdgeTable) -> EdgeTable:
    """The same with rows for columns, in the dependents and in the targets."""
    found = table[_TURNED]
    written = found[WRITTEN]
    found[WRITTEN] = (written & 5) << 1 | (written & 10) >> 1
    return found


def _turned_order() -> list[int]:
    order = list(range(EDGE_COLUMNS))
    for one, other in ((TOP, LEFT), (HEIGHT, WIDTH), (ROW_STEP, COLUMN_STEP)):
        order[one], order[other] = other, one
    base = [9, 8, 11, 10]
    order[BASE] = base
    order[BY_ROW] = [side + 8 for side in base]
    order[BY_COLUMN] = [side + 4 for side in base]
    return order


_TURNED: Final = _turned_order()


def part(table: EdgeTable, i: Numbers, height: Numbers) -> EdgeTable:
    """The edges with so many rows of dependents from row number i (from 0) on."""
    found = table.copy()
    found[TOP] += i * table[ROW_STEP]
    found[BASE] += table[BY_ROW] * i
    found[HEIGHT] = height
    made_single(found, height == 1)
    return found


def made_single(table: EdgeTable, chosen: Flags) -> None:
    """Give those with one row of dependents the step 1 and no moves from row to row."""
    table[ROW_STEP, chosen] = 1
    table[BY_ROW, chosen] = 0


def split_rows(table: EdgeTable, at: Numbers) -> EdgeTable:
    """The edges with those in two of which row number `at` of the dependents is an inner one."""
    inner = (at > 0) & (at < table[HEIGHT])
    if not inner.any():
        return table
    chosen, at = table[:, inner], at[inner]
    return all_of(
        table[:, ~inner],
        part(chosen, np.zeros_like(at), at),
        part(chosen, at, chosen[HEIGHT] - at),
    )


def expanded(table: EdgeTable) -> EdgeTable:
    """The edges with one dependent each."""
    sizes = cells(table)
    if (sizes == 1).all():
        return table
    at, ahead = counted(sizes)
    found = table[:, at]
    i, j = np.divmod(ahead, found[WIDTH])
    found[TOP] += i * found[ROW_STEP]
    found[LEFT] += j * found[COLUMN_STEP]
    found[BASE] += found[BY_ROW] * i + found[BY_COLUMN] * j
    found[HEIGHT : COLUMN_STEP + 1] = 1
    found[BY_ROW.start : BY_COLUMN.stop] = 0
    return found
