"""What waits for a thread: the most urgent first, and now and then the one that waits longest."""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

T = TypeVar("T")

AGING: Final = 8
"""Every so many takings the one that waits longest is next, however little urgent it is."""


@dataclass(slots=True)
class _Entry(Generic[T]):
    item: T
    group: int
    taken: bool = False


class ReadyQueue(Generic[T]):
    """Items of a lower group first, of one group those of a higher priority, then as they came.

    Whatever comes later, an item before which n others came is taken after at most `AGING * (n +
    1)` takings. Adding and taking cost the logarithm of the number of different urgencies. Not safe
    for several threads.
    """

    def __init__(self) -> None:
        self._urgencies: list[tuple[int, int]] = []
        self._alike: dict[tuple[int, int], deque[_Entry[T]]] = {}
        self._oldest: deque[_Entry[T]] = deque()
        self._count = 0
        self._takings = 0

    def __len__(self) -> int:
        return self._count

    def add(self, item: T, group: int, priority: int) -> None:
        """Let an item wait."""
        urgency = (group, -priority)
        entry = _Entry(item, group)
        alike = self._alike.get(urgency)
        if alike is None:
            alike = self._alike[urgency] = deque()
            heapq.heappush(self._urgencies, urgency)
        alike.append(entry)
        self._oldest.append(entry)
        self._count += 1

    def take(self) -> T:
        """The next item; raises IndexError where none waits."""
        if not self._count:
            raise IndexError("nothing waits")
        self._takings += 1
        entry = self._longest_waiting() if self._takings % AGING == 0 else self._most_urgent()
        entry.taken = True
        self._count -= 1
        if not self._count:
            self._clear()
        return entry.item

    def drop(self, group: int) -> None:
        """Let the items of a group wait no longer."""
        for urgency in [one for one in self._urgencies if one[0] == group]:
            for entry in self._alike.pop(urgency):
                self._count -= not entry.taken
                entry.taken = True
        self._urgencies = [one for one in self._urgencies if one[0] != group]
        heapq.heapify(self._urgencies)
        if not self._count:
            self._clear()

    def _longest_waiting(self) -> _Entry[T]:
        while (entry := self._oldest.popleft()).taken:
            pass
        return entry

    def _most_urgent(self) -> _Entry[T]:
        # What was taken out of order is still in here, and in the other line what is taken now.
        while self._oldest[0].taken:
            self._oldest.popleft()
        while True:
            alike = self._alike[self._urgencies[0]]
            while alike:
                entry = alike.popleft()
                if not entry.taken:
                    return entry
            del self._alike[heapq.heappop(self._urgencies)]

    def _clear(self) -> None:
        self._urgencies.clear()
        self._alike.clear()
        self._oldest.clear()
