"""Threads before the gate: who goes, who waits for what, and what ends a wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tickmark.errors import BudgetExceeded, ModelBusy, ModelDenied, ModelUnreachable
from tickmark.llm.allowance import Allowance, Allowances
from tickmark.llm.call import Call, Stage, calling
from tickmark.llm.flow.flow import Flow
from tickmark.llm.flow.limits import UNLIMITED, Limits
from tickmark.llm.flow.memory import MemoryGuard
from tickmark.llm.flow.ticket import Ticket
from tickmark.llm.model import Image, Prompt
from tickmark.llm.ranked_lock import held_locks
from tickmark.model.usage import Usage

PROMPT = Prompt("m", "s", "Why?", max_tokens=10)
LARGE = Prompt("m", "s", "Why?", images=(Image("image/png", b"x" * 2_000_000),))
LIMITED = ModelBusy("Rate limit.", retry_after=5.0, rate_limited=True)
OVERLOADED = ModelBusy("Overloaded.")


class Clock:
    """Time that passes only when a test says so; who sleeps waits until then."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._moved = threading.Condition()
        self.asleep = 0
        self.jumps = 0
        self.closed = False

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._moved:
            end = self.now + seconds
            self.asleep += 1
            self._moved.notify_all()
            jumps = self.jumps
            self._moved.wait_for(
                lambda: self.now >= end - 1e-9 or self.jumps > jumps or self.closed, 10
            )
            self.asleep -= 1

    def turn(self, seconds: float) -> None:
        with self._moved:
            self.now += seconds
            self._moved.notify_all()

    def jump(self, seconds: float) -> None:
        """Turn without that time passes; who sleeps is woken."""
        with self._moved:
            self.now += seconds
            self.jumps += 1
            self._moved.notify_all()

    def close(self) -> None:
        with self._moved:
            self.closed = True
            self._moved.notify_all()


class Callers:
    """Threads that enter a flow; each is told by name what became of it."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.order: list[str] = []
        self.tickets: dict[str, Ticket] = {}
        self.calls: dict[str, Call] = {}
        self._pool = ThreadPoolExecutor(64)
        self._changed = threading.Condition()

    def enter(self, name: str, prompt: Prompt = PROMPT, priority: int = 0) -> Future[None]:
        """Enter in a thread of its own; back when it is through or waits."""
        begun = threading.Event()
        self.calls[name] = Call(name, priority)

        def enter() -> None:
            begun.set()
            with calling(self.calls[name]):
                ticket = self.flow.enter(prompt)
            with self._changed:
                self.order.append(name)
                self.tickets[name] = ticket
                self._changed.notify_all()

        before = self.waiting()
        future = self._pool.submit(enter)
        begun.wait(5)
        until(lambda: future.done() or self.waiting() > before)
        return future

    def waiting(self) -> int:
        return sum(map(len, self.flow._rooms.values()))  # noqa: SLF001 - nothing else tells it

    def wait_for(self, count: int) -> list[str]:
        """The first so many that went, in their order."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.order) >= count, 5), self.order
            return list(self.order)

    def leave(self, name: str, error: Exception | None = None, usage: Usage = Usage(1)) -> None:  # noqa: B008 - a value
        self.flow.leave(self.tickets[name], usage=usage, error=error)

    def close(self) -> None:
        self._pool.shutdown()


def until(true: Callable[[], bool]) -> None:
    for _ in range(5000):
        if true():
            return
        time.sleep(0.001)
    raise AssertionError("it never came true")


@contextmanager
def gate(
    concurrency: int = 99,
    *,
    limits: Limits = UNLIMITED,
    memory: MemoryGuard | None = None,
    clock: Clock | None = None,
    stop: threading.Event | None = None,
) -> Iterator[Callers]:
    """Threads before a flow; all are through at the end, also of a test that fails."""
    stop = stop or threading.Event()
    flow = Flow(
        concurrency=concurrency,
        limits=limits,
        memory=memory,
        stop=stop,
        clock=clock or time.monotonic,
        sleep=clock.sleep if clock else None,
    )
    found = Callers(flow)
    try:
        yield found
    finally:
        stop.set()
        if clock:
            clock.close()
        found.close()


def test_a_freed_slot_goes_to_the_most_urgent_and_then_to_the_oldest() -> None:
    with gate(1) as threads:
        threads.enter("running")
        for name, priority in (("a", 0), ("b", 5), ("c", 9), ("d", 5)):
            threads.enter(name, priority=priority)
        for name in ("running", "c", "b", "d"):
            threads.wait_for(1)
            until(lambda name=name: name in threads.tickets)  # type: ignore[misc]
            threads.leave(name)
        assert threads.wait_for(5) == ["running", "c", "b", "d", "a"]


