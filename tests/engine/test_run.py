"""Plans carried out by threads."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import BaseModel

from tickmark.engine.plan import Done, Failed, Outcome, Plan, Skipped, Task
from tickmark.engine.run import INTERRUPTED, Event, EventKind, Runner, run
from tickmark.errors import (
    AnswerUnusable,
    BudgetExceeded,
    ModelDenied,
    ModelUnreachable,
    SettingError,
    TickmarkError,
)
from tickmark.llm.model import Prompt, Reply
from tickmark.llm.scripted import ScriptedModel
from tickmark.model.usage import Usage

USAGE = Usage(1, 10, 5)
SECONDS = 5.0


class Summary(BaseModel):
    summary: str


def task(name: str, *after: str, priority: int = 0, tolerant: bool = False) -> Task:
    """A task whose prompt is its name and, behind it, what its parents answered."""

    def prompt(parents: Mapping[str, Outcome]) -> Prompt:
        said = [str(one.value) if isinstance(one, Done) else "?" for one in parents.values()]
        return Prompt("m", "s", " ".join([name, *said]))

    return Task(name, prompt, after=after, priority=priority, tolerant=tolerant)


def answering(answer: Callable[[str], str]) -> ScriptedModel:
    return ScriptedModel(lambda prompt: Reply(answer(prompt.user), USAGE))


def echo() -> ScriptedModel:
    return answering(lambda user: f"<{user}>")


def failing(error: TickmarkError, *names: str) -> ScriptedModel:
    def answer(user: str) -> str:
        if user in names:
            raise error
        return f"<{user}>"

    return answering(answer)


def test_outcomes_come_in_the_order_of_the_plan_whoever_ends_first() -> None:
    last = threading.Event()

    def answer(user: str) -> str:
        if user == "c":
            last.set()
        else:
            assert last.wait(SECONDS)
        return user

    outcomes = run(Plan([task("a"), task("b"), task("c")]), answering(answer), jobs=3)

    assert list(outcomes.items()) == [(name, Done(name, USAGE)) for name in "abc"]


def test_dependents_receive_what_their_parents_answered() -> None:
    plan = Plan([task("sum", "a", "b"), task("a"), task("b", "a")])

    outcomes = run(plan, echo(), jobs=4)

    assert outcomes["sum"] == Done("<sum <a> <b <a>>>", USAGE)


def test_an_answer_of_a_form_is_an_instance_of_it() -> None:
    model = ScriptedModel(lambda _: Reply('{"summary": "Fine."}', USAGE))
    plan = Plan([Task("a", lambda _: Prompt("m", "s", "u"), form=Summary)])

    assert run(plan, model, jobs=1) == {"a": Done(Summary(summary="Fine."), USAGE)}


def test_an_answer_from_the_cache_is_marked() -> None:
    model = ScriptedModel(lambda _: Reply("x", Usage(cached_calls=1), cached=True))
    formed = Task("f", lambda _: Prompt("m", "s", "u"), form=Summary)
    kept = ScriptedModel(lambda _: Reply('{"summary": ""}', Usage(cached_calls=1), cached=True))

    assert run(Plan([task("a")]), model, jobs=1)["a"] == Done(
        "x", Usage(cached_calls=1), cached=True
    )
    assert run(Plan([formed]), kept, jobs=1)["f"].cached  # type: ignore[union-attr]


def test_an_empty_plan_has_no_outcomes() -> None:
    assert run(Plan(()), echo(), jobs=2) == {}


def test_a_failure_keeps_its_cost_and_skips_what_is_behind_it() -> None:
    error = AnswerUnusable("The model refused.")
    error.usage = Usage(1, 7, 0)
    plan = Plan([task("a"), task("b"), task("c", "a"), task("d", "a", tolerant=True)])

    outcomes = run(plan, failing(error, "a"), jobs=2)

    assert outcomes == {
        "a": Failed(error, Usage(1, 7, 0)),
        "b": Done("<b>", USAGE),
        "c": Skipped("It builds on 'a', which failed: The model refused."),
        "d": Done("<d ?>", USAGE),
    }
    assert error.__traceback__ is None


def test_a_prompt_that_cannot_be_made_fails_its_task() -> None:
    def prompt(_: Mapping[str, Outcome]) -> Prompt:
        raise SettingError("No.")

    outcomes = run(Plan([Task("a", prompt)]), echo(), jobs=1)

    assert isinstance(outcomes["a"], Failed)


def test_no_more_calls_are_under_way_than_jobs_and_no_fewer() -> None:
    full = threading.Barrier(4)
    lock = threading.Lock()
    now = most = 0

    def answer(user: str) -> str:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        full.wait(SECONDS)
        with lock:
            now -= 1
        return user

    run(Plan([task(str(number)) for number in range(16)]), answering(answer), jobs=4)

    assert most == 4


def test_a_task_starts_as_soon_as_its_own_parents_are_through() -> None:
    child_ran = threading.Event()

    def answer(user: str) -> str:
        if user.startswith("slow"):
            assert child_ran.wait(SECONDS)
        elif user.startswith("child"):
            child_ran.set()
        return user

    plan = Plan([task("slow"), task("quick"), task("child", "quick")])

    assert all(isinstance(one, Done) for one in run(plan, answering(answer), jobs=2).values())


def test_the_most_urgent_of_the_waiting_is_next() -> None:
    model = echo()
    tasks = [task("a"), task("low", priority=-1), task("b"), task("high", priority=1)]

    run(Plan(tasks), model, jobs=1)

    assert [prompt.user for prompt in model.prompts] == ["high", "a", "b", "low"]


def test_events_tell_each_step_in_the_callers_thread() -> None:
    events: list[Event] = []
    threads: set[int] = set()

    def note(event: Event) -> None:
        events.append(event)
        threads.add(threading.get_ident())

    error = AnswerUnusable("No.")
    run(Plan([task("a"), task("b", "a")]), failing(error, "a"), jobs=1, on_event=note)

    assert [(event.kind, event.task) for event in events] == [
        (EventKind.READY, "a"),
        (EventKind.STARTED, "a"),
        (EventKind.FINISHED, "a"),
        (EventKind.FINISHED, "b"),
    ]
    assert events[2].outcome == Failed(error)
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert threads == {threading.get_ident()}


@pytest.mark.parametrize(
    "error",
    [ModelDenied("The key is refused."), BudgetExceeded("Spent."), SettingError("No price.")],
)
def test_what_every_call_would_meet_stops_the_rest_and_keeps_what_is_there(
    error: TickmarkError,
) -> None:
    model = failing(error, "b")
    tasks = [task("a"), task("b"), task("c"), task("d", "c"), task("e", "b", tolerant=True)]
    with Runner(model, jobs=1) as runner:
        outcomes = runner.run(Plan(tasks))
        stopped_by = runner.stopped_by
        later = runner.run(Plan([task("f")]))

    assert stopped_by is error
    assert [prompt.user for prompt in model.prompts] == ["a", "b"]
    assert outcomes == {
        "a": Done("<a>", USAGE),
        "b": Failed(error),
        "c": Skipped(str(error)),
        "d": Skipped(str(error)),
        "e": Skipped(str(error)),
    }
    assert later == {"f": Skipped(str(error))}


def test_three_calls_in_a_row_that_reach_nobody_stop_the_rest() -> None:
    gone = ModelUnreachable("Cannot be reached.")
    names = ["a", "b", "x", "c", "d", "e", "f", "g"]
    model = failing(gone, "a", "b", "c", "d", "e", "f", "g")
    with Runner(model, jobs=1) as runner:
        outcomes = runner.run(Plan([task(name) for name in names]))
        stopped_by = runner.stopped_by

    assert stopped_by is gone
    assert [prompt.user for prompt in model.prompts] == ["a", "b", "x", "c", "d", "e"]
    assert outcomes["g"] == Skipped("Cannot be reached.")


def test_other_failures_stop_nothing() -> None:
    names = [str(number) for number in range(9)]
    model = failing(AnswerUnusable("No."), *names)
    with Runner(model, jobs=2) as runner:
        runner.run(Plan([task(name) for name in names]))
        stopped_by = runner.stopped_by

    assert stopped_by is None
    assert len(model.prompts) == 9


def test_a_stop_lets_calls_in_flight_end_and_starts_no_other() -> None:
    stop = threading.Event()

    def answer(user: str) -> str:
        stop.set()
        return user

    model = answering(answer)
    outcomes = run(Plan([task("a"), task("b"), task("c", "a")]), model, jobs=1, stop=stop)

    assert outcomes == {"a": Done("a", USAGE), "b": Skipped(INTERRUPTED), "c": Skipped(INTERRUPTED)}
    assert len(model.prompts) == 1


def test_a_stop_before_the_start_asks_nothing() -> None:
    stop = threading.Event()
    stop.set()
    model = echo()

    assert run(Plan([task("a")]), model, jobs=1, stop=stop) == {"a": Skipped(INTERRUPTED)}
    assert model.prompts == ()


def test_ctrl_c_ends_like_a_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tickmark.engine.run.HEARTBEAT_SECONDS", 0.02)
    stop = threading.Event()

    def answer(user: str) -> str:
        signal.raise_signal(signal.SIGINT)
        assert stop.wait(SECONDS)
        return user

    outcomes = run(Plan([task("a"), task("b")]), answering(answer), jobs=1, stop=stop)

    assert outcomes == {"a": Done("a", USAGE), "b": Skipped(INTERRUPTED)}
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_ctrl_c_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tickmark.engine.run.HEARTBEAT_SECONDS", 0.02)
    stop, go = threading.Event(), threading.Event()

    def answer(user: str) -> str:
        signal.raise_signal(signal.SIGINT)
        assert stop.wait(SECONDS)
        signal.raise_signal(signal.SIGINT)
        assert go.wait(SECONDS)
        return user

    with Runner(answering(answer), jobs=1, stop=stop) as runner:
        with pytest.raises(KeyboardInterrupt):
            runner.run(Plan([task("a"), task("b")]))
        go.set()


def test_a_bug_is_raised_once_the_calls_in_flight_are_through() -> None:
    both = threading.Barrier(2)
    ended: list[str] = []

    def answer(user: str) -> str:
        both.wait(SECONDS)
        if user == "bug":
            raise ZeroDivisionError
        threading.Event().wait(0.02)
        ended.append(user)
        return user

    with Runner(answering(answer), jobs=2) as runner:
        with pytest.raises(ZeroDivisionError):
            runner.run(Plan([task("bug"), task("a")]))
        assert ended == ["a"]
        assert runner.stopped_by is None


def test_behind_a_bug_nothing_of_its_plan_is_started() -> None:
    def answer(user: str) -> str:
        raise ZeroDivisionError(user)

    model = answering(answer)
    with pytest.raises(ZeroDivisionError):
        run(Plan([task("bug"), task("a"), task("b", "bug")]), model, jobs=1)

    assert len(model.prompts) == 1


def test_a_bug_in_the_listener_is_raised_and_nothing_more_is_started() -> None:
    def listen(event: Event) -> None:
        if event.kind is EventKind.FINISHED:
            raise ZeroDivisionError

    model = echo()
    with pytest.raises(ZeroDivisionError):
        run(Plan([task("a"), task("b", "a")]), model, jobs=1, on_event=listen)

    assert len(model.prompts) == 1


def test_many_plans_share_one_pool() -> None:
    lock = threading.Lock()
    now = most = 0

    def answer(user: str) -> str:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        threading.Event().wait(0.001)
        with lock:
            now -= 1
        return f"<{user}>"

    with Runner(answering(answer), jobs=3) as runner, ThreadPoolExecutor(8) as hosts:
        plans = [
            Plan([task(f"{n}a"), task(f"{n}b"), task(f"{n}sum", f"{n}a", f"{n}b")])
            for n in range(20)
        ]
        results = list(hosts.map(runner.run, plans))

    assert most == 3
    assert [list(one) for one in results] == [[f"{n}a", f"{n}b", f"{n}sum"] for n in range(20)]
    assert results[7]["7sum"] == Done("<7sum <7a> <7b>>", USAGE)


def test_an_earlier_plan_goes_before_a_later_one() -> None:
    first, go = threading.Event(), threading.Event()

    def answer(user: str) -> str:
        first.set()
        assert go.wait(SECONDS)
        return user

    model = answering(answer)
    with Runner(model, jobs=1) as runner, ThreadPoolExecutor(2) as hosts:
        one = hosts.submit(runner.run, Plan([task("a"), task("b", "a")]))
        assert first.wait(SECONDS)
        offered = threading.Event()
        two = hosts.submit(runner.run, Plan([task("x", priority=9)]), lambda _: offered.set())
        assert offered.wait(SECONDS)
        go.set()
        one.result()
        two.result()

    users = [prompt.user for prompt in model.prompts]
    assert users[0] == "a"
    assert set(users[1:]) == {"b a", "x"}


def test_a_bug_in_one_plan_leaves_the_others_alone() -> None:
    def answer(user: str) -> str:
        if user == "bug":
            raise ZeroDivisionError
        return user

    with Runner(answering(answer), jobs=2) as runner, ThreadPoolExecutor(2) as hosts:
        bad = hosts.submit(runner.run, Plan([task("bug"), task("behind", "bug")]))
        good = hosts.submit(runner.run, Plan([task(str(number)) for number in range(20)]))

        assert isinstance(bad.exception(), ZeroDivisionError)
        assert all(isinstance(one, Done) for one in good.result().values())


def test_thousands_of_dependent_tasks_all_end() -> None:
    tasks = [task(str(n), *([str(n // 2)] if n else [])) for n in range(3000)]

    outcomes = run(Plan(tasks), answering(lambda user: user[:5]), jobs=8)

    assert len(outcomes) == 3000
    assert all(isinstance(one, Done) for one in outcomes.values())
