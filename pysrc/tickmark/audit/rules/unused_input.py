"""The rule `unused-input`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from tickmark.audit.quoting import quoted
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import addresses, counted, listed
from tickmark.model.address import RangeRef
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.region import Region, Role
from tickmark.structure.inputs import UnusedInput

CODE = "unused-input"
ALONE, AMONG_OTHERS = 0.6, 0.5

# Numbers under such a head name something; they are not counted with.
_NAMES_SOMETHING: Final = re.compile(
    r"(?:^|, )(?:notes?|ref\.?|reference|pages?|keys?|years?|rows?|lines?|items?|rank|source"
    r"|version|phone|tel\.?|fax|zip|wbs|isbn|sku|account|number)(?=,|$)"
    r"|(?:^|\s)(?:no\.?|nr\.?|#|id|codes?)(?=,|$)",
    re.IGNORECASE,
)


@rule(CODE, severity=Severity.LOW)
def unused_input(facts: Facts) -> Iterator[Finding]:
    """An input that nothing uses.

    What it finds:
        Typed numbers with a label that no formula, chart, pivot table, list or format takes, where
        most numbers beside them are taken, or where they stand alone among used ones. Numbers of a
        table that share a row or column are one finding.

    Why it matters:
        Who changes the input believes that the results follow. Either a formula has lost its
        reference to it, or it is left over and misleads.

    Example:
        An assumption "Churn" in C9 between growth in C8 and price in C10, and no formula names C9.

    Fix:
        Use the input in the formula that it was meant for, or delete it.

    Source:
        The formula graph with charts, pivot tables, validations and formats added.

    Known false alarms:
        Numbers for information beside inputs look the same. Years, dates, counted rows, totals,
        numbers of notes, long lists and workbooks with macros, INDIRECT or OFFSET are passed over.
    """
    if not facts.workbook.formula_count:
        return
    by_region: dict[tuple[str, int], list[UnusedInput]] = {}
    for one in facts.graph.unused_inputs():
        named = _NAMES_SOMETHING.search(one.label) is not None
        if one.certain and not named and not _is_zero(facts, one.range):
            regions = facts.regions.get(one.range.sheet, ())
            number = next(
                (at for at, region in enumerate(regions) if region.range.meets(one.range)), -1
            )
            if number < 0 or not _is_frame(regions[number], one.range):
                by_region.setdefault((one.range.sheet, number), []).append(one)
    for (sheet, number), found in by_region.items():
        region = facts.regions[sheet][number] if number >= 0 else None
        for group in _grouped(region, found):
            yield _finding(facts, region, group)


def _is_zero(facts: Facts, area: RangeRef) -> bool:
    """Whether nothing but zeros stands there, which keep a place."""
    cells = facts.workbook[area.sheet].cells
    return not cells.values[cells.within(area)].any()


def _is_frame(region: Region, area: RangeRef) -> bool:
    """Whether an area lies in the head or in a total of a region."""
    own = region.range
    if area.top < own.top + region.header_rows or area.left < own.left + region.header_columns:
        return True
    return any(area.meets(total) for total in (*region.total_rows, *region.total_columns))


def _grouped(region: Region | None, found: Sequence[UnusedInput]) -> Iterator[list[UnusedInput]]:
    """The inputs of a region; those of a table that share their rows or columns together."""
    if region is None or region.role is not Role.TABLE:
        yield from ([one] for one in found)
        return
    first_on: dict[tuple[str, int, int], int] = {}
    above = list(range(len(found)))

    def root(at: int) -> int:
        while above[at] != at:
            above[at] = above[above[at]]
            at = above[at]
        return at

    for at, one in enumerate(found):
        area = one.range
        for line in (("rows", area.top, area.bottom), ("columns", area.left, area.right)):
            low, high = sorted((root(first_on.setdefault(line, at)), root(at)))
            above[high] = low
    groups: dict[int, list[UnusedInput]] = {}
    for at, one in enumerate(found):
        groups.setdefault(root(at), []).append(one)
    yield from groups.values()


def _finding(facts: Facts, region: Region | None, group: Sequence[UnusedInput]) -> Finding:
    first = group[0]
    sheet = facts.workbook[first.range.sheet]
    cell = sheet.cell(first.range.top, first.range.left)
    count = sum(one.cells for one in group)
    ranges = addresses(one.range for one in group)
    value = f"{cell.value:.15g}" if cell is not None and isinstance(cell.value, float) else ""
    if count == 1:
        message = f"Nothing uses the input {quoted(first.label, most=60)} in {ranges[0]} ({value})"
    else:
        message = f"Nothing uses {counted(count, 'input')} in {listed(ranges)}, such as "
        message += quoted(first.label, most=60)
    return Finding(
        rule=CODE,
        severity=Severity.LOW,
        message=message + ".",
        sheet=sheet.name,
        ranges=ranges,
        evidence={"found": value, "label": first.label, "inputs": str(count)},
        fix="Use the input in the formula that it is meant for, or delete it.",
        confidence=AMONG_OTHERS if region is not None and region.role is Role.TABLE else ALONE,
        tier=Tier.MORE,
        key=first.label,
    )
