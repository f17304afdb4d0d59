"""The rule `omitted-cells`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from tickmark.audit.lines.cell_lines import cell_lines, line_area
from tickmark.audit.places import ranges_at
from tickmark.audit.quoting import quoted
from tickmark.audit.ranges.aggregate_stretches import Stretches, stretches_of
from tickmark.audit.ranges.aggregates import PLUS, SUM, function_of
from tickmark.audit.ranges.omissions import Omission, Where, omissions_of
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import counted, listed
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.finding import Finding, Severity
from tickmark.structure.formulas import SheetFormulas

CODE: Final = "omitted-cells"
_WORDS: Final = {
    Where.NEAR: "between the range and the formula",
    Where.FAR: "right beyond the far end of the range",
    Where.GAP: "in a gap of the range",
}


@rule(CODE, severity=Severity.HIGH)
def omitted_cells(facts: Facts) -> Iterator[Finding]:
    """A total leaves out a number right beside the cells that it takes.

    What it finds:
        SUM, AVERAGE, MIN, MAX, COUNT, PRODUCT, SUBTOTAL and the like, and sums written with plus
        signs, that stop a few cells short of the data in their own column or row: numbers stand
        between the range and the formula, right before the range starts, or in a gap of it.
        Numbers stored as text are named as well. The cells left out must be data of the same
        region and part, and no other total may take them.

    Why it matters:
        The total is too low by what was left out, and it looks right. It happens when a row is
        inserted at the edge of a range: the range does not grow.

    Example:
        `=SUM(B3:B8)` in B10 while B9 holds an amount too.

    Fix:
        Extend the range to all rows or columns of data; leave a blank row inside the range before
        the total, or use a table, so that rows added later are included.

    Source:
        Excel's own checking has a rule for adjacent cells that a formula omits, which does not
        look at what the cells are; this one does.

    Known false alarms:
        An opening balance, a memo line or an input of another kind right beside the range that
        carries no word to tell it apart. Headers, years, percentages, other totals, cells derived
        from the range, and cells that another total of the same column takes stay silent.
    """
    for number, own in enumerate(facts.formulas.sheets):
        found = stretches_of(facts.formulas, number)
        groups: dict[tuple[int, Where, int, int], list[Omission]] = {}
        for one in omissions_of(facts, number):
            place = int(found.place[one.stretch])
            template = int(found.template[one.stretch])
            key = (template, one.where, one.first - place, one.last - place)
            groups.setdefault(key, []).append(one)
        for group in groups.values():
            yield _finding(own, found, group)


def _finding(own: SheetFormulas, found: Stretches, group: Sequence[Omission]) -> Finding:
    cells = own.sheet.cells
    at = [int(found.position[one.stretch]) for one in group]
    first = group[0]
    stretch = first.stretch
    axis, line = int(found.axis[stretch]), int(found.line[stretch])
    position = int(found.position[stretch])
    row, column = cells.place(position)
    template = own.templates[int(found.template[stretch])]
    omitted = line_area(axis, line, first.first, first.last)
    taken = found.area(stretch)
    ranges = ranges_at(own.sheet, at)
    address = cell_address(row, column)
    function = function_of(int(found.function[stretch]))
    verb = "stands" if omitted.cells == 1 else "stand"
    noun = "a number stored as text" if first.text else "a number"
    if omitted.cells > 1:
        noun = "numbers stored as text" if first.text else "numbers"
    whole = line_area(
        axis,
        line,
        min(first.first, int(found.first[stretch])),
        max(first.last, int(found.last[stretch])),
    )
    message = (
        f"{address} takes the {function} of {taken.a1} and leaves out {omitted.a1}, where "
        f"{noun} {verb} {_WORDS[first.where]}"
    )
    if len(group) > 1:
        message += f"; the same in {counted(len(group) - 1, 'more cell')} ({listed(ranges)})"
    evidence = {
        "found": "=" + template.text_at(row, column),
        "found R1C1": "=" + template.r1c1,
        "omitted": omitted.a1,
        "value omitted": _value(own, axis, line, first.first),
    }
    if first.agreeing:
        evidence["totals beside that take them"] = str(first.agreeing)
    return Finding(
        rule=CODE,
        severity=Severity.HIGH,
        message=message + ".",
        sheet=own.sheet.name,
        ranges=ranges,
        evidence=evidence,
        fix=_fix(found, taken, whole, first, template.text_at(row, column)),
        confidence=_confidence(found, first),
        key=f"{template.r1c1} {first.where}",
    )


def _value(own: SheetFormulas, axis: int, line: int, place: int) -> str:
    at = int(cell_lines(own.sheet).positions(axis, np.array([line]), np.array([place]))[0])
    value = own.sheet.cells.value(at)
    return quoted(value) if isinstance(value, str) else f"{value:.15g}"


def _fix(found: Stretches, taken: RangeRef, whole: RangeRef, first: Omission, text: str) -> str:
    if first.text:
        return "Turn the texts into numbers and extend the range to them."
    if int(found.ranges[first.stretch]) == 1 and first.where is not Where.GAP:
        fixed = text.replace(taken.a1, whole.a1)
        if fixed != text:
            return "=" + fixed
    return f"Extend what is taken to {whole.a1}."


def _confidence(found: Stretches, first: Omission) -> float:
    if first.agreeing:
        return 0.95
    if found.function[first.stretch] == PLUS or first.where is Where.FAR:
        return 0.6
    return 0.8 if found.function[first.stretch] == SUM else 0.75
