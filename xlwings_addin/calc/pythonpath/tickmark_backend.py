"""The process behind the Calc functions, spoken to over its standard streams.

The lines are told in tickmark.hosts.functions.pipe. Standard library only, for Python 3.8 and
later: this runs inside LibreOffice, in whatever Python that brings.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Any, Callable, List, Sequence

LONGEST_WAIT = 0.5  # seconds that a formula waits for what should come in a millisecond
MOST_ENDS = 3  # processes that may end by themselves within
ENDS_WITHIN = 60.0  # so many seconds, before no more are started

Rows = List[List[Any]]


class Backend:
    """Starts the process when it is needed, asks it, and hands on what it says.

    `settle` gets a ticket and its rows, from one thread of its own: never from a thread that asks,
    which may hold locks of the office. Nothing here waits for the process but `ask`, shortly, and
    `command`. Safe for many threads.
    """

    def __init__(
        self,
        command: Sequence[str],
        settle: Callable[[int, Rows], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._command = list(command)
        self._settle = settle
        self._clock = clock
        self._lock = threading.Lock()
        self._run: _Run | None = None
        self._ends: deque[float] = deque(maxlen=MOST_ENDS)
        self._news: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._teller: threading.Thread | None = None

    def ask(
        self, function: str, arguments: Sequence[Any], context: Sequence[Any], ticket: int
    ) -> Rows | None:
        """The rows of a function now, or None where they will be settled later."""
        request = {"function": function, "arguments": list(arguments), "context": list(context)}
        waiting = _Waiting(ticket)
        with self._lock:
            run, problem = self._running()
            if run is None:
                return [[problem]]
            run.send(request, waiting)
            if not run.ready or run.late:
                return None
        if not waiting.done.wait(LONGEST_WAIT):
            with self._lock:
                if not waiting.done.is_set():
                    run.late.add(waiting)
        return waiting.rows

    def command(self, name: str, seconds: float) -> str:
        """What the process says to a command of the menu."""
        waiting = _Waiting(None)
        with self._lock:
            run, problem = self._running()
            if run is None:
                return problem
            run.send({"command": name}, waiting)
        if not waiting.done.wait(seconds):
            return f"#LLM backend: no answer within {seconds:.0f} seconds; try again"
        return str(waiting.rows[0][0]) if waiting.rows else lost("it has ended")

    def close(self) -> None:
        """Let the process end; it does so when it hears no more."""
        with self._lock:
            run, self._run = self._run, None
            if run is not None:
                run.open.clear()
                run.outbox.put(None)

    def _running(self) -> Any:
        """The process, started where none runs; or None and why not."""
        if self._run is not None:
            return self._run, ""
        now = self._clock()
        if len(self._ends) == MOST_ENDS and now - self._ends[0] < ENDS_WITHIN:
            return None, lost(f"it ended {MOST_ENDS} times within a minute")
        try:
            process = subprocess.Popen(  # noqa: S603 - the command written at installation
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=Path.home(),
                creationflags=0x08000000 if sys.platform == "win32" else 0,  # no window
            )
        except (OSError, ValueError):
            self._ends.append(now)
            name = Path(self._command[0]).name
            return None, lost(f"{name} cannot be started, install Tickmark again")
        self._run = run = _Run(process)
        _in_background(self._write, run)
        _in_background(self._listen, run)
        if self._teller is None:
            self._teller = _in_background(self._tell)
        return run, ""

    def _write(self, run: _Run) -> None:
        """Write what is to be sent; the listener hears it when the process has ended."""
        stdin: Any = run.process.stdin
        with suppress(OSError, ValueError):
            while True:
                line = run.outbox.get()
                if line is None:
                    break
                stdin.write(line)
                stdin.flush()
        with suppress(OSError, ValueError):
            stdin.close()

    def _listen(self, run: _Run) -> None:
        stdout: Any = run.process.stdout
        for line in stdout:
            try:
                message = json.loads(line.decode("utf-8"))
            except ValueError:
                continue
            if isinstance(message, dict):
                self._hear(run, message)
        stdout.close()
        run.process.wait()
        self._ended(run)

    def _hear(self, run: _Run, message: dict[str, Any]) -> None:
        rows, ticket = message.get("value"), message.get("ticket")
        with self._lock:
            run.ready = run.ready or bool(message.get("ready"))
            waiting = run.pending.pop(message.get("id"), None)
            if waiting is not None:
                ticket, waiting.rows = waiting.ticket, rows
                run.late.discard(waiting)
                waiting.done.set()
            if ticket is None or not rows:
                return
            if is_final(rows):
                run.open.discard(ticket)
        self._news.put((ticket, rows))

    def _ended(self, run: _Run) -> None:
        with self._lock:
            run.outbox.put(None)
            if self._run is run:
                self._run = None
                self._ends.append(self._clock())
            tickets = list(run.open)
            for waiting in run.pending.values():
                waiting.done.set()
        for ticket in tickets:
            self._news.put((ticket, [[lost("it has ended")]]))

    def _tell(self) -> None:
        while True:
            ticket, rows = self._news.get()
            self._settle(ticket, rows)


class _Run:
    """One process from its start to its end, with what it still owes."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.ready = False
        self.asked = 0
        self.outbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.pending: dict[Any, _Waiting] = {}  # requests without a reply
        self.open: set[int] = set()  # tickets without an answer
        self.late: set[_Waiting] = set()  # requests that were waited for in vain

    def send(self, request: dict[str, Any], waiting: _Waiting) -> None:
        self.asked += 1
        self.pending[self.asked] = waiting
        if waiting.ticket is not None:
            self.open.add(waiting.ticket)
        line = json.dumps(dict(request, id=self.asked))
        self.outbox.put(line.encode("ascii") + b"\n")


class _Waiting:
    """A request without a reply yet; `ticket` is None for a command."""

    def __init__(self, ticket: int | None) -> None:
        self.ticket = ticket
        self.rows: Rows | None = None
        self.done = threading.Event()


def is_final(rows: Rows) -> bool:
    """Whether rows are an answer and not a state such as `#LLM wait`."""
    first = rows[0][0] if rows and rows[0] else None
    return not (isinstance(first, str) and first.startswith("#LLM "))


def lost(reason: str) -> str:
    """What stands in a cell while there is no process to ask."""
    return f"#LLM backend: {reason}; recalculate"


def _in_background(work: Callable[..., None], *arguments: Any) -> threading.Thread:
    thread = threading.Thread(target=work, args=arguments, daemon=True)
    thread.start()
    return thread
