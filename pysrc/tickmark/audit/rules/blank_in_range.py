"""The rule `blank-in-range`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.lines.cell_lines import DOWN, cell_lines
from tickmark.audit.places import ranges_at
from tickmark.audit.ranges.aggregate_stretches import Stretches, stretches_of
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import counted, listed
from tickmark.model.address import cell_address
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.structure.formulas import SheetFormulas

CODE: Final = "blank-in-range"

FEWEST_ROWS: Final = 3
MOST_BLANK: Final = 3
NEAR: Final = 5
"""Rows from the end of its range to a total; what stands farther away is no total of the list."""

Numbers = npt.NDArray[np.int64]


@rule(CODE, severity=Severity.LOW)
def blank_in_range(facts: Facts) -> Iterator[Finding]:
    """The range of a total takes in blank rows behind the data, and other totals do not.

    What it finds:
        Aggregates down a column whose range ends in one to three rows that are blank all over the
        sheet, in a workbook where other totals end with the last row of data. All such totals of a
        sheet make one finding.

    Why it matters:
        Totals that are built in two ways are hard to check, and what is later typed into the blank
        row, such as a remark with a number or a subtotal, is added up.

    Example:
        `=SUM(B18:B30)` where row 30 is blank, beside `=SUM(B18:B29)` on the next sheet.

    Fix:
        Build all totals in one way: up to the last row of data, or up to a narrow row above the
        total that is marked as the end of the list.

    Source:
        Ranges that reach beyond the data are counted as formula errors in the labelled workbooks
        of the TASI study (ISSTA 2021).

    Known false alarms:
        Many modellers take in a blank row so that rows inserted at the end are counted. Where all
        totals of a workbook do so the finding is of the tier more. A grand total over blocks with
        subtotals and blank rows between them stays silent.
    """
    found = [stretches_of(facts.formulas, number) for number in range(len(facts.formulas.sheets))]
    chosen, plain = [], 0
    for own, stretches in zip(facts.formulas.sheets, found, strict=True):
        blank = _blank_rows(own, stretches)
        chosen.append(np.flatnonzero(blank > 0))
        plain += int(np.count_nonzero(blank == 0))
    for own, stretches, at in zip(facts.formulas.sheets, found, chosen, strict=True):
        if len(at):
            yield _finding(own, stretches, at, plain)


def _blank_rows(own: SheetFormulas, found: Stretches) -> Numbers:
    """How many blank rows each range ends with; -1 for what is no total below its data."""
    blank = np.full(len(found), -1, np.int64)
    total = (found.axis == DOWN) & (found.ranges > 0) & (found.place > found.last)
    total &= (found.last - found.first + 1 >= FEWEST_ROWS) & (found.place - found.last <= NEAR)
    at = np.flatnonzero(total)
    if not len(at):
        return blank
    rows = np.unique(own.sheet.cells.rows.astype(np.int64))
    before = np.searchsorted(rows, found.last[at], side="right") - 1
    last_filled = rows[np.maximum(before, 0)]
    empty = found.last[at] - last_filled
    good = (before >= 0) & (last_filled >= found.first[at]) & (empty <= MOST_BLANK)
    # Blocks with their subtotals and blank rows between them: the last one is no other than these.
    ends = cell_lines(own.sheet).positions(DOWN, found.line[at], last_filled)
    filled = before - np.searchsorted(rows, found.first[at]) + 1
    apart = (filled < last_filled - found.first[at] + 1) & np.isin(ends, found.position)
    good &= (empty == 0) | ~apart
    blank[at[good]] = empty[good]
    return blank


def _finding(own: SheetFormulas, found: Stretches, at: Numbers, plain: int) -> Finding:
    cells = own.sheet.cells
    positions = np.unique(found.position[at])
    first = int(at[np.argmin(found.position[at])])
    row, column = cells.place(found.position[first])
    area = found.area(first)
    kept = found.area(first, last=int(cells.rows[cells.rows <= area.bottom].max()))
    template = own.templates[int(found.template[first])]
    text = template.text_at(row, column)
    ranges = ranges_at(own.sheet, positions)
    message = (
        f"{cell_address(row, column)} takes {area.a1}, which ends with a blank row; the data end "
        f"in {cell_address(kept.bottom, kept.left)}"
    )
    if len(positions) > 1:
        message += f"; so do {counted(len(positions) - 1, 'more total')} ({listed(ranges)})"
    if plain:
        verb = "ends" if plain == 1 else "end"
        message += f", while {counted(plain, 'total')} of the workbook {verb} with the data"
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
            "found R1C1": "=" + template.r1c1,
            "totals that end with a blank row": str(len(at)),
            "totals that end with the data": str(plain),
        },
        fix="=" + fixed if fixed != text else f"Let the range end with {kept.a1}.",
        confidence=0.6 if plain else 0.3,
        tier=Tier.DEFAULT if plain else Tier.MORE,
        key=template.r1c1,
    )
