"""One formula in all the cells that hold a copy of it."""

from __future__ import annotations

from dataclasses import dataclass

from tickmark.model.address import RangeRef
from tickmark.structure.pieces import Pieces, a1_text, pieces_of_r1c1, r1c1_text, split
from tickmark.structure.relative import shift
from tickmark.structure.skeleton import skeleton
from tickmark.structure.tokens import displayed


@dataclass(frozen=True, slots=True)
class Template:
    """One formula in all cells that hold a copy of it.

    `text` (without `=`) is that of the cell at `row` and `column`, the first found. `pieces` are
    its texts and its references as seen from that cell; copies have equal pieces. `fills` is the
    range of an array formula or data table, which is one formula for all its cells and does not
    move from cell to cell. `computed` is False for a data table, whose cells Excel fills by other
    means.
    """

    text: str
    pieces: Pieces
    row: int
    column: int
    fills: RangeRef | None = None
    computed: bool = True

    @property
    def r1c1(self) -> str:
        """The formula in R1C1 notation, the same for all cells."""
        return r1c1_text(self.pieces)

    @property
    def unknown(self) -> bool:
        """Whether its own text names cells that only its calculation can tell, as OFFSET does.

        `Formulas.unknown` follows names too.
        """
        return skeleton(split(self.text)).unknown

    def text_at(self, row: int, column: int) -> str:
        """The formula of a cell that holds a copy, without `=`, as Excel shows it."""
        return displayed(shift(self.text, *self.distance(row, column)))

    def distance(self, row: int, column: int) -> tuple[int, int]:
        """Rows and columns by which the references of `text` have moved in a cell."""
        return (0, 0) if self.fills is not None else (row - self.row, column - self.column)


def template_of_r1c1(text: str, row: int, column: int) -> Template:
    """The template of a cell whose formula (without `=`) is given in R1C1 notation."""
    made = pieces_of_r1c1(text)
    return Template(a1_text(made, row, column), made, row, column)
