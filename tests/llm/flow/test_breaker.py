"""When the breaker opens and closes, on a clock that the tests turn."""

from __future__ import annotations

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from tickmark.llm.flow.breaker import Breaker


def opened(*, patience: float = 120.0) -> Breaker:
    """A breaker that opened at 0."""
    breaker = Breaker(patience=patience)
    for _ in range(10):
        breaker.failed(breaker.start(), 0.0)
    return breaker


def test_nine_failures_in_a_row_do_not_open_it_and_ten_do() -> None:
    breaker = Breaker()
    for _ in range(9):
        breaker.failed(0, 0.0)
    assert breaker.closed
    breaker.failed(0, 0.0)

    assert not breaker.closed
    assert breaker.ready_in(0.0) == 2.0


def test_less_than_half_of_the_latest_calls_do_not_open_it() -> None:
    breaker = Breaker()
    for _ in range(100):
        breaker.succeeded(0, 0.0)
        breaker.succeeded(0, 0.0)
        breaker.failed(0, 0.0)

    assert breaker.closed


def test_failures_of_half_a_minute_ago_are_forgotten() -> None:
    breaker = Breaker()
    for now in (0.0, 31.0):
        for _ in range(9):
            breaker.failed(0, now)

    assert breaker.closed


def test_after_the_cool_down_three_probes_leave_and_the_others_wait() -> None:
    breaker = opened()

    assert breaker.ready_in(2.0) == 0
    assert [breaker.start() for _ in range(3)] == [1, 1, 1]
    assert breaker.ready_in(2.0) == inf


def test_a_probe_that_gets_through_closes_it() -> None:
    breaker = opened()
    trial = breaker.start()

    assert breaker.succeeded(trial, 2.0)
    assert breaker.closed
    assert breaker.ready_in(2.0) == 0


def test_failing_probes_double_the_cool_down_once_a_trial_up_to_a_minute() -> None:
    breaker = opened(patience=1e9)
    now, cool_downs = 0.0, []
    for _ in range(7):
        now += breaker.ready_in(now)
        for trial in [breaker.start() for _ in range(3)]:
            breaker.failed(trial, now)
        cool_downs.append(breaker.ready_in(now))

    assert cool_downs == [4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0]


def test_late_answers_of_calls_from_before_change_nothing() -> None:
    breaker = opened()
    breaker.failed(0, 1.0)

    assert not breaker.succeeded(0, 1.0)
    assert breaker.ready_in(1.0) == 1.0


def test_a_probe_that_tells_nothing_makes_room_for_another() -> None:
    breaker = opened()
    trials = [breaker.start() for _ in range(3)]
    breaker.withdrawn(trials[0])

    assert breaker.ready_in(2.0) == 0


def test_open_in_vain_it_gives_up_but_lets_later_probes_leave() -> None:
    breaker = opened(patience=10.0)
    assert not breaker.given_up(9.0)
    for now in (2.0, 6.0):
        breaker.failed(breaker.start(), now)

    assert breaker.given_up(10.0)
    assert not breaker.given_up(14.0)
    assert breaker.ready_in(14.0) == 0


def test_a_clock_that_goes_back_begins_the_waits_anew_at_the_most() -> None:
    breaker = opened()

    assert breaker.ready_in(-1e6) == 2.0
    assert breaker.patience_left(-1e6) == 120.0
    assert breaker.ready_in(-1e6 + 2) == 0


@given(st.lists(st.tuples(st.booleans(), st.floats(-100, 100)), max_size=200))
def test_whatever_happens_it_is_never_closed_to_probes_for_more_than_a_minute(
    steps: list[tuple[bool, float]],
) -> None:
    breaker, now = Breaker(), 0.0
    for good, jump in steps:
        now += jump
        wait = breaker.ready_in(now)
        assert 0 <= wait <= 60
        trial = breaker.start()
        if good:
            breaker.succeeded(trial, now + wait)
        else:
            breaker.failed(trial, now + wait)
