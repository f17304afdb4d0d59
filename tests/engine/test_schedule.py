"""The scheduler alone: outcomes in, starts out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.engine.plan import Done, Failed, Outcome, Plan, Skipped, Task
from tickmark.engine.schedule import Schedule
from tickmark.errors import AnswerPending, AnswerUnusable, ModelBusy
from tickmark.llm.model import Prompt
from tickmark.model.usage import Usage

DONE = Done("answer")
FAILED = Failed(AnswerUnusable("The model refused."))
KEPT = Done("answer", Usage(cached_calls=1), cached=True)
PAID = Failed(AnswerUnusable("Cut."), Usage(1, 9, 9))
BUSY = Failed(ModelBusy("Overloaded."))
PENDING = Failed(AnswerPending("Handed in."))
BEHIND_A = Skipped("It builds on 'a', which failed: The model refused.")


def task(
    name: str, *after: str, priority: int = 0, tolerant: bool = False, family: str = ""
) -> Task:
    prompt = Prompt("m", "s", name)
    return Task(name, prompt, None, after, priority, tolerant, family)


def of_family(*names: str) -> list[Task]:
    return [task(name, family="f") for name in names]


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


def test_one_of_a_family_goes_ahead_and_then_all_go() -> None:
    schedule = Schedule(Plan([*of_family("a", "b"), task("other"), *of_family("c", "d")]))

    assert names(schedule.ready()) == ["a", "other"]
    assert names(schedule.finish("other", DONE)) == []
    assert names(schedule.finish("a", DONE)) == ["b", "c", "d"]


def test_the_most_urgent_of_a_family_goes_ahead() -> None:
    tasks = [task("a", family="f"), task("b", family="f", priority=2), task("c", family="g")]
    schedule = Schedule(Plan(tasks))

    assert names(schedule.ready()) == ["b", "c"]


def test_those_of_a_warm_family_that_are_ready_later_start_at_once() -> None:
    tasks = [*of_family("a"), task("x"), task("b", "x", family="f"), task("c", "x", family="f")]
    schedule = Schedule(Plan(tasks))

    assert names(schedule.ready()) == ["a", "x"]
    schedule.finish("a", DONE)
    assert names(schedule.finish("x", DONE)) == ["b", "c"]


def test_those_that_are_ready_while_one_is_ahead_wait_for_it() -> None:
    tasks = [*of_family("a"), task("x"), task("b", "x", family="f")]
    schedule = Schedule(Plan(tasks))
    schedule.ready()

    assert names(schedule.finish("x", DONE)) == []
    assert names(schedule.finish("a", PAID)) == ["b"]


def test_where_the_first_reaches_no_provider_the_next_goes_ahead_alone() -> None:
    schedule = Schedule(Plan(of_family("a", "b", "c", "d")))
    schedule.ready()

    assert names(schedule.finish("a", BUSY)) == ["b"]
    assert names(schedule.finish("b", KEPT)) == ["c"]
    assert names(schedule.finish("c", DONE)) == ["d"]


def test_after_three_that_reached_no_provider_all_go() -> None:
    schedule = Schedule(Plan(of_family("a", "b", "c", "d", "e")))
    schedule.ready()

    assert names(schedule.finish("a", BUSY)) == ["b"]
    assert names(schedule.finish("b", BUSY)) == ["c"]
    assert names(schedule.finish("c", BUSY)) == ["d", "e"]


def test_a_family_whose_answers_are_collected_later_is_handed_in_together() -> None:
    schedule = Schedule(Plan(of_family("a", "b", "c")))
    schedule.ready()

    assert names(schedule.finish("a", PENDING)) == ["b", "c"]


def test_behind_an_answer_to_be_collected_the_tolerant_wait_as_well() -> None:
    tasks = [
        task("a"),
        task("b", "a"),
        task("c", "a", tolerant=True),
        task("d", "b", "c", tolerant=True),
        task("e", tolerant=True),
    ]
    schedule = Schedule(Plan(tasks))
    waits = Skipped("It builds on 'a', whose answer waits for its batch.")

    assert names(schedule.ready()) == ["a", "e"]
    assert names(schedule.finish("a", PENDING)) == []
    assert schedule.outcomes == {"a": PENDING, "b": waits, "c": waits, "d": waits}


def test_a_reason_is_worded_once_however_many_it_skips() -> None:
    tasks = [task("a"), *(task(str(number), "a") for number in range(5))]
    schedule = Schedule(Plan(tasks))
    schedule.finish("a", FAILED)

    assert len({id(schedule.outcomes[str(number)]) for number in range(5)}) == 1


class Oracle:
    """The rules of a schedule, looked up in all tasks at each step."""

    def __init__(self, tasks: list[Task]) -> None:
        self.tasks = sorted(enumerate(tasks), key=lambda one: (-one[1].priority, one[0]))
        self.outcomes: dict[str, Outcome] = {}
        self.handed: set[str] = set()
        self.pending: set[str] = set()
        self.ahead: dict[str, str] = {}
        self.warm = {""}
        self.misses: dict[str, int] = {}

    def finish(self, one: Task, outcome: Outcome) -> list[str]:
        self.outcomes[one.id] = outcome
        if outcome == PENDING:
            self.pending.add(one.id)
        cause = outcome if isinstance(outcome, Skipped) else self.skipped(one, outcome)
        while any(self.skip(other, cause) for _, other in self.tasks):
            pass
        if self.ahead.get(one.family) == one.id:
            del self.ahead[one.family]
            missed = outcome in (BUSY, FAILED)
            self.misses[one.family] = self.misses.get(one.family, 0) + missed
            if outcome != KEPT and not (missed and self.misses[one.family] < 3):
                self.warm.add(one.family)
        return self.ready()

    def skipped(self, one: Task, outcome: Outcome) -> Skipped:
        if outcome == PENDING:
            return Skipped(f"It builds on '{one.id}', whose answer waits for its batch.")
        error = outcome.error if isinstance(outcome, Failed) else None
        return Skipped(f"It builds on '{one.id}', which failed: {error}")

    def skip(self, one: Task, cause: Skipped) -> bool:
        parents = set(one.after)
        waits = bool(parents & self.pending)
        broken = any(not isinstance(self.outcomes.get(name, DONE), Done) for name in parents)
        if one.id in self.outcomes or not (waits or (broken and not one.tolerant)):
            return False
        if waits:
            self.pending.add(one.id)
        self.outcomes[one.id] = cause
        return True

    def ready(self) -> list[str]:
        started = []
        for _, one in self.tasks:
            if one.id in self.handed or one.id in self.outcomes:
                continue
            if not set(one.after) <= set(self.outcomes):
                continue
            if one.family not in self.warm and self.ahead.setdefault(one.family, one.id) != one.id:
                continue
            self.handed.add(one.id)
            started.append(one.id)
        return started


@given(st.data())
def test_any_plan_goes_as_the_rules_say_at_each_step(data: st.DataObject) -> None:
    count = data.draw(st.integers(0, 12))
    tasks = [
        task(
            str(number),
            *map(str, data.draw(st.sets(st.integers(0, number - 1)) if number else st.just(()))),
            priority=data.draw(st.integers(-2, 2)),
            tolerant=data.draw(st.booleans()),
            family=data.draw(st.sampled_from(["", "f", "g"])),
        )
        for number in range(count)
    ]
    tasks = data.draw(st.permutations(tasks))
    plan = Plan(tasks)
    schedule, oracle = Schedule(plan), Oracle(tasks)
    open_tasks = schedule.ready()
    assert names(open_tasks) == oracle.ready()
    told: list[tuple[str, Outcome]] = []
    outcomes: tuple[Outcome, ...] = (DONE, DONE, KEPT, FAILED, PAID, BUSY, PENDING, Skipped("No."))
    while open_tasks:
        one = open_tasks.pop(data.draw(st.integers(0, len(open_tasks) - 1)))
        assert schedule.parents(one) == {name: oracle.outcomes[name] for name in one.after}
        outcome = data.draw(st.sampled_from(outcomes))
        started = schedule.finish(one.id, outcome)
        assert names(started) == oracle.finish(one, outcome)
        told += schedule.newly_settled()
        assert dict(told) == schedule.outcomes == oracle.outcomes
        open_tasks += started

    assert schedule.done
    assert len(told) == count
    assert list(schedule.outcomes) == [one.id for one in plan]


def layered(count: int) -> list[Task]:
    """Layers of a hundred tasks, each behind five of the layer before."""
    return [
        task(
            str(number),
            *(
                str((number // 100 - 1) * 100 + (number * 7 + step * 19) % 100)
                for step in range(5)
                if number >= 100
            ),
        )
        for number in range(count)
    ]


@pytest.mark.parametrize(
    "tasks",
    [
        [task(str(number), *([str(number - 1)] if number else [])) for number in range(20_000)],
        [task(str(number), *(["0"] if number else [])) for number in range(20_000)],
        [task(str(number), family=f"f{number % 200}") for number in range(20_000)],
        [task(str(number), family="f") for number in range(20_000)],
        layered(20_000),
    ],
    ids=["chain", "one parent", "200 families", "one family", "layers"],
)
@pytest.mark.parametrize("outcome", [DONE, KEPT, FAILED])
def test_large_plans_of_any_shape_end_without_a_search_or_a_recursion(
    tasks: list[Task], outcome: Outcome
) -> None:
    """A step that looks at all tasks would take minutes here."""
    schedule = Schedule(Plan(tasks))
    started = schedule.ready()
    for one in started:
        started += schedule.finish(one.id, outcome)

    assert schedule.done
