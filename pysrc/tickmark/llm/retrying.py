"""A model that tries again after passing faults."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from tickmark.errors import ModelBusy, ModelUnreachable
from tickmark.llm.model import LanguageModel, Prompt, Reply

if TYPE_CHECKING:
    from tenacity import RetryCallState

ATTEMPTS = 6
FIRST_WAIT = 0.5
LONGEST_BACKOFF = 30.0
LONGEST_ASKED_WAIT = 60.0


class RetryingModel:
    """Repeats calls that failed with ModelBusy or ModelUnreachable.

    Waits double from half a second to 30 s, each cut by up to a half at random; a `retry_after` of
    the provider is kept, and where it is longer than `longest_wait` seconds the call fails at once.
    Up to `attempts` calls are sent, then the last error is raised. A set `stop` ends waits and
    repeats. `sleep` and `jitter` (a number from 0 to 1) can be replaced.
    """

    def __init__(
        self,
        model: LanguageModel,
        *,
        attempts: int = ATTEMPTS,
        longest_wait: float = LONGEST_ASKED_WAIT,
        stop: threading.Event | None = None,
        sleep: Callable[[float], object] | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        import tenacity  # noqa: PLC0415 - costs start-up time

        self._model = model
        self._attempts = attempts
        self._longest_wait = longest_wait
        self._stop = stop
        self._sleep = sleep or (stop.wait if stop is not None else time.sleep)
        self._jitter = jitter
        self._retrying = tenacity.Retrying(
            sleep=self._rest,
            stop=self._gives_up,
            wait=self._wait,
            retry=tenacity.retry_if_exception_type((ModelBusy, ModelUnreachable)),
            reraise=True,
        )

    def complete(self, prompt: Prompt) -> Reply:
        """Answer one prompt."""
        return self._retrying(self._model.complete, prompt)

    def _wait(self, state: RetryCallState) -> float:
        backoff = min(LONGEST_BACKOFF, FIRST_WAIT * 2.0 ** (state.attempt_number - 1))
        asked = _asked_wait(state)
        if asked is None:
            return backoff * (1 - self._jitter() / 2)
        return asked + min(1.0, backoff) * self._jitter()

    def _gives_up(self, state: RetryCallState) -> bool:
        if state.attempt_number >= self._attempts or self._stopped():
            return True
        asked = _asked_wait(state)
        return asked is not None and asked > self._longest_wait

    def _rest(self, seconds: float) -> None:
        self._sleep(seconds)

    def _stopped(self) -> bool:
        return self._stop is not None and self._stop.is_set()


def _asked_wait(state: RetryCallState) -> float | None:
    error = state.outcome.exception() if state.outcome is not None else None
    return error.retry_after if isinstance(error, ModelBusy) else None
