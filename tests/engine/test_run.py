"""Plans carried out by threads."""

from __future__ import annotations

import signal
import threading
import weakref
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from pydantic import BaseModel

from tickmark.engine.plan import Done, Failed, Outcome, Plan, Skipped, Split, Task
from tickmark.engine.plan_run import ABANDONED
from tickmark.engine.progress import Progress
from tickmark.engine.run import INTERRUPTED, Event, EventKind, Runner, run
from tickmark.errors import (
    AnswerUnusable,
    BudgetExceeded,
    ModelBusy,
    ModelDenied,
    ModelUnreachable,
    PromptTooLong,
    SettingError,
    TickmarkError,
)
from tickmark.llm.call import Stage, begin, current_call, spent
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


def test_behind_a_bug_in_the_listener_nothing_of_its_plan_is_started() -> None:
    raised = threading.Event()

    def listen(event: Event) -> None:
        if event.kind is EventKind.FINISHED:
            raise ZeroDivisionError

    def answer(user: str) -> str:
        if user != "a":
            assert raised.wait(SECONDS)
        return user

    model = answering(answer)
    with Runner(model, jobs=1) as runner:
        with pytest.raises(ZeroDivisionError):
            runner.run(Plan([task("a"), task("b"), task("c"), task("d", "b")]), listen)
        raised.set()
        later = runner.run(Plan([task("later")]))

    assert "c" not in [prompt.user for prompt in model.prompts]
    assert later["later"] == Done("later", USAGE)


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


def test_a_finished_event_tells_where_the_time_went() -> None:
    def answer(user: str) -> str:
        start = begin(Stage.PROVIDER)
        spent(Stage.PROVIDER, start, note="529")
        spent(Stage.BACKOFF, begin(Stage.BACKOFF))
        return user

    events: list[Event] = []
    failed = Failed(AnswerUnusable("No."))

    def fails(_: Mapping[str, Outcome]) -> Prompt:
        raise failed.error

    plan = Plan([task("a"), Task("b", fails, after=("a",)), task("c", "b")])
    run(plan, answering(answer), jobs=1, on_event=events.append)

    started = {one.task: one for one in events if one.kind is EventKind.STARTED}
    ended = {one.task: one for one in events if one.kind is EventKind.FINISHED}
    spans = ended["a"].spans
    assert [(one.stage, one.note) for one in spans] == [
        (Stage.PROVIDER, "529"),
        (Stage.BACKOFF, ""),
    ]
    assert ended["a"].started == started["a"].at
    assert started["a"].at <= spans[0].start <= spans[1].end <= ended["a"].at
    assert ended["a"].thread == started["a"].thread
    assert started["a"].thread.startswith("tickmark-call-")
    assert (ended["b"].spans, ended["b"].started) == ((), started["b"].at)
    assert (ended["c"].spans, ended["c"].started, ended["c"].thread) == ((), None, "")


def test_the_call_of_a_task_is_known_to_the_wrappers() -> None:
    calls: list[tuple[str, int]] = []

    def answer(user: str) -> str:
        call = current_call()
        assert call is not None
        calls.append((call.task, call.priority))
        return user

    run(Plan([task("a", priority=3)]), answering(answer), jobs=1)

    assert calls == [("a", 3)]
    assert current_call() is None


def test_after_so_many_failures_the_rest_is_skipped_with_the_reason() -> None:
    model = failing(AnswerUnusable("No."), "a", "c")
    tasks = [task("a"), task("b"), task("c"), task("d"), task("e", "a", tolerant=True)]

    outcomes = run(Plan(tasks), model, jobs=1, max_failures=2)

    assert [prompt.user for prompt in model.prompts] == ["a", "b", "c"]
    assert isinstance(outcomes["b"], Done)
    for name in "de":
        assert outcomes[name] == Skipped(
            "The run was stopped after 2 failed questions, as max_failures asks; the last failed "
            "thus: No."
        )


def test_a_rate_limit_of_a_day_stops_the_rest() -> None:
    tomorrow = ModelBusy("Run again later.", retry_after=86400.0, rate_limited=True)
    model = failing(tomorrow, "a")

    outcomes = run(Plan([task("a"), task("b")]), model, jobs=1)

    assert outcomes == {"a": Failed(tomorrow), "b": Skipped("Run again later.")}


def test_answers_of_calls_in_flight_are_kept_when_the_run_is_stopped() -> None:
    both = threading.Barrier(2)
    denied, refused = ModelDenied("The key is refused."), threading.Event()

    def answer(user: str) -> str:
        both.wait(SECONDS)
        if user == "a":
            refused.set()
            raise denied
        assert refused.wait(SECONDS)
        return user

    outcomes = run(Plan([task("a"), task("b"), task("c", "b")]), answering(answer), jobs=2)

    assert outcomes == {"a": Failed(denied), "b": Done("b", USAGE), "c": Skipped(str(denied))}


def test_once_stopped_no_further_part_of_a_split_question_is_asked() -> None:
    stop = threading.Event()

    def answer(user: str) -> str:
        if len(user) > 1:
            raise PromptTooLong("No.")
        stop.set()
        return user

    def halves(prompt: Prompt) -> tuple[Prompt, Prompt]:
        middle = len(prompt.user) // 2
        return (
            replace(prompt, user=prompt.user[:middle]),
            replace(prompt, user=prompt.user[middle:]),
        )

    model = answering(answer)
    split = Split(halves, lambda values: "".join(map(str, values)))
    whole = Task("t", Prompt("m", "s", "abcd"), split=split)
    outcomes = run(Plan([whole]), model, jobs=1, stop=stop)

    assert [prompt.user for prompt in model.prompts] == ["abcd", "ab", "a"]
    assert isinstance(outcomes["t"], Failed)
    assert str(outcomes["t"].error) == INTERRUPTED


