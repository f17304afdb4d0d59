"""`tickmark prompts` and `tickmark.run` at faults: one sentence, the exit code, no key anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tickmark
from tests.engine.faults.haste import hasten
from tests.engine.faults.line_run import questions, texts
from tests.engine.faults.till import KEY, MODEL, Till, serving
from tests.messages_api import Fault, MessagesApi
from tickmark.engine.plan import Done, Failed, Skipped
from tickmark.errors import ModelDenied
from tickmark.hosts.cli.app import run

COUNT = 20
AFTER = 8


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    hasten(monkeypatch)


@pytest.fixture
def till() -> Till:
    return Till()


@pytest.fixture
def api(till: Till, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MessagesApi]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    monkeypatch.setenv("TICKMARK_LOG", "texts")
    lines = [json.dumps({"user": f"question {n}", "max_tokens": 50}) for n in range(COUNT)]
    Path("q.jsonl").write_text("\n".join(lines), encoding="utf-8")
    with serving(till) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        yield server


def prompts(*more: str) -> int:
    return run(["prompts", "q.jsonl", "--out", "a.jsonl", "--jobs", "4", "--model", MODEL, *more])


def answers() -> list[dict[str, Any]]:
    lines = Path("a.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


FAULTS = {
    "401": (Fault(401, f"no such key {KEY}"), 5, "refuses the API key"),
    "402": (Fault(402, "no credit"), 4, "raise the limit or pay at the provider"),
    "a day": (Fault(429, headers={"retry-after": "86400"}), 3, "asks to wait 86400 seconds"),
    "down": (Fault(broken=True), 5, "broke the connection"),
    "overloaded": (Fault(529), 3, "failed"),
    "too long": (Fault(413, "too large"), 3, "failed"),
    "rejected": (Fault(400, "no such field"), 3, "failed"),
}


@pytest.mark.usefixtures("api")
@pytest.mark.parametrize(("fault", "code", "said"), FAULTS.values(), ids=FAULTS.keys())
def test_a_run_tells_why_it_ended_and_goes_on_with_resume(
    fault: Fault, code: int, said: str, till: Till, capsys: pytest.CaptureFixture[str]
) -> None:
    till.fault_of = lambda _name, _nth: fault if till.calls >= AFTER else None

    assert prompts() == code

    told = capsys.readouterr()
    assert said in told.err
    assert "Go on with --resume." in told.err
    assert [one["id"] for one in answers()] == [str(n) for n in range(1, COUNT + 1)]
    first = {one["id"]: one["text"] for one in answers() if one["status"] == "done"}
    assert AFTER <= len(first) <= AFTER + 4
    for one in answers():
        assert (one["text"] is None) == bool(one["error"]) == (one["status"] != "done")
    assert sum(one["usage"]["usd"] for one in answers()) == pytest.approx(till.usd)
    asked = sum(till.asked.values())

    till.fault_of = lambda _name, _nth: None
    assert prompts("--resume") == 0

    again = {one["id"]: one["text"] for one in answers()}
    assert again == {str(n + 1): f"<question {n}>" for n in range(COUNT)}
    assert first.items() <= again.items()
    assert sum(till.asked.values()) == asked + COUNT - len(first)
    assert set(till.charged.values()) == {1}
    assert sum(one["usage"]["usd"] for one in answers()) == pytest.approx(till.usd)
    told_again = capsys.readouterr()
    for text in (told.out, told.err, told_again.out, told_again.err):
        assert KEY not in text
        assert "Traceback" not in text
    assert KEY.encode() not in texts(Path.cwd())
    assert b"Traceback" not in texts(Path.cwd())


@pytest.mark.usefixtures("api")
def test_a_limit_of_money_ends_with_4_and_a_higher_one_goes_on(
    till: Till, capsys: pytest.CaptureFixture[str]
) -> None:
    till.most_usd = 0.001

    assert prompts("--max-cost", "0.001") == 4

    assert till.broke_limit == 0
    assert 0 < till.calls < COUNT
    assert "set a higher limit with --max-cost to go on" in capsys.readouterr().err
    first = till.calls
    till.most_usd = 1.0
    assert prompts("--resume", "--max-cost", "1") == 0
    assert till.calls == COUNT
    assert first < COUNT
    assert set(till.asked.values()) == {1}


def test_the_python_api_gives_failures_as_outcomes(api: MessagesApi, till: Till) -> None:
    till.fault_of = lambda _name, _nth: Fault(401, "bad") if till.calls >= AFTER else None
    said: list[str] = []
    settings = tickmark.Settings(model=MODEL, base_url=api.url, jobs=4)
    outcomes = tickmark.run(
        questions(COUNT), settings=settings, journal="journal.jsonl", say=said.append
    )

    assert list(outcomes) == [f"question {n}" for n in range(COUNT)]
    kinds = [type(one) for one in outcomes.values()]
    assert set(kinds) == {Done, Failed, Skipped}
    assert AFTER <= kinds.count(Done) <= AFTER + 4
    for one in outcomes.values():
        if isinstance(one, Failed):
            assert isinstance(one.error, ModelDenied)
        if isinstance(one, Skipped):
            assert "refuses the API key" in one.reason
    assert not said
    till.fault_of = lambda _name, _nth: None
    again = tickmark.run(questions(COUNT), settings=settings, journal="journal.jsonl")
    assert {type(one) for one in again.values()} == {Done}
    assert set(till.charged.values()) == {1}
