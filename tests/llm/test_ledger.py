"""The limit of a day holds over threads, desks and processes, and over those that were killed."""

from __future__ import annotations

import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tickmark.errors import AnswerUnusable, BudgetExceeded, ModelBusy, SettingError
from tickmark.llm.ledger import DailyBudget, JointBudget, Ledger, Reservation, Spent
from tickmark.llm.metered import Meter, MeteredModel
from tickmark.llm.model import Prompt, Reply
from tickmark.llm.scripted import ScriptedModel
from tickmark.model.usage import Usage

PROMPT = Prompt("claude-haiku-5-5", "s", "Why?", max_tokens=1000)


def dollars(_: str, usage: Usage) -> float:
    """A tenth of a dollar a thousand tokens of answer."""
    return usage.output_tokens / 10_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "spending.sqlite"


def reserved(ledger: Ledger, usd: float, limit: float = 1.0) -> Reservation:
    found = ledger.reserve(usd, limit)
    assert isinstance(found, Reservation)
    return found


def test_a_new_record_is_empty_and_its_owners_only(path: Path) -> None:
    assert Ledger(path).spent() == Spent()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_settled_is_spent_and_found_by_the_next_process(path: Path) -> None:
    first = Ledger(path)
    reservation = reserved(first, 0.5)
    assert first.spent() == Spent(reserved=0.5)
    first.settle(reservation, Usage(calls=1, usd=0.2))
    first.close()

    assert Ledger(path).spent() == Spent(usd=0.2, calls=1)


def test_a_call_without_readable_answer_counts_as_possibly_charged(path: Path) -> None:
    ledger = Ledger(path)
    ledger.settle(reserved(ledger, 0.5), Usage(), doubtful=True)

    assert ledger.spent() == Spent(doubtful=0.5)
    assert ledger.spent().left_of(0.75) == 0.25


def test_no_more_is_reserved_than_the_limit_has_room_for(path: Path) -> None:
    one, other = Ledger(path), Ledger(path)
    reserved(one, 0.6)

    assert other.reserve(0.6, 1.0) == Spent(reserved=0.6)
    reserved(other, 0.4)
    assert one.reserve(0.01, 1.0) == Spent(reserved=1.0)


def test_a_new_day_begins_with_nothing_spent(path: Path) -> None:
    today = ["2026-11-20"]
    ledger = Ledger(path, today=lambda: today[0])
    late = reserved(ledger, 0.9)
    today[0] = "2026-11-21"
    assert ledger.spent() == Spent()
    reserved(ledger, 0.9)
    ledger.settle(late, Usage(calls=1, usd=0.7))

    assert ledger.spent() == Spent(reserved=0.9)
    today[0] = "2026-11-20"
    assert ledger.spent() == Spent(usd=0.7, calls=1)


