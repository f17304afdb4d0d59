"""The rule `header-in-range`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tickmark.audit.places import ranges_at
from tickmark.audit.ranges.aggregate_stretches import Stretches, stretches_of
from tickmark.audit.ranges.range_starts import RangeStart, Start, range_starts
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import counted, listed
from tickmark.model.address import cell_address
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.structure.formulas import SheetFormulas

CODE: Final = "header-in-range"
_HEADS: Final = (Start.HEADING, Start.BLANK)


@rule(CODE, severity=Severity.HIGH)
def header_in_range(facts: Facts) -> Iterator[Finding]:
    """The range of a total begins with a header instead of the first row of data.

    What it finds:
        Aggregates whose range reaches into the header. Where the header is a number, such as a
        year, it is added up: that is of high severity. Where it is a heading or a blank row above
        the first row of data, and other totals of the workbook begin with the data, it is of low
        severity: all such totals of a sheet make one finding.

    Why it matters:
        A year in the sum makes the total wrong by about two thousand. A heading does no harm today,
        but a number that is written there later, such as a year or a code, is added up, and totals
        that are built in two ways are hard to check.

    Example:
        `=SUM(B4:B9)` where B4 holds the year 2024; `=SUM(F21:F27)` where row 21 says
        "Local sources:", beside `=SUM(F12:F19)`, which begins with the data.

    Fix:
        Let the range begin with the first row of data.

    Source:
        Over-long ranges are counted as formula errors in labelled sets of real spreadsheets.

    Known false alarms:
        Some modellers let every total begin with the heading, so that rows inserted below it are
        taken in. Where all totals of the workbook do so the finding is of the tier more. Blank
        rows at the end of a range, kept for new rows, and ranges over several sections stay
        silent.
    """
    starts = [range_starts(facts, number) for number in range(len(facts.formulas.sheets))]
    plain = sum(one.start is Start.DATA for found in starts for one in found)
    for number, own in enumerate(facts.formulas.sheets):
        found = stretches_of(facts.formulas, number)
        numbers: dict[int, list[RangeStart]] = {}
        heads: list[RangeStart] = []
        here = sum(one.start is Start.DATA for one in starts[number])
        for one in starts[number]:
            if one.start is Start.NUMBER:
                numbers.setdefault(int(found.template[one.stretch]), []).append(one)
            elif one.start in _HEADS:
                heads.append(one)
        for group in numbers.values():
            yield _number_finding(own, found, group)
        if heads:
            yield _heading_finding(own, found, heads, plain, here)


def _number_finding(own: SheetFormulas, found: Stretches, group: Sequence[RangeStart]) -> Finding:
    cells = own.sheet.cells
    at = sorted(int(found.position[one.stretch]) for one in group)
    first = min(group, key=lambda one: int(found.position[one.stretch])).stretch
    row, column = cells.place(int(found.position[first]))
    template = own.templates[int(found.template[first])]
    area = found.area(first)
    head = area.top, area.left
    value = cells.values[cells.position(*head)]
    ranges = ranges_at(own.sheet, at)
    text = template.text_at(row, column)
    kept = found.area(first, int(found.first[first]) + 1)
    message = (
        f"{cell_address(row, column)} takes {area.a1}, which begins with the header "
        f"{value:.15g} in {cell_address(*head)}"
    )
    if len(at) > 1:
        message += f"; the same in {counted(len(at) - 1, 'more cell')} ({listed(ranges)})"
    fixed = text.replace(area.a1, kept.a1, 1)
    return Finding(
        rule=CODE,
        severity=Severity.HIGH,
        message=message + ".",
        sheet=own.sheet.name,
        ranges=ranges,
        evidence={
            "found": "=" + text,
            "found R1C1": "=" + template.r1c1,
            "header": f"{cell_address(*head)} holds {value:.15g}",
        },
        fix="=" + fixed if fixed != text else f"Let the range begin with {kept.a1}.",
        confidence=0.85,
        key=template.r1c1,
    )


def _heading_finding(
    own: SheetFormulas, found: Stretches, group: Sequence[RangeStart], plain: int, here: int
) -> Finding:
    at = sorted({int(found.position[one.stretch]) for one in group})
    first = min(group, key=lambda one: int(found.position[one.stretch]))
    row, column = own.sheet.cells.place(int(found.position[first.stretch]))
    template = own.templates[int(found.template[first.stretch])]
    area = found.area(first.stretch)
    kept = found.area(first.stretch, first.data)
    ranges = ranges_at(own.sheet, at)
    what = "a heading" if first.start is Start.HEADING else "a blank row"
    text = template.text_at(row, column)
    message = (
        f"{cell_address(row, column)} takes {area.a1}, which begins with {what}; the data begin "
        f"in {cell_address(first.data, column)}"
    )
    if len(at) > 1:
        message += f"; the same in {counted(len(at) - 1, 'more total')} ({listed(ranges)})"
    if plain:
        message += f", while other totals of the workbook begin with the data ({plain:,})"
    fixed = text.replace(area.a1, kept.a1, 1)
    return Finding(
        rule=CODE,
        severity=Severity.LOW,
        message=message + ".",
        sheet=own.sheet.name,
        ranges=ranges,
        evidence={
            "found": "=" + text,
            "expected": "=" + fixed,
            "totals that begin with a heading": str(len(at)),
            "totals that begin with data": f"{here} on this sheet, {plain} in the workbook",
        },
        fix="=" + fixed if fixed != text else f"Let the range begin with {kept.a1}.",
        confidence=0.7 if here else 0.6,
        tier=Tier.DEFAULT if plain or _are_uneven(found, group) else Tier.MORE,
        key=template.r1c1,
    )


def _are_uneven(found: Stretches, group: Sequence[RangeStart]) -> bool:
    """Whether totals of one row begin with different rows."""
    first_of: dict[int, int] = {}
    for one in group:
        place, first = int(found.place[one.stretch]), int(found.first[one.stretch])
        if first_of.setdefault(place, first) != first:
            return True
    return False
