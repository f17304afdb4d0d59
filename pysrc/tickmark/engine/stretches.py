"""The time of a task in stretches that do not overlap, each with what it was spent on."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from tickmark.engine.trace import End, TaskTrace
from tickmark.llm.call import Span, Stage


class Cause(StrEnum):
    """What the time of a run goes to."""

    PROVIDER = "waiting on the provider"
    RATE = "waiting on the rate limit"
    RETRY = "failed sends and waits after them"
    DOWN = "waiting for the provider to recover"
    SLOT = "waiting for a slot"
    MEMORY = "waiting for memory"
    BUDGET = "waiting for budget"
    SHARED = "waiting for the same question of another"
    KEPT = "looking for kept answers"
    OWN = "own work"
    THREAD = "waiting for a thread"
    PARENTS = "waiting on other tasks"


CAUSES: Final[Mapping[Stage, Cause]] = {
    Stage.SLOT: Cause.SLOT,
    Stage.RATE: Cause.RATE,
    Stage.PAUSE: Cause.RATE,
    Stage.BREAKER: Cause.DOWN,
    Stage.MEMORY: Cause.MEMORY,
    Stage.BUDGET: Cause.BUDGET,
    Stage.BACKOFF: Cause.RETRY,
    Stage.SHARED: Cause.SHARED,
    Stage.KEPT: Cause.KEPT,
    Stage.PROVIDER: Cause.PROVIDER,
}
"""What a stage of a call counts as; a failed send is a RETRY."""

# Notes of sends that were answered: a count of tokens, and each `stop_reason` of the Messages API.
_COUNT: Final = "count"
_ANSWERED: Final = frozenset(
    {
        "",
        "end_turn",
        "max_tokens",
        "model_context_window_exceeded",
        "pause_turn",
        "refusal",
        "stop_sequence",
        "tool_use",
    }
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a task in time.monotonic() seconds; `note` is that of its span."""

    cause: Cause
    start: float
    end: float
    note: str = ""

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.end - self.start


def cause_of(span: Span) -> Cause:
    """What a span counts as."""
    return Cause.RETRY if failed_send(span) else CAUSES[span.stage]


def is_call(span: Span) -> bool:
    """Whether it is a question sent to the provider, answered or not."""
    return span.stage is Stage.PROVIDER and span.note != _COUNT


def failed_send(span: Span) -> bool:
    """Whether it is a send to the provider that got no answer; `note` tells why.

    An answer that was cut or refused is one.
    """
    return is_call(span) and span.note not in _ANSWERED


def stretches(task: TaskTrace) -> tuple[Stretch, ...]:
    """The stretches of a task from its start to its end, without gaps; none of a skipped one.

    Where spans lie in each other the innermost counts, the one that began last; what none covers is
    own work.
    """
    if task.end is End.SKIPPED:
        return ()
    return tuple(_joined(_pieces(task)))


def waits(task: TaskTrace) -> tuple[Stretch, ...]:
    """What it waited for before it was under way: other tasks, then a thread."""
    if task.end is End.SKIPPED:
        return ()
    before = (
        Stretch(Cause.PARENTS, task.planned, task.ready),
        Stretch(Cause.THREAD, task.ready, task.started),
    )
    return tuple(one for one in before if one.seconds > 0)


def _pieces(task: TaskTrace) -> Iterator[Stretch]:
    """Between any two moments at which a span begins or ends."""
    spans = _within(task)
    moments = sorted({task.started, task.finished, *(m for one in spans for m in one[:2])})
    open_spans: list[tuple[float, float, int]] = []
    at = 0
    for start, end in pairwise(moments):
        while at < len(spans) and spans[at][0] <= start:
            heapq.heappush(open_spans, (-spans[at][0], spans[at][1], at))
            at += 1
        while open_spans and open_spans[0][1] <= start:
            heapq.heappop(open_spans)
        if open_spans:
            span = spans[open_spans[0][2]][2]
            yield Stretch(cause_of(span), start, end, span.note)
        else:
            yield Stretch(Cause.OWN, start, end)


def _within(task: TaskTrace) -> Sequence[tuple[float, float, Span]]:
    """Start and end of each span inside the task, the earliest first."""
    cut = [(max(one.start, task.started), min(one.end, task.finished), one) for one in task.spans]
    return sorted((one for one in cut if one[0] < one[1]), key=lambda one: one[:2])


def _joined(pieces: Iterator[Stretch]) -> Iterator[Stretch]:
    """Neighbours with the same cause and note as one."""
    last: Stretch | None = None
    for one in pieces:
        if last is not None and (last.cause, last.note) == (one.cause, one.note):
            last = Stretch(last.cause, last.start, one.end, last.note)
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last
