"""Limits of requests and tokens a minute, enforced as a provider enforces them."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

MINUTE = 60.0
GROUPS = ("requests", "input-tokens", "output-tokens")


@dataclass(slots=True)
class Bucket:
    """What is left of a limit a minute; it fills up steadily to what `seconds` of it make."""

    limit: float
    seconds: float
    left: float
    filled_at: float

    @property
    def size(self) -> float:
        return max(1.0, self.limit * self.seconds / MINUTE)

    def fill(self, now: float) -> None:
        gained = (now - self.filled_at) * self.limit / MINUTE
        self.left = min(self.size, self.left + max(0.0, gained))
        self.filled_at = now

    def wait_for(self, amount: float) -> float:
        """Seconds until an amount is there; one beyond the whole bucket needs a full one."""
        missing = min(amount, self.size) - self.left
        return max(0.0, missing * MINUTE / self.limit)


class RateLimits:
    """Buckets for requests, input and output tokens; None stands for no limit.

    They hold what `seconds` of a limit make: a minute's worth, less for a provider that enforces
    short windows. Output is taken when it is known, so its bucket can be in debt. `clock` is in
    seconds and never goes back, `wall` is the time of day. `refused` counts what was turned away.
    """

    def __init__(
        self,
        requests: float | None = None,
        input_tokens: float | None = None,
        output_tokens: float | None = None,
        *,
        seconds: float = MINUTE,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._clock = clock
        self.wall = wall
        self.refused = 0
        self._lock = threading.Lock()
        limits = zip(GROUPS, (requests, input_tokens, output_tokens), strict=True)
        now = clock()
        self._buckets = {
            name: Bucket(limit, seconds, max(1.0, limit * seconds / MINUTE), now)
            for name, limit in limits
            if limit is not None
        }

    def admit(self, input_tokens: float) -> str:
        """Take a request and its input; else the name of the limit that it exceeds."""
        amounts = {"requests": 1.0, "input-tokens": input_tokens, "output-tokens": 0.0}
        with self._lock:
            self._fill()
            for name, bucket in self._buckets.items():
                if bucket.wait_for(amounts[name]) > 1e-9:
                    self.refused += 1
                    return name
            for name, bucket in self._buckets.items():
                bucket.left -= amounts[name]
            return ""

    def wait(self, input_tokens: float) -> float:
        """Seconds until such a request would be admitted."""
        amounts = {"requests": 1.0, "input-tokens": input_tokens, "output-tokens": 0.0}
        with self._lock:
            self._fill()
            waits = (bucket.wait_for(amounts[name]) for name, bucket in self._buckets.items())
            return max(waits, default=0.0)

    def give(self, output_tokens: float) -> None:
        """Take the output of an answer."""
        with self._lock:
            self._fill()
            if bucket := self._buckets.get("output-tokens"):
                bucket.left -= output_tokens

    def headers(self) -> Mapping[str, str]:
        """What an answer says about the limits."""
        with self._lock:
            self._fill()
            said = {}
            for name, bucket in self._buckets.items():
                whole = math.floor(self.wall()) + math.ceil(bucket.wait_for(bucket.size))
                moment = datetime.fromtimestamp(whole, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
                said[f"anthropic-ratelimit-{name}-limit"] = f"{bucket.limit:.0f}"
                said[f"anthropic-ratelimit-{name}-remaining"] = str(max(0, int(bucket.left)))
                said[f"anthropic-ratelimit-{name}-reset"] = moment
            return said

    def _fill(self) -> None:
        now = self._clock()
        for bucket in self._buckets.values():
            bucket.fill(now)
