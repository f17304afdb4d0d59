"""Cells of a sheet by their positions, as findings name them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tickmark.audit.wording import addresses
from tickmark.model.address import cell_address
from tickmark.model.workbook import Sheet
from tickmark.structure.rectangles import rectangles


def ranges_at(sheet: Sheet, positions: Sequence[int] | npt.NDArray[np.integer]) -> tuple[str, ...]:
    """The cells at some positions of a sheet's arrays as few A1 ranges."""
    at = np.asarray(positions, np.intp)
    return addresses(rectangles(sheet.name, sheet.cells.rows[at], sheet.cells.columns[at]))


def address_at(sheet: Sheet, position: int) -> str:
    """The A1 address of the cell at a position of a sheet's arrays."""
    return cell_address(*sheet.cells.place(position))