def test_a_family_is_led_by_one_while_others_go_on() -> None:
    led = threading.Event()
    at_once = threading.Barrier(3)

    def answer(user: str) -> str:
        if user == "a":
            assert led.wait(SECONDS)
        elif user == "other":
            led.set()
        else:
            at_once.wait(SECONDS)
        return user

    members = [replace(task(name), family="f") for name in "abcd"]
    model = answering(answer)
    outcomes = run(Plan([*members, task("other")]), model, jobs=4)

    assert all(isinstance(one, Done) for one in outcomes.values())
    assert {prompt.user for prompt in model.prompts[:2]} == {"a", "other"}


def test_a_low_priority_is_not_starved_by_later_and_more_urgent_tasks() -> None:
    model = echo()
    chain = [task(f"c{n}", *([f"c{n - 1}"] if n else []), priority=9) for n in range(40)]

    run(Plan([*chain, task("low", priority=-9)]), model, jobs=1)

    assert [prompt.user for prompt in model.prompts].index("low") == 7


def test_no_more_threads_are_started_than_there_is_work_for() -> None:
    with Runner(echo(), jobs=100) as runner:
        runner.run(Plan([task(str(number), *(["0"] if number else [])) for number in range(3)]))
        threads = [one for one in threading.enumerate() if one.name.startswith("tickmark-call-")]
        assert 1 <= len(threads) <= 3

    assert not any(one.is_alive() for one in threads)


def test_a_thread_that_waits_keeps_no_answer() -> None:
    class Value:
        pass

    made: list[weakref.ref[Value]] = []

    def halves(prompt: Prompt) -> tuple[Prompt, Prompt]:
        return replace(prompt, user="x"), replace(prompt, user="y")

    def join(_: object) -> Value:
        value = Value()
        made.append(weakref.ref(value))
        return value

    def answer(user: str) -> str:
        if user == "ab":
            raise PromptTooLong("No.")
        return user

    with Runner(answering(answer), jobs=1) as runner:
        runner.run(Plan([Task("t", Prompt("m", "s", "ab"), split=Split(halves, join))]))
        runner.run(Plan([]))
        assert len(made) == 1
        assert made[0]() is None


def test_what_goes_wrong_in_the_runner_itself_meets_the_callers() -> None:
    odd = Task("b", Prompt("m", "s", "b"), after=("a",), priority="high")  # type: ignore[arg-type]

    with Runner(echo(), jobs=2) as runner:
        with pytest.raises(TypeError):
            runner.run(Plan([task("a"), odd]))
        assert runner.run(Plan([task("c")])) == {"c": Skipped(INTERRUPTED)}


def test_a_keyboard_interrupt_leaves_without_waiting_for_calls_in_flight() -> None:
    asked, go = threading.Event(), threading.Event()
    returned: list[dict[str, Outcome]] = []

    def answer(user: str) -> str:
        asked.set()
        assert go.wait(SECONDS)
        return user

    runner = Runner(answering(answer), jobs=1)
    host = threading.Thread(
        target=lambda: returned.append(runner.run(Plan([task("a"), task("b")])))
    )
    host.start()
    assert asked.wait(SECONDS)
    with pytest.raises(KeyboardInterrupt), runner:
        raise KeyboardInterrupt
    host.join(SECONDS)

    assert not go.is_set()
    assert returned == [{"a": Skipped(ABANDONED), "b": Skipped(ABANDONED)}]
    go.set()


def test_where_the_system_has_no_more_threads_fewer_do_the_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start = threading.Thread.start
    started: list[threading.Thread] = []

    def limited(thread: threading.Thread) -> None:
        if len(started) == 2:
            message = "can't start new thread"
            raise RuntimeError(message)
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", limited)
    plan = Plan([task(str(number)) for number in range(50)])

    assert len(run(plan, echo(), jobs=8)) == 50
    assert len(started) == 2


def test_progress_tells_what_is_under_way() -> None:
    seen: list[Progress] = []

    def answer(user: str) -> str:
        seen.append(runner.progress)
        return user

    with Runner(answering(answer), jobs=1) as runner:
        runner.run(Plan([task("a"), task("b")]))
        after = runner.progress

    assert [(one.runs, one.queued, [call.call.task for call in one.calls]) for one in seen] == [
        (1, 1, ["a"]),
        (1, 0, ["b"]),
    ]
    assert (after.runs, after.queued, after.calls) == (0, 0, ())
    assert seen[0].at <= seen[1].at <= after.at


def test_a_task_that_runs_a_plan_on_its_own_runner_meets_an_error_and_no_dead_end() -> None:
    with Runner(echo(), jobs=1) as runner:

        def prompt(_: Mapping[str, Outcome]) -> Prompt:
            runner.run(Plan([task("inner")]))
            raise AssertionError

        with pytest.raises(RuntimeError, match="on its own runner"):
            runner.run(Plan([Task("outer", prompt)]))

        assert runner.run(Plan([task("a")])) == {"a": Done("<a>", USAGE)}
