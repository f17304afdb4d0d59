"""Limits, pauses and breaker against a real server on loopback."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from tests.messages_api import KEY, Fault, MessagesApi
from tests.rate_limits import RateLimits
from tickmark.errors import ModelBusy, ModelError, ModelUnreachable, RequestInvalid
from tickmark.llm.flow.flow import Flow
from tickmark.llm.flow.limits import UNLIMITED, Limits
from tickmark.llm.limited import LimitedModel
from tickmark.llm.model import LanguageModel, Prompt
from tickmark.llm.providers.anthropic import AnthropicModel
from tickmark.llm.retrying import RetryingModel

QUICKER = 100.0


class Clock:
    """Time that passes by sleeping only; for one thread."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


class QuickClock:
    """Time that passes a hundred times as fast, from 0 on; for many threads."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def __call__(self) -> float:
        return (time.monotonic() - self._start) * QUICKER

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / QUICKER)

    def nap(self, seconds: float) -> None:
        """Sleep half a second at most, as one does whom others may wake."""
        self.sleep(min(seconds, 0.5))


def prompt(number: int = 0) -> Prompt:
    return Prompt("claude-sonnet-5-5", "Constant.", f"Sum up {number}.", max_tokens=50)


def stack(
    provider: LanguageModel, flow: Flow, clock: Clock | QuickClock, *, attempts: int = 6
) -> LanguageModel:
    limited = LimitedModel(provider, flow)
    return RetryingModel(limited, attempts=attempts, clock=clock, sleep=clock.sleep)


def flow_of(
    clock: Clock | QuickClock, *, limits: Limits = UNLIMITED, patience: float = 120.0
) -> Flow:
    nap = clock.nap if isinstance(clock, QuickClock) else clock.sleep
    return Flow(concurrency=16, limits=limits, patience=patience, clock=clock, sleep=nap)


def ask(model: LanguageModel, count: int, *, threads: int = 16) -> list[object]:
    """Replies, and errors in their place."""

    def one(number: int) -> object:
        try:
            return model.complete(prompt(number)).text
        except ModelError as error:
            return error

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(count)))


def test_a_429_with_a_time_holds_the_next_call_and_none_is_lost() -> None:
    clock = Clock()
    with (
        MessagesApi(faults=[Fault(429, headers={"retry-after": "7"})]) as api,
        closing(AnthropicModel(KEY, api.url, timeout=5)) as provider,
    ):
        answers = ask(stack(provider, flow_of(clock), clock), 20, threads=1)

    assert [answer for answer in answers if not isinstance(answer, str)] == []
    assert len(api.calls) == 21
    assert clock() >= 1007


def test_429s_without_a_time_are_met_with_growing_pauses() -> None:
    clock = Clock()
    with (
        MessagesApi(faults=[Fault(429)] * 4) as api,
        closing(AnthropicModel(KEY, api.url, timeout=5)) as provider,
    ):
        limited = LimitedModel(provider, flow_of(clock))
        for _ in range(4):
            with pytest.raises(ModelBusy):
                limited.complete(prompt())
        limited.complete(prompt())

    assert [wait for wait in clock.waits if wait >= 1] == [1.0, 2.0, 4.0, 8.0]


def test_a_429_of_a_day_fails_what_comes_then_at_once() -> None:
    clock = Clock()
    with (
        MessagesApi(faults=[Fault(429, headers={"retry-after": "86400"})]) as api,
        closing(AnthropicModel(KEY, api.url, timeout=5)) as provider,
    ):
        answers = ask(stack(provider, flow_of(clock), clock), 5, threads=1)

    assert all(isinstance(answer, ModelBusy) for answer in answers)
    assert len(api.calls) == 1
    assert clock.waits == []


def test_headers_alone_keep_calls_within_a_limit_by_the_half_second() -> None:
    """In real time: 90 calls of 16 threads to a server that allows 25 at once and 50 a second."""
    limits = RateLimits(3000, seconds=0.5)
    flow = Flow(concurrency=16, first_calls=1)
    with (
        MessagesApi(limits=limits) as api,
        closing(AnthropicModel(KEY, api.url, timeout=5, on_allowances=flow.told)) as provider,
    ):
        answers = ask(LimitedModel(provider, flow), 90)

    assert [answer for answer in answers if not isinstance(answer, str)] == []
    assert len(api.calls) == 90
    assert limits.refused == 0


def test_a_limit_shared_with_strangers_loses_no_item() -> None:
    """Half of a limit of requests is used up by others whom the headers do not tell of."""
    clock = QuickClock()
    limits = RateLimits(60, seconds=2, clock=clock)
    with MessagesApi(limits=limits) as api:

        def stranger(_: object) -> None:
            limits.admit(1)

        api.fault_of = stranger
        flow = flow_of(clock, limits=Limits(requests=60))
        with closing(AnthropicModel(KEY, api.url, timeout=5)) as provider:
            answers = ask(stack(provider, flow, clock), 30)

    assert [answer for answer in answers if not isinstance(answer, str)] == []
    assert api.answered == 30
    assert limits.refused > 0


def test_a_twentieth_of_overload_and_broken_answers_loses_no_item() -> None:
    clock = QuickClock()
    seen = [0]

    def fault_of(_: object) -> Fault | None:
        seen[0] += 1
        kinds = {0: Fault(529), 7: Fault(529), 13: Fault(broken=True), 21: Fault(truncated=True)}
        return kinds.get(seen[0] % 40)

    with (
        MessagesApi(fault_of=fault_of) as api,
        closing(AnthropicModel(KEY, api.url, timeout=5)) as provider,
    ):
        flow = flow_of(clock)
        answers = ask(stack(provider, flow, clock), 400)

    assert [answer for answer in answers if not isinstance(answer, str)] == []
    assert api.answered == 400
    window = flow._rooms["claude-sonnet-5-5"].lane.concurrency.window  # noqa: SLF001 - not shown
    assert window == 16


def test_a_storm_of_529s_is_waited_out_with_few_calls() -> None:
    """The server is overloaded for 40 s; meanwhile only probes are sent."""
    clock = QuickClock()

    def fault_of(_: object) -> Fault | None:
        return Fault(529) if clock() < 40 else None

    with (
        MessagesApi(fault_of=fault_of) as api,
        closing(AnthropicModel(KEY, api.url, timeout=5)) as provider,
    ):
        answers = ask(stack(provider, flow_of(clock), clock), 100)

    assert [answer for answer in answers if not isinstance(answer, str)] == []
    assert 10 <= len(api.calls) - api.answered < 70


def test_refused_connections_half_way_are_waited_out() -> None:
    """The server goes away after 30 answers and comes back on the same port."""
    clock = QuickClock()
    first = MessagesApi()
    port = int(first.url.rpartition(":")[2])
    again: list[MessagesApi] = []

    class Provider:
        """Closes the server in the middle, and opens it again when 20 s have passed."""

        def __init__(self, provider: AnthropicModel) -> None:
            self._provider = provider
            self._lock = threading.Lock()

        def complete(self, asked: Prompt) -> object:
            with self._lock:
                if first.answered >= 30 and not down:
                    first.close()
                    down.append(clock())
                if down and clock() > down[0] + 20 and not again:
                    again.append(MessagesApi(port=port))
                    again[0].__enter__()
            return self._provider.complete(asked)

    down: list[float] = []
    first.__enter__()
    try:
        with closing(AnthropicModel(KEY, first.url, timeout=5)) as provider:
            model = stack(Provider(provider), flow_of(clock), clock)  # type: ignore[arg-type]
            answers = ask(model, 100)
    finally:
        for server in again:
            server.close()

    assert down
    assert again
    assert [answer for answer in answers if not isinstance(answer, str)] == []


def test_a_server_that_is_gone_for_good_ends_the_run_with_a_clear_sentence() -> None:
    clock = QuickClock()
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with closing(AnthropicModel(KEY, f"http://127.0.0.1:{port}", timeout=5)) as provider:
            answers = ask(stack(provider, flow_of(clock, patience=60), clock, attempts=99), 16)

    assert all(isinstance(answer, ModelUnreachable) for answer in answers)
    assert any("has answered no call for 60 seconds" in str(answer) for answer in answers)


def test_a_call_that_times_out_is_told_from_a_broken_one() -> None:
    clock = Clock()
    flow = flow_of(clock)
    with (
        MessagesApi(faults=[Fault(broken=True), Fault(delay=0.3)]) as api,
        closing(AnthropicModel(KEY, api.url, timeout=0.05)) as provider,
    ):
        model = LimitedModel(provider, flow)
        windows = []
        for _ in range(2):
            with pytest.raises(ModelUnreachable):
                model.complete(prompt())
            lane = flow._rooms["claude-sonnet-5-5"].lane  # noqa: SLF001 - nothing else tells it
            windows.append(lane.concurrency.window)

    assert windows == [16, 8]


def test_errors_of_single_items_neither_pause_nor_open_anything() -> None:
    clock = Clock()
    with (
        MessagesApi(faults=[Fault(400, message="no such field")] * 50) as api,
        closing(AnthropicModel(KEY, api.url, timeout=5)) as provider,
    ):
        answers = ask(stack(provider, flow_of(clock), clock), 60)

    assert sum(isinstance(answer, RequestInvalid) for answer in answers) == 50
    assert sum(isinstance(answer, str) for answer in answers) == 10
    assert clock.waits == []
