"""Parts of tables whose box is right, and the cells of other roles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tests.benchmarks.region_scores.labels import LabelledSheet, LabelledTable
from tests.benchmarks.region_scores.matching import boxes_of, matched
from tests.benchmarks.region_scores.scores import f1, share
from tickmark.model.address import RangeRef
from tickmark.model.grid import NO_FORMULA, CellKind
from tickmark.model.region import Region, Role
from tickmark.model.workbook import Sheet

HEADER_ROWS = "header rows"
HEADER_COLUMNS = "header columns"
TOTALS = "totals"
WITH_TOTALS = "totals, where any is drawn"
PARTS = (HEADER_ROWS, HEADER_COLUMNS, TOTALS, WITH_TOTALS)


@dataclass(frozen=True, slots=True)
class Part:
    """Whether a part of a rightly found table is right, with what was drawn and found."""

    name: str
    workbook: str
    table: RangeRef
    right: bool
    drawn: str
    found: str


@dataclass(frozen=True, slots=True)
class RoleCounts:
    """Filled cells that are drawn and found in a role, only drawn, only found."""

    both: int = 0
    drawn: int = 0
    found: int = 0

    def __add__(self, other: RoleCounts) -> RoleCounts:
        return RoleCounts(
            self.both + other.both, self.drawn + other.drawn, self.found + other.found
        )

    @property
    def precision(self) -> float:
        return share(self.both, self.both + self.found)

    @property
    def recall(self) -> float:
        return share(self.both, self.both + self.drawn)

    @property
    def f1(self) -> float:
        return f1(self.precision, self.recall)


def parts_of(label: LabelledSheet, regions: Sequence[Region]) -> Iterator[Part]:
    """The parts of each labelled table that a region has exactly; those that the label tells."""
    drawn = boxes_of(table.range for table in label.tables)
    found = boxes_of(region.range for region in regions)
    for one, other in matched(drawn, found, 0):
        yield from _parts(label.workbook, label.tables[one], regions[other])


def roles_of(
    label: LabelledSheet, sheet: Sheet, regions: Sequence[Region]
) -> dict[str, RoleCounts]:
    """For each role the filled cells of a wholly labelled sheet."""
    drawn = {
        Role.TABLE: [table.range for table in label.tables],
        Role.KEY_VALUE: label.key_value,
        Role.TITLE: label.titles,
        Role.NOTES: label.notes,
    }
    seen = filled(sheet)
    counts = {}
    for role, areas in drawn.items():
        here = _inside(sheet, areas) & seen
        there = _inside(sheet, (one.range for one in regions if one.role is role)) & seen
        both = int((here & there).sum())
        counts[role.value] = RoleCounts(both, int(here.sum()) - both, int(there.sum()) - both)
    return counts


def filled(sheet: Sheet) -> npt.NDArray[np.bool_]:
    """Which cells have a value or a formula."""
    cells = sheet.cells
    return np.asarray((cells.kinds != CellKind.EMPTY) | (cells.formulas != NO_FORMULA), np.bool_)


def _inside(sheet: Sheet, areas: Iterable[RangeRef]) -> npt.NDArray[np.bool_]:
    found = np.zeros(len(sheet.cells), np.bool_)
    for area in areas:
        found[sheet.cells.within(area)] = True
    return found


def _parts(workbook: str, table: LabelledTable, region: Region) -> Iterator[Part]:
    if table.header_rows is not None:
        right = table.header_rows.holds(region.header_rows)
        said = _between(table.header_rows)
        yield Part(HEADER_ROWS, workbook, table.range, right, said, str(region.header_rows))
    if table.header_columns is not None:
        right = table.header_columns.holds(region.header_columns)
        said = _between(table.header_columns)
        yield Part(HEADER_COLUMNS, workbook, table.range, right, said, str(region.header_columns))
    rows = frozenset(row for one in region.total_rows for row in range(one.top, one.bottom + 1))
    columns = frozenset(
        column for one in region.total_columns for column in range(one.left, one.right + 1)
    )
    if table.total_rows is None:
        return
    right = table.total_rows.holds(rows)
    needed = set(table.total_rows.needed)
    said, told = f"rows {sorted(needed)}", f"rows {sorted(rows)}"
    if table.total_columns is not None:
        right = right and table.total_columns.holds(columns)
        said += f" columns {sorted(table.total_columns.needed)}"
        told += f" columns {sorted(columns)}"
        needed |= table.total_columns.needed
    yield Part(TOTALS, workbook, table.range, right, said, told)
    if needed:
        yield Part(WITH_TOTALS, workbook, table.range, right, said, told)


def _between(count: tuple[int, int]) -> str:
    low, high = count
    return str(low) if low == high else f"{low} to {high}"
