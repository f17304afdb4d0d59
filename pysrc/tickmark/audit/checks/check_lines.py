"""Rows and columns of checks, and which of their cells fail."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from tickmark.audit.checks.check_forms import CheckForm, Form, check_form
from tickmark.audit.checks.check_words import Says, says, verdict
from tickmark.audit.rule import Facts
from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind
from tickmark.structure.expression import Expression, Referred, expression, walk
from tickmark.structure.formulas import NO_TEMPLATE
from tickmark.structure.labels import Labels
from tickmark.structure.number_formats import decimals_shown
from tickmark.structure.reference import Reference

MOST_LABELS: Final = 300
"""Rows or columns of one formula whose labels are read."""
MOST_CELLS: Final = 10_000
"""Longer lines are data that is compared, no checks."""
RELATIVE: Final = 1e-6
_WITHOUT_SCALE: Final = 1e-4

Floats: TypeAlias = npt.NDArray[np.float64]
Positions: TypeAlias = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class CheckCell:
    """A cell of a check: where it stands, what it gives, and the values of its two sides.

    `holds` is None where that cannot be told; `computed` tells that both sides are formulas.
    """

    position: int
    template: int
    holds: bool | None
    left: float
    right: float
    computed: bool
    sides: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckLine:
    """The cells of one row or column that check in the same form, and what the line is called."""

    sheet: int
    form: Form
    along_row: bool
    label: str
    says: Says
    equal: bool
    cells: tuple[CheckCell, ...]

    @property
    def failing(self) -> tuple[CheckCell, ...]:
        """The cells that say it does not hold."""
        return tuple(one for one in self.cells if one.holds is False)

    @property
    def passing(self) -> tuple[CheckCell, ...]:
        """The cells that say it holds, and are not known to compare nothing with nothing."""
        return tuple(one for one in self.cells if one.holds and one.left and one.right)


def check_lines(facts: Facts, sheet: int) -> Iterator[CheckLine]:
    """The lines of formulas of a sheet that have the form of a check and a cell that fails.

    A cell may stand in a row and in a column. Whether a line is a check is for the caller to say.
    """
    for (along_row, _, label, kind, equal), copies in _grouped(facts, sheet).items():
        if sum(len(one.positions) for one in copies) > MOST_CELLS:
            continue
        if not any(_may_fail(facts, sheet, one) for one in copies):
            continue
        found = [cell for one in copies for cell in _cells(facts, sheet, one)]
        if any(cell.holds is False for cell in found):
            cells = tuple(sorted(found, key=lambda cell: cell.position))
            yield CheckLine(sheet, kind, along_row, label, says(label), equal, cells)


_Key: TypeAlias = tuple[bool, int, str, Form, bool]
"""Whether it is a row, its number and label, the form of its formulas, and CheckForm.equal."""


def _grouped(facts: Facts, sheet: int) -> dict[_Key, list[_Copies]]:
    """The formulas of a sheet that have the form of a check, by the lines they stand in."""
    own = facts.formulas.sheets[sheet]
    order = np.argsort(own.template_of, kind="stable")
    bounds = np.searchsorted(own.template_of[order], np.arange(len(own.templates) + 1))
    lines: dict[_Key, list[_Copies]] = {}
    for at, template in enumerate(own.templates):
        tree = expression(template.text) if template.computed else None
        form = check_form(tree) if tree is not None else None
        positions = order[bounds[at] : bounds[at + 1]]
        if form is None or not np.any(own.sheet.cells.kinds[positions] != CellKind.EMPTY):
            continue
        for along_row in (True, False):
            if _is_change(facts, sheet, at, form, along_row=along_row):
                continue
            for key, members in _named(facts, sheet, form, positions, along_row=along_row):
                group = (along_row, *key, form.form, form.equal)
                lines.setdefault(group, []).append(_Copies(at, form, members))
    return lines


@dataclass(frozen=True, slots=True, eq=False)
class _Copies:
    """The copies of one formula in a line."""

    template: int
    form: CheckForm
    positions: Positions


def _may_fail(facts: Facts, sheet: int, copies: _Copies) -> bool:
    """Whether a cell does not hold at first sight: what is rounding is told later."""
    cells = facts.formulas.sheets[sheet].sheet.cells
    kinds, values = cells.kinds[copies.positions], cells.values[copies.positions]
    match copies.form.form:
        case Form.DIFFERENCE:
            return bool(np.any((kinds == CellKind.NUMBER) & (values != 0)))
        case Form.COMPARISON:
            return bool(np.any((kinds == CellKind.BOOL) & (values != bool(copies.form.good))))
        case Form.VERDICT:
            return True


def _is_change(
    facts: Facts, sheet: int, template: int, form: CheckForm, *, along_row: bool
) -> bool:
    """Whether the two sides are neighbours in the same line: how much it changes, no check."""
    references = facts.formulas.references[sheet][template]
    taken = [references[side.number].area for side in form.sides if isinstance(side, Referred)]
    areas = [area for area in taken if area is not None]
    if len(areas) < 2 or areas[0].sheet != areas[1].sheet:  # noqa: PLR2004
        return False
    one, other = areas
    return one.top == other.top if along_row else one.left == other.left


_Named: TypeAlias = list[tuple[tuple[int, str], Positions]]


def _named(
    facts: Facts, sheet: int, form: CheckForm, positions: Positions, *, along_row: bool
) -> _Named:
    """The positions by the row or column that they stand in, with its label.

    Left out are lines whose label tells nothing, or that they are no checks.
    """
    cells = facts.formulas.sheets[sheet].sheet.cells
    lines = (cells.rows if along_row else cells.columns)[positions].astype(np.int64)
    numbers = np.unique(lines)
    if len(numbers) > MOST_LABELS:
        return []
    labels = facts.labels(sheet)
    found: _Named = []
    for number in numbers.tolist():
        members = positions[lines == number]
        row, column = cells.place(members[0])
        text = _label(labels, row, column, along_row=along_row)
        told = says(text)
        if told is Says.ORDINARY and form.form is not Form.VERDICT:
            continue
        if told is Says.NOTHING and not _tells_alone(form, text, along_row=along_row):
            continue
        found.append(((number, text), members))
    return found


def _label(labels: Labels, row: int, column: int, *, along_row: bool) -> str:
    """The label of a line, the farther of two where only that one says what the line is."""
    near = labels.left_of(row, column) if along_row else labels.above(row, column)
    if near is None or not along_row or says(near.text) is not Says.NOTHING:
        return near.text if near is not None else ""
    far = labels.left_of(row, near.cell.column)
    return near.text if far is None or says(far.text) is Says.NOTHING else far.text


def _tells_alone(form: CheckForm, label: str, *, along_row: bool) -> bool:
    """Whether a form may be a check whatever its label says."""
    if form.form is Form.VERDICT:
        return form.equal and isinstance(form.good, str)
    return form.form is Form.DIFFERENCE and along_row and not label


def _cells(facts: Facts, sheet: int, copies: _Copies) -> Iterator[CheckCell]:
    left, right = _sides(facts, sheet, copies)
    with np.errstate(all="ignore"):
        holds = _holding(facts, sheet, copies, np.fmax(np.abs(left), np.abs(right)))
    computed = _are_computed(facts, sheet, copies.template, copies.form)
    for at, one, before, behind in zip(copies.positions, holds, left, right, strict=True):
        yield CheckCell(
            int(at),
            copies.template,
            one,
            float(before),
            float(behind),
            computed,
            copies.form.sides,
        )


def _sides(facts: Facts, sheet: int, copies: _Copies) -> tuple[Floats, Floats]:
    """The values of the two sides in each cell, NaN where they cannot be told."""
    cells = facts.formulas.sheets[sheet].sheet.cells
    rows, columns = cells.rows[copies.positions], cells.columns[copies.positions]
    if len(copies.form.sides) != 2:  # noqa: PLR2004
        lost = np.full(len(rows), np.nan)
        return lost, lost
    left, right = (
        facts.evaluator.values(sheet, copies.template, rows, columns, part=side)
        for side in copies.form.sides
    )
    return left, right


def _are_computed(facts: Facts, sheet: int, template: int, form: CheckForm) -> bool:
    """Whether both sides are calculated, in the formula or in the one cell that they take."""
    return bool(form.sides) and all(
        _is_computed(facts, facts.formulas.references[sheet][template], side) for side in form.sides
    )


def _is_computed(facts: Facts, references: Sequence[Reference], side: Expression) -> bool:
    taken = [part.number for part in walk(side) if isinstance(part, Referred)]
    if len(taken) != 1:
        return len(taken) > 1
    area = references[taken[0]].area
    if area is None or area.cells > 1:
        return area is not None
    number = facts.formulas.scope.sheets.get(area.sheet.casefold())
    if number is None:
        return False
    there = facts.formulas.sheets[number]
    position = there.sheet.cells.position(area.top, area.left)
    return position is not None and bool(there.template_of[position] != NO_TEMPLATE)


def _holding(facts: Facts, sheet: int, copies: _Copies, scale: Floats) -> list[bool | None]:
    """Whether the check holds in each cell, by its cached value."""
    cells = facts.formulas.sheets[sheet].sheet.cells
    found: list[bool | None] = []
    for position, size in zip(copies.positions.tolist(), scale.tolist(), strict=True):
        value = cells.value(position)
        if cells.kinds[position] in _WITHOUT_RESULT:
            found.append(None)
        elif copies.form.form is Form.DIFFERENCE:
            style = facts.workbook.styles[int(cells.styles[position])]
            number = value if isinstance(value, float) else None
            least = tolerance(size, style.number_format)
            found.append(None if number is None else abs(number) <= least)
        elif copies.form.form is Form.COMPARISON:
            found.append(value is copies.form.good if isinstance(value, bool) else None)
        else:
            found.append(_verdict_holds(copies.form, value))
    return found


_WITHOUT_RESULT: Final = frozenset({CellKind.ERROR, CellKind.EMPTY, CellKind.DATE})


def tolerance(scale: float, number_format: str) -> float:
    """The difference between two numbers of a size that is rounding, shown in a format."""
    decimals = decimals_shown(number_format)
    shown = 0.0 if decimals is None else 0.5 * 10.0 ** -max(decimals, 0)
    if math.isnan(scale):
        return max(shown, _WITHOUT_SCALE)
    return max(min(shown, 0.5 * scale), RELATIVE * scale)


def _verdict_holds(form: CheckForm, value: object) -> bool | None:
    if value == form.good:
        return True
    if value == form.bad:
        return False
    return verdict(value) if isinstance(value, str) else None


def side_addresses(
    facts: Facts, line: CheckLine, cell: CheckCell, side: Expression
) -> tuple[str, ...]:
    """The cells that one side of a check takes, as the cell that checks sees them."""
    own = facts.formulas.sheets[line.sheet]
    row, column = (
        int(own.sheet.cells.rows[cell.position]),
        int(own.sheet.cells.columns[cell.position]),
    )
    down, across = own.templates[cell.template].distance(row, column)
    references = facts.formulas.references[line.sheet][cell.template]
    found = []
    for part in walk(side):
        if isinstance(part, Referred):
            one = references[part.number]
            if one.area is None:
                found.append(one.text)
                continue
            area = RangeRef(one.area.sheet, *one.edges(down, across))
            found.append(area.a1 if area.sheet == own.sheet.name else str(area))
    return tuple(found)
