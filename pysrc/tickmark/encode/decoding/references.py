"""Earlier lines of an encoded sheet that a later one names: `as A6`, `=<C4>`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tickmark.encode.claim import UNKNOWN, Claim, FormulaText
from tickmark.encode.decoding.formula import Copied, Formula
from tickmark.encode.decoding.work import Work
from tickmark.errors import EncodingError
from tickmark.model.address import RangeRef, cell_address
from tickmark.structure.relative import shift

_SEARCH_COST: Final = 2

Cell = tuple[int, int]
"""Row and column."""


@dataclass(frozen=True, slots=True)
class EarlierLines:
    """The claims of the lines so far by the cell that they begin with.

    `values` are those of lines that list values or tell one for all cells; `formulas` those of
    formulas, each one in a list along a row by itself.
    """

    work: Work
    values: dict[Cell, Claim] = field(default_factory=dict)
    formulas: dict[Cell, Claim] = field(default_factory=dict)

    def note(self, claim: Claim) -> None:
        """Take in a claim of a line that has been read."""
        cell = (claim.areas[0].top, claim.areas[0].left)
        if claim.formula is not None:
            self.formulas.setdefault(cell, claim)
        elif claim.summary is None:
            self.values.setdefault(cell, claim)

    def like(self, cell: Cell, areas: Sequence[RangeRef]) -> Claim:
        """The claim that begins with a cell, moved to areas of the same shape.

        Raises EncodingError where there is none.
        """
        name = cell_address(*cell)
        told = self.values.get(cell)
        if told is None:
            raise EncodingError(f"no line before begins with {name} and tells values alone.")
        if [*map(_shape, told.areas)] != [*map(_shape, areas)] or told.excepted:
            raise EncodingError(f"the line of {name} tells of cells in another shape.")
        self.work.spend(len(told.values or ()) + len(told.merged))
        rows, columns = areas[0].top - told.areas[0].top, areas[0].left - told.areas[0].left
        merged = tuple(_moved(one, rows, columns) for one in told.merged)
        return Claim(
            areas[0].sheet, tuple(areas), values=told.values, constant=told.constant, merged=merged
        )

    def written_out(self, formula: Formula, row: int, column: int) -> FormulaText:
        """The formula of a cell, where it is a copy as it looks there; raises EncodingError."""
        if isinstance(formula, FormulaText):
            return formula
        name = cell_address(formula.row, formula.column)
        told = self.formulas.get((formula.row, formula.column)) or self._holding(formula)
        if told is None or told.formula is None:
            raise EncodingError(f"no line before tells the formula of {name}.")
        text = told.formula.text
        if told.formula.array:
            raise EncodingError(f"{name} holds an array formula, of which there are no copies.")
        if told.formula.length:
            return FormulaText("=", length=UNKNOWN)
        first = told.areas[0]
        self.work.spend(len(text))
        return FormulaText("=" + shift(text[1:], row - first.top, column - first.left))

    def _holding(self, cell: Copied) -> Claim | None:
        """The claim of which a cell is not the first."""
        for claim in self.formulas.values():
            self.work.spend(_SEARCH_COST * (len(claim.areas) + len(claim.excepted)))
            if any(one.contains(cell.row, cell.column) for one in claim.areas) and not any(
                one.contains(cell.row, cell.column) for one in claim.excepted
            ):
                return claim
        return None


def _shape(area: RangeRef) -> tuple[int, int]:
    return area.bottom - area.top, area.right - area.left


def _moved(area: RangeRef, rows: int, columns: int) -> RangeRef:
    top, left = area.top + rows, area.left + columns
    return RangeRef(area.sheet, top, left, area.bottom + rows, area.right + columns)
