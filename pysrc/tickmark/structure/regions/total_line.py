"""One total row or column, and what it sums up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tickmark.structure.regions.sums import Sums
from tickmark.structure.spans import Span


class Proof(StrEnum):
    """How a total is known."""

    FORMULAS = "formulas"
    VALUES = "values"
    LABEL = "label"
    AUTHOR = "author"


@dataclass(frozen=True, slots=True)
class Total:
    """One total row (or column), by its number in the raster.

    `adds` are the rows (columns) that it sums up and `takes` those that it takes away, as spans in
    order; both are empty where only its name tells that it is a total.
    """

    line: int
    proof: Proof
    adds: tuple[Span, ...] = ()
    takes: tuple[Span, ...] = ()


def formula_total(
    sums: Sums, template: int, cell: tuple[int, int], origin: tuple[int, int], *, across: bool
) -> Total:
    """The total that a cell of a raster is part of; `origin` is the place of the raster."""
    adds: set[Span] = set()
    takes: set[Span] = set()
    own = int(across)
    for sign, area in sums.spans(template, cell[0] + origin[0], cell[1] + origin[1]):
        first, last = sorted((area[own] - origin[own], area[own + 2] - origin[own]))
        (adds if sign > 0 else takes).add((first, last))
    return Total(cell[own], Proof.FORMULAS, tuple(sorted(adds)), tuple(sorted(takes)))
