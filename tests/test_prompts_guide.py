"""docs/prompts.md tells the truth: its lines, commands and Python blocks are carried out."""

from __future__ import annotations

import io
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.messages_api import MessagesApi
from tests.request_answers import user_text
from tickmark.hosts.cli.app import run
from tickmark.hosts.prompts import read_prompts
from tickmark.settings import Settings

GUIDE = (Path(__file__).parents[1] / "docs" / "prompts.md").read_text(encoding="utf-8")
LINES = re.findall(r"```jsonl\n(.+?)```", GUIDE, flags=re.DOTALL)
RECORDS = re.findall(r"```json\n(.+?)```", GUIDE, flags=re.DOTALL)
COMMANDS = re.findall(r"^\$ (.+)$", GUIDE, flags=re.MULTILINE)
BLOCKS = re.findall(r"```python\n(.+?)```", GUIDE, flags=re.DOTALL)


def answer(content: dict[str, Any]) -> str:
    if "output_config" in content:
        return '{"city": "Paris"}'
    return "Four" if "Double" in user_text(content) else "Two"


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[MessagesApi]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tickmark.hosts.line.POLL_SECONDS", 0.01)
    Path("questions.jsonl").write_text(LINES[0], encoding="utf-8")
    with MessagesApi(answer) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "test-key")
        yield server


def test_the_guide_shows_lines_commands_and_code() -> None:
    assert (len(LINES), len(RECORDS), len(COMMANDS), len(BLOCKS)) == (1, 1, 5, 3)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_guide_runs(
    command: str,
    api: MessagesApi,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = shlex.split(command.partition("<")[0])
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(LINES[0].encode())))

    assert words[0] == "tickmark"
    assert run(words[1:]) == 0, capsys.readouterr().err

    out = capsys.readouterr().out
    asked = len(api.seen)
    if "--dry-run" in words:
        assert (out[:19], asked) == ("Estimate: 3 calls t", 0)
        return
    text = Path("answers.jsonl").read_text(encoding="ascii") if "--out" in words else out
    found = [json.loads(line) for line in text.splitlines()]
    assert [one["text"] for one in found] == ["Two", "Four", '{"city":"Paris"}']
    assert bool(api.calls) != ("--batch" in words)


def test_the_answer_that_the_guide_shows_is_one(
    api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["prompts", "questions.jsonl"]) == 0

    shown, made = json.loads(RECORDS[0]), json.loads(capsys.readouterr().out.splitlines()[0])
    assert api.calls
    assert list(made) == list(shown)
    assert list(made["usage"]) == list(shown["usage"])
    assert {name: made[name] for name in ("id", "status", "text", "error", "cached")} == {
        "id": "prime",
        "status": "done",
        "text": "Two",
        "error": None,
        "cached": False,
    }


def test_the_fields_of_the_guide_are_those_of_a_line() -> None:
    table = re.findall(r"^\| (`[^|]+`) \|", GUIDE, flags=re.MULTILINE)
    names = re.findall(r"`(\w+)`", " ".join(table))
    values: dict[str, object] = {"after": [], "max_tokens": 5, "priority": 1, "tolerant": True}
    line = {name: values.get(name, "x") for name in names} | {"schema": {"type": "object"}}

    prompts = read_prompts([json.dumps(line).encode()], "q.jsonl", Settings())

    assert len(names) == 9
    assert list(prompts.plan.places) == ["x"]


@pytest.mark.parametrize(
    ("block", "told"),
    [
        *zip(
            BLOCKS,
            (
                ["prime Two", "double Four"],
                ["Which one is larger? Ulm: 3000, Bonn: 4000"],
                ["0 finished", "1 finished", "2 finished"],
            ),
            strict=True,
        )
    ],
)
def test_every_python_block_of_the_guide_runs(
    block: str, told: list[str], api: MessagesApi, capsys: pytest.CaptureFixture[str]
) -> None:
    exec(compile(block, "prompts.md", "exec"), {})  # noqa: S102 - the guide's own code

    out = capsys.readouterr().out.splitlines()
    assert set(told) <= set(out)
    assert len(api.calls) == (2 if "prime Two" in told else 0)