def test_a_call_that_is_tried_again_keeps_its_place() -> None:
    with gate(1) as threads:
        first = threads.flow.enter(PROMPT)
        for number in range(3):
            threads.enter(str(number), Prompt("m", "s", str(number)))
        threads.flow.leave(first, error=OVERLOADED)
        served = threads.wait_for(1)
        again = threading.Timer(0.01, threads.leave, served)
        again.start()
        ticket = threads.flow.enter(PROMPT)
        again.join()
        assert threads.order == ["0"]
        threads.flow.leave(ticket)
        for count in (2, 3):
            threads.leave(threads.wait_for(count)[-1])


def test_an_unimportant_call_goes_at_the_eighth_turn_at_the_latest() -> None:
    with gate(1) as threads:
        threads.enter("0")
        threads.enter("unimportant", priority=-9)
        for number in range(1, 11):
            threads.enter(str(number), priority=9)
        for served in range(1, 12):
            last = threads.wait_for(served)[-1]
            threads.leave(last)
        assert threads.wait_for(12).index("unimportant") == 8


def test_one_paused_model_holds_up_no_other() -> None:
    clock = Clock()
    with gate(4, clock=clock) as threads:
        threads.enter("first")
        threads.leave("first", LIMITED)
        waiting = threads.enter("paused")
        other = threads.enter("other", Prompt("other", "s", "Why?"))
        other.result(5)
        assert not waiting.done()
        clock.turn(5)
        waiting.result(5)
        assert threads.order == ["first", "other", "paused"]


def test_a_call_to_another_model_takes_no_slot_from_an_older_one_for_ever() -> None:
    with gate(1) as threads:
        threads.enter("0")
        threads.enter("old", Prompt("other", "s", "Why?"), priority=-1)
        for number in range(1, 11):
            threads.enter(str(number), priority=9)
        for served in range(1, 12):
            threads.leave(threads.wait_for(served)[-1])
        assert "old" in threads.wait_for(12)[:9]


def test_a_large_prompt_that_waits_for_its_tokens_is_not_overtaken_by_small_ones() -> None:
    clock = Clock()
    limits = Limits(input_tokens=60_000)
    with gate(limits=limits, clock=clock) as threads:
        threads.enter("first", Prompt("m", "", "word " * 2000))
        threads.enter("large", Prompt("m", "", "word " * 2000))
        threads.enter("small")
        until(lambda: clock.asleep == 1)
        for _ in range(40):
            clock.turn(0.1)
        assert threads.wait_for(2) == ["first", "large"]
        clock.turn(60)
        assert threads.wait_for(3) == ["first", "large", "small"]


def test_tokens_that_were_reserved_and_not_used_let_the_next_go_at_once() -> None:
    clock = Clock()
    limits = Limits(output_tokens=6000)
    with gate(limits=limits, clock=clock) as threads:
        threads.enter("first", Prompt("m", "s", "Why?", max_tokens=500))
        waiting = threads.enter("next")
        until(lambda: clock.asleep == 1)
        threads.leave("first", usage=Usage(1, 10, 5))
        clock.close()
        waiting.result(5)
        assert clock.now == 1000.0


def test_limits_that_the_provider_tells_hold_from_then_on() -> None:
    clock = Clock()
    with gate(clock=clock) as threads:
        threads.enter("first").result(5)
        threads.flow.told("m", Allowances(requests=Allowance(60, 0, 60)))
        waiting = threads.enter("second")
        until(lambda: clock.asleep == 1)
        clock.turn(1.1)
        waiting.result(5)
        assert [span.stage for span in threads.calls["second"].spans] == [Stage.RATE]


def test_a_pause_that_begins_while_others_wait_holds_them_and_then_lets_them_go() -> None:
    clock = Clock()
    with gate(2, clock=clock) as threads:
        threads.enter("a")
        threads.enter("b")
        waiting = threads.enter("c")
        threads.leave("a", LIMITED)
        threads.leave("b")
        until(lambda: clock.asleep == 1)
        assert threads.calls["c"].stage is Stage.PAUSE
        assert threads.calls["c"].until is not None
        assert not waiting.done()
        clock.turn(5)
        waiting.result(5)
        stages = [span.stage for span in threads.calls["c"].spans]
        assert stages == [Stage.PAUSE, Stage.SLOT]


