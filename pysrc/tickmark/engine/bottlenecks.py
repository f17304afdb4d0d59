"""What bounds a run: where its time went, what is slow, and what would make it quicker."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tickmark.engine.advice import Facts, advice
from tickmark.engine.chain import Chain, Step, chain_of, critical_path
from tickmark.engine.stretches import Cause, Stretch, failed_send, is_call, stretches, waits
from tickmark.engine.trace import End, TaskTrace, Trace
from tickmark.model.usage import Usage

SLOWEST: Final = 5

# What one task at a time would not wait for.
_OF_OTHERS: Final = frozenset({Cause.RATE, Cause.SLOT, Cause.MEMORY, Cause.BUDGET, Cause.SHARED})


@dataclass(frozen=True, slots=True)
class Share:
    """Seconds by cause, and their share of all (0 to 1)."""

    cause: Cause
    seconds: float
    share: float


@dataclass(frozen=True, slots=True)
class Spread:
    """Half of the values are at most `p50`, 99 of 100 at most `p99`; in seconds."""

    count: int
    p50: float
    p99: float
    most: float


@dataclass(frozen=True, slots=True)
class Bottlenecks:
    """What a trace tells about a run; times in seconds, shares from 0 to 1.

    `of_end` divides the time from start to end by what the end waited for at each moment;
    `of_tasks` the time of all tasks, from the begin of their plan to their end; `of_threads` that
    in which they were under way. `one_after_another`
    is what the tasks would take alone, without waits for each other and for limits; `busy` the
    share of the threads' time in which they had a task, 0.0 where their number is not known.
    """

    seconds: float
    jobs: int
    ends: tuple[tuple[End, int], ...]
    left_out: int
    usage: Usage
    one_after_another: float
    busy: float
    of_end: tuple[Share, ...]
    of_tasks: tuple[Share, ...]
    of_threads: tuple[Share, ...]
    sends: int
    failed_sends: tuple[tuple[str, int], ...]
    latency: Spread | None
    first_token: Spread | None
    slowest: tuple[TaskTrace, ...]
    chain: tuple[Step, ...] = field(repr=False)
    critical_path: tuple[TaskTrace, ...] = field(repr=False)
    sentence: str = ""

    @property
    def speed_up(self) -> float:
        """How many times quicker than one task after another; 0.0 of a run without time."""
        return self.one_after_another / self.seconds if self.seconds > 0 else 0.0

    @property
    def calls_per_second(self) -> float:
        """Calls that were answered and paid."""
        return self.usage.calls / self.seconds if self.seconds > 0 else 0.0

    @property
    def tokens_per_second(self) -> float:
        """Tokens in and out, those from the provider's cache included."""
        return tokens(self.usage) / self.seconds if self.seconds > 0 else 0.0

    @property
    def critical_seconds(self) -> float:
        """What the tasks of the critical path took."""
        return sum(one.seconds for one in self.critical_path)


def bottlenecks(trace: Trace) -> Bottlenecks:
    """Find what bounds a run."""
    asked = [one for one in trace.tasks if one.end is not End.SKIPPED]
    pieces = [one for task in asked for one in stretches(task)]
    waited = [one for task in asked for one in waits(task)]
    sends = [one for task in asked for one in task.spans if is_call(one)]
    answered = [one for one in sends if not failed_send(one)]
    failed = Counter(one.note for one in sends if failed_send(one))
    chain, path = chain_of(trace), critical_path(trace)
    whole = trace.jobs * trace.seconds
    under_way = sum(one.seconds for one in asked)
    busy = min(1.0, under_way / whole) if whole > 0 else 0.0
    of_end = shares(chain.stretches)
    usage = sum((one.usage for one in trace.tasks), Usage())
    ends = Counter(one.end for one in trace.tasks)
    return Bottlenecks(
        seconds=trace.seconds,
        jobs=trace.jobs,
        ends=tuple((one, ends[one]) for one in End),
        left_out=trace.left_out,
        usage=usage,
        one_after_another=sum(one.seconds for one in pieces if one.cause not in _OF_OTHERS),
        busy=busy,
        of_end=of_end,
        of_tasks=shares((*waited, *pieces)),
        of_threads=shares(pieces),
        sends=len(sends),
        failed_sends=tuple(sorted(failed.items(), key=lambda one: (-one[1], one[0]))),
        latency=spread([one.end - one.start for one in answered]),
        first_token=spread([one.first_token for one in answered if one.first_token is not None]),
        slowest=_slowest(asked),
        chain=chain.steps,
        critical_path=path,
        sentence=advice(
            Facts(
                shares={one.cause: one.share for one in of_end},
                jobs=trace.jobs,
                gain=_gain(trace, chain, path),
                sends=len(sends),
                calls=usage.calls,
                cached=ends[End.CACHED],
                path=len(path),
                limit=_largest(_limits(chain)),
                refusal=_largest(failed),
            )
        ),
    )


def shares(pieces: Iterable[Stretch]) -> tuple[Share, ...]:
    """Stretches added up by cause, the largest first; the shares sum to 1."""
    seconds: dict[Cause, float] = {}
    for one in pieces:
        seconds[one.cause] = seconds.get(one.cause, 0.0) + one.seconds
    whole = math.fsum(seconds.values())
    if whole <= 0:
        return ()
    order = list(Cause)
    ordered = sorted(seconds.items(), key=lambda one: (-one[1], order.index(one[0])))
    return tuple(Share(cause, spent, spent / whole) for cause, spent in ordered if spent > 0)


def spread(values: Sequence[float]) -> Spread | None:
    """Quantiles by nearest rank; None of no values."""
    if not values:
        return None
    ordered = sorted(values)

    def rank(part: float) -> float:
        return ordered[max(0, math.ceil(part * len(ordered)) - 1)]

    return Spread(len(ordered), rank(0.5), rank(0.99), ordered[-1])


def tokens(usage: Usage) -> int:
    """All tokens, in and out."""
    read = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
    return read + usage.output_tokens


def _slowest(asked: Sequence[TaskTrace]) -> tuple[TaskTrace, ...]:
    return tuple(sorted(asked, key=lambda one: (-one.seconds, one.plan, one.id))[:SLOWEST])


def _gain(trace: Trace, chain: Chain, path: Sequence[TaskTrace]) -> float:
    """The share of the time that goes beyond the critical path, where threads were waited for."""
    if trace.seconds <= 0 or not chain.for_threads:
        return 0.0
    return max(0.0, 1.0 - sum(one.seconds for one in path) / trace.seconds)


def _largest(weights: Mapping[str, float]) -> str:
    """The name with the largest weight; "" of none."""
    return max(weights, key=weights.__getitem__, default="")


def _limits(chain: Chain) -> Mapping[str, float]:
    """Seconds that the end waited on each limit that is known by name."""
    seconds: dict[str, float] = {}
    for one in chain.stretches:
        if one.cause is Cause.RATE and one.note:
            seconds[one.note] = seconds.get(one.note, 0.0) + one.seconds
    return seconds
