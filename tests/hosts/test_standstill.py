"""A run that stands still is told of, whichever command it is, and goes on."""

from __future__ import annotations

import datetime as dt
import json
import os
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.books import save
from tickmark.engine.totals import Totals
from tickmark.hosts.audit_run import AuditRequest, run_audit
from tickmark.hosts.explaining import explained, questions
from tickmark.hosts.folder import run_folder
from tickmark.hosts.preparation import Request
from tickmark.hosts.run_folder import RunFolder
from tickmark.hosts.sources import find_sources
from tickmark.llm.model import Prompt
from tickmark.llm.scripted import ScriptedModel
from tickmark.model.analysis import Analysis
from tickmark.settings import Settings, state_folder
from tickmark.wiring import reply_store

# The watchdog looks this often; nothing in here depends on how long it takes.
STALL = 0.01
LONGEST = 30.0


class Alarmed:
    """A watch that lets a hanging model go as soon as it hears of a standstill."""

    def __init__(self) -> None:
        self.told = threading.Event()
        self.sentences: list[str] = []

    def phase(self, words: str, total: int) -> None:
        """Not kept."""

    def step(self, shown: str) -> None:
        """Not kept."""

    @contextmanager
    def asking(self, totals: Callable[[], Totals], *, noun: str = "task") -> Iterator[None]:
        yield
        assert totals().ended, noun

    def result(self, analysis: Analysis) -> None:
        """Not kept."""

    def say(self, sentence: str) -> None:
        if "stood still" in sentence:
            self.sentences.append(sentence)
            self.told.set()


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return save(tmp_path / "book.xlsx", {"S": {"A1": "Total", "B1": 1, "B2": "=B1*#REF!"}})


def hanging(watch: Alarmed) -> ScriptedModel:
    def answer(_prompt: Prompt) -> str:
        if not watch.told.wait(LONGEST):
            message = "nobody noticed that the run stands still"
            raise AssertionError(message)
        return json.dumps({"summary": "Fine.", "remarks": [], "findings": []})

    return ScriptedModel(answer)


def stalls() -> str:
    return (state_folder() / "stalls.log").read_text(encoding="utf-8")


def test_an_analysis_that_stands_still_is_told_of_and_goes_on(book: Path, tmp_path: Path) -> None:
    watch = Alarmed()

    run = run_folder(
        Request(find_sources([str(book)]), workers=1, ask_model=True),
        Settings(jobs=2, stall=STALL),
        RunFolder(tmp_path / "out"),
        run_id="run",
        model=hanging(watch),
        watch=watch,
    )

    assert (run.exit_code, run.stopped) == (0, "")
    assert str(state_folder() / "stalls.log") in watch.sentences[0]
    assert "goes on waiting" in watch.sentences[0]
    assert "task 'sheet 1' in thread" in stalls()
    assert "hanging.<locals>.answer, line" in stalls()


def test_an_audit_that_stands_still_while_it_is_explained_is_told_of(book: Path) -> None:
    watch = Alarmed()
    settings = Settings(stall=STALL)
    request = AuditRequest(find_sources([str(book)]), explain=True)
    outcome = run_audit(request, settings, watch, today=dt.date(2026, 11, 22))

    with closing(reply_store()) as store:
        asked = questions(outcome, settings, store)
        assert len(asked.plan) == 1
        explained(outcome, asked, settings, store, hanging(watch), say=watch.say)

    assert "stands still" not in "".join(watch.sentences)
    assert watch.sentences
    assert "hanging.<locals>.answer, line" in stalls()


@pytest.mark.skipif(sys.platform == "win32", reason="owners are told in another way there")
def test_what_the_threads_were_doing_is_for_the_owner_only(book: Path, tmp_path: Path) -> None:
    test_an_analysis_that_stands_still_is_told_of_and_goes_on(book, tmp_path)

    assert stat.S_IMODE(os.stat(state_folder() / "stalls.log").st_mode) == 0o600  # noqa: PTH116 - the mode alone
