"""`tickmark prompts --batch`: half the price, handed in level by level, collected later."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults import Request
from tests.messages_api import MessagesApi
from tests.request_answers import user_text
from tickmark.hosts.cli.app import run
from tickmark.settings import state_folder


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[MessagesApi]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tickmark.hosts.line.POLL_SECONDS", 0.01)
    monkeypatch.setattr("tickmark.llm.retrying_batches.FIRST_WAIT", 0.001)

    def answer(content: dict[str, Any]) -> str:
        return f"<{user_text(content).partition(chr(10))[0]}>"

    with MessagesApi(answer, batch_polls=None) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "test-key")
        yield server


@pytest.fixture
def name() -> str:
    return write(
        {"id": "a", "user": "A"},
        {"id": "b", "user": "B", "after": ["a"]},
        {"id": "c", "user": "C"},
    )


def write(*lines: dict[str, Any]) -> str:
    Path("q.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")
    return "q.jsonl"


def written() -> list[dict[str, Any]]:
    lines = Path("o.jsonl").read_text(encoding="ascii").splitlines()
    return [json.loads(line) for line in lines]


def created(api: MessagesApi) -> list[list[str]]:
    """What was asked in each batch, sorted: threads gather it."""
    posted = (one for one in api.seen if one.method == "POST" and one.path.endswith("/batches"))
    return [
        sorted(user_text(one["params"]).partition("\n")[0] for one in request.json["requests"])
        for request in posted
    ]


def polls(api: MessagesApi) -> list[Request]:
    return [one for one in api.seen if one.method == "GET"]


def test_levels_go_out_one_after_the_other_and_resume_collects(
    api: MessagesApi, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["prompts", name, "--out", "o.jsonl"]
    assert run([*command, "--batch"]) == 3
    err = capsys.readouterr().err
    assert "It is half the price of single calls." in err
    assert "Handed in 2 questions in 1 message batch, at most " in err
    assert "0 of 3 prompts answered, 3 waiting: 0 calls, 0.0000 USD. Go on with --resume." in err
    assert [one["status"] for one in written()] == ["skipped"] * 3
    assert written()[0]["error"].startswith("The question waits for a message batch")
    # Still at work: nothing is handed in twice, and nothing asked at the full price.
    assert run([*command, "--resume"]) == 3
    assert "It is half the price of single calls." in capsys.readouterr().err
    assert created(api) == [["A", "C"]]

    api.batches.end("msgbatch_01")
    assert run([*command, "--resume"]) == 3
    assert "2 answers collected, 0 failed, 0 still waited for." in capsys.readouterr().err
    assert created(api) == [["A", "C"], ["B"]]
    assert [one["status"] for one in written()] == ["done", "skipped", "done"]
    api.batches.end("msgbatch_02")
    assert run([*command, "--resume"]) == 0

    assert api.calls == []
    assert [one["text"] for one in written()] == ["<A>", "<B>", "<C>"]
    for one in written():
        usage = one["usage"]
        full = 2e-6 * usage["input_tokens"] + 10e-6 * usage["output_tokens"]
        assert usage["usd"] == pytest.approx(full / 2)
        assert usage["calls"] == 1
    assert list((state_folder() / "prompts").glob("*.jsonl")) == []


def test_waiting_prints_each_answer_once_and_in_order(
    api: MessagesApi, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    api.batches.polls = 3

    assert run(["prompts", name, "--batch", "--wait", "--quiet"]) == 0

    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["id"], one["text"]) for one in found] == [("a", "<A>"), ("b", "<B>"), ("c", "<C>")]
    assert [one["usage"]["calls"] for one in found] == [1, 1, 1]
    assert created(api) == [["A", "C"], ["B"]]
    # While nothing has ended, only the state is asked for.
    assert all(one.path.startswith("/v1/messages/batches/msgbatch_") for one in polls(api))


def test_a_new_run_does_not_forget_batches_that_are_paid_for(
    api: MessagesApi, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["prompts", name, "--batch"]) == 3
    capsys.readouterr()

    for arguments in (["--batch"], []):
        assert run(["prompts", name, *arguments]) == 2
        err = capsys.readouterr().err
        assert "still waits for message batches: collect their answers with --resume" in err
    assert created(api) == [["A", "C"]]
    assert api.calls == []
    (journal,) = (state_folder() / "prompts").glob("*")
    assert str(journal) in err
    journal.unlink()
    assert run(["prompts", name]) == 0


def test_what_was_not_asked_in_time_is_asked_again_and_what_failed_is_not(
    api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("good", "errored", "expired", "canceled", "refused", "cut")
    name = write(*({"id": one, "user": one} for one in names))
    spoilt = {"errored", "expired", "canceled", "refused", "cut"}

    def result_of(batch_name: str, params: dict[str, Any]) -> dict[str, Any]:
        question = user_text(params)
        if question not in spoilt:
            return api.result_of(batch_name, params)
        if question == "errored":
            error = {"type": "invalid_request_error", "message": "not so"}
            return {"type": "errored", "error": {"type": "error", "error": error}}
        if question in {"refused", "cut"}:
            reason = {"refused": "refusal", "cut": "max_tokens"}[question]
            return {"type": "succeeded", "message": {**api.message(params), "stop_reason": reason}}
        return {"type": question}

    api.batches = type(api.batches)(result_of, None)
    command = ["prompts", name, "--out", "o.jsonl"]
    assert run([*command, "--batch"]) == 3
    api.batches.end("msgbatch_01")
    assert run([*command, "--resume"]) == 3
    assert created(api)[1:] == [["canceled", "expired"]]
    assert [one["status"] for one in written()] == [
        *("done", "failed", "skipped", "skipped", "failed", "failed")
    ]
    spoilt.clear()
    api.batches.end("msgbatch_02")
    capsys.readouterr()

    for _ in range(2):
        assert run([*command, "--resume"]) == 3
        err = capsys.readouterr().err
        assert "3 of 6 prompts answered, 3 failed: 5 calls, " in err
        # Nothing would come of it.
        assert "Go on with --resume" not in err
    assert len(created(api)) == 2
    assert {one["id"]: one["usage"]["calls"] for one in written()} == {
        **dict.fromkeys(("good", "expired", "canceled", "refused", "cut"), 1),
        "errored": 0,
    }


def test_an_answer_of_the_wrong_form_is_asked_for_once_more_in_the_next_batch(
    api: MessagesApi,
) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    name = write({"id": "a", "user": "How many?", "schema": schema})
    api.batches.polls = 1
    api.answer = lambda content: '{"n": 5}' if "earlier answer" in user_text(content) else "five"

    assert run(["prompts", name, "--out", "o.jsonl", "--batch", "--wait"]) == 0

    assert written()[0]["text"] == '{"n":5}'
    assert len(created(api)) == 2
    assert api.calls == []


def test_the_limit_holds_over_all_parts_of_a_run(
    api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    name = write(*({"user": f"question {n}", "max_tokens": 1000} for n in range(10)))
    command = ["prompts", name, "--out", "o.jsonl", "--max-cost", "0.017"]

    assert run([*command, "--batch"]) == 3
    assert "The spending limit has no room for 7 more questions." in capsys.readouterr().err
    # What is set aside for the batch at work leaves no room for more.
    assert run([*command, "--resume"]) == 4
    assert "leaves no room for any question of the batch" in capsys.readouterr().err
    assert [len(one) for one in created(api)] == [3]
    api.batches.end("msgbatch_01")
    # The answers cost less than was set aside.
    assert run([*command, "--resume"]) == 3
    assert [len(one) for one in created(api)] == [3, 3]


def test_waiting_ends_where_the_limit_leaves_no_room(
    api: MessagesApi, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    api.batches.polls = 1

    assert run(["prompts", name, "--batch", "--wait", "--max-cost", "0.0001"]) == 4

    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 3
    assert "leaves no room" in err
    assert created(api) == []


def test_a_batch_that_was_handed_in_by_a_killed_process_is_found_again(
    api: MessagesApi, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    dying = (
        "import os, sys\n"
        "from tickmark.llm.providers.batches import AnthropicBatches as Batches\n"
        "submit = Batches.submit\n"
        "def dies(self, prompts):\n"
        "    submit(self, prompts)\n"
        "    os.kill(os.getpid(), 9)\n"
        "Batches.submit = dies\n"
        "from tickmark.hosts.cli.app import run\n"
        "run(sys.argv[1:])\n"
    )
    command = ["prompts", name, "--out", "o.jsonl", "--batch"]
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-c", dying, *command], stderr=subprocess.DEVNULL, check=False
    )
    assert done.returncode == -9
    assert created(api) == [["A", "C"]]
    assert run(command[:2]) == 2
    assert "still waits for message batches" in capsys.readouterr().err

    api.batches.polls = 1
    assert run([*command, "--resume", "--wait"]) == 0

    assert created(api) == [["A", "C"], ["B"]]
    assert [one["text"] for one in written()] == ["<A>", "<B>", "<C>"]


def test_ctrl_c_leaves_batches_at_work(api: MessagesApi, name: str) -> None:
    command = [sys.executable, "-m", "tickmark", "prompts", name, "--out", "o.jsonl"]
    with subprocess.Popen(  # noqa: S603 - our own
        [*command, "--batch", "--wait"], stderr=subprocess.PIPE
    ) as child:
        assert child.stderr is not None
        while b"Ctrl-C leaves them at work" not in child.stderr.readline():
            assert child.poll() is None
        child.send_signal(signal.SIGINT)
        err = child.stderr.read().decode()

    assert child.returncode == 130
    assert err == "0 of 3 prompts answered, 3 waiting: 0 calls, 0.0000 USD. Go on with --resume.\n"
    assert [one["status"] for one in written()] == ["skipped"] * 3
    api.batches.polls = 1
    assert run(["prompts", name, "--out", "o.jsonl", "--batch", "--wait", "--resume"]) == 0
    assert created(api) == [["A", "C"], ["B"]]


def test_faults_that_pass_are_no_end_of_a_batch(
    api: MessagesApi, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is away for a moment while its batch is waited for."""
    api.batches.polls = 2
    faults = iter([True, False, True, True, False])
    retrieve = api.batches.retrieve

    def sometimes(batch: str) -> dict[str, Any] | None:
        if next(faults, False):
            raise ConnectionAbortedError
        return retrieve(batch)

    monkeypatch.setattr(api.batches, "retrieve", sometimes)
    monkeypatch.setattr("tests.loopback_server.LoopbackServer.handle_error", lambda *_: None)

    assert run(["prompts", name, "--out", "o.jsonl", "--batch", "--wait"]) == 0
    assert Counter(one["status"] for one in written()) == {"done": 3}


@pytest.mark.parametrize(("resumed", "code"), [(["--resume"], 5), (["--resume", "--quiet"], 5)])
def test_a_provider_out_of_reach_loses_no_batch_and_no_answers_file(
    api: MessagesApi,
    name: str,
    resumed: list[str],
    code: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    command = ["prompts", name, "--out", "o.jsonl"]
    assert run([*command, "--batch"]) == 3
    before = Path("o.jsonl").read_bytes()
    capsys.readouterr()
    api.close()

    assert run([*command, *resumed]) == code

    err = capsys.readouterr().err
    assert "cannot be reached" in err
    assert "Traceback" not in err
    assert Path("o.jsonl").read_bytes() == before
    (journal,) = (state_folder() / "prompts").glob("*")
    assert '"kind":"submitted"' in journal.read_text(encoding="ascii")
