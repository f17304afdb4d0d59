"""Rows of numbers are sorted as numpy sorts them, few or many."""

from __future__ import annotations

import numpy as np
import pytest

from tickmark.structure.ordering import changes, counted, groups, marks, order_by

MANY = 5_000


@pytest.mark.parametrize("count", [0, 1, 100, MANY])
@pytest.mark.parametrize("most", [2, 70_000, 1 << 40])
def test_rows_come_by_the_first_column_then_the_next_equal_ones_as_they_stood(
    count: int, most: int
) -> None:
    random = np.random.default_rng(1)
    first, second = random.integers(0, 9, count), random.integers(0, most, count)
    assert order_by(first, second).tolist() == np.lexsort((second, first)).tolist()


def test_equal_rows_have_equal_marks_and_others_do_not() -> None:
    columns = np.array([1, 1, 2, -3]), np.array([2, 2, 1, 0])
    found = marks(*columns).tolist()
    assert found[0] == found[1]
    assert len(set(found)) == 3


@pytest.mark.parametrize("count", [7, MANY])
def test_groups_never_join_rows_that_differ(count: int) -> None:
    random = np.random.default_rng(2)
    rows = random.integers(0, 50, (count, 2))
    order, number = groups(rows[:, 0], rows[:, 1])
    found: dict[int, set[tuple[int, ...]]] = {}
    for row, group in zip(rows[order].tolist(), number.tolist(), strict=True):
        found.setdefault(group, set()).add(tuple(row))
    assert sorted(order.tolist()) == list(range(count))
    assert all(len(different) == 1 for different in found.values())
    assert len(found) == len({tuple(row) for row in rows.tolist()})


def test_a_row_changes_where_any_column_does() -> None:
    found = changes(np.array([1, 1, 1, 2]), np.array([5, 5, 6, 6]))
    assert found.tolist() == [True, False, True, True]


def test_sizes_are_counted_out() -> None:
    at, ahead = counted(np.array([2, 0, 1]))
    assert (at.tolist(), ahead.tolist()) == ([0, 0, 2], [0, 1, 0])