def test_a_long_pause_fails_those_that_wait_already() -> None:
    with gate(1) as threads:
        threads.enter("a")
        waiting = threads.enter("b")
        threads.leave("a", ModelBusy("x", retry_after=86400.0, rate_limited=True))
        with pytest.raises(ModelBusy, match="wait 86400 seconds"):
            waiting.result(5)


@pytest.mark.parametrize("kind", [ModelDenied, BudgetExceeded])
def test_a_refused_key_or_payment_fails_those_that_wait_for_the_same_model(
    kind: type[ModelDenied | BudgetExceeded],
) -> None:
    refusal = kind("The provider says no.")
    refusal.status, refusal.usage = 402, Usage(1, 10)
    with gate(1) as threads:
        threads.enter("refused")
        waiting = [threads.enter(name) for name in "ab"]
        other = threads.enter("other", Prompt("another", "s", "Why?"))
        threads.leave("refused", refusal)
        for one in waiting:
            with pytest.raises(kind, match="The provider says no") as told:
                one.result(5)
            assert told.value is not refusal
            assert getattr(told.value, "usage", refusal) is None
        other.result(5)
        threads.leave("other")
        threads.enter("later").result(5)
    assert refusal.usage == Usage(1, 10)


def test_a_budget_that_has_no_room_for_one_question_fails_no_other() -> None:
    with gate(1) as threads:
        threads.enter("dear")
        cheap = threads.enter("cheap")
        threads.leave("dear", BudgetExceeded("No room."))
        cheap.result(5)


def broken(threads: Callers) -> None:
    """Ten calls that fail one after another."""
    for number in range(10):
        threads.enter(f"fails {number}").result(5)
        threads.leave(f"fails {number}", OVERLOADED)


def test_behind_an_open_breaker_calls_wait_and_a_probe_frees_them() -> None:
    clock = Clock()
    with gate(40, clock=clock) as threads:
        broken(threads)
        waiting = [threads.enter(f"waits {number}") for number in range(6)]
        until(lambda: clock.asleep == 1)
        assert threads.calls["waits 5"].stage is Stage.BREAKER
        clock.turn(2)
        probes = threads.wait_for(13)[10:]
        assert len(probes) == 3
        assert threads.waiting() == 3
        threads.leave(probes[0])
        while not all(one.done() for one in waiting):
            clock.turn(1)
            time.sleep(0.001)
        assert threads.calls["waits 5"].spans[0].stage is Stage.BREAKER


def test_a_provider_that_fails_for_two_minutes_fails_those_that_wait() -> None:
    clock = Clock()
    with gate(40, clock=clock) as threads:
        broken(threads)
        waiting = [threads.enter(f"waits {number}") for number in range(5)]
        until(lambda: clock.asleep == 1)
        clock.turn(2)
        probes = threads.wait_for(13)[10:]
        until(lambda: clock.asleep == 1)
        clock.turn(118)
        failed = [one for one in waiting if not one.done() or one.exception(5) is not None]
        for one in failed:
            error = one.exception(5)
            assert isinstance(error, ModelUnreachable)
            assert error.given_up
            assert "has answered no call for 120 seconds" in str(error)
        assert len(failed) == 2
        with pytest.raises(ModelUnreachable, match="run again later"):
            threads.enter("later").result(5)
        threads.leave(probes[0])


def short() -> MemoryGuard:
    return MemoryGuard(floor=300, available=lambda: 100)


def test_without_memory_large_prompts_wait_and_small_ones_pass() -> None:
    with gate(memory=short()) as threads:
        threads.enter("small")
        large = threads.enter("large", LARGE)
        threads.enter("small too").result(5)
        assert not large.done()
        threads.leave("small")
        assert not large.done()
        threads.leave("small too")
        large.result(5)
        assert [span.stage for span in threads.calls["large"].spans][-1] is Stage.MEMORY


def test_without_memory_large_prompts_go_one_by_one_when_nothing_else_does() -> None:
    with gate(memory=short()) as threads:
        threads.enter("first", LARGE).result(5)
        second = threads.enter("second", LARGE)
        assert not second.done()
        threads.leave("first")
        second.result(5)


def test_without_memory_a_large_prompt_does_not_wait_for_all_small_ones() -> None:
    with gate(memory=short()) as threads:
        threads.enter("small")
        large = threads.enter("large", LARGE)
        for number in range(100):
            threads.enter(str(number)).result(5)
            threads.leave(str(number))
        large.result(5)
        threads.leave("small")


