"""What one model may take, after what its calls and its provider said."""

from __future__ import annotations

from math import inf, nan

import pytest

from tickmark.errors import (
    AnswerCut,
    BudgetExceeded,
    ModelBusy,
    ModelDenied,
    ModelUnreachable,
    PromptTooLong,
    RequestInvalid,
    SettingError,
)
from tickmark.llm.allowance import Allowance, Allowances
from tickmark.llm.call import Stage
from tickmark.llm.flow.bucket import HEAD_ROOM
from tickmark.llm.flow.ending import Ending, ending_of
from tickmark.llm.flow.lane import Lane
from tickmark.llm.flow.limits import Limits
from tickmark.llm.flow.ticket import Ticket
from tickmark.llm.model import Prompt
from tickmark.model.usage import Usage

PROMPT = Prompt("m", "s", "Why?", max_tokens=100)
A_SECOND = 60 / (1 - HEAD_ROOM)
"""A limit with which one a second comes in."""


def start(lane: Lane, now: float = 0.0) -> Ticket:
    return lane.start(PROMPT, 5, lane.needs(PROMPT, 5), now)


def wait(lane: Lane, now: float = 0.0) -> tuple[float, Stage | None]:
    lane.refill(now, late=False)
    left, stage = lane.ready_in(lane.needs(PROMPT, 5), now)
    return round(left, 6), stage


def levels(lane: Lane) -> tuple[float, ...]:
    return tuple(round(level, 6) for level in lane.levels)


def test_without_limits_only_concurrency_bounds_the_calls() -> None:
    lane = Lane(0.0, concurrency=2)
    start(lane)
    start(lane)

    assert wait(lane) == (inf, Stage.SLOT)


def test_the_limit_that_binds_tells_the_wait() -> None:
    lane = Lane(0.0, limits=Limits(60 * A_SECOND, 0, 200 * A_SECOND), concurrency=9)
    start(lane)

    assert levels(lane) == (0, inf, 0)
    assert wait(lane) == (0.5, Stage.RATE)


@pytest.mark.parametrize(
    ("ending", "usage", "left"),
    [
        (Ending.ANSWERED, Usage(1, 30, 40), (0, 970, 960)),
        (Ending.ANSWERED, Usage(1, 30, 40, cache_read_tokens=900), (0, 970, 960)),
        (Ending.ANSWERED, Usage(1, 30, 40, cache_write_tokens=100), (0, 870, 960)),
        (Ending.ANSWERED, Usage(3, 90, 140), (-2, 910, 860)),
        (Ending.REFUSED, Usage(1, 30, 100), (0, 970, 900)),
        (Ending.REFUSED, Usage(), (0, 1000, 1000)),
        (Ending.LIMITED, Usage(), (0, 1000, 1000)),
        (Ending.OVERLOADED, Usage(), (0, 996, 1000)),
        (Ending.TIMED_OUT, Usage(), (0, 996, 900)),
        (Ending.BROKEN, Usage(), (0, 996, 900)),
        (Ending.UNREACHED, Usage(), (1, 1000, 1000)),
        (Ending.UNSENT, Usage(), (1, 1000, 1000)),
        (Ending.UNKNOWN, Usage(), (0, 996, 900)),
    ],
)
def test_a_reservation_is_settled_with_what_was_used(
    ending: Ending, usage: Usage, left: tuple[float, ...]
) -> None:
    lane = Lane(0.0, limits=Limits(A_SECOND, 2000 * A_SECOND, 2000 * A_SECOND), concurrency=9)
    ticket = start(lane)
    assert levels(lane) == (0, 996, 900)
    lane.end(ticket, ending, usage, 0.0)

    assert levels(lane) == left
    assert lane.in_flight == 0


