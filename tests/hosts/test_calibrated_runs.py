"""Runs learn from the usage of replies: later figures change, prompts and kept answers do not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.books import save
from tests.messages_api import MessagesApi
from tickmark.hosts.cli.app import run
from tickmark.hosts.doctor import Check, examine
from tickmark.settings import state_folder
from tickmark.wiring import calibrated

MODEL = "claude-sonnet-5-5"


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sheet that is larger than its budget of tokens."""
    path = tmp_path / "book.xlsx"
    cells = {f"A{row}": f"Entry {row * 7919 % 1000} of the ledger" for row in range(1, 400)}
    save(path, {"Ledger": cells})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TICKMARK_MODEL", MODEL)
    monkeypatch.setenv("TICKMARK_SHEET_TOKENS", "1500")
    return path


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[MessagesApi]:
    with MessagesApi() as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "test-key")
        yield server


def dearly(api: MessagesApi) -> None:
    """Let the server count three times as many tokens as there are words in a request."""
    answer = api.answer

    def counted(content: dict[str, object]) -> dict[str, object]:
        text = answer(content)
        assert isinstance(text, str)
        tokens = 3 * len(re.findall(r"\w+|\S", str(content["system"]) + str(content["messages"])))
        return {
            "content": [{"type": "text", "text": text}],
            "usage": {"input_tokens": tokens, "output_tokens": 50},
        }

    api.answer = counted


def estimated(capsys: pytest.CaptureFixture[str], book: Path) -> int:
    """The input tokens that a run is estimated at."""
    capsys.readouterr()
    assert run(["analyze", str(book), "--dry-run"]) == 0
    found = re.search(r"([\d,]+) tokens in", capsys.readouterr().out)
    assert found
    return int(found[1].replace(",", ""))


def test_a_repeated_run_is_answered_from_the_cache_after_the_calibration_has_changed(
    book: Path, api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    dearly(api)
    before = estimated(capsys, book)
    assert run(["analyze", str(book), "--out", "first"]) == 0
    asked = len(api.calls)
    learnt = calibrated().ratios[MODEL]
    assert run(["analyze", str(book), "--out", "second"]) == 0

    assert asked > 0
    assert len(api.calls) == asked
    assert learnt.calls == asked
    assert learnt.factor > 1.05
    assert calibrated().ratios[MODEL] == learnt
    assert estimated(capsys, book) > 1.04 * before


def test_the_doctor_tells_what_was_learnt(book: Path, api: MessagesApi) -> None:
    def told() -> Check:
        return next(one for one in examine() if one.name == "token counts")

    assert told() == Check("token counts", ok=True, found="as estimated, no calls so far")
    dearly(api)
    assert run(["analyze", str(book), "--out", "first"]) == 0

    assert re.fullmatch(
        r"claude-sonnet-5-5 1\.\d\d times the estimate after \d calls?", told().found
    )


def test_a_damaged_record_is_told_and_stops_no_run(
    book: Path, api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    path = state_folder() / "tokens.sqlite"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no database at all, but long enough to look like a file of one")

    assert run(["analyze", str(book), "--out", "first"]) == 0
    assert capsys.readouterr().err.count("The record of token counts at") == 1
    check = next(one for one in examine() if one.name == "token counts")
    assert (check.ok, check.needed) == (False, False)
    assert api.calls
