"""What determined the end of a run."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.traced import made_up, task
from tickmark.engine.chain import Chain, Link, Step, chain_of, critical_path
from tickmark.engine.stretches import Cause, Stretch
from tickmark.engine.trace import End, TaskTrace, Trace
from tickmark.llm.call import Span, Stage


def trace(*tasks: TaskTrace, end: float | None = None) -> Trace:
    ordered = sorted(tasks, key=lambda one: one.finished)
    return Trace(tuple(ordered), 0.0, ordered[-1].finished if end is None else end, 2)


def test_a_task_that_builds_on_another_waited_for_it() -> None:
    quick = task("quick", 0.0, 1.0, thread="t2")
    slow = task("slow", 0.0, 4.0, Span(Stage.PROVIDER, 1.0, 4.0))
    last = task("sum", 4.0, 6.0, after=("quick", "slow"), ready=4.0)

    assert chain_of(trace(quick, slow, last)) == Chain(
        (Step(slow, 0.0, 4.0, Link.START), Step(last, 4.0, 6.0, Link.PARENT)),
        (
            Stretch(Cause.OWN, 0.0, 1.0),
            Stretch(Cause.PROVIDER, 1.0, 4.0),
            Stretch(Cause.OWN, 4.0, 6.0),
        ),
    )


def test_a_task_that_was_ready_waited_for_the_one_that_had_its_thread() -> None:
    first = task("first", 0.0, 3.0)
    second = task("second", 3.5, 5.0, ready=0.0)

    assert chain_of(trace(first, second)) == Chain(
        (Step(first, 0.0, 3.0, Link.START), Step(second, 3.0, 5.0, Link.THREAD)),
        (
            Stretch(Cause.OWN, 0.0, 3.0),
            Stretch(Cause.THREAD, 3.0, 3.5),
            Stretch(Cause.OWN, 3.5, 5.0),
        ),
        3.0,
    )


def test_the_first_of_a_family_and_an_earlier_plan_are_waited_for() -> None:
    early = task("a", 0.0, 2.0, plan="one")
    warm = task("a", 3.0, 5.0, planned=2.5, ready=3.0, plan="two", thread="t2")
    rest = task("b", 5.0, 6.0, planned=2.5, ready=5.0, plan="two", thread="t3")

    found = chain_of(trace(early, warm, rest))

    assert found.steps == (
        Step(early, 0.0, 2.0, Link.START),
        Step(warm, 2.0, 5.0, Link.TURN),
        Step(rest, 5.0, 6.0, Link.FAMILY),
    )
    assert found.stretches == (
        Stretch(Cause.OWN, 0.0, 2.0),
        Stretch(Cause.OWN, 2.0, 2.5),
        Stretch(Cause.PARENTS, 2.5, 3.0),
        Stretch(Cause.OWN, 3.0, 5.0),
        Stretch(Cause.OWN, 5.0, 6.0),
    )


def test_a_task_that_its_family_held_back_waited_for_more_than_its_parent() -> None:
    parent = task("parent", 0.0, 2.0)
    first = task("first", 2.0, 5.0, after=("parent",))
    held = task("held", 5.0, 6.0, after=("parent",), thread="t2")

    assert chain_of(trace(parent, first, held)).steps == (
        Step(parent, 0.0, 2.0, Link.START),
        Step(first, 2.0, 5.0, Link.PARENT),
        Step(held, 5.0, 6.0, Link.FAMILY),
    )


def test_a_chain_goes_through_a_skipped_task_to_what_it_waited_for() -> None:
    failed = task("a", 0.0, 2.0, ended=End.FAILED)
    skipped = task("b", 2.0, 2.0, ended=End.SKIPPED, after=("a",), thread="")
    tolerant = task("c", 2.0, 3.0, after=("b",))

    assert [
        (one.task.id, one.link) for one in chain_of(trace(failed, skipped, tolerant)).steps
    ] == [
        ("a", Link.START),
        ("c", Link.PARENT),
    ]


def test_a_run_without_a_task_under_way_has_no_chain() -> None:
    skipped = task("a", 2.0, 2.0, ended=End.SKIPPED)

    assert chain_of(Trace(())) == Chain()
    assert chain_of(trace(skipped)) == Chain((), (Stretch(Cause.OWN, 0.0, 2.0),))
    assert critical_path(trace(skipped)) == ()


def test_the_critical_path_is_the_longest_whatever_waited_for_threads() -> None:
    one = task("one", 0.0, 5.0)
    two = task("two", 5.0, 6.0, ready=0.0)
    three = task("three", 6.0, 9.0, ready=6.0, after=("two",))
    four = task("four", 9.0, 11.0, after=("three", "one"), ready=9.0)
    found = trace(one, two, three, four)

    assert critical_path(found) == (one, four)


@pytest.mark.parametrize("seed", range(5))
def test_a_chain_fills_the_run_from_start_to_end(seed: int) -> None:
    found = made_up(12, jobs=4, seed=seed)
    chain = chain_of(found)

    pieces = chain.stretches
    assert (pieces[0].start, pieces[-1].end) == (found.start, found.end)
    assert all(one.end == after.start for one, after in pairwise(pieces))
    assert len({id(one.task) for one in chain.steps}) == len(chain.steps)
    path = critical_path(found)
    assert [one.id for one in path][-1] == "summary"
    assert sum(one.seconds for one in path) <= found.seconds


moments = st.lists(st.floats(0, 10), min_size=4, max_size=4).map(sorted)


@given(
    st.lists(
        st.tuples(
            moments,
            st.sampled_from(["t1", "t2", ""]),
            st.sampled_from(list(End)),
            st.lists(st.integers(0, 7), max_size=3),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_any_trace_has_a_chain_that_adds_up(
    made: list[tuple[list[float], str, End, list[int]]],
) -> None:
    tasks = []
    for at, (times, thread, end, after) in enumerate(made):
        planned, ready, start, stop = times if end is not End.SKIPPED else times[3:] * 4
        tasks.append(
            task(
                str(at),
                start,
                stop,
                ready=ready,
                planned=planned,
                ended=end,
                thread=thread,
                after=tuple(str(one) for one in after),
            )
        )
    found = trace(*tasks)

    chain = chain_of(found)

    assert math.isclose(
        math.fsum(one.seconds for one in chain.stretches), found.seconds, abs_tol=1e-9
    )