@pytest.mark.parametrize(
    ("error", "ending"),
    [
        (ModelBusy("x", rate_limited=True), Ending.LIMITED),
        (ModelBusy("x"), Ending.OVERLOADED),
        (ModelUnreachable("x"), Ending.UNREACHED),
        (AnswerCut("x"), Ending.REFUSED),
        (PromptTooLong("x"), Ending.REFUSED),
        (RequestInvalid("x"), Ending.REFUSED),
        (ModelDenied("x"), Ending.REFUSED),
        (BudgetExceeded("x"), Ending.UNSENT),
        (SettingError("x"), Ending.UNSENT),
        (ZeroDivisionError(), Ending.UNKNOWN),
        (KeyboardInterrupt(), Ending.UNKNOWN),
    ],
)
def test_an_error_tells_how_its_call_ended(error: BaseException, ending: Ending) -> None:
    assert ending_of(error) is ending


def test_timeouts_and_broken_connections_are_told_apart() -> None:
    late, gateway, broken = ModelUnreachable("x"), ModelBusy("x"), ModelUnreachable("x")
    late.timed_out = late.perhaps_charged = broken.perhaps_charged = True
    gateway.status = 504

    assert [ending_of(error) for error in (late, gateway, broken)] == [
        Ending.TIMED_OUT,
        Ending.TIMED_OUT,
        Ending.BROKEN,
    ]


def said(
    limit: float | None = None, remaining: float | None = None, reset: float | None = None
) -> Allowances:
    return Allowances(requests=Allowance(limit, remaining, reset))


def test_limits_are_learnt_from_headers() -> None:
    lane = Lane(0.0, concurrency=9)
    assert lane.needs(PROMPT, 5) is None
    ticket = start(lane)
    lane.told(said(A_SECOND, 40), ticket, 0.0)

    assert levels(lane) == (1, inf, inf)
    start(lane)
    assert wait(lane) == (1.0, Stage.RATE)


def test_a_header_lowers_the_users_limit_and_never_raises_it() -> None:
    lane = Lane(0.0, limits=Limits(requests=2 * A_SECOND), concurrency=9)
    start(lane)
    lane.told(said(100 * A_SECOND), None, 0.0)
    assert wait(lane) == (0.5, Stage.RATE)
    lane.told(said(A_SECOND), None, 0.0)
    assert wait(lane) == (1.0, Stage.RATE)
    lane.told(said(1.5 * A_SECOND), None, 0.0)

    assert wait(lane) == (round(1 / 1.5, 6), Stage.RATE)


def tokens(remaining: float) -> Allowances:
    return Allowances(input_tokens=Allowance(remaining=remaining))


def token_lane() -> Lane:
    """A lane with 1,000 input tokens to give at once."""
    return Lane(0.0, limits=Limits(input_tokens=2000 * A_SECOND), concurrency=9)


def test_less_left_than_we_think_lowers_the_level_and_more_does_not_raise_it() -> None:
    lane = token_lane()
    lane.told(tokens(300), None, 0.0)
    assert levels(lane)[1] == 300.5
    lane.told(tokens(1e9), None, 0.0)

    assert levels(lane)[1] == 300.5


def test_calls_in_flight_that_tell_of_one_shortage_lower_the_level_once() -> None:
    lane = token_lane()
    tickets = [start(lane) for _ in range(3)]
    for ticket in tickets:
        lane.told(tokens(500), ticket, 0.0)

    assert levels(lane)[1] == 500.5


def test_a_server_that_counts_with_us_lowers_nothing() -> None:
    """Each answer says what was left when its call came in, long before the answer."""
    lane = token_lane()
    tickets = [start(lane) for _ in range(50)]
    lane.refill(0.4, late=False)
    before = lane.levels
    for number, ticket in enumerate(tickets):
        lane.told(tokens(1000 - 4 * (number + 1)), ticket, 0.4)

    assert lane.levels == before


@pytest.mark.parametrize("number", [nan, inf, -inf, 0.0, -5.0])
def test_absurd_headers_change_no_limit(number: float) -> None:
    lane = Lane(0.0, limits=Limits(requests=A_SECOND), concurrency=9)
    lane.told(said(number), None, 0.0)
    start(lane)

    assert wait(lane) == (1.0, Stage.RATE)


def test_nothing_left_at_all_is_waited_for() -> None:
    lane = token_lane()
    lane.told(tokens(-7.0), None, 0.0)

    assert levels(lane)[1] == 0.5
    assert wait(lane) == (0.00175, Stage.RATE)


