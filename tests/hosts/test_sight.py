"""What a person sees of a run: the line while it goes on, the files and words afterwards."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import threading
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import pytest

from tests.books import save
from tests.messages_api import Fault, MessagesApi
from tickmark.engine.totals import Totals
from tickmark.hosts.cli.app import run
from tickmark.hosts.cli.terminal import Terminal
from tickmark.model.usage import Usage

COMMAND = [sys.executable, "-m", "tickmark", "analyze"]
BUSY = Totals(12, 3, 108, 8, 26, usage=Usage(21, 70_000, 9_500, usd=0.53), seconds=9, left=185.0)
LINE = "3/12 workbooks  26/108 tasks  21 calls  70k+9.5k tokens  $0.53  4 min left"


class Screen(io.StringIO):
    """A terminal of 80 columns."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    made = Screen()
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return made


@pytest.fixture
def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "books"
    folder.mkdir()
    for name in ("a", "b", "c"):
        save(folder / f"{name}.xlsx", {"S": {"A1": f"Book {name}", "B1": 1}})
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - a generator of one
    with MessagesApi() as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", server.key)
        yield server


def record(folder: str = "out") -> dict[str, Any]:
    found = json.loads(Path(folder, "run.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def test_totals_stand_on_one_line_that_is_gone_afterwards(screen: Screen) -> None:
    with redirect_stderr(screen), Terminal().asking(lambda: BUSY):
        assert LINE in screen.getvalue()

    written = screen.getvalue()
    assert written.endswith("\x1b[1A\x1b[2K")
    assert "\x1b[?25h" in written
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written).replace("\r", "\n").split("\n")
    assert max(map(len, lines)) < 80


def test_a_sentence_comes_above_the_line_and_the_line_stays(screen: Screen) -> None:
    terminal = Terminal()
    with redirect_stderr(screen), terminal.asking(lambda: BUSY):
        terminal.say("The run has stood still for 180 seconds; it goes on waiting.")

        assert re.search(r"stood still.*\n(?s:.*)" + re.escape(LINE), screen.getvalue())


def test_the_line_goes_whatever_ends_the_asking(screen: Screen) -> None:
    def broken() -> None:
        with Terminal().asking(lambda: BUSY):
            raise KeyboardInterrupt

    with redirect_stderr(screen):
        with pytest.raises(KeyboardInterrupt):
            broken()
        assert sys.stderr is screen

    assert screen.getvalue().endswith("\x1b[1A\x1b[2K")


def test_prompts_are_called_by_their_name(screen: Screen) -> None:
    totals = Totals(1, 0, 9, done=2)
    with redirect_stderr(screen), Terminal().asking(lambda: totals, noun="prompt"):
        assert "2/9 prompts" in screen.getvalue()


def test_nothing_is_drawn_where_nobody_looks(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    with redirect_stderr(screen), Terminal(quiet=True).asking(lambda: BUSY):
        pass
    assert screen.getvalue() == ""

    monkeypatch.setattr(screen, "isatty", lambda: False)
    with redirect_stderr(screen), Terminal().asking(lambda: BUSY):
        pass
    assert screen.getvalue() == ""


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")
@pytest.mark.usefixtures("books", "api")
def test_a_run_shows_its_totals_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")
    ours, theirs = os.openpty()
    shown = bytearray()

    def read() -> None:
        # A pseudo-terminal whose other end is closed ends with an error.
        try:
            while piece := os.read(ours, 4096):
                shown.extend(piece)
        except OSError:
            pass

    reader = threading.Thread(target=read)
    reader.start()
    done = subprocess.run(  # noqa: S603 - our own command
        [*COMMAND, "books", "--out", "out"], stdout=subprocess.DEVNULL, stderr=theirs, check=False
    )
    os.close(theirs)
    reader.join()
    os.close(ours)

    assert done.returncode == 0
    assert "3/3 workbooks  6/6 tasks  6 calls" in shown.decode()


@pytest.mark.usefixtures("books", "api")
def test_a_run_without_a_terminal_tells_plain_lines() -> None:
    done = subprocess.run(  # noqa: S603 - our own command
        [*COMMAND, "books", "--out", "out"], capture_output=True, check=False
    )

    assert done.returncode == 0
    assert b"\x1b" not in done.stdout + done.stderr
    assert b"tasks" not in done.stderr
    assert done.stderr.count(b"no findings") == 3


@pytest.mark.usefixtures("books", "api")
def test_a_run_leaves_where_its_time_went(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["analyze", "books", "--out", "out", "-v"]) == 0

    told = record()["bottlenecks"]
    assert told["tasks"] == {"done": 6, "cached": 0, "failed": 0, "skipped": 0}
    assert (told["sends"], told["jobs"]) == (6, 8)
    for line in Path("out/results.jsonl").read_text(encoding="utf-8").splitlines():
        result = json.loads(line)
        assert [one["id"] for one in result["trace"]] == ["sheet 1", "workbook"]
        assert {one["status"] for one in result["trace"]} == {"done"}
        assert [one["calls"] for one in result["trace"]] == [1, 1]
        assert all(0 < one["waits"]["provider"] <= one["seconds"] for one in result["trace"])
        assert result["trace"][1]["waits"]["parents"] > 0
        assert result["trace_left_out"] == 0
    out, err = capsys.readouterr()
    assert f"\n{told['sentence']}\nTimeline: out/timeline.html\n" in out.replace("\\", "/")
    assert told["sentence"] in " ".join(err.split())
    assert "Where the time went" in err
    assert 'href="timeline.html"' in Path("out/report.html").read_text(encoding="utf-8")
    assert "<svg" in Path("out/timeline.html").read_text(encoding="utf-8")
    assert json.loads(Path("out/trace.json").read_text(encoding="utf-8"))

    # A report that is made again leads there too.
    Path("out/report.html").unlink()
    assert run(["report", "out"]) == 0
    assert 'href="timeline.html"' in Path("out/report.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("books")
def test_rules_alone_leave_no_timeline(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["analyze", "books", "--out", "out", "--no-model"]) == 0

    assert record()["bottlenecks"] is None
    assert not Path("out/timeline.html").exists()
    assert "timeline" not in Path("out/report.html").read_text(encoding="utf-8")
    assert "Timeline" not in capsys.readouterr().out


@pytest.mark.usefixtures("books")
def test_a_run_stops_after_as_many_failures_as_it_is_told(
    api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    api.fault_of = lambda _content: Fault(400)

    code = run(["analyze", "books", "--out", "out", "--max-failures", "2", "--jobs", "1"])

    assert code == 3
    assert record()["stopped"] == "failures"
    assert len(api.calls) == 2
    assert "Stopped: too many questions failed (max_failures)." in capsys.readouterr().out
    report = Path("out/report.html").read_text(encoding="utf-8")
    assert "The run stopped because too many questions failed." in report


@pytest.mark.usefixtures("books")
def test_a_rate_limit_of_a_day_stops_a_run(
    api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    api.fault_of = lambda _content: Fault(429, headers={"retry-after": "86400"})

    assert run(["analyze", "books", "--out", "out", "--jobs", "1"]) == 3

    assert record()["stopped"] == "limit"
    out = capsys.readouterr().out
    assert "rate limit asks to wait too long; resume the run later." in out
    assert "tickmark analyze --resume out" in out


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (["ask", "books/a.xlsx", "What is B1?"], "ask"),
        (["audit", "broken.xlsx", "--explain"], "audit"),
    ],
)
@pytest.mark.usefixtures("books", "api")
def test_calls_without_a_run_folder_have_a_run_in_the_log(
    command: list[str], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    save(Path("broken.xlsx"), {"S": {"A1": 1, "B1": "=A1*#REF!"}})
    run(command)
    capsys.readouterr()

    assert run(["log", "ls", "--jsonl"]) == 0

    calls = list(map(json.loads, capsys.readouterr().out.splitlines()))
    assert calls
    assert len({one["run"] for one in calls}) == 1
    assert re.fullmatch(name + r"-\d{8}-\d{6}-[0-9a-f]{4}", calls[0]["run"])
