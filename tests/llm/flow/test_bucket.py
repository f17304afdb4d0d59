"""One limit a minute: what may leave in any stretch of time, and that all leaves in the end."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tickmark.llm.flow.bucket import HEAD_ROOM, Bucket

SECOND = 60 * 1 / (1 - HEAD_ROOM)
"""A limit with which one a second comes in, head-room left out."""


def leave(bucket: Bucket, amounts: list[float], lateness: list[float]) -> list[tuple[float, float]]:
    """(time, amount) of each leaving: as soon as it may, and so many seconds later."""
    now, left = 0.0, []
    for amount, late in zip(amounts, lateness, strict=True):
        for _ in range(3):
            bucket.refill(now, late=True)
            wait = bucket.ready_in(amount)
            if not wait:
                break
            now += wait
        assert bucket.ready_in(amount) == 0
        now += late
        bucket.refill(now, late=True)
        bucket.take(amount)
        left.append((now, amount))
    return left


@settings(max_examples=60)
@given(
    st.floats(1, 1e7),
    st.sampled_from([0.0, 0.5, 1.0]),
    st.lists(st.tuples(st.floats(0.001, 1000), st.floats(0, 0.2)), min_size=1, max_size=40),
)
def test_in_no_stretch_of_time_more_leaves_than_limit_and_burst(
    a_minute: float, burst_seconds: float, calls: list[tuple[float, float]]
) -> None:
    """Amounts are drawn in seconds of the limit; one larger than the burst comes on top of it."""
    bucket = Bucket(a_minute, 0.0, burst_seconds=burst_seconds)
    amounts = [seconds * a_minute / 60 for seconds, _ in calls]
    left = leave(bucket, amounts, [late for _, late in calls])

    largest = max(0.0, max(amounts) - bucket.burst)
    most_extra = bucket.burst + 0.25 * a_minute / 60 + largest
    for first in range(len(left)):
        total = 0.0
        for now, amount in left[first:]:
            total += amount
            allowed = a_minute / 60 * (now - left[first][0]) + most_extra
            assert total <= allowed * (1 + 1e-6) + 1e-6 * a_minute


@given(st.floats(1, 1e6), st.lists(st.floats(0.001, 3000), min_size=1, max_size=30))
def test_all_leave_and_no_faster_or_slower_than_the_limit(
    a_minute: float, seconds: list[float]
) -> None:
    bucket = Bucket(a_minute, 0.0)
    amounts = [one * a_minute / 60 for one in seconds]
    left = leave(bucket, amounts, [0.0] * len(amounts))

    rate = a_minute / 60 * (1 - HEAD_ROOM)
    before_last = sum(amounts[:-1])
    assert left[-1][0] * rate <= before_last + 1e-5 * (before_last + rate)
    assert left[-1][0] * rate >= before_last - bucket.burst - 1e-5 * (before_last + rate)


def test_sixty_a_minute_is_one_a_second_and_never_two_at_once() -> None:
    bucket = Bucket(SECOND, 0.0)
    bucket.refill(100.0)
    bucket.take(1)

    assert bucket.ready_in(1) == 1.0
    bucket.refill(100.25)
    assert bucket.ready_in(1) == 0.75


def test_a_prompt_larger_than_the_burst_gets_through_and_is_paid_off() -> None:
    bucket = Bucket(100 * SECOND, 0.0, burst_seconds=0.5)

    assert bucket.ready_in(5000) == 0
    bucket.take(5000)
    assert round(bucket.level, 9) == -4950
    assert round(bucket.ready_in(10), 9) == 49.6


def test_what_is_given_back_can_leave_at_once_but_is_not_saved_up() -> None:
    bucket = Bucket(100 * SECOND, 0.0, burst_seconds=0.5)
    bucket.take(50)
    bucket.take(-50)
    assert bucket.ready_in(50) == 0
    bucket.take(-500)
    bucket.refill(0.0)

    assert round(bucket.level, 9) == 50


def test_a_clock_that_goes_back_neither_adds_nor_stops_anything() -> None:
    bucket = Bucket(SECOND, 1000.0)
    bucket.take(1)
    bucket.refill(5.0)
    assert bucket.ready_in(1) == 1.0
    bucket.refill(6.0)

    assert bucket.ready_in(1) == 0


def test_no_usage_holds_up_calls_for_longer_than_an_hour() -> None:
    bucket = Bucket(SECOND, 0.0)
    bucket.take(1e18)

    assert bucket.ready_in(1) == 3601


def test_another_limit_holds_from_then_on_and_debt_stays() -> None:
    bucket = Bucket(SECOND, 0.0)
    bucket.take(11)
    assert bucket.ready_in(1) == 11
    bucket.resize(10 * SECOND)

    assert round(bucket.ready_in(1), 9) == 1.1
