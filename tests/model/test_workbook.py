"""Sheets and workbooks as values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.books import book, sheet
from tickmark.model.address import RangeRef
from tickmark.model.workbook import Interval


@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(0, 6)).map(lambda p: (p[0], sum(p)))),
)
def test_hidden_cells_are_those_of_hidden_rows_whatever_the_intervals(
    intervals: list[Interval],
) -> None:
    cells = {f"A{row}": float(row) for row in range(1, 41)}
    page = book({"S": sheet(cells, hidden_rows=tuple(intervals))}).sheets[0]

    expected = [any(a <= row <= b for a, b in intervals) for row in range(1, 41)]

    assert page.hidden_cells().tolist() == expected


def test_hidden_columns_and_hidden_sheets_hide_too() -> None:
    workbook = book(
        {
            "S": sheet({"A1": 1, "B1": 2, "C1": 3}, hidden_columns=((2, 2),)),
            "H": sheet({"A1": 1}, state="hidden"),
        }
    )

    assert workbook["S"].hidden_cells().tolist() == [False, True, False]
    assert workbook["H"].hidden_cells().tolist() == [True]


def test_cells_are_found_by_place_and_by_range() -> None:
    page = book({"B2": 1, "C2": "x", "B5": True, "D9": "#N/A"}).sheets[0]

    assert page.used_range == RangeRef("Sheet1", 2, 2, 9, 4)
    assert [page.cells[int(i)].a1 for i in page.cells.within(RangeRef("", 2, 2, 5, 2))] == [
        "B2",
        "B5",
    ]
    found = page.cell(2, 3)
    assert found is not None
    assert found.value == "x"
    assert page.cell(3, 3) is None
    assert np.isin([3, 4], page.cells.kinds).all()


def test_an_unknown_sheet_is_named() -> None:
    with pytest.raises(KeyError, match="no sheet 'Nope'"):
        _ = book({"A1": 1})["Nope"]
