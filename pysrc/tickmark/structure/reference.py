"""One reference of a formula: to cells, to a name, into a table, or the trace of a lost one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from tickmark.model.address import MAX_COLUMN, MAX_ROW, RangeRef
from tickmark.structure.calls import Use, takes_ranges


class ReferenceKind(StrEnum):
    """Cells, a defined name, a structured reference into a table, or the trace of a lost one."""

    AREA = "area"
    NAME = "name"
    TABLE = "table"
    BROKEN = "broken"


Edges = tuple[int, int, int, int]
"""Top, left, bottom and right of an area, all 1-based and inclusive."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference of a formula.

    `text` is the reference as written, with its sheet prefix. `sheet` is the sheet it lies on (of
    a 3D reference the first, `last_sheet` the last); empty for a name or table without prefix.
    `book` is empty for the own workbook, else what stands in the brackets: `1` for the first
    external link, or a file name with the path before it. `area` belongs to AREA; `relative` tells
    which of its edges move when the formula is copied (top, left, bottom, right). `name` is the
    defined name, or the table of a structured reference (empty: the formula's own table), whose
    part in brackets is `item`. `function` is the innermost call that it is an argument of, and
    `use` tells what the formula takes of it. `spill` means all cells that the formula in the area
    fills, as in `A1#`. `to_next` tells that it is one end of a range up to the next reference of
    the formula, as in `First:Last`.
    """

    kind: ReferenceKind
    text: str
    sheet: str = ""
    last_sheet: str = ""
    book: str = ""
    area: RangeRef | None = None
    relative: tuple[bool, bool, bool, bool] = (False, False, False, False)
    name: str = ""
    item: str = ""
    function: str = ""
    use: Use = Use.VALUE
    spill: bool = False
    to_next: bool = False

    def edges(self, rows: int = 0, columns: int = 0) -> Edges:
        """The area after the formula was copied down and right by so many cells.

        What leaves the sheet on one side comes in on the other, as in Excel. Raises ValueError for
        a reference without area.
        """
        if self.area is None:
            message = f"{self.text} is no area"
            raise ValueError(message)
        area, relative = self.area, self.relative
        top = (area.top + rows - 1) % MAX_ROW + 1 if relative[0] else area.top
        left = (area.left + columns - 1) % MAX_COLUMN + 1 if relative[1] else area.left
        bottom = (area.bottom + rows - 1) % MAX_ROW + 1 if relative[2] else area.bottom
        right = (area.right + columns - 1) % MAX_COLUMN + 1 if relative[3] else area.right
        return min(top, bottom), min(left, right), max(top, bottom), max(left, right)


def taken(reference: Reference, use: Use, function: str) -> Reference:
    """The reference as an argument of a function.

    Of a range where one value is wanted, as in `=A1:A9*2`, only the cell in line is taken.
    """
    area = reference.area
    if use in {Use.VALUE, Use.CONDITIONAL} and area is not None and area.cells > 1:
        use = use if takes_ranges(function) else Use.SELECTED
    if use is reference.use and function == reference.function:
        return reference
    return replace(reference, use=use, function=function)
