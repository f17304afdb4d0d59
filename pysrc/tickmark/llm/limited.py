"""A model that keeps calls in flight within bounds and pauses as one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from tickmark.errors import ModelBusy
from tickmark.llm.model import LanguageModel, Prompt, Reply

DEFAULT_PAUSE = 1.0
LONGEST_PAUSE = 60.0


class LimitedModel:
    """At most `concurrency` calls in flight; one rate-limited call pauses all threads.

    The pause lasts as long as the provider asked, one second where it named no time. While more
    than `longest_pause` seconds of it are left, calls fail at once with ModelBusy and nothing is
    sent. A set `stop` ends pauses: calls not yet sent fail with ModelBusy. `clock` (seconds, never
    going back) and `sleep` can be replaced.
    """

    def __init__(
        self,
        model: LanguageModel,
        *,
        concurrency: int,
        longest_pause: float = LONGEST_PAUSE,
        stop: threading.Event | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self._model = model
        self._slots = threading.Semaphore(concurrency)
        self._longest_pause = longest_pause
        self._stop = stop
        self._clock = clock
        self._sleep = sleep or (stop.wait if stop is not None else time.sleep)
        self._lock = threading.Lock()
        self._paused_until = clock()

    def complete(self, prompt: Prompt) -> Reply:
        """Answer one prompt."""
        with self._slots:
            self._wait()
            try:
                return self._model.complete(prompt)
            except ModelBusy as error:
                if error.rate_limited:
                    self._pause(DEFAULT_PAUSE if error.retry_after is None else error.retry_after)
                raise

    def _pause(self, seconds: float) -> None:
        with self._lock:
            self._paused_until = max(self._paused_until, self._clock() + seconds)

    def _wait(self) -> None:
        while True:
            if self._stop is not None and self._stop.is_set():
                raise ModelBusy("The run was stopped before this question was sent.")
            with self._lock:
                left = self._paused_until - self._clock()
            if left <= 0:
                return
            if left > self._longest_pause:
                message = (
                    f"The provider's rate limit asks to wait {left:.0f} seconds; run again later."
                )
                raise ModelBusy(message, retry_after=left, rate_limited=True)
            self._sleep(left)
