"""Single cells that a formula takes as operands, and what stands there in each of its copies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from tickmark.audit.lines.cell_lines import ACROSS, cell_lines
from tickmark.audit.memo import once
from tickmark.audit.ranges.read_areas import areas_of_cells
from tickmark.model.grid import CellKind
from tickmark.structure.expression import Call, Expression, Operation, Referred, expression
from tickmark.structure.formulas import NO_TEMPLATE, Formulas
from tickmark.structure.reference import Reference, ReferenceKind

MISSING: Final = -1

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Taken(StrEnum):
    """How a formula takes an operand."""

    ALONE = "alone"
    """The formula is nothing but the reference."""
    TERM = "term"
    """Added or taken away."""
    FACTOR = "factor"
    """Multiplied, divided, raised to a power."""
    ARGUMENT = "argument"
    """One cell among the arguments of SUM or PRODUCT, which leave out texts."""


@dataclass(frozen=True, slots=True)
class Operand:
    """A single cell that a formula takes whatever its conditions say.

    `plain` tells that nothing but arithmetic and rounding stands around it, so that an error of
    the operand would be that of the formula.
    """

    reference: Reference
    taken: Taken
    plain: bool


@once
def operands_of(formulas: Formulas) -> tuple[tuple[tuple[Operand, ...], ...], ...]:
    """For each sheet and template the operands that are single cells of this workbook.

    What stands in a branch of IF, IFERROR and the like is left out.
    """
    return tuple(
        tuple(_of_template(formulas, number, at) for at in range(len(own.templates)))
        for number, own in enumerate(formulas.sheets)
    )


def _of_template(formulas: Formulas, sheet: int, template: int) -> tuple[Operand, ...]:
    if not any(map(_is_cell, formulas.references[sheet][template])):
        return ()
    tree = expression(formulas.sheets[sheet].templates[template].text)
    if tree is None:
        return ()
    written = formulas.references[sheet][template]
    found = (
        Operand(written[number], taken, plain)
        for number, taken, plain in _operands(tree)
        if number < len(written)
    )
    return tuple(one for one in found if _is_cell(one.reference))


@dataclass(frozen=True, slots=True, eq=False)
class OperandCells:
    """What an operand is in each of n copies of a formula.

    `sheet` is the number of the sheet it lies on, `rows` and `columns` (n) its place there,
    `positions` (n) that in the sheet's arrays, MISSING where there is no cell. `blank` (n) tells
    which are cells without value and formula, `text` (n) which hold a text.
    """

    operand: Operand
    sheet: int
    rows: Numbers
    columns: Numbers
    positions: Numbers
    blank: Mask
    text: Mask


@once
def operand_cells(formulas: Formulas, sheet: int) -> tuple[tuple[OperandCells, ...], ...]:
    """For each template of a sheet its operands whose sheet is known, in all of its cells."""
    own, sheets = formulas.sheets[sheet], formulas.scope.sheets
    found = [
        (at, operand, sheets.get(operand.reference.sheet.casefold(), -1))
        for at, operands in enumerate(operands_of(formulas)[sheet])
        for operand in operands
    ]
    found = [one for one in found if one[2] >= 0]
    made: list[list[OperandCells]] = [[] for _ in own.templates]
    if found:
        areas, ends = areas_of_cells(own, [(at, one.reference) for at, one, _ in found])
        on = np.repeat([target for *_, target in found], np.diff(ends, prepend=0))
        taken = _Placed.of(formulas, on, areas[:, 0], areas[:, 1])
        for (at, operand, target), (first, last) in zip(
            found, pairwise((0, *ends.tolist())), strict=True
        ):
            made[at].append(taken.part(operand, target, slice(first, last)))
    return tuple(map(tuple, made))


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    """The same of all operands of a sheet, one after the other."""

    rows: Numbers
    columns: Numbers
    positions: Numbers
    blank: Mask
    text: Mask

    @classmethod
    def of(cls, formulas: Formulas, on: Numbers, rows: Numbers, columns: Numbers) -> Self:
        positions = np.full(len(on), MISSING, np.int64)
        blank, text = np.ones(len(on), np.bool_), np.zeros(len(on), np.bool_)
        for target in np.unique(on).tolist():
            here = np.flatnonzero(on == target)
            own = formulas.sheets[target]
            at = cell_lines(own.sheet).positions(ACROSS, rows[here], columns[here])
            positions[here] = at
            here, at = here[at != MISSING], at[at != MISSING]
            kinds = own.sheet.cells.kinds[at]
            blank[here] = (kinds == CellKind.EMPTY) & (own.template_of[at] == NO_TEMPLATE)
            text[here] = kinds == CellKind.TEXT
        return cls(rows, columns, positions, blank, text)

    def part(self, operand: Operand, sheet: int, part: slice) -> OperandCells:
        return OperandCells(
            operand,
            sheet,
            self.rows[part],
            self.columns[part],
            self.positions[part],
            self.blank[part],
            self.text[part],
        )


_BRANCHES: Final = {
    "IF": 1,
    "IFS": 1,
    "SWITCH": 1,
    "CHOOSE": 1,
    "IFERROR": 0,
    "IFNA": 0,
    "AND": 0,
    "OR": 0,
    "LET": 0,
    "LAMBDA": 0,
}
"""Functions that take the arguments from this one on under a condition, or under a guard."""

_GUARDS: Final = frozenset(
    {"ISERROR", "ISERR", "ISNA", "ISBLANK", "ISNUMBER", "ISTEXT", "COUNT", "COUNTA", "TYPE", "N"}
    | {"T", "AGGREGATE", "ERROR.TYPE"}
)
_ROUNDING: Final = frozenset({"ROUND", "ROUNDUP", "ROUNDDOWN", "INT", "ABS", "TRUNC"})
_ADDING: Final = frozenset({"SUM", "PRODUCT"})
_TAKEN: Final = {
    "+": Taken.TERM,
    "-": Taken.TERM,
    "*": Taken.FACTOR,
    "/": Taken.FACTOR,
    "^": Taken.FACTOR,
    "%": Taken.FACTOR,
}


def _operands(tree: Expression) -> Iterator[tuple[int, Taken, bool]]:
    if isinstance(tree, Referred):
        yield tree.number, Taken.ALONE, True
        return
    waiting: list[tuple[Expression, Taken | None, bool]] = [(tree, None, True)]
    while waiting:
        one, taken, plain = waiting.pop()
        match one:
            case Referred(number):
                if taken is not None:
                    yield number, taken, plain
            case Operation(operator, inner):
                kind = _TAKEN.get(operator)
                waiting.extend((part, kind, plain and kind is not None) for part in inner[::-1])
            case Call(function, arguments) if function not in _GUARDS:
                kind = Taken.ARGUMENT if function in _ADDING else None
                always = arguments[: _BRANCHES.get(function, len(arguments))]
                rounds = plain and function in _ROUNDING
                waiting.extend((part, kind, rounds) for part in always[::-1])
            case _:
                continue


def _is_cell(reference: Reference) -> bool:
    """Whether a reference is one cell of this workbook."""
    area = reference.area
    if reference.kind is not ReferenceKind.AREA or area is None or area.cells > 1:
        return False
    return not (reference.book or reference.last_sheet or reference.spill or reference.to_next)
