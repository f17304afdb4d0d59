"""The kinds of cells in a picture, and the texts in them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from tests.books import book, sheet
from tickmark.model.address import RangeRef
from tickmark.model.workbook import Sheet, Workbook
from tickmark.report.picture import KINDS
from tickmark.report.regions_axis import Lanes, lanes_of, marks_of, placed, tiles_of
from tickmark.report.regions_cell_texts import CellText, breadth, cell_texts, cut, shown_cells
from tickmark.report.regions_cells import KIND_COLOURS, kind_paths, kinds_of
from tickmark.structure.outline import LETTERS

SIX = {
    "A1": "text",
    "B1": 2.5,
    "C1": dt.date(2024, 5, 1),
    "D1": True,
    "E1": ("=B1*2", 5.0),
    "F1": ("=1/0", "#DIV/0!"),
    "B3": "alone",
}


def lanes(most: int, count: int = 99) -> Lanes:
    """The lines from 1 to `most`, in at most `count` lanes."""
    marks = marks_of([(1, most)], [], [])
    return lanes_of((1, most), marks, count) or tiles_of((1, most), marks, count)


def letters(one: Sheet, rows: Lanes, columns: Lanes) -> list[str]:
    return ["".join(LETTERS[at] for at in row) for row in kinds_of(one, rows, columns)]


def texts(workbook: Workbook, rows: int, columns: int) -> list[CellText]:
    one, down, across = workbook.sheets[0], lanes(rows), lanes(columns)
    kinds = kinds_of(one, down, across)
    shown = shown_cells(one, down, across, np.ones((rows, columns), np.bool_))
    return list(cell_texts(workbook, one, down, across, kinds=kinds, shown=shown))


def test_each_cell_shows_its_kind_and_a_formula_is_one() -> None:
    assert letters(book(SIX).sheets[0], lanes(3), lanes(6)) == ["tndbfe", "......", ".t...."]


def test_a_merged_cell_fills_its_range() -> None:
    one = book({"S": sheet({"A1": "wide", "D3": 1}, merges=("A1:C2",))}).sheets[0]

    assert letters(one, lanes(3), lanes(4)) == ["ttt.", "ttt.", "...n"]


def test_a_tile_shows_the_most_telling_of_its_cells() -> None:
    cells = {**{f"A{row}": "t" for row in range(1, 41, 3)}, "A25": 5}

    assert letters(
        book(cells).sheets[0], tiles_of((1, 40), marks_of([(1, 40)], [], []), 4), lanes(1)
    ) == [
        "t",
        "t",
        "n",
        "t",
    ]


def test_the_legend_of_a_report_has_every_kind() -> None:
    assert KIND_COLOURS.keys() < KINDS.keys()


def test_equal_cells_are_one_rectangle_and_run_over_a_gap_only_inside_a_region() -> None:
    one = book({f"{column}{row}": row for row in (1, 2) for column in "AB"}).sheets[0]
    down, across = lanes(2), lanes(2)
    rows = placed(down, np.array([10, 10]), np.array([0, 5]), 0)
    columns = placed(across, np.array([20, 20]), np.array([0, 0]), 0)
    kinds = kinds_of(one, down, across)
    inside = np.array([[False, False], [True, True]])

    assert list(kind_paths(kinds, inside, rows, columns)) == [("n", "M0 0h40v25h-40z")]
    assert list(kind_paths(kinds, ~inside, rows, columns)) == [
        ("n", "M0 0h40v10h-40zM0 15h40v10h-40z")
    ]


def test_texts_run_on_over_empty_cells_and_numbers_do_not() -> None:
    workbook = book({"S": sheet({"A1": "long text", "D1": 7, "A2": 1, "C2": "x"}, bold=("A1",))})

    assert texts(workbook, 2, 4) == [
        CellText(0, 0, 0, 2, "long text", right=False, bold=True),
        CellText(0, 3, 3, 3, "7", right=True, bold=False),
        CellText(1, 0, 0, 0, "1", right=True, bold=False),
        CellText(1, 2, 2, 3, "x", right=False, bold=False),
    ]


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (1234567, "General", "1234567"),
        (1234567, "#,##0", "1,234,567"),
        (1234.567, "#,##0.00", "1,235"),
        (24_000.4, "General", "24000"),
        (99.996, "General", "100"),
        (12.5, "General", "12.5"),
        (0.12345, "General", "0.123"),
        (0.125, "0.0%", "12.5%"),
        (-0.00002, "General", "-0.00002"),
        (1e-9, "General", "1.0e-9"),
        (2e15, "General", "2e15"),
        (dt.date(2024, 5, 1), "yyyy-mm-dd", "2024-05-01"),
        (True, "General", "TRUE"),
        ("#REF!", "General", "#REF!"),
        ("two\nlines\u202e", "General", "two lines\ufffd"),
    ],
)
def test_a_value_is_short(value: float | str | dt.date, number_format: str, shown: str) -> None:
    workbook = book({"S": sheet({"A1": value}, formats={"A1": number_format})})

    assert [one.text for one in texts(workbook, 1, 1)] == [shown]


def test_a_text_is_cut_to_its_room() -> None:
    assert cut("abc", 100) == "abc"
    assert cut("a text of some length", 50) == "a text o…"
    assert cut("abc", 5) == ""
    assert breadth(cut("WIDE LETTERS" * 20, 80)) <= 90


def test_more_merges_than_cells_cost_no_more_than_their_number() -> None:
    one = book({"A1": 1, "B2": 2}).sheets[0]
    hostile = replace(one, merges=(RangeRef(one.name, 1, 1, 1_048_576, 16_384),) * 20_000)

    assert letters(hostile, lanes(2), lanes(2)) == ["nn", "nn"]
