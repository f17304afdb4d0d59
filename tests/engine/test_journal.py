"""The journal of a run: what it finds again, what it counts, and who may write it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from io import FileIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.engine.journal import Journal, JournaledBatch, private_file
from tickmark.engine.journal_lines import (
    Answered,
    Closed,
    Collected,
    Opened,
    Paid,
    Submitted,
    line_of,
    record_of,
)
from tickmark.errors import WriteRefused
from tickmark.llm.model import Reply
from tickmark.llm.processes import process_start
from tickmark.model.usage import Usage

PAID = Usage(1, 10, 5, 2, 3, 0.25)
REPLY = Reply("Because ü\n\u2028.", PAID, "claude-sonnet-5-5", "end_turn", "req_1")
KEY, OTHER = b"k" * 32, b"o" * 32

# Opens a journal, writes one answer and waits until it is killed.
HOLDS = """
import sys
from pathlib import Path
from tickmark.engine.journal import Journal
from tickmark.llm.model import Reply
journal = Journal(Path(sys.argv[1]))
journal.append(b"k" * 32, Reply("from the child"))
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "journal.jsonl"


def test_what_is_written_is_found_by_the_next_run(path: Path) -> None:
    with Journal(path) as journal:
        journal.append(KEY, REPLY)
        assert journal.get(KEY) == REPLY

    with Journal(path) as journal:
        assert journal.get(KEY) == REPLY
        assert journal.get(OTHER) is None
        assert len(journal) == 1
        assert journal.usage == PAID
        assert journal.warning == ""


def test_an_answer_is_with_the_system_before_append_returns(path: Path) -> None:
    with Journal(path) as journal:
        journal.append(KEY, REPLY)
        lines = [json.loads(line) for line in path.read_text().splitlines()]

    assert [line["kind"] for line in lines] == ["opened", "answer"]
    del lines[1]["crc"]
    assert lines[1] == {
        "kind": "answer",
        "v": 1,
        "key": KEY.hex(),
        "text": "Because ü\n\u2028.",
        "model": "claude-sonnet-5-5",
        "stop_reason": "end_turn",
        "request_id": "req_1",
        "cached": False,
        "usage": {
            "calls": 1,
            "input_tokens": 10,
            "output_tokens": 5,
            "cache_read_tokens": 2,
            "cache_write_tokens": 3,
            "usd": 0.25,
            "cached_calls": 0,
        },
    }


def test_what_a_run_paid_goes_on_from_one_opening_to_the_next(path: Path) -> None:
    with Journal(path) as journal:
        journal.append(KEY, REPLY)
        journal.paid(OTHER, Usage(2, 7, 7, usd=0.5))
    with Journal(path) as journal:
        journal.append(OTHER, Reply("kept", Usage(cached_calls=1), cached=True))
        assert journal.usage == Usage(3, 17, 12, 2, 3, 0.75, 1)


def test_batches_are_known_until_they_are_collected(path: Path) -> None:
    with Journal(path) as journal:
        journal.submitted("b1", [KEY, OTHER], 1.5, "claude-sonnet-5-5")
        journal.submitted("b2", [KEY], 0.5, "claude-haiku-5-5")
        journal.collected("b1")
    with Journal(path) as journal:
        assert journal.batches() == (JournaledBatch("b2", (KEY,), 0.5, "claude-haiku-5-5"),)
        journal.collected("b2")
        assert journal.batches() == ()


