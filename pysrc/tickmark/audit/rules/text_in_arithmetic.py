"""The rule `text-in-arithmetic`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np

from tickmark.audit.number_text import number_in
from tickmark.audit.operands import OperandCells, Taken, operand_cells
from tickmark.audit.places import address_at, ranges_at
from tickmark.audit.quoting import quoted
from tickmark.audit.ranges.read_areas import template_cells
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import counted, listed
from tickmark.model.address import quote_sheet_name
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.grid import CellKind
from tickmark.structure.formulas import NO_TEMPLATE
from tickmark.structure.groups import connected_groups
from tickmark.structure.placeholders import is_placeholder
from tickmark.structure.tokens import displayed

CODE = "text-in-arithmetic"
MOST_CELLS: Final = 5_000
"""Of one sheet so many cells are named."""

_VALUE: Final = "#VALUE!"


@rule(CODE, severity=Severity.HIGH)
def text_in_arithmetic(facts: Facts) -> Iterator[Finding]:
    """A formula calculates with a cell that holds text.

    What it finds:
        Formulas that add, subtract, multiply or divide a single cell with a text in it and show
        #VALUE! (high), and formulas that name such a cell as one of the arguments of SUM or
        PRODUCT, which leave it out (medium). With all findings asked for, also formulas that show
        a number although Excel would show an error.

    Why it matters:
        Text is no number: the formula shows an error, or leaves the operand out without a sign.
        Often the reference is one row or column off and meets a heading.

    Example:
        `=C4*D4` where D4 holds "see note".

    Fix:
        Point the reference to the number that is meant, or put a number where the text stands.

    Source:
        The values that the workbook was saved with, and Excel's arithmetic.

    Known false alarms:
        Branches of IF and the like and operands inside IFERROR are passed over, since the formula
        may know what to do with a text. Blank texts and placeholders among the arguments of SUM
        are meant to be left out.
    """
    for number in range(len(facts.formulas.sheets)):
        yield from _of_sheet(facts, number)


class _Result(Enum):
    """What comes of the text."""

    ERROR = 0
    LEFT_OUT = 1
    NUMBER = 2


@dataclass(frozen=True, slots=True)
class _Met:
    """A formula cell, by its position, that takes a text: the sheet and position of the text."""

    position: int
    template: int
    sheet: int
    text: int


def _of_sheet(facts: Facts, number: int) -> Iterator[Finding]:
    formulas = facts.formulas
    own = formulas.sheets[number]
    copies = template_cells(own)
    found: dict[_Result, dict[int, _Met]] = {result: {} for result in _Result}
    for at, operands in enumerate(operand_cells(formulas, number)):
        for operand in operands:
            if operand.operand.taken is Taken.ALONE:
                continue
            for result, one in _met(facts, number, at, operand, copies[at]):
                found[result].setdefault(one.position, one)
    for result, met in found.items():
        alike = [met[position] for position in sorted(met)][:MOST_CELLS]
        cells = own.sheet.cells
        places = [cells.place(one.position) for one in alike]
        for group in connected_groups(places, [one.template for one in alike]):
            yield _finding(facts, number, [alike[one] for one in group], result)


def _met(
    facts: Facts,
    number: int,
    at: int,
    found: OperandCells,
    copies: np.ndarray[tuple[int], np.dtype[np.intp]],
) -> Iterator[tuple[_Result, _Met]]:
    """The copies of a template in which an operand is a text, with what comes of it."""
    if not found.text.any():
        return
    operand = found.operand
    own, other = facts.formulas.sheets[number], facts.formulas.sheets[found.sheet]
    for one in np.flatnonzero(found.text).tolist():
        position, text_at = int(copies[one]), int(found.positions[one])
        cell = own.sheet.cells[position]
        met = _Met(position, at, found.sheet, text_at)
        text = str(other.sheet.cells.value(text_at))
        if operand.taken is Taken.ARGUMENT:
            typed = other.template_of[text_at] == NO_TEMPLATE
            says = text.strip() and not is_placeholder(text) and number_in(text) is None
            if typed and says and cell.kind is CellKind.NUMBER:
                yield _Result.LEFT_OUT, met
        elif cell.value == _VALUE:
            yield _Result.ERROR, met
        elif operand.plain and cell.kind is CellKind.NUMBER and number_in(text) is None:
            yield _Result.NUMBER, met


def _finding(facts: Facts, number: int, group: Sequence[_Met], result: _Result) -> Finding:
    own = facts.formulas.sheets[number]
    cells = own.sheet.cells
    at = [one.position for one in group]
    ranges = ranges_at(own.sheet, at)
    first = group[0]
    cell = cells[first.position]
    template = own.templates[first.template]
    other = facts.workbook.sheets[first.sheet]
    operand = other.cells[first.text]
    name = operand.a1 if first.sheet == number else f"{quote_sheet_name(other.name)}!{operand.a1}"
    text = quoted(str(operand.value))
    what = {
        _Result.ERROR: f"calculates with {name}, which holds the text {text}, and shows {_VALUE}",
        _Result.LEFT_OUT: f"names {name} to be added up, which holds the text {text}",
        _Result.NUMBER: f"calculates with {name}, which holds the text {text}",
    }[result]
    message = f"{cell.a1} {what}"
    if len(at) > 1:
        message += f"; so with {counted(len(at) - 1, 'more cell')} ({listed(ranges)})"
    severity, tier, confidence = {
        _Result.ERROR: (Severity.HIGH, Tier.DEFAULT, 0.95),
        _Result.LEFT_OUT: (Severity.MEDIUM, Tier.DEFAULT, 0.65),
        _Result.NUMBER: (Severity.MEDIUM, Tier.MORE, 0.5),
    }[result]
    return Finding(
        rule=CODE,
        severity=severity,
        message=f"{message}.",
        sheet=own.sheet.name,
        ranges=ranges,
        evidence={
            "found": "=" + template.text_at(cell.row, cell.column),
            "found R1C1": "=" + displayed(template.r1c1),
            "text": f"{name}: {text}",
            "shown": str(cells.value(first.position)),
        },
        fix=f"Point the reference {name} to the number that is meant, or put a number there.",
        confidence=confidence,
        tier=tier,
        key=template.r1c1,
        siblings=_siblings(facts, number, group),
    )


def _siblings(facts: Facts, number: int, group: Sequence[_Met]) -> tuple[str, ...]:
    """Copies of the first formula that do not meet a text, the nearest ones."""
    own = facts.formulas.sheets[number]
    cells = own.sheet.cells
    copies = own.cells_of(group[0].template)
    good = copies[cells.kinds[copies] == CellKind.NUMBER]
    good = good[~np.isin(good, [one.position for one in group])]
    nearest = good[np.argsort(np.abs(good - group[0].position), kind="stable")[:2]]
    return tuple(address_at(own.sheet, one) for one in sorted(nearest.tolist()))
