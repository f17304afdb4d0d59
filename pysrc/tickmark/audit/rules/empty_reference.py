"""The rule `empty-reference`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.lines.cell_lines import ACROSS, cell_lines
from tickmark.audit.operands import Operand, OperandCells, Taken, operand_cells
from tickmark.audit.places import address_at, ranges_at
from tickmark.audit.ranges.read_areas import template_cells
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import counted, listed
from tickmark.model.address import cell_address, quote_sheet_name
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.grid import CellKind
from tickmark.structure.groups import connected_groups
from tickmark.structure.tokens import displayed

CODE = "empty-reference"

FEWEST_COPIES: Final = 5
LARGEST_HOLE: Final = 2
_SHARE: Final = 5
"""In a filled line at most one operand in so many is blank."""

_LABEL: Final = 3
"""A text so many columns to the left of a blank cell makes it an input that may be filled."""

_FORM: Final = 10
"""Where one template in so many refers to nothing, the sheet is a form to be filled."""

_MOST: Final = 2_000


@rule(CODE, severity=Severity.MEDIUM)
def empty_reference(facts: Facts) -> Iterator[Finding]:
    """A formula refers to a blank cell.

    What it finds:
        Copies of a formula that take a blank cell in a line of filled ones, with filled ones on
        both sides, and formulas that take a blank cell with nothing around it. A blank factor or
        divisor is of medium severity, others are low.

    Why it matters:
        A blank counts as zero without a word: the product is zero, the figure is missing from the
        total, or the formula looks at a place where the number no longer stands.

    Example:
        `=C5*D5` down to row 20, where D12 is blank; `=B4*$H$1` where H1 and all around is blank.

    Fix:
        Fill the cell, or point the formula to the cell that holds the number.

    Source:
        Excel's own error checking has a rule for it that is off from the start, as most blanks are
        meant; only blanks that others contradict are told here.

    Known false alarms:
        Something that did not happen in one period is left blank on purpose. Ledgers with many
        blanks, rows prepared at the end, formulas with a condition, ranges, blank cells beside a
        label, and sheets that are forms are passed over.
    """
    for number in range(len(facts.formulas.sheets)):
        yield from _of_sheet(facts, number)


@dataclass(frozen=True, slots=True)
class _Empty:
    """A formula cell, by its position, and the blank cell that it takes: sheet, row, column."""

    position: int
    template: int
    taken: Taken
    blank: tuple[int, int, int]
    hole: bool


def _of_sheet(facts: Facts, number: int) -> Iterator[Finding]:
    own = facts.formulas.sheets[number]
    copies, operands = template_cells(own), operand_cells(facts.formulas, number)
    holes: dict[int, _Empty] = {}
    nowhere: dict[int, _Empty] = {}
    nothing = 0
    for at in range(len(own.templates)):
        found = [one for one in operands[at] if one.operand.taken is not Taken.ARGUMENT]
        if not any(one.blank.any() for one in found):
            continue
        for one in _holes(facts, number, at, copies[at], found):
            holes.setdefault(one.position, one)
        lost = list(_nowhere(facts, at, copies[at], found))
        nothing += bool(lost)
        for one in lost:
            nowhere.setdefault(one.position, one)
    if _FORM * nothing > len(own.templates) + _FORM:
        nowhere = {}
    for met in (holes, nowhere):
        alike = [met[position] for position in sorted(met)][:_MOST]
        cells = own.sheet.cells
        places = [cells.place(one.position) for one in alike]
        for group in connected_groups(places, [one.template for one in alike]):
            yield _finding(facts, number, [alike[one] for one in group])


def _holes(
    facts: Facts,
    number: int,
    at: int,
    copies: npt.NDArray[np.intp],
    found: Sequence[OperandCells],
) -> Iterator[_Empty]:
    """Blank operands in a line of copies whose operands are filled on both sides."""
    if len(copies) < FEWEST_COPIES:
        return
    cells = facts.workbook.sheets[number].cells
    rows, columns = cells.rows[copies].astype(np.int64), cells.columns[copies].astype(np.int64)
    for operands in found:
        operand, empty = operands.operand, operands.blank
        if not empty.any() or _SHARE * np.count_nonzero(empty) > len(copies):
            continue
        others = [one.blank for one in found if one is not operands]
        filled = np.ones(len(copies), np.bool_)
        for other in others:
            filled &= ~other
        if operand.taken is Taken.ALONE or others:
            for one in np.flatnonzero(empty & filled)[:_MOST].tolist():
                if _in_line(rows, columns, empty, one, operand):
                    place = operands.sheet, int(operands.rows[one]), int(operands.columns[one])
                    yield _Empty(int(copies[one]), at, operand.taken, place, hole=True)


def _in_line(
    rows: npt.NDArray[np.int64],
    columns: npt.NDArray[np.int64],
    empty: npt.NDArray[np.bool_],
    one: int,
    operand: Operand,
) -> bool:
    """Whether a blank operand has filled ones near on both sides, along a line of copies."""
    moves = operand.reference.relative
    for line, place, moving in ((columns, rows, moves[0]), (rows, columns, moves[1])):
        if not moving:
            continue
        inside = np.flatnonzero(line == line[one])
        if len(inside) < FEWEST_COPIES or _SHARE * np.count_nonzero(empty[inside]) > len(inside):
            continue
        near = inside[~empty[inside]]
        ahead = place[near] - place[one]
        before, behind = ahead[ahead < 0], ahead[ahead > 0]
        if len(before) > 1 and len(behind) > 1 and behind.min() - before.max() <= LARGEST_HOLE + 1:
            return True
    return False


def _nowhere(
    facts: Facts, at: int, copies: npt.NDArray[np.intp], found: Sequence[OperandCells]
) -> Iterator[_Empty]:
    """Operands that are blank in all copies, with nothing around."""
    for operands in found:
        operand, empty = operands.operand, operands.blank
        if not empty.all():
            continue
        sheet = facts.workbook.sheets[operands.sheet]
        row, column = int(operands.rows[0]), int(operands.columns[0])
        lines = cell_lines(sheet)
        down, across = np.divmod(np.arange(9), 3)
        rows, columns = row - 1 + down, column - 1 + across
        around = lines.positions(ACROSS, rows, columns)
        kinds = sheet.cells.kinds[around[around >= 0]]
        if (kinds != CellKind.EMPTY).any():
            continue
        left = np.arange(max(1, column - _LABEL), column)
        beside = lines.positions(ACROSS, np.full(len(left), row), left)
        if (sheet.cells.kinds[beside[beside >= 0]] == CellKind.TEXT).any():
            continue
        place = operands.sheet, row, column
        for position in copies[:_MOST].tolist():
            yield _Empty(position, at, operand.taken, place, hole=False)
        return


def _finding(facts: Facts, number: int, group: Sequence[_Empty]) -> Finding:
    own = facts.formulas.sheets[number]
    cells = own.sheet.cells
    first = group[0]
    at = [one.position for one in group]
    ranges = ranges_at(own.sheet, at)
    cell = cells[first.position]
    template = own.templates[first.template]
    sheet, row, column = first.blank
    name = cell_address(row, column)
    if sheet != number:
        name = f"{quote_sheet_name(facts.workbook.sheets[sheet].name)}!{name}"
    does = {
        Taken.FACTOR: "multiplies or divides by",
        Taken.TERM: "adds or subtracts",
    }.get(first.taken, "shows")
    why = "all around it is blank"
    evidence = {
        "found": "=" + template.text_at(cell.row, cell.column),
        "found R1C1": "=" + displayed(template.r1c1),
        "blank": name,
    }
    siblings: tuple[str, ...] = ()
    if first.hole:
        siblings = _siblings(facts, number, group)
        copies = len(own.cells_of(first.template))
        why = "the same cell of the copies around it is filled"
        evidence["copies"] = f"{copies:,}"
    message = f"{cell.a1} {does} {name}, which is blank while {why}"
    if not first.hole:
        message = f"{cell.a1} {does} {name}, which is blank, and {why}"
    if len(at) > 1:
        message += f"; so with {counted(len(at) - 1, 'more cell')} ({listed(ranges)})"
    return Finding(
        rule=CODE,
        severity=Severity.MEDIUM if first.taken is Taken.FACTOR else Severity.LOW,
        message=f"{message}.",
        sheet=own.sheet.name,
        ranges=ranges,
        evidence=evidence,
        fix=f"Fill {name}, or point the formula to the cell that holds the number.",
        confidence=_confidence(first),
        tier=Tier.MORE,
        key=f"{template.r1c1} {'hole' if first.hole else 'nowhere'}",
        siblings=siblings,
    )


def _confidence(first: _Empty) -> float:
    match first.taken:
        case Taken.FACTOR:
            return 0.6
        case Taken.TERM:
            return 0.3 if first.hole else 0.45
        case _:
            return 0.4 if first.hole else 0.5


def _siblings(facts: Facts, number: int, group: Sequence[_Empty]) -> tuple[str, ...]:
    """The nearest copies of the first formula that are not accused."""
    own = facts.formulas.sheets[number]
    cells = own.sheet.cells
    copies = own.cells_of(group[0].template)
    copies = copies[~np.isin(copies, [one.position for one in group])]
    row, column = cells.rows[group[0].position], cells.columns[group[0].position]
    far = np.abs(cells.rows[copies] - row) + np.abs(cells.columns[copies] - column)
    nearest = copies[np.argsort(far, kind="stable")[:2]]
    return tuple(address_at(own.sheet, one) for one in sorted(nearest.tolist()))
