"""Runs of `analyze` that were broken off go on, and pay for nothing twice."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.books import save
from tests.messages_api import Fault, MessagesApi
from tests.request_answers import data_and_question, user_text
from tickmark.analyses.analyze import SHEET_ANSWER_TOKENS
from tickmark.errors import ModelDenied
from tickmark.hosts.cli.app import run
from tickmark.hosts.cli.output import shell_line

BOOKS = 4


@pytest.fixture
def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "books"
    folder.mkdir()
    for number in range(BOOKS):
        save(folder / f"{number}.xlsx", {"S": {"A1": f"Book {number}", "B1": number}})
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[MessagesApi]:
    with MessagesApi() as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "test-key")
        monkeypatch.setenv("TICKMARK_JOBS", "2")
        yield server


def results(folder: str = "out") -> list[dict[str, Any]]:
    lines = Path(folder, "results.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def record(folder: str = "out") -> dict[str, Any]:
    found = json.loads(Path(folder, "run.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def questions(api: MessagesApi) -> Counter[str]:
    """How often each question was asked; fences differ between processes."""
    found: Counter[str] = Counter()
    for request in api.calls:
        # A kill may cut a request in the middle.
        with suppress(ValueError):
            data, _ = data_and_question(user_text(request.json))
            found[data] += 1
    return found


def test_a_killed_run_goes_on_and_repeats_no_more_than_the_calls_in_flight(
    books: Path, api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    api.delay = 0.05
    command = [sys.executable, "-m", "tickmark", "analyze", str(books), "--out", "out"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as child:  # noqa: S603 - our own
        while api.answered < 4 and child.poll() is None:
            time.sleep(0.005)
        child.kill()
    before = questions(api)
    kept = Path("out", "journal.jsonl").read_text(encoding="ascii").count('"kind":"answer"')

    code = run(["analyze", "--resume", "out", "--jobs", "2"])

    err = capsys.readouterr().err
    asked = questions(api)
    assert code == 0, err
    assert kept >= 2
    assert sum(asked.values()) - 2 * BOOKS == sum(before.values()) - kept <= 2
    assert [Path(one["path"]).name for one in results()] == [f"{n}.xlsx" for n in range(BOOKS)]
    assert {one["status"] for one in results()} == {"ok"}
    assert record()["complete"] is True
    # What the first part paid is part of what the run cost.
    assert record()["usage"]["calls"] == 2 * BOOKS
    assert not list(Path("out").rglob("*.tmp"))


def test_a_run_that_its_limit_stopped_goes_on_with_a_higher_one(
    books: Path, api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["analyze", str(books), "--out", "out", "--max-cost", "0.05"]) == 4
    assert "Resume: tickmark analyze --resume out --max-cost 0.1\n" in capsys.readouterr().out
    first = record()
    asked = len(api.calls)
    assert 0 < asked < 2 * BOOKS

    assert run(["analyze", "--resume", "out", "--max-cost", "1"]) == 0

    assert len(api.calls) == 2 * BOOKS
    assert record()["id"] == first["id"]
    assert record()["usage"]["usd"] > first["usage"]["usd"]


def test_what_was_paid_before_counts_towards_the_limit(books: Path, api: MessagesApi) -> None:
    assert run(["analyze", str(books), "--out", "out", "--max-cost", "0.05"]) == 4
    asked = len(api.calls)

    assert run(["analyze", "--resume", "out"]) == 4

    # Another sheet would need more than is left; the summary of a workbook may fit.
    later = [json.loads(one.body)["max_tokens"] for one in api.calls[asked:]]
    assert all(tokens < SHEET_ANSWER_TOKENS for tokens in later)
    record = json.loads(Path("out", "run.json").read_text(encoding="utf-8"))
    assert 0 < record["usage"]["usd"] <= 0.05


def test_finished_workbooks_are_taken_as_they_are_and_changed_ones_are_read_again(
    books: Path, api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    api.fault_of = lambda content: Fault(400) if "Book 1" in user_text(content) else None
    assert run(["analyze", str(books), "--out", "out"]) == 3
    api.fault_of = None
    times = {n: Path("out", f"{n}.analysed.xlsx").stat().st_mtime_ns for n in range(BOOKS)}
    save(books / "3.xlsx", {"S": {"A1": "Book 3, changed", "B1": 3}})
    before = len(api.calls)
    capsys.readouterr()

    assert run(["analyze", "--resume", "out"]) == 0

    err = capsys.readouterr().err
    assert "Taken from the earlier run: 2 workbooks." in err
    assert re.search(r"Changed since the earlier run, analysed anew: \S*3\.xlsx\.", err)
    after = {n: Path("out", f"{n}.analysed.xlsx").stat().st_mtime_ns for n in range(BOOKS)}
    assert [n for n in range(BOOKS) if times[n] != after[n]] == [1, 3]
    # The sheet and the workbook of each.
    assert len(api.calls) - before == 4
    copy = openpyxl.load_workbook("out/3.analysed.xlsx")
    assert copy["S"]["A1"].value == "Book 3, changed"


def test_the_result_of_a_workbook_that_is_gone_stays(
    books: Path, api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["analyze", str(books), "--out", "out"]) == 0
    before, asked = results(), len(api.calls)
    (books / "1.xlsx").unlink()
    capsys.readouterr()

    assert run(["analyze", "--resume", "out"]) == 0

    err = capsys.readouterr().err
    assert re.search(r"Not to be read any more, told as before: \S*1\.xlsx\.", err)
    assert results() == before
    assert len(api.calls) == asked


def test_the_command_to_go_on_can_be_copied(
    books: Path, api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    api.fault_of = lambda content: Fault(400) if "Book 1" in user_text(content) else None

    assert run(["analyze", str(books), "--out", "my $HOME run"]) == 3

    said = re.search(r"Resume: (.*)", capsys.readouterr().out)
    assert said is not None
    command = ["tickmark", "analyze", "--resume", "my $HOME run"]
    assert shell_line(*command) == said[1]
    assert os.name == "nt" or shlex.split(said[1]) == command


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--resume", "nowhere"], "nowhere is no folder of a run"),
        (["--resume", "books"], "holds no run that can be resumed"),
        (["books", "--resume", "out"], "leave out PATHS"),
        (["--resume", "out", "--model", "m", "--batch"], "leave out --model, --batch"),
        ([], "Name the workbooks"),
        (["books", "--wait"], "--wait waits for message batches"),
    ],
)
def test_wrong_usage_is_one_sentence(
    books: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert books.is_dir()
    assert run(["analyze", *arguments]) == 2

    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.usefixtures("api")
def test_a_run_cannot_be_resumed_twice_at_once(
    books: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["analyze", str(books), "--out", "out"]) == 0
    before = Path("out", "results.jsonl").read_bytes()
    holding = (
        "import sys; from pathlib import Path; from tickmark.engine.journal import Journal; "
        "j = Journal(Path('out/journal.jsonl')); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(  # noqa: S603 - our own
        [sys.executable, "-c", holding], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"

        code = run(["analyze", "--resume", "out"])

    assert code == 2
    assert "another run" in capsys.readouterr().err
    assert Path("out", "results.jsonl").read_bytes() == before


def test_a_run_by_rules_goes_on_without_a_key(
    books: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    assert run(["analyze", str(books), "--no-model", "--out", "out"]) == 0
    Path("out", "run.json").unlink()
    text = Path("out", "results.jsonl").read_text(encoding="utf-8")
    Path("out", "results.jsonl").write_text(text[: len(text) // 2], encoding="utf-8")

    assert run(["analyze", "--resume", "out"]) == 0

    assert len(results()) == BOOKS
    assert "Taken from the earlier run" in capsys.readouterr().err


def test_questions_go_out_in_batches_level_by_level_and_are_collected_later(
    books: Path, api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    api.batches.polls = None
    assert run(["analyze", str(books), "--out", "out", "--batch"]) == 3
    assert f"Handed in {BOOKS} questions in 1 message batch" in capsys.readouterr().err
    assert record()["stopped"] == "batch"

    # Still at work: nothing new is handed in.
    assert run(["analyze", "--resume", "out"]) == 3
    assert f"{BOOKS} still waited for" in capsys.readouterr().err

    api.batches.end("msgbatch_01")
    assert run(["analyze", "--resume", "out"]) == 3
    err = capsys.readouterr().err
    assert "Estimate, kept answers and all: " in err
    assert "It is half the price of single calls." in err
    assert f"Handed in {BOOKS} questions in 1 message batch" in err

    api.batches.end("msgbatch_02")
    assert run(["analyze", "--resume", "out"]) == 0

    assert api.calls == []
    assert {one["status"] for one in results()} == {"ok"}
    assert [one["summary"][:5] for one in results()] == ["Sheet"] * BOOKS
    usage = record()["usage"]
    assert usage["calls"] == 2 * BOOKS
    full = 2e-6 * usage["input_tokens"] + 10e-6 * usage["output_tokens"]
    assert usage["usd"] == pytest.approx(full / 2)


def test_waiting_collects_all_levels_in_one_run(
    books: Path,
    api: MessagesApi,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("tickmark.hosts.line.POLL_SECONDS", 0.01)
    api.batches.polls = 2

    assert run(["analyze", str(books), "--out", "out", "--batch", "--wait"]) == 0

    out, err = capsys.readouterr()
    assert err.count("Estimate: ") == 1
    assert [out.count(f"\n{number}.xlsx ") for number in range(BOOKS)] == [1] * BOOKS
    assert f"{BOOKS} workbooks: " in out
    assert api.calls == []
    assert record()["usage"]["calls"] == 2 * BOOKS


def test_what_is_done_is_told_though_the_rest_cannot_be_waited_for(
    books: Path,
    api: MessagesApi,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def lost(*_: object, **__: object) -> bool:
        raise ModelDenied("The key is refused.")

    monkeypatch.setattr("tickmark.hosts.analysis_run.await_batch", lost)

    assert run(["analyze", str(books), "--out", "out", "--batch", "--wait", "--jsonl"]) == 5

    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["status"] for one in told] == ["incomplete"] * BOOKS
    assert api.calls == []


def test_a_batch_keeps_to_the_spending_limit(
    books: Path, api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["analyze", str(books), "--out", "out", "--batch", "--max-cost", "0.001"]) == 4

    assert "no room" in capsys.readouterr().err
    assert [request.path for request in api.seen if "batches" in request.path] == []
