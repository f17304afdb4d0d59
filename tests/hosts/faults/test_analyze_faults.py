"""`tickmark analyze` at faults: what can be answered is, the rest is told, all is paid once."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.books import save
from tests.engine.faults.haste import hasten
from tests.engine.faults.line_run import texts
from tests.engine.faults.till import INPUT_USD, KEY, OUTPUT_USD
from tests.messages_api import Fault, MessagesApi
from tests.prompt_cache import tokens_of
from tests.request_answers import data_and_question, default_answer, user_text
from tickmark.analyses.analyze import SHEET_ANSWER_TOKENS
from tickmark.hosts.cli.app import run

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    hasten(monkeypatch)


class Charging:
    """Answers as the loopback server does, and adds up what that costs."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.usd = 0.0
        self.sheets_at_once = 0
        """Answers about so many sheets come at once, the others when `go` is set; 0 for all."""
        self.held = 0
        self.go = threading.Event()
        self._sheets = 0
        self._lock = threading.Lock()

    def answer(self, content: dict[str, Any]) -> str:
        text = default_answer(content)
        with self._lock:
            sheet = content["max_tokens"] == SHEET_ANSWER_TOKENS
            self._sheets += sheet
            held = sheet and 0 < self.sheets_at_once < self._sheets
            self.held += held
            self._count(content, text)
        if held:
            assert self.go.wait(60)
        return text

    def _count(self, content: dict[str, Any], text: str) -> None:
        self.asked[data_of(content)] += 1
        self.usd += tokens_of(content) * INPUT_USD + max(1, len(text) // 4) * OUTPUT_USD


def data_of(content: dict[str, Any]) -> str:
    return data_and_question(user_text(content))[0]


@pytest.fixture
def charging() -> Charging:
    return Charging()


@pytest.fixture
def api(
    charging: Charging, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MessagesApi]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    monkeypatch.setenv("TICKMARK_JOBS", "2")
    monkeypatch.setenv("TICKMARK_WORKERS", "1")
    with MessagesApi(charging.answer, key=KEY) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        yield server


def book(name: str, rows: int = 1) -> None:
    cells: dict[str, object] = {}
    for row in range(1, rows + 1):
        cells[f"A{row}"] = f"{name} item {chr(64 + row % 26)}{row * row}"
        cells[f"C{row}"] = row * 37 % 101
    Path("books").mkdir(exist_ok=True)
    save(Path("books", f"{name}.xlsx"), {"S": cells})


def results() -> list[dict[str, Any]]:
    lines = Path("out", "results.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_a_refused_key_ends_with_5_and_is_told_nowhere(
    api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("one", "two", "three"):
        book(name)
    api.fault_of = lambda _content: Fault(401, f"no such key {KEY}")

    assert run(["analyze", "books", "--out", "out"]) == 5

    told = capsys.readouterr()
    assert "refuses the API key" in told.out + told.err
    assert len(api.calls) <= 2
    assert [one["status"] for one in results()] == ["incomplete"] * 3
    assert KEY not in told.out + told.err
    assert KEY.encode() not in texts(Path.cwd())
    assert "Traceback" not in told.err

    api.fault_of = None
    assert run(["analyze", "--resume", "out"]) == 0
    assert {one["status"] for one in results()} == {"ok"}


@pytest.mark.parametrize(
    "refusal",
    [
        Fault(413, "Request exceeds the maximum size"),
        Fault(400, "prompt is too long: 210000 tokens > 200000 maximum"),
    ],
    ids=["413", "context"],
)
def test_a_sheet_that_is_too_long_is_read_in_parts_and_the_result_says_so(
    refusal: Fault, api: MessagesApi, charging: Charging, capsys: pytest.CaptureFixture[str]
) -> None:
    book("long", rows=60)
    book("short")

    def fault_of(content: dict[str, Any]) -> Fault | None:
        data = data_of(content)
        return refusal if data.startswith("# S|") and len(data) > 500 else None

    api.fault_of = fault_of

    assert run(["analyze", "books", "--out", "out"]) == 0

    capsys.readouterr()
    long, short = results()
    told = json.dumps(long)
    assert "It was too long for the model and was read in" in told
    assert "too long for the model" not in json.dumps(short)
    assert long["status"] == "ok"
    assert "was read in 2 parts" in told
    # Each part has the head of the sheet and cells of its own.
    first, second = (data for data in charging.asked if data.startswith("# S|A1:C60\n"))
    assert "\nA1:A60 {long item *}" in first
    assert "\nC1:C60 37|" in second
    assert "A1:A60 {" not in second
    assert set(charging.asked.values()) == {1}
    assert long["usage"]["calls"] + short["usage"]["calls"] == sum(charging.asked.values())
    assert long["usage"]["usd"] + short["usage"]["usd"] == pytest.approx(charging.usd)


def test_a_sheet_that_no_cut_makes_short_enough_fails_alone_with_a_sentence(
    api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    book("one")
    book("two")
    refusal = Fault(413, "Request exceeds the maximum size")
    api.fault_of = lambda content: refusal if "one item" in user_text(content) else None

    assert run(["analyze", "books", "--out", "out"]) == 3

    told = capsys.readouterr()
    assert "longer than the model can take: Request exceeds the maximum size" in told.out
    assert [one["status"] for one in results()] == ["incomplete", "ok"]
    assert len(list(Path("out").rglob("two.analysed.xlsx"))) == 1


def test_the_limit_of_a_resumed_run_counts_what_a_killed_one_paid(
    api: MessagesApi, charging: Charging, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a", "b", "c", "d", "e", "f"):
        book(name)
    limit = 0.15
    charging.sheets_at_once = 2
    command = [sys.executable, "-m", "tickmark", "analyze", "books", "--out", "out"]
    command += ["--max-cost", str(limit)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as child:  # noqa: S603 - our own
        # Both threads wait for an answer about a sheet then.
        while charging.held < 2 and child.poll() is None:
            threading.Event().wait(0.005)
        child.kill()
    charging.go.set()
    while api.answered < len(api.calls):
        threading.Event().wait(0.005)
    before = charging.usd

    code = run(["analyze", "--resume", "out"])

    record = json.loads(Path("out", "run.json").read_text(encoding="utf-8"))
    told = capsys.readouterr()
    assert code == 4, told.err
    assert before < charging.usd <= limit
    assert record["usage"]["usd"] <= charging.usd
    # The worst case of both counts until the end of the run.
    assert re.search(r"Up to 0\.09\d\d USD more may be charged", told.err)
    assert max(charging.asked.values()) <= 2
    assert sum(charging.asked.values()) - len(charging.asked) <= 2
