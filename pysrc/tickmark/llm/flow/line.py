"""The line of those who wait: the most urgent first, but nobody for ever."""

from __future__ import annotations

import heapq
from collections import OrderedDict
from collections.abc import Iterator
from typing import Final, Generic, Protocol, TypeVar

OLDEST_EVERY: Final = 8
"""Each eighth turn is that of the oldest, however urgent the others are."""


class Waits(Protocol):
    """One that waits: a higher `priority` goes first, then a lower `number`."""

    @property
    def priority(self) -> int:
        """How urgent."""
        ...

    @property
    def number(self) -> int:
        """When it came."""
        ...


T = TypeVar("T", bound=Waits)


class Line(Generic[T]):
    """Keeps its head until it has gone: with n older ones, one has gone after 8 (n + 1) turns."""

    __slots__ = ("_heap", "_turns", "_waiting")

    def __init__(self) -> None:
        self._waiting: OrderedDict[int, T] = OrderedDict()
        self._heap: list[tuple[int, int]] = []
        self._turns = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[T]:
        return iter(self._waiting.values())

    def __contains__(self, one: T) -> bool:
        return one.number in self._waiting

    def join(self, one: T) -> None:
        """Stand in line; a number is higher than all before, or that of one that comes again."""
        again = bool(self._waiting) and one.number < next(reversed(self._waiting))
        self._waiting[one.number] = one
        if again:
            self._waiting.move_to_end(one.number, last=False)
        heapq.heappush(self._heap, (-one.priority, one.number))

    def head(self) -> T | None:
        """Whose turn it is; None in an empty line."""
        if not self._waiting:
            return None
        if self._turns % OLDEST_EVERY == OLDEST_EVERY - 1:
            return next(iter(self._waiting.values()))
        while self._heap[0][1] not in self._waiting:
            heapq.heappop(self._heap)
        return self._waiting[self._heap[0][1]]

    def goes(self, one: T) -> None:
        """One has had its turn."""
        self._turns += 1
        self.leave(one)

    def leave(self, one: T) -> None:
        """One steps out without a turn."""
        del self._waiting[one.number]
        if len(self._heap) > 2 * len(self._waiting) + OLDEST_EVERY:
            self._heap = [(-left.priority, left.number) for left in self._waiting.values()]
            heapq.heapify(self._heap)
