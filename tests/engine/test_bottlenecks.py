"""What bounds a run, and the sentence that says so."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.traced import made_up, task
from tickmark.engine.advice import Facts, advice
from tickmark.engine.bottlenecks import (
    Bottlenecks,
    Share,
    Spread,
    bottlenecks,
    shares,
    spread,
)
from tickmark.engine.chain import Link, Step
from tickmark.engine.stretches import Cause, Stretch
from tickmark.engine.trace import End, TaskTrace, Trace
from tickmark.llm.call import Span, Stage
from tickmark.model.usage import Usage


def trace(*tasks: TaskTrace, jobs: int = 2) -> Trace:
    ordered = sorted(tasks, key=lambda one: one.finished)
    return Trace(tuple(ordered), 0.0, ordered[-1].finished, jobs)


def asked(
    name: str,
    start: float,
    end: float,
    *,
    ready: float | None = None,
    thread: str = "t1",
    after: tuple[str, ...] = (),
) -> TaskTrace:
    """A task all of whose time is one call."""
    span = Span(Stage.PROVIDER, start, end, "", 0.5)
    return task(
        name, start, end, span, ready=ready, thread=thread, after=after, usage=Usage(1, 100, 20)
    )


def test_a_small_run_is_told_whole() -> None:
    first = task(
        "a",
        0.0,
        4.0,
        Span(Stage.RATE, 0.0, 1.0, "requests"),
        Span(Stage.PROVIDER, 1.0, 1.5, "529"),
        Span(Stage.BACKOFF, 1.5, 2.0),
        Span(Stage.PROVIDER, 2.0, 4.0, "", 0.25),
        usage=Usage(1, 100, 20, 30, 40, usd=0.5),
    )
    second = task("b", 0.0, 1.0, ended=End.CACHED, thread="t2", usage=Usage(cached_calls=1))
    last = task(
        "c",
        4.0,
        8.0,
        Span(Stage.PROVIDER, 4.0, 8.0, "", 1.0),
        ready=4.0,
        after=("a",),
        usage=Usage(1, 10, 20),
    )
    skipped = task("d", 4.0, 4.0, ended=End.SKIPPED, thread="")

    assert bottlenecks(trace(first, second, last, skipped)) == Bottlenecks(
        seconds=8.0,
        jobs=2,
        ends=((End.DONE, 2), (End.CACHED, 1), (End.FAILED, 0), (End.SKIPPED, 1)),
        left_out=0,
        usage=Usage(2, 110, 40, 30, 40, 0.5, 1),
        one_after_another=8.0,
        busy=0.5625,
        of_end=(
            Share(Cause.PROVIDER, 6.0, 0.75),
            Share(Cause.RATE, 1.0, 0.125),
            Share(Cause.RETRY, 1.0, 0.125),
        ),
        of_tasks=(
            Share(Cause.PROVIDER, 6.0, 6 / 13),
            Share(Cause.PARENTS, 4.0, 4 / 13),
            Share(Cause.RATE, 1.0, 1 / 13),
            Share(Cause.RETRY, 1.0, 1 / 13),
            Share(Cause.OWN, 1.0, 1 / 13),
        ),
        of_threads=(
            Share(Cause.PROVIDER, 6.0, 6 / 9),
            Share(Cause.RATE, 1.0, 1 / 9),
            Share(Cause.RETRY, 1.0, 1 / 9),
            Share(Cause.OWN, 1.0, 1 / 9),
        ),
        sends=3,
        failed_sends=(("529", 1),),
        latency=Spread(2, 2.0, 4.0, 4.0),
        first_token=Spread(2, 0.25, 1.0, 1.0),
        slowest=(first, last, second),
        chain=(Step(first, 0.0, 4.0, Link.START), Step(last, 4.0, 8.0, Link.PARENT)),
        critical_path=(first, last),
        sentence=(
            "The provider's latency bounds this run (75% of the time) through tasks that build on "
            "each other: more threads will not help, quicker answers or fewer steps would."
        ),
    )


def test_rates_and_speed_up_come_from_the_wall_time() -> None:
    found = bottlenecks(trace(asked("a", 0.0, 4.0), asked("b", 0.0, 4.0, thread="t2")))

    assert (found.speed_up, found.calls_per_second, found.tokens_per_second) == (2.0, 0.5, 60.0)


def test_a_run_of_nothing_has_no_figures() -> None:
    found = bottlenecks(Trace(()))

    assert found == Bottlenecks(
        seconds=0.0,
        jobs=0,
        ends=((End.DONE, 0), (End.CACHED, 0), (End.FAILED, 0), (End.SKIPPED, 0)),
        left_out=0,
        usage=Usage(),
        one_after_another=0,
        busy=0.0,
        of_end=(),
        of_tasks=(),
        of_threads=(),
        sends=0,
        failed_sends=(),
        latency=None,
        first_token=None,
        slowest=(),
        chain=(),
        critical_path=(),
        sentence="Nothing was asked.",
    )
    assert (found.speed_up, found.calls_per_second, found.tokens_per_second) == (0.0, 0.0, 0.0)


def test_failures_are_counted_by_what_they_were_the_commonest_first() -> None:
    notes = ("529", "429", "connection", "529")
    spans = [Span(Stage.PROVIDER, at, at + 1.0, note) for at, note in enumerate(notes)]

    assert bottlenecks(trace(task("a", 0.0, 4.0, *spans))).failed_sends == (
        ("529", 2),
        ("429", 1),
        ("connection", 1),
    )


def test_quantiles_are_values_that_were_measured() -> None:
    assert spread([float(one) for one in range(200, 0, -1)]) == Spread(200, 100.0, 198.0, 200.0)
    assert spread([3.0]) == Spread(1, 3.0, 3.0, 3.0)
    assert spread([]) is None


def test_threads_that_are_always_taken_are_what_to_raise() -> None:
    tasks = [asked(str(at), 2.0 * at, 2.0 * at + 2.0, ready=0.0) for at in range(5)]

    assert bottlenecks(trace(*tasks, jobs=1)).sentence == (
        "The provider's latency bounds this run (100% of the time): all threads were taken, "
        "raise --jobs from 1."
    )


def test_the_limit_that_is_waited_for_is_named() -> None:
    limited = task(
        "a",
        0.0,
        10.0,
        Span(Stage.RATE, 0.0, 3.0, "input tokens"),
        Span(Stage.RATE, 3.0, 4.0, "requests"),
        Span(Stage.PAUSE, 4.0, 7.0),
        Span(Stage.PROVIDER, 7.0, 10.0),
    )

    assert bottlenecks(trace(limited)).sentence == (
        "The rate limit of input tokens bounds this run (70% of the time): "
        "more threads will not help, a higher limit or --batch would."
    )


def test_a_run_of_kept_answers_made_no_call() -> None:
    kept = task("a", 0.0, 1.0, Span(Stage.KEPT, 0.0, 0.5), ended=End.CACHED)

    assert bottlenecks(trace(kept)).sentence == "No call was made: the answers were kept ones."


def test_calls_that_nobody_timed_are_not_called_own_work() -> None:
    untimed = task("a", 0.0, 1.0, usage=Usage(1, 10, 10))

    assert bottlenecks(trace(untimed)).sentence == (
        "The calls were not timed: what bounds this run is not known."
    )


@pytest.mark.parametrize("cause", list(Cause))
def test_every_cause_has_a_sentence_with_its_share(cause: Cause) -> None:
    said = advice(Facts({cause: 0.625, Cause.OWN: 0.1} | {cause: 0.625}, jobs=8, sends=1))

    assert "62% of the time" in said
    assert said.endswith(".")
    assert "{" not in said
    assert len(said) < 240


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            Facts({Cause.RATE: 0.5}, sends=9),
            (
                "The rate limit bounds this run (50% of the time): more threads will not help, "
                "a higher limit or --batch would."
            ),
        ),
        (
            Facts({Cause.RETRY: 0.5}, sends=9, refusal="529"),
            (
                "Failed sends and the waits after them bound this run (50% of the time, most often "
                "529): run it when the provider is less busy, or lower --jobs."
            ),
        ),
        (
            Facts({Cause.PROVIDER: 0.9}, sends=9, path=1),
            (
                "The provider's latency bounds this run (90% of the time): more threads will not "
                "help, a quicker model or shorter answers would."
            ),
        ),
        (
            Facts({Cause.THREAD: 0.9}, jobs=4, sends=9),
            "Threads bound this run (90% of the time): raise --jobs from 4.",
        ),
    ],
)
def test_the_sentence_says_what_to_do(facts: Facts, said: str) -> None:
    assert advice(facts) == said


@given(
    st.lists(
        st.builds(
            lambda cause, start, length: Stretch(cause, start, start + length),
            st.sampled_from(Cause),
            st.floats(0, 1_000),
            st.floats(0.001, 1_000),
        ),
        min_size=1,
    )
)
def test_shares_sum_to_one_the_largest_first(pieces: list[Stretch]) -> None:
    found = shares(pieces)

    assert math.isclose(math.fsum(one.share for one in found), 1.0)
    assert [one.seconds for one in found] == sorted((one.seconds for one in found), reverse=True)


def test_shares_of_a_made_up_run_sum_to_one() -> None:
    found = bottlenecks(made_up(6))

    for told in (found.of_end, found.of_tasks, found.of_threads):
        assert math.isclose(math.fsum(one.share for one in told), 1.0)
    assert math.isclose(math.fsum(one.seconds for one in found.of_end), found.seconds)
    assert 0 < found.busy <= 1
    assert replace(found, sentence="").sentence != found.sentence
