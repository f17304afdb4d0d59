"""The backend process of a host that cannot hold Python itself: one desk behind two streams.

`python -m tickmark.hosts.functions.pipe` reads requests from standard input and writes messages to
standard output, one JSON object a line::

    {"id": 1, "function": "LLM_ASK", "arguments": [...], "context": [...]}
    {"id": 2, "command": "run"}        or "pause", "resume", "refresh"

    {"ready": true}                    first of all: requests are read from now on
    {"id": 1, "value": [["#LLM wait"]]}    the reply to each request, at once and in order
    {"ticket": 7, "value": [["North [Data!C5]"]]}   later: what a formula shows from now on
    {"id": null, "error": "..."}       a line that is no request

Arguments and context are those of tickmark.hosts.functions.wire. A host that does not know the
calling cell gives a number of its own, the ticket, in place of the row of the context. The process
ends when its input ends.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Protocol

from tickmark.excel.functions import FUNCTIONS
from tickmark.hosts.functions.call import Call, Caller, Table
from tickmark.hosts.functions.wire import call_from, rows_for_json
from tickmark.model.range_content import RangeContent

MEMORY: Final = 2_000_000
"""Cells of arguments that are kept to answer a formula again when its answer has come."""

CLOSING_SECONDS: Final = 10.0

_TABLES: Final = {
    function.name: function.returns.removeprefix("table: ").partition(",")[0]
    for function in FUNCTIONS
    if function.returns.startswith("table: ")
}


class Answering(Protocol):
    """What the process needs of a desk."""

    def answer(self, call: Call) -> Table:
        """The value of a call now."""
        ...

    def close(self, seconds: float) -> None:
        """End its threads; calls in flight get so many seconds to come home."""
        ...


OpenDesk = Callable[[Callable[[Sequence[Caller]], None]], Answering]


class Conversation:
    """Answers requests, and tells of its own accord what has changed since.

    `write` takes one line without its end. `command` does what a menu wants and says what was done;
    it raises KeyError for a command that it does not know, and OSError.
    """

    def __init__(
        self,
        open_desk: OpenDesk,
        write: Callable[[str], object],
        command: Callable[[str], str],
    ) -> None:
        self._write = write
        self._command = command
        # An answer is worked out and written as one: else an old one could follow a new one.
        self._speaking = threading.Lock()
        self._calls = _Calls()
        self._changed: queue.SimpleQueue[Sequence[Caller] | None] = queue.SimpleQueue()
        self._desk = open_desk(self._changed.put)
        self._teller = threading.Thread(target=self._tell, name="teller", daemon=True)

    def serve(self, lines: Iterable[bytes]) -> None:
        """Answer until there are no more lines; a line that is no request is told and passed."""
        self._teller.start()
        self._say({"ready": True})
        for line in lines:
            try:
                request = json.loads(line)
            except (ValueError, RecursionError):
                request = None
            self._answer(request)
        self._changed.put(None)
        self._desk.close(CLOSING_SECONDS)
        self._teller.join(CLOSING_SECONDS)

    def _answer(self, request: object) -> None:
        match request:
            case {
                "id": int(number),
                "function": str(function),
                "arguments": list(arguments),
                "context": list(context),
            }:
                call = call_from(function, arguments, context)
                self._calls.keep(call)
                with self._speaking:
                    self._say({"id": number, "value": self._value(call)})
            case {"id": int(number), "command": str(name)}:
                self._say({"id": number, "value": [[self._obeyed(name)]]})
            case _:
                self._say({"id": None, "error": "A line was no request and was passed over."})

    def _obeyed(self, name: str) -> str:
        try:
            return self._command(name)
        except KeyError:
            return f"{name[:40]!r} is no command; known are run, pause, resume and refresh."
        except OSError as error:
            return f"The wish could not be written down: {error.strerror}."

    def _tell(self) -> None:
        while (callers := self._changed.get()) is not None:
            for caller in callers:
                call = self._calls.of(caller)
                if call is not None:
                    with self._speaking:
                        self._say({"ticket": caller.row, "value": self._value(call)})

    def _value(self, call: Call) -> list[list[float | str | bool | None]]:
        return rows_for_json(_sized(call.function, self._desk.answer(call)))

    def _say(self, message: Mapping[str, object]) -> None:
        self._write(json.dumps(message))


class _Calls:
    """The last call of each ticket; forgets the oldest when they hold many cells."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: OrderedDict[Caller, Call] = OrderedDict()
        self._cells = 0

    def keep(self, call: Call) -> None:
        if call.caller is None:
            return
        with self._lock:
            self._forget(call.caller)
            self._calls[call.caller] = call
            self._cells += _weight(call)
            while self._cells > MEMORY and len(self._calls) > 1:
                self._forget(next(iter(self._calls)))

    def of(self, caller: Caller) -> Call | None:
        with self._lock:
            return self._calls.get(caller)

    def _forget(self, caller: Caller) -> None:
        call = self._calls.pop(caller, None)
        if call is not None:
            self._cells -= _weight(call)


def _weight(call: Call) -> int:
    contents = [one for one in call.arguments if isinstance(one, RangeContent)]
    return 1 + sum(one.shape[0] * one.shape[1] for one in contents)


def _sized(function: str, table: Table) -> Table:
    """A table whose first heading tells its size.

    A formula in one cell shows the first heading only; so the user sees which area to choose for
    an array formula.
    """
    heading = _TABLES.get(function)
    if heading is None or len(table) == 1 or table[0][0] != heading:
        return table
    size = f"{heading} ({len(table)} rows, {len(table[0])} columns)"
    return ((size, *table[0][1:]), *table[1:])


def main() -> None:
    """Serve the streams of this process."""
    # What a library prints must not stand between the messages.
    with os.fdopen(os.dup(1), "w", encoding="ascii", newline="\n") as out:
        os.dup2(2, 1)

        def write(line: str) -> None:
            out.write(line + "\n")
            out.flush()

        try:
            Conversation(_open_desk, write, _command).serve(sys.stdin.buffer)
        except BrokenPipeError:
            os._exit(0)  # nobody listens any more


def _open_desk(changed: Callable[[Sequence[Caller]], None]) -> Answering:
    from tickmark.hosts.functions.local_desk import open_desk  # noqa: PLC0415 - quick to be ready

    return open_desk(changed)


def _command(name: str) -> str:
    from tickmark.hosts.functions.local_desk import control  # noqa: PLC0415 - quick to be ready

    wishes = control()
    actions: dict[str, tuple[Callable[[], object], str]] = {
        "run": (wishes.run_queued, "What was held is being sent."),
        "pause": (wishes.pause, "Nothing more is sent until you resume."),
        "resume": (lambda: wishes.pause(paused=False), "Going on."),
        "refresh": (wishes.refresh_all, "All formulas ask anew; their answers are paid again."),
    }
    act, done = actions[name]
    act()
    return done


if __name__ == "__main__":
    main()
