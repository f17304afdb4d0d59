"""What the author of a sheet said about its layout: tables, filters, print areas, frozen panes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tickmark.model.address import RangeRef
from tickmark.model.workbook import Sheet, Table
from tickmark.structure.regions.claims import granted


@dataclass(frozen=True, slots=True)
class Evidence:
    """Marks of the author on one sheet.

    `tables` are ListObjects and `pivots` the ranges of pivot tables: they are regions for certain.
    `filter_range` has its header in its first row. `frozen_rows` and `frozen_columns` stay in
    view; `title_rows` and `title_columns` (1-based, inclusive) repeat on every printed page.
    """

    tables: tuple[Table, ...] = ()
    pivots: tuple[RangeRef, ...] = ()
    filter_range: RangeRef | None = None
    print_areas: tuple[RangeRef, ...] = ()
    frozen_rows: int = 0
    frozen_columns: int = 0
    title_rows: tuple[int, int] | None = None
    title_columns: tuple[int, int] | None = None


def evidence_of(sheet: Sheet) -> Evidence:
    """The marks on a sheet.

    Tables outside its used range are left out, and those over another one that was named earlier.
    The header and the totals of a ListObject have no more rows than it has.
    """
    used = sheet.used_range
    if used is None:
        return Evidence()
    details = sheet.details
    tables = [_sound(table) for table in sheet.tables if table.range.meets(used)]
    tables = [tables[at] for at in granted([table.range for table in tables])]
    pivots = [one.range for one in details.pivots if one.range and one.range.meets(used)]
    pivots = [pivots[at] for at in granted(pivots, [table.range for table in tables])]
    rows = next((one for one in details.print_titles if one.right - one.left > 16_000), None)
    columns = next((one for one in details.print_titles if one.bottom - one.top > 1_000_000), None)
    return Evidence(
        tables=tuple(tables),
        pivots=tuple(pivots),
        filter_range=details.filter_range,
        print_areas=details.print_areas,
        frozen_rows=max(0, details.frozen_rows),
        frozen_columns=max(0, details.frozen_columns),
        title_rows=(rows.top, rows.bottom) if rows else None,
        title_columns=(columns.left, columns.right) if columns else None,
    )


def _sound(table: Table) -> Table:
    rows = table.range.bottom - table.range.top + 1
    header = max(0, min(table.header_rows, rows))
    totals = max(0, min(table.totals_rows, rows - header))
    if (header, totals) == (table.header_rows, table.totals_rows):
        return table
    return replace(table, header_rows=header, totals_rows=totals)
