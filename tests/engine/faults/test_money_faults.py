"""What a server charges never exceeds the limit of a run: in parallel, through faults and kills."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.faults.haste import hasten
from tests.engine.faults.line_run import LineRun, ask, questions
from tests.engine.faults.till import KEY, MODEL, Till, serving
from tests.messages_api import Fault
from tickmark.errors import BudgetExceeded

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    hasten(monkeypatch)


def doubtful(run: LineRun) -> float:
    """USD that the run told may be charged beside its usage."""
    told = [line.split()[2] for line in run.said if "may be charged" in line]
    return sum(map(float, told))


def test_thirty_two_threads_never_spend_more_than_the_limit(tmp_path: Path) -> None:
    till = Till(lambda _question: "z" * 200)
    till.most_usd = limit = 0.02
    with serving(till) as api:
        run = ask(
            api.url, questions(400), journal=tmp_path / "journal.jsonl", jobs=32, max_cost=limit
        )

    assert till.broke_limit == 0
    assert isinstance(run.stopped_by, BudgetExceeded)
    assert "set a higher limit with --max-cost" in str(run.stopped_by)
    assert set(till.asked.values()) == {1}
    # The limit is used up to the worst case of one more call.
    assert limit - 0.001 < till.usd <= limit
    assert run.usage.usd == pytest.approx(till.usd)
    assert run.usage.calls == till.calls == len(run.done)


def test_answers_lost_on_their_way_count_towards_the_limit_of_all_parts_of_a_run(
    tmp_path: Path,
) -> None:
    chance = random.Random(7)  # noqa: S311 - a repeatable draw of faults
    draw = [None, None, None, Fault(truncated=True), Fault(529), Fault(broken=True)]
    till = Till(fault_of=lambda _name, _nth: chance.choice(draw))
    till.most_usd = limit = 0.03
    done: set[str] = set()
    with serving(till) as api:
        for _ in range(3):
            before = till.usd
            run = ask(
                api.url,
                questions(200),
                journal=tmp_path / "journal.jsonl",
                jobs=16,
                max_cost=limit,
            )
            assert till.broke_limit == 0
            # What is told is all that was charged, and no more than the limit.
            assert run.usage.usd <= till.usd <= run.usage.usd + doubtful(run) + 1e-4
            assert run.usage.usd + doubtful(run) <= limit + 1e-4
            assert done <= run.done.keys()
            done = set(run.done)

    assert isinstance(run.stopped_by, BudgetExceeded)
    assert till.usd == before, "a run whose limit is reached sends nothing more"


def test_calls_in_flight_at_a_kill_count_towards_the_limit_of_the_resumed_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit, answer = 0.1, "x" * 2000
    till = Till(lambda _question: answer)
    till.most_usd = limit
    lines = [json.dumps({"user": f"question {n}", "max_tokens": 500}) for n in range(40)]
    (tmp_path / "q.jsonl").write_text("\n".join(lines), encoding="utf-8")
    command = [sys.executable, "-m", "tests.engine.faults.haste", "prompts"]
    command += [str(tmp_path / "q.jsonl"), "--jobs", "8", "--max-cost", str(limit)]
    command += ["--model", MODEL]
    with serving(till, delay=0.05) as api:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", api.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        with subprocess.Popen(  # noqa: S603 - our own Python
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as child:
            till.wait_for(8)
            with till.came:
                assert till.came.wait_for(lambda: sum(till.asked.values()) >= 14, 30)
            child.kill()
            child.communicate()
        # The server works on what it was asked, and charges for it.
        till.wait_for(sum(till.asked.values()))
        lost = till.calls
        ended = subprocess.run(  # noqa: S603 - our own Python
            [*command, "--resume"], cwd=ROOT, capture_output=True, text=True, check=False
        )

    assert ended.returncode == 4, ended.stderr
    assert till.broke_limit == 0
    assert lost < till.calls
    answers = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [one["id"] for one in answers] == [str(n) for n in range(1, 41)]
    done = [one for one in answers if one["status"] == "done"]
    # Of what the server charged, the run knows all but what the kill lost.
    assert sum(one["usage"]["calls"] for one in answers) == len(done)
    assert 0 < till.calls - len(done) <= 8
    assert "may be charged" in ended.stderr
    assert KEY not in ended.stderr + ended.stdout
    assert "Traceback" not in ended.stderr
