"""Writing a moment late: what many threads bring under load goes into a file together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from tickmark.llm.ranked_lock import Rank, RankedLock

LINGER_SECONDS: Final = 0.05
"""A call takes a second or more, so what a kill loses in this time is like a call in flight."""

QUIET_SECONDS: Final = 0.1
"""What comes so long after the one before it is written at once."""


class WriteBehind:
    """Calls `write` in a thread of its own, `linger` seconds after something was brought.

    Each commit to a file costs the other threads the lock of the interpreter several times over,
    so that hundreds of them a second slow down everything. With a linger of 0 nothing is ever late.
    Safe for many threads; `clock` (seconds, never going back) can be replaced.
    """

    def __init__(
        self,
        write: Callable[[], None],
        *,
        linger: float = LINGER_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._write = write
        self._linger = linger
        self._clock = clock
        self._lock = RankedLock(Rank.WRITE_BEHIND)
        self._last = -QUIET_SECONDS
        self._due = False
        self._ended = False
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None

    def takes(self) -> bool:
        """Whether what was just brought will be written soon; False leaves it to the caller."""
        now = self._clock()
        quiet, self._last = now - self._last >= QUIET_SECONDS, now
        if self._due:
            return True
        if quiet or not self._linger:
            return False
        thread = self._thread
        if thread is None or not thread.is_alive():
            self._start()
        self._due = True
        self._woken.set()
        return True

    def close(self) -> None:
        """End the thread, after what it is writing; the next use starts another one."""
        with self._lock:
            thread, self._thread = self._thread, None
            self._ended = True
            self._woken.set()
        if thread is not None:
            thread.join()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._ended = False
                self._thread = threading.Thread(
                    target=self._run, name="tickmark-write-behind", daemon=True
                )
                self._thread.start()

    def _run(self) -> None:
        while True:
            self._woken.wait()
            if not self._ended:
                time.sleep(self._linger)
            # In this order: who finds it still due has brought its part before it is written.
            self._woken.clear()
            self._due = False
            self._write()
            if self._ended:
                return
