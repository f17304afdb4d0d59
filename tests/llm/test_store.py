"""The file of kept answers: claims between processes, and files that are in the way."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tickmark.llm.model import Reply
from tickmark.llm.store import AGAIN_SECONDS, GRACE_SECONDS, ReplyStore

KEY, OTHER = b"k" * 32, b"o" * 32

# Claims a key and holds it until it is killed.
CLAIMS = """
import sys
from pathlib import Path
from tickmark.llm.store import ReplyStore
print(ReplyStore(Path(sys.argv[1])).claim(b"k" * 32), flush=True)
sys.stdin.read()
"""


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "replies.sqlite"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(path: Path, clock: Clock) -> Iterator[Callable[[], ReplyStore]]:
    stores: list[ReplyStore] = []

    def make() -> ReplyStore:
        stores.append(ReplyStore(path, clock=clock))
        return stores[-1]

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tickmark.llm.store.BUSY_SECONDS", 0.02)


def locked(path: Path) -> sqlite3.Connection:
    """Another process's hold on the file."""
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    return holder


def kept_in_file(path: Path) -> set[bytes]:
    connection = sqlite3.connect(path)
    keys = {row[0] for row in connection.execute("SELECT key FROM replies")}
    connection.close()
    return keys


def test_of_two_that_miss_an_answer_one_gets_the_claim(opened: Callable[[], ReplyStore]) -> None:
    one, two = opened(), opened()

    assert [one.claim(KEY), two.claim(KEY), two.claim(OTHER)] == [True, False, True]


def test_an_answer_ends_its_claim(opened: Callable[[], ReplyStore]) -> None:
    one, two = opened(), opened()
    one.claim(KEY)
    one.put(KEY, Reply("yes"))

    assert two.claim(KEY) is False
    assert two.get(KEY) == Reply("yes", cached=True)
    two.forget(KEY)
    assert two.claim(KEY)


def test_a_released_claim_is_free_for_the_next(opened: Callable[[], ReplyStore]) -> None:
    one, two = opened(), opened()
    one.claim(KEY)
    one.release(KEY)

    assert two.claim(KEY)


def test_a_release_does_not_touch_the_claim_of_another(opened: Callable[[], ReplyStore]) -> None:
    one, two = opened(), opened()
    one.claim(KEY)
    two.release(KEY)

    assert not two.claim(KEY)


