"""What stands on stdout and stderr, whatever they are connected to."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.books import save
from tests.messages_api import MessagesApi
from tickmark.hosts.cli.app import run
from tickmark.hosts.cli.terminal import Terminal
from tickmark.llm.model import Prompt

COMMAND = [sys.executable, "-m", "tickmark", "analyze"]


@pytest.fixture
def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "books"
    folder.mkdir()
    for name in ("a", "b", "c"):
        save(folder / f"{name}.xlsx", {"S": {"A1": f"Book {name}", "B1": 1, "C1": "#REF!"}})
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_names_that_stdout_cannot_show_are_escaped(books: Path) -> None:
    (books / "a.xlsx").rename(books / os.fsdecode(b"caf\xe9.xlsx"))
    (books / "b.xlsx").rename(books / "\u2192.xlsx")
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252"}  # noqa: TID251 - a child's

    done = subprocess.run(  # noqa: S603 - our own command
        [*COMMAND, "books", "--no-model"], env=environment, capture_output=True, check=False
    )

    assert done.returncode == 0
    assert rb"\u2192.xlsx" in done.stdout
    assert b"3 workbooks" in done.stdout


@pytest.mark.parametrize("form", ["--jsonl", "--json", "--quiet"])
@pytest.mark.usefixtures("books")
def test_a_reader_who_leaves_neither_ends_the_run_nor_changes_its_code(form: str) -> None:
    command = [*COMMAND, "books", "--no-model", form, "--fail-on", "high", "--out", "out"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603 - our own command
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    error = process.stderr.read()
    process.stderr.close()

    assert process.wait() == 1
    assert b"Exception" not in error
    assert len(Path("out/results.jsonl").read_text().splitlines()) == 3


@pytest.mark.parametrize("form", ["--json", "--jsonl"])
@pytest.mark.parametrize("more", [[], ["--dry-run"]])
@pytest.mark.usefixtures("books")
def test_prompts_leave_stdout_to_the_json(
    form: str,
    more: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with MessagesApi() as api:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", api.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "test-key")
        run(["analyze", "books", form, "--show-prompt", *more])

    out, err = capsys.readouterr()
    assert all(json.loads(line)["schema_version"] == 1 for line in out.splitlines())
    assert out
    assert "<data fence=" in err


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")
@pytest.mark.usefixtures("books")
def test_a_progress_bar_does_not_draw_data_away_from_stdout() -> None:
    ours, theirs = os.openpty()
    with Path("data").open("wb") as data:
        done = subprocess.run(  # noqa: S603 - our own command
            [*COMMAND, "books", "--no-model", "--jsonl"], stdout=data, stderr=theirs, check=False
        )
    os.close(theirs)
    os.close(ours)

    assert done.returncode == 0
    lines = Path("data").read_text().splitlines()
    assert [Path(json.loads(line)["path"]).name for line in lines] == ["a.xlsx", "b.xlsx", "c.xlsx"]


def test_a_prompt_does_not_steer_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    prompt = Prompt("m", "system", "a\x1b]0;title\x07\nb")
    Terminal().prompt(prompt)
    assert "a\x1b]0;title\x07\nb\n" in capsys.readouterr().out

    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    Terminal().prompt(prompt)
    assert "a\u00b7]0;title\u00b7\nb\n" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform == "win32", reason="signals of another kind there")
@pytest.mark.usefixtures("books")
def test_a_second_ctrl_c_leaves_at_once_and_keeps_what_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with MessagesApi(delay=60.0) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "test-key")
        process = subprocess.Popen(  # noqa: S603 - our own command
            [*COMMAND, "books", "--out", "out"], stderr=subprocess.PIPE, text=True
        )
        while len(server.requests) < 3 and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        talk = ""
        while "Ctrl-C again" not in talk and process.poll() is None:
            talk += process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, rest = process.communicate(timeout=30)

    assert process.returncode == 130
    assert "Traceback" not in talk + rest
    assert json.loads(Path("out/run.json").read_text())["stopped"] == "interrupted"
    assert Path("out/report.html").is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of another kind there")
@pytest.mark.usefixtures("books")
def test_ctrl_c_while_reading_begins_shows_no_traceback() -> None:
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*COMMAND, "books", "--no-model", "--out", "out", "--workers", "3"],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not Path("out/results.jsonl").is_file() and process.poll() is None:
        time.sleep(0.01)
    time.sleep(0.3)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=30)

    assert process.returncode == 130
    assert "Traceback" not in err
    assert Path("out/run.json").is_file()
