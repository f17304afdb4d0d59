"""The scheduler alone: outcomes in, starts out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.engine.plan import Done, Failed, Outcome, Plan, Skipped, Task
from tickmark.engine.schedule import Schedule
from tickmark.errors import AnswerUnusable
from tickmark.llm.model import Prompt

DONE = Done("answer")
FAILED = Failed(AnswerUnusable("The model refused."))
BEHIND_A = Skipped("It builds on 'a', which failed: The model refused.")


def task(name: str, *after: str, priority: int = 0, tolerant: bool = False) -> Task:
    return Task(
        name, lambda _: Prompt("m", "s", name), after=after, priority=priority, tolerant=tolerant
    )


def names(tasks: list[Task]) -> list[str]:
    return [one.id for one in tasks]


def test_what_waits_for_nothing_is_ready_in_the_order_of_the_plan() -> None:
    schedule = Schedule(Plan([task("c", "a"), task("b"), task("a")]))

    assert names(schedule.ready()) == ["b", "a"]


def test_the_more_urgent_is_first() -> None:
    tasks = [task("a"), task("b", priority=5), task("c", priority=-1), task("d", priority=5)]

    assert names(Schedule(Plan(tasks)).ready()) == ["b", "d", "a", "c"]


def test_a_dependent_is_freed_by_its_last_parent_only() -> None:
    schedule = Schedule(Plan([task("a"), task("b"), task("c", "a", "b", "b")]))
    schedule.ready()

    assert names(schedule.finish("b", DONE)) == []
    assert names(schedule.finish("a", DONE)) == ["c"]
    assert not schedule.done
    assert schedule.finish("c", DONE) == []
    assert schedule.done


def test_those_freed_at_once_come_most_urgent_first() -> None:
    tasks = [task("a"), task("x", "a"), task("y", "a", priority=1), task("z", "a")]
    schedule = Schedule(Plan(tasks))

    assert names(schedule.finish("a", DONE)) == ["y", "x", "z"]


def test_a_dependent_sees_the_outcomes_of_its_parents_only() -> None:
    plan = Plan([task("a"), task("b"), task("other"), task("c", "a", "b", tolerant=True)])
    schedule = Schedule(plan)
    schedule.finish("a", DONE)
    schedule.finish("other", DONE)
    schedule.finish("b", FAILED)

    assert schedule.parents(plan["c"]) == {"a": DONE, "b": FAILED}


def test_a_failure_skips_everything_behind_it_and_nothing_else() -> None:
    tasks = [task("d", "c"), task("a"), task("b"), task("c", "a", "b"), task("e", "b")]
    schedule = Schedule(Plan(tasks))
    schedule.ready()

    assert names(schedule.finish("a", FAILED)) == []
    assert names(schedule.finish("b", DONE)) == ["e"]
    schedule.finish("e", DONE)
    assert schedule.done
    assert list(schedule.outcomes.items()) == [
        ("d", BEHIND_A),
        ("a", FAILED),
        ("b", DONE),
        ("c", BEHIND_A),
        ("e", DONE),
    ]


def test_a_tolerant_task_runs_behind_failures_and_skips() -> None:
    tasks = [task("a"), task("b", "a"), task("c"), task("all", "a", "b", "c", tolerant=True)]
    schedule = Schedule(Plan(tasks))
    schedule.ready()

    assert names(schedule.finish("a", FAILED)) == []
    assert names(schedule.finish("c", DONE)) == ["all"]
    assert schedule.parents(tasks[3]) == {"a": FAILED, "b": BEHIND_A, "c": DONE}


def test_a_skip_passes_its_reason_on() -> None:
    schedule = Schedule(Plan([task("a"), task("b", "a"), task("c", "b")]))
    schedule.finish("a", Skipped("The run was stopped."))

    assert schedule.outcomes["c"] == Skipped("The run was stopped.")


def test_newly_settled_are_told_once_with_those_that_were_skipped() -> None:
    schedule = Schedule(Plan([task("a"), task("b", "a"), task("c")]))
    schedule.finish("a", FAILED)

    assert schedule.newly_settled() == [("a", FAILED), ("b", BEHIND_A)]
    assert schedule.newly_settled() == []


def test_a_second_outcome_is_refused() -> None:
    schedule = Schedule(Plan([task("a")]))
    schedule.finish("a", DONE)

    with pytest.raises(ValueError, match="finished already"):
        schedule.finish("a", DONE)


@given(st.data())
def test_any_plan_ends_with_every_task_settled_and_none_before_its_parents(
    data: st.DataObject,
) -> None:
    count = data.draw(st.integers(0, 12))
    tasks = [
        task(
            str(number),
            *map(str, data.draw(st.sets(st.integers(0, number - 1)) if number else st.just(()))),
            priority=data.draw(st.integers(-2, 2)),
            tolerant=data.draw(st.booleans()),
        )
        for number in range(count)
    ]
    plan = Plan(data.draw(st.permutations(tasks)))
    schedule = Schedule(plan)
    open_tasks = schedule.ready()
    outcomes: tuple[Outcome, ...] = (DONE, FAILED, Skipped("No."))
    handed_out: list[str] = []
    while open_tasks:
        one = open_tasks.pop(data.draw(st.integers(0, len(open_tasks) - 1)))
        handed_out.append(one.id)
        parents = schedule.parents(one)
        assert set(parents) == set(one.after)
        assert one.tolerant or all(isinstance(parent, Done) for parent in parents.values())
        open_tasks += schedule.finish(one.id, data.draw(st.sampled_from(outcomes)))

    assert schedule.done
    assert len(handed_out) == len(set(handed_out))
    assert list(schedule.outcomes) == [one.id for one in plan]
