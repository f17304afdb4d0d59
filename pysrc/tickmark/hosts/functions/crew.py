"""A few threads that work off what they are given."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

_LOG: Final = logging.getLogger("tickmark.functions")


class Crew:
    """At most `size` daemon threads, begun when they are needed, in the order of their work.

    Daemons, so that a program that ends does not wait for work that nobody looks at any more.
    `idle` is called, in a thread of the crew, whenever work is done.
    """

    def __init__(self, name: str, size: int, idle: Callable[[], None] = lambda: None) -> None:
        self._name = name
        self._size = size
        self._idle = idle
        self._changed = threading.Condition()
        self._work: deque[Callable[[], None]] = deque()
        self._busy = 0
        self._closed = False
        self._threads: list[threading.Thread] = []

    def submit(self, work: Callable[[], None]) -> None:
        """Have it done soon; after `close` it is dropped."""
        with self._changed:
            if self._closed:
                return
            self._work.append(work)
            if self._busy + len(self._work) > len(self._threads) < self._size:
                name = f"{self._name}-{len(self._threads) + 1}"
                thread = threading.Thread(target=self._run, name=name, daemon=True)
                self._threads.append(thread)
                thread.start()
            self._changed.notify()

    def grow(self, size: int) -> None:
        """Allow at least so many threads."""
        with self._changed:
            self._size = max(self._size, size)

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to do."""
        with self._changed:
            return not self._work and not self._busy

    def close(self, seconds: float) -> bool:
        """Drop what was not begun; whether all threads have ended within so many seconds."""
        with self._changed:
            self._closed = True
            self._work.clear()
            self._changed.notify_all()
        end = time.monotonic() + seconds
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, end - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._work)
                if not self._work:
                    return
                work = self._work.popleft()
                self._busy += 1
            try:
                work()
            except Exception as error:  # noqa: BLE001 - a thread that ends would leave cells waiting
                _LOG.error("work of %s failed: %s", self._name, type(error).__name__)
            finally:
                with self._changed:
                    self._busy -= 1
                self._idle()
