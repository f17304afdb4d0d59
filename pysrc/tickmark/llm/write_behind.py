"""Writing a moment late: what many threads bring under load goes into a file together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from tickmark.llm.ranked_lock import Rank, RankedLock

LINGER_SECONDS: Final = 0.05
"""A call takes a second or more, so what a kill loses in this time is like a call in flight."""

QUIET_SECONDS: Final = 0.1
"""What comes so long after the one before it is written at once."""


class WriteBehind:
    """Calls `write` in a thread of its own, `linger` seconds after something was brought.

    What `write` raises is dropped: who brings something has to keep it until it is written, and may
    ask for another attempt (`try_again`). Each commit to a file costs the other threads the lock of
    the interpreter several times over, so that hundreds of them a second slow down everything. With
    a linger of 0 nothing is ever late. Safe for many threads; `clock` (seconds, never going back)
    can be replaced.
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
        self._pause = 0.0
        self._ending = threading.Event()
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None

    def takes(self) -> bool:
        """Whether what was just brought will be written soon; False leaves it to the caller."""
        if self._ending.is_set() or not self._linger:
            return False
        now = self._clock()
        quiet, self._last = now - self._last >= QUIET_SECONDS, now
        if self._due:
            return True
        return not quiet and self._wakes()

    def try_again(self, seconds: float) -> None:
        """Call `write` once more, so many seconds from now or a little later."""
        if not self._ending.is_set() and self._linger:
            self._pause = seconds
            self._wakes()

    def close(self) -> None:
        """End the thread, after what it is writing; from now on nothing is late any more."""
        with self._lock:
            self._ending.set()
            self._woken.set()
        if self._thread is not None:
            self._thread.join()

    def _wakes(self) -> bool:
        """Wake the thread, and whether there is one."""
        if not (self._thread or self._started()):
            return False
        self._due = True
        self._woken.set()
        return True

    def _started(self) -> bool:
        """Whether there is a thread now; not after the end, nor where the system gives none."""
        with self._lock:
            if self._ending.is_set() or self._thread is not None:
                return not self._ending.is_set()
            thread = threading.Thread(target=self._run, name="tickmark-write-behind", daemon=True)
            try:
                thread.start()
            except RuntimeError:
                return False
            self._thread = thread
            return True

    def _run(self) -> None:
        while True:
            self._woken.wait()
            pause, self._pause = self._pause, 0.0
            self._ending.wait(max(pause, self._linger))
            # In this order: who finds it still due has brought its part before it is written.
            self._woken.clear()
            self._due = False
            with suppress(Exception):
                self._write()
            if self._ending.is_set():
                return
