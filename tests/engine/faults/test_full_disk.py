"""A journal that cannot be written any more: the run stops, and nothing is paid again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.faults.till import KEY, MODEL, Till, serving

ROOT = Path(__file__).parents[3]
COUNT = 24
BLOCKS = 1200
"""Of 512 bytes: what a file may grow to."""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows bounds no file of one process")
def test_a_full_disk_stops_a_run_that_goes_on_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = Till(lambda question: f"{question} " + "x" * 45_000)
    lines = [json.dumps({"user": f"question {n}", "max_tokens": 12_000}) for n in range(COUNT)]
    (tmp_path / "q.jsonl").write_text("\n".join(lines), encoding="utf-8")
    command = [sys.executable, "-m", "tests.engine.faults.haste", "prompts"]
    command += [str(tmp_path / "q.jsonl"), "--jobs", "4", "--max-cost", "9", "--model", MODEL]
    bounded = ["/bin/sh", "-c", f'ulimit -f {BLOCKS}; exec "$@"', "sh", *command]
    with serving(till) as api:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", api.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        full = subprocess.run(bounded, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own Python
        first = dict(till.asked)
        room = subprocess.run(  # noqa: S603 - our own Python
            [*command, "--resume"], cwd=ROOT, capture_output=True, text=True, check=False
        )

    answers = [json.loads(line) for line in full.stdout.splitlines()]
    done = [one for one in answers if one["status"] == "done"]
    assert full.returncode == 3, full.stderr
    assert len(answers) == COUNT
    assert 9 <= len(done) < COUNT
    # Every answer that was paid for was used.
    assert len(done) == len(first)
    assert "cannot be written (File too large); make room and resume with --resume." in full.stderr
    assert "Traceback" not in full.stderr
    assert room.returncode == 0, room.stderr
    assert len([one for one in map(json.loads, room.stdout.splitlines()) if one["text"]]) == COUNT
    assert set(till.asked.values()) == {1}
    assert KEY not in full.stderr + full.stdout + room.stderr + room.stdout
