"""Tasks traced from the events of plans."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from tickmark.engine.event import Event, EventKind
from tickmark.engine.plan import Done, Failed, Outcome, Plan, Skipped, Task
from tickmark.engine.run import Runner
from tickmark.engine.trace import End, TaskTrace, Trace, Tracer
from tickmark.errors import AnswerUnusable
from tickmark.llm.call import Span, Stage, spent
from tickmark.llm.model import Prompt, Reply
from tickmark.llm.scripted import ScriptedModel
from tickmark.model.usage import Usage

PROMPT = Prompt("m", "s", "u")
USAGE = Usage(1, 10, 5, usd=0.25)
ASKED = (Span(Stage.RATE, 2.0, 2.5), Span(Stage.PROVIDER, 2.5, 4.0, "", 0.5))


def plan(*names: str, **after: tuple[str, ...]) -> Plan:
    return Plan([Task(name, PROMPT, after=after.get(name, ())) for name in names])


def ready(name: str, at: float) -> Event:
    return Event(EventKind.READY, name, at)


def started(name: str, at: float, thread: str = "t1") -> Event:
    return Event(EventKind.STARTED, name, at, thread=thread)


def finished(
    name: str, at: float, outcome: Outcome, begun: float | None = None, *spans: Span
) -> Event:
    thread = "" if begun is None else "t1"
    return Event(EventKind.FINISHED, name, at, outcome, begun, spans, thread)


def test_every_way_to_end_becomes_a_task_with_its_times_and_costs() -> None:
    moments = iter([1.0])
    tracer = Tracer(jobs=4, clock=lambda: next(moments))
    take = tracer.follow(plan("a", "b", "c", "d", d=("a", "c")), "book.xlsx")
    for event in (
        ready("a", 1.5),
        ready("b", 1.5),
        ready("c", 1.5),
        started("a", 2.0),
        finished("a", 4.5, Done("x", USAGE), 2.0, *ASKED),
        started("b", 4.5),
        finished("b", 5.0, Done("x", Usage(cached_calls=1), cached=True), 4.5),
        started("c", 5.0),
        finished("c", 6.0, Failed(AnswerUnusable("no"), USAGE), 5.0),
        finished("d", 6.0, Skipped("It builds on 'c', which failed: no")),
    ):
        take(event)

    assert tracer.trace() == Trace(
        (
            TaskTrace("a", End.DONE, 1.0, 1.5, 2.0, 4.5, "book.xlsx", "t1", ASKED, USAGE),
            TaskTrace(
                "b", End.CACHED, 1.0, 1.5, 4.5, 5.0, "book.xlsx", "t1", (), Usage(cached_calls=1)
            ),
            TaskTrace(
                "c",
                End.FAILED,
                1.0,
                1.5,
                5.0,
                6.0,
                "book.xlsx",
                "t1",
                (),
                USAGE,
                (),
                "AnswerUnusable",
            ),
            TaskTrace(
                "d", End.SKIPPED, 1.0, 6.0, 6.0, 6.0, "book.xlsx", "", (), Usage(), ("a", "c")
            ),
        ),
        1.0,
        6.0,
        4,
    )


def test_the_start_comes_from_its_own_event_where_the_end_does_not_tell_it() -> None:
    tracer = Tracer(clock=lambda: 0.0)
    take = tracer.follow(plan("a"))
    take(ready("a", 1.0))
    take(started("a", 2.0))
    take(Event(EventKind.FINISHED, "a", 3.0, Done("x")))

    assert tracer.trace().tasks == (TaskTrace("a", End.DONE, 0.0, 1.0, 2.0, 3.0),)


def test_two_plans_of_one_name_are_told_apart() -> None:
    tracer = Tracer(clock=lambda: 0.0)
    for take in [tracer.follow(plan("a"), "book") for _ in range(3)]:
        take(finished("a", 1.0, Done("x"), 0.5))

    assert [one.plan for one in tracer.trace().tasks] == ["book", "book (2)", "book (3)"]


def test_a_long_run_keeps_so_many_tasks_and_counts_the_others() -> None:
    tracer = Tracer(most_tasks=2, clock=lambda: 0.0)
    take = tracer.follow(plan("a", "b", "c", "d"))
    for at, name in enumerate("abcd"):
        take(finished(name, float(at), Done("x"), 0.0))

    trace = tracer.trace()
    assert ([one.id for one in trace.tasks], trace.left_out, trace.end) == (["a", "b"], 2, 3.0)


def test_spans_are_kept_while_there_is_room_for_them() -> None:
    tracer = Tracer(most_spans=3, clock=lambda: 0.0)
    take = tracer.follow(plan("a", "b", "c"))
    for name in "abc":
        take(finished(name, 5.0, Done("x"), 2.0, *ASKED))

    assert [one.spans for one in tracer.trace().tasks] == [ASKED, ASKED[:1], ()]


@settings(max_examples=50)
@given(st.lists(st.floats(0, 10), min_size=3, max_size=3))
def test_times_are_in_order_whatever_the_events_say(times: list[float]) -> None:
    tracer = Tracer(clock=lambda: 5.0)
    take = tracer.follow(plan("a"))
    take(ready("a", times[0]))
    take(started("a", times[1]))
    take(finished("a", times[2], Done("x"), times[1]))

    (task,) = tracer.trace().tasks
    assert task.planned <= task.ready <= task.started <= task.finished == times[2]


def test_several_workbooks_of_one_runner_are_traced_together() -> None:
    def answer(prompt: Prompt) -> Reply:
        spent(Stage.PROVIDER, start=next(starts))
        return Reply(prompt.user, USAGE)

    def begins() -> Iterator[float]:
        while True:
            yield 0.0

    starts = begins()
    tracer = Tracer(jobs=2)
    books = [plan("a", "b", "c", c=("a", "b")) for _ in range(3)]
    with Runner(ScriptedModel(answer), jobs=2) as runner:
        threads = [
            threading.Thread(target=runner.run, args=(one, tracer.follow(one, f"book {number}")))
            for number, one in enumerate(books)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    trace = tracer.trace()
    assert sorted((one.plan, one.id) for one in trace.tasks) == [
        (f"book {number}", name) for number in range(3) for name in "abc"
    ]
    assert {one.end for one in trace.tasks} == {End.DONE}
    for one in trace.tasks:
        assert trace.start <= one.planned <= one.ready <= one.started <= one.finished <= trace.end


def test_who_listens_gets_each_task_whole_also_where_there_is_no_room_to_keep_it() -> None:
    tracer = Tracer(most_tasks=1, most_spans=1, clock=lambda: 1.0)
    told: list[TaskTrace] = []
    take = tracer.follow(plan("a", "b"), tell=told.append)

    take(finished("a", 4.5, Done("x", USAGE), 2.0, *ASKED))
    take(finished("b", 5.5, Done("x", USAGE), 2.0, *ASKED))

    assert [(one.id, one.spans) for one in told] == [("a", ASKED), ("b", ASKED)]
    trace = tracer.trace()
    assert [(one.id, one.spans) for one in trace.tasks] == [("a", ASKED[:1])]
    assert trace.left_out == 1
