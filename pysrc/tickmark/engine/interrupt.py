"""Ctrl-C: the first one asks to end, the second one ends at once."""

from __future__ import annotations

import _thread
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def ctrl_c_sets(stop: threading.Event) -> Iterator[None]:
    """Let the first Ctrl-C set the event and further ones raise KeyboardInterrupt.

    An exception at any point could lose a result between two steps. The polite request of a system
    to end (SIGTERM) counts as Ctrl-C. Outside the main thread, and where a handler is not Python's
    own, nothing is changed.
    """
    asked = False

    def handle(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked or stop.is_set():
            raise KeyboardInterrupt
        asked = True
        # In a thread of its own: the interrupted one may just hold the lock inside the event, and
        # would wait for itself. Other ways to start a thread take locks, too.
        _thread.start_new_thread(stop.set, ())

    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    terminate = signal.getsignal(signal.SIGTERM)
    signal.signal(signal.SIGINT, handle)
    if terminate is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, terminate)
