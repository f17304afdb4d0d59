"""`tickmark prompts`: prompts of everybody's own, over loopback HTTP."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from tests.messages_api import Fault, MessagesApi
from tests.request_answers import user_text
from tickmark.engine.journal import Journal, private_file
from tickmark.hosts.cli.app import run
from tickmark.settings import cache_file, state_folder

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


class Echo:
    """A server that answers with what it was asked; `held` are questions that wait for `go`."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.held: set[str] = set()
        self.go = threading.Event()
        self.reached = threading.Event()
        self.enough = 0
        self.answers: dict[str, str | dict[str, Any]] = {}
        self._lock = threading.Lock()

    def __call__(self, content: dict[str, Any]) -> str | dict[str, Any]:
        question = user_text(content).partition("\n")[0]
        with self._lock:
            self.asked[question] += 1
            if self.enough and sum(self.asked.values()) >= self.enough:
                self.reached.set()
        if question in self.held:
            self.go.wait(20)
        return self.answers.get(question, f"<{question}>")


@pytest.fixture
def echo() -> Iterator[Echo]:
    echo = Echo()
    yield echo
    echo.go.set()


@pytest.fixture
def api(echo: Echo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[MessagesApi]:
    monkeypatch.chdir(tmp_path)
    with MessagesApi(echo) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "test-key")
        yield server
        echo.go.set()


def write(*lines: dict[str, Any], name: str = "q.jsonl") -> str:
    Path(name).write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")
    return name


def questions(count: int, **more: object) -> str:
    return write(*({"id": f"p{n}", "user": f"question {n}", **more} for n in range(count)))


