"""A run that stands still: noticed, and written down so that the reason can be found."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import FrameType, TracebackType
from typing import Final, Self

from tickmark.engine.progress import Progress, UnderWay
from tickmark.llm.call import Stage
from tickmark.llm.ranked_lock import held_locks

OPEN_ENDED: Final = frozenset({Stage.RATE, Stage.PAUSE, Stage.BREAKER, Stage.BACKOFF})
"""Waits that end by the clock and by nobody's work: no standstill, even where no end is known."""

DEEPEST: Final = 60
LONGEST_TASK: Final = 120


class Policy(StrEnum):
    """What follows on a standstill: the run goes on, or it starts nothing more."""

    GO_ON = "go on"
    STOP = "stop"


class Watchdog:
    """A thread that looks at a runner's progress and reports a standstill once.

    No task that was ready, started or finished and no stage of a call that ended for `seconds`, and
    no call in a wait that was announced: then the stacks of all threads (functions and lines, no
    values), the locks that they hold and the calls under way are added to the file `log`, readable
    by its owner only, and `say` gets a sentence. With Policy.STOP the event `stop` is set as well.
    It sleeps until a standstill can be at the earliest. Used as a context manager around the runs.
    `clock` is that of the progress (time.monotonic); `wait` sleeps so many seconds and tells
    whether the watch is over.
    """

    def __init__(
        self,
        progress: Callable[[], Progress],
        *,
        seconds: float,
        log: Path,
        say: Callable[[str], None] = lambda _: None,
        policy: Policy = Policy.GO_ON,
        stop: threading.Event | None = None,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], bool] | None = None,
    ) -> None:
        self._progress = progress
        self._seconds = seconds
        self._log = log
        self._say = say
        self._policy = policy
        self._stop = stop
        self._clock = clock
        self._over = threading.Event()
        self._wait = wait or self._over.wait
        self._thread = threading.Thread(target=self.watch, name="tickmark-watchdog", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def watch(self) -> None:
        """Look until the watch is over."""
        due = self._clock() + self._seconds
        reported: float | None = None
        while not self._wait(max(0.0, due - self._clock())):
            now, progress = self._clock(), self._progress()
            last = moved_at(progress)
            due = self._due(progress, now)
            if due > now:
                continue
            if last != reported:
                reported = last
                self._report(progress, now)
            due = now + self._seconds

    def _due(self, progress: Progress, now: float) -> float:
        """When it will stand still if nothing happens until then."""
        if not progress.runs:
            return now + self._seconds
        due = moved_at(progress) + self._seconds
        for one in progress.calls:
            stage, until = one.call.stage, one.call.until
            if until is not None and stage is not Stage.PROVIDER:
                due = max(due, until + self._seconds)
            elif stage in OPEN_ENDED:
                due = max(due, now + self._seconds)
        return due

    def _report(self, progress: Progress, now: float) -> None:
        seconds = now - moved_at(progress)
        stood = f"The run has stood still for {seconds:.0f} seconds"
        try:
            _append(self._log, "\n".join(_report_lines(progress, now)) + "\n\n")
        except OSError as error:
            written = f"{self._log} cannot be written ({error.strerror})"
        else:
            written = f"what each thread is doing is in {self._log}"
        then = "it goes on waiting"
        if self._policy is Policy.STOP and self._stop is not None:
            self._stop.set()
            then = "nothing more is started"
        self._say(f"{stood}; {then}, and {written}.")


def moved_at(progress: Progress) -> float:
    """When a task or a stage of a call last began or ended, in time.monotonic() seconds."""
    return max([progress.at, *(_moved(one) for one in progress.calls)])


def _moved(one: UnderWay) -> float:
    spans = one.call.spans
    return max(one.started, one.call.since, spans[-1].end if spans else 0.0)


def _report_lines(progress: Progress, now: float) -> Iterator[str]:
    yield f"{datetime.now(UTC).isoformat(timespec='seconds')} standstill"
    yield f"{progress.runs} plans, {progress.queued} tasks queued, {len(progress.calls)} under way"
    for one in progress.calls:
        stage = one.call.stage or "own work"
        since = now - _moved(one)
        task = one.call.task[:LONGEST_TASK]
        yield f"task {task!r} in thread {one.thread}: {stage} for {since:.0f} s"
    held = held_locks()
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    for ident, frame in sys._current_frames().items():  # noqa: SLF001 - the one way to all stacks
        yield f"thread {ident} {names.get(ident, '')}".rstrip()
        if ident in held:
            yield f"  holds {', '.join(held[ident])}"
        yield from _stack_lines(frame)


def _stack_lines(frame: FrameType | None) -> Iterator[str]:
    """Functions and lines, the innermost first; no values of variables."""
    for _ in range(DEEPEST):
        if frame is None:
            return
        code = frame.f_code
        module = frame.f_globals.get("__name__", "?")
        yield f"  {module}.{code.co_qualname}, line {frame.f_lineno}"
        frame = frame.f_back


def _append(path: Path, text: str) -> None:
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
    with os.fdopen(os.open(path, flags, 0o600), "a", encoding="utf-8") as log:
        log.write(text)
