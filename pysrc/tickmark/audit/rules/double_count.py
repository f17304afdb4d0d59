"""The rule `double-count`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.lines.cell_lines import ACROSS, DOWN, CellLines, cell_lines
from tickmark.audit.places import ranges_at
from tickmark.audit.ranges.aggregate_stretches import Stretches, stretches_of
from tickmark.audit.ranges.aggregates import AGGREGATE, FUNCTIONS, PLUS, SUBTOTAL, SUM, function_of
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import counted, listed
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.finding import Finding, Severity
from tickmark.structure.expression import Call, Constant, Operation, expression, walk
from tickmark.structure.formulas import SheetFormulas

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

CODE: Final = "double-count"
MOST_INNER: Final = 64
"""Aggregates inside one range that are looked at, the last ones first."""
MOST_OUTER: Final = 10_000
"""Ranges of a sheet with aggregates inside that are looked at."""

_STEP: Final = 1 << 24
_AVERAGE: Final = FUNCTIONS.index("AVERAGE")
_OUTER: Final = (SUM, AGGREGATE, _AVERAGE, FUNCTIONS.index("COUNT"))
_IGNORES_NESTED: Final = frozenset(range(4))
"""Options of AGGREGATE that pass over SUBTOTAL and AGGREGATE inside the range."""


@rule(CODE, severity=Severity.HIGH)
def double_count(facts: Facts) -> Iterator[Finding]:
    """A total takes both the items and their subtotal.

    What it finds:
        A SUM, AVERAGE or COUNT over a range in which a cell already sums up other cells of the
        same range, so that those cells count twice. A grand total over all rows of a table with
        subtotals comes out at twice the right figure.

    Why it matters:
        The total is too high, often by exactly the factor two, and everything behind it with it.

    Example:
        `=SUM(B2:B4)` in B5, `=SUM(B6:B8)` in B9 and `=SUM(B2:B9)` in B10.

    Fix:
        Add up the subtotals only, or use SUBTOTAL(9, …) for all of them: it passes over other
        SUBTOTALs in its range.

    Source:
        Follows from the references alone: a cell of the range is itself a sum of cells of the
        range. Known from audits as the double-counted subtotal.

    Known false alarms:
        Sums that are halved or take the subtotals off again, SUBTOTAL over SUBTOTALs, ranges that
        hold only subtotals, and running totals beside the range stay silent.
    """
    for number, own in enumerate(facts.formulas.sheets):
        found = stretches_of(facts.formulas, number)
        if len(found):
            yield from _of_sheet(facts, number, own, found)


@dataclass(frozen=True, slots=True)
class _Double:
    """A stretch that takes the result of another one and cells of it: numbers of both."""

    outer: int
    inner: int
    count: int


def _of_sheet(facts: Facts, number: int, own: SheetFormulas, found: Stretches) -> Iterator[Finding]:
    lines = cell_lines(own.sheet)
    groups: dict[int, list[_Double]] = {}
    for axis in (DOWN, ACROSS):
        for one in _doubles(found, lines, axis):
            if not _is_deliberate(facts, number, found, one):
                groups.setdefault(int(found.template[one.outer]), []).append(one)
    for group in groups.values():
        yield _finding(own, found, group)


def _doubles(found: Stretches, lines: CellLines, axis: int) -> Iterator[_Double]:
    ways = found.axis == axis
    inner = np.flatnonzero(ways & found.sums & _adds_up(found))
    outer = np.flatnonzero(ways & np.isin(found.function, _OUTER) & (found.ranges > 0))
    if not len(inner) or not len(outer):
        return
    inner = inner[np.argsort(found.line[inner] * _STEP + found.place[inner], kind="stable")]
    keys = found.line[inner] * _STEP + found.place[inner]
    low = np.searchsorted(keys, found.line[outer] * _STEP + found.first[outer], side="left")
    high = np.searchsorted(keys, found.line[outer] * _STEP + found.last[outer], side="right")
    for at in np.flatnonzero(high > low)[:MOST_OUTER].tolist():
        one = int(outer[at])
        taken = inner[max(int(low[at]), int(high[at]) - MOST_INNER) : int(high[at])]
        first = np.maximum(found.first[taken], found.first[one])
        last = np.minimum(found.last[taken], found.last[one])
        inside = last >= first
        if not inside.any():
            continue
        taken, first, last = taken[inside], first[inside], last[inside]
        line = found.line[taken]
        whole = (first == found.first[taken]) & (last == found.last[taken])
        inside = (whole & (last > first)) | (lines.number_counts(axis, line, first, last) > 0)
        if found.function[one] == AGGREGATE:
            inside &= found.function[taken] != AGGREGATE
        if inside.any():
            good = taken[inside]
            yield _Double(one, int(good[-1]), len(np.unique(found.position[good])))


def _adds_up(found: Stretches) -> Mask:
    return np.asarray(np.isin(found.function, (PLUS, SUM, SUBTOTAL, AGGREGATE)), np.bool_)


def _is_deliberate(facts: Facts, number: int, found: Stretches, one: _Double) -> bool:
    """Whether the formula halves its sum, takes subtotals off, or passes over them."""
    template = facts.formulas.sheets[number].templates[int(found.template[one.outer])]
    tree = expression(template.text)
    if tree is None:
        return True
    for node in walk(tree):
        match node:
            case Operation("/" | "*" | "-", _):
                return True
            case Call("AGGREGATE", (_, Constant(value=float(option)), *_)):
                nested = found.function[one.inner] in {SUBTOTAL, AGGREGATE}
                if nested and int(option) in _IGNORES_NESTED:
                    return True
            case _:
                pass
    return False


def _finding(own: SheetFormulas, found: Stretches, group: Sequence[_Double]) -> Finding:
    cells = own.sheet.cells
    at = sorted({int(found.position[one.outer]) for one in group})
    first = min(group, key=lambda one: int(found.position[one.outer]))
    outer, inner = first.outer, first.inner
    position, subtotal = int(found.position[outer]), int(found.position[inner])
    row, column = cells.place(position)
    template = own.templates[int(found.template[outer])]
    inner_row, inner_column = cells.place(subtotal)
    inner_template = own.templates[int(found.template[inner])]
    ranges = ranges_at(own.sheet, at)
    taken = _area(own.sheet.name, found, outer)
    added = _area(own.sheet.name, found, inner)
    inside = cell_address(inner_row, inner_column)
    function = function_of(int(found.function[outer]))
    message = (
        f"{cell_address(row, column)} takes the {function} of {taken.a1}, in which {inside} is "
        f"already the sum of {added.a1}: these cells count twice"
    )
    if first.count > 1:
        message += f", and so do those of {counted(first.count - 1, 'more total')} in the range"
    if len(at) > 1:
        message += f"; the same in {counted(len(at) - 1, 'more cell')} ({listed(ranges)})"
    is_sum = function in {"SUM", "AGGREGATE"}
    return Finding(
        rule=CODE,
        severity=Severity.HIGH if is_sum else Severity.MEDIUM,
        message=message + ".",
        sheet=own.sheet.name,
        ranges=ranges,
        evidence={
            "found": "=" + template.text_at(row, column),
            "found R1C1": "=" + template.r1c1,
            "subtotal": f"{inside} ={inner_template.text_at(inner_row, inner_column)}",
            "counted twice": added.a1,
        },
        fix="Add up either the items or the subtotals, or use SUBTOTAL(9, …) for all of them.",
        confidence=_confidence(found, first),
        key=template.r1c1,
        siblings=(inside,),
    )


def _confidence(found: Stretches, one: _Double) -> float:
    """Higher where whole subtotals of several cells are inside the range."""
    whole = found.first[one.inner] >= found.first[one.outer]
    whole &= found.last[one.inner] <= found.last[one.outer]
    if not whole:
        return 0.6
    return 0.9 if found.ranges[one.inner] else 0.75


def _area(sheet: str, found: Stretches, at: int) -> RangeRef:
    line, first, last = int(found.line[at]), int(found.first[at]), int(found.last[at])
    if found.axis[at] == DOWN:
        return RangeRef(sheet, first, line, last, line)
    return RangeRef(sheet, line, first, line, last)
