"""A guard that holds back large prompts while the machine is short of memory."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Final

LARGE_PROMPT: Final = 1_000_000
"""A prompt of so many bytes, pictures too, is copied several times before it is sent."""

MEMORY_FLOOR: Final = 300_000_000
"""Bytes that have to be free for a large prompt to leave beside others."""

FRESH_SECONDS: Final = 0.2
"""How long a figure of the system is taken for true."""

RECHECK_SECONDS: Final = 0.5
"""The system tells nobody when memory becomes free, so it is asked again."""

LONGEST_LEAD: Final = 100
"""After so many calls went first, a large one may go beside small ones."""


def available_memory() -> int:
    """Bytes that the system can give out without swapping."""
    import psutil  # noqa: PLC0415 - only large prompts need it

    return int(psutil.virtual_memory().available)


class MemoryGuard:
    """Tells whether memory is short; `floor` and `available()` are in bytes."""

    __slots__ = ("_asked_at", "_available", "_floor", "_short", "large")

    def __init__(
        self,
        *,
        floor: int = MEMORY_FLOOR,
        large: int = LARGE_PROMPT,
        available: Callable[[], int] = available_memory,
    ) -> None:
        self.large = large
        self._floor = floor
        self._available = available
        self._asked_at = -inf
        self._short = False

    def short(self, now: float) -> bool:
        """Whether less is free than the floor."""
        if not 0 <= now - self._asked_at < FRESH_SECONDS:
            self._asked_at = now
            self._short = self._available() < self._floor
        return self._short
