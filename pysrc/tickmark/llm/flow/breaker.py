"""A circuit breaker on the share of failures among the latest calls."""

from __future__ import annotations

from collections import deque
from math import inf
from typing import Final

WINDOW_SECONDS: Final = 30.0
WINDOW_CALLS: Final = 100
LEAST_CALLS: Final = 10
FAILURE_SHARE: Final = 0.5
FIRST_COOL_DOWN: Final = 2.0
LONGEST_COOL_DOWN: Final = 60.0
PROBES: Final = 3
PATIENCE: Final = 120.0


class Breaker:
    """Closed while calls get through; open, nothing leaves until a cool-down is over; pure.

    It opens when half of at least ten calls of the last 30 s failed. After the cool-down a few
    calls go as probes: the first that gets through closes it, one that fails begins a longer
    cool-down. Open for more than `patience` seconds, it has `given_up`. A clock that goes back
    begins the running wait anew at the most.
    """

    __slots__ = (
        "_calls",
        "_cool_down",
        "_cooling_since",
        "_failures",
        "_opened_at",
        "_out",
        "_patience",
        "_trial",
    )

    def __init__(self, *, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._calls: deque[tuple[float, bool]] = deque()
        self._failures = 0
        self._opened_at: float | None = None
        self._cooling_since = 0.0
        self._cool_down = 0.0
        self._trial = 0
        self._out = 0

    @property
    def closed(self) -> bool:
        """Whether calls leave freely."""
        return self._opened_at is None

    def ready_in(self, now: float) -> float:
        """Seconds until a call may leave; infinite while all probes are out."""
        if self._opened_at is None:
            return 0.0
        self._cooling_since = min(self._cooling_since, now)
        left = self._cooling_since + self._cool_down - now
        if left > 0:
            return left
        return 0.0 if self._out < PROBES else inf

    def patience_left(self, now: float) -> float:
        """Seconds until it has given up; infinite while it is closed, never below 0."""
        if self._opened_at is None:
            return inf
        self._opened_at = min(self._opened_at, now)
        return max(0.0, self._opened_at + self._patience - now)

    def given_up(self, now: float) -> bool:
        """Whether it is open in vain for too long, and no probe may leave now."""
        return self.patience_left(now) <= 0 and self.ready_in(now) > 0

    def start(self) -> int:
        """A call leaves: the number of the trial that it is a probe of, 0 for none."""
        if self._opened_at is None:
            return 0
        self._out += 1
        return self._trial

    def succeeded(self, trial: int, now: float) -> bool:
        """A call got through; whether that closed the breaker."""
        if trial and not self.closed:
            self._close()
            return True
        if self.closed:
            self._note(now, failed=False)
        return False

    def failed(self, trial: int, now: float) -> None:
        """A call met a provider that is down, overloaded or at fault."""
        if self.closed:
            self._note(now, failed=True)
            if len(self._calls) >= LEAST_CALLS and self._failures >= FAILURE_SHARE * len(
                self._calls
            ):
                self._opened_at = now
                self._cool(FIRST_COOL_DOWN, now)
        elif trial == self._trial:
            self._cool(min(LONGEST_COOL_DOWN, 2 * self._cool_down), now)

    def withdrawn(self, trial: int) -> None:
        """A call ended and tells nothing; another may take its place as a probe."""
        if trial and trial == self._trial and not self.closed:
            self._out = max(0, self._out - 1)

    def _cool(self, seconds: float, now: float) -> None:
        self._cooling_since = now
        self._cool_down = seconds
        self._trial += 1
        self._out = 0

    def _close(self) -> None:
        self._opened_at = None
        self._out = 0
        self._calls.clear()
        self._failures = 0

    def _note(self, now: float, *, failed: bool) -> None:
        calls = self._calls
        calls.append((now, failed))
        self._failures += failed
        while len(calls) > WINDOW_CALLS or calls[0][0] < now - WINDOW_SECONDS:
            self._failures -= calls.popleft()[1]
