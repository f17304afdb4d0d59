"""Writing a moment late: quiet moments wait for nothing, busy ones share their writes."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tickmark.errors import ModelUnreachable
from tickmark.llm.call_chain import CallRecord
from tickmark.llm.call_entry import CallEntry
from tickmark.llm.call_log import CallLog, Made
from tickmark.llm.logged import LoggedModel
from tickmark.llm.model import Prompt, Reply, spent_on
from tickmark.llm.scripted import ScriptedModel
from tickmark.llm.store import ReplyStore
from tickmark.llm.write_behind import QUIET_SECONDS, WriteBehind
from tickmark.model.usage import Usage

LATE = 0.01


def log_rows(folder: Path) -> list[str]:
    record = CallRecord(folder / "calls.sqlite")
    return [row.call.task for row in record.rows() if row.call is not None]


class Clock:
    """Seconds that go on when they are told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Sink:
    """What was brought, and what of it each write took."""

    def __init__(self, linger: float = LATE) -> None:
        self.clock = Clock()
        self.brought: deque[int] = deque()
        self.writes: list[list[int]] = []
        self.written = threading.Event()
        self.behind = WriteBehind(self.write, linger=linger, clock=self.clock)

    def write(self) -> None:
        """Take all that was brought."""
        some = []
        while self.brought:
            some.append(self.brought.popleft())
        self.writes.append(some)
        self.written.set()

    def bring(self, number: int) -> bool:
        """Whether it is taken."""
        self.brought.append(number)
        return self.behind.takes()


@pytest.fixture
def sink() -> Iterator[Sink]:
    made = Sink()
    yield made
    made.behind.close()


def test_what_comes_in_a_quiet_moment_is_left_to_the_caller(sink: Sink) -> None:
    for number in range(5):
        assert not sink.bring(number)
        sink.clock.now += 2 * QUIET_SECONDS

    assert not sink.writes


def test_what_comes_in_quick_succession_is_written_together(sink: Sink) -> None:
    assert not sink.bring(0)
    sink.brought.clear()

    assert all(sink.bring(number) for number in range(1, 20))

    assert sink.written.wait(5)
    sink.behind.close()
    assert [one for some in sink.writes for one in some] == list(range(1, 20))
    assert len([some for some in sink.writes if some]) < 5


def test_without_a_linger_nothing_is_ever_late() -> None:
    sink = Sink(linger=0.0)

    assert not any(sink.bring(number) for number in range(20))
    sink.behind.close()


def test_what_was_taken_is_written_when_it_closes() -> None:
    sink = Sink()
    sink.bring(1)
    assert sink.bring(2)

    sink.behind.close()

    assert not sink.brought


def test_after_closing_nothing_is_late(sink: Sink) -> None:
    sink.bring(0)
    assert sink.bring(1)
    sink.behind.close()

    assert not any(sink.bring(number) for number in range(5))
    sink.behind.close()


def test_a_write_that_fails_ends_nothing() -> None:
    done = threading.Event()
    calls = []

    def write() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise ValueError
        done.set()

    behind = WriteBehind(write, linger=0.001)
    behind.takes()
    assert behind.takes()
    while not calls:
        pass
    while not done.is_set():
        behind.takes()
    behind.close()


def test_where_the_system_gives_no_thread_the_caller_writes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    log = CallLog(tmp_path / "calls.sqlite", linger=LATE)
    for number in range(3):
        log.append(CallEntry(task=f"t{number}"))
        assert len([row for row in log_rows(tmp_path) if row]) == number + 1
    log.close()


def test_closing_while_threads_bring_more_comes_to_an_end(tmp_path: Path) -> None:
    for number in range(10):
        store = ReplyStore(tmp_path / f"{number}.sqlite", linger=0.001)
        stop = threading.Event()

        def bring(place: int, store: ReplyStore = store, stop: threading.Event = stop) -> None:
            while not stop.is_set():
                store.put(bytes([place]) * 32, Reply("x"))

        with ThreadPoolExecutor(5) as threads:
            under_way = [threads.submit(bring, place) for place in range(4)]
            closing = threads.submit(store.close)
            closing.result(timeout=20)
            stop.set()
            for one in under_way:
                one.result()


def test_an_answer_that_a_reader_took_along_is_written(tmp_path: Path) -> None:
    path = tmp_path / "replies.sqlite"
    store = ReplyStore(path, linger=LATE)
    key = bytes(32)
    with ThreadPoolExecutor(1) as threads:
        with store._lock:  # noqa: SLF001 - as a reader that is ahead
            putting = threads.submit(store.put, key, Reply("x"))
            while not store._arriving:  # noqa: SLF001 - it waits now
                pass
            store._take_in()  # noqa: SLF001 - what a reader does
        putting.result()

    other = ReplyStore(path)
    assert getattr(other.get(key), "text", "") == "x"
    assert not other.claim(key)
    other.close()
    store.close()


