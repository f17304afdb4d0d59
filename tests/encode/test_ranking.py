"""The order in which cells are told exactly."""

from __future__ import annotations

import numpy as np

from tests.books import CellSpec, SheetSpec, sheet
from tests.encode.prepared_sheets import prepared
from tests.encode.test_selection import SALES
from tests.structure.regions.pages import cells
from tickmark.encode.ranking import ranked
from tickmark.model.address import cell_address


def order(page: SheetSpec, question: str = "", without: int = 0) -> list[str]:
    """The addresses of all cells but those of the first rows, the most important first."""
    own = prepared(page)
    left = own.cells.rows > without
    found = ranked(own.source, own.cells, left, question)
    assert sorted(found.tolist()) == np.flatnonzero(left).tolist()
    return [cell_address(int(own.cells.rows[at]), int(own.cells.columns[at])) for at in found]


def ledger(rows: int = 400) -> SheetSpec:
    made: list[list[CellSpec]] = [["Code", "Amount", "Paid"]]
    made += (
        [f"K{row * 7 % 401}", row * 37 % 101 + 0.5, row * 3 % 50] for row in range(2, rows + 1)
    )
    return sheet(cells(made))


def test_labels_come_before_totals_and_these_before_data() -> None:
    found = order(sheet(cells(SALES)), without=3)
    assert found[:6] == ["A4", "A5", "A6", "A7", "B7", "C7"]


def test_of_a_long_table_the_ends_come_first_and_then_its_rows() -> None:
    found = order(ledger(), without=1)
    numbers = [one for one in found if one[0] == "B"]
    assert numbers[:8] == ["B2", "B3", "B4", "B5", "B6", "B399", "B400", "B7"]
    assert numbers[-1] == "B398"


def test_small_regions_come_before_long_ones() -> None:
    page = {f"F{row}": row * 1.5 for row in range(600, 604)}
    found = order(sheet({**ledger().cells, **page}), without=1)
    numbers = [one for one in found if one[0] in "BF"]
    assert numbers[:4] == ["F600", "F601", "F602", "F603"]


def test_the_row_that_a_question_names_comes_first() -> None:
    assert order(sheet(cells(SALES)), "What did South sell?", without=3)[:3] == ["A5", "B5", "C5"]
    page = {**ledger().cells, "A300": "Wilhelmina Brandt"}
    assert order(sheet(page), "and Wilhelmina, what did she pay?", without=1)[:3] == [
        "A300",
        "B300",
        "C300",
    ]


def test_a_number_of_the_question_is_looked_for_among_numbers_too() -> None:
    page = {**ledger().cells, "C222": 77_712}
    assert set(order(sheet(page), "who paid 77712?", without=1)[:3]) >= {"C222"}


def test_the_column_that_a_question_names_comes_before_others() -> None:
    found = order(sheet(cells(SALES)), "all of 2024", without=3)
    data = [one for one in found if one in {"B4", "B5", "B6", "C4", "C5", "C6"}]
    assert data[:3] == ["C4", "C5", "C6"]


def test_nothing_left_is_no_order() -> None:
    assert order(sheet({"A1": 1}), "x", without=1) == []


def test_any_question_is_answered() -> None:
    for question in ("?", "\ud800", "9" * 5000, "a b c", "x" * 100_000):
        assert len(order(sheet(cells(SALES)), question)) == 17
