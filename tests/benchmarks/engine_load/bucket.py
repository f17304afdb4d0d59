"""A limit that is enforced: a bucket that fills steadily and never overflows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Bucket:
    """`rate` a second, at most `capacity` at once; `at` is when `level` was right, in seconds."""

    rate: float
    capacity: float
    level: float
    at: float

    @classmethod
    def full(cls, per_minute: float, burst: float, now: float) -> Bucket:
        """A bucket that holds `burst` seconds of a limit a minute."""
        capacity = per_minute / 60 * burst
        return cls(per_minute / 60, capacity, capacity, now)

    def lacks(self, amount: float, now: float) -> float:
        """Seconds until so much is there; 0.0 where it is there now.

        More than fits is there when the bucket is full.
        """
        self._fill(now)
        return max(0.0, min(amount, self.capacity) - self.level) / self.rate

    def take(self, amount: float, now: float) -> None:
        """Take so much, below nothing too; less than nothing is given back."""
        self._fill(now)
        self.level = min(self.capacity, self.level - amount)

    def whole(self, now: float) -> float:
        """Seconds until it is full."""
        self._fill(now)
        return (self.capacity - self.level) / self.rate

    def _fill(self, now: float) -> None:
        self.level = min(self.capacity, self.level + (now - self.at) * self.rate)
        self.at = now
