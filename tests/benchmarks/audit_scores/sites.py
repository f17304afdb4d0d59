"""Formula cells in which an error can be put, with the run of copies that each stands in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tests.benchmarks.audit_scores.edited_book import At, prefix_of, written
from tickmark.model.grid import CellKind, Cells
from tickmark.structure.formulas import NO_TEMPLATE, Formulas, SheetFormulas
from tickmark.structure.pieces import COLUMNS, ROWS, TWO, Area, split, written_area
from tickmark.structure.reference import Edges
from tickmark.structure.skeleton import skeleton

LONG = 3
"""Copies beside each other from which on a cell stands in a run."""


@dataclass(frozen=True, slots=True)
class Part:
    """One reference of a formula: where it stands in the split text, its sheet, its call.

    `sheet` is the number of the sheet it lies on, None for another workbook; `prefix` is where its
    written sheet begins in the text before it, None without one.
    """

    index: int
    area: Area
    sheet: int | None
    prefix: int | None

    @property
    def edges(self) -> Edges:
        """Top, left, bottom, right."""
        form, top, left, bottom, right = self.area
        if not form & TWO:
            return top, left, top, left
        return min(top, bottom), min(left, right), max(top, bottom), max(left, right)


@dataclass(frozen=True)
class Site:
    """A formula cell: `down` and `across` count the copies above, below, left and right of it."""

    formulas: Formulas
    at: At
    row: int
    column: int
    text: str
    down: tuple[int, int]
    across: tuple[int, int]

    @property
    def in_run(self) -> bool:
        """Whether it is one of at least LONG copies in a row or column."""
        return max(sum(self.down), sum(self.across)) + 1 >= LONG

    @property
    def own(self) -> SheetFormulas:
        """The formulas of its sheet."""
        return self.formulas.sheets[self.at[0]]

    @cached_property
    def pieces(self) -> list[tuple[str, str]]:
        """The formula split into texts and references."""
        return split(self.text)

    @cached_property
    def parts(self) -> list[Part]:
        """The references to single cells and to ranges with both corners, of this workbook."""
        if skeleton(self.pieces).error >= 0:
            return []
        numbers = self.formulas.scope.sheets
        found = []
        for index, (before, reference) in enumerate(self.pieces):
            if reference:
                start, name = prefix_of(before)
                area = written_area(reference)
                number = self.at[0] if name is None else numbers.get(name.casefold())
                if not area[0] & (COLUMNS | ROWS) and not before.endswith((":", "#")):
                    prefix = None if name is None else start
                    found.append(Part(index, area, number, prefix))
        return found

    def rewritten(self, index: int, reference: str, before: str | None = None) -> str:
        """The formula with another reference, and another text before it, in place of one."""
        made = list(self.pieces)
        made[index] = (made[index][0] if before is None else before, reference)
        return "".join(text for pair in made for text in pair)

    def kind(self, sheet: int, row: int, column: int) -> CellKind:
        """What a cell of the workbook holds."""
        if row < 1 or column < 1:
            return CellKind.EMPTY
        cells = self.cells(sheet)
        at = cells.position(row, column)
        return CellKind.EMPTY if at is None else CellKind(int(cells.kinds[at]))

    def cells(self, sheet: int) -> Cells:
        """The cells of a sheet."""
        return self.formulas.workbook.sheets[sheet].cells


def sites(formulas: Formulas) -> Iterator[Site]:
    """All formula cells but those of arrays and data tables."""
    for number, own in enumerate(formulas.sheets):
        cells = own.sheet.cells
        template: dict[tuple[int, int], int] = {
            (row, column): index
            for row, column, index in zip(
                cells.rows.tolist(), cells.columns.tolist(), own.template_of.tolist(), strict=True
            )
            if index != NO_TEMPLATE and own.templates[index].fills is None
        }
        for (row, column), index in template.items():
            counts = [
                _copies(template, row, column, index, step)
                for step in ((-1, 0), (1, 0), (0, -1), (0, 1))
            ]
            position = cells.position(row, column)
            if position is not None:
                yield Site(
                    formulas,
                    (number, position),
                    row,
                    column,
                    written(own, position),
                    (counts[0], counts[1]),
                    (counts[2], counts[3]),
                )


def numeric(kind: CellKind) -> bool:
    """Whether arithmetic takes a cell for what it is."""
    return kind in {CellKind.NUMBER, CellKind.DATE}


def any_numeric(site: Site, sheet: int, edges: Edges) -> bool:
    """Whether a range of a sheet holds a number."""
    top, left, bottom, right = edges
    cells = site.cells(sheet)
    low = np.searchsorted(cells.rows, top)
    high = np.searchsorted(cells.rows, bottom, side="right")
    columns = cells.columns[low:high]
    inside = (columns >= left) & (columns <= right)
    return bool(np.isin(cells.kinds[low:high][inside], (CellKind.NUMBER, CellKind.DATE)).any())


def _copies(
    template: dict[tuple[int, int], int], row: int, column: int, index: int, step: tuple[int, int]
) -> int:
    """Cells with the same template in one direction; of long runs only as many as matter."""
    count = 0
    while count < MOST and template.get((row + step[0], column + step[1])) == index:
        row, column = row + step[0], column + step[1]
        count += 1
    return count


MOST = 500
"""Copies to one side that are counted."""
