"""Tasks in lanes."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.traced import task
from tickmark.engine.trace import End, Trace
from tickmark.report.timeline_lanes import Lane, lanes


def test_each_thread_has_its_lane_in_the_order_of_their_numbers() -> None:
    a = task("a", 0.0, 1.0, thread="call_10")
    b = task("b", 0.0, 1.0, thread="call_9")
    c = task("c", 1.0, 2.0, thread="call_10")
    skipped = task("d", 2.0, 2.0, thread="", ended=End.SKIPPED)

    assert lanes(Trace((a, b, c, skipped))) == (Lane("call_9", (b,)), Lane("call_10", (a, c)))


def test_threads_of_one_name_do_not_share_a_lane_where_they_overlap() -> None:
    a, b, c = task("a", 0.0, 2.0), task("b", 1.0, 3.0), task("c", 2.0, 4.0)

    assert lanes(Trace((a, b, c))) == (Lane("t1", (a, c)), Lane("t1", (b,)))


@given(
    st.lists(st.tuples(st.floats(0, 10), st.floats(0, 5), st.sampled_from(["t1", "t2", ""]))),
)
def test_no_two_tasks_of_a_lane_overlap(made: list[tuple[float, float, str]]) -> None:
    tasks = tuple(
        task(str(at), start, start + length, thread=thread)
        for at, (start, length, thread) in enumerate(made)
    )

    found = lanes(Trace(tasks))

    assert sorted(one.id for lane in found for one in lane.tasks) == sorted(one.id for one in tasks)
    for lane in found:
        assert {one.thread for one in lane.tasks} == {lane.thread}
        assert all(one.finished <= after.started for one, after in pairwise(lane.tasks))
