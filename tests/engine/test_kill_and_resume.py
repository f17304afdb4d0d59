"""Runs that are killed half-way, and runs at the same time: no answer is paid twice.

The server counts in the process of the tests; the runs are processes of their own.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.engine.killable_run import KillableRun
from tests.messages_api import MessagesApi
from tests.request_answers import user_text
from tickmark.llm.cached import content_key

QUESTIONS = 80
JOBS = 8
ROOT = Path(__file__).parents[2]


@dataclass(slots=True)
class Server:
    """What the server was asked, and a moment to wait for."""

    url: str = ""
    asked: Counter[str] = field(default_factory=Counter)
    half: threading.Event = field(default_factory=threading.Event)

    @property
    def texts(self) -> dict[str, str]:
        return {f"question {number}": f"<question {number}>" for number in range(QUESTIONS)}


@contextmanager
def serving() -> Iterator[Server]:
    server, lock = Server(), threading.Lock()

    def answer(content: dict[str, Any]) -> str:
        question = user_text(content)
        with lock:
            server.asked[question] += 1
            if len(server.asked) >= QUESTIONS // 2:
                server.half.set()
        return f"<{question}>"

    with MessagesApi(answer, delay=0.02) as api:
        server.url = api.url
        yield server


def started(run: KillableRun) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own Python
        [sys.executable, "-m", "tests.engine.killable_run", json.dumps(asdict(run))],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def ended(child: subprocess.Popen[str]) -> dict[str, Any]:
    said, _ = child.communicate(timeout=60)
    assert child.returncode == 0
    told = json.loads(said)
    assert isinstance(told, dict)
    return told


def in_journal(run: KillableRun) -> set[bytes]:
    """The keys of all answers in whole lines, read without the code under test."""
    if not run.journal or not Path(run.journal).exists():
        return set()
    lines = Path(run.journal).read_bytes().splitlines(keepends=True)
    records = [json.loads(line) for line in lines if line.endswith(b"}\n")]
    return {bytes.fromhex(one["key"]) for one in records if one["kind"] == "answer"}


def in_cache(run: KillableRun) -> set[bytes]:
    """The keys of all answers in the cache."""
    if not run.cache:
        return set()
    connection = sqlite3.connect(run.cache)
    keys = {row[0] for row in connection.execute("SELECT key FROM replies")}
    connection.close()
    return keys


@pytest.mark.parametrize(
    ("cache", "loses_journal"),
    [("replies.sqlite", False), ("", False), ("replies.sqlite", True)],
    ids=["journal and cache", "journal alone", "cache alone"],
)
def test_a_killed_run_asks_again_at_most_what_was_in_flight(
    tmp_path: Path, cache: str, loses_journal: bool
) -> None:
    with serving() as server:
        run = KillableRun(
            server.url,
            QUESTIONS,
            JOBS,
            str(tmp_path / "journal.jsonl"),
            str(tmp_path / cache) if cache else "",
        )
        with started(run) as child:
            assert server.half.wait(60)
            child.kill()
        if loses_journal:
            Path(run.journal).unlink()
        journalled, cached = in_journal(run), in_cache(run)
        told = ended(started(run))

    before = journalled | cached
    kept = {one.user for one in run.prompts if content_key(one, server.url) in before}
    calls = told.pop("calls")
    assert {name: value[0] for name, value in told.items()} == server.texts
    assert {name for name, value in told.items() if value[1]} == kept
    assert {server.asked[name] for name in kept} == {1}
    assert set(server.asked.values()) <= {1, 2}
    assert sum(count > 1 for count in server.asked.values()) <= JOBS
    assert QUESTIONS // 2 - JOBS <= len(kept) < QUESTIONS
    assert calls == QUESTIONS - len(cached - journalled)


def test_two_runs_at_once_on_one_cache_ask_each_question_once(tmp_path: Path) -> None:
    with serving() as server:
        run = KillableRun(server.url, QUESTIONS, JOBS, cache=str(tmp_path / "replies.sqlite"))
        both = [started(run), started(run)]
        told = [ended(child) for child in both]

    assert server.asked == Counter(server.texts.keys())
    for one in told:
        del one["calls"]
        assert {name: value[0] for name, value in one.items()} == server.texts
    asked = [{name for name, value in one.items() if not value[1]} for one in told]
    assert asked[0] | asked[1] == server.texts.keys()
    assert not asked[0] & asked[1]


def test_a_run_takes_over_what_a_killed_one_was_asking(tmp_path: Path) -> None:
    with serving() as server:
        run = KillableRun(server.url, QUESTIONS, JOBS, cache=str(tmp_path / "replies.sqlite"))
        with started(run) as first:
            second = started(replace(run, journal=str(tmp_path / "second.jsonl")))
            assert server.half.wait(60)
            first.kill()
        told = ended(second)

    del told["calls"]
    assert {name: value[0] for name, value in told.items()} == server.texts
    assert sum(server.asked.values()) <= QUESTIONS + JOBS
