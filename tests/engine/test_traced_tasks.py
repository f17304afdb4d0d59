"""What the record of a workbook tells of its tasks."""

from __future__ import annotations

from tests.traced import task
from tickmark.engine.trace import End
from tickmark.engine.traced_tasks import MOST, traced_tasks
from tickmark.llm.call import Span, Stage
from tickmark.model.traced_task import TracedTask

LATE = task(
    "b",
    4.0,
    8.0,
    Span(Stage.RATE, 4.0, 5.0, "requests"),
    Span(Stage.PROVIDER, 5.0, 5.5, "529"),
    Span(Stage.BACKOFF, 5.5, 6.0, "529"),
    Span(Stage.KEPT, 6.0, 6.0002),
    Span(Stage.PROVIDER, 6.5, 8.0),
    ready=3.0,
)


def test_a_task_tells_how_it_ended_and_what_it_waited_for() -> None:
    failed = task("a", 0.0, 0.25, ended=End.FAILED, note="AnswerUnusable")
    skipped = task("c", 9.0, 9.0, ended=End.SKIPPED)

    assert traced_tasks([skipped, LATE, failed], ["a", "b", "c"]) == (
        TracedTask("a", "failed", 0.25, error="AnswerUnusable"),
        TracedTask(
            "b",
            "done",
            4.0,
            (
                ("provider", 1.5),
                ("rate", 1.0),
                ("retry", 1.0),
                ("thread", 1.0),
                ("parents", 3.0),
            ),
            calls=2,
            retries=1,
        ),
        TracedTask("c", "skipped"),
    )


def test_of_many_tasks_the_slowest_are_told_in_the_order_of_their_plan() -> None:
    names = [str(number) for number in range(MOST + 2)]
    quick = {"0", "7"}
    tasks = [task(name, 0.0, 0.5 if name in quick else 1.0) for name in reversed(names)]

    told = traced_tasks(tasks, names)

    assert [one.id for one in told] == [name for name in names if name not in quick]