def test_what_is_dropped_is_gone_for_other_stores_at_once(tmp_path: Path) -> None:
    one, other = (ReplyStore(tmp_path / "replies.sqlite", linger=1.0) for _ in range(2))
    keys = [bytes([number]) * 32 for number in range(5)]
    for key in keys:
        one.put(key, Reply("old"))
    one.forget(keys[0])
    assert [other.get(key) is None for key in keys] == [True, False, False, False, False]
    for key in keys[1:]:
        one.forget(key)
        assert other.get(key) is None
    one.close()
    other.close()


def test_a_failed_call_is_noted_with_its_own_cost(tmp_path: Path) -> None:
    def fail(_: Prompt) -> Reply:
        error = ModelUnreachable("Gone.")
        error.usage = Usage(1, 1000, 0)
        raise error

    log = CallLog(tmp_path / "calls.sqlite", linger=LATE)
    model = LoggedModel(ScriptedModel(fail), log)
    total = Usage()
    for _ in range(6):
        with pytest.raises(ModelUnreachable) as caught:
            model.complete(Prompt("claude-sonnet-5-5", "s", "u"))
        total += spent_on(caught.value)
        # What wrappers that repeat calls do.
        caught.value.usage = total
    log.close()

    rows = CallRecord(tmp_path / "calls.sqlite").rows()
    assert [row.call.input_tokens for row in rows if row.call is not None] == [1000] * 6


def test_an_entry_that_cannot_be_made_is_a_gap(tmp_path: Path) -> None:
    def make() -> Made:
        raise ValueError

    log = CallLog(tmp_path / "calls.sqlite")
    log.append_made(make)
    log.append(CallEntry(task="next"))
    log.close()

    chain = CallRecord(tmp_path / "calls.sqlite").walk()
    assert (chain.calls, chain.lost, chain.problem) == (1, 1, "")


def test_nothing_that_many_threads_bring_is_forgotten() -> None:
    lock = threading.Lock()
    brought: deque[int] = deque()
    written: list[int] = []

    def write() -> None:
        with lock:
            while brought:
                written.append(brought.popleft())

    behind = WriteBehind(write, linger=0.001)

    def bring(number: int) -> None:
        brought.append(number)
        if not behind.takes():
            write()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(bring, range(5000)))
    behind.close()

    assert sorted(written) == list(range(5000))


def test_entries_in_quick_succession_come_late_and_in_one_chain(tmp_path: Path) -> None:
    log = CallLog(tmp_path / "calls.sqlite", linger=LATE)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: log.append(CallEntry(task=f"t{n}")), range(400)))
    log.close()

    record = CallRecord(tmp_path / "calls.sqlite")
    rows = [row.call.task for row in record.rows() if row.call is not None]
    assert sorted(rows) == sorted(f"t{n}" for n in range(400))
    assert record.walk().problem == ""


def test_two_logs_that_go_on_in_turn_keep_one_chain(tmp_path: Path) -> None:
    logs = [CallLog(tmp_path / "calls.sqlite") for _ in range(2)]
    for number in range(40):
        logs[(number // 3) % 2].append(CallEntry(task=f"t{number}"))
    for log in logs:
        log.close()
        assert log.warning == ""

    record = CallRecord(tmp_path / "calls.sqlite")
    rows = [row.call.task for row in record.rows() if row.call is not None]
    assert rows == [f"t{number}" for number in range(40)]
    assert record.walk().problem == ""


def test_a_late_answer_is_found_at_once_and_kept_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "replies.sqlite"
    store = ReplyStore(path, linger=LATE)
    keys = [bytes([number]) * 32 for number in range(50)]
    for key in keys:
        assert store.claim(key)
        store.put(key, Reply(key.hex()))
        found = store.get(key)
        assert found is not None
        assert (found.text, found.cached) == (key.hex(), True)
    store.close()
    again = ReplyStore(path)

    assert [getattr(again.get(key), "text", "") for key in keys] == [key.hex() for key in keys]
    assert not any(again.claim(key) for key in keys)
    again.close()


def test_an_answer_that_is_dropped_before_it_was_written_can_be_claimed_again(
    tmp_path: Path,
) -> None:
    store = ReplyStore(tmp_path / "replies.sqlite", linger=0.2)
    first, second = bytes(32), bytes([1]) * 32
    store.put(first, Reply("so that the next one is late"))
    assert store.claim(second)
    store.put(second, Reply("late"))
    store.forget(second)
    store.close()
    again = ReplyStore(tmp_path / "replies.sqlite")

    assert again.get(second) is None
    assert again.claim(second)
    again.close()
