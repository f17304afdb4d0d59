"""Faults that every further question would meet: the run stops, keeps what it has, can go on."""

from __future__ import annotations

import threading
from pathlib import Path
from queue import Queue

import pytest

from tests.engine.faults.haste import hasten
from tests.engine.faults.line_run import LineRun, ask, questions, texts
from tests.engine.faults.till import KEY, Till, serving
from tests.messages_api import Fault
from tickmark.engine.plan import Failed, Skipped
from tickmark.errors import BudgetExceeded, ModelBusy, ModelDenied, ModelUnreachable

COUNT = 60
JOBS = 4
AFTER = 10
"""Answers before the fault begins."""


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    hasten(monkeypatch)


STOPPING = {
    "401": (Fault(401, f"invalid x-api-key {KEY}"), ModelDenied, "refuses the API key"),
    "403": (Fault(403, "no permission"), ModelDenied, "refuses the API key"),
    "402": (Fault(402, "no credit"), BudgetExceeded, "the account has no credit"),
    "spend limit": (
        Fault(429, error_code="enforced_spend_limit_reached", headers={"retry-after": "9"}),
        BudgetExceeded,
        "spending limit is reached",
    ),
    "limit of a day": (
        Fault(429, headers={"retry-after": "86400"}),
        ModelBusy,
        "it asks to wait 86400 seconds",
    ),
}


@pytest.mark.parametrize(("fault", "kind", "said"), STOPPING.values(), ids=STOPPING.keys())
def test_a_run_stops_at_once_keeps_its_answers_and_goes_on_later(
    fault: Fault, kind: type[Exception], said: str, tmp_path: Path
) -> None:
    till = Till()
    till.fault_of = lambda _name, _nth: fault if till.calls >= AFTER else None
    with serving(till) as api:
        run = ask(api.url, questions(COUNT), journal=tmp_path / "journal.jsonl", jobs=JOBS)
        first = dict(run.done)
        asked = sum(till.asked.values())

        assert isinstance(run.stopped_by, kind)
        assert said in str(run.stopped_by)
        assert "\n" not in str(run.stopped_by)
        # What was in flight already is all that was sent in vain.
        assert AFTER <= len(first) <= AFTER + JOBS
        assert asked <= AFTER + 2 * JOBS
        assert list(run.outcomes) == [f"question {n}" for n in range(COUNT)]
        assert not run.said, "what was refused is not charged"
        assert run.usage.usd == pytest.approx(till.usd)
        _tells_no_key(run, tmp_path)

        till.fault_of = lambda _name, _nth: None
        again = ask(api.url, questions(COUNT), journal=tmp_path / "journal.jsonl", jobs=JOBS)

    assert len(again.done) == COUNT
    assert set(till.charged.values()) == {1}
    assert {name for name in first if till.asked[name] == 1} == first.keys()
    assert again.usage.usd == pytest.approx(till.usd)


def _tells_no_key(run: LineRun, folder: Path) -> None:
    for one in run.outcomes.values():
        told = str(one.error) if isinstance(one, Failed) else ""
        told += one.reason if isinstance(one, Skipped) else ""
        assert KEY not in told
        assert KEY not in repr(one)
    assert KEY.encode() not in texts(folder)
    assert b"Traceback" not in texts(folder)


def test_a_server_that_is_not_there_stops_the_run_soon(tmp_path: Path) -> None:
    with serving(Till()) as gone:
        url = gone.url
    run = ask(url, questions(COUNT), journal=tmp_path / "journal.jsonl", jobs=JOBS)

    assert isinstance(run.stopped_by, ModelUnreachable)
    assert "cannot be reached; check the network and the base URL" in str(run.stopped_by)
    assert not run.done
    assert set(run.kinds.values()) == {"Failed", "Skipped"}
    assert not run.said, "nothing was sent, nothing is charged"


def test_a_server_that_goes_away_and_stays_away_ends_a_run_that_goes_on_later(
    tmp_path: Path,
) -> None:
    till = Till()
    api = serving(till, delay=0.005)
    with api as server:
        port = int(server.url.rpartition(":")[2])
        till.fault_of = lambda _name, _nth: Fault(broken=True) if till.calls >= AFTER else None
        run = ask(server.url, questions(COUNT), journal=tmp_path / "journal.jsonl", jobs=JOBS)

    assert isinstance(run.stopped_by, ModelUnreachable)
    assert "broke the connection" in str(run.stopped_by)
    assert len(run.done) >= AFTER
    first = set(run.done)

    till.fault_of = lambda _name, _nth: None
    with serving(till, port=port) as server:
        again = ask(server.url, questions(COUNT), journal=tmp_path / "journal.jsonl", jobs=JOBS)

    assert len(again.done) == COUNT
    assert all(till.charged[name] == 1 for name in first)


def test_a_server_that_comes_back_on_its_port_costs_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickmark.llm.retrying.FIRST_WAIT", 0.1)
    monkeypatch.setattr("tickmark.llm.retrying.LONGEST_BACKOFF", 0.2)
    till, urls = Till(), Queue[str]()
    refused = threading.Event()

    def serve() -> None:
        with serving(till, delay=0.005) as server:
            urls.put(server.url)
            till.wait_for(AFTER)
        port = int(server.url.rpartition(":")[2])
        assert refused.wait(10)
        with serving(till, port=port):
            till.wait_for(COUNT)
            done.wait(10)

    done = threading.Event()
    thread = threading.Thread(target=serve)
    thread.start()
    url = urls.get()
    monkeypatch.setattr(ModelUnreachable, "__init__", lambda *_: refused.set())
    run = ask(url, questions(COUNT), journal=tmp_path / "journal.jsonl", jobs=JOBS)
    done.set()
    thread.join()

    assert len(run.done) == COUNT
    assert run.stopped_by is None
    assert refused.is_set()
    # Only what was in flight when it went away was asked twice.
    assert sum(till.charged.values()) <= COUNT + JOBS
