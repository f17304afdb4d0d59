"""The rule `failing-check`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from tickmark.audit.checks.check_forms import Form
from tickmark.audit.checks.check_lines import CheckCell, CheckLine, check_lines, side_addresses
from tickmark.audit.checks.check_words import Says, says
from tickmark.audit.checks.tie_outs import Mismatch, mismatches
from tickmark.audit.places import ranges_at
from tickmark.audit.quoting import quoted
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import addresses, counted, listed
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.finding import Finding, Severity
from tickmark.structure.expression import Referred
from tickmark.structure.rectangles import rectangles

CODE = "failing-check"
FEW: Final = 3
"""Cells of a line that may all fail and still be a check by its label."""
MANY: Final = 20
"""Cells of a line that all fail and are rather data."""
MOST: Final = 0.75
"""Share of the cells that must hold where the label alone does not call the line a check."""

_Place = tuple[int, int, int]


@rule(CODE, severity=Severity.HIGH)
def failing_check(facts: Facts) -> Iterator[Finding]:
    """A check of the workbook fails, or two totals that must agree do not.

    What it finds:
        Cells that are called a check and are not zero, not TRUE or say ERROR, in a dozen
        languages; single cells that are not zero in a row of differences that is zero elsewhere;
        total assets that are not total liabilities and equity, also where no cell compares them;
        opening balances that are not the closing balance of the period before; cash on the
        balance sheet that is not the closing cash of the cash-flow statement; and the corner of
        a table that is not the sum of its totals.

    Why it matters:
        A check is there because its author knew what must hold. Where it does not hold, some
        number on one of its two sides is wrong, and every result behind it may be.

    Example:
        `=ROUND(H11-H21,1)` in the row `Check: assets less liabilities and equity` gives -82.7 in
        H23, and 0 in the years before.

    Fix:
        Follow both sides back to the number that differs between this cell and one that holds;
        never adjust the check itself or plug the difference.

    Source:
        Modelling standards ask for such checks on every statement, and reviewers look at them
        first. The equality of both sides of a balance sheet follows from double entry.

    Known false alarms:
        Differences that are meant to be there, such as variances to a budget, growth, statistical
        or exchange differences, are passed over by their labels. Amounts below the decimals that
        are shown, or below a millionth of what is compared, are rounding. A check that fails in
        the first or last period only because the model does not reach there is still named.
    """
    accused: set[_Place] = set()
    compared: set[_Place] = set()
    for sheet in range(len(facts.formulas.sheets)):
        lines = sorted(check_lines(facts, sheet), key=lambda one: (-one.says, not one.along_row))
        for line in lines:
            strength = _strength(facts, line)
            fresh = [cell for cell in line.failing if _place(facts, line, cell) not in accused]
            if strength is None or not fresh:
                continue
            accused.update(_place(facts, line, cell) for cell in fresh)
            compared.update(_taken(facts, line, fresh))
            yield _of_line(facts, line, fresh, *strength)
    # One finding for all pairs of the same two lines.
    groups: dict[tuple[str, int, int, int, int], list[Mismatch]] = {}
    for one in mismatches(facts):
        ends = {(end.sheet, end.row, end.column) for end in (one.first, one.later)}
        if not ends & compared and not ends & accused:
            key = one.kind, one.first.sheet, one.first.row, one.later.sheet, one.later.row
            groups.setdefault(key, []).append(one)
    for group in groups.values():
        yield _of_totals(facts, group)


def _strength(facts: Facts, line: CheckLine) -> tuple[Severity, float] | None:
    """How severe and how sure it is that a line is a check that fails; None where it is none."""
    bad, good = len(line.failing), len(line.passing)
    if line.says is Says.CHECK:
        return _strength_by_name(line, bad, good)
    share = good / (good + bad)
    if line.form is Form.VERDICT:
        sure = line.equal and good >= FEW and share >= MOST
        return (Severity.MEDIUM, 0.6) if sure else None
    if line.form is not Form.DIFFERENCE or _compares_plans(facts, line):
        return None
    if line.says is Says.DIFFERENCE:
        least = 0.6 if line.along_row else MOST
        return (Severity.MEDIUM, 0.6) if good >= 2 and share >= least else None  # noqa: PLR2004
    sure = all(cell.computed for cell in line.cells) and good >= FEW and share >= MOST
    return (Severity.MEDIUM, 0.45) if sure else None


def _strength_by_name(line: CheckLine, bad: int, good: int) -> tuple[Severity, float] | None:
    """The same for a line that is called a check."""
    if good:
        return Severity.HIGH, 0.9 if good >= bad else 0.7
    if not line.equal or bad > MANY:
        return None
    return (Severity.HIGH, 0.75) if bad <= FEW else (Severity.MEDIUM, 0.4)


def _compares_plans(facts: Facts, line: CheckLine) -> bool:
    """Whether one side is called a plan, an earlier period or the like."""
    own = facts.formulas.sheets[line.sheet]
    cell = line.failing[0]
    references = facts.formulas.references[line.sheet][cell.template]
    row, column = _row_column(facts, line, cell)
    down, across = own.templates[cell.template].distance(row, column)
    labels = facts.labels(line.sheet)
    for side in cell.sides:
        one = references[side.number] if isinstance(side, Referred) else None
        if one is None or one.area is None or one.area.sheet != own.sheet.name:
            continue
        top, left, *_ = one.edges(down, across)
        near = labels.left_of(top, left) if line.along_row else labels.above(top, left)
        if near is not None and says(near.text) is Says.ORDINARY:
            return True
    return False


def _row_column(facts: Facts, line: CheckLine, cell: CheckCell) -> tuple[int, int]:
    cells = facts.formulas.sheets[line.sheet].sheet.cells
    return cells.place(cell.position)


def _place(facts: Facts, line: CheckLine, cell: CheckCell) -> _Place:
    return (line.sheet, *_row_column(facts, line, cell))


def _taken(facts: Facts, line: CheckLine, cells: Sequence[CheckCell]) -> Iterator[_Place]:
    """The cells that failing checks compare."""
    own = facts.formulas.sheets[line.sheet]
    for cell in cells:
        down, across = own.templates[cell.template].distance(*_row_column(facts, line, cell))
        for one in facts.formulas.references[line.sheet][cell.template]:
            number = facts.formulas.scope.sheets.get(one.sheet.casefold())
            if one.area is not None and number is not None:
                top, left, *_ = one.edges(down, across)
                yield number, top, left


def _of_line(
    facts: Facts,
    line: CheckLine,
    failing: Sequence[CheckCell],
    severity: Severity,
    confidence: float,
) -> Finding:
    """The finding for the failing cells of one row or column."""
    own = facts.formulas.sheets[line.sheet]
    cells = own.sheet.cells
    first = failing[0]
    row, column = _row_column(facts, line, first)
    at = [cell.position for cell in failing]
    ranges = ranges_at(own.sheet, at)
    value = _shown(cells.value(first.position))
    wanted = _wanted(facts, line, first)
    template = own.templates[first.template]
    evidence = {
        "found": value,
        "expected": wanted,
        "formula": "=" + template.text_at(row, column),
        "cells that hold": f"{len(line.passing)} of {len(line.passing) + len(line.failing)}",
    }
    sides = (first.left, first.right)
    if first.sides and not any(map(math.isnan, sides)):
        for name, side, number in zip(("left", "right"), first.sides, sides, strict=True):
            taken = listed(side_addresses(facts, line, first, side), most=3)
            evidence[f"{name} side"] = f"{number:.15g}" + (f" ({taken})" if taken else "")
        evidence["difference"] = f"{_difference(*sides):.12g}"
    called = f"The check {quoted(line.label)}" if line.label else "A row of differences"
    where = cell_address(row, column)
    message = f"{called} fails in {where}: it gives {value} where {wanted} is expected."
    if len(failing) > 1:
        message = (
            f"{called} fails in {counted(len(failing), 'cell')} ({listed(ranges)}); {where} gives "
            f"{value} where {wanted} is expected."
        )
    return Finding(
        rule=CODE,
        severity=severity,
        message=message,
        sheet=own.sheet.name,
        ranges=ranges,
        evidence=evidence,
        fix="Trace both sides of the check back to the number that differs; do not plug it.",
        confidence=confidence,
        key=template.r1c1,
        siblings=tuple(cell_address(*_row_column(facts, line, cell)) for cell in line.passing[-2:]),
    )


def _wanted(facts: Facts, line: CheckLine, cell: CheckCell) -> str:
    """What a check gives where it holds."""
    if line.form is Form.DIFFERENCE:
        return "0"
    good = next((one for one in line.cells if one.holds), None)
    if good is not None:
        cells = facts.formulas.sheets[line.sheet].sheet.cells
        return _shown(cells.value(good.position))
    if line.form is Form.COMPARISON:
        found = facts.formulas.sheets[line.sheet].sheet.cells.value(cell.position)
        return "FALSE" if found is True else "TRUE"
    return "a passed check"


def _shown(value: object) -> str:
    match value:
        case bool():
            return str(value).upper()
        case str():
            return quoted(value)
        case float():
            return f"{value:.12g}"
        case _:
            return "nothing"


def _difference(one: float, other: float) -> float:
    """The difference without what binary numbers leave of equal digits."""
    return float(f"{one - other:.6g}") if abs(one - other) > 1e-9 * abs(one) else 0.0


_EXPECTED: Final = {
    "balance sheet": "the two sides of the balance sheet agree",
    "opening balance": "the opening balance is the closing balance of the period before",
    "closing cash": "cash on the balance sheet is the closing cash of the cash-flow statement",
    "cross-foot": "the corner is the sum of the totals above it and to its left",
}


def _of_totals(facts: Facts, group: Sequence[Mismatch]) -> Finding:
    """The finding for pairs of totals of the same two lines."""
    one = group[0]
    name = facts.formulas.sheets[one.later.sheet].sheet.name
    ranges = addresses(
        rectangles(name, [two.later.row for two in group], [two.later.column for two in group])
    )
    first, later = (
        RangeRef(
            facts.formulas.sheets[side.sheet].sheet.name,
            side.row,
            side.column,
            side.row,
            side.column,
        )
        for side in (one.first, one.later)
    )
    other = first.a1 if first.sheet == later.sheet else str(first)
    apart = _difference(one.later.value, one.first.value)
    evidence = {
        "found": f"{one.later.value:.15g}",
        "expected": f"{one.first.value:.15g}",
        "left side": f"{one.first.value:.15g} ({other})",
        "right side": f"{one.later.value:.15g} ({later.a1})",
        "difference": f"{apart:.12g}",
        "pairs that agree": f"{one.agreeing} of {one.compared}",
    }
    message = (
        f"{quoted(one.later.label)} in {later.a1} is {one.later.value:.15g}, but "
        f"{quoted(one.first.label)} in {other} is {one.first.value:.15g}: they differ by "
        f"{abs(apart):.12g}, though {_EXPECTED[one.kind]}."
    )
    if len(group) > 1:
        message = message[:-1] + f"; so do {counted(len(group) - 1, 'more pair')}."
    severity, confidence = _strength_of(one)
    return Finding(
        rule=CODE,
        severity=severity,
        message=message,
        sheet=name,
        ranges=ranges,
        evidence=evidence,
        fix="Find the number on either side that is missing, counted twice or typed over.",
        confidence=confidence,
        key=f"{one.kind}: {one.first.label} = {one.later.label}",
    )


def _strength_of(one: Mismatch) -> tuple[Severity, float]:
    if one.kind == "cross-foot":
        return Severity.HIGH, 0.85
    if one.kind == "balance sheet":
        return (Severity.HIGH, 0.85) if one.agreeing else (Severity.MEDIUM, 0.6)
    return Severity.MEDIUM, 0.65
