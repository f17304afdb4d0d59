"""Which cells a skeleton tells one by one, and which come first within a budget."""

from __future__ import annotations

import datetime as dt

from tests.books import CellSpec, book, sheet
from tickmark.encode.cell_index import CellIndex
from tickmark.encode.encoding import Level
from tickmark.encode.merges import merges_of
from tickmark.encode.ranking import ranked
from tickmark.encode.sheet import encode_sheet
from tickmark.encode.source import Source, source_of
from tickmark.encode.standing import visible_cells
from tickmark.llm.tokens import estimate_tokens
from tickmark.model.address import cell_address

YEARS: dict[str, CellSpec] = {"A1": "Item"}
"""A table of 40 items (Item 2 to Item 41 in A2:A41) and the years 1990 to 2019 in B1:AE1."""
for column in range(2, 32):
    YEARS[cell_address(1, column)] = 1988 + column
    for row in range(2, 42):
        YEARS[cell_address(row, column)] = row * 37 % 11 + column / 7
for row in range(2, 42):
    YEARS[f"A{row}"] = f"Item {row}"


def source(cells: dict[str, CellSpec]) -> Source:
    workbook = book({"S": sheet(cells)})
    return source_of(workbook, workbook["S"])


def skeleton(cells: dict[str, CellSpec]) -> list[str]:
    text = encode_sheet(source(cells), tokens=estimate_tokens, level=Level.SKELETON).text
    return text.split("\n")


def first_told(cells: dict[str, CellSpec], question: str, count: int) -> list[str]:
    own = source(cells)
    index = CellIndex(own.sheet.cells)
    visible = visible_cells(own, index, merges_of(own.sheet, index))
    order = ranked(own, visible, visible.positions >= 0, question)[:count]
    return [cell_address(int(visible.rows[at]), int(visible.columns[at])) for at in order]


def test_long_rows_are_told_with_their_labels() -> None:
    assert any(line.startswith(("A1:A41 ", "A2:A41 {Item *}|")) for line in skeleton(YEARS))


def test_a_constant_at_the_end_of_a_column_of_formulas_is_told() -> None:
    cells: dict[str, CellSpec] = {"A1": "Units", "B1": "Price", "C1": "Sales"}
    for row in range(2, 32):
        units, price = row * 37 % 11, row * 11 % 17 + 0.25
        cells |= {f"A{row}": units, f"B{row}": price, f"C{row}": (f"=A{row}*B{row}", units * price)}
    cells["C31"] = 700
    assert "C31 700" in skeleton(cells)


def test_cells_of_one_value_are_told_with_it() -> None:
    cells: dict[str, CellSpec] = {f"{column}1": f"Head {column}" for column in "ABCD"}
    for row in range(2, 9):
        cells |= {f"A{row}": f"Part {row}", f"B{row}": 0, f"C{row}": 0, f"D{row}": 0}
    assert "B2:D8 0" in skeleton(cells)


def test_a_question_brings_the_crossing_of_row_and_column_first() -> None:
    assert first_told(YEARS, "What was item 17 in 2005?", 2)[-1] == "Q17"


def test_a_word_in_plural_is_found() -> None:
    cells = {**YEARS, "A30": "Motorcycle"}
    assert set(first_told(cells, "motorcycles", 5)) == {f"{c}30" for c in "ABCDE"}


def test_a_year_finds_the_dates_of_it() -> None:
    cells = dict(YEARS)
    for column in range(2, 32):
        cells[cell_address(1, column)] = dt.date(1988 + column, 12, 31)
    order = first_told(cells, "in 2005", 60)
    assert [one for one in order if not one.endswith("1")][:4] == ["A2", "Q2", "A3", "Q3"]


def test_results_that_stand_alone_come_before_totals_and_other_results() -> None:
    cells: dict[str, CellSpec] = {f"A{row}": f"Year {row}" for row in range(1, 9)}
    cells |= {f"B{row}": row * 3 for row in range(1, 9)}
    cells |= {f"C{row}": (f"=B{row}*2", row * 6.0) for row in range(1, 9)}
    cells |= {"A12": "Value", "B12": ("=SUM(C1:C8)/7", 30.857142857142858)}
    order = first_told(cells, "", 30)
    assert order.index("B12") < order.index("C1")
