"""Two runs at once on one cache: each question is asked and paid once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.faults.till import KEY, MODEL, Till, serving

ROOT = Path(__file__).parents[3]
COUNT = 60


def test_two_commands_at_once_share_every_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = Till()
    lines = [json.dumps({"user": f"question {n}", "max_tokens": 50}) for n in range(COUNT)]
    runs = []
    with serving(till, delay=0.03) as api:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", api.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        for name in ("one", "two"):
            file = tmp_path / f"{name}.jsonl"
            file.write_text("\n".join(lines), encoding="utf-8")
            command = [sys.executable, "-m", "tickmark", "prompts", str(file)]
            command += ["--jobs", "6", "--model", MODEL]
            runs.append(
                subprocess.Popen(  # noqa: S603 - our own Python
                    command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
                )
            )
        told = [run.communicate(timeout=60) for run in runs]

    assert [run.returncode for run in runs] == [0, 0], told
    assert set(till.asked.values()) == {1}
    assert len(till.asked) == COUNT
    calls = 0
    for out, _ in told:
        answers = [json.loads(line) for line in out.splitlines()]
        assert [one["text"] for one in answers] == [f"<question {n}>" for n in range(COUNT)]
        calls += sum(one["usage"]["calls"] for one in answers)
    assert calls == till.calls == COUNT