def test_memory_that_becomes_free_is_seen() -> None:
    free = [100]
    clock = Clock()
    guard = MemoryGuard(floor=300, available=lambda: free[0])
    with gate(memory=guard, clock=clock) as threads:
        threads.enter("small")
        large = threads.enter("large", LARGE)
        until(lambda: clock.asleep == 1)
        free[0] = 400
        clock.turn(0.5)
        large.result(5)


@pytest.mark.parametrize("kind", ["slot", "rate", "pause", "breaker", "memory"])
def test_a_stop_ends_each_kind_of_wait_at_once(kind: str) -> None:
    stop = threading.Event()
    limits = Limits(requests=0.01) if kind == "rate" else Limits()
    concurrency = 1 if kind == "slot" else 99
    with gate(concurrency, limits=limits, memory=short(), stop=stop) as threads:
        threads.enter("first")
        if kind == "pause":
            threads.leave("first", ModelBusy("x", retry_after=50.0, rate_limited=True))
        if kind == "breaker":
            broken(threads)
        prompt = LARGE if kind == "memory" else PROMPT
        waiting = [threads.enter(str(number), prompt) for number in range(5)]
        assert threads.waiting() == 5
        stop.set()
        for one in waiting:
            with pytest.raises(ModelBusy, match="stopped before"):
                one.result(5)
        with pytest.raises(ModelBusy, match="stopped before"):
            threads.flow.enter(PROMPT)
    until(lambda: "flow-stop" not in [thread.name for thread in threading.enumerate()])


@pytest.mark.parametrize("jump", [-1e6, 1e6])
def test_a_clock_that_jumps_during_a_wait_hangs_nobody(jump: float) -> None:
    clock = Clock()
    with gate(limits=Limits(600), clock=clock) as threads:
        threads.enter("first").result(5)
        threads.leave("first", LIMITED)
        waiting = [threads.enter(str(number)) for number in range(20)]
        clock.jump(jump)
        for _ in range(2000):
            if not threads.waiting():
                break
            clock.turn(0.25)
            time.sleep(0.001)
            for name in list(threads.tickets):
                if name != "first":
                    threads.flow.leave(threads.tickets.pop(name))
        for one in waiting:
            one.result(5)


def test_a_wait_that_is_torn_off_gives_its_place_to_the_next() -> None:
    """As by Ctrl-C in the main thread, raised out of the sleep."""

    def torn(_: float) -> None:
        raise KeyboardInterrupt

    clock = Clock()
    flow = Flow(concurrency=9, clock=clock, sleep=torn)
    flow.leave(flow.enter(PROMPT), error=LIMITED)
    with pytest.raises(KeyboardInterrupt):
        flow.enter(PROMPT)
    clock.now += 5

    flow.leave(flow.enter(PROMPT))
    assert held_locks() == {}


def test_of_those_that_wait_for_a_time_only_one_thread_has_a_timeout() -> None:
    clock = Clock()
    with gate(limits=Limits(60), clock=clock) as threads:
        for number in range(20):
            threads.enter(str(number))
        until(lambda: clock.asleep == 1)
        assert threads.waiting() == 19
        most = 0
        while threads.waiting():
            most = max(most, clock.asleep)
            clock.turn(0.5)
            time.sleep(0.001)
        assert most == 1
    assert threads.order == [str(number) for number in range(20)]


def test_under_stress_nothing_is_lost_and_every_slot_comes_back() -> None:
    """Real threads and a real clock: limits, pauses, overload and priorities at once."""
    flow = Flow(concurrency=16, limits=Limits(requests=120_000, output_tokens=60_000_000))
    lock = threading.Lock()
    now, most, answered = 0, 0, 0
    errors = [
        ModelBusy("x", retry_after=0.002, rate_limited=True),
        OVERLOADED,
        ModelUnreachable("x"),
        KeyError("x"),
    ]

    def work(number: int) -> None:
        nonlocal now, most, answered
        prompt = Prompt(f"m{number % 3}", "s", "x" * number, max_tokens=9)
        with calling(Call(str(number), number % 5)):
            ticket = flow.enter(prompt)
        with lock:
            now += 1
            most = max(most, now)
        if number % 7 == 0:
            flow.told(prompt.model, Allowances(requests=Allowance(1e5, 1e4, 1.0)))
        with lock:
            now -= 1
        error = errors[number // 40 % 4] if number % 40 == 0 else None
        flow.leave(ticket, usage=Usage(1, 5, 3), error=error)
        with lock:
            answered += 1

    with ThreadPoolExecutor(64) as pool:
        list(pool.map(work, range(1500)))

    assert answered == 1500
    assert most <= 16
    assert flow._in_flight == 0  # noqa: SLF001 - what the test is about
    assert held_locks() == {}
