"""Cells whose answers have come, calculated again in Excel from a thread of their own."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from tickmark.hosts.functions.call import Caller

FIRST_WAIT: Final = 0.5
LONGEST_WAIT: Final = 8.0
LONGEST_LIFE: Final = 600.0

_LOG: Final = logging.getLogger("tickmark.functions")

Recalculate = Callable[[Sequence[Caller]], Sequence[Caller]]
"""Has cells calculated again; gives back those for which the program was too busy."""


class Recalculation:
    """Takes cells at any time from any thread and has them calculated in batches.

    Cells for which Excel is busy (a cell is being typed in, a dialogue is open) are tried again,
    after waits that double, for ten minutes; then they stay as they are until the next calculation.
    """

    def __init__(self, recalculate: Recalculate, *, first_wait: float = FIRST_WAIT) -> None:
        self._recalculate = recalculate
        self._first_wait = first_wait
        self._changed = threading.Condition()
        self._waiting: dict[Caller, None] = {}
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="recalculation", daemon=True)
        self._thread.start()

    def changed(self, callers: Sequence[Caller]) -> None:
        """Have these cells calculated soon; returns at once."""
        with self._changed:
            self._waiting.update(dict.fromkeys(callers))
            self._changed.notify_all()

    def close(self) -> None:
        """Let go of what still waits."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join(LONGEST_WAIT)

    def _work(self) -> None:
        with _apartment():
            wait, waited = 0.0, 0.0
            while (callers := self._next(wait)) is not None:
                busy = self._attempt(callers)
                if not busy:
                    wait, waited = 0.0, 0.0
                    continue
                wait = min(LONGEST_WAIT, 2 * wait or self._first_wait)
                waited += wait
                if waited > LONGEST_LIFE:
                    _LOG.warning("%d cells were not calculated again: Excel was busy", len(busy))
                    wait, waited = 0.0, 0.0
                else:
                    self.changed(busy)

    def _next(self, wait: float) -> list[Caller] | None:
        """All that waits, after a wait and once there is something; None when closed."""
        with self._changed:
            if wait:
                self._changed.wait_for(lambda: self._closed, wait)
            self._changed.wait_for(lambda: self._closed or self._waiting)
            callers = list(self._waiting)
            self._waiting.clear()
            return None if self._closed else callers

    def _attempt(self, callers: Sequence[Caller]) -> Sequence[Caller]:
        try:
            return self._recalculate(callers)
        except Exception as error:  # noqa: BLE001 - Excel's errors have no root but this one
            _LOG.info("Excel did not calculate %d cells: %s", len(callers), type(error).__name__)
            return callers


@contextmanager
def _apartment() -> Iterator[None]:
    """The thread as Windows wants it before it may speak to Excel."""
    if sys.platform != "win32":
        yield
        return
    import pythoncom  # noqa: PLC0415 - exists on Windows only

    pythoncom.CoInitialize()
    try:
        yield
    finally:
        pythoncom.CoUninitialize()
