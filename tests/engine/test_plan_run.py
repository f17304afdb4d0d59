"""What a caller is told of its run, however fast it happens."""

from __future__ import annotations

import threading

import pytest

from tickmark.engine.event import Event, EventKind
from tickmark.engine.plan import Done, Plan, Task
from tickmark.engine.plan_run import MOST_WAKES, PlanRun
from tickmark.engine.progress import UnderWay
from tickmark.llm.call import Call
from tickmark.llm.model import Prompt

COUNT = 6 * MOST_WAKES


def test_news_that_come_thick_and_fast_are_all_told_in_their_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rests: list[float] = []
    monkeypatch.setattr("tickmark.engine.plan_run.time.sleep", rests.append)
    plan = Plan([Task(f"t{n}", Prompt("m", "s", "u")) for n in range(COUNT)])
    run = PlanRun(plan, 0, listens=True)
    lock = threading.Lock()
    told: list[Event] = []
    gone = threading.Semaphore(0)

    def work() -> None:
        for number, task in enumerate(run.begin(0.0)):
            with lock:
                run.start(task, number, "w")
                run.hand_over()
                run.end(task, Done(number), number, UnderWay(1, number, Call(task.id)), "w")
                run.hand_over()
            # One after the other, so that the caller is woken for each.
            gone.acquire()
        run.close()

    thread = threading.Thread(target=work)
    thread.start()

    def take(event: Event) -> None:
        told.append(event)
        if event.kind is EventKind.FINISHED:
            gone.release()

    while run.follow(take, 5.0):
        pass
    thread.join()

    kinds = (EventKind.STARTED, EventKind.FINISHED)
    happened = [(one.kind, one.task) for one in told if one.kind in kinds]
    assert happened == [(kind, f"t{n}") for n in range(COUNT) for kind in kinds]
    assert run.outcomes()["t5"] == Done(5)
    assert rests


def test_who_is_told_now_and_then_does_not_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    rests: list[float] = []
    now = [0.0]
    monkeypatch.setattr("tickmark.engine.plan_run.time.sleep", rests.append)
    monkeypatch.setattr("tickmark.engine.plan_run.time.monotonic", lambda: now[0])
    plan = Plan([Task(f"t{n}", Prompt("m", "s", "u")) for n in range(COUNT)])
    run = PlanRun(plan, 0, listens=True)
    for task in run.begin(0.0):
        run.start(task, 0.0, "w")
        run.hand_over()
        now[0] += 1.0
        assert run.follow(None, 5.0)

    assert not rests
