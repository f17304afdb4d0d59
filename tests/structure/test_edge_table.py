"""Tables of edges can be turned, parted and taken apart without a change in what they say."""

from __future__ import annotations

import numpy as np

from tickmark.structure.edge_table import (
    BASE,
    BY_COLUMN,
    BY_ROW,
    DEPENDENTS,
    WRITTEN,
    EdgeTable,
    all_of,
    cells,
    expanded,
    no_edges,
    split_rows,
    turned,
)


def _edge() -> EdgeTable:
    table = no_edges(1)
    table[DEPENDENTS, 0] = [0, 2, 3, 3, 2, 2, 4]
    table[BASE, 0] = [5, 7, 6, 9]
    table[BY_ROW, 0] = [2, 0, 2, 0]
    table[BY_COLUMN, 0] = [0, 4, 0, 0]
    table[WRITTEN] = 1 + 2 + 4
    return table


def _shown(table: EdgeTable) -> list[tuple[list[int], list[int]]]:
    return sorted((column[DEPENDENTS], column[BASE]) for column in table.T.tolist())


def test_turned_twice_is_the_same() -> None:
    table = turned(_edge())
    assert table[DEPENDENTS, 0].tolist() == [0, 3, 2, 2, 3, 4, 2]
    assert table[BASE, 0].tolist() == [7, 5, 9, 6]
    assert table[BY_ROW, 0].tolist() == [4, 0, 0, 0]
    assert table[BY_COLUMN, 0].tolist() == [0, 2, 0, 2]
    assert table[WRITTEN].tolist() == [1 + 2 + 8]
    assert turned(table).tolist() == _edge().tolist()


def test_taken_apart_each_dependent_has_its_own_target() -> None:
    assert cells(_edge()).tolist() == [6]
    assert _shown(expanded(_edge())) == [
        ([0, 2, 3, 1, 1, 1, 1], [5, 7, 6, 9]),
        ([0, 2, 7, 1, 1, 1, 1], [5, 11, 6, 9]),
        ([0, 4, 3, 1, 1, 1, 1], [7, 7, 8, 9]),
        ([0, 4, 7, 1, 1, 1, 1], [7, 11, 8, 9]),
        ([0, 6, 3, 1, 1, 1, 1], [9, 7, 10, 9]),
        ([0, 6, 7, 1, 1, 1, 1], [9, 11, 10, 9]),
    ]


def test_a_split_says_the_same_in_two_edges() -> None:
    found = split_rows(_edge(), np.array([2]))
    assert [column[DEPENDENTS] for column in found.T.tolist()] == [
        [0, 2, 3, 2, 2, 2, 4],
        [0, 6, 3, 1, 2, 1, 4],
    ]
    assert found[BY_ROW].T.tolist() == [[2, 0, 2, 0], [0, 0, 0, 0]]
    assert _shown(expanded(found)) == _shown(expanded(_edge()))


def test_a_split_at_the_edge_changes_nothing() -> None:
    for row in (0, 3, 9):
        assert split_rows(_edge(), np.array([row])).tolist() == _edge().tolist()


def test_no_tables_are_no_edges() -> None:
    assert all_of().shape == all_of(no_edges(), no_edges()).shape == no_edges().shape
