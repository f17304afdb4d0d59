"""Which cells stand in which part of their region, and which of them a skeleton tells."""

from __future__ import annotations

import calendar
import datetime as dt

import numpy as np
import pytest

from tests.books import CellSpec, SheetSpec, sheet
from tests.encode.prepared_sheets import Prepared, prepared
from tests.structure.regions.pages import cells
from tickmark.encode.selection import Limits, selected
from tickmark.encode.standing import Standing

NONE = Limits(labels=0, models=0, rest=0, texts=0, keys=0, small=0)

SALES: list[list[CellSpec]] = [
    ["Sales by region"],
    [],
    ["Region", "2023", "2024"],
    ["North", 120.5, 130.25],
    ["South", 80.5, 95.75],
    ["East", 61.5, 62.25],
    ["Total", ("=SUM(B4:B6)", 262.5), ("=SUM(C4:C6)", 288.25)],
    [],
    ["Remarks: figures are unaudited and were taken from the ledger."],
]


def told(page: SheetSpec, limits: Limits | None = None) -> list[str]:
    """The addresses of the cells that are told."""
    own = prepared(page)
    return own.chosen(selected(own.source, own.cells, limits or Limits()))


def long(*columns: list[CellSpec]) -> SheetSpec:
    """A table of 60 rows under three headers: codes and numbers without order, and columns."""
    heads: list[CellSpec] = ["Code", "Number", "Third", "Fourth"]
    rows = [heads[: 2 + len(columns)]]
    rows += (
        [f"c{row * 7 % 61}", row * row % 577 + 0.25, *(one[row - 1] for one in columns)]
        for row in range(1, 61)
    )
    return sheet(cells(rows))


def standing(own: Prepared) -> dict[Standing, list[str]]:
    return {one: own.chosen(own.cells.standings == one) for one in Standing}


def test_each_cell_stands_in_a_part_of_its_region() -> None:
    own = prepared(sheet(cells(SALES)))
    assert standing(own) == {
        Standing.LOOSE: [],
        Standing.TITLE: ["A1"],
        Standing.NOTE: ["A9"],
        Standing.HEADER: ["A3", "B3", "C3"],
        Standing.LABEL: ["A4", "A5", "A6"],
        Standing.TOTAL: ["A7", "B7", "C7"],
        Standing.DATA: ["B4", "C4", "B5", "C5", "B6", "C6"],
    }
    assert own.cells.heights[own.cells.standings == Standing.DATA].tolist() == [4] * 6


def test_hidden_cells_have_no_standing() -> None:
    own = prepared(sheet(cells(SALES), hidden_rows=((4, 5),), hidden_columns=((3, 3),)))
    every = own.chosen(np.ones(len(own.cells), np.bool_))
    assert every == ["A1", "A3", "B3", "A6", "B6", "A7", "B7", "A9"]


def test_a_merged_cell_reaches_to_the_end_of_its_merge() -> None:
    own = prepared(sheet({"A1": "x", "A2": 1, "B2": 2, "C2": 3}, merges=("A1:C1", "A2:B2")))
    assert own.cells.rights.tolist() == [3, 1, 2, 3]
    assert own.cells.bottoms.tolist() == [1, 2, 2, 2]


def test_titles_headers_labels_and_notes_are_told_and_numbers_are_not() -> None:
    names = ["A1", "A3", "B3", "C3", "A4", "A5", "A6", "A7", "A9"]
    assert told(sheet(cells(SALES))) == names
    assert told(sheet(cells(SALES)), NONE) == ["A1", "A3", "B3", "C3", "A7", "A9"]


def test_texts_of_long_tables_are_not_told() -> None:
    assert told(long()) == ["A1", "B1"]


def test_a_column_in_even_steps_or_of_few_runs_is_cheap_to_tell() -> None:
    steps: list[CellSpec] = list(range(100, 700, 10))
    days: list[CellSpec] = [dt.date(2024, 1, 1) + dt.timedelta(days=day) for day in range(60)]
    runs: list[CellSpec] = [*["EUR"] * 40, *["USD"] * 20]
    thirds = [f"C{row}" for row in range(1, 62)]
    for column in (steps, days, runs):
        assert [one for one in told(long(column)) if one[0] == "C"] == thirds
    assert told(long([*steps[:-1], 7])) == ["A1", "B1", "C1"]


def test_months_in_even_steps_are_cheap_to_tell() -> None:
    thirds = [f"C{row}" for row in range(1, 62)]
    months = [divmod(month, 12) for month in range(0, 180, 3)]
    for days in ([1] * 60, [calendar.monthrange(1990 + year, at + 1)[1] for year, at in months]):
        quarters: list[CellSpec] = [
            dt.date(1990 + year, at + 1, day) for (year, at), day in zip(months, days, strict=True)
        ]
        assert [one for one in told(long(quarters)) if one[0] == "C"] == thirds
        assert told(long([*quarters[:-1], dt.date(2040, 1, 5)])) == ["A1", "B1", "C1"]


def test_a_constant_among_copies_of_a_formula_is_told() -> None:
    copies: list[CellSpec] = [(f"=B{row}*2", row) for row in range(2, 62)]
    copies[30] = 99
    assert told(long(copies)) == ["A1", "B1", "C1", "C32"]


def test_errors_are_told() -> None:
    values: list[CellSpec] = [row * row % 389 + 0.75 for row in range(60)]
    values[7] = "#N/A"
    assert told(long(values)) == ["A1", "B1", "C1", "C9"]


def test_only_the_first_headers_and_errors_of_a_region_are_told() -> None:
    errors = ("#N/A", "#REF!", "#NUM!")
    made = sheet({f"{'ABC'[at % 3]}{at // 3 + 1}": errors[at * at % 7 % 3] for at in range(90)})
    assert len(told(made)) == 90
    assert told(made, Limits(headers=4)) == ["A1", "B1", "C1", "A2"]
    heads: list[CellSpec] = [f"Head {column}" for column in range(9)]
    rows: list[list[CellSpec]] = [
        [row * row * column * 1.7 for column in range(1, 10)] for row in range(9)
    ]
    page = sheet(cells([heads, *rows]))
    assert told(page, Limits(headers=4, small=0)) == ["A1", "B1", "C1", "D1"]


@pytest.mark.parametrize(("small", "number"), [(0, []), (99, ["B4", "C4", "B5", "C5", "B6", "C6"])])
def test_the_numbers_of_small_tables_are_told(small: int, number: list[str]) -> None:
    chosen = told(sheet(cells(SALES)), Limits(small=small))
    assert [one for one in chosen if one in {"B4", "C4", "B5", "C5", "B6", "C6"}] == number


def test_nothing_is_told_of_no_cells() -> None:
    assert told(sheet({})) == []


def test_numbers_without_a_difference_are_no_trouble() -> None:
    huge: list[CellSpec] = [1.7e308 * (-1) ** row for row in range(60)]
    with np.errstate(over="ignore", invalid="ignore"):
        # Regions look at differences too.
        own = prepared(long(huge))
    assert own.chosen(selected(own.source, own.cells, Limits())) == ["A1", "B1", "C1"]
