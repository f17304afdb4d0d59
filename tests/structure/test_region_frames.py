"""Regions as DataFrames: what is data, what names it, what is left out."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.books import book, sheet
from tickmark.errors import InputError
from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind, Cells
from tickmark.model.region import Region, Role
from tickmark.model.workbook import Sheet, Workbook
from tickmark.read import read_workbook
from tickmark.structure.frames import to_frame
from tickmark.structure.regions.detect import sheet_regions


def _ref(area: str) -> RangeRef:
    return RangeRef.parse(area, sheet="Sheet1")


def _refs(*areas: str) -> tuple[RangeRef, ...]:
    return tuple(map(_ref, areas))


def _table(area: str, **parts: object) -> Region:
    return Region(_ref(area), Role.TABLE, 1.0, **parts)  # type: ignore[arg-type]


def _form(area: str, **parts: object) -> Region:
    return replace(_table(area, **parts), role=Role.KEY_VALUE)


def _names(frame: pd.DataFrame) -> list[object]:
    return list(frame.columns)


def _records(frame: pd.DataFrame) -> list[list[Any]]:
    """The rows, None where a value is missing."""
    return frame.astype(object).where(frame.notna(), None).to_numpy().tolist()


SALES = book(
    {
        "Sheet1": sheet(
            {
                "A1": "Region",
                "B1": "City",
                "C1": "2023",
                "D1": "2024",
                "F1": "Total",
                "A2": "Europe",
                "A3": "North",
                "B3": "Oslo",
                "C3": 1,
                "D3": 2,
                "F3": 3,
                "B4": "Bergen",
                "C4": 4,
                "D4": 5,
                "F4": 9,
                "A5": "Sum",
                "C5": 5,
                "D5": 7,
                "F5": 12,
                "A7": "Region",
                "B7": "City",
                "C7": "2023",
                "D7": "2024",
                "F7": "Total",
                "A8": "Asia",
                "A9": "South",
                "B9": "Hanoi",
                "C9": 6,
                "D9": 7,
                "F9": 13,
            },
            merges=("A3:A4", "A2:F2"),
        )
    }
)
SALES_REGION = _table(
    "A1:F9",
    header_rows=1,
    header_columns=2,
    sections=_refs("A2:F2", "A8:F8"),
    repeated_headers=_refs("A7:F7"),
    total_rows=_refs("A5:F5"),
    total_columns=_refs("F1:F9"),
    column_paths=(("Region",), ("City",), ("2023",), ("2024",), (), ("Total",)),
)


def test_only_data_is_in_the_frame() -> None:
    frame = to_frame(SALES, SALES_REGION)
    assert list(frame.columns) == ["section", "Region", "City", "2023", "2024"]
    assert frame.index.tolist() == [3, 4, 9]
    assert _records(frame) == [
        ["Europe", "North", "Oslo", 1, 2],
        ["Europe", "North", "Bergen", 4, 5],
        ["Asia", "South", "Hanoi", 6, 7],
    ]


def test_totals_come_on_request_and_sections_go() -> None:
    frame = to_frame(SALES, SALES_REGION, totals=True, sections=False)
    assert list(frame.columns) == ["Region", "City", "2023", "2024", "Total"]
    assert frame.index.tolist() == [3, 4, 5, 9]
    assert frame["Total"].tolist() == [3, 9, 12, 13]


def test_keys_can_be_the_index() -> None:
    frame = to_frame(SALES, SALES_REGION, index="keys")
    assert list(frame.columns) == ["2023", "2024"]
    assert frame.index.names == ["section", "Region", "City"]
    assert frame.loc[("Europe", "North", "Bergen"), "2024"] == 5
    one = to_frame(SALES, replace(SALES_REGION, header_columns=1, sections=()), index="keys")
    assert (one.index.name, one.index.tolist()[:2]) == ("Region", ["Europe", "North"])


def test_without_key_columns_the_index_holds_rows() -> None:
    frame = to_frame(SALES, _table("B3:D4"), index="keys")
    assert (frame.index.name, frame.index.tolist(), list(frame.columns)) == (
        "row",
        [3, 4],
        ["B", "C", "D"],
    )


def test_headers_of_several_levels_are_a_multi_index() -> None:
    workbook = book(
        {
            "Sheet1": sheet(
                {
                    "A1": "Plant",
                    "B1": 2023,
                    "D1": dt.date(2024, 3, 31),
                    "B2": "Plan",
                    "C2": "Actual",
                    "D2": "Plan\nnew",
                    "E2": "Plan new",
                    "A3": "Kiel",
                    "B3": 1,
                    "C3": 2,
                    "D3": 3,
                    "E3": 4,
                    "F3": 5,
                },
                merges=("A1:A2", "B1:C1", "D1:E1"),
            )
        }
    )
    frame = to_frame(workbook, _table("A1:F3", header_rows=2))
    assert _names(frame) == [
        ("Plant", ""),
        ("2023", "Plan"),
        ("2023", "Actual"),
        ("2024-03-31", "Plan new"),
        ("2024-03-31", "Plan new (2)"),
        ("F", ""),
    ]
    assert frame["Plant"].tolist() == ["Kiel"]
    assert frame["2023"].to_numpy().tolist() == [[1, 2]]


def test_the_paths_of_the_region_are_its_names() -> None:
    region = _table("A1:B3", header_rows=1, column_paths=(("Outer", "a"), ("Outer", "b")))
    frame = to_frame(SALES, region)
    assert _names(frame) == [("Outer", "a"), ("Outer", "b")]


def test_names_of_several_levels_name_the_levels_of_the_index_in_one_text() -> None:
    workbook = book({"A1": "x", "B1": 1})
    paths = (("Outer", "key"), ("Outer", "value"))
    region = _table("A1:B1", header_columns=1, column_paths=paths)
    assert to_frame(workbook, region, index="keys").index.name == "Outer / key"


def test_a_column_named_section_stays_apart_from_the_sections() -> None:
    workbook = book({"A1": "section", "B1": "n", "A2": "One", "A3": "a", "B3": 1})
    region = _table("A1:B3", header_rows=1, sections=_refs("A2:B2"))
    assert to_frame(workbook, region).to_dict("records") == [
        {"section": "One", "section (2)": "a", "n": 1}
    ]


def test_sections_inside_sections() -> None:
    workbook = book(
        {
            "Sheet1": sheet(
                {
                    "A1": "World",
                    "A2": "Europe",
                    "B3": 1,
                    "A4": "Asia",
                    "B5": 2,
                    "A6": "Space",
                    "B7": 3,
                    "A8": "Nothing",
                    "A9": "Moon",
                    "B10": 4,
                },
                bold=("A1", "A6", "A8"),
            )
        }
    )
    region = _table("A1:B10", sections=_refs("A1:B2", "A4:B4", "A6:B6", "A8:B9"))
    frame = to_frame(workbook, region)
    assert frame["section"].tolist() == [
        "World / Europe",
        "World / Asia",
        "Space",
        "Nothing / Moon",
    ]


def test_rows_above_the_first_section_have_none() -> None:
    workbook = book({"A1": "a", "B1": 1, "A2": "Later", "A3": "b", "B3": 2})
    frame = to_frame(workbook, _table("A1:B3", sections=_refs("A2:B2")))
    assert _records(frame) == [[None, "a", 1], ["Later", "b", 2]]


def test_merged_cells_belong_to_all_their_rows_but_numbers_count_once() -> None:
    workbook = book(
        {
            "Sheet1": sheet(
                {
                    "A1": 7,
                    "B1": "note",
                    "C1": 100,
                    "D1": "x",
                    "D2": "y",
                    "D3": "z",
                    "B3": "other",
                },
                merges=("A1:A3", "B1:B2", "C1:C3"),
            )
        }
    )
    frame = to_frame(workbook, _table("A1:D3", header_columns=1))
    assert _records(frame) == [
        [7, "note", 100, "x"],
        [7, "note", None, "y"],
        [7, "other", None, "z"],
    ]


def test_merged_cells_reach_into_no_total_and_not_out_of_one() -> None:
    workbook = book({"Sheet1": sheet({"A1": "T", "B1": 1, "B2": 2, "B3": 3}, merges=("A1:A3",))})
    region = _table("A1:B3", header_columns=1, total_rows=_refs("A1:B1"))
    assert _records(to_frame(workbook, region)) == [[2], [3]]


OUTLINE = book(
    {
        "A1": 2023,
        "B1": "Q1",
        "C1": "a",
        "D1": 1,
        "C2": "b",
        "D2": 2,
        "B3": "Q2",
        "C3": "a",
        "D3": 3,
        "A4": 2024,
        "C4": "a",
        "D4": 4,
        "D5": 5,
    }
)


def test_an_outline_is_filled_down_on_request() -> None:
    region = _table("A1:D5", header_columns=3)
    assert _records(to_frame(OUTLINE, region))[1] == [None, None, "b", 2]
    assert _records(to_frame(OUTLINE, region, fill_down=True)) == [
        [2023, "Q1", "a", 1],
        [2023, "Q1", "b", 2],
        [2023, "Q2", "a", 3],
        [2024, None, "a", 4],
        [2024, None, "a", 5],
    ]


def test_filling_ends_at_a_section() -> None:
    workbook = book({"A1": "k", "B1": 1, "B2": 2, "A3": "Next", "B4": 3})
    region = _table("A1:B4", header_columns=1, sections=_refs("A3:B3"))
    frame = to_frame(workbook, region, fill_down=True)
    assert _records(frame) == [[None, "k", 1], [None, "k", 2], ["Next", None, 3]]


def test_blank_rows_and_unnamed_blank_columns_are_left_out() -> None:
    workbook = book(
        {
            "A1": "n",
            "C1": "named",
            "A2": 1,
            "B3": ('=""', ""),
            "A4": 2,
            "B4": "  ",
            "A5": "#N/A",
        }
    )
    frame = to_frame(workbook, _table("A1:D5", header_rows=1))
    assert list(frame.columns) == ["n", "named"]
    assert frame.index.tolist() == [2, 4, 5]


def test_a_cross_tabulation_has_one_type_of_number() -> None:
    workbook = book({"A1": 1, "B1": 2, "C1": 2.5, "A2": 2, "C2": 3, "E2": "#N/A", "D1": "n"})
    paths = (("k",), ("2023",), ("2024",), ("2025",), ("2026",))
    region = _table("A1:E2", header_columns=1, column_paths=paths)
    kinds = ["Int64", "Int64", "float64", "str", "float64"]
    assert [str(kind) for kind in to_frame(workbook, region).dtypes] == kinds
    crossed = to_frame(workbook, replace(region, cross_tabulation=True))
    assert [str(kind) for kind in crossed.dtypes] == [
        "Int64",
        "float64",
        "float64",
        "str",
        "float64",
    ]
    assert crossed["2023"].isna().tolist() == [False, True]
    whole = replace(region, range=_ref("A1:B2"), column_paths=paths[:2], cross_tabulation=True)
    assert [str(kind) for kind in to_frame(workbook, whole).dtypes] == ["Int64", "Int64"]


def test_a_form_has_keys_and_values() -> None:
    workbook = book(
        {
            "A1": "Company:",
            "C1": "Nord AG",
            "A2": "Rate",
            "C2": 0.05,
            "D2": "p.a.",
            "A4": "Start",
            "B4": dt.date(2024, 1, 1),
            "A5": "Open",
        }
    )
    frame = to_frame(workbook, _form("A1:D5", header_columns=1))
    assert list(frame.columns) == ["key", "value", "value (2)"]
    assert frame.index.tolist() == [1, 2, 4, 5]
    assert _records(frame) == [
        ["Company", "Nord AG", None],
        ["Rate", 0.05, "p.a."],
        ["Start", dt.datetime(2024, 1, 1), None],  # noqa: DTZ001 - spreadsheets know no time zone
        ["Open", None, None],
    ]
    by_key = to_frame(workbook, _form("A1:D5", header_columns=1), index="keys")
    assert by_key.loc["Rate", "value"] == 0.05


def test_pairs_beside_each_other_follow_each_other() -> None:
    workbook = book(
        {
            "A1": "Name",
            "B1": "Ann",
            "C1": "Joined",
            "D1": dt.date(2024, 1, 1),
            "A2": "Team",
            "B2": "Red",
            "C2": "Salary",
            "D2": 10,
        }
    )
    frame = to_frame(workbook, _form("A1:D2", header_columns=1))
    assert frame["key"].tolist() == ["Name", "Team", "Joined", "Salary"]
    assert frame["value"].tolist()[:2] == ["Ann", "Red"]
    assert frame.index.tolist() == [1, 2, 1, 2]


def test_units_right_of_values_are_no_keys() -> None:
    workbook = book(
        {"A1": "Width", "B1": 2, "C1": "mm", "D1": 1, "A2": "Depth", "B2": 3, "C2": "mm", "D2": 4}
    )
    frame = to_frame(workbook, _form("A1:D2", header_columns=1))
    assert _records(frame) == [["Width", 2, "mm", 1], ["Depth", 3, "mm", 4]]


def test_keys_above_their_values() -> None:
    workbook = book({"A1": "Rate", "B1": "Years", "A2": 0.1, "B2": 3})
    assert _records(to_frame(workbook, _form("A1:B2", header_rows=1))) == [
        ["Rate", 0.1],
        ["Years", 3.0],
    ]


def test_lists_are_one_column() -> None:
    workbook = book({"A1": "Colours", "A2": "red", "A3": "blue", "C1": 1, "D1": 2, "C3": "k"})
    down = Region(_ref("A1:A3"), Role.LIST, 1.0, header_rows=1)
    assert to_frame(workbook, down).to_dict("list") == {"Colours": ["red", "blue"]}
    bare = Region(_ref("A2:A3"), Role.LIST, 1.0, name="Paints")
    assert to_frame(workbook, bare).to_dict("list") == {"Paints": ["red", "blue"]}
    across = Region(_ref("A1:D1"), Role.LIST, 1.0, header_columns=1)
    assert to_frame(workbook, across).to_dict("list") == {"Colours": [1, 2]}
    lone = Region(_ref("C3"), Role.LIST, 1.0)
    assert to_frame(workbook, lone).to_dict("list") == {"value": ["k"]}


@pytest.mark.parametrize("role", list(Role))
def test_a_region_without_cells_is_an_empty_frame(role: Role) -> None:
    region = Region(_ref("H8:J9"), role, 1.0, header_rows=1)
    assert len(to_frame(SALES, region)) == 0


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("header_rows", [0, 1, 2, 9, 12])
def test_any_region_is_a_frame(role: Role, header_rows: int) -> None:
    region = replace(SALES_REGION, role=role, column_paths=(), header_columns=1)
    region = replace(region, header_rows=header_rows)
    assert to_frame(SALES, region).columns.is_unique
    assert to_frame(SALES, region, totals=True, fill_down=True, index="keys").columns.is_unique


def test_an_almost_empty_area_is_refused() -> None:
    count = 8_000
    numbers = np.arange(1, count + 1)
    cells = Cells(
        rows=numbers.astype(np.int32),
        columns=numbers.astype(np.int16),
        kinds=np.full(count, CellKind.NUMBER, np.uint8),
        values=numbers.astype(np.float64),
        styles=np.zeros(count, np.int32),
        formulas=np.full(count, -1, np.int32),
    )
    workbook = Workbook("book.xlsx", "xlsx", "", (Sheet("Sheet1", cells),))
    area = RangeRef("Sheet1", 1, 1, count, count)
    refused = r"Sheet1!A1:KUR8000 has [78],\d{3} cells in 6\d,\d{3},\d{3} places"
    for one in (area, Region(area, Role.TABLE, 1.0), Region(area, Role.KEY_VALUE, 1.0)):
        with pytest.raises(InputError, match=refused):
            to_frame(workbook, one)


def test_two_cells_at_the_ends_of_a_sheet_are_a_small_frame() -> None:
    workbook = book({"A1": 1, "XFD1048576": 2})
    frame = to_frame(workbook, _table("A1:XFD1048576"))
    assert (list(frame.columns), frame.index.tolist()) == (["A", "XFD"], [1, 1048576])


def test_regions_of_real_sheets_are_frames(corpus: Path) -> None:
    workbook = read_workbook(corpus / "tidyxl__enron-constants.xlsx")
    tables = [
        region
        for one in workbook.sheets
        for region in sheet_regions(workbook, one)
        if region.role is Role.TABLE
    ]
    assert tables
    for region in tables:
        frame = to_frame(workbook, region, fill_down=True)
        first = region.range.top + region.header_rows
        assert frame.columns.is_unique
        assert frame.index.is_monotonic_increasing
        assert frame.index.isin(range(first, region.range.bottom + 1)).all()
