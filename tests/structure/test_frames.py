"""Ranges as DataFrames: types, dates, errors, headers."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from tests.books import book, sheet
from tickmark.model.address import RangeRef
from tickmark.model.workbook import Workbook
from tickmark.structure.frames import to_frame

WORKBOOK = book(
    {
        "A1": "Day",
        "B1": "Amount",
        "C1": "Amount",
        "D1": "Paid",
        "E1": "Note",
        "A2": dt.date(2024, 1, 1),
        "A3": dt.datetime(2024, 1, 2, 13, 30),  # noqa: DTZ001 - spreadsheets know no time zone
        "B2": 1.5,
        "B3": "#N/A",
        "C2": 1,
        "C3": "x",
        "D2": True,
        "E3": "late",
    }
)


def _frame(area: str, *, header_rows: int = 1, workbook: Workbook = WORKBOOK) -> pd.DataFrame:
    return to_frame(workbook, RangeRef.parse(area, sheet="Sheet1"), header_rows=header_rows)


def test_columns_are_typed_by_what_they_hold() -> None:
    frame = _frame("A1:E3")
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == {
        "Day": "datetime64[ms]",
        "Amount": "float64",
        "Amount (2)": "object",
        "Paid": "boolean",
        "Note": "str",
    }
    assert frame["Day"].tolist() == [
        pd.Timestamp("2024-01-01"),
        pd.Timestamp("2024-01-02 13:30"),
    ]
    assert frame["Amount (2)"].tolist() == [1.0, "x"]


def test_errors_and_empty_cells_are_missing() -> None:
    frame = _frame("A1:E3")
    assert frame.isna().sum().to_dict() == {
        "Day": 0,
        "Amount": 1,
        "Amount (2)": 0,
        "Paid": 1,
        "Note": 1,
    }


def test_the_index_holds_the_rows_of_the_sheet() -> None:
    assert _frame("A1:B3").index.tolist() == [2, 3]


def test_several_header_rows_are_joined_and_blank_ones_lettered() -> None:
    workbook = book(
        {"A1": "Sales", "A2": 2024, "C2": dt.date(2024, 5, 1), "A3": 1, "B3": 2, "C3": 3}
    )
    assert list(_frame("A1:C3", header_rows=2, workbook=workbook).columns) == [
        "Sales 2024",
        "B",
        "2024-05-01",
    ]


def test_a_merged_header_names_all_its_columns() -> None:
    workbook = book(
        {
            "Sheet1": sheet(
                {"A1": "Sales\nnet", "A2": 2024, "B2": 2025, "A3": 1, "B3": 2}, merges=("A1:B1",)
            )
        }
    )
    frame = _frame("A1:B3", header_rows=2, workbook=workbook)
    assert list(frame.columns) == ["Sales net 2024", "Sales net 2025"]


def test_names_that_look_like_numbered_ones_keep_theirs() -> None:
    workbook = book({"A1": "n", "B1": "n", "C1": "n (2)", "D1": "n", "E1": "n (2)", "A2": 1})
    assert list(_frame("A1:E2", workbook=workbook).columns) == [
        "n",
        "n (3)",
        "n (2)",
        "n (4)",
        "n (2) (2)",
    ]


def test_what_nobody_sees_is_in_no_name() -> None:
    workbook = book(
        {"A1": "\ufeffid", "B1": "a\0b\x1b", "C1": "\u200fשם\u200b", "D1": "\u202e", "A2": 1}
    )
    assert list(_frame("A1:D2", workbook=workbook).columns) == ["id", "ab", "שם", "D"]


def test_blank_rows_and_columns_of_a_range_stay() -> None:
    workbook = book({"A1": "n", "C1": "m", "A2": 1, "C4": 2})
    frame = _frame("A1:C4", workbook=workbook)
    assert (frame.index.tolist(), list(frame.columns)) == ([2, 3, 4], ["n", "B", "m"])


def test_without_header_rows_columns_are_letters() -> None:
    assert list(_frame("B2:C3", header_rows=0).columns) == ["B", "C"]


def test_whole_columns_end_where_the_sheet_ends() -> None:
    assert _frame("A1:XFD1048576").shape == (2, 5)


def test_dates_of_the_1904_system_are_four_years_later() -> None:
    late = replace(WORKBOOK, date1904=True)
    assert _frame("A1:A2", workbook=late)["Day"].tolist() == [pd.Timestamp("2028-01-02")]


def test_durations_are_no_dates() -> None:
    workbook = book(
        {
            "Sheet1": sheet(
                {
                    "A1": "Worked",
                    "A2": dt.datetime(1899, 12, 31, 12),  # noqa: DTZ001 - spreadsheets know no time zone
                    "A3": dt.date(1899, 12, 30),
                },
                formats={"A2": "[h]:mm", "A3": "[h]:mm"},
            )
        }
    )
    column = _frame("A1:A3", workbook=workbook)["Worked"]
    assert str(column.dtype) == "timedelta64[ms]"
    assert column.tolist() == [pd.Timedelta(hours=36), pd.Timedelta(0)]


def test_an_area_of_headers_only_has_no_rows() -> None:
    frame = _frame("A1:B1")
    assert (frame.shape, list(frame.columns)) == ((0, 2), ["Day", "Amount"])


def test_an_empty_area_has_one_missing_column() -> None:
    assert _frame("H8:H9").isna().all(axis=None)


def test_an_unknown_sheet_is_named() -> None:
    with pytest.raises(KeyError, match="has no sheet 'Gone'"):
        to_frame(WORKBOOK, RangeRef("Gone", 1, 1, 2, 2))
