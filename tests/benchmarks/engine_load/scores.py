"""The arithmetic of the figures: shares of an ideal, steady rates, percentiles, graphs."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from math import ceil


def share_of_ideal(count: int, wall: float, threads: int, latency: float) -> float:
    """How much of the calls that `threads` could make without any loss were made."""
    return count * latency / threads / wall if wall else 0.0


def percentile(values: Iterable[float], percent: float) -> float:
    """The smallest value that at least so many percent do not exceed; 0.0 of nothing."""
    ranked = sorted(values)
    return ranked[max(1, ceil(len(ranked) * percent / 100)) - 1] if ranked else 0.0


def steady_rate(events: Iterable[tuple[float, float]], start: float, end: float) -> float:
    """The weight a second of the events (time, weight) from `start` to before `end`."""
    inside = sum(weight for time, weight in events if start <= time < end)
    return inside / (end - start) if end > start else 0.0


def critical_path(seconds: Mapping[str, float], after: Mapping[str, Sequence[str]]) -> float:
    """The longest chain of tasks; `after` names the parents, tasks stand behind their parents."""
    ends: dict[str, float] = {}
    for name, own in seconds.items():
        ends[name] = own + max((ends[parent] for parent in after.get(name, ())), default=0.0)
    return max(ends.values(), default=0.0)


def lower_bound(
    seconds: Mapping[str, float], after: Mapping[str, Sequence[str]], limit: int
) -> float:
    """No order of `limit` tasks at once takes less: critical path or work over limit."""
    return max(critical_path(seconds, after), sum(seconds.values()) / limit)


def greedy_span(
    seconds: Mapping[str, float], after: Mapping[str, Sequence[str]], limit: int
) -> float:
    """What `limit` slots take that start whatever is ready, in the order of input, in no time."""
    places = {name: place for place, name in enumerate(seconds)}
    waits = {name: len(set(after.get(name, ()))) for name in seconds}
    children: dict[str, list[str]] = {}
    for name in seconds:
        for parent in set(after.get(name, ())):
            children.setdefault(parent, []).append(name)
    ready = [(places[name], name) for name, parents in waits.items() if not parents]
    heapq.heapify(ready)
    running: list[tuple[float, str]] = []
    now = 0.0
    while ready or running:
        while ready and len(running) < limit:
            _, name = heapq.heappop(ready)
            heapq.heappush(running, (now + seconds[name], name))
        now, ended = heapq.heappop(running)
        for child in children.get(ended, ()):
            waits[child] -= 1
            if not waits[child]:
                heapq.heappush(ready, (places[child], child))
    return now


def level_span(seconds: Mapping[str, float], levels: Sequence[Sequence[str]], limit: int) -> float:
    """What `limit` slots take that wait for the whole of a level before the next."""
    return sum(greedy_span({name: seconds[name] for name in level}, {}, limit) for level in levels)