@pytest.mark.skipif(sys.platform == "win32", reason="has no modes")
def test_only_the_owner_can_read_the_file(path: Path) -> None:
    path.parent.mkdir()
    path.touch(mode=0o644)
    with Journal(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_second_opening_is_refused_while_the_first_is_open(path: Path) -> None:
    with Journal(path) as journal:
        with pytest.raises(WriteRefused) as caught:
            Journal(path)
        journal.append(KEY, REPLY)
    assert str(caught.value) == (
        f"The journal at {path} is being written by another run (process {os.getpid()}); wait "
        "until that one has ended."
    )
    with Journal(path) as journal:
        assert journal.get(KEY) == REPLY


def test_the_journal_of_a_living_process_is_free_once_that_is_killed(path: Path) -> None:
    child = subprocess.Popen(  # noqa: S603 - our own Python
        [sys.executable, "-c", HOLDS, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "open\n"
        with pytest.raises(WriteRefused, match=rf"another run \(process {child.pid}\)"):
            Journal(path)
        child.kill()

    with Journal(path) as journal:
        assert journal.get(KEY) == Reply("from the child")
        assert journal.warning == ""


def test_of_two_that_open_at_once_the_first_line_wins(path: Path) -> None:
    """The opener plays a second process that is a moment earlier."""
    with Journal(path):
        pass
    pid = os.getppid()
    start = process_start(pid)

    def outrun(where: Path) -> FileIO:
        with where.open("ab") as file:
            file.write(line_of(Opened("earlier", pid, start)))
        return private_file(where)

    with pytest.raises(WriteRefused, match=rf"process {pid}"):
        Journal(path, opener=outrun)
    kinds = [json.loads(line)["kind"] for line in path.read_text().splitlines()]
    assert kinds == ["opened", "closed", "opened", "opened", "closed"]


def test_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(WriteRefused, match=r"cannot be written \((Not a directory|File exists)"):
        Journal(tmp_path / "file" / "journal.jsonl")


def test_syncs_come_in_groups_and_at_the_end(path: Path) -> None:
    synced: list[int] = []
    files = 0

    def fsync(number: int) -> None:
        if not stat.S_ISDIR(os.fstat(number).st_mode):
            synced.append(os.fstat(number).st_size)

    with Journal(path, sync_seconds=3600.0, fsync=fsync) as journal:
        for number in range(500):
            journal.append(b"%032d" % number, REPLY)
        files = len(synced)

    assert files == 0
    assert synced == [path.stat().st_size]


def test_a_sync_follows_without_another_append(path: Path) -> None:
    synced = threading.Event()

    def fsync(number: int) -> None:
        if os.fstat(number).st_size > 300 and not stat.S_ISDIR(os.fstat(number).st_mode):
            synced.set()

    with Journal(path, sync_seconds=0.001, fsync=fsync) as journal:
        journal.append(KEY, REPLY)
        assert synced.wait(5)


def test_many_threads_write_whole_lines(path: Path) -> None:
    keys = [b"%032d" % number for number in range(2000)]
    with Journal(path) as journal, ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda key: journal.append(key, Reply(key.decode() * 9, PAID)), keys))

    with Journal(path) as journal:
        assert [journal.get(key) for key in keys] == [Reply(key.decode() * 9, PAID) for key in keys]
        assert journal.usage.calls == 2000
        assert journal.warning == ""


def test_closing_twice_is_closing_once(path: Path) -> None:
    journal = Journal(path)
    journal.close()
    journal.close()

    assert [json.loads(line)["kind"] for line in path.read_text().splitlines()] == [
        "opened",
        "closed",
    ]


_TEXTS = st.text()
_KEYS = st.binary(min_size=32, max_size=32)
_USAGES = st.builds(
    Usage, *(st.integers(0, 10**9) for _ in range(5)), st.floats(0, 1e6), st.integers(0, 9)
)


@given(
    st.one_of(
        st.builds(Answered, _KEYS, st.builds(Reply, _TEXTS, _USAGES, _TEXTS, _TEXTS, _TEXTS)),
        st.builds(Paid, _KEYS, _USAGES),
        st.builds(Submitted, _TEXTS, st.lists(_KEYS).map(tuple), st.floats(0, 1e6), _TEXTS),
        st.builds(Collected, _TEXTS),
        st.builds(Closed, _TEXTS),
        st.builds(Opened, _TEXTS, st.integers(0, 10**6), st.floats(0, 1e10)),
    ),
    st.data(),
)
def test_every_record_is_read_as_it_was_written_and_never_from_a_part_of_its_line(
    record: Answered | Paid | Submitted | Collected | Closed | Opened, data: st.DataObject
) -> None:
    line = line_of(record)

    assert record_of(line) == record
    assert line.count(b"\n") == 1
    cut = data.draw(st.integers(0, len(line) - 3))
    assert record_of(line[:cut]) is None


class LateEvent(threading.Event):
    """Is set by a close just before it is cleared."""

    def __init__(self, closing: threading.Event) -> None:
        super().__init__()
        self.closing = closing

    def clear(self) -> None:
        self.closing.set()
        self.set()
        super().clear()


def test_an_end_that_comes_while_changes_are_noted_is_not_missed(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl", sync_seconds=0.01)
    late = LateEvent(journal._closing)  # noqa: SLF001 - what close sets
    first, journal._dirty = journal._dirty, late  # noqa: SLF001 - instead of its own
    first.set()
    journal._syncing.join(10)  # noqa: SLF001 - what close waits for

    assert not journal._syncing.is_alive()  # noqa: SLF001 - likewise
    journal._closing.clear()  # noqa: SLF001 - so that it is closed in fact
    journal.close()
