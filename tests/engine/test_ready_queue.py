"""What waits for a thread: order, and that nobody waits for ever."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.engine.ready_queue import AGING, ReadyQueue

Item = tuple[int, int, int]


def filled(*items: tuple[str, int, int]) -> ReadyQueue[str]:
    queue: ReadyQueue[str] = ReadyQueue()
    for name, group, priority in items:
        queue.add(name, group, priority)
    return queue


def test_a_lower_group_goes_first_then_a_higher_priority_then_who_came_first() -> None:
    queue = filled(("d", 2, 9), ("c", 1, 0), ("a", 1, 5), ("b", 1, 5))

    assert [queue.take() for _ in range(4)] == ["a", "b", "c", "d"]
    assert len(queue) == 0


def test_every_eighth_taking_is_for_the_one_that_waits_longest() -> None:
    queue = filled(("old", 1, -9), ("older than the rest", 1, -9))
    order = []
    for number in range(16):
        queue.add(f"new {number}", 1, 9)
        order.append(queue.take())

    assert AGING == 8
    assert order[7] == "old"
    assert order[15] == "older than the rest"
    assert order[:3] == ["new 0", "new 1", "new 2"]


def test_a_dropped_group_is_gone_and_the_others_stay() -> None:
    queue = filled(("a", 1, 0), ("x", 2, 0), ("b", 1, 3), ("y", 2, 1))
    queue.drop(1)

    assert len(queue) == 2
    assert [queue.take(), queue.take()] == ["y", "x"]


def test_nothing_can_be_taken_where_nothing_waits() -> None:
    with pytest.raises(IndexError):
        filled().take()


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-3, 3), st.integers(0, 3)), max_size=80))
def test_it_takes_like_a_search_through_all_that_wait(steps: list[tuple[int, int, int]]) -> None:
    queue: ReadyQueue[Item] = ReadyQueue()
    waiting: list[Item] = []
    takings = 0
    for age, (group, priority, what) in enumerate(steps):
        if what == 0 and waiting:
            takings += 1
            oldest = min(waiting, key=lambda one: one[2])
            expected = oldest if takings % AGING == 0 else min(waiting)
            assert queue.take() == expected
            waiting.remove(expected)
        elif what == 1 and age % 5 == 0:
            queue.drop(group)
            waiting = [one for one in waiting if one[0] != group]
        else:
            queue.add((group, -priority, age), group, priority)
            waiting.append((group, -priority, age))
        assert len(queue) == len(waiting)
    while waiting:
        takings += 1
        expected = min(waiting, key=lambda one: one[2]) if takings % AGING == 0 else min(waiting)
        assert queue.take() == expected
        waiting.remove(expected)


@given(st.integers(0, 20))
def test_however_much_comes_later_each_is_taken_in_bounded_time(before: int) -> None:
    queue: ReadyQueue[str] = ReadyQueue()
    for number in range(before):
        queue.add(f"before {number}", 5, 0)
    queue.add("low", 9, -9)
    takings = 0
    while True:
        queue.add("urgent", 0, 9)
        takings += 1
        if queue.take() == "low":
            break

    assert takings <= AGING * (before + 1)
