"""What formulas give on the values that a workbook was saved with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from tickmark.audit.evaluation.agreement import agreeing_digits, same
from tickmark.audit.evaluation.arithmetic import (
    FUNCTIONS,
    UNKNOWN,
    Values,
    binary,
    choice,
    constant,
    function,
    unary,
)
from tickmark.audit.evaluation.cell_values import Budget, CellValues, Tally
from tickmark.audit.evaluation.tallies import AGGREGATES, aggregated, tally_of
from tickmark.model.address import MAX_COLUMN, MAX_ROW, RangeRef
from tickmark.model.grid import CellKind
from tickmark.structure.expression import (
    Call,
    Constant,
    Expression,
    Operation,
    Referred,
    expression,
    parts,
    walk,
)
from tickmark.structure.formulas import Formulas
from tickmark.structure.reference import Reference, ReferenceKind
from tickmark.structure.tables import data_rows

__all__ = ["Evaluator", "agreeing_digits", "same"]

Floats: TypeAlias = npt.NDArray[np.float64]
Longs: TypeAlias = npt.NDArray[np.int64]

MOST_CELLS: Final = 40_000_000
"""Cells of areas that one evaluator looks at one by one."""
AT_ONCE: Final = 1 << 15

_FIRST_IF_GOOD: Final = frozenset({"IFERROR", "IFNA"})
_MOST_NAMES: Final = 10


@dataclass(frozen=True, slots=True, eq=False)
class _Area:
    """An area as the template's first cell means it, and the number of its sheet.

    In other rows than `first` to `last` it means nothing: `[@Net]` outside of its table.
    """

    sheet: int
    reference: Reference
    first: int = 1
    last: int = MAX_ROW


_Meaning: TypeAlias = tuple[_Area, ...] | Constant | None
"""What a reference means: areas, the constant that a name is, or nothing that can be told."""

_Item: TypeAlias = Values | tuple[_Area, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Program:
    """A template made ready: its tree, parts before what takes them, and what references mean."""

    steps: tuple[Expression, ...]
    meanings: tuple[_Meaning, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """The cells to calculate: the sheet, rows and columns, and how far they are from the first."""

    sheet: int
    rows: Longs
    columns: Longs
    down: Longs
    across: Longs


def _steps(tree: Expression) -> tuple[Expression, ...]:
    """A tree from right to left, so that operands lie on a stack with the first on top."""
    return tuple(walk(tree))[::-1]


class Evaluator:
    """Calculates + - * / ^ %, comparisons, IF, SUM, AVERAGE, MIN, MAX, COUNT and the like.

    Takes the cached values of the cells that a formula refers to, and never follows their own
    formulas. What depends on an error, a missing cached value, a text in arithmetic, another
    workbook, an array, the cell itself or a function that is not known here cannot be told.
    """

    def __init__(self, formulas: Formulas) -> None:
        self._formulas = formulas
        self._programs: dict[tuple[int, int], _Program | None] = {}
        self._sheets: dict[int, CellValues] = {}
        self._texts: dict[str, int] = {"": 0}
        self._text_numbers: dict[tuple[int, int], int] = {}
        self._budget = Budget(MOST_CELLS)

    def value(self, sheet: int, template: int, row: int, column: int) -> float | None:
        """What a template of a sheet would give in a cell of it; None where that is not certain.

        The cell need not hold the template.
        """
        found = float(self.values(sheet, template, np.array([row]), np.array([column]))[0])
        return None if np.isnan(found) else found

    def values(
        self,
        sheet: int,
        template: int,
        rows: npt.ArrayLike,
        columns: npt.ArrayLike,
        *,
        part: Expression | None = None,
    ) -> Floats:
        """What a template of a sheet would give in n cells of it; NaN where that is not certain.

        Results that are texts or truth values are NaN too. A column of running totals takes time
        that is linear to its length. `part` is a part of the template's tree to calculate alone.
        """
        down, across = np.asarray(rows, np.int64), np.asarray(columns, np.int64)
        program = self._program(sheet, template)
        result = np.full(len(down), np.nan)
        if program is None:
            return result
        steps = program.steps if part is None else _steps(part)
        own = self._formulas.sheets[sheet].templates[template]
        moves = own.fills is None
        for start in range(0, len(down), AT_ONCE):
            chunk = slice(start, start + AT_ONCE)
            at_rows, at_columns = down[chunk], across[chunk]
            cells = _Cells(
                sheet,
                at_rows,
                at_columns,
                at_rows - own.row if moves else np.zeros_like(at_rows),
                at_columns - own.column if moves else np.zeros_like(at_columns),
            )
            given = self._run(program.meanings, steps, cells)
            number = given.number()
            told = (given.kinds == CellKind.NUMBER) | (given.kinds == CellKind.EMPTY)
            result[chunk] = np.where(told, number, np.nan)
        return result

    def _program(self, sheet: int, template: int) -> _Program | None:
        key = sheet, template
        if key not in self._programs:
            self._programs[key] = self._compiled(sheet, template)
        return self._programs[key]

    def _compiled(self, sheet: int, template: int) -> _Program | None:
        own = self._formulas.sheets[sheet].templates[template]
        tree = expression(own.text) if own.computed else None
        if tree is None:
            return None
        written = self._formulas.references[sheet][template]
        at = RangeRef(
            self._formulas.sheets[sheet].sheet.name, own.row, own.column, own.row, own.column
        )
        meanings = tuple([self._meaning(one, at) for one in written])
        return _Program(_steps(tree), meanings)

    def _meaning(self, reference: Reference, at: RangeRef) -> _Meaning:
        if reference.book or reference.to_next or reference.kind is ReferenceKind.BROKEN:
            return None
        scope = self._formulas.scope
        if reference.kind is ReferenceKind.NAME:
            known = scope.name(reference.name, reference.sheet or at.sheet)
            made = self._named(reference.name, reference.sheet or at.sheet)
            if isinstance(made, Constant):
                return made
            if made is None and (
                known is not None or reference.name.casefold() not in scope.tables
            ):
                return None
        areas = []
        for one in scope.resolved(reference, at):
            number = scope.sheets.get(one.sheet.casefold())
            if number is None or one.area is None:
                return None
            first, last = self._rows(reference, one)
            areas.append(_Area(number, one, first, last))
        return tuple(areas) or None

    def _rows(self, reference: Reference, area: Reference) -> tuple[int, int]:
        """The rows of the sheet in which a reference means an area."""
        if reference.kind is ReferenceKind.TABLE and area.relative[0] and area.area is not None:
            for table in self._formulas.scope.tables.values():
                inside = table.range.contains(area.area.top, area.area.left)
                if inside and table.range.sheet == area.sheet:
                    return data_rows(table)
        return 1, MAX_ROW

    def _named(self, name: str, sheet: str) -> Expression | None:
        """The constant or the reference that a defined name is; None for one that calculates."""
        for _ in range(_MOST_NAMES):
            known = self._formulas.scope.name(name, sheet)
            made = None if known is None else expression(known.refers_to)
            match made:
                case Constant(CellKind.NUMBER | CellKind.BOOL | CellKind.TEXT):
                    return made
                case Operation("-", (Constant(CellKind.NUMBER, float(value)),)):
                    return Constant(CellKind.NUMBER, -value)
                case Referred():
                    pass
                case _:
                    return None
            # A name that is another name leads on to it.
            if known is None or self._formulas.scope.name(known.refers_to, sheet) is None:
                return made
            name = known.refers_to
        return None

    def _run(
        self, meanings: Sequence[_Meaning], steps: Sequence[Expression], cells: _Cells
    ) -> Values:
        """The steps of a formula on a stack."""
        stack: list[_Item] = []
        for step in steps:
            count = len(parts(step))
            taken = stack[len(stack) - count :][::-1]
            del stack[len(stack) - count :]
            stack.append(self._step(step, taken, meanings, cells))
        return self._single(stack.pop(), cells)

    def _step(
        self,
        step: Expression,
        taken: Sequence[_Item],
        meanings: Sequence[_Meaning],
        cells: _Cells,
    ) -> _Item:
        match step:
            case Constant():
                return self._constant(step)
            case Referred(number):
                meaning = meanings[number]
                if meaning is None:
                    return UNKNOWN
                return self._constant(meaning) if isinstance(meaning, Constant) else meaning
            case Operation(operator):
                return self._operation(operator, taken, cells)
            case Call(name):
                return self._called(name, taken, cells)
            case _:
                return UNKNOWN

    def _constant(self, one: Constant) -> Values:
        match one.value:
            case str(text) if one.kind is CellKind.TEXT:
                return constant(CellKind.TEXT, float(self._text_number(text)))
            case bool(truth):
                return constant(CellKind.BOOL, float(truth))
            case float(value):
                return constant(CellKind.NUMBER, value)
            case _:
                return constant(one.kind)

    def _text_number(self, text: str) -> int:
        """A number for a text, equal for texts that differ in case only; 0 for no text."""
        return self._texts.setdefault(text.casefold(), len(self._texts))

    def _operation(self, operator: str, taken: Sequence[_Item], cells: _Cells) -> _Item:
        if operator == "@":
            return self._single(taken[0], cells)
        if operator in {":", " ", ","}:
            return UNKNOWN
        values = [self._single(one, cells) for one in taken]
        return unary(operator, *values) if len(values) == 1 else binary(operator, *values)

    def _called(self, name: str, taken: Sequence[_Item], cells: _Cells) -> _Item:
        if name in AGGREGATES and taken:
            return self._aggregate(name, taken, cells)
        if name in FUNCTIONS:
            return function(name, [self._single(one, cells) for one in taken])
        if name == "IF" and len(taken) in {2, 3}:
            values = [self._single(one, cells) for one in taken]
            other = values[2] if len(values) == 3 else constant(CellKind.BOOL)  # noqa: PLR2004
            return choice(values[0], values[1], other)
        if (name in _FIRST_IF_GOOD and taken) or (name == "SINGLE" and len(taken) == 1):
            return self._single(taken[0], cells)
        return UNKNOWN

    def _single(self, item: _Item, cells: _Cells) -> Values:
        """The value of one cell; a range where one value is wanted cannot be told."""
        if isinstance(item, Values):
            return item
        if len(item) != 1:
            return UNKNOWN
        edges, known = self._edges(item[0], cells)
        known &= (edges[:, 0] == edges[:, 2]) & (edges[:, 1] == edges[:, 3])
        sheet = item[0].sheet
        kinds, found = self._sheet(sheet).at(edges[:, 0], edges[:, 1])
        kinds = np.where(known, kinds, CellKind.ERROR).astype(np.uint8)
        texts = np.flatnonzero(kinds == CellKind.TEXT)
        if len(texts):
            found[texts] = self._folded(sheet, found[texts])
        return Values(kinds, found)

    def _folded(self, sheet: int, texts: Floats) -> Floats:
        """Texts of a sheet by the numbers that all sheets share."""
        unique, inverse = np.unique(texts, return_inverse=True)
        own = self._formulas.sheets[sheet].sheet.cells.texts
        known = self._text_numbers
        for one in unique.tolist():
            key = sheet, int(one)
            if key not in known:
                known[key] = self._text_number(own[int(one)])
        made = np.array([known[sheet, int(one)] for one in unique.tolist()], np.float64)
        return np.asarray(made[inverse], np.float64)

    def _sheet(self, number: int) -> CellValues:
        if number not in self._sheets:
            cells = self._formulas.sheets[number].sheet.cells
            self._sheets[number] = CellValues(cells, self._budget)
        return self._sheets[number]

    def _edges(self, area: _Area, cells: _Cells) -> tuple[Longs, npt.NDArray[np.bool_]]:
        """Where an area lies for each cell, and whether it leaves the sheet or the cell alone."""
        given, moves = area.reference.area, area.reference.relative
        if given is None:
            return np.zeros((len(cells.rows), 4), np.int64), np.zeros(len(cells.rows), np.bool_)
        start = np.array([given.top, given.left, given.bottom, given.right])
        steps = np.stack((cells.down, cells.across, cells.down, cells.across), axis=1)
        edges = start + steps * np.array(moves)
        top, bottom = np.minimum(edges[:, 0], edges[:, 2]), np.maximum(edges[:, 0], edges[:, 2])
        left, right = np.minimum(edges[:, 1], edges[:, 3]), np.maximum(edges[:, 1], edges[:, 3])
        known = (top >= 1) & (left >= 1) & (bottom <= MAX_ROW) & (right <= MAX_COLUMN)
        rows, columns = cells.rows, cells.columns
        known &= (rows >= area.first) & (rows <= area.last)
        if area.sheet == cells.sheet:
            inside = (top <= rows) & (rows <= bottom) & (left <= columns) & (columns <= right)
            known &= ~inside
        return np.stack((top, left, bottom, right), axis=1), known

    def _aggregate(self, name: str, taken: Sequence[_Item], cells: _Cells) -> Values:
        """What SUM and its like give over areas and single values."""
        reducing = AGGREGATES[name]
        tallies: list[Tally] = []
        for item in taken:
            if isinstance(item, Values):
                tallies.append(tally_of(item))
                continue
            for area in item:
                edges, known = self._edges(area, cells)
                found = self._sheet(area.sheet).tally(edges, reducing)
                tallies.append(
                    Tally(found.reduced, found.numbers, found.filled, found.known & known)
                )
        return aggregated(name, tallies)
