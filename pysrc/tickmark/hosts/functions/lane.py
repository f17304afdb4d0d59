"""A model that is open, with the threads that call it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import TypeAlias

from tickmark.engine.run import Runner
from tickmark.errors import TickmarkError
from tickmark.settings import Key, Settings
from tickmark.wiring import CellModels

OpenModel: TypeAlias = Callable[
    [Settings, Key | None, threading.Event], AbstractContextManager[CellModels]
]
"""Opens the models of a lane; a set event ends all their waiting."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a lane was opened with; another one needs another lane."""

    base_url: str
    timeout: float
    jobs: int
    daily_cost: float
    secret: str


def opening_of(settings: Settings, key: Key | None) -> Opening:
    """What a lane has to be opened with."""
    return Opening(
        settings.base_url,
        settings.timeout,
        settings.jobs,
        settings.daily_cost,
        key.secret if key else "",
    )


class Lane:
    """Models and their threads, until an error that every further call would meet, or a stop."""

    def __init__(self, open_model: OpenModel, settings: Settings, key: Key | None) -> None:
        self.opening = opening_of(settings, key)
        self.stop = threading.Event()
        self._resources = ExitStack()
        with ExitStack() as opened:
            models = opened.enter_context(open_model(settings, key, self.stop))
            jobs = settings.jobs
            self._kept = opened.enter_context(Runner(models.kept, jobs=jobs, stop=self.stop))
            self._fresh = opened.enter_context(Runner(models.fresh, jobs=jobs, stop=self.stop))
            self._resources = opened.pop_all()
        self._lock = threading.Lock()
        self._users = 0
        self._retired = False

    @property
    def is_open(self) -> bool:
        """Whether more may be sent."""
        return self.stopped_by is None and not self.stop.is_set()

    @property
    def stopped_by(self) -> TickmarkError | None:
        """The error that every further call would meet."""
        return self._kept.stopped_by or self._fresh.stopped_by

    def runner(self, *, fresh: bool) -> Runner:
        """The threads; with `fresh` those that pass over kept answers."""
        return self._fresh if fresh else self._kept

    def enter(self, users: int) -> None:
        """So many plans are going to be carried out."""
        with self._lock:
            self._users += users

    def leave(self) -> None:
        """One plan is through; the last one of a retired lane closes it."""
        with self._lock:
            self._users -= 1
            last = self._retired and self._users == 0
        if last:
            self._resources.close()

    def retire(self) -> None:
        """No further plans come."""
        with self._lock:
            retired, self._retired = self._retired, True
            last = not retired and self._users == 0
        if last:
            self._resources.close()

    def end(self) -> None:
        """Close, whatever plans have not begun; waits for calls in flight."""
        self.stop.set()
        self._resources.close()
