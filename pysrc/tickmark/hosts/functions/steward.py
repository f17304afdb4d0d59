"""The thread that watches the time: when calls have been gathered, when cells are to be told."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tickmark.hosts.functions.call import Caller

_LOG: Final = logging.getLogger("tickmark.functions")
_NEVER: Final = float("inf")


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: new calls are gathered until none came for `quiet`, at most for `longest`.

    Cells are told together with all others that have answers within `tell`; `look` is how often
    the user's wishes are looked at. Two calls of one cell within `formula` may be those of two
    functions in one formula, such as one inside the other.
    """

    quiet: float = 0.15
    longest: float = 1.5
    tell: float = 0.2
    look: float = 0.5
    formula: float = 5.0


class Steward:
    """Calls `gathered`, `changed` and `look` in a thread of its own, each at its time.

    They have to return soon; what they raise is logged.
    """

    def __init__(
        self,
        pace: Pace,
        *,
        gathered: Callable[[], None],
        changed: Callable[[Sequence[Caller]], None],
        look: Callable[[], None],
    ) -> None:
        self._pace = pace
        self._gathered = gathered
        self._changed = changed
        self._look = look
        self._wake = threading.Condition()
        self._gather_at = _NEVER
        self._gather_by = _NEVER
        self._tell_at = _NEVER
        self._look_at = 0.0
        self._looks = 0
        self._callers: dict[Caller, None] = {}
        self._acting = False
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="tickmark-steward", daemon=True)

    def start(self) -> None:
        """Begin; what was gathered before is not lost."""
        self._thread.start()

    def gather(self) -> None:
        """A new call has come."""
        now = time.monotonic()
        with self._wake:
            first = self._gather_by == _NEVER
            if first:
                self._gather_by = now + self._pace.longest
            self._gather_at = min(now + self._pace.quiet, self._gather_by)
            if first:
                self._wake.notify_all()

    def tell(self, callers: Sequence[Caller]) -> None:
        """These cells are to be calculated again."""
        if not callers:
            return
        with self._wake:
            self._callers.update(dict.fromkeys(callers))
            if self._tell_at == _NEVER:
                self._tell_at = time.monotonic() + self._pace.tell
                self._wake.notify_all()

    def look_now(self, timeout: float) -> bool:
        """Look at the user's wishes at once; whether that was done within so many seconds."""
        with self._wake:
            wanted = self._looks + 1 + self._acting
            self._look_at = 0.0
            self._wake.notify_all()
            return self._wake.wait_for(lambda: self._closed or self._looks >= wanted, timeout)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is gathered and no cell is to be told."""
        with self._wake:
            return not self._acting and self._gather_by == _NEVER and not self._callers

    def close(self, seconds: float) -> None:
        """End the thread, for which this waits at most so long; who was not told stays as he is."""
        with self._wake:
            self._closed = True
            self._wake.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join(seconds)

    def _run(self) -> None:
        while (acts := self._next()) is not None:
            for act in acts:
                try:
                    act()
                except Exception as error:  # noqa: BLE001 - without this thread all cells wait for ever
                    _LOG.error("the desk's thread met a %s", type(error).__name__)
            with self._wake:
                self._acting = False
                self._looks += self._look in acts
                self._wake.notify_all()

    def _next(self) -> list[Callable[[], None]] | None:
        """What is due, once something is; None when closed."""
        with self._wake:
            while not self._closed:
                now = time.monotonic()
                acts = self._due(now)
                if acts:
                    self._acting = True
                    return acts
                self._wake.wait(min(self._gather_at, self._tell_at, self._look_at) - now)
            return None

    def _due(self, now: float) -> list[Callable[[], None]]:
        acts: list[Callable[[], None]] = []
        if self._gather_at <= now:
            self._gather_at = self._gather_by = _NEVER
            acts.append(self._gathered)
        if self._tell_at <= now:
            self._tell_at = _NEVER
            callers = list(self._callers)
            self._callers.clear()
            acts.append(lambda: self._changed(callers))
        if self._look_at <= now:
            self._look_at = now + self._pace.look
            acts.append(self._look)
        return acts
