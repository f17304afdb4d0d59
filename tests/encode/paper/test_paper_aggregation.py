"""Areas of data of one type, as the paper draws them."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.books import book, sheet
from tickmark.encode.paper.aggregation import aggregated
from tickmark.encode.paper.data_types import data_types, text_type
from tickmark.encode.plain_texts import plain_texts

Page = dict[tuple[int, int], int]

PAGES = st.dictionaries(
    st.tuples(st.integers(1, 9), st.integers(1, 9)), st.integers(0, 2), max_size=81
)


def areas(page: Page) -> list[tuple[int, ...]]:
    cells = sorted(page)
    rows = np.array([row for row, _ in cells], np.int64)
    columns = np.array([column for _, column in cells], np.int64)
    labels = np.array([page[cell] for cell in cells], np.int64)
    return [tuple(area) for area in aggregated(rows, columns, labels).tolist()]


def flooded(page: Page) -> list[tuple[int, ...]]:
    """The boxes of a flood fill over 4 neighbours, cell by cell."""
    left = dict(page)
    found: list[tuple[int, ...]] = []
    for start in sorted(page):
        if start not in left:
            continue
        label = left.pop(start)
        component, waiting = [start], deque([start])
        while waiting:
            row, column = waiting.popleft()
            for near in (
                (row - 1, column),
                (row + 1, column),
                (row, column - 1),
                (row, column + 1),
            ):
                if left.get(near) == label:
                    del left[near]
                    component.append(near)
                    waiting.append(near)
        rows, columns = zip(*component, strict=True)
        found.append((min(rows), min(columns), max(rows), max(columns), label))
    return found


@given(PAGES)
def test_areas_are_the_boxes_of_a_flood_fill(page: Page) -> None:
    assert areas(page) == flooded(page)


def test_a_spiral_is_one_area() -> None:
    size = 60
    page: Page = {}
    row, column, step = 1, 1, (0, 1)
    for length in range(size, 0, -2):
        for _ in range(4):
            for _ in range(length):
                page[row, column] = 0
                row, column = row + step[0], column + step[1]
            step = (step[1], -step[0])
    assert len(areas(page)) == len(flooded(page)) == 1


def test_the_box_claims_cells_that_are_not_of_its_type() -> None:
    """The known flaw of the paper: an L of whole numbers claims the corner that it leaves free."""
    page = {(1, 1): 0, (2, 1): 0, (3, 1): 0, (3, 2): 0, (3, 3): 0, (1, 3): 1}
    assert areas(page) == [(1, 1, 3, 3, 0), (1, 3, 1, 3, 1)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2024", "YearData"),
        ("1899", "IntNum"),
        ("-12", "IntNum"),
        ("1,234,567", "IntNum"),
        ("12,34", ""),
        ("0.5", "FloatNum"),
        ("1,234.5", "FloatNum"),
        ("12 %", "PercentageNum"),
        ("-1.5%", "PercentageNum"),
        ("1e-07", "ScientificNum"),
        ("1.5E+20", "ScientificNum"),
        ("2024-05-01", "DateData"),
        ("31/12/2024", "DateData"),
        ("14:30:00", "TimeData"),
        ("2:30 PM", "TimeData"),
        ("$1,234.50", "CurrencyData"),
        ("5 €", "CurrencyData"),
        ("ann.lee@example.co.uk", "EmailData"),
        ("@", ""),
        ("Revenue", ""),
        ("", ""),
        ("9" * 300, ""),
    ],
)
def test_types_are_told_by_how_a_value_is_written(text: str, name: str) -> None:
    assert text_type(text) == name


def test_a_number_format_is_the_type_of_its_numbers() -> None:
    spec = sheet(
        {"A1": "Year", "A2": 2024, "A3": 2024, "A4": 0.5, "A5": True, "A6": "#N/A", "A7": "=A2"},
        formats={"A1": "#,##0", "A3": "#,##0", "A4": "@"},
    )
    workbook = book({"S": spec})
    page = workbook.sheets[0]
    positions = np.arange(len(page.cells))
    texts = plain_texts(workbook, page, positions)
    assert data_types(workbook, page, positions, texts) == [
        "",
        "YearData",
        "#,##0",
        "FloatNum",
        "",
        "",
        "",
    ]
