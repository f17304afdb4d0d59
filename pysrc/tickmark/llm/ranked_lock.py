"""Locks that are taken in one fixed order, so that no two threads can wait for each other.

A thread may take a lock only while all that it holds have a lower rank. Who holds what can be asked
at any time, for the record of a run that stands still.
"""

from __future__ import annotations

import threading
from enum import IntEnum
from types import TracebackType
from typing import Final


class Rank(IntEnum):
    """All locks of the engine and of the wrappers of a model, the outermost first."""

    WARMING = 10
    FLIGHTS = 20
    JOURNAL = 30
    STORE = 40
    FLOW = 50
    BUDGET = 60
    LEDGER = 70
    CALL_LOG = 80
    CALIBRATION = 90
    PROVIDER = 100
    RUNNER = 110
    TRACE = 120


_HELD: Final[dict[int, list[RankedLock]]] = {}


class OutOfOrder(RuntimeError):
    """A lock that was taken while one of the same or a higher rank was held: a bug."""


class RankedLock:
    """A lock with a rank; used like threading.Lock, also under a threading.Condition."""

    __slots__ = ("_lock", "_owner", "rank")

    def __init__(self, rank: Rank) -> None:
        self.rank = rank
        self._lock = threading.Lock()
        self._owner = 0

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:  # noqa: FBT001, FBT002 - the signature of threading.Lock
        """Take it; raises OutOfOrder where the order would be broken."""
        me = threading.get_ident()
        held = _HELD.get(me)
        if held and blocking and held[-1].rank >= self.rank:
            message = f"{self.rank.name} was taken while {held[-1].rank.name} was held"
            raise OutOfOrder(message)
        if not self._lock.acquire(blocking, timeout):
            return False
        self._owner = me
        if held is None:
            _HELD[me] = [self]
        else:
            held.append(self)
        return True

    def release(self) -> None:
        """Let go."""
        held = _HELD[self._owner]
        held.remove(self)
        if not held:
            del _HELD[self._owner]
        self._owner = 0
        self._lock.release()

    def locked(self) -> bool:
        """Whether somebody holds it."""
        return self._lock.locked()

    def _is_owned(self) -> bool:
        """What threading.Condition asks."""
        return self._owner == threading.get_ident()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def held_locks() -> dict[int, tuple[str, ...]]:
    """The names of the locks that each thread holds, by the thread's identifier."""
    return {
        thread: tuple(lock.rank.name for lock in tuple(locks))
        for thread, locks in tuple(_HELD.items())
        if locks
    }
