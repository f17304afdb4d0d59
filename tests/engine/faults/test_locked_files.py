"""SQLite files that another process holds during a run: no answer is lost, no limit is broken."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Lock
from typing import Any

import pytest

from tests.engine.faults.haste import hasten
from tests.engine.faults.line_run import LineRun, ask, questions, task
from tests.engine.faults.till import KEY, MODEL, Till, serving
from tickmark.engine.plan import Plan
from tickmark.engine.run import Runner
from tickmark.errors import SettingError
from tickmark.hosts.cli.app import run as tickmark
from tickmark.settings import Key, Settings, cache_file, state_folder
from tickmark.wiring import language_model, spending

COUNT = 12
JOBS = 4
HOLDING = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=10)
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.readline()
"""


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    hasten(monkeypatch)


@contextmanager
def held(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process holds the file until the block ends, or until it gets a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(  # noqa: S603 - our own Python
        [sys.executable, "-c", HOLDING, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        yield other


def let_go(other: subprocess.Popen[bytes]) -> None:
    assert other.stdin is not None
    other.stdin.write(b"\n")
    other.stdin.flush()
    other.wait(10)


@pytest.mark.parametrize("is_there", [True, False], ids=["known file", "new file"])
def test_a_cache_that_stays_locked_costs_nothing_but_itself(is_there: bool, tmp_path: Path) -> None:
    till = Till()
    with serving(till) as api:
        if is_there:
            ask(api.url, Plan([task("another")]))
        with held(cache_file()):
            run = ask(api.url, questions(COUNT), journal=tmp_path / "journal.jsonl")

        assert len(run.done) == COUNT
        assert set(till.asked.values()) == {1}
        assert len(run.said) == 1
        assert "could not keep 12 answers" in run.said[0]
        assert "pays again" in run.said[0]

        # They are in the journal of the run all the same.
        again = ask(api.url, questions(COUNT), journal=tmp_path / "journal.jsonl")

    assert again.done == run.done
    assert sum(till.asked.values()) == COUNT + is_there


def test_a_cache_that_is_let_go_in_the_middle_keeps_every_answer() -> None:
    till = Till()
    with serving(till) as api:
        ask(api.url, Plan([task("another")]))
        with held(cache_file()) as other:
            till.answer_to = lambda question: _answer(question, other, after="question 9")
            run = ask(api.url, questions(COUNT), jobs=1)
        assert len(run.done) == COUNT
        assert not run.said

        again = ask(api.url, questions(COUNT))

    assert again.done == run.done
    assert again.usage.cached_calls == COUNT
    assert sum(till.asked.values()) == COUNT + 1


def _answer(question: str, other: subprocess.Popen[bytes], *, after: str) -> str:
    if question == after:
        let_go(other)
    return f"<{question}>"


def test_a_call_log_that_stays_locked_stops_no_run_and_says_what_is_missing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    till = Till()
    with serving(till) as api:
        ask(api.url, Plan([task("another")]))
        with held(state_folder() / "calls.sqlite"):
            run = ask(api.url, questions(COUNT))

    assert len(run.done) == COUNT
    assert set(till.asked.values()) == {1}
    assert [line for line in run.said if "12 entries are missing from it" in line] == run.said
    assert len(run.said) == 1
    assert tickmark(["log", "verify"]) == 0
    capsys.readouterr()


def test_a_call_log_that_is_let_go_in_the_middle_misses_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    till = Till()
    with serving(till) as api:
        ask(api.url, Plan([task("another")]))
        with held(state_folder() / "calls.sqlite") as other:
            till.answer_to = lambda question: _answer(question, other, after="question 9")
            run = ask(api.url, questions(COUNT), jobs=1)

    assert len(run.done) == COUNT
    assert not run.said
    assert tickmark(["log", "verify"]) == 0
    assert f"Calls: {COUNT + 1}." in capsys.readouterr().out


def within_the_day(url: str, *, plan: Plan | None = None, daily: float = 1.0) -> LineRun:
    """A plan within the limit of the day, as ribbon and cells are."""
    settings = Settings(model=MODEL, base_url=url, jobs=JOBS, daily_cost=daily)
    ledger, stop, run = spending(), Event(), LineRun()
    model = language_model(
        settings, Key(KEY, "test"), stop=stop, say=run.said.append, ledger=ledger
    )
    try:
        with model as opened, Runner(opened, jobs=JOBS, stop=stop) as runner:
            run.outcomes = runner.run(plan or questions(COUNT))
            run.stopped_by = runner.stopped_by
    finally:
        ledger.close()
    return run


def test_while_the_record_of_spending_is_locked_nothing_is_sent() -> None:
    till = Till()
    with serving(till) as api:
        within_the_day(api.url, plan=Plan([task("another")]))
        with held(state_folder() / "spending.sqlite"):
            run = within_the_day(api.url)
        assert till.asked == {"another": 1}
        assert isinstance(run.stopped_by, SettingError)
        assert "no spending limit can be kept" in str(run.stopped_by)
        assert not run.done
        assert not run.said, "what was not sent is not charged"

        again = within_the_day(api.url)

    assert len(again.done) == COUNT
    assert set(till.asked.values()) == {1}


def test_a_record_of_spending_that_gets_locked_in_the_middle_forgets_no_money() -> None:
    till = Till()
    with serving(till) as api:
        within_the_day(api.url, plan=Plan([task("another")]))
        spent = spending()
        before = spent.spent().usd
        till.answer_to = lambda _question: "y" * 160
        with held_after(till, 5, state_folder() / "spending.sqlite"):
            run = within_the_day(api.url)
        assert isinstance(run.stopped_by, SettingError)
        assert 5 <= len(run.done) <= 5 + JOBS
        assert till.calls == len(run.done) + 1, "what was charged was used"
        told = spent.spent()
        assert told.usd + told.doubtful + told.reserved >= till.usd
        assert told.usd > before

        again = within_the_day(api.url)
        spent.close()

    assert len(again.done) == COUNT
    assert set(till.asked.values()) == {1}


@contextmanager
def held_after(till: Till, answers: int, path: Path) -> Iterator[None]:
    """Another process gets hold of the file as soon as so many answers are given."""
    reply, lock, others = till.answer_to, Lock(), ExitStack()
    left = [answers]

    def answer(question: str) -> str | dict[str, Any]:
        with lock:
            left[0] -= 1
            if left[0] == 0:
                others.callback(let_go, others.enter_context(held(path)))
        return reply(question)

    till.answer_to = answer
    with others:
        yield
