"""A limit a minute, as an account that fills without steps."""

from __future__ import annotations

from typing import Final

HEAD_ROOM: Final = 0.0075
"""The share of a limit that is never used, since the clocks of two machines never agree."""

TOKEN_BURST_SECONDS: Final = 0.5
"""The tokens of so many seconds may leave at once: half of what a limit enforced by the second
allows, so that estimates may err by the other half before they are settled."""

LATE_SECONDS: Final = 0.25
"""What came in while somebody waited and was woken late is kept, up to so many seconds of it."""

MOST_DEBT_SECONDS: Final = 3600.0
"""No usage, however absurd, holds up calls for longer."""

_ROUNDING_SECONDS: Final = 1e-6


class Bucket:
    """Requests or tokens a minute; pure, told the time with each `refill`.

    `a_minute` is the limit, `burst_seconds` how much of it may leave at once (one at the least).
    An amount larger than the burst leaves when the burst is there, and puts the level into debt.
    """

    __slots__ = ("_at", "_burst_seconds", "_rate", "burst", "level")

    def __init__(self, a_minute: float, now: float, *, burst_seconds: float = 0.0) -> None:
        self._burst_seconds = burst_seconds
        self._at = now
        self._rate, self.burst = self._measures(a_minute)
        self.level = self.burst

    @property
    def rate(self) -> float:
        """Units a second."""
        return self._rate

    def resize(self, a_minute: float) -> None:
        """Take over another limit; what is there stays, debt too."""
        self._rate, self.burst = self._measures(a_minute)

    def refill(self, now: float, *, late: bool = False) -> None:
        """Add what came in since the last time; `late` while somebody waited for it.

        A clock that went back adds nothing.
        """
        passed, self._at = now - self._at, now
        most = self.burst + LATE_SECONDS * self._rate if late else self.burst
        if passed > 0:
            self.level += passed * self._rate
        self.level = min(self.level, most)

    def ready_in(self, amount: float) -> float:
        """Seconds until an amount may leave."""
        missing = min(amount, self.burst) - self.level
        wait = missing / self._rate
        return wait if wait > _ROUNDING_SECONDS else 0.0

    def take(self, amount: float) -> None:
        """Let an amount leave; a negative one gives back."""
        self.level = max(self.level - amount, -MOST_DEBT_SECONDS * self._rate)

    def lower(self, level: float) -> None:
        """Hold no more than that."""
        self.level = min(self.level, level)

    def _measures(self, a_minute: float) -> tuple[float, float]:
        rate = a_minute * (1 - HEAD_ROOM) / 60
        return rate, max(1.0, rate * self._burst_seconds)
