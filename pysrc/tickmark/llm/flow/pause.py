"""The pause that a provider asks for with a 429."""

from __future__ import annotations

from typing import Final

DEFAULT_PAUSE: Final = 1.0
LONGEST_GUESS: Final = 30.0


class Pause:
    """Until when nothing leaves; pure.

    Calls that were in flight together belong to one `round`: a 429 of the running round makes the
    pause longer at the most, the first one of the next round makes the guess double where the
    provider names no time.
    """

    __slots__ = ("_length", "_streak", "_until", "round")

    def __init__(self) -> None:
        self.round = 0
        self._until = 0.0
        self._length = 0.0
        self._streak = 0

    def begin(self, asked: float | None, sent_in: int, now: float) -> None:
        """A call of a round was limited; `asked` are the seconds that the provider named."""
        if sent_in == self.round:
            self.round += 1
            self._streak += 1
        guess = min(LONGEST_GUESS, DEFAULT_PAUSE * 2.0 ** min(self._streak - 1, 16))
        seconds = asked if asked is not None and asked > 0 else guess
        if seconds > self.left(now):
            self._until, self._length = now + seconds, seconds

    def answered(self, sent_in: int) -> None:
        """A call of a round got through."""
        if sent_in == self.round:
            self._streak = 0

    def left(self, now: float) -> float:
        """Seconds to wait; a clock that went back never makes it longer than it was."""
        if not self._length:
            return 0.0
        left = self._until - now
        if left > self._length:
            self._until, left = now + self._length, self._length
        if left <= 0:
            self._length = 0.0
            return 0.0
        return left