def test_a_record_that_cannot_be_used_stops_all_sending(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database at all, but long enough to look like a file of one")
    inner = ScriptedModel(lambda _: "x")

    with pytest.raises(SettingError, match="move the file away to begin a new one"):
        MeteredModel(inner, DailyBudget(Ledger(path), 1.0), price=dollars).complete(PROMPT)
    assert inner.prompts == ()


def test_an_answer_is_given_though_its_cost_can_not_be_written_down(path: Path) -> None:
    def answer(_: Prompt) -> Reply:
        with sqlite3.connect(path) as connection:
            connection.execute("DROP TABLE days")
        connection.close()
        return Reply("x", Usage(1, 10, 100))

    model = MeteredModel(ScriptedModel(answer), DailyBudget(Ledger(path), 1.0), price=dollars)

    assert model.complete(PROMPT).text == "x"


def test_the_limit_of_the_day_refuses_with_a_sentence(path: Path) -> None:
    ledger = Ledger(path)
    ledger.settle(reserved(ledger, 1.0), Usage(calls=1, usd=0.98))
    inner = ScriptedModel(lambda _: "x")

    with pytest.raises(BudgetExceeded) as caught:
        MeteredModel(inner, DailyBudget(ledger, 1.0), price=dollars).complete(PROMPT)
    assert str(caught.value) == (
        "Today's 1.00 USD are spent; raise daily_cost in your settings or wait for tomorrow."
    )
    assert inner.prompts == ()


def test_a_call_too_dear_for_the_whole_day_is_told_as_that(path: Path) -> None:
    with pytest.raises(BudgetExceeded, match=r"can cost 0\.1000 USD, more than is left of today's"):
        DailyBudget(Ledger(path), 0.05).reserve(0.1)


def test_calls_that_cost_nothing_need_no_record(path: Path) -> None:
    budget = DailyBudget(Ledger(path), 0.0)
    budget.reserve(0.0)
    budget.settle(0.0, Usage(calls=1))

    assert not path.exists()


def test_a_call_waits_for_those_in_flight_since_they_may_cost_less(path: Path) -> None:
    ledger, other = Ledger(path), Ledger(path)
    in_flight = reserved(other, 0.9)
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            other.settle(in_flight, Usage(calls=1, usd=0.1))

    DailyBudget(ledger, 1.0, sleep=sleep).reserve(0.5)
    assert len(waits) == 3
    assert ledger.spent() == Spent(usd=0.1, reserved=0.5, calls=1)


def test_a_stop_ends_the_waiting(path: Path) -> None:
    other, stop = Ledger(path), threading.Event()
    reserved(other, 0.9)
    stop.set()

    with pytest.raises(ModelBusy, match="was stopped"):
        DailyBudget(Ledger(path), 1.0, stop=stop).reserve(0.5)


def test_threads_of_two_budgets_never_pass_the_limit_together(path: Path) -> None:
    inner = ScriptedModel(lambda _: Reply("x", Usage(1, 10, 700)))
    models = [
        MeteredModel(inner, DailyBudget(Ledger(path), 1.0, sleep=lambda _: None), price=dollars)
        for _ in range(2)
    ]

    def call(number: int) -> bool:
        try:
            models[number % 2].complete(PROMPT)
        except BudgetExceeded:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        done = sum(threads.map(call, range(40)))

    spent = Ledger(path).spent()
    assert done == len(inner.prompts) == spent.calls
    assert 10 <= done <= 14
    assert spent.usd <= 1.0
    assert spent.reserved == 0.0


_PROCESS = """
import sys
from pathlib import Path
from tickmark.errors import BudgetExceeded
from tickmark.llm.ledger import DailyBudget, Ledger
from tickmark.model.usage import Usage

budget = DailyBudget(Ledger(Path(sys.argv[1])), 1.0)
done = 0
for _ in range(40):
    try:
        budget.reserve(0.1)
    except BudgetExceeded:
        break
    budget.settle(0.1, Usage(calls=1, usd=0.07))
    done += 1
print(done)
"""


def test_processes_together_never_pass_the_limit(path: Path) -> None:
    processes = [
        subprocess.Popen(  # noqa: S603 - our own Python
            [sys.executable, "-c", _PROCESS, str(path)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    done = sum(int(process.communicate(timeout=60)[0]) for process in processes)

    spent = Ledger(path).spent()
    assert spent.calls == done == 13
    assert spent.usd == pytest.approx(0.91)


_KILLED = """
import sys, time
from pathlib import Path
from tickmark.llm.ledger import Ledger

Ledger(Path(sys.argv[1])).reserve(0.6, 1.0)
print("reserved", flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are not those of Windows")
def test_the_reservation_of_a_killed_process_is_lifted_but_may_have_been_charged(
    path: Path,
) -> None:
    with subprocess.Popen(  # noqa: S603 - our own Python
        [sys.executable, "-c", _KILLED, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "reserved\n"
        ledger = Ledger(path)
        assert ledger.reserve(0.5, 1.0) == Spent(reserved=0.6)
        process.send_signal(signal.SIGKILL)

    assert ledger.reserve(0.5, 1.0) == Spent(doubtful=0.6)
    assert isinstance(ledger.reserve(0.4, 1.0), Reservation)


def test_both_budgets_have_to_fit_and_neither_keeps_what_the_other_refused(path: Path) -> None:
    run, ledger = Meter(0.3), Ledger(path)
    both = JointBudget(run, DailyBudget(ledger, 0.15))
    inner = ScriptedModel(lambda _: Reply("x", Usage(1, 10, 1000)))
    model = MeteredModel(inner, both, price=dollars)
    model.complete(PROMPT)

    with pytest.raises(BudgetExceeded, match=r"Today's 0\.15 USD"):
        model.complete(PROMPT)
    assert both.limit_usd == 0.15
    assert run.usage.usd == ledger.spent().usd == 0.1
    assert run.doubtful_usd == 0.0
    run.reserve(0.2)


def test_a_failure_with_cost_is_written_down(path: Path) -> None:
    error = AnswerUnusable("refused")
    error.usage = Usage(1, 10, 500)
    ledger = Ledger(path)

    def refuse(_: Prompt) -> Reply:
        raise error

    with pytest.raises(AnswerUnusable):
        MeteredModel(ScriptedModel(refuse), DailyBudget(ledger, 1.0), price=dollars).complete(
            PROMPT
        )
    assert ledger.spent() == Spent(usd=0.05, calls=1)
