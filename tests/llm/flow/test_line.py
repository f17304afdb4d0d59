"""Who goes next of those who wait."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from tickmark.llm.flow.line import Line


@dataclass(frozen=True)
class Person:
    priority: int
    number: int


def served(line: Line[Person], turns: int) -> list[int]:
    found = []
    for _ in range(turns):
        head = line.head()
        assert head is not None
        line.goes(head)
        found.append(head.number)
    return found


def test_the_most_urgent_go_first_and_the_older_of_equals() -> None:
    line: Line[Person] = Line()
    for number, priority in enumerate([0, 2, 1, 2, 0]):
        line.join(Person(priority, number))

    assert served(line, 5) == [1, 3, 2, 0, 4]
    assert line.head() is None


def test_each_eighth_turn_is_that_of_the_oldest() -> None:
    line: Line[Person] = Line()
    for number in range(20):
        line.join(Person(0 if number < 2 else 5, number))

    assert served(line, 16) == [2, 3, 4, 5, 6, 7, 8, 0, 9, 10, 11, 12, 13, 14, 15, 1]


def test_a_head_whose_turn_it_is_by_age_keeps_it_until_it_goes() -> None:
    line: Line[Person] = Line()
    line.join(Person(0, 0))
    for number in range(1, 9):
        line.join(Person(5, number))
    served(line, 7)
    for number in range(9, 30):
        line.join(Person(9, number))

    assert line.head() == Person(0, 0)
    assert line.head() == Person(0, 0)


def test_one_that_comes_again_goes_before_those_that_came_later() -> None:
    line: Line[Person] = Line()
    for number in range(1, 5):
        line.join(Person(0, number))
    line.join(Person(0, 0))

    assert served(line, 5) == [0, 1, 2, 3, 4]


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=30), st.data())
def test_nobody_is_overtaken_for_ever(priorities: list[int], data: st.DataObject) -> None:
    """A stream of urgent ones never ends; one waits 8 turns at most for itself and each older."""
    line: Line[Person] = Line()
    for number, priority in enumerate(priorities):
        line.join(Person(priority, number))
    watched = data.draw(st.integers(0, len(priorities) - 1))
    number = len(priorities)
    for _ in range(8 * (watched + 1)):
        head = line.head()
        assert head is not None
        line.goes(head)
        if head.number == watched:
            break
        line.join(Person(1000, number))
        number += 1
    else:
        raise AssertionError("it still waits")


@given(st.lists(st.one_of(st.integers(-3, 3), st.none()), max_size=100))
def test_it_serves_each_once_whatever_joins_and_leaves(steps: list[int | None]) -> None:
    line: Line[Person] = Line()
    joined: set[int] = set()
    for number, step in enumerate(steps):
        if step is not None:
            line.join(Person(step, number))
            joined.add(number)
        elif joined:
            gone = min(joined)
            line.leave(Person(0, gone))
            joined.remove(gone)

    assert len(line) == len(joined)
    assert sorted(served(line, len(joined))) == sorted(joined)
