"""Labels: the nearest visible texts."""

from __future__ import annotations

from tests.books import book, sheet
from tickmark.model.address import CellRef, RangeRef
from tickmark.structure.labels import Label, Labels

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


def test_a_cell_without_texts_around_it_has_no_label() -> None:
    assert Labels(SHEET).parts(RangeRef("Plan", 9, 4, 9, 4)) == ("", "")


def test_a_long_label_is_cut_and_of_one_line() -> None:
    long = book({"A1": "a\nb " + "x" * 200, "B1": 1}).sheets[0]

    label = Labels(long).left_of(1, 2)

    assert label is not None
    assert label.text == "a b " + "x" * 76 + "…"
