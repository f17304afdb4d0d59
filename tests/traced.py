"""Traces of runs that were never carried out, for tests of what is made from them."""

from __future__ import annotations

import heapq
import random

from tickmark.engine.trace import End, TaskTrace, Trace
from tickmark.llm.call import Span, Stage
from tickmark.model.usage import Usage


def task(
    name: str,
    start: float,
    end: float,
    *spans: Span,
    ready: float | None = None,
    planned: float = 0.0,
    ended: End = End.DONE,
    plan: str = "",
    thread: str = "t1",
    usage: Usage | None = None,
    after: tuple[str, ...] = (),
    note: str = "",
) -> TaskTrace:
    """One task under way from `start` to `end`, with the spans of its calls."""
    return TaskTrace(
        name,
        ended,
        planned,
        start if ready is None else ready,
        start,
        end,
        plan,
        thread,
        spans,
        usage or Usage(),
        after,
        note,
    )


def made_up(workbooks: int, *, jobs: int = 8, seed: int = 1) -> Trace:
    """A run over workbooks of eight questions and a summary each, with all that can happen."""
    dice = random.Random(seed)  # noqa: S311 - a made-up run, no secret
    threads = [(100.0, f"tickmark-call_{number}") for number in range(jobs)]
    heapq.heapify(threads)
    tasks: list[TaskTrace] = []
    for book in range(workbooks):
        name = f"reports/2026/book {book + 1}.xlsx"
        parts = [f"sheet {number + 1}" for number in range(8)]
        ended = [
            _asked(dice, threads, plan=name, name=part, ready=100.0, after=()) for part in parts
        ]
        last = max(one.finished for one in ended)
        good = tuple(one.id for one in ended if one.end is not End.FAILED)
        summary = _asked(dice, threads, plan=name, name="summary", ready=last, after=good)
        tasks += [*ended, summary]
    tasks.sort(key=lambda one: one.finished)
    return Trace(tuple(tasks), 100.0, max(one.finished for one in tasks), jobs)


def _asked(
    dice: random.Random,
    threads: list[tuple[float, str]],
    *,
    plan: str,
    name: str,
    ready: float,
    after: tuple[str, ...],
) -> TaskTrace:
    free, thread = heapq.heappop(threads)
    at = start = max(free, ready) + 0.0005
    spans: list[Span] = []

    def spend(stage: Stage, seconds: float, note: str = "", first: float | None = None) -> None:
        nonlocal at
        spans.append(Span(stage, at, at + seconds, note, first))
        at += seconds

    at += dice.uniform(0.002, 0.03)
    spend(Stage.KEPT, 0.0002)
    ended = End.DONE
    if dice.random() < 0.12:
        ended = End.CACHED
    else:
        if dice.random() < 0.5:
            spend(Stage.RATE, dice.uniform(0.1, 0.9), "requests")
        if dice.random() < 0.1:
            spend(Stage.PROVIDER, dice.uniform(0.05, 0.2), "529")
            spend(Stage.BACKOFF, dice.uniform(0.3, 1.2), "529")
        spend(Stage.PROVIDER, dice.lognormvariate(0.4, 0.45), "", dice.uniform(0.2, 0.5))
        if dice.random() < 0.03:
            ended = End.FAILED
    at += 0.002
    heapq.heappush(threads, (at, thread))
    usage = Usage(cached_calls=1)
    if ended is not End.CACHED:
        usage = Usage(1, dice.randint(800, 6_000), dice.randint(100, 900), usd=0.021)
    note = "AnswerUnusable" if ended is End.FAILED else ""
    return TaskTrace(
        name,
        ended,
        100.0,
        ready,
        start,
        at,
        plan,
        thread,
        tuple(spans),
        usage,
        after,
        note,
    )
