"""Regions in lines of a terminal."""

from __future__ import annotations

from dataclasses import replace

from tests.books import book
from tests.report.regions_made import BOOK, NOTES, REGIONS, TABLE, area
from tickmark.model.region import Edge, Reason, Region, Role
from tickmark.report.regions_text import REGIONS_SHOWN, SHEETS_SHOWN, regions_text
from tickmark.report.terminal_text import shown_width


def test_each_sheet_tells_its_regions() -> None:
    assert regions_text(BOOK, REGIONS).splitlines() == [
        "folder/sales.xlsx",
        "  3 sheets: 1 table, 1 title and 1 block of notes",
        "",
        "'P&L'!A1:E11: 3 regions",
        "  A1     title  90%  Sales by month",
        "  A3:E9  table  80%  Sales by month",
        "      header row 3, header column A, total row 9, total column E, section row 4,",
        "      cross tabulation, titled by A1, notes in A11",
        "      columns: 2024 / Q1, 2024 / Q2, 2024 / Q3, 2024 / Q4",
        "  A11    notes  75%  Source: own counts",
        "",
        "Blank: empty",
        "",
        "Away!A1:B1 (hidden): 0 regions",
    ]


def test_reasons_are_told_edge_by_edge_where_they_are_asked_for() -> None:
    lines = regions_text(BOOK, {"P&L": (TABLE,)}, reasons=True).splitlines()

    assert lines[8:10] == [
        "      - top: row 2 is blank",
        "      - bottom: row 10 is blank; row 9 sums the rows above",
    ]


def test_of_very_many_regions_the_weightiest_are_shown_and_the_others_counted() -> None:
    cells = {f"A{row}": "x" for row in range(1, 400)}
    many = [Region(area(f"A{row}", "S"), Role.CELLS, 0.5) for row in range(1, 398, 2)]
    table = Region(area("A398:A399", "S"), Role.TABLE, 0.5)

    lines = regions_text(book({"S": cells}), {"S": [*many, table]}).splitlines()

    assert len(lines) == 4 + REGIONS_SHOWN + 1
    assert lines[-2] == "  A398:A399  table  50%  x, x"
    assert lines[-1] == "  and 170 other ranges (--json has all)"


def test_of_very_many_sheets_the_first_are_shown_and_the_others_counted() -> None:
    many = book({f"S{number}": {} for number in range(SHEETS_SHOWN + 5)})

    lines = regions_text(many, {}).splitlines()

    assert lines[1] == "  45 sheets, all empty"
    assert lines[-1] == "and 5 more sheets (--sheet NAME shows one, --json has all)"


def test_long_and_wide_texts_keep_to_the_width() -> None:
    long = "表の名前" * 300
    region = replace(
        TABLE,
        name=long,
        list_object="L" * 900,
        reasons=(Reason(Edge.TOP, long), Reason(Edge.LEFT, "word " * 500)),
        column_paths=tuple((long, "y" * 500) for _ in range(5)),
        total_rows=tuple(area(f"A{row}:E{row}") for row in range(4, 900, 2)),
    )
    lines = regions_text(BOOK, {"P&L": (region, NOTES)}, reasons=True).splitlines()

    assert max(map(shown_width, lines)) <= 80
    assert any("total rows 4, 6, 8, 10, 12, 14 and 442 more" in line for line in lines)


def test_counts_of_many_roles_run_over_lines() -> None:
    roles = [*Role, *Role]
    regions = [Region(area(f"A{row}"), role, 0.5) for row, role in enumerate(roles, 1)]

    assert regions_text(BOOK, {"P&L": regions}).splitlines()[1:3] == [
        "  3 sheets: 2 tables, 2 key-value blocks, 2 lists, 2 titles, 2 blocks of notes",
        "  and 2 other ranges",
    ]


def test_of_very_many_columns_all_are_counted() -> None:
    region = replace(TABLE, column_paths=((), *((f"Column {at:05}",) for at in range(16_000))))

    lines = regions_text(BOOK, {"P&L": (region,)}).splitlines()

    assert lines[7:9] == [
        "      columns: Column 00000, Column 00001, Column 00002, Column 00003,",
        "      Column 00004, Column 00005, Column 00006, Column 00007, and 15,992 more",
    ]
