"""Types of columns, and what counts as missing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from tests.books import CellSpec, book, sheet
from tickmark.model.address import RangeRef
from tickmark.structure.frames import to_frame


def _column(*values: CellSpec, formats: str = "") -> pd.Series[Any]:
    """The column under a header, with one number format for all of its cells."""
    cells = {f"A{row}": value for row, value in enumerate(values, 2)}
    shown = dict.fromkeys(cells, formats) if formats else None
    workbook = book({"Sheet1": sheet({"A1": "x", **cells}, formats=shown)})
    return to_frame(workbook, RangeRef("Sheet1", 1, 1, len(values) + 1, 1))["x"]


def _kind(*values: CellSpec, formats: str = "") -> str:
    return str(_column(*values, formats=formats).dtype)


def test_whole_numbers_are_int64_unless_their_format_has_parts() -> None:
    assert _kind(1, 2024.0, -3) == "Int64"
    assert _kind(1, None, "#N/A") == "Int64"
    for code in ("0", "#,##0", '#,##0 "m.p.h."', "[Red]0;-0", r"0\.", "00000"):
        assert _kind(1, 2, formats=code) == "Int64", code
    for code in ("0.00", "0%", "#,##0.0_);(#,##0.0)", "0.00E+00", "0E+0", "# ?/?"):
        assert _kind(1, 2, formats=code) == "float64", code


def test_other_numbers_are_float64() -> None:
    assert _kind(1, 2.5) == "float64"
    assert _kind(1, 2.0**60) == "float64"
    assert _kind(None, "#REF!") == "float64"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "n/a",
            "N/A",
            "n.a.",
            "NA",
            "#N/A ",
            "-",
            " - ",
            "--",
            "\u2013",
            "\u2014",
            ".",
            "..",
            "...",
            "…",
        ),
        *(":", "*", "?", "null", "None", "nan", "n.d.", "n.m.", "k. A.", "TBD", "not available"),
        *("(D)", "(X)", "(NA)", "missing"),
    ],
)
def test_placeholders_among_numbers_are_missing(text: str) -> None:
    column = _column(1.5, text, 2.5)
    assert (str(column.dtype), column.isna().tolist()) == ("float64", [False, True, False])


@pytest.mark.parametrize("text", ["x", "D", "1.5*", "12 kg", "nap", "none of it", "1,5", "- 3"])
def test_other_texts_among_numbers_stay(text: str) -> None:
    column = _column(1.5, text, "n/a", 2)
    assert (str(column.dtype), column.tolist()) == ("object", [1.5, text, "n/a", 2])
    assert isinstance(column.iloc[-1], int)


def test_placeholders_among_texts_stay() -> None:
    column = _column("a", "n/a", "-")
    assert (str(column.dtype), column.tolist()) == ("str", ["a", "n/a", "-"])


def test_placeholders_among_dates_and_truth_values_are_missing() -> None:
    assert _kind(dt.date(2024, 1, 1), "n/a") == "datetime64[ms]"
    assert _kind(True, "-") == "boolean"  # noqa: FBT003 - a value of a cell


def test_blank_texts_are_missing() -> None:
    assert _kind(1, ('=""', ""), "   ", "\n") == "Int64"
    assert _column("a", "", " ").isna().tolist() == [False, True, True]


def test_texts_stay_as_they_are() -> None:
    assert _column(" a ", "007", "NULLA").tolist() == [" a ", "007", "NULLA"]


def test_half_a_character_is_no_accident() -> None:
    column = _column("\ud800", "b")
    assert (str(column.dtype), column.tolist()) == ("str", ["\ud800", "b"])
    workbook = book({"A1": "\ud800", "A2": 1})
    assert list(to_frame(workbook, RangeRef("Sheet1", 1, 1, 2, 1)).columns) == ["?"]


def test_times_of_a_day_are_durations_since_midnight() -> None:
    noon = dt.datetime(1899, 12, 30, 12)  # noqa: DTZ001 - spreadsheets know no time zone
    column = _column(noon, noon, formats="h:mm")
    assert (str(column.dtype), column.iloc[0]) == ("timedelta64[ms]", pd.Timedelta(hours=12))
    late = dt.datetime(2024, 1, 1, 13)  # noqa: DTZ001 - spreadsheets know no time zone
    assert _kind(noon, late, formats="h:mm") == "datetime64[ms]"


def test_days_are_counted_as_excel_counts_them() -> None:
    serials = [0.0, 1.0, 59.0, 60.0, 61.0, 45292.25, 2958465.0]
    cells = {
        f"A{row}": dt.datetime(1899, 12, 30) + dt.timedelta(days=serial)  # noqa: DTZ001 - as above
        for row, serial in enumerate(serials, 1)
    }
    frame = to_frame(book(cells), RangeRef("Sheet1", 1, 1, 7, 1), header_rows=0)
    assert frame["A"].astype(str).tolist() == [
        "1899-12-31 00:00:00",
        "1900-01-01 00:00:00",
        "1900-02-28 00:00:00",
        "1900-03-01 00:00:00",
        "1900-03-01 00:00:00",
        "2024-01-01 06:00:00",
        "9999-12-31 00:00:00",
    ]


def test_dates_among_numbers_and_texts_are_moments() -> None:
    day = dt.datetime(2024, 1, 1)  # noqa: DTZ001 - spreadsheets know no time zone
    column = _column(day, "later", 1, True)  # noqa: FBT003 - a value of a cell
    assert (str(column.dtype), column.tolist()) == ("object", [day, "later", 1, True])


def test_a_day_before_the_first_is_a_number() -> None:
    before = dt.datetime(1899, 12, 29)  # noqa: DTZ001 - spreadsheets know no time zone
    assert _column(before).tolist() == [-1]
