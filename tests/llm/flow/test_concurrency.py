"""How many calls may be in flight after which outcomes."""

from __future__ import annotations

import random

from tickmark.llm.flow.concurrency import Concurrency


def test_it_starts_at_what_is_allowed_and_never_exceeds_it() -> None:
    concurrency = Concurrency(10)
    for _ in range(100):
        concurrency.answered()

    assert concurrency.window == 10


def test_a_round_of_failures_halves_it_once() -> None:
    concurrency = Concurrency(64)
    for number in [concurrency.start() for _ in range(64)]:
        concurrency.shrink(number)
    assert concurrency.window == 32
    for number in [concurrency.start() for _ in range(32)]:
        concurrency.shrink(number)

    assert concurrency.window == 16


def test_it_never_falls_below_one() -> None:
    concurrency = Concurrency(3)
    for _ in range(9):
        concurrency.shrink(concurrency.start())

    assert concurrency.window == 1


def test_a_round_of_answers_makes_room_for_about_one_more() -> None:
    concurrency = Concurrency(64)
    concurrency.shrink(concurrency.start())
    windows = []
    for _ in range(4):
        for _ in range(concurrency.window):
            concurrency.answered()
        windows.append(concurrency.window)

    assert windows == [32, 33, 34, 35]


def test_five_overloaded_calls_of_a_hundred_do_not_shrink_it() -> None:
    dice = random.Random(7)  # noqa: S311 - the same run each time
    concurrency = Concurrency(100)
    for _ in range(20_000):
        number = concurrency.start()
        if dice.random() < 0.05:
            concurrency.overloaded(number)
        else:
            concurrency.answered()

    assert concurrency.window == 100


def test_thirty_overloaded_calls_of_a_hundred_shrink_it() -> None:
    dice = random.Random(7)  # noqa: S311 - the same run each time
    concurrency = Concurrency(100)
    for _ in range(1000):
        number = concurrency.start()
        if dice.random() < 0.3:
            concurrency.overloaded(number)
        else:
            concurrency.answered()

    assert concurrency.window < 30