def answers(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def written(name: str = "o.jsonl") -> list[dict[str, Any]]:
    return answers(Path(name).read_text(encoding="ascii"))


def journals() -> list[Path]:
    return sorted((state_folder() / "prompts").glob("*.jsonl"))


def child(*arguments: str, **more: Any) -> subprocess.Popen[bytes]:  # noqa: ANN401 - those of Popen
    return subprocess.Popen(  # noqa: S603 - our own
        [sys.executable, "-m", "tickmark", "prompts", *arguments], **more
    )


def test_answers_come_in_the_order_of_the_input(
    api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    name = write(
        {"id": "c", "user": "Join them.", "after": ["a", "b"]},
        {"id": "a", "user": "Say A.", "system": "Be brief."},
        {"id": 2, "user": "How many?", "schema": SCHEMA},
        {"id": "b", "user": "Say B.", "model": "claude-haiku-5-5", "max_tokens": 9},
    )
    api.answer = lambda content: '{"n": 5}' if "output_config" in content else user_text(content)

    assert run(["prompts", name]) == 0

    out, err = capsys.readouterr()
    found = answers(out)
    assert [list(one) for one in found] == [
        ["id", "status", "text", "error", "usage", "cached"]
    ] * 4
    assert [(one["id"], one["status"]) for one in found] == [
        ("c", "done"),
        ("a", "done"),
        (2, "done"),
        ("b", "done"),
    ]
    joined = found[0]["text"]
    assert joined.startswith("Join them.")
    assert "Answer to a:\nSay A.\n\nAnswer to b:\nSay B." in joined
    assert found[2]["text"] == '{"n":5}'
    bodies = [json.loads(one) for one in api.requests]
    assert {one["model"] for one in bodies} == {"claude-sonnet-5-5", "claude-haiku-5-5"}
    assert {one["max_tokens"] for one in bodies} == {4096, 9}
    assert err.startswith("Estimate: 4 calls to 2 models, ")
    assert err.count("\n") == 2
    assert err.splitlines()[1].startswith("4 of 4 prompts answered: 4 calls, 0.0")
    # All is there: nothing is kept for a --resume.
    assert journals() == []


def test_a_reader_of_a_pipe_has_the_first_line_while_the_rest_is_asked(
    api: MessagesApi, echo: Echo
) -> None:
    echo.held = {"question 1"}
    with child(questions(5), "--quiet", stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert api.answered < 5
        echo.go.set()
        rest = process.stdout.read()
    assert process.returncode == 0
    assert [one["id"] for one in answers((first + rest).decode())] == [f"p{n}" for n in range(5)]


def test_a_reader_who_leaves_stops_the_run_and_loses_nothing(
    api: MessagesApi, echo: Echo, capsys: pytest.CaptureFixture[str]
) -> None:
    api.delay = 0.01
    with child(
        questions(300), "--jobs", "2", stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read().decode()
    assert process.returncode == 3
    assert "Traceback" not in err
    assert "The reader of the answers has left. Go on with --resume." in err
    asked = sum(echo.asked.values())
    assert asked < 300

    assert run(["prompts", "q.jsonl", "--resume", "--quiet"]) == 0
    assert len(answers(capsys.readouterr().out)) == 300
    assert sum(echo.asked.values()) == 300


def test_stdin_is_a_file_too_and_can_be_resumed_with_the_same_input(
    api: MessagesApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = b'\xef\xbb\xbf{"user": "one"}\r\n\r\n{"user": "two"}'

    def piped(content: bytes) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))

    piped(lines)
    api.fault_of = lambda content: Fault(400) if user_text(content) == "two" else None
    assert run(["prompts", "-", "--quiet"]) == 3
    assert [one["id"] for one in answers(capsys.readouterr().out)] == ["1", "3"]
    api.fault_of = None

    piped(lines)
    assert run(["prompts", "-", "--resume"]) == 0
    out, err = capsys.readouterr()
    assert [one["text"] for one in answers(out)] == ["<one>", "<two>"]
    assert "Taken from the earlier run: 1 answer." in err
    # Another input has nothing to do with it, and may run beside it.
    piped(b'{"user": "one"}')
    assert run(["prompts", "-", "--resume"]) == 0
    assert "earlier run" not in capsys.readouterr().err


def test_a_failed_prompt_fails_what_builds_on_it_and_nothing_else(
    api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    name = write(
        {"id": "a", "user": "bad"},
        {"id": "b", "user": "child", "after": ["a"]},
        {"id": "c", "user": "tolerant", "after": ["a"], "tolerant": True},
        {"id": "d", "user": "other"},
    )
    api.fault_of = lambda content: Fault(400) if user_text(content) == "bad" else None

    assert run(["prompts", name, "--out", "o.jsonl"]) == 3

    assert [one["status"] for one in written()] == ["failed", "skipped", "done", "done"]
    assert "rejects the request" in written()[0]["error"]
    assert written()[1]["error"].startswith("It builds on 'a', which failed: ")
    err = capsys.readouterr().err
    assert "2 of 4 prompts answered, 1 failed, 1 not asked: 2 calls, " in err
    assert err.endswith(" Go on with --resume.\n")


def test_an_answer_that_never_fits_its_schema_fails_with_what_it_cost(
    api: MessagesApi, echo: Echo, capsys: pytest.CaptureFixture[str]
) -> None:
    echo.answers["How many?"] = '{"n": "many"}'

    assert run(["prompts", write({"user": "How many?", "schema": SCHEMA})]) == 3

    (one,) = answers(capsys.readouterr().out)
    assert (one["status"], one["text"], one["cached"]) == ("failed", None, False)
    assert "not of the asked form" in one["error"]
    assert one["usage"]["calls"] == len(api.calls) == 2
    assert one["usage"]["usd"] > 0


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        (Fault(401, "no"), 5, "refuses the API key"),
        (Fault(402, "broke"), 4, "spending limit is reached"),
        (Fault(429, headers={"retry-after": "86400"}), 3, "asks to wait 86400 seconds"),
    ],
)
def test_what_every_prompt_would_meet_ends_the_run(
    api: MessagesApi, fault: Fault, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    api.fault_of = lambda _: fault

    assert run(["prompts", questions(50), "--jobs", "2"]) == code

    out, err = capsys.readouterr()
    assert len(answers(out)) == 50
    assert said in err
    assert len(api.calls) <= 4


def test_no_provider_at_all_is_exit_code_5(
    api: MessagesApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tickmark.llm.retrying.FIRST_WAIT", 0.001)
    api.close()

    assert run(["prompts", questions(1)]) == 5

    out, err = capsys.readouterr()
    assert [one["status"] for one in answers(out)] == ["failed"]
    assert "cannot be reached" in answers(out)[0]["error"]
    assert err.endswith(
        "0 of 1 prompt answered, 1 failed: 0 calls, 0.0000 USD. Go on with --resume.\n"
    )


def test_the_spending_limit_stops_and_a_higher_one_goes_on(
    api: MessagesApi, echo: Echo, capsys: pytest.CaptureFixture[str]
) -> None:
    # An answer of many tokens, so that a few of them use up the limit.
    echo.answers = {f"question {n}": "word " * 800 for n in range(30)}
    name = questions(30, max_tokens=1000)

    assert run(["prompts", name, "--out", "o.jsonl", "--max-cost", "0.05"]) == 4
    assert "set a higher limit with --max-cost" in capsys.readouterr().err
    asked = len(api.calls)
    assert 0 < asked < 30
    assert run(["prompts", name, "--out", "o.jsonl", "--max-cost", "1", "--resume"]) == 0

    assert len(api.calls) == 30
    assert [one["id"] for one in written()] == [f"p{n}" for n in range(30)]
    assert sum(one["usage"]["calls"] for one in written()) == 30


@pytest.mark.parametrize("arguments", [["--max-failures", "2"], []])
def test_a_run_stops_after_as_many_failures_as_may_be(
    api: MessagesApi,
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if not arguments:
        monkeypatch.setenv("TICKMARK_MAX_FAILURES", "2")
    api.fault_of = lambda _: Fault(400)

    assert run(["prompts", questions(40), "--jobs", "1", *arguments]) == 3

    out, err = capsys.readouterr()
    assert len(api.calls) == 2
    assert Counter(one["status"] for one in answers(out)) == {"failed": 2, "skipped": 38}
    assert "stopped after 2 failed questions" in err


def test_kept_answers_are_told_as_such(
    api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    name = questions(3)
    assert run(["prompts", name]) == 0
    capsys.readouterr()

    assert run(["prompts", name]) == 0

    out, err = capsys.readouterr()
    assert [one["cached"] for one in answers(out)] == [True] * 3
    assert [one["usage"]["usd"] for one in answers(out)] == [0.0] * 3
    assert "3 of 3 prompts answered: 0 calls, 3 kept answers, 0.0000 USD." in err
    assert len(api.calls) == 3


def test_resuming_what_is_whole_leaves_its_answers_as_they_are(
    api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    name = questions(3)
    assert run(["prompts", name, "--out", "o.jsonl"]) == 0
    whole = Path("o.jsonl").read_bytes()

    assert run(["prompts", name, "--out", "o.jsonl", "--resume"]) == 0

    assert "All is answered already: o.jsonl stays as it is." in capsys.readouterr().err
    assert Path("o.jsonl").read_bytes() == whole

    other = ["--model", "claude-haiku-5-5"]
    assert run(["prompts", name, "--out", "o.jsonl", "--resume", *other]) == 0
    assert [call.json["model"] for call in api.calls[3:]] == ["claude-haiku-5-5"] * 3

    questions(4)
    assert run(["prompts", name, "--out", "o.jsonl", "--resume"]) == 0
    assert len(answers(Path("o.jsonl").read_text(encoding="ascii"))) == 4
    assert len(api.calls) == 7


def test_journals_that_nobody_resumes_go(api: MessagesApi) -> None:
    assert run(["prompts", questions(1), "--out", "o.jsonl"]) == 0
    folder = state_folder() / "prompts"
    (note,) = folder.iterdir()
    for number, days in enumerate((1, 40)):
        old = folder / f"{number}.jsonl"
        old.write_text("", encoding="ascii")
        os.utime(old, (time.time() - days * 86_400,) * 2)

    assert run(["prompts", questions(1), "--out", "p.jsonl"]) == 0

    assert sorted(path.name for path in folder.iterdir()) == ["0.jsonl", note.name]
    assert len(api.calls) == 1


def test_a_journal_of_any_age_is_resumed(
    api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    api.fault_of = lambda content: Fault(400) if "question 1" in user_text(content) else None
    assert run(["prompts", questions(2), "--out", "o.jsonl"]) == 3
    (journal,) = journals()
    os.utime(journal, (time.time() - 40 * 86_400,) * 2)
    api.fault_of = None
    capsys.readouterr()

    assert run(["prompts", "q.jsonl", "--out", "o.jsonl", "--resume"]) == 0

    assert "Taken from the earlier run: 1 answer." in capsys.readouterr().err


@pytest.mark.parametrize("loses_cache", [False, True])
def test_a_killed_run_goes_on_and_repeats_no_more_than_the_calls_in_flight(
    api: MessagesApi, echo: Echo, loses_cache: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    api.delay, echo.enough = 0.02, 30
    name = questions(60)
    with child(name, "--out", "o.jsonl", "--jobs", "4", stderr=subprocess.DEVNULL) as process:
        assert echo.reached.wait(60)
        process.kill()
    (journal,) = journals()
    kept = journal.read_text(encoding="ascii").count('"kind":"answer"')
    if loses_cache:
        for file in cache_file().parent.glob("replies*"):
            file.unlink()
    # What a kill leaves at the end of the file.
    with Path("o.jsonl").open("ab") as out:
        out.write(b'{"id": "p')

    assert run(["prompts", name, "--out", "o.jsonl", "--resume", "--jobs", "4"]) == 0

    assert f"Taken from the earlier run: {kept} answers." in capsys.readouterr().err
    assert 26 <= kept < 60
    assert len(echo.asked) == 60
    assert set(echo.asked.values()) <= {1, 2}
    assert sum(echo.asked.values()) <= 60 + 4
    assert [(one["id"], one["text"]) for one in written()] == [
        (f"p{n}", f"<question {n}>") for n in range(60)
    ]
    # What the first part paid is part of what the answers cost.
    assert sum(one["usage"]["calls"] for one in written()) == 60 if loses_cache else True
    assert journals() == []


def test_ctrl_c_ends_what_is_in_flight_and_resume_goes_on(
    api: MessagesApi, echo: Echo, capsys: pytest.CaptureFixture[str]
) -> None:
    api.delay, echo.enough = 0.02, 20
    name = questions(200)
    with child(name, "--out", "o.jsonl", "--jobs", "2", stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        assert echo.reached.wait(60)
        process.send_signal(signal.SIGINT)
        err = process.stderr.read().decode()

    assert process.returncode == 130
    assert "Traceback" not in err
    assert err.endswith(" Go on with --resume.\n")
    asked = sum(echo.asked.values())
    found = written()
    assert [one["id"] for one in found] == [f"p{n}" for n in range(200)]
    assert sum(one["status"] == "done" for one in found) == asked
    assert {one["error"] for one in found if one["status"] == "skipped"} == {
        "The run was stopped before this was asked."
    }

    api.delay = 0.0
    assert run(["prompts", name, "--out", "o.jsonl", "--resume"]) == 0
    assert f"Taken from the earlier run: {asked} answers." in capsys.readouterr().err
    assert sum(echo.asked.values()) == 200
    assert {one["status"] for one in written()} == {"done"}


def test_an_answers_file_that_is_there_is_refused_before_anything_is_sent(
    api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("o.jsonl").write_text("mine", encoding="ascii")

    assert run(["prompts", questions(2), "--out", "o.jsonl"]) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        "tickmark: o.jsonl is there already; resume the run with --resume, or name another file "
        "with --out.\n"
    )
    assert api.seen == []
    assert Path("o.jsonl").read_text(encoding="ascii") == "mine"


@pytest.mark.parametrize("out", ["q.jsonl", "mine.txt"])
def test_resume_writes_no_file_anew_that_holds_something_else(
    api: MessagesApi, out: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name = questions(2)
    Path("mine.txt").write_text('{"id": 5}\n', encoding="ascii")
    before = Path(out).read_bytes()

    assert run(["prompts", name, "--out", out, "--resume"]) == 2

    assert "holds something else than answers" in capsys.readouterr().err
    assert Path(out).read_bytes() == before
    assert api.seen == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["q.jsonl", "--out", "none/o.jsonl"], "There is no folder none"),
        (["q.jsonl", "--out", "."], "is a folder"),
        (["q.jsonl", "--trace", "none/t.html"], "t.html is no place for the timeline"),
        (["q.jsonl", "--trace", "q.jsonl"], "q.jsonl is no place for the timeline"),
        (["q.jsonl", "--wait"], "--wait waits for message batches"),
        (["none.jsonl"], "none.jsonl cannot be read (No such file or directory)"),
        (["."], ". cannot be read"),
        (["q.jsonl", "--model", "claude-none"], "The price of the model 'claude-none'"),
        (["bad.jsonl"], "bad.jsonl, line 1: it is no JSON; line 2: 'x' is no field"),
        (["strange.jsonl"], "The price of the model 'claude-none' is not known"),
        (["q.jsonl", "--jobs", "0"], "--jobs: jobs is 0; at least 1 is needed."),
        (["q.jsonl", "--json"], "--json is for --dry-run"),
        (["q.jsonl", "--wait"], "--wait waits for message batches; give it with --batch or"),
        (
            ["circle.jsonl"],
            "which is no id; Tasks wait for each other in a circle: '1' -> '2' -> '1'.",
        ),
        (["q.jsonl", "--nonsense"], "No such option: --nonsense (`tickmark prompts --help`"),
    ],
)
def test_wrong_usage_is_one_sentence_and_sends_nothing(
    api: MessagesApi,
    arguments: list[str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    questions(2)
    Path("bad.jsonl").write_text('x\n{"x": 1}\n', encoding="ascii")
    write({"user": "a", "model": "claude-none"}, name="strange.jsonl")
    circle = ({"user": "a", "after": ["2", "z"]}, {"user": "b", "after": ["1"]})
    write(*circle, name="circle.jsonl")
    if "claude-none" in said:
        monkeypatch.delenv("ANTHROPIC_BASE_URL")

    assert run(["prompts", *arguments]) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert err.count("\n") == 1
    assert api.seen == []


def test_without_a_key_nothing_is_begun(
    api: MessagesApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    monkeypatch.delenv("ANTHROPIC_BASE_URL")
    name = questions(2)

    assert run(["prompts", name, "--out", "o.jsonl"]) == 2
    assert "Prompts need a model: set ANTHROPIC_API_KEY" in capsys.readouterr().err
    assert not Path("o.jsonl").exists()

    assert run(["prompts", name, "--dry-run"]) == 0
    assert capsys.readouterr().out.startswith("Estimate: 2 calls to claude-sonnet-5-5")

    assert run(["prompts", name, "--dry-run", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["models"] == ["claude-sonnet-5-5"]
    assert record["estimate"]["calls"] == 2
    assert 0 < record["estimate"]["likely_usd"] < record["estimate"]["most_usd"]
    assert api.seen == []


def test_a_batch_is_priced_at_half(api: MessagesApi, capsys: pytest.CaptureFixture[str]) -> None:
    name = questions(1000)

    def likely(*arguments: str) -> float:
        assert run(["prompts", name, "--dry-run", *arguments]) == 0
        return float(capsys.readouterr().out.split("likely ")[1].split()[0])

    assert likely() == pytest.approx(2 * likely("--batch"), abs=0.02)
    assert likely("--model", "claude-haiku-5-5") < likely()
    assert api.seen == []


def test_two_runs_of_one_file_do_not_meet(
    api: MessagesApi, echo: Echo, capsys: pytest.CaptureFixture[str]
) -> None:
    echo.held, echo.enough = {"question 0"}, 1
    name = questions(3)
    with child(name, "--out", "o.jsonl", stderr=subprocess.DEVNULL) as process:
        assert echo.reached.wait(60)
        (journal,) = journals()
        for arguments in ([], ["--resume"]):
            assert run(["prompts", name, *arguments]) == 2
            out, err = capsys.readouterr()
            assert out == ""
            assert f"is being written by another run (process {process.pid})" in err
            assert "Traceback" not in err
        assert journal.exists()
        echo.go.set()
    assert process.returncode == 0
    assert len(written()) == 3
    assert api.answered == 3
    assert journals() == []


def test_a_new_run_begins_anew_and_forgets_what_the_old_one_spent(
    api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    api.fault_of = lambda content: Fault(400) if "question 1" in user_text(content) else None
    name = questions(2)
    assert run(["prompts", name]) == 3
    api.fault_of = None
    capsys.readouterr()

    assert run(["prompts", name]) == 0

    out, err = capsys.readouterr()
    assert "earlier run" not in err
    assert [one["cached"] for one in answers(out)] == [True, False]


def test_a_full_disk_under_the_journal_stops_the_run_with_a_sentence(
    api: MessagesApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Full(io.FileIO):
        """Takes the opening and a few answers."""

        left = 3000

        def write(self, data: Any) -> int:  # noqa: ANN401 - a buffer
            if self.left < len(data):
                raise OSError(28, "No space left on device")
            self.left -= len(data)
            return super().write(data)

    def full(path: Path) -> io.FileIO:
        private_file(path).close()
        return Full(path, "ab")

    defaults = Journal.__init__.__kwdefaults__ or {}
    monkeypatch.setitem(defaults, "opener", full)
    name = questions(60)

    assert run(["prompts", name, "--out", "o.jsonl", "--jobs", "2"]) == 3

    err = capsys.readouterr().err
    assert "cannot be written (No space left on device); make room and resume" in err
    assert "Traceback" not in err
    found = Counter(one["status"] for one in written())
    assert found["done"] == api.answered < 60
    monkeypatch.setitem(defaults, "opener", private_file)
    assert run(["prompts", name, "--out", "o.jsonl", "--resume"]) == 0
    assert api.answered == 60


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a file that is always full")
def test_a_full_disk_under_the_answers_stops_the_run_with_a_sentence(
    api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    api.delay = 0.005
    name = questions(300)

    assert run(["prompts", name, "--out", "/dev/full", "--jobs", "2"]) == 3

    err = capsys.readouterr().err
    assert "The answers cannot be written (No space left on device); make room." in err
    assert api.answered < 300
    assert run(["prompts", name, "--out", "o.jsonl", "--resume"]) == 0
    assert api.answered == 300


@pytest.mark.parametrize(("name", "begins"), [("t.html", "<!doctype html>"), ("t.json", "{")])
def test_the_timeline_is_written_where_it_is_wished(
    api: MessagesApi, name: str, begins: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["prompts", questions(3), "--trace", name]) == 0

    text = Path(name).read_text(encoding="utf-8")
    assert text.lower().startswith(begins)
    assert "p2" in text
    assert api.answered == 3
    assert len(answers(capsys.readouterr().out)) == 3


def stream(name: str) -> IO[bytes]:
    return Path(name).open("rb")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system with named pipes")
def test_the_file_of_answers_may_be_a_pipe(api: MessagesApi) -> None:
    os.mkfifo("pipe")
    with child(questions(3), "--out", "pipe", "--quiet") as process, stream("pipe") as lines:
        found = answers(lines.read().decode())
    assert process.returncode == 0
    assert [one["id"] for one in found] == ["p0", "p1", "p2"]
    assert api.answered == 3