def test_a_429_that_nobody_foresaw_halves_the_concurrency_and_empties_the_buckets() -> None:
    lane = Lane(0.0, limits=Limits(input_tokens=2000 * A_SECOND), concurrency=8)
    tickets = [start(lane) for _ in range(8)]
    for ticket in tickets:
        lane.end(ticket, Ending.LIMITED, Usage(), 0.0)
        lane.limited(ticket, 5.0, 0.0)

    assert lane.concurrency.window == 4
    assert levels(lane)[1] == 0
    assert wait(lane) == (5.0, Stage.PAUSE)


def test_a_429_while_the_buckets_are_overdrawn_leaves_the_concurrency() -> None:
    lane = Lane(0.0, limits=Limits(input_tokens=2000 * A_SECOND), concurrency=8)
    first, second = start(lane), start(lane)
    lane.end(first, Ending.ANSWERED, Usage(1, 5000, 1), 0.0)
    lane.end(second, Ending.LIMITED, Usage(), 0.0)
    lane.limited(second, 5.0, 0.0)

    assert lane.concurrency.window == 8


def test_timeouts_halve_the_concurrency() -> None:
    lane = Lane(0.0, concurrency=8)
    lane.end(start(lane), Ending.TIMED_OUT, Usage(), 0.0)

    assert lane.concurrency.window == 4


def test_behind_a_pause_calls_leave_as_a_stream_and_not_as_a_burst() -> None:
    """Eight at once with answers after 4 s: then one each second, for a round of the four left."""
    lane = Lane(0.0, concurrency=8)
    lane.end(start(lane, 0.0), Ending.ANSWERED, Usage(1, 1, 1), 4.0)
    limited = start(lane, 4.0)
    lane.end(limited, Ending.LIMITED, Usage(), 4.0)
    lane.limited(limited, 2.0, 4.0)
    now, starts = 4.0, []
    for _ in range(4):
        now += wait(lane, now)[0]
        start(lane, now)
        starts.append(now)

    assert starts == [6.0, 7.0, 8.0, 9.0]
    assert wait(lane, now) == (inf, Stage.SLOT)


def test_a_clock_that_goes_back_holds_nobody_up_behind_a_pause() -> None:
    lane = Lane(0.0, concurrency=8)
    limited = start(lane, 1000.0)
    lane.end(limited, Ending.LIMITED, Usage(), 1000.0)
    lane.limited(limited, 2.0, 1000.0)
    assert wait(lane, 0.0) == (2.0, Stage.PAUSE)
    assert wait(lane, 2.0) == (0.0, None)
    start(lane, 2.0)

    assert wait(lane, -500.0) == (0.25, Stage.RATE)


def test_a_probe_that_meets_the_rate_limit_closes_the_breaker() -> None:
    lane = Lane(0.0, concurrency=16)
    for ticket in [start(lane) for _ in range(10)]:
        lane.end(ticket, Ending.OVERLOADED, Usage(), 0.0)
    assert wait(lane)[1] is Stage.BREAKER
    probe = start(lane, 2.0)
    lane.end(probe, Ending.LIMITED, Usage(), 2.0)
    lane.limited(probe, 1.0, 2.0)

    assert lane.breaker.closed


@pytest.mark.parametrize("ending", [Ending.REFUSED, Ending.LIMITED, Ending.UNSENT, Ending.UNKNOWN])
def test_what_concerns_one_question_only_never_opens_the_breaker(ending: Ending) -> None:
    lane = Lane(0.0, concurrency=99)
    for ticket in [start(lane) for _ in range(50)]:
        lane.end(ticket, ending, Usage(), 0.0)

    assert lane.breaker.closed


def test_before_the_first_answer_few_calls_leave_where_that_is_wanted() -> None:
    lane = Lane(0.0, concurrency=99, first_calls=2)
    first = start(lane)
    start(lane)
    assert wait(lane) == (inf, Stage.SLOT)
    lane.end(first, Ending.ANSWERED, Usage(1, 1, 1), 1.0)

    assert wait(lane) == (0.0, None)
