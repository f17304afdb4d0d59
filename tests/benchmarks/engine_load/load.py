"""What the loopback server does: its latency, limits and faults; drawn alike with the same seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from math import cos, exp, log, pi, sqrt
from typing import Any

LONGEST = 6.0
"""No answer takes more than so many times the median."""


@dataclass(frozen=True, slots=True)
class Load:
    """One setting of the server.

    `latency` is the median in seconds, `spread` the sigma of its lognormal distribution (0: always
    the same); the first piece of a streamed answer comes after `first` of it. An answer has
    `answer_bytes`; its usage says from `least_output` to `most_output` tokens. `rpm`, `itpm` and
    `otpm` are enforced with buckets that hold `burst` seconds of them (0: no limit); with
    `reserves` the output limit takes `max_tokens` at the start and gives back what was not used,
    without it, it takes what was written at the end. `overloaded`, `dropped` and `cut` are shares
    of requests that get a 529, no answer at all, or half of one.
    """

    latency: float = 0.0
    spread: float = 0.0
    first: float = 0.25
    answer_bytes: int = 1000
    least_output: int = 200
    most_output: int = 200
    rpm: float = 0.0
    itpm: float = 0.0
    otpm: float = 0.0
    burst: float = 1.0
    reserves: bool = False
    overloaded: float = 0.0
    dropped: float = 0.0
    cut: float = 0.0
    seed: int = 9

    def told(self) -> dict[str, Any]:
        return asdict(self)

    def seconds(self, name: str) -> float:
        """How long the answer to a question takes; the same for the same name."""
        if not self.spread:
            return self.latency
        first, second = drawn(self.seed, name, "a"), drawn(self.seed, name, "b")
        normal = sqrt(-2 * log(1 - first)) * cos(2 * pi * second)
        return min(LONGEST, exp(self.spread * normal)) * self.latency

    def output_tokens(self, name: str) -> int:
        more = self.most_output - self.least_output + 1
        return self.least_output + int(more * drawn(self.seed, name, "output"))

    def fault(self, name: str, attempt: int) -> str:
        """`overloaded`, `dropped`, `cut` or "" for one attempt at a question."""
        point = drawn(self.seed, name, f"fault {attempt}")
        for kind, share in self._shares().items():
            if point < share:
                return kind
            point -= share
        return ""

    def _shares(self) -> Mapping[str, float]:
        return {"overloaded": self.overloaded, "dropped": self.dropped, "cut": self.cut}


def drawn(seed: int, *names: str) -> float:
    """A number from 0 to below 1 that depends on nothing but seed and names."""
    digest = sha256("\0".join((str(seed), *names)).encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48


def name_of(user: str) -> str:
    """What a question is called: its first line."""
    return user.partition("\n")[0]


def answer_to(user: str, size: int) -> str:
    """The text that answers a question; another one to any other first line."""
    start = f"answer {sha256(name_of(user).encode()).hexdigest()} "
    return (start + "word " * (size // 5))[:size]
