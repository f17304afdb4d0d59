"""Journals that were torn or damaged, and disks that are full."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from io import FileIO
from pathlib import Path

import pytest

from tickmark.engine.journal import Journal
from tickmark.engine.journal_lines import (
    OfNewerVersion,
    Paid,
    line_of,
    record_of,
)
from tickmark.engine.journaled import JournaledModel
from tickmark.errors import InputError, WriteRefused
from tickmark.llm.cached import content_key
from tickmark.llm.model import Prompt, Reply
from tickmark.llm.scripted import ScriptedModel
from tickmark.model.usage import Usage

PAID = Usage(1, 10, 5, 2, 3, 0.25)
REPLY = Reply("Because ü\n\u2028.", PAID, "claude-sonnet-5-5", "end_turn", "req_1")
KEY, OTHER = b"k" * 32, b"o" * 32

# Writes answers until the file may not grow any more, then until it may again.
FILLS = """
import json, resource, sys
from pathlib import Path
from tickmark.engine.journal import Journal
from tickmark.engine.journaled import JournaledModel
from tickmark.errors import WriteRefused
from tickmark.llm.model import Prompt
from tickmark.llm.processes import process_start
from tickmark.llm.scripted import ScriptedModel
inner = ScriptedModel(lambda prompt: prompt.user * 100)
journal = Journal(Path(sys.argv[1]))
model = JournaledModel(inner, journal)
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (4000, hard))
texts, refusal = [], ""
while not refusal:
    try:
        texts.append(model.complete(Prompt("m", "s", f"question {len(texts)}")).text)
    except WriteRefused as error:
        refusal = str(error)
asked = len(inner.prompts)
again = model.complete(Prompt("m", "s", f"question {len(texts) - 1}"))
size = Path(sys.argv[1]).stat().st_size
if sys.argv[2] == "room":
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    model.complete(Prompt("m", "s", "after"))
journal.close()
print(json.dumps([len(texts), refusal, asked, again.cached, size, journal.warning]))
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "journal.jsonl"


def prompt(user: str) -> Prompt:
    return Prompt("m", "s", user)


@pytest.mark.parametrize("torn", range(1, 40, 3))
def test_a_line_that_a_kill_tore_is_not_missed(path: Path, torn: int) -> None:
    with Journal(path) as journal:
        journal.append(KEY, REPLY)
    content = path.read_bytes()
    last = content.splitlines(keepends=True)[1]
    path.write_bytes(content + last[: torn * len(last) // 41])

    for _ in range(2):
        with Journal(path) as journal:
            assert journal.get(KEY) == REPLY
            assert journal.usage == PAID
            assert journal.warning == ""
            journal.append(OTHER, Reply("x"))
    with Journal(path) as journal:
        assert journal.get(OTHER) == Reply("x")


def test_a_line_without_only_its_end_counts(path: Path) -> None:
    with Journal(path) as journal:
        journal.append(KEY, REPLY)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:2])[:-1])

    with Journal(path) as journal:
        assert journal.get(KEY) == REPLY
    with Journal(path) as journal:
        assert journal.usage == PAID


def test_a_journal_of_nothing_but_a_torn_line_begins_anew(path: Path) -> None:
    with Journal(path):
        pass
    path.write_bytes(path.read_bytes()[:9])

    with Journal(path) as journal:
        journal.append(KEY, REPLY)
    with Journal(path) as journal:
        assert (journal.get(KEY), journal.warning) == (REPLY, "")


@pytest.mark.parametrize(
    "damage",
    [
        lambda line: line.replace(b'"usd":0.25', b'"usd":0.05'),
        lambda line: line.replace(b"Because", b"Becauze"),
        lambda _: b"\x00\xff\xfe garbage\n",
        lambda _: b"[]\n",
        lambda line: line[:30] + b"\n",
    ],
)
def test_a_damaged_line_is_named_and_skipped(path: Path, damage: Callable[[bytes], bytes]) -> None:
    with Journal(path) as journal:
        journal.append(KEY, REPLY)
        journal.append(OTHER, Reply("fine", Usage(1)))
    lines = path.read_bytes().splitlines(keepends=True)
    lines[1] = damage(lines[1])
    path.write_bytes(b"".join(lines))

    with Journal(path) as journal:
        assert journal.get(KEY) is None
        assert journal.get(OTHER) == Reply("fine", Usage(1))
        assert journal.usage == Usage(1)
        assert journal.warning == (
            f"The journal at {path} is damaged in line 2; what stood there is asked again, and "
            "what it cost is not counted."
        )


