"""Calls in flight and shared pauses, on a clock that the tests turn."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tickmark.errors import ModelBusy, SettingError
from tickmark.llm.flow.flow import Flow
from tickmark.llm.flow.ticket import Ticket
from tickmark.llm.limited import LimitedModel
from tickmark.llm.model import Prompt
from tickmark.llm.scripted import ScriptedModel

PROMPT = Prompt("claude-sonnet-5-5", "s", "Why?")


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def failing(*errors: ModelBusy) -> ScriptedModel:
    left = list(errors)

    def answer(_: Prompt) -> str:
        if left:
            raise left.pop(0)
        return "fine"

    return ScriptedModel(answer)


def test_no_more_calls_are_in_flight_than_allowed() -> None:
    lock = threading.Lock()
    now, most = 0, 0

    def answer(_: Prompt) -> str:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        threading.Event().wait(0.002)
        with lock:
            now -= 1
        return "x"

    model = LimitedModel(ScriptedModel(answer), concurrency=3)
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(model.complete, [PROMPT] * 48))

    assert most == 3


def test_a_failure_gives_its_slot_back() -> None:
    model = LimitedModel(failing(ModelBusy("Overloaded.")), concurrency=1)
    with pytest.raises(ModelBusy):
        model.complete(PROMPT)

    assert model.complete(PROMPT).text == "fine"


def test_one_rate_limited_call_pauses_the_next() -> None:
    clock = Clock()
    busy = ModelBusy("Rate limit.", retry_after=7.0, rate_limited=True)
    model = LimitedModel(failing(busy), concurrency=2, clock=clock, sleep=clock.sleep)
    with pytest.raises(ModelBusy):
        model.complete(PROMPT)
    clock.now += 2

    assert model.complete(PROMPT).text == "fine"
    assert clock.waits == [5.0]
    model.complete(PROMPT)
    assert clock.waits == [5.0]


def test_a_rate_limit_without_a_time_pauses_for_a_second() -> None:
    clock = Clock()
    busy = ModelBusy("Rate limit.", rate_limited=True)
    model = LimitedModel(failing(busy), concurrency=2, clock=clock, sleep=clock.sleep)
    with pytest.raises(ModelBusy):
        model.complete(PROMPT)
    model.complete(PROMPT)

    assert clock.waits == [1.0]


def test_the_longest_of_several_pauses_holds() -> None:
    clock = Clock()
    gate = threading.Barrier(2)
    waits = {"long": 30.0, "short": 1.0}

    def limited(prompt: Prompt) -> str:
        if prompt.user in waits:
            gate.wait(5)
            raise ModelBusy("Rate limit.", retry_after=waits[prompt.user], rate_limited=True)
        return "fine"

    model = LimitedModel(ScriptedModel(limited), concurrency=2, clock=clock, sleep=clock.sleep)
    with ThreadPoolExecutor(2) as threads:
        for future in [threads.submit(model.complete, Prompt("m", "s", name)) for name in waits]:
            assert isinstance(future.exception(), ModelBusy)
    model.complete(Prompt("m", "s", "Why?"))

    assert clock.waits == [30.0]


def test_overload_of_the_provider_pauses_nobody() -> None:
    clock = Clock()
    busy = ModelBusy("Overloaded.", retry_after=7.0)
    model = LimitedModel(failing(busy), concurrency=2, clock=clock, sleep=clock.sleep)
    with pytest.raises(ModelBusy):
        model.complete(PROMPT)
    model.complete(PROMPT)

    assert clock.waits == []


def test_while_a_day_is_left_calls_fail_at_once_and_nothing_is_sent() -> None:
    clock = Clock()
    busy = ModelBusy("Rate limit.", retry_after=86400.0, rate_limited=True)
    inner = failing(busy)
    model = LimitedModel(inner, concurrency=2, clock=clock, sleep=clock.sleep)
    with pytest.raises(ModelBusy):
        model.complete(PROMPT)
    clock.now += 400

    with pytest.raises(ModelBusy, match="wait 86000 seconds") as caught:
        model.complete(PROMPT)

    assert caught.value.retry_after == 86000.0
    assert len(inner.prompts) == 1
    assert clock.waits == []


def test_a_set_stop_sends_nothing() -> None:
    stop = threading.Event()
    stop.set()
    inner = failing()
    with pytest.raises(ModelBusy, match="stopped before"):
        LimitedModel(inner, concurrency=2, stop=stop).complete(PROMPT)

    assert inner.prompts == ()


def test_a_stop_ends_a_pause() -> None:
    stop = threading.Event()
    busy = ModelBusy("Rate limit.", retry_after=50.0, rate_limited=True)
    model = LimitedModel(failing(busy), concurrency=2, stop=stop)
    with pytest.raises(ModelBusy):
        model.complete(PROMPT)
    timer = threading.Timer(0.05, stop.set)
    timer.start()

    with pytest.raises(ModelBusy, match="stopped before"):
        model.complete(PROMPT)

    timer.join()


def test_what_a_first_call_needs_is_there_before_any_call_may_leave() -> None:
    order: list[str] = []

    def answer(_: Prompt) -> str:
        order.append("sent")
        return "x"

    class Watched(Flow):
        def enter(self, prompt: Prompt) -> Ticket:
            order.append("let go")
            return super().enter(prompt)

    flow = Watched(concurrency=1)
    model = LimitedModel(ScriptedModel(answer), flow, prepare=lambda: order.append("ready"))
    model.complete(PROMPT)

    assert order == ["ready", "let go", "sent"]


def test_where_the_client_cannot_be_loaded_no_place_is_taken() -> None:
    ready = [False]

    def prepare() -> None:
        if not ready[0]:
            raise SettingError("The base URL is no URL.")

    model = LimitedModel(ScriptedModel(lambda _: "x"), concurrency=1, prepare=prepare)
    for _ in range(3):
        with pytest.raises(SettingError):
            model.complete(PROMPT)
    ready[0] = True

    assert model.complete(PROMPT).text == "x"
