"""Random plans, faults, stops, kills and budgets: what holds for every run holds for these."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.faults.haste import hasten
from tests.engine.faults.line_run import LineRun, ask, task
from tests.engine.faults.test_money_faults import doubtful
from tests.engine.faults.till import KEY, Till, serving
from tests.messages_api import Fault
from tickmark.engine.plan import Done, Failed, Plan, Skipped

FAULTS = (
    Fault(429, headers={"retry-after": "0.01"}),
    Fault(429),
    Fault(529),
    Fault(500),
    Fault(broken=True),
    Fault(truncated=True),
    Fault(garbled=True),
    Fault(cut_at=3),
    Fault(400, "no such thing"),
    Fault(413, "too large"),
)
LIMITS = (0.004, 0.02, 1.0)
"""USD for all parts of a run so far."""


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    hasten(monkeypatch)


def random_plan(chance: random.Random) -> Plan:
    names = [f"question {number}" for number in range(chance.randint(3, 60))]
    tasks = []
    for place, name in enumerate(names):
        before = names[:place]
        after = chance.sample(before, min(len(before), chance.choice((0, 0, 1, 1, 2, 4))))
        tokens = chance.choice((50, 50, 50, 20_000)) if place == 0 else 50
        tasks.append(task(name, *after, max_tokens=tokens, priority=chance.randint(0, 3)))
    chance.shuffle(tasks)
    return Plan(tasks)


def random_faults(chance: random.Random, share: float) -> Callable[[str, int], Fault | None]:
    lock = threading.Lock()

    def fault_of(_question: str, _nth: int) -> Fault | None:
        with lock:
            return chance.choice(FAULTS) if chance.random() < share else None

    return fault_of


def holds(run: LineRun, plan: Plan, till: Till, limit: float) -> None:
    """What is true of every run."""
    assert list(run.outcomes) == [one.id for one in plan]
    for name, outcome in run.outcomes.items():
        match outcome:
            case Done(value=value):
                assert value == f"<{name}>"
                assert all(parent in run.done for parent in plan[name].after)
            case Failed(error=error):
                assert str(error).endswith(".")
                assert "\n" not in str(error)
                assert KEY not in str(error)
            case Skipped(reason=reason):
                assert reason
    assert till.broke_limit == 0
    assert run.usage.usd + doubtful(run) <= limit + 1e-4


@pytest.mark.parametrize("seed", range(10))
def test_a_run_in_parts_ends_whole_within_its_limits_and_pays_for_nothing_twice(
    seed: int, tmp_path: Path
) -> None:
    chance = random.Random(seed)  # noqa: S311 - a repeatable draw
    plan, till = random_plan(chance), Till()
    journal = tmp_path / "journal.jsonl"
    done: dict[str, object] = {}
    with serving(till) as api:
        for part, limit in enumerate(LIMITS):
            last = part == len(LIMITS) - 1
            till.most_usd = limit
            till.fault_of = random_faults(chance, 0.0 if last else 0.2)
            stop = threading.Event()
            stop_at = 10**9 if last else till.calls + chance.randint(1, 2 * len(plan))
            till.answer_to = _stopping(till, stop, stop_at)
            before = Counter(till.asked)
            jobs = chance.choice((1, 3, 8, 32))
            run = ask(api.url, plan, journal=journal, stop=stop, jobs=jobs, max_cost=limit)

            holds(run, plan, till, limit)
            assert all(till.asked[name] == before[name] for name in done), "was asked again"
            # A run that is stopped does not come to all answers that are there.
            assert {run.kinds[name] for name in done} <= {"Done", "Skipped"}
            done |= run.done

    assert len(run.done) == len(plan)
    # All that was charged is known, but for answers that were lost on their way.
    assert run.usage.usd <= till.usd + 1e-9
    assert till.usd <= run.usage.usd + doubtful(run) + 1e-4


def _stopping(till: Till, stop: threading.Event, at: int) -> Callable[[str], str]:
    def answer(question: str) -> str:
        if till.calls >= at:
            stop.set()
        return f"<{question}>"

    return answer


@pytest.mark.parametrize("seed", range(5))
def test_whatever_a_kill_leaves_of_the_journal_is_never_asked_again(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kill leaves the bytes that were written by then, the last line perhaps torn."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable draw
    plan, till = random_plan(chance), Till()
    with serving(till) as api:
        whole = ask(api.url, plan, journal=tmp_path / "journal.jsonl", jobs=8)
        written = (tmp_path / "journal.jsonl").read_bytes()
        left = written[: chance.randint(len(written) // 4, len(written))]
        (tmp_path / "left.jsonl").write_bytes(left)
        # With a new cache: only the journal knows.
        monkeypatch.setenv("TICKMARK_HOME", str(tmp_path / "other-home"))
        first = Counter(till.asked)
        run = ask(api.url, plan, journal=tmp_path / "left.jsonl", jobs=8)

    assert run.done == whole.done
    assert len(run.done) == len(plan)
    kept = left.count(b'"kind":"answer"') - (not left.endswith(b"\n"))
    again = till.asked - first
    assert set(again.values()) <= {1}
    assert len(plan) - kept - 1 <= len(again) <= len(plan) - kept
    assert run.usage.calls == len(plan)
