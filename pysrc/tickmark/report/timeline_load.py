"""How much went on in a run over time: calls in flight, tokens per second and money."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tickmark.engine.bottlenecks import tokens
from tickmark.engine.stretches import failed_send, is_call
from tickmark.engine.trace import TaskTrace, Trace

_LEAST_WIDTH = 1e-6


@dataclass(frozen=True, slots=True)
class Load:
    """Bins of `width` seconds from the start of a trace.

    `in_flight` are the calls under way on average, `tokens` those in and out per second, `usd` the
    money spent by the end of each bin. Tokens and money of a task are spread evenly over its calls.
    """

    width: float
    in_flight: tuple[float, ...]
    tokens: tuple[float, ...]
    usd: tuple[float, ...]


def load_of(trace: Trace, bins: int) -> Load:
    """The load of a run in so many bins."""
    width = max(trace.seconds / bins, _LEAST_WIDTH)
    calls, words, money = _Bins(bins), _Bins(bins), _Bins(bins)
    for task in trace.tasks:
        spans = _sent(task)
        whole = sum(until - since for since, until in spans)
        for since, until in spans:
            start, end = (since - trace.start) / width, (until - trace.start) / width
            part = (until - since) / whole
            calls.add(start, end, end - start)
            words.add(start, end, part * tokens(task.usage))
            money.add(start, end, part * task.usage.usd)
    total, spent = 0.0, []
    for one in money.sums():
        total += one
        spent.append(total)
    return Load(
        width, tuple(calls.sums()), tuple(one / width for one in words.sums()), tuple(spent)
    )


def _sent(task: TaskTrace) -> list[tuple[float, float]]:
    """When its calls were answered; of a task whose calls are not known all of its time."""
    if not task.usage.calls and not task.spans:
        return []
    spans = [one for one in task.spans if is_call(one) and one.end > one.start]
    answered = [one for one in spans if not failed_send(one)] or spans
    if answered:
        return [(one.start, one.end) for one in answered]
    known = task.usage.calls and task.finished > task.started
    return [(task.started, task.finished)] if known else []


class _Bins:
    """Amounts over time, added up in bins: a constant cost for each, however long it is."""

    def __init__(self, bins: int) -> None:
        self._own = [0.0] * bins
        # Where a rate that fills whole bins begins and ends.
        self._steps = [0.0] * (bins + 1)

    def add(self, start: float, end: float, amount: float) -> None:
        """Spread an amount evenly from `start` to `end`, both in bins from the first one."""
        last = len(self._own)
        start, end = min(max(start, 0.0), last), min(max(end, 0.0), last)
        if end <= start:
            self._own[min(int(start), last - 1)] += amount
            return
        rate = amount / (end - start)
        first, final = int(start), min(int(end), last - 1)
        if first >= final:
            self._own[min(first, last - 1)] += amount
            return
        self._own[first] += rate * (first + 1 - start)
        self._own[final] += rate * (end - final)
        self._steps[first + 1] += rate
        self._steps[final] -= rate

    def sums(self) -> Iterable[float]:
        """The amount in each bin."""
        rate = 0.0
        for own, step in zip(self._own, self._steps, strict=False):
            rate += step
            yield max(0.0, own + rate)