def test_the_claim_of_a_living_process_holds_until_it_is_killed(
    opened: Callable[[], ReplyStore], path: Path
) -> None:
    store = opened()
    child = subprocess.Popen(  # noqa: S603 - our own Python
        [sys.executable, "-c", CLAIMS, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "True\n"
        assert not store.claim(KEY)
        child.kill()

    assert store.claim(KEY)


@pytest.mark.usefixtures("impatient")
def test_while_the_file_is_locked_answers_stay_in_memory_and_are_written_afterwards(
    opened: Callable[[], ReplyStore], path: Path, clock: Clock
) -> None:
    store = opened()
    store.put(OTHER, Reply("before"))
    holder = locked(path)
    store.put(KEY, Reply("during"))

    assert store.get(KEY) == Reply("during", cached=True)
    assert store.get(OTHER) == Reply("before", cached=True)
    assert kept_in_file(path) == {OTHER}
    holder.execute("COMMIT")
    holder.close()
    clock.now += AGAIN_SECONDS
    store.put(b"later", Reply("after"))

    assert kept_in_file(path) == {OTHER, KEY, b"later"}
    assert store.warning == ""


@pytest.mark.usefixtures("impatient")
def test_a_locked_file_is_left_alone_for_a_moment(
    opened: Callable[[], ReplyStore], path: Path, clock: Clock
) -> None:
    store = opened()
    holder = locked(path)
    store.put(KEY, Reply("during"))
    holder.execute("COMMIT")
    holder.close()
    clock.now += AGAIN_SECONDS / 2
    store.put(OTHER, Reply("soon"))
    assert kept_in_file(path) == set()

    clock.now += AGAIN_SECONDS
    assert store.get(KEY) == Reply("during", cached=True)
    assert kept_in_file(path) == {KEY, OTHER}


@pytest.mark.usefixtures("impatient")
def test_closing_writes_what_is_left(opened: Callable[[], ReplyStore], path: Path) -> None:
    store = opened()
    holder = locked(path)
    store.put(KEY, Reply("during"))
    store.claim(OTHER)
    holder.execute("COMMIT")
    holder.close()
    store.close()

    assert kept_in_file(path) == {KEY}
    assert store.warning == ""


@pytest.mark.usefixtures("impatient")
def test_what_stays_locked_to_the_end_is_told_once(
    opened: Callable[[], ReplyStore], path: Path
) -> None:
    store = opened()
    holder = locked(path)
    for key in (KEY, OTHER):
        store.put(key, Reply("during"))
    assert store.warning == ""
    store.close()

    assert store.warning == (
        f"The cache of answers at {path} could not keep 2 answers (database is locked); who asks "
        "for them again pays again."
    )
    assert store.get(KEY) is None
    holder.close()


@pytest.mark.usefixtures("impatient")
def test_behind_a_locked_file_one_gets_the_claim_too(
    opened: Callable[[], ReplyStore], path: Path
) -> None:
    holder = locked(path)
    one, two = opened(), opened()

    assert one.claim(KEY)
    assert not two.claim(KEY)
    one.release(KEY)
    assert two.claim(KEY)
    holder.close()


@pytest.mark.usefixtures("impatient")
def test_a_claim_is_held_until_its_answer_can_be_found(
    opened: Callable[[], ReplyStore], path: Path, clock: Clock
) -> None:
    store, other = opened(), opened()
    store.claim(KEY)
    holder = locked(path)
    store.put(KEY, Reply("late"))
    holder.execute("COMMIT")
    holder.close()
    assert not other.claim(KEY)
    assert other.get(KEY) is None

    clock.now += AGAIN_SECONDS
    store.get(OTHER)
    assert not other.claim(KEY)
    assert other.get(KEY) == Reply("late", cached=True)


@pytest.mark.usefixtures("impatient")
def test_others_wait_only_so_long_for_answers_that_cannot_be_written(
    opened: Callable[[], ReplyStore], path: Path, clock: Clock
) -> None:
    store, other = opened(), opened()
    assert store.claim(KEY)
    holder = locked(path)
    store.put(KEY, Reply("late"))
    assert not other.claim(KEY)

    clock.now += GRACE_SECONDS
    assert store.get(KEY) == Reply("late", cached=True)
    assert other.claim(KEY)
    other.release(KEY)
    assert store.claim(OTHER)
    store.put(OTHER, Reply("too"))
    assert other.claim(OTHER)

    holder.execute("COMMIT")
    holder.close()
    clock.now += AGAIN_SECONDS
    store.get(KEY)
    assert kept_in_file(path) == {KEY, OTHER}


def test_a_store_that_nobody_asks_writes_what_it_could_not_by_itself(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickmark.llm.store.BUSY_SECONDS", 0.02)
    store, other = ReplyStore(path, linger=0.01), ReplyStore(path)
    store.claim(KEY)
    holder = locked(path)
    store.put(KEY, Reply("late"))
    assert not other.claim(KEY)
    holder.execute("COMMIT")
    holder.close()

    end = time.monotonic() + 20
    while other.get(KEY) is None:
        assert time.monotonic() < end
        time.sleep(0.02)
    other.forget(KEY)
    assert other.claim(KEY)
    for one in (store, other):
        one.close()


def test_a_claim_is_not_left_behind_where_the_file_cannot_be_read(
    opened: Callable[[], ReplyStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, other = opened(), opened()

    def fail(*_: object) -> list[tuple[object, ...]]:
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as patched:
        patched.setattr(store, "_rows", fail)
        assert not store.claim(KEY)

    assert other.claim(KEY)


def test_an_answer_that_came_to_a_closed_store_holds_no_claim(
    opened: Callable[[], ReplyStore],
) -> None:
    store, other = opened(), opened()
    store.claim(KEY)
    store.close()
    store.put(KEY, Reply("too late"))

    assert other.claim(KEY)
    assert store.claim(OTHER) is None


@pytest.mark.usefixtures("impatient")
def test_a_file_that_is_locked_at_first_is_opened_later(
    opened: Callable[[], ReplyStore], path: Path, clock: Clock
) -> None:
    holder = locked(path)
    store = opened()
    store.put(KEY, Reply("early"))
    assert store.get(OTHER) is None
    holder.execute("COMMIT")
    holder.close()
    clock.now += AGAIN_SECONDS

    assert store.get(KEY) == Reply("early", cached=True)
    assert kept_in_file(path) == {KEY}
    assert store.warning == ""


@pytest.mark.usefixtures("impatient")
def test_what_is_forgotten_while_locked_is_dropped_afterwards(
    opened: Callable[[], ReplyStore], path: Path
) -> None:
    store = opened()
    store.put(KEY, Reply("old"))
    holder = locked(path)
    store.forget(KEY)
    assert store.get(KEY) is None
    holder.execute("COMMIT")
    holder.close()
    store.close()

    assert kept_in_file(path) == set()


@pytest.mark.parametrize(
    "hindrance",
    [
        ("PRAGMA max_page_count = 1", "PRAGMA max_page_count = 99999", "database or disk is full"),
        (
            "PRAGMA query_only = 1",
            "PRAGMA query_only = 0",
            "attempt to write a readonly database",
        ),
    ],
)
def test_on_a_full_disk_answers_stay_in_memory_until_there_is_room(
    opened: Callable[[], ReplyStore], path: Path, clock: Clock, hindrance: tuple[str, str, str]
) -> None:
    hinder, allow, reason = hindrance
    store = opened()
    store.put(OTHER, Reply("before"))
    store._rows(hinder)  # noqa: SLF001 - SQLite's own way to be full
    store.put(KEY, Reply("x" * 4, request_id=os.urandom(20_000).hex()))

    found = store.get(KEY)
    assert found is not None
    assert found.text == "xxxx"
    assert store.get(OTHER) == Reply("before", cached=True)
    assert kept_in_file(path) == {OTHER}
    store._rows(allow)  # noqa: SLF001 - likewise
    clock.now += AGAIN_SECONDS
    store.put(b"later", Reply("after"))
    assert kept_in_file(path) == {KEY, OTHER, b"later"}

    store._rows(hinder)  # noqa: SLF001 - likewise
    store.put(b"last", Reply("x" * 4, request_id=os.urandom(20_000).hex()))
    store.close()
    assert store.warning == (
        f"The cache of answers at {path} could not keep 1 answer ({reason}); who asks for it "
        "again pays again."
    )


@pytest.mark.usefixtures("impatient")
def test_a_locked_file_is_not_cleared_and_says_so(
    opened: Callable[[], ReplyStore], path: Path
) -> None:
    store = opened()
    store.put(KEY, Reply("kept"))
    holder = locked(path)

    assert not store.clear()
    holder.execute("COMMIT")
    holder.close()
    assert kept_in_file(path) == {KEY}
    assert opened().clear()
    assert kept_in_file(path) == set()


def test_of_many_threads_of_two_processes_one_gets_each_claim_and_all_answers_are_kept(
    opened: Callable[[], ReplyStore], path: Path
) -> None:
    keys = [b"%032d" % number for number in range(40)]
    stores = (opened(), opened())
    granted: list[bytes] = []

    def take(store: ReplyStore) -> None:
        for key in keys:
            if store.claim(key):
                granted.append(key)
                store.put(key, Reply(f"answer {key!r}"))

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(take, stores * 8))

    assert set(granted) == kept_in_file(path) == set(keys)
    assert all(
        one.get(key) == Reply(f"answer {key!r}", cached=True) for one in stores for key in keys
    )


def test_threads_that_hold_on_to_their_claims_get_one_of_each(
    opened: Callable[[], ReplyStore],
) -> None:
    keys = [b"%032d" % number for number in range(40)]
    stores = (opened(), opened())

    with ThreadPoolExecutor(16) as threads:
        taken = threads.map(lambda store: [key for key in keys if store.claim(key)], stores * 8)

    assert sorted(key for some in taken for key in some) == keys


def test_a_thread_takes_along_what_others_brought_while_it_waited(
    opened: Callable[[], ReplyStore], path: Path
) -> None:
    store = opened()
    statements: list[str] = []
    assert store.claim(OTHER)
    store._connection.set_trace_callback(statements.append)  # type: ignore[union-attr] # noqa: SLF001 - what is written
    with ThreadPoolExecutor(8) as threads:
        with store._lock:  # noqa: SLF001 - as another thread that writes
            brought = [threads.submit(store.put, bytes([n]) * 32, Reply("x")) for n in range(8)]
            while len(store._arriving) < 8:  # noqa: SLF001 - all wait now
                pass
        for one in brought:
            one.result()

    assert len(kept_in_file(path)) == 8
    assert len({one for one in statements if one.startswith("INSERT OR REPLACE")}) == 1
