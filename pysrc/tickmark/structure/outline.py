"""A small picture of a sheet: a letter for each tile of the used range."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tickmark.model.grid import NO_FORMULA, CellKind
from tickmark.model.workbook import Sheet
from tickmark.structure.concealment import Mask

# From least to most telling: a tile shows the highest that one of its cells has. So an error is
# never lost in the picture, and a formula stands out from the numbers around it.
LETTERS = ".htbdnfe"
_HIDDEN, _FORMULA, _ERROR = 1, 6, 7
_RANKS = {
    CellKind.EMPTY: 0,
    CellKind.TEXT: 2,
    CellKind.BOOL: 3,
    CellKind.DATE: 4,
    CellKind.NUMBER: 5,
    CellKind.ERROR: _ERROR,
}


def outline(
    sheet: Sheet, *, unseen: Mask | None = None, max_rows: int = 48, max_columns: int = 64
) -> tuple[str, ...]:
    """The used range as texts, one for each row of tiles, with a letter a tile.

    `.` empty, `t` text, `b` truth value, `d` date, `n` number, `f` formula, `e` error: the most
    telling of a tile's visible cells, in this order; `h` a tile with hidden cells only. `unseen`
    is a mask of all cells that count as hidden, by default those that the sheet hides. Tiles are
    as small as the bounds allow, all of one size but for the last row and column. Empty for an
    empty sheet.
    """
    used = sheet.used_range
    if used is None:
        return ()
    height, width = used.bottom - used.top + 1, used.right - used.left + 1
    tile_rows, tile_columns = -(-height // max_rows), -(-width // max_columns)
    down, across = -(-height // tile_rows), -(-width // tile_columns)
    tiles = np.zeros(down * across, np.uint8)
    cells = sheet.cells
    rows = (cells.rows - used.top) // tile_rows
    columns = (cells.columns.astype(np.int32) - used.left) // tile_columns
    ranks = kind_ranks(sheet)
    ranks[sheet.hidden_cells() if unseen is None else unseen] = _HIDDEN
    np.maximum.at(tiles, rows * across + columns, ranks)
    letters = np.frombuffer(LETTERS.encode(), np.uint8)[tiles].reshape(down, across)
    return tuple(row.tobytes().decode() for row in letters)


def kind_ranks(sheet: Sheet) -> npt.NDArray[np.uint8]:
    """The index into LETTERS of each cell of a sheet, whether it is hidden or not."""
    cells = sheet.cells
    rank_of = np.zeros(max(CellKind) + 1, np.uint8)
    for kind, rank in _RANKS.items():
        rank_of[kind] = rank
    ranks = rank_of[cells.kinds]
    ranks[(cells.formulas != NO_FORMULA) & (ranks != _ERROR)] = _FORMULA
    return ranks
