"""The time of a task in stretches."""

from __future__ import annotations

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.traced import task
from tickmark.engine.stretches import CAUSES, Cause, Stretch, failed_send, is_call, stretches, waits
from tickmark.engine.trace import End
from tickmark.llm.call import Span, Stage


def test_what_no_span_covers_is_own_work() -> None:
    one = task(
        "a", 1.0, 5.0, Span(Stage.RATE, 2.0, 3.0, "requests"), Span(Stage.PROVIDER, 3.0, 4.5)
    )

    assert stretches(one) == (
        Stretch(Cause.OWN, 1.0, 2.0),
        Stretch(Cause.RATE, 2.0, 3.0, "requests"),
        Stretch(Cause.PROVIDER, 3.0, 4.5),
        Stretch(Cause.OWN, 4.5, 5.0),
    )


def test_a_failed_send_and_the_wait_behind_it_are_retries() -> None:
    one = task(
        "a",
        0.0,
        4.0,
        Span(Stage.PROVIDER, 0.0, 1.0, "529"),
        Span(Stage.BACKOFF, 1.0, 3.0),
        Span(Stage.PROVIDER, 3.0, 4.0),
    )

    assert stretches(one) == (
        Stretch(Cause.RETRY, 0.0, 1.0, "529"),
        Stretch(Cause.RETRY, 1.0, 3.0),
        Stretch(Cause.PROVIDER, 3.0, 4.0),
    )


def test_a_count_and_an_answer_that_was_cut_are_no_failed_sends() -> None:
    counted, cut = (
        Span(Stage.PROVIDER, 0.0, 1.0, "count"),
        Span(Stage.PROVIDER, 1.0, 3.0, "max_tokens"),
    )
    broken, waited = Span(Stage.PROVIDER, 0.0, 1.0, "cut"), Span(Stage.BACKOFF, 0.0, 1.0, "529")

    assert [failed_send(one) for one in (counted, cut, broken, waited)] == [
        False,
        False,
        True,
        False,
    ]
    assert [is_call(one) for one in (counted, cut, broken, waited)] == [False, True, True, False]
    assert stretches(task("a", 0.0, 3.0, counted, cut)) == (
        Stretch(Cause.PROVIDER, 0.0, 1.0, "count"),
        Stretch(Cause.PROVIDER, 1.0, 3.0, "max_tokens"),
    )


def test_of_spans_in_each_other_the_innermost_counts() -> None:
    one = task(
        "a",
        0.0,
        10.0,
        Span(Stage.SHARED, 0.0, 10.0),
        Span(Stage.PROVIDER, 2.0, 8.0),
        Span(Stage.RATE, 3.0, 4.0),
    )

    assert stretches(one) == (
        Stretch(Cause.SHARED, 0.0, 2.0),
        Stretch(Cause.PROVIDER, 2.0, 3.0),
        Stretch(Cause.RATE, 3.0, 4.0),
        Stretch(Cause.PROVIDER, 4.0, 8.0),
        Stretch(Cause.SHARED, 8.0, 10.0),
    )


def test_spans_are_cut_where_the_task_begins_and_ends() -> None:
    one = task("a", 1.0, 2.0, Span(Stage.SLOT, 0.0, 5.0), Span(Stage.RATE, 7.0, 8.0))

    assert stretches(one) == (Stretch(Cause.SLOT, 1.0, 2.0),)


def test_before_its_start_a_task_waits_on_others_and_then_for_a_thread() -> None:
    one = task("a", 4.0, 5.0, planned=1.0, ready=3.0)

    assert waits(one) == (Stretch(Cause.PARENTS, 1.0, 3.0), Stretch(Cause.THREAD, 3.0, 4.0))
    assert waits(task("b", 4.0, 5.0, planned=4.0)) == ()


def test_a_skipped_task_takes_no_time() -> None:
    one = task("a", 4.0, 4.0, planned=1.0, ended=End.SKIPPED)

    assert (stretches(one), waits(one)) == ((), ())


def test_every_stage_has_its_cause() -> None:
    assert set(CAUSES) == set(Stage)


spans = st.builds(
    lambda stage, start, length, note: Span(stage, start, start + length, note),
    st.sampled_from(Stage),
    st.floats(-1, 11),
    st.floats(0, 5),
    st.sampled_from(["", "529"]),
)


@given(st.lists(spans, max_size=12))
def test_stretches_follow_each_other_without_a_gap(made: list[Span]) -> None:
    found = stretches(task("a", 0.0, 10.0, *made))

    assert (found[0].start, found[-1].end) == (0.0, 10.0)
    assert all(one.end == after.start for one, after in pairwise(found))
    assert all(one.start < one.end for one in found)
    assert math.isclose(math.fsum(one.seconds for one in found), 10.0)
