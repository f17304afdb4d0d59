"""A run against a strict server in simulated time: no threads, no waiting.

The server enforces limits by the second and turns away what overruns them. Prompts and answers
differ from what is expected of them, in both directions. Output is counted when a call starts, by a
server that knows it, or when it ends; then four seconds' worth may come at once, since nobody can
tell which calls will end together.
"""

from __future__ import annotations

import heapq
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf

import pytest

from tickmark.llm.flow.ending import Ending
from tickmark.llm.flow.lane import Lane
from tickmark.llm.flow.limits import Limits
from tickmark.llm.flow.ticket import Ticket
from tickmark.llm.model import Prompt
from tickmark.llm.tokens import estimate_tokens
from tickmark.model.usage import Usage

WORDS = "Revenue of the quarter 2024 was 1,234.50 in cell B12; "
TOKENS_OF_WORDS = estimate_tokens(WORDS * 50, "m") / 50


@dataclass
class StrictBucket:
    """A limit a minute that allows `seconds` of it at once; what is larger needs it full."""

    a_minute: float
    seconds: float = 1.0
    least: float = 1.0
    at: float = 0.0
    level: float = field(init=False)

    def __post_init__(self) -> None:
        self.level = self.most

    @property
    def most(self) -> float:
        return max(self.least, self.a_minute / 60 * self.seconds)

    def fill(self, now: float) -> None:
        self.level = min(self.most, self.level + (now - self.at) * self.a_minute / 60)
        self.at = now

    def takes(self, amount: float, now: float) -> bool:
        self.fill(now)
        if self.level < min(amount, self.most) - 1e-6:
            return False
        self.level -= amount
        return True


@dataclass
class Run:
    """What came of a run: when calls left, what they used, and which were turned away."""

    overruns: list[float] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    inputs: list[int] = field(default_factory=list)
    outputs: list[int] = field(default_factory=list)
    end: float = 0.0

    def share(self, used: float, a_minute: float) -> float:
        """Of what the limit gives from the first to the last start."""
        return used / (a_minute / 60 * (self.starts[-1] - self.starts[0]))


def simulate(
    lane: Lane,
    server: Limits,
    usages: list[tuple[int, int]],
    *,
    latency: Callable[[], float],
    late: Callable[[], float] = lambda: 0.0,
    error: Callable[[], float] = lambda: 1.0,
    counted_at_the_end: bool = False,
) -> Run:
    """Send all, each as soon as the lane allows and somebody woke up, `late()` seconds later.

    The text of a prompt looks as if it had `error()` times its input tokens.
    """
    texts = [text_of(tokens * error()) for tokens, _ in usages]
    requests = StrictBucket(server.requests or 1e15)
    inputs = StrictBucket(server.input_tokens or 1e15)
    outputs = StrictBucket(server.output_tokens or 1e15, seconds=4 if counted_at_the_end else 1)
    run, waiting, now = Run(), deque(usages), 0.0
    ends: list[tuple[float, int, Ticket, tuple[int, int]]] = []
    while waiting or ends:
        lane.refill(now, late=bool(waiting))
        wait = inf
        if waiting:
            used = waiting[0]
            prompt = Prompt("m", "", texts[len(run.starts)], max_tokens=4096)
            needs = lane.needs(prompt, len(prompt.user))
            wait, _ = lane.ready_in(needs, now)
            if wait <= 0:
                ticket = lane.start(prompt, len(prompt.user), needs, now)
                said_now = 0 if counted_at_the_end else used[1]
                if not (
                    requests.takes(1, now)
                    and inputs.takes(used[0], now)
                    and outputs.takes(said_now, now)
                ):
                    run.overruns.append(round(now, 2))
                run.starts.append(now)
                run.inputs.append(used[0])
                run.outputs.append(used[1])
                heapq.heappush(ends, (now + latency(), len(run.starts), ticket, used))
                waiting.popleft()
                continue
        if ends and ends[0][0] <= now + wait:
            end, _, ticket, used = heapq.heappop(ends)
            now = max(now, end)
            if counted_at_the_end:
                outputs.fill(now)
                outputs.level -= used[1]
            lane.refill(now, late=bool(waiting))
            lane.end(ticket, Ending.ANSWERED, Usage(1, *used), now)
        else:
            now += wait + late()
    run.end = now
    return run


