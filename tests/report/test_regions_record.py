"""Regions as JSON."""

from __future__ import annotations

from tests.report.regions_made import BOOK, REGIONS, area
from tickmark.model.region import Region, Role
from tickmark.report.regions_record import region_record, regions_record


def test_every_part_of_a_region_has_its_key() -> None:
    record = regions_record(BOOK, REGIONS)

    assert record["sheets"][0]["regions"][1] == {  # type: ignore[index]
        "range": "A3:E9",
        "role": "table",
        "header_rows": 1,
        "header_columns": 1,
        "total_rows": ["A9:E9"],
        "total_columns": ["E3:E9"],
        "confidence": 0.8,
        "name": "Sales by month",
        "title": "A1",
        "notes": ["A11"],
        "sections": ["A4:E4"],
        "repeated_headers": [],
        "cross_tabulation": True,
        "list_object": None,
        "column_paths": [[], ["2024", "Q1"], ["2024", "Q2"], ["2024", "Q3"], ["2024", "Q4"]],
        "reasons": [
            {"edge": "top", "cue": "row 2 is blank"},
            {"edge": "bottom", "cue": "row 10 is blank"},
            {"edge": "bottom", "cue": "row 9 sums the rows above"},
        ],
    }


def test_what_is_not_known_is_null() -> None:
    record = region_record(Region(area("A1:B3"), Role.KEY_VALUE, 2 / 3))

    assert (record["role"], record["confidence"]) == ("key-value", 0.667)
    assert (record["name"], record["title"], record["list_object"]) == (None, None, None)


def test_every_sheet_is_there_and_problems_make_it_incomplete() -> None:
    record = regions_record(BOOK, {}, ["a sheet is damaged"])

    assert record == {
        "schema_version": 1,
        "workbook": "folder/sales.xlsx",
        "complete": False,
        "problems": ["a sheet is damaged"],
        "sheets": [
            {"sheet": "P&L", "state": "visible", "used_range": "A1:E11", "regions": []},
            {"sheet": "Blank", "state": "visible", "used_range": None, "regions": []},
            {"sheet": "Away", "state": "hidden", "used_range": "A1:B1", "regions": []},
        ],
    }
