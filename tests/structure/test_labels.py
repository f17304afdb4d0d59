"""Labels: the nearest visible texts."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from tests.books import book, sheet
from tickmark.model.address import CellRef, RangeRef
from tickmark.model.workbook import Style
from tickmark.structure.labels import Label, Labels, labels_of

SHEET = book(
    {
        "Plan": sheet(
            {
                "A1": "Plan 2026",
                "B2": "Jan",
                "C2": "Feb",
                "A3": "Revenue",
                "B3": 1,
                "C3": 2,
                "A4": "SECRET",
                "B4": 3,
                "C4": 4,
                "A5": " ",
                "B5": 5,
                "D9": 7,
            },
            hidden_rows=((4, 4),),
        )
    }
).sheets[0]


def test_row_and_column_labels_are_the_nearest_texts() -> None:
    labels = Labels(SHEET)

    assert labels.left_of(3, 3) == Label("Revenue", CellRef("Plan", 3, 1))
    assert labels.above(3, 3) == Label("Feb", CellRef("Plan", 2, 3))
    assert labels.parts(RangeRef("Plan", 3, 3, 3, 3)) == ("Revenue", "Feb")


def test_a_range_has_the_label_that_all_its_cells_share() -> None:
    labels = Labels(SHEET)

    assert labels.parts(RangeRef("Plan", 3, 2, 5, 2)) == ("", "Jan")
    assert labels.parts(RangeRef("Plan", 3, 2, 3, 3)) == ("Revenue", "")
    assert labels.parts(RangeRef("Plan", 3, 2, 5, 3)) == ("", "")


def test_hidden_and_blank_texts_are_no_labels() -> None:
    labels = Labels(SHEET)

    assert labels.left_of(4, 2) is None
    assert labels.left_of(5, 2) is None
    assert labels.above(6, 1) == Label("Revenue", CellRef("Plan", 3, 1))


def test_texts_that_cannot_be_seen_are_no_labels() -> None:
    workbook = book({"S": sheet({"A1": "Seen", "B1": "SECRET", "C1": 1}, formats={"B1": ";;;"})})

    assert labels_of(workbook, workbook.sheets[0]).parts(RangeRef("S", 1, 3, 1, 3))[0] == "Seen"
    plain = replace(workbook, styles=(Style(), Style()))
    both = labels_of(plain, plain.sheets[0]).parts(RangeRef("S", 1, 3, 1, 3))[0]
    assert both == "Seen, SECRET"


def test_a_cell_without_texts_around_it_has_no_label() -> None:
    assert Labels(SHEET).parts(RangeRef("Plan", 9, 4, 9, 4)) == ("", "")


def test_a_long_label_is_cut_and_of_one_line() -> None:
    long = book({"A1": "a\nb " + "x" * 200, "B1": 1}).sheets[0]

    label = Labels(long).left_of(1, 2)

    assert label is not None
    assert label.text == "a b " + "x" * 76 + "…"


SERIES = book(
    {
        "A1": "Model",
        "B1": 2024,
        "C1": 2025,
        "D1": 2026,
        "A2": "Growth",
        "B2": 0.1,
        "C2": 0.2,
        "D2": 0.3,
        "A4": "WACC",
        "B4": 0.08,
        "F1": dt.date(2026, 3, 31),
        "G1": dt.date(2026, 6, 30),
        "F2": 5,
        "G2": 6,
        "F3": "-",
        "F4": 7,
        "G4": 8,
    }
).sheets[0]


def test_years_and_dates_that_head_columns_are_their_labels() -> None:
    labels = Labels(SERIES)

    assert labels.parts(RangeRef("Sheet1", 2, 3, 2, 3)) == ("Growth", "2025")
    assert labels.parts(RangeRef("Sheet1", 2, 7, 2, 7))[1] == "2026-06-30"


def test_a_lone_result_below_a_series_is_not_of_one_of_its_years() -> None:
    assert Labels(SERIES).parts(RangeRef("Sheet1", 4, 2, 4, 2)) == ("WACC", "")


def test_dates_and_years_down_a_column_head_nothing() -> None:
    ledger = book(
        {
            "A1": "Invoiced",
            "B1": "Due",
            **{f"A{row}": dt.date(2026, 1, row) for row in range(2, 6)},
            **{f"B{row}": dt.date(2026, 2, row) for row in range(2, 6)},
        }
    ).sheets[0]

    assert Labels(ledger).parts(RangeRef("Sheet1", 5, 2, 5, 2))[1] == "Due"


def test_a_date_of_the_1904_system_is_read_as_such() -> None:
    labels = Labels(SERIES, date1904=True)

    assert labels.parts(RangeRef("Sheet1", 2, 7, 2, 7))[1] == "2030-07-01"


def test_texts_that_say_nothing_are_stepped_over() -> None:
    assert Labels(SERIES).parts(RangeRef("Sheet1", 4, 6, 4, 6))[1] == "2026-03-31"

    plan = book({"A1": "Tax rate", "B1": "%", "C1": 0.2, "A2": "Cost", "B2": "n/a", "C2": 3})
    assert Labels(plan.sheets[0]).parts(RangeRef("Sheet1", 1, 3, 1, 3))[0] == "Tax rate"
    assert Labels(plan.sheets[0]).parts(RangeRef("Sheet1", 2, 3, 2, 3))[0] == "Cost"


def test_a_row_with_name_and_unit_is_called_by_both() -> None:
    plan = book({"A1": "Heat", "B1": "kWh", "C1": 5}).sheets[0]

    assert Labels(plan).parts(RangeRef("Sheet1", 1, 3, 1, 3))[0] == "Heat, kWh"


def test_a_text_is_not_called_by_the_text_above_it() -> None:
    regions = book({"A1": "North", "A2": "South", "B2": 5}).sheets[0]

    assert Labels(regions).parts(RangeRef("Sheet1", 2, 1, 2, 1)) == ("", "")
