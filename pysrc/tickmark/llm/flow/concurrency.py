"""How many calls may be in flight, found by additive increase and multiplicative decrease."""

from __future__ import annotations

from collections import deque
from typing import Final

DECREASE: Final = 0.5
WATCHED_CALLS: Final = 100
"""The share of overload is that among so many calls."""

OVERLOAD_SHARE: Final = 0.15
CHANCE_CALLS: Final = 3
"""So many overloaded calls more than the share are no chance any more."""


class Concurrency:
    """Starts at the most that is allowed; pure.

    Each call has a number; a failure shrinks it only where its call started after the last
    decrease, so that one bad moment counts once and not once for each call that was in flight.
    """

    __slots__ = ("_bad", "_decreased_at", "_limit", "_most", "_outcomes", "_started")

    def __init__(self, most: int) -> None:
        self._most = float(most)
        self._limit = float(most)
        self._started = 0
        self._decreased_at = 0
        self._outcomes: deque[bool] = deque()
        self._bad = 0

    @property
    def window(self) -> int:
        """How many may be in flight now."""
        return max(1, int(self._limit))

    def start(self) -> int:
        """The number of a call that leaves."""
        self._started += 1
        return self._started

    def answered(self) -> None:
        """A call got through: a full round of them makes room for one more."""
        if self._limit < self._most:
            self._limit = min(self._most, self._limit + 1 / self._limit)
        self._watch(bad=False)

    def overloaded(self, number: int) -> None:
        """A call met an overloaded provider: many of them shrink the window, few do not."""
        self._watch(bad=True)
        if self._bad > OVERLOAD_SHARE * len(self._outcomes) + CHANCE_CALLS:
            self._outcomes.clear()
            self._bad = 0
            self.shrink(number)

    def shrink(self, number: int) -> None:
        """A call met a limit or timed out."""
        if number > self._decreased_at:
            self._limit = max(1.0, self._limit * DECREASE)
            self._decreased_at = self._started

    def _watch(self, *, bad: bool) -> None:
        self._outcomes.append(bad)
        self._bad += bad
        if len(self._outcomes) > WATCHED_CALLS:
            self._bad -= self._outcomes.popleft()
