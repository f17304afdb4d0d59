"""Plans: what is accepted, and how what is not is named."""

from __future__ import annotations

import pytest

from tickmark.engine.plan import Plan, Task
from tickmark.errors import InputError, PlanError
from tickmark.llm.model import Prompt


def task(name: str, *after: str) -> Task:
    return Task(name, lambda _: Prompt("m", "s", name), after=after)


def test_a_plan_keeps_the_order_of_its_input() -> None:
    plan = Plan([task("c", "a", "b"), task("a"), task("b", "a")])

    assert [one.id for one in plan] == ["c", "a", "b"]
    assert len(plan) == 3
    assert plan["b"].after == ("a",)


def test_an_empty_plan_is_a_plan() -> None:
    assert len(Plan(())) == 0


def test_a_parent_named_twice_is_one_parent() -> None:
    assert len(Plan([task("a"), task("b", "a", "a")])) == 2


def test_two_tasks_of_one_id_are_refused() -> None:
    with pytest.raises(PlanError, match="Two tasks have the id 'a'"):
        Plan([task("a"), task("b"), task("a")])


def test_an_unknown_parent_is_named() -> None:
    with pytest.raises(PlanError, match="Task 'b' comes after 'x', which is no task"):
        Plan([task("a"), task("b", "x")])


@pytest.mark.parametrize(
    ("tasks", "names"),
    [
        ([task("a", "a")], {"'a'"}),
        ([task("a", "b"), task("b", "a")], {"'a'", "'b'"}),
        ([task("s"), task("a", "s", "c"), task("b", "a"), task("c", "b")], {"'a'", "'b'", "'c'"}),
    ],
)
def test_a_cycle_is_refused_with_its_path(tasks: list[Task], names: set[str]) -> None:
    with pytest.raises(PlanError, match="in a circle: ") as caught:
        Plan(tasks)

    path = str(caught.value).removesuffix(".").partition("circle: ")[2].split(" -> ")
    assert path[0] == path[-1]
    assert set(path) == names
    assert isinstance(caught.value, InputError | ValueError)


def test_a_chain_of_many_thousand_tasks_is_no_cycle() -> None:
    names = [str(number) for number in range(20_000)]
    chain = zip(names[1:], names, strict=False)

    assert len(Plan([task("0"), *(task(name, parent) for name, parent in chain)])) == 20_000


def test_the_path_of_a_cycle_goes_from_parent_to_child_and_leaves_out_what_hangs_on_it() -> None:
    tasks = [
        task("tail", "c"),
        task("a", "c"),
        task("b", "a"),
        task("c", "b", "free"),
        task("free"),
    ]

    with pytest.raises(PlanError) as caught:
        Plan(tasks)

    assert str(caught.value) == ("Tasks wait for each other in a circle: 'c' -> 'a' -> 'b' -> 'c'.")


def test_places_parents_and_children_are_told_by_place() -> None:
    plan = Plan([task("c", "a", "b", "a"), task("a"), task("b", "a")])

    assert plan.places == {"c": 0, "a": 1, "b": 2}
    assert plan.parents == [2, 0, 1]
    assert [list(places) for places in plan.children] == [[], [0, 2], [0]]
