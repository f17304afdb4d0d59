"""Typed numbers that are the sum over one more cell than the sums beside them take."""

from __future__ import annotations

from typing import Final

from tickmark.audit.evaluation.agreement import agreeing_digits, same
from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind
from tickmark.structure.expression import Call, Referred, expression
from tickmark.structure.formulas import Formulas, SheetFormulas

FEWEST_DIGITS: Final = 2
"""Fewer digits that agree are chance."""


def is_longer_sum(formulas: Formulas, sheet: int, template: int, position: int) -> bool:
    """Whether a number is the sum over one more cell than the sums beside it take.

    Then the sums leave something out, and the number is right.
    """
    own = formulas.sheets[sheet]
    cells = own.sheet.cells
    made = own.templates[template]
    match expression(made.text):
        case Call("SUM", (Referred(),)):
            pass
        case _:
            return False
    (one, *rest) = formulas.precedents[sheet][template] or (None,)
    if one is None or rest or one.area is None or one.sheet != own.sheet.name or one.book:
        return False
    row, column = cells.place(position)
    top, left, bottom, right = one.edges(*made.distance(row, column))
    typed = float(cells.values[position])
    if same(typed, _sum(own, (top, left, bottom, right))):
        return False
    if left == right:
        longer = ((top - 1, left, bottom, right), (top, left, bottom + 1, right))
    elif top == bottom:
        longer = ((top, left - 1, bottom, right), (top, left, bottom, right + 1))
    else:
        return False
    for edges in longer:
        inside = edges[0] <= row <= edges[2] and edges[1] <= column <= edges[3]
        if min(edges) < 1 or inside:
            continue
        if agreeing_digits(typed, _sum(own, edges)) >= FEWEST_DIGITS:
            return True
    return False


def _sum(own: SheetFormulas, edges: tuple[int, int, int, int]) -> float:
    """The sum of the numbers in an area of the sheet."""
    cells = own.sheet.cells
    at = cells.within(RangeRef(own.sheet.name, *edges))
    return float(cells.values[at[cells.kinds[at] == CellKind.NUMBER]].sum())
