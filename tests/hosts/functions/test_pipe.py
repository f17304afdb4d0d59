"""The backend process: requests in, replies and news out, one JSON object a line."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import pytest

from tickmark.hosts.functions.call import Call, Caller, Table
from tickmark.hosts.functions.pipe import Conversation

Message = dict[str, Any]


class Clerk:
    """A desk that answers `#LLM wait` until it is told to know better."""

    def __init__(self, changed: Callable[[Sequence[Caller]], None]) -> None:
        self.changed = changed
        self.table: Table = (("#LLM wait",),)
        self.calls: list[Call] = []
        self.closed_within: float | None = None

    def answer(self, call: Call) -> Table:
        self.calls.append(call)
        return self.table

    def close(self, seconds: float) -> None:
        self.closed_within = seconds


class Talk:
    """A conversation with a clerk: its messages, and the lines still to come."""

    def __init__(self) -> None:
        self.clerks: list[Clerk] = []
        self.messages: list[Message] = []
        self.commands: list[str] = []

    def hold(self, lines: Iterable[bytes]) -> list[Message]:
        Conversation(self._open, self._write, self._command).serve(lines)
        return self.messages

    def heard(self, wanted: Callable[[Message], bool]) -> None:
        end = time.monotonic() + 10
        while not any(wanted(message) for message in list(self.messages)):
            assert time.monotonic() < end
            time.sleep(0.002)

    def _open(self, changed: Callable[[Sequence[Caller]], None]) -> Clerk:
        self.clerks.append(Clerk(changed))
        return self.clerks[0]

    def _write(self, line: str) -> None:
        self.messages.append(json.loads(line))

    def _command(self, name: str) -> str:
        self.commands.append(name)
        return {"run": "running"}[name]


@pytest.fixture
def talk() -> Talk:
    return Talk()


def asked(number: int, function: str = "LLM_ASK", ticket: int = 1) -> bytes:
    context = ["", "", ticket, 1, 1, 1, False]
    arguments = [["value", "x"]]
    request = {"id": number, "function": function, "arguments": arguments, "context": context}
    return json.dumps(request).encode() + b"\n"


def test_each_request_gets_its_reply_in_order_after_the_word_that_all_is_ready(talk: Talk) -> None:
    assert talk.hold([asked(1), asked(2, ticket=2)]) == [
        {"ready": True},
        {"id": 1, "value": [["#LLM wait"]]},
        {"id": 2, "value": [["#LLM wait"]]},
    ]


def test_a_cell_that_changes_is_told_by_its_ticket(talk: Talk) -> None:
    def lines() -> Iterator[bytes]:
        yield asked(1, ticket=7)
        (clerk,) = talk.clerks
        clerk.table = (("North", 2.0),)
        caller = clerk.calls[0].caller
        assert caller is not None
        clerk.changed([caller, Caller("", "", 99, 1)])
        talk.heard(lambda message: "ticket" in message)

    assert talk.hold(lines())[-1] == {"ticket": 7, "value": [["North", 2.0]]}


def test_an_old_answer_never_follows_a_new_one(talk: Talk) -> None:
    """While a reply is worked out, news of the same cell waits."""
    inside, go_on = threading.Event(), threading.Event()

    class Slow(Clerk):
        def answer(self, call: Call) -> Table:
            table = super().answer(call)
            if not inside.is_set():
                inside.set()
                assert go_on.wait(10)
            return table

    slow: list[Slow] = []

    def open_slow(changed: Callable[[Sequence[Caller]], None]) -> Slow:
        slow.append(Slow(changed))
        return slow[0]

    def lines() -> Iterator[bytes]:
        yield asked(1)
        talk.heard(lambda message: "ticket" in message)

    def finish() -> None:
        assert inside.wait(10)
        slow[0].table = (("done",),)
        slow[0].changed([Caller("", "", 1, 1)])
        go_on.set()

    other = threading.Thread(target=finish)
    other.start()
    Conversation(open_slow, talk._write, str).serve(lines())  # noqa: SLF001 - the fake's own
    other.join()

    assert talk.messages[1:] == [
        {"id": 1, "value": [["#LLM wait"]]},
        {"ticket": 1, "value": [["done"]]},
    ]


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"{",
        b"\xff\xfe\n",
        b"[]\n",
        b'{"id": 1}\n',
        b'{"id": "1", "function": "LLM_ASK", "arguments": [], "context": []}\n',
        b'{"id": 1, "function": 7, "arguments": [], "context": []}\n',
        b'{"id": 1, "function": "LLM_ASK", "arguments": {}, "context": []}\n',
        b"[" * 100_000 + b"\n",
    ],
)
def test_a_line_that_is_no_request_is_told_and_passed(talk: Talk, line: bytes) -> None:
    messages = talk.hold([line, asked(2)])

    assert messages[1]["id"] is None
    assert "no request" in messages[1]["error"]
    assert messages[2] == {"id": 2, "value": [["#LLM wait"]]}


def test_commands_of_the_menu_are_obeyed_and_unknown_ones_are_named(talk: Talk) -> None:
    messages = talk.hold([b'{"id": 1, "command": "run"}\n', b'{"id": 2, "command": "format"}\n'])

    assert talk.commands == ["run", "format"]
    assert messages[1] == {"id": 1, "value": [["running"]]}
    assert messages[2]["value"] == [
        ["'format' is no command; known are run, pause, resume and refresh."]
    ]


def test_a_table_with_headings_tells_its_size_in_the_first(talk: Talk) -> None:
    def lines() -> Iterator[bytes]:
        talk.clerks[0].table = (("Finding", "Evidence"), ("falls", "B2"), ("rises", "B3"))
        yield asked(1, "LLM_ANALYZE")
        talk.clerks[0].table = (("falls", "B2"), ("rises", "B3"))
        yield asked(2, "LLM_ANALYZE")

    messages = talk.hold(lines())

    assert messages[1]["value"][0] == ["Finding (3 rows, 2 columns)", "Evidence"]
    assert messages[2]["value"][0] == ["falls", "B2"]


def test_the_end_of_input_closes_the_desk(talk: Talk) -> None:
    talk.hold([])

    assert talk.clerks[0].closed_within == 10.0


def test_the_process_answers_and_ends_with_its_input() -> None:
    command = [sys.executable, "-P", "-m", "tickmark.hosts.functions.pipe"]
    request = asked(1, "LLM_NOTHING") + b"no json\n" + b'{"id": 2, "command": "pause"}\n'
    ran = subprocess.run(  # noqa: S603 - this Python
        command, input=request, capture_output=True, timeout=60, check=True
    )

    messages = [json.loads(line) for line in ran.stdout.splitlines()]
    assert messages[0] == {"ready": True}
    assert messages[1]["id"] == 1
    assert messages[1]["value"][0][0].startswith("#LLM value: LLM_NOTHING")
    assert messages[2]["id"] is None
    assert messages[3] == {"id": 2, "value": [["Nothing more is sent until you resume."]]}
