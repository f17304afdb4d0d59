"""`tickmark estimate`: the price of a run, told before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from tests.messages_api import KEY, MessagesApi
from tickmark.hosts.cli.app import run


@pytest.fixture
def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "books"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TICKMARK_WORKERS", "1")
    for name, rows in (("small.xlsx", 3), ("large.xlsx", 60)):
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        for row in range(1, rows + 1):
            sheet.append([f"Item {row * 37 % 101}", row * 1.37])
        book.save(folder / name)
    return folder


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[MessagesApi]:
    """A server that counts what reaches it, and a key that it would take."""
    with MessagesApi() as api:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", api.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        yield api


def record(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict[str, Any]:
    assert run([*arguments, "--json", "--quiet"]) == code
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def test_the_price_of_each_workbook_is_told_and_nothing_is_sent(
    books: Path, api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    found = record(capsys, "estimate", str(books))

    assert found["schema_version"] == 1
    assert found["model"] == "claude-sonnet-5-5"
    assert [Path(one["path"]).name for one in found["workbooks"]] == ["large.xlsx", "small.xlsx"]
    large, small = (one["estimate"] for one in found["workbooks"])
    assert large["calls"] == small["calls"] > 0
    assert large["input_tokens"] > small["input_tokens"] > 0
    assert 0 < small["likely_usd"] < large["likely_usd"] < large["most_usd"]
    assert found["total"]["likely_usd"] == pytest.approx(small["likely_usd"] + large["likely_usd"])
    assert api.seen == []
    assert not Path("tickmark-out").exists()


@pytest.mark.usefixtures("api")
def test_it_tells_what_a_dry_run_tells(books: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--question", "Why?", "--model", "claude-haiku-5-5"]

    estimated = record(capsys, "estimate", str(books), *words)
    assert estimated == record(capsys, "analyze", str(books), "--dry-run", *words)
    assert estimated["model"] == "claude-haiku-5-5"


def test_a_batch_costs_half_and_no_key_is_needed(
    books: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = record(capsys, "estimate", str(books))["total"]
    half = record(capsys, "estimate", str(books), "--batch")["total"]

    assert whole["calls"] > 0
    assert half["likely_usd"] == pytest.approx(whole["likely_usd"] / 2)
    assert half["most_usd"] == pytest.approx(whole["most_usd"] / 2)
    assert (half["calls"], half["input_tokens"]) == (whole["calls"], whole["input_tokens"])


def test_an_unknown_price_is_told_as_unknown(
    books: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["estimate", str(books), "--model", "own-model", "--batch"]) == 0
    assert "its price is not known" in capsys.readouterr().out


def test_workbooks_can_be_left_out_and_limits_hold(
    books: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = record(capsys, "estimate", str(books), "--exclude", "small*")
    assert [Path(one["path"]).name for one in found["workbooks"]] == ["large.xlsx"]

    cut = record(capsys, "estimate", str(books), "--limit", "zip_members=1", code=3)
    assert all(one["error"] for one in cut["workbooks"])
    assert cut["total"]["calls"] == 0


def test_a_workbook_that_cannot_be_read_is_named_and_the_others_are_priced(
    books: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (books / "broken.xlsx").write_bytes(b"no workbook")

    assert run(["estimate", str(books), "--max-cost", "0.0001"]) == 3
    out = capsys.readouterr().out
    assert "broken.xlsx" in out
    assert "Estimate: 4 calls to claude-sonnet-5-5" in out
    assert "The limit will stop it before the end" in out
    assert "Nothing was sent." in out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Missing argument"),
        (["missing.xlsx"], "missing.xlsx"),
        (["--limit", "nonsense=1", "."], "nonsense"),
    ],
)
def test_wrong_usage_exits_with_2(
    books: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert books.is_dir()
    assert run(["estimate", *arguments]) == 2
    assert sentence in capsys.readouterr().err
