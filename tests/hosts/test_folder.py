"""A run over many workbooks: stops, faults and full disks lose nothing that is done."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.books import save
from tickmark.engine.totals import Totals
from tickmark.errors import InputError, SettingError, TickmarkError, WriteRefused
from tickmark.hosts import folder as folder_module
from tickmark.hosts.folder import run_folder
from tickmark.hosts.preparation import Request
from tickmark.hosts.run_folder import RunFolder
from tickmark.hosts.sources import find_sources
from tickmark.llm.model import LanguageModel, Prompt, Reply
from tickmark.llm.scripted import ScriptedModel
from tickmark.model.analysis import Analysis
from tickmark.model.run import Run
from tickmark.settings import Settings

BOOKS = 24


@dataclass
class Seen:
    """A watch that keeps what it was told."""

    results: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    totals: Totals = field(default_factory=Totals)

    def phase(self, words: str, total: int) -> None:
        """Not kept."""

    def step(self, shown: str) -> None:
        """Not kept."""

    @contextmanager
    def asking(self, totals: Callable[[], Totals], *, noun: str = "task") -> Iterator[None]:
        yield
        self.totals = totals()
        assert noun == "task"

    def result(self, analysis: Analysis) -> None:
        self.results.append(Path(analysis.path).name)

    def say(self, sentence: str) -> None:
        self.sentences.append(sentence)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("books")
    for number in range(BOOKS):
        save(folder / f"{number:02}.xlsx", {"S": {"A1": f"Book {number:02}", "B1": number}})
    return folder


def answer(prompt: Prompt) -> str:
    if "one sheet" in prompt.system:
        return json.dumps({"summary": "Fine.", "remarks": []})
    return json.dumps({"summary": "Fine."})


def run_over(
    books: Path,
    out: Path,
    model: LanguageModel | None,
    *,
    stop: threading.Event | None = None,
    watch: Seen | None = None,
) -> Run:
    return run_folder(
        Request(find_sources([str(books)]), workers=2, ask_model=model is not None),
        Settings(jobs=2),
        RunFolder(out),
        run_id="run",
        model=model,
        watch=watch or Seen(),
        stop=stop,
    )


def written(out: Path) -> list[str]:
    lines = (out / "results.jsonl").read_text(encoding="utf-8").splitlines()
    return [Path(json.loads(line)["path"]).name for line in lines]


def test_a_stopped_run_writes_each_finished_workbook_once(books: Path, tmp_path: Path) -> None:
    stop = threading.Event()
    calls = 0

    def stopping(prompt: Prompt) -> str:
        nonlocal calls
        calls += 1
        if calls == 20:
            stop.set()
        return answer(prompt)

    watch = Seen()
    run = run_over(books, tmp_path / "out", ScriptedModel(stopping), stop=stop, watch=watch)

    names = written(tmp_path / "out")
    assert names == sorted(set(names))
    assert 9 <= len(names) < BOOKS
    assert names == watch.results
    assert (run.exit_code, run.stopped, run.workbooks) == (130, "interrupted", len(names))
    assert (tmp_path / "out" / "report.html").is_file()


def test_a_stop_before_the_asking_asks_nothing(books: Path, tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    model = ScriptedModel(answer)

    run = run_over(books, tmp_path / "out", model, stop=stop)

    assert (run.exit_code, run.workbooks, model.prompts) == (130, 0, ())


def test_a_fault_of_our_own_costs_one_workbook(books: Path, tmp_path: Path) -> None:
    class Faulty:
        def complete(self, prompt: Prompt) -> Reply:
            if "Book 03" in prompt.data:
                raise RuntimeError
            return Reply(answer(prompt))

    run = run_over(books, tmp_path / "out", Faulty())

    assert (run.workbooks, run.failed, run.exit_code) == (BOOKS, 1, 3)
    assert len(written(tmp_path / "out")) == BOOKS


def test_a_fault_in_writing_costs_one_workbook(
    books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(source: Path, *_rest: object) -> None:
        if source.name == "03.xlsx":
            raise KeyError("xl/workbook.xml")

    monkeypatch.setattr(folder_module, "write_analysed", broken)

    run = run_over(books, tmp_path / "out", None)

    assert (run.workbooks, run.failed, run.exit_code) == (BOOKS, 1, 3)


@pytest.mark.parametrize("asked", [True, False])
def test_a_folder_that_cannot_be_written_ends_the_run_with_a_sentence(
    books: Path, tmp_path: Path, *, asked: bool
) -> None:
    out = tmp_path / "out"

    class Removing(Seen):
        def result(self, _analysis: Analysis) -> None:
            results = out / "results.jsonl"
            if results.is_file():
                results.unlink()
                results.mkdir()

    model = ScriptedModel(answer) if asked else None
    with pytest.raises(InputError, match="cannot be written"):
        run_over(books, out, model, watch=Removing())

    assert model is None or len(model.prompts) < 2 * BOOKS


def test_a_workbook_that_changes_during_the_run_gets_no_copy_and_is_incomplete(
    tmp_path: Path,
) -> None:
    source = save(tmp_path / "books.xlsx", {"S": {"A1": "before"}})

    def saving(prompt: Prompt) -> str:
        save(source, {"S": {"A1": "after"}})
        return answer(prompt)

    run = run_over(source, tmp_path / "out", ScriptedModel(saving))

    record = json.loads((tmp_path / "out" / "results.jsonl").read_text(encoding="utf-8"))
    assert (run.exit_code, record["status"]) == (3, "incomplete")
    assert "changed during the run" in json.dumps(record)
    assert not list((tmp_path / "out").glob("*.xlsx"))


def test_totals_reach_the_end_with_the_run(books: Path, tmp_path: Path) -> None:
    watch = Seen()
    run_over(books, tmp_path / "out", ScriptedModel(answer), watch=watch)

    totals = watch.totals
    assert (totals.plans_ended, totals.plans) == (BOOKS, BOOKS)
    assert (totals.done, totals.tasks, totals.under_way) == (2 * BOOKS, 2 * BOOKS, 0)


@pytest.mark.parametrize(
    ("error", "stopped", "code", "told"),
    [
        (
            SettingError("Bedrock needs a region."),
            "Bedrock needs a region.",
            2,
            "The run stopped: Bedrock needs a region. ",
        ),
        (
            WriteRefused("The journal cannot be written."),
            "disk",
            3,
            "The run stopped because its record of answers could not be written. ",
        ),
    ],
)
def test_what_stops_a_run_stands_in_its_record_and_report(
    books: Path, tmp_path: Path, *, error: TickmarkError, stopped: str, code: int, told: str
) -> None:
    def refusing(_prompt: Prompt) -> str:
        raise error

    run = run_over(books, tmp_path / "out", ScriptedModel(refusing))

    assert (run.stopped, run.exit_code, run.complete) == (stopped, code, False)
    assert told in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert run.bottlenecks["sends"] == 0
