"""CSV of the used range: no addresses, no formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from tests.benchmarks.encode_scores.plain_cells import PlainSheet
from tests.benchmarks.encode_scores.told_sheet import ToldSheet, cell_claims, whole
from tickmark.model.address import RangeRef


def comma_lines(sheet: PlainSheet) -> Iterator[str]:
    """One record a row of the used range; a record may hold line breaks in quotes."""
    for _, line in sheet.lines():
        made = io.StringIO()
        csv.writer(made, lineterminator="\n").writerow(line)
        yield made.getvalue()[:-1]


def comma_told(name: str, text: str, *, cut: bool, date1904: bool = False) -> ToldSheet:
    """What a CSV text tells a reader who takes its first field for A1, having nothing else."""
    records = list(csv.reader(io.StringIO(text, newline="")))
    cells = (
        (row, column, field)
        for row, record in enumerate(records, 1)
        for column, field in enumerate(record, 1)
    )
    claims = cell_claims(name, cells, date1904=date1904)
    if not cut:
        return ToldSheet(name, claims, (whole(name),))
    rows = RangeRef(name, 1, 1, len(records), whole(name).right)
    return ToldSheet(name, claims, (rows,) if records else ())
