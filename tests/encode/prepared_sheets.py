"""Sheets ready to be parted into lines."""

from __future__ import annotations

from dataclasses import dataclass

from tests.books import SheetSpec, book
from tickmark.encode.cell_index import CellIndex
from tickmark.encode.merges import merges_of
from tickmark.encode.source import Source, source_of
from tickmark.encode.standing import Mask, VisibleCells, visible_cells
from tickmark.model.address import cell_address


@dataclass(frozen=True)
class Prepared:
    """A sheet with its visible cells."""

    source: Source
    index: CellIndex
    cells: VisibleCells

    def chosen(self, mask: Mask) -> list[str]:
        """The addresses of the visible cells of a mask."""
        places = zip(self.cells.rows.tolist(), self.cells.columns.tolist(), strict=True)
        return [cell_address(*cell) for cell, one in zip(places, mask.tolist(), strict=True) if one]


def prepared(page: SheetSpec) -> Prepared:
    """A sheet by itself."""
    workbook = book({"S": page})
    source = source_of(workbook, workbook.sheets[0])
    index = CellIndex(source.sheet.cells)
    return Prepared(source, index, visible_cells(source, index, merges_of(source.sheet, index)))
