"""The rule `plugged-total`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.quoting import quoted
from tickmark.audit.ranges.read_areas import template_cells
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import addresses, counted, listed
from tickmark.model.address import cell_address
from tickmark.model.finding import Finding, Severity
from tickmark.model.grid import CellKind
from tickmark.structure.expression import (
    Call,
    Constant,
    Expression,
    Operation,
    Referred,
    expression,
    walk,
)
from tickmark.structure.formulas import SheetFormulas
from tickmark.structure.number_formats import shows_date, shows_percent
from tickmark.structure.rectangles import rectangles

CODE: Final = "plugged-total"
MOST_COPIES: Final = 3
"""More copies of one formula share a constant on purpose, such as a fee for each row."""
FEWEST_LINKS: Final = 3

_NUMBER: Final = re.compile(r"\d+(?:\.\d*)?")

_SUMS: Final = frozenset({"SUM", "SUBTOTAL", "AGGREGATE", "SUMIF", "SUMIFS", "SUMPRODUCT"})
_ROUNDING: Final = frozenset({"ROUND", "ROUNDUP", "ROUNDDOWN", "INT", "TRUNC", "N", "ABS"})
_WHOLES: Final = frozenset({0.0, 1.0, 100.0})
"""Nothing, a step or the first of a count, and a whole in per cent: these force no total."""


@rule(CODE, severity=Severity.HIGH)
def plugged_total(facts: Facts) -> Iterator[Finding]:
    """A typed number is added to a total to make it come out.

    What it finds:
        A number written into the formula that is added to or taken from a sum (SUM, SUBTOTAL,
        SUMIFS …) or a chain of three or more cells, in at most three copies. Formulas that differ
        in nothing but the number make one finding.

    Why it matters:
        Such a plug makes a total agree with another one on the day it is typed. It hides the real
        difference, and it is wrong as soon as a figure changes.

    Example:
        `=SUM(C14,-C24)+500`, or `=C60+D60-E60-F60-1000`.

    Fix:
        Find what the number stands for, give it a labelled cell of its own, and refer to it.

    Source:
        Named as a plug or a fudge in every audit guide; the number is in the formula for all to
        see.

    Known false alarms:
        A correction that belongs there and has no cell of its own. Factors, steps of one, days
        added to dates, percentages, rounding, and a constant that all rows of a list share stay
        silent.
    """
    for number, own in enumerate(facts.formulas.sheets):
        yield from _of_sheet(facts, number, own)


@dataclass(frozen=True, slots=True)
class _Plug:
    """The number as it is added, and what it is added to: a sum or a chain of cells."""

    value: float
    to_sum: bool


def _of_sheet(facts: Facts, number: int, own: SheetFormulas) -> Iterator[Finding]:
    positions = template_cells(own)
    groups: dict[tuple[object, ...], list[tuple[int, _Plug]]] = {}
    for at, template in enumerate(own.templates):
        written = "\0".join([piece for piece in template.pieces if isinstance(piece, str)])
        # Cheap first: a plug is a number, and few cells hold it.
        if template.fills is not None or not _NUMBER.search(written):
            continue
        if not 0 < len(positions[at]) <= MOST_COPIES:
            continue
        plug = _plug(facts, number, at, template.text)
        if plug is not None and not _is_time_or_share(facts, own, positions[at]):
            areas = tuple(piece for piece in template.pieces if not isinstance(piece, str))
            groups.setdefault((_NUMBER.sub("#", written), areas), []).append((at, plug))
    for group in groups.values():
        cells = np.sort(np.concatenate([positions[at] for at, _ in group]))
        yield _finding(own, *group[0], cells.tolist())


def _plug(facts: Facts, number: int, at: int, text: str) -> _Plug | None:
    """The plug of a formula; None for none."""
    tree = expression(text)
    while isinstance(tree, Call) and tree.function in _ROUNDING and tree.arguments:
        tree = tree.arguments[0]
    if tree is None:
        return None
    numbers: list[float] = []
    signed: list[tuple[int, Expression]] = []
    _collect(tree, 1, numbers, signed)
    value = sum(numbers)
    if not numbers or abs(value) in _WHOLES or all(sign < 0 for sign, _ in signed):
        return None
    others = [one for _, one in signed]
    sums = [one for one in others if isinstance(one, Call) and one.function in _SUMS]
    links = [one for one in others if isinstance(one, Referred)]
    if len(sums) + len(links) < len(others):
        return None
    if not all(_is_cell(facts, number, at, one) for one in links):
        return None
    if sums and any(map(_takes_cells, sums)):
        return _Plug(value, to_sum=True)
    return _Plug(value, to_sum=False) if len(links) >= FEWEST_LINKS else None


def _collect(
    tree: Expression, sign: int, numbers: list[float], others: list[tuple[int, Expression]]
) -> None:
    """The typed numbers with their signs and the other operands of a chain of plus and minus."""
    waiting = [(tree, sign)]
    while waiting:
        one, here = waiting.pop()
        match one:
            case Operation("+", operands):
                waiting.extend((inner, here) for inner in operands)
            case Operation("-", (inner,)):
                waiting.append((inner, -here))
            case Operation("-", (left, right)):
                waiting.extend(((left, here), (right, -here)))
            case Constant(CellKind.NUMBER, float(value)):
                numbers.append(here * value)
            case Call("SUM", arguments) if any(isinstance(a, Constant) for a in arguments):
                constants = [a for a in arguments if isinstance(a, Constant)]
                numbers.extend(
                    here * float(a.value) for a in constants if a.kind == CellKind.NUMBER
                )
                others.append((here, one))
            case _:
                others.append((here, one))


def _is_cell(facts: Facts, number: int, at: int, one: Expression) -> bool:
    """Whether a reference is one plain cell, neither a name nor a range."""
    if not isinstance(one, Referred):
        return False
    area = facts.formulas.references[number][at][one.number].area
    return area is not None and area.cells == 1


def _takes_cells(one: Call) -> bool:
    return any(isinstance(inner, Referred) for inner in walk(one))


def _is_time_or_share(facts: Facts, own: SheetFormulas, at: npt.NDArray[np.intp]) -> bool:
    """Whether the result is a date or a share, to which days or whole numbers are added."""
    cells = own.sheet.cells
    for one in at.tolist():
        code = facts.workbook.styles[int(cells.styles[one])].number_format
        if cells.kinds[one] == CellKind.DATE or shows_date(code) or shows_percent(code):
            return True
    return False


def _finding(own: SheetFormulas, template_at: int, plug: _Plug, at: Sequence[int]) -> Finding:
    cells = own.sheet.cells
    template = own.templates[template_at]
    position = min(one for one in at if own.template_of[one] == template_at)
    row, column = cells.place(position)
    ranges = addresses(rectangles(own.sheet.name, cells.rows[list(at)], cells.columns[list(at)]))
    amount = f"{abs(plug.value):.15g}"
    what = "a sum" if plug.to_sum else "a chain of cells"
    verb = (
        f"adds the typed number {amount} to"
        if plug.value > 0
        else (f"takes the typed number {amount} from")
    )
    text = "=" + template.text_at(row, column)
    message = f"{cell_address(row, column)} {verb} {what}: {quoted(text, most=80)}"
    if len(at) > 1:
        message += f"; the same in {counted(len(at) - 1, 'more cell')} ({listed(ranges)})"
    return Finding(
        rule=CODE,
        severity=Severity.HIGH if plug.to_sum and len(at) == 1 else Severity.MEDIUM,
        message=message + ".",
        sheet=own.sheet.name,
        ranges=ranges,
        evidence={"found": text, "found R1C1": "=" + template.r1c1, "number": f"{plug.value:.15g}"},
        fix="Put the number into a labelled cell of its own and refer to it, or remove it.",
        confidence=(0.75 if len(at) == 1 else 0.6) if plug.to_sum else 0.5,
        key=template.r1c1,
    )
