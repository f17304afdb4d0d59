"""The paper's inverted index."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tickmark.encode.paper.inverted_index import inverted_index

PAGES = st.dictionaries(
    st.tuples(st.integers(1, 12), st.integers(1, 8)),
    st.sampled_from(["", "a", "b", "IntNum", "7"]),
    max_size=60,
)


def index(page: dict[tuple[int, int], str]) -> list[tuple[str, list[list[int]]]]:
    cells = sorted(page)
    found = inverted_index(
        np.array([row for row, _ in cells], np.int64),
        np.array([column for _, column in cells], np.int64),
        [page[cell] for cell in cells],
    )
    return [(name, areas.tolist()) for name, areas in found]


def test_equal_values_are_told_once_and_empty_ones_not_at_all() -> None:
    page = {(1, 1): "Year", (2, 1): "5", (2, 2): "5", (3, 1): "5", (3, 2): "5", (4, 1): ""}
    page[9, 3] = "Year"
    assert index(page) == [("Year", [[1, 1, 1, 1], [9, 3, 9, 3]]), ("5", [[2, 1, 3, 2]])]


@given(PAGES)
def test_the_index_gives_back_every_cell(page: dict[tuple[int, int], str]) -> None:
    told = [
        ((row, column), name)
        for name, areas in index(page)
        for top, left, bottom, right in areas
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    ]
    assert sorted(told) == sorted((cell, text) for cell, text in page.items() if text)
