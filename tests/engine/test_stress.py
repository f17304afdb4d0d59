"""All wrappers under many threads, runners and plans: no lock out of order, and everything ends."""

from __future__ import annotations

import faulthandler
import random
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from tickmark.engine.journal import Journal
from tickmark.engine.journaled import JournaledModel
from tickmark.engine.plan import Done, Failed, Outcome, Plan, Skipped, Task
from tickmark.engine.run import Event, EventKind, Runner
from tickmark.engine.trace import Tracer
from tickmark.engine.watchdog import Watchdog
from tickmark.errors import AnswerUnusable, ModelBusy, ModelError, ModelUnreachable
from tickmark.llm.cached import CachedModel
from tickmark.llm.call_log import CallLog
from tickmark.llm.fenced import FencedModel
from tickmark.llm.limited import LimitedModel
from tickmark.llm.logged import LoggedModel
from tickmark.llm.metered import Meter, MeteredModel
from tickmark.llm.model import LanguageModel, Prompt, Reply
from tickmark.llm.ranked_lock import OutOfOrder, Rank, RankedLock, held_locks
from tickmark.llm.retrying import RetryingModel
from tickmark.llm.scripted import ScriptedModel
from tickmark.llm.store import ReplyStore
from tickmark.model.usage import Usage

TOO_LONG = 60.0
PLANS = 12
TASKS = 40
MODEL = "claude-sonnet-5-5"


class Provider:
    """Answers with faults: each question fails up to twice in passing, some for good."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: dict[str, int] = {}
        self._chance = random.Random(9)  # noqa: S311 - faults, not secrets
        self.answered = 0

    def answer(self, prompt: Prompt) -> Reply:
        with self._lock:
            asked = self._asked[prompt.user] = self._asked.get(prompt.user, 0) + 1
            fault = self._chance.randrange(12) if asked <= 2 else 12
        threading.Event().wait(0.0005)
        if "bad" in prompt.user:
            error: ModelError = AnswerUnusable("The model refused.")
            error.usage = Usage(1, 5, 1)
            raise error
        if fault == 0:
            raise ModelBusy("Too many.", retry_after=0.001, rate_limited=True)
        if fault == 1:
            raise ModelBusy("Overloaded.")
        if fault == 2:
            raise ModelUnreachable("Cut off.")
        with self._lock:
            self.answered += 1
        return Reply(f"<{len(prompt.user)}>", Usage(1, 10, 5))


@pytest.fixture
def stacks(tmp_path: Path) -> Iterator[tuple[Provider, list[LanguageModel], Tracer]]:
    provider = Provider()
    with ExitStack() as open_:
        store = ReplyStore(tmp_path / "replies.sqlite")
        open_.callback(store.close)
        log = CallLog(tmp_path / "calls.sqlite")
        open_.callback(log.close)
        models: list[LanguageModel] = []
        meter = Meter(50.0)
        for number in range(2):
            journal = open_.enter_context(Journal(tmp_path / f"run-{number}.jsonl"))
            sent = LoggedModel(FencedModel(ScriptedModel(provider.answer)), log)
            limited = LimitedModel(MeteredModel(sent, meter), concurrency=10, sleep=lambda _: None)
            patient = RetryingModel(limited, sleep=lambda _: None)
            models.append(JournaledModel(CachedModel(patient, store), journal))
        yield provider, models, Tracer(jobs=32)


def plan(number: int) -> Plan:
    """Layers with families, bad questions, tolerant tasks, and questions that other plans share."""

    def prompt(name: str) -> Prompt:
        return Prompt(MODEL, "Constant.", name, data="cells", max_tokens=20)

    def after(parents: Mapping[str, Outcome]) -> Prompt:
        return prompt(f"{number} " + " ".join(sorted(parents)))

    tasks = [
        Task(
            f"s{one}",
            prompt(f"bad {number}/{one}" if one % 13 == 7 else f"{one % 5 * number} sheet {one}"),
            priority=one % 3,
            family=f"f{one % 4}",
        )
        for one in range(TASKS - 10)
    ]
    tasks += [
        Task(
            f"c{one}",
            after,
            after=tuple(f"s{(one * 3 + step) % (TASKS - 10)}" for step in range(3)),
            tolerant=one % 2 == 0,
        )
        for one in range(9)
    ]
    return Plan(
        [*tasks, Task("book", after, after=tuple(f"c{n}" for n in range(9)), tolerant=True)]
    )


def test_hundreds_of_tasks_through_all_wrappers_end_and_no_lock_is_taken_out_of_order(
    stacks: tuple[Provider, list[LanguageModel], Tracer], tmp_path: Path
) -> None:
    """An OutOfOrder is no TickmarkError: the run that meets it raises it."""
    provider, models, tracer = stacks
    outcomes: dict[int, dict[str, Outcome]] = {}
    finished: dict[int, list[str]] = {number: [] for number in range(PLANS)}
    raised: list[BaseException] = []
    said: list[str] = []

    def host(number: int, runner: Runner) -> None:
        one = plan(number)
        follow = tracer.follow(one, f"plan {number}")

        def listen(event: Event) -> None:
            follow(event)
            if event.kind is EventKind.FINISHED:
                finished[number].append(event.task)

        try:
            outcomes[number] = runner.run(one, listen)
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            raised.append(error)

    faulthandler.dump_traceback_later(TOO_LONG, exit=False)
    try:
        with ExitStack() as open_:
            runners = [open_.enter_context(Runner(model, jobs=16)) for model in models]
            for runner in runners:
                open_.enter_context(
                    Watchdog(
                        lambda runner=runner: runner.progress,  # type: ignore[misc]
                        seconds=TOO_LONG,
                        log=tmp_path / "stall.log",
                        say=said.append,
                    )
                )
            hosts = [
                threading.Thread(target=host, args=(number, runners[number % 2]), daemon=True)
                for number in range(PLANS)
            ]
            for thread in hosts:
                thread.start()
            for thread in hosts:
                thread.join(TOO_LONG)
            assert not any(thread.is_alive() for thread in hosts)
    finally:
        faulthandler.cancel_dump_traceback_later()

    assert raised == []
    assert said == []
    for number in range(PLANS):
        ended = outcomes[number]
        assert sorted(finished[number]) == sorted(ended)
        assert len(ended) == TASKS
        for name, outcome in ended.items():
            bad = name.startswith("s") and int(name[1:]) % 13 == 7
            assert isinstance(outcome, Failed if bad else (Done, Skipped)), (name, outcome)
        assert isinstance(ended["book"], Done)
    assert len(tracer.trace().tasks) == PLANS * TASKS
    assert provider.answered > PLANS * TASKS // 3
    assert held_locks() == {}


class Holding:
    """A wrapper with the fault that is looked for: it asks while it holds a lock of its own."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._lock = RankedLock(Rank.PROVIDER)

    def complete(self, prompt: Prompt) -> Reply:
        with self._lock:
            return self._model.complete(prompt)


def test_a_lock_that_is_taken_out_of_order_ends_such_a_run_with_a_bug(
    stacks: tuple[Provider, list[LanguageModel], Tracer],
) -> None:
    _, models, _ = stacks

    with Runner(Holding(models[0]), jobs=16) as runner, pytest.raises(OutOfOrder):
        runner.run(plan(1))

    assert held_locks() == {}
