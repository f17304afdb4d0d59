"""What runs inside LibreOffice to speak with the backend, against processes of its own kind."""

from __future__ import annotations

import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from xlwings_addin.calc.pythonpath import tickmark_backend
from xlwings_addin.calc.pythonpath.tickmark_backend import Backend, Rows

CONTEXT = ["", "", 1, 1, 1, 1, False]
ENDED = [["#LLM backend: it has ended; recalculate"]]

# Answers "now" at once, lets others wait for a line "later", and obeys "die" and "hush".
TALKATIVE = """
    import json, sys, time
    def say(**message):
        print(json.dumps(message), flush=True)
    say(ready=True)
    waiting = []
    for line in sys.stdin:
        request = json.loads(line)
        name, number = request.get("function"), request["id"]
        if name == "die":
            break
        if name == "hush":
            continue
        if "command" in request:
            say(id=number, value=[["obeyed " + request["command"]]])
        elif name == "later":
            print("no json", flush=True)
            for ticket in waiting:
                say(ticket=ticket, value=[["came"]])
            say(id=number, value=[["ok"]])
        elif name == "now":
            say(id=number, value=[["here"]])
        else:
            waiting.append(request["context"][2])
            say(id=number, value=[["#LLM wait"]])
"""


class Office:
    """What the office would show: rows by ticket."""

    def __init__(self) -> None:
        self.shown: dict[int, list[Rows]] = {}
        self.threads: set[int] = set()

    def settle(self, ticket: int, rows: Rows) -> None:
        self.threads.add(threading.get_ident())
        self.shown.setdefault(ticket, []).append(rows)

    def last(self, ticket: int) -> Rows | None:
        return self.shown.get(ticket, [None])[-1]


def until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def backend(tmp_path: Path, office: Office) -> Iterator[Backend]:
    script = tmp_path / "talkative.py"
    script.write_text(textwrap.dedent(TALKATIVE))
    made = Backend([sys.executable, str(script)], office.settle)
    yield made
    made.close()


def ready(backend: Backend, office: Office) -> None:
    """Have the process started and heard once."""
    office.shown.pop(99, None)
    backend.ask("now", [], CONTEXT, 99)
    until(lambda: office.last(99) == [["here"]])


def test_the_first_call_starts_the_process_and_does_not_wait_for_it(
    backend: Backend, office: Office
) -> None:
    assert backend.ask("now", [], CONTEXT, 1) is None
    until(lambda: office.last(1) == [["here"]])


def test_an_answer_that_is_there_comes_with_the_call(backend: Backend, office: Office) -> None:
    ready(backend, office)

    assert backend.ask("now", [], CONTEXT, 1) == [["here"]]


def test_what_comes_later_is_settled_from_another_thread(backend: Backend, office: Office) -> None:
    ready(backend, office)

    assert backend.ask("LLM_ASK", [], [*CONTEXT[:2], 5], 5) == [["#LLM wait"]]
    backend.ask("later", [], CONTEXT, 6)
    until(lambda: office.last(5) == [["came"]])
    assert len(office.threads) == 1
    assert threading.get_ident() not in office.threads


def test_one_late_reply_is_waited_for_once_and_no_other_call_waits(
    backend: Backend, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(backend, office)
    monkeypatch.setattr(tickmark_backend, "LONGEST_WAIT", 0.01)
    assert backend.ask("hush", [], CONTEXT, 1) is None

    monkeypatch.setattr(tickmark_backend, "LONGEST_WAIT", 3600.0)
    assert backend.ask("now", [], CONTEXT, 2) is None
    until(lambda: office.last(2) == [["here"]])


def test_a_process_that_ends_is_told_to_those_who_wait_and_replaced(
    backend: Backend, office: Office
) -> None:
    ready(backend, office)
    backend.ask("LLM_ASK", [], [*CONTEXT[:2], 5], 5)
    backend.ask("die", [], CONTEXT, 6)
    until(lambda: office.last(5) == ENDED and office.last(6) == ENDED)

    assert office.shown[99] == [[["here"]]]
    ready(backend, office)
    assert backend.ask("now", [], CONTEXT, 7) == [["here"]]


def test_a_process_that_keeps_ending_is_not_started_for_ever(office: Office) -> None:
    now = 1000.0
    backend = Backend([sys.executable, "-c", "pass"], office.settle, clock=lambda: now)
    for ticket in (1, 2, 3):
        assert backend.ask("now", [], CONTEXT, ticket) is None
        until(lambda ticket=ticket: office.last(ticket) == ENDED)  # type: ignore[misc]

    refused = [["#LLM backend: it ended 3 times within a minute; recalculate"]]
    assert backend.ask("now", [], CONTEXT, 4) == refused
    now += 61
    assert backend.ask("now", [], CONTEXT, 4) is None
    until(lambda: office.last(4) == ENDED)


def test_a_missing_program_is_named(office: Office, tmp_path: Path) -> None:
    backend = Backend([str(tmp_path / "python")], office.settle)

    assert backend.ask("now", [], CONTEXT, 1) == [
        ["#LLM backend: python cannot be started, install Tickmark again; recalculate"]
    ]


def test_commands_of_the_menu_are_answered(backend: Backend) -> None:
    assert backend.command("run", 20) == "obeyed run"


def test_calls_from_many_threads_each_get_their_own(backend: Backend, office: Office) -> None:
    ready(backend, office)
    tickets = range(100, 140)
    threads = [
        threading.Thread(target=backend.ask, args=("LLM_ASK", [], [*CONTEXT[:2], one], one))
        for one in tickets
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    backend.ask("later", [], CONTEXT, 1)

    until(lambda: all(office.last(one) == [["came"]] for one in tickets))
