"""How much goes on in a run over time."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.traced import made_up, task
from tickmark.engine.bottlenecks import tokens
from tickmark.engine.trace import Trace
from tickmark.llm.call import Span, Stage
from tickmark.model.usage import Usage
from tickmark.report.timeline_load import Load, load_of


def test_calls_tokens_and_money_are_spread_over_the_answered_calls() -> None:
    one = task(
        "a",
        0.0,
        8.0,
        Span(Stage.PROVIDER, 0.0, 1.0, "529"),
        Span(Stage.PROVIDER, 3.0, 7.0),
        usage=Usage(1, 300, 100, usd=0.5),
    )
    other = task("b", 0.0, 8.0, Span(Stage.PROVIDER, 2.0, 4.0), usage=Usage(1, 100, 0, usd=0.5))

    assert load_of(Trace((one, other), 0.0, 8.0), 4) == Load(
        2.0, (0.0, 1.5, 1.0, 0.5), (0.0, 100.0, 100.0, 50.0), (0.0, 0.625, 0.875, 1.0)
    )


def test_a_task_whose_calls_were_not_timed_counts_with_all_of_its_time() -> None:
    one = task("a", 0.0, 4.0, usage=Usage(1, 100, 0, usd=1.0))

    assert load_of(Trace((one,), 0.0, 4.0), 2) == Load(2.0, (1.0, 1.0), (25.0, 25.0), (0.5, 1.0))


@pytest.mark.parametrize("bins", [1, 7, 249])
def test_no_token_and_no_cent_is_lost(bins: int) -> None:
    trace = made_up(5)

    load = load_of(trace, bins)

    whole = sum((one.usage for one in trace.tasks), Usage())
    assert math.isclose(sum(load.tokens) * load.width, tokens(whole))
    assert math.isclose(load.usd[-1], whole.usd)


spans = st.lists(
    st.tuples(st.floats(0, 10), st.floats(0.001, 10)).map(
        lambda one: Span(Stage.PROVIDER, one[0], one[0] + one[1])
    ),
    min_size=1,
    max_size=6,
)


@given(spans, st.integers(1, 30))
def test_calls_in_flight_add_up_to_the_time_of_the_calls(made: list[Span], bins: int) -> None:
    end = max(one.end for one in made)
    load = load_of(Trace((task("a", 0.0, end, *made),), 0.0, end), bins)

    spent = math.fsum(one.end - one.start for one in made)
    assert math.isclose(math.fsum(load.in_flight) * load.width, spent, rel_tol=1e-6)
    assert min(load.in_flight) >= 0
