"""The API key, looked for in the background: the system's keychain may take its time."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from tickmark.settings import Key

LOOK_AGAIN: Final = 5.0
"""Seconds until an absent key is looked for again."""

_LOG: Final = logging.getLogger("tickmark.functions")


class KeySearch:
    """Remembers the key once it was found; safe for many threads."""

    def __init__(
        self, find: Callable[[], Key | None], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._find = find
        self._clock = clock
        self._lock = threading.Lock()
        self._key: Key | None = None
        self._missed_at: float | None = None

    @property
    def is_absent(self) -> bool:
        """Whether none was found when it was last looked for; asks nobody."""
        return self._key is None and self._missed_at is not None

    @property
    def is_due(self) -> bool:
        """Whether it is worth looking again."""
        missed = self._missed_at
        return self._key is None and (missed is None or self._clock() - missed >= LOOK_AGAIN)

    def look(self) -> Key | None:
        """The key; looks for it, which may take long, unless it was found before."""
        with self._lock:
            if self._key is None:
                try:
                    self._key = self._find()
                except Exception as error:  # noqa: BLE001 - keychains are many, and so are their faults
                    _LOG.warning("the keychain cannot be asked: %s", type(error).__name__)
                self._missed_at = self._clock() if self._key is None else None
            return self._key

    def forget(self) -> None:
        """The key was refused: look for another next time."""
        with self._lock:
            self._key = None
            self._missed_at = None
