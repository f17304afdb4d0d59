"""How far a run is."""

from __future__ import annotations

import threading

from tickmark.engine.event import Event, EventKind
from tickmark.engine.plan import Done, Failed, Plan, Skipped, Task
from tickmark.engine.totals import Counting, Totals
from tickmark.errors import AnswerUnusable
from tickmark.llm.call import Span, Stage
from tickmark.llm.model import Prompt
from tickmark.model.usage import Usage

USAGE = Usage(1, 10, 5, usd=0.25)


def plan(names: str) -> Plan:
    return Plan([Task(name, Prompt("m", "s", "u")) for name in names])


def test_totals_follow_the_events() -> None:
    now = [10.0]
    counting = Counting(clock=lambda: now[0])
    take = counting.follow(plan("abcd"))
    counting.follow(plan("e"))
    retried = (Span(Stage.PROVIDER, 0.0, 1.0, "529"), Span(Stage.PROVIDER, 1.0, 2.0))

    for name in "abc":
        take(Event(EventKind.READY, name, 10.0))
        take(Event(EventKind.STARTED, name, 10.0))
    assert counting.totals() == Totals(2, 0, 5, under_way=3)

    take(Event(EventKind.FINISHED, "a", 12.0, Done("x", USAGE), 10.0, retried))
    take(Event(EventKind.FINISHED, "b", 12.0, Done("x", Usage(cached_calls=1), cached=True), 10.0))
    now[0] = 14.0
    assert counting.totals() == Totals(
        plans=2,
        tasks=5,
        under_way=1,
        done=2,
        cached=1,
        retries=1,
        usage=Usage(1, 10, 5, usd=0.25, cached_calls=1),
        seconds=4.0,
        left=6.0,
    )

    take(Event(EventKind.FINISHED, "c", 15.0, Failed(AnswerUnusable("no"), USAGE), 10.0))
    take(Event(EventKind.FINISHED, "d", 15.0, Skipped("c failed")))
    now[0] = 16.0
    found = counting.totals()
    assert found == Totals(
        plans=2,
        plans_ended=1,
        tasks=5,
        done=2,
        cached=1,
        failed=1,
        skipped=1,
        retries=1,
        usage=Usage(2, 20, 10, usd=0.5, cached_calls=1),
        seconds=6.0,
        left=2.0,
    )
    assert found.ended == 4


def test_announced_work_counts_before_it_begins() -> None:
    now = [0.0]
    counting = Counting(clock=lambda: now[0])
    counting.expect(plans=10, tasks=100)
    assert counting.totals() == Totals(plans=10, tasks=100)

    take = counting.follow(plan("a"))
    take(Event(EventKind.STARTED, "a", 0.0))
    take(Event(EventKind.FINISHED, "a", 2.0, Done("x")))
    now[0] = 2.0

    found = counting.totals()
    assert (found.plans, found.tasks, found.left) == (10, 100, 198.0)


def test_nothing_is_left_of_a_run_that_is_through() -> None:
    counting = Counting(clock=lambda: 0.0)
    take = counting.follow(plan("a"))
    take(Event(EventKind.FINISHED, "a", 2.0, Skipped("stopped")))

    assert counting.totals() == Totals(1, 1, 1, skipped=1, left=0.0)


def test_a_plan_without_tasks_is_through_at_once() -> None:
    counting = Counting(clock=lambda: 0.0)
    counting.follow(plan(""))

    assert counting.totals() == Totals(1, 1)


def test_many_plans_at_once_lose_no_count() -> None:
    counting = Counting()
    done = Done("x", USAGE)

    def carry_out() -> None:
        one = plan("abcdefgh")
        take = counting.follow(one)
        for task in one:
            take(Event(EventKind.STARTED, task.id, 0.0))
            take(Event(EventKind.FINISHED, task.id, 1.0, done, 0.0))

    threads = [threading.Thread(target=carry_out) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    found = counting.totals()
    assert (found.plans_ended, found.done, found.under_way) == (20, 160, 0)
    assert found.usage == Usage(160, 1600, 800, usd=40.0)
