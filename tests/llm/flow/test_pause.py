"""The pause after a 429: how long, and whose."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tickmark.llm.flow.pause import Pause


def test_the_pause_lasts_as_long_as_was_asked() -> None:
    pause = Pause()
    pause.begin(7.0, 0, now=100.0)

    assert [pause.left(now) for now in (100.0, 102.0, 107.0, 108.0)] == [7.0, 5.0, 0.0, 0.0]


def test_without_a_time_pauses_double_while_429s_go_on_and_begin_anew_after_an_answer() -> None:
    pause = Pause()
    lengths = []
    for now in (0.0, 100.0, 200.0, 300.0, 400.0, 500.0, 600.0):
        pause.begin(None, pause.round, now)
        lengths.append(pause.left(now))
    pause.answered(pause.round)
    pause.begin(None, pause.round, now=700.0)

    assert lengths == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert pause.left(700.0) == 1.0


def test_many_429s_of_one_round_count_once_and_the_longest_holds() -> None:
    pause = Pause()
    for asked in (None, 3.0, None, 2.0):
        pause.begin(asked, 0, now=10.0)

    assert pause.left(10.0) == 3.0
    assert pause.round == 1


def test_an_answer_of_an_earlier_round_does_not_end_the_doubling() -> None:
    pause = Pause()
    pause.begin(None, 0, now=0.0)
    pause.answered(0)
    pause.begin(None, 1, now=10.0)

    assert pause.left(10.0) == 2.0


def test_no_seconds_at_all_are_taken_for_no_answer() -> None:
    pause = Pause()
    pause.begin(0.0, 0, now=0.0)

    assert pause.left(0.0) == 1.0


@given(st.floats(0.1, 1e5), st.lists(st.floats(-1e6, 1e6), max_size=20))
def test_however_the_clock_jumps_no_more_is_left_than_was_asked(
    asked: float, jumps: list[float]
) -> None:
    pause, now = Pause(), 0.0
    pause.begin(asked, 0, now)
    for jump in jumps:
        now += jump
        assert 0 <= pause.left(now) <= asked
    assert pause.left(now + asked + 1e-3) == 0
