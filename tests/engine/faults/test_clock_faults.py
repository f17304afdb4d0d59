"""A wall clock that jumps back or ahead in the middle of a run disturbs nothing."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import formatdate
from pathlib import Path

import pytest

from tests.engine.faults.haste import hasten
from tests.engine.faults.line_run import ask, questions
from tests.engine.faults.till import KEY, Till
from tests.messages_api import Fault, MessagesApi
from tests.rate_limits import RateLimits
from tickmark.hosts.cli.app import run as tickmark
from tickmark.llm.ledger import Ledger, Reservation
from tickmark.model.usage import Usage

COUNT = 30
DAY = 86_400.0


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    hasten(monkeypatch)


@pytest.mark.parametrize("jump", [-DAY, -3.0, DAY], ids=["a day back", "3 s back", "a day ahead"])
def test_a_run_does_not_see_the_clock_jump(
    jump: float,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    real, till = time.time, Till()
    monkeypatch.setattr(time, "time", lambda: real() + (jump if till.calls > 10 else 0.0))
    # What the server says about its limits is in times of its own clock, which goes right.
    limits = RateLimits(60_000, 6_000_000, 600_000, wall=real)
    with MessagesApi(till.answer, key=KEY, fault_of=till.meet, limits=limits) as api:
        run = ask(api.url, questions(COUNT), journal=tmp_path / "journal.jsonl")
        again = ask(api.url, questions(COUNT), journal=tmp_path / "journal.jsonl")
        kept = ask(api.url, questions(COUNT))

    assert list(run.done) == [f"question {n}" for n in range(COUNT)]
    assert again.done == kept.done == run.done
    assert set(till.asked.values()) == {1}
    assert again.usage == run.usage
    assert not run.said
    assert tickmark(["log", "verify"]) == 0
    assert f"Calls: {COUNT}." in capsys.readouterr().out


@pytest.mark.parametrize("jump", [-DAY, DAY], ids=["back", "ahead"])
def test_a_date_to_wait_for_is_meant_by_the_servers_clock(
    jump: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + jump)

    def fault_of(name: str, nth: int) -> Fault | None:
        busy = Fault(429, headers={"retry-after": formatdate(real(), usegmt=True)})
        return busy if nth == 1 and name.endswith("3") else None

    till, limits = Till(fault_of=fault_of), RateLimits(wall=real)
    with MessagesApi(till.answer, key=KEY, fault_of=till.meet, limits=limits) as api:
        run = ask(api.url, questions(8), journal=tmp_path / "journal.jsonl")

    assert len(run.done) == 8
    assert till.asked["question 3"] == 2
    assert run.stopped_by is None


def test_a_day_that_comes_again_has_room_only_for_what_was_left_of_it(tmp_path: Path) -> None:
    days = [datetime(2026, 11, day, tzinfo=UTC).date().isoformat() for day in (22, 21, 22)]
    now = [days[0]]
    ledger = Ledger(tmp_path / "spending.sqlite", today=lambda: now[0])
    first = ledger.reserve(0.6, 1.0)
    assert isinstance(first, Reservation)
    now[0] = days[1]
    ledger.settle(first, Usage(1, usd=0.6))
    assert ledger.spent().usd == 0, "what was reserved on a day is charged to that day"
    assert isinstance(ledger.reserve(0.6, 1.0), Reservation)
    now[0] = days[2]
    refused = ledger.reserve(0.6, 1.0)
    ledger.close()

    assert not isinstance(refused, Reservation)
    assert refused.usd == 0.6
