"""The rule `stopped-range`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from tickmark.audit.places import ranges_at
from tickmark.audit.ranges.table_reads import ShortRead, short_reads
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import counted, listed
from tickmark.model.address import cell_address
from tickmark.model.finding import Finding, Severity

CODE: Final = "stopped-range"
_NEARLY_ALL: Final = 0.8


@rule(CODE, severity=Severity.HIGH)
def stopped_range(facts: Facts) -> Iterator[Finding]:
    """A formula reads a table but stops before its last row.

    What it finds:
        Ranges in SUMIFS, COUNTIFS, SUMPRODUCT, lookups, SUM and the like that read most of the
        rows of a table from elsewhere and end before the table does, or begin below its first row,
        while the data go on without a gap. All formulas of a sheet that stop at the same row of a
        table make one finding.

    Why it matters:
        Rows that were added below are missing in every figure that reads the range: sums are too
        low and lookups find nothing.

    Example:
        `=SUMIFS(Ledger!I5:I300,Ledger!D5:D300,A5)` while the ledger ends in row 316.

    Fix:
        Extend the ranges to the last row, or make a table of the data and refer to its columns.

    Source:
        Among the most costly errors on record are reports whose range did not grow with the data.

    Known false alarms:
        A report that leaves out the last rows on purpose. A range that takes less than 70 % of the
        rows, ranges that move from cell to cell or end a row apart, as for a triangle, and tables
        of which other formulas read the rest stay silent.
    """
    groups: dict[tuple[int, int, int, tuple[int, int]], list[ShortRead]] = {}
    for one in short_reads(facts):
        groups.setdefault((one.sheet, one.target, one.first, one.missing), []).append(one)
    for group in groups.values():
        yield _finding(facts, group)


def _finding(facts: Facts, group: Sequence[ShortRead]) -> Finding:
    first = group[0]
    own = facts.formulas.sheets[first.sheet]
    cells = own.sheet.cells
    at = np.flatnonzero(np.isin(own.template_of, sorted({one.template for one in group})))
    row, column = cells.place(at[0])
    start = next(one for one in group if one.template == own.template_of[at[0]])
    template = own.templates[start.template]
    ranges = ranges_at(own.sheet, at)
    area, missing = start.area, start.missing
    left_out = missing[1] - missing[0] + 1
    late = missing[0] < area.top
    where = f"begins in row {area.top}" if late else f"stops at row {area.bottom}"
    edge = f"begin in row {start.first}" if late else f"go on to row {start.last}"
    message = (
        f"{cell_address(row, column)} reads {area}, which {where} while the data {edge}: "
        f"{counted(left_out, 'row')} left out"
    )
    if len(at) > 1:
        message += f"; so in {counted(len(at), 'cell')} ({listed(ranges)})"
    share = 1 - left_out / (start.last - start.first + 1)
    nearly = share >= _NEARLY_ALL or start.further
    evidence = {
        "found": "=" + template.text_at(row, column),
        "found R1C1": "=" + template.r1c1,
        "rows of the table": f"{start.first} to {start.last}",
        "rows left out": f"{missing[0]} to {missing[1]}",
    }
    if start.further:
        evidence["other formulas"] = "read these rows too"
    last = start.last if not late else area.bottom
    first_row = start.first if late else area.top
    return Finding(
        rule=CODE,
        severity=Severity.HIGH if nearly else Severity.MEDIUM,
        message=message + ".",
        sheet=own.sheet.name,
        ranges=ranges,
        evidence=evidence,
        fix=f"Let the ranges run from row {first_row} to row {last}, or refer to the columns of a "
        "table.",
        confidence=0.9 if start.further else 0.8 if nearly else 0.5,
        key=template.r1c1,
    )
