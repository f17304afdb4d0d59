"""A mapping of bounded size that forgets what was not used for longest."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Lru(Generic[K, V]):
    """Keeps values by key until their weights together pass a limit; safe for many threads.

    The newest value is kept even where it alone is too heavy.
    """

    def __init__(self, limit: int, weight: Callable[[V], int] = lambda _: 1) -> None:
        self._limit = limit
        self._weight = weight
        self._lock = threading.Lock()
        self._values: OrderedDict[K, V] = OrderedDict()
        self._total = 0

    def get(self, key: K) -> V | None:
        """The value, which counts as used now; None where there is none."""
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def put(self, key: K, value: V) -> None:
        """Keep a value in place of an earlier one."""
        with self._lock:
            self._drop(key)
            self._values[key] = value
            self._total += self._weight(value)
            while self._total > self._limit and len(self._values) > 1:
                self._drop(next(iter(self._values)))

    def forget(self, key: K) -> None:
        """Drop a value, if it is there."""
        with self._lock:
            self._drop(key)

    def keys(self) -> list[K]:
        """All keys, the one that was not used for longest first."""
        with self._lock:
            return list(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def _drop(self, key: K) -> None:
        value = self._values.pop(key, None)
        if value is not None:
            self._total -= self._weight(value)