def test_a_file_of_another_kind_is_left_as_it_is(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"id": "q1", "user": "Why?"}\n')

    with pytest.raises(InputError, match="is no journal of a run; name the folder of the run"):
        Journal(path)
    assert path.read_text() == '{"id": "q1", "user": "Why?"}\n'


def test_a_journal_of_a_newer_version_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickmark.engine.journal_lines.NEWEST", 2)
    newer = line_of(Paid(KEY, PAID))
    monkeypatch.undo()
    with Journal(path):
        pass
    path.write_bytes(path.read_bytes() + newer)

    assert record_of(newer) == OfNewerVersion(2)
    for _ in range(2):
        with pytest.raises(InputError, match="was written by a newer version of Tickmark"):
            Journal(path)


class Faulty(FileIO):
    """A file that takes so many bytes and no more, until it is told otherwise."""

    room: int = 10**9

    def write(self, data: object) -> int:
        assert isinstance(data, bytes)
        if not self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken = super().write(data[: self.room])
        self.room -= taken
        return taken


@pytest.mark.parametrize("room", [0, 1, 50, 200])
def test_a_full_disk_loses_no_answer_and_stops_new_calls(path: Path, room: int) -> None:
    files: list[Faulty] = []

    def opener(where: Path) -> FileIO:
        files.append(Faulty(where, "ab"))
        return files[0]

    inner = ScriptedModel(lambda one: Reply(one.user, PAID))
    journal = Journal(path, opener=opener)
    model = JournaledModel(inner, journal)
    files[0].room = room
    assert model.complete(prompt("one")) == Reply("one", PAID, "m")
    files[0].room = 0

    with pytest.raises(WriteRefused) as caught:
        model.complete(prompt("two"))
    assert str(caught.value) == (
        f"The journal at {path} cannot be written (No space left on device); make room and resume "
        "with --resume."
    )
    assert model.complete(prompt("one")).cached
    assert len(inner.prompts) == 1
    files[0].room = 10**9
    model.complete(prompt("two"))
    journal.close()

    assert journal.warning == ""
    with Journal(path) as again:
        assert [again.get(content_key(prompt(user))) for user in ("one", "two")] == [
            Reply("one", PAID, "m"),
            Reply("two", PAID, "m"),
        ]
        assert again.usage == PAID + PAID


def test_what_could_not_be_written_to_the_end_is_told(path: Path) -> None:
    files: list[Faulty] = []

    def opener(where: Path) -> FileIO:
        files.append(Faulty(where, "ab"))
        return files[0]

    journal = Journal(path, opener=opener)
    files[0].room = 7
    journal.append(KEY, REPLY)
    journal.close()

    assert journal.warning == (
        f"The journal at {path} lacks the last answers (No space left on device); a resumed run "
        "asks for them again."
    )
    with Journal(path) as again:
        assert (len(again), again.warning) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="has no limit of file sizes")
@pytest.mark.parametrize("room", ["room", "none"])
def test_a_file_that_may_not_grow_stops_the_run_before_the_next_call(path: Path, room: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own Python
        [sys.executable, "-c", FILLS, str(path), room],
        capture_output=True,
        text=True,
        check=True,
    )
    answered, refusal, asked, cached, size, warning = json.loads(done.stdout)

    assert refusal == (
        f"The journal at {path} cannot be written (File too large); make room and resume with "
        "--resume."
    )
    assert asked == answered
    assert cached
    assert size == 4000
    lost = (
        f"The journal at {path} lacks the last answers (File too large); a resumed run asks for "
        "them again."
    )
    assert warning == ("" if room == "room" else lost)
    with Journal(path) as journal:
        assert len(journal) == answered + (1 if room == "room" else -1)
        assert journal.warning == ""


def check_often(journal: Journal) -> None:
    for _ in range(10_000):
        journal.check()


def test_a_disk_that_does_not_sync_stops_new_calls_until_it_does(path: Path) -> None:
    broken = [True]
    tried = threading.Event()

    def fsync(number: int) -> None:
        if broken[0] and not stat.S_ISDIR(os.fstat(number).st_mode):
            tried.set()
            raise OSError(errno.EIO, "Input/output error")

    with Journal(path, sync_seconds=0.0, fsync=fsync) as journal:
        model = JournaledModel(ScriptedModel(lambda one: one.user), journal)
        model.complete(prompt("one"))
        assert tried.wait(5)
        with pytest.raises(WriteRefused, match="Input/output error"):
            check_often(journal)
        broken[0] = False
        assert model.complete(prompt("two")).text == "two"