def text_of(tokens: float) -> str:
    """A text that is estimated to have so many tokens."""
    size = round(tokens / TOKENS_OF_WORDS * len(WORDS))
    return (WORDS * (size // len(WORDS) + 1))[:size]


def lognormal(seed: int, mean: float, spread: float) -> list[int]:
    dice = random.Random(seed)  # noqa: S311 - the same run each time
    return [
        max(1, round(mean * dice.lognormvariate(-(spread**2) / 2, spread))) for _ in range(3000)
    ]


def lane_of(limits: Limits) -> Lane:
    return Lane(0.0, limits=limits, concurrency=256)


@pytest.mark.parametrize("a_minute", [60, 1000, 3000, 4000])
def test_requests_reach_the_limit_and_never_overrun_it(a_minute: int) -> None:
    limits = Limits(requests=a_minute)
    run = simulate(lane_of(limits), limits, [(1000, 200)] * 1500, latency=lambda: 2.0)

    assert run.overruns == []
    assert 0.97 <= run.share(len(run.starts) - 1, a_minute) <= 1.0


@pytest.mark.parametrize("seed", range(4))
def test_input_tokens_reach_the_limit_and_never_overrun_it(seed: int) -> None:
    limits = Limits(input_tokens=2_000_000)
    sizes = lognormal(seed, 2000, 0.6)
    dice = random.Random(seed)  # noqa: S311 - the same run each time
    run = simulate(
        lane_of(limits),
        limits,
        [(size, 100) for size in sizes],
        latency=lambda: dice.uniform(1, 4),
        error=lambda: dice.uniform(0.85, 1.15),
    )

    assert run.overruns == []
    assert 0.97 <= run.share(sum(run.inputs[:-1]), 2_000_000) <= 1.01


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("at_the_end", "spread"), [(False, 0.4), (True, 0.7)])
def test_output_tokens_reach_the_limit_and_never_overrun_it(
    seed: int, at_the_end: bool, spread: float
) -> None:
    run = output_run(seed, at_the_end=at_the_end, spread=spread)

    assert run.overruns == []
    assert 0.97 <= run.share(sum(run.outputs), 400_000) <= 1.03


@pytest.mark.parametrize("seed", range(4))
def test_answers_of_very_unlike_lengths_rarely_overrun_the_limit(seed: int) -> None:
    run = output_run(seed, at_the_end=False, spread=0.7)

    assert len(run.overruns) <= 0.005 * len(run.starts)
    assert 0.97 <= run.share(sum(run.outputs), 400_000) <= 1.03


def output_run(seed: int, *, at_the_end: bool, spread: float) -> Run:
    limits = Limits(output_tokens=400_000)
    dice = random.Random(seed)  # noqa: S311 - the same run each time
    return simulate(
        lane_of(limits),
        limits,
        [(500, size) for size in lognormal(seed, 200, spread)],
        latency=lambda: dice.uniform(1, 4),
        counted_at_the_end=at_the_end,
    )


def test_prompts_larger_than_a_seconds_worth_get_through_at_the_limit() -> None:
    limits = Limits(input_tokens=120_000)
    dice = random.Random(1)  # noqa: S311 - the same run each time
    sizes = [dice.choice((300, 20_000)) for _ in range(300)]
    run = simulate(lane_of(limits), limits, [(size, 50) for size in sizes], latency=lambda: 3.0)

    assert run.overruns == []
    assert len(run.starts) == 300
    assert 0.97 <= run.share(sum(run.inputs[:-1]), 120_000) <= 1.0


def test_threads_that_wake_late_lose_nothing_of_the_limit() -> None:
    limits = Limits(requests=3000)
    dice = random.Random(2)  # noqa: S311 - the same run each time
    run = simulate(
        lane_of(limits),
        limits,
        [(1000, 200)] * 1500,
        latency=lambda: 0.5,
        late=lambda: dice.uniform(0, 0.05),
    )

    assert run.overruns == []
    assert 0.97 <= run.share(len(run.starts) - 1, 3000) <= 1.0


def test_all_three_limits_together_are_kept() -> None:
    limits = Limits(1000, 500_000, 100_000)
    dice = random.Random(3)  # noqa: S311 - the same run each time
    usages = list(zip(lognormal(5, 400, 0.5), lognormal(6, 100, 0.4), strict=True))
    run = simulate(lane_of(limits), limits, usages, latency=lambda: dice.uniform(0.5, 3))

    seconds = run.starts[-1] - run.starts[0]
    busiest = max(len(run.starts) / 1000, sum(run.inputs) / 500_000, sum(run.outputs) / 100_000) / (
        seconds / 60
    )
    assert run.overruns == []
    assert busiest >= 0.95
