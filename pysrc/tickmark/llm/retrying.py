"""A model that tries again after passing faults."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from tickmark.errors import BudgetExceeded, ModelBusy, ModelError, ModelUnreachable
from tickmark.llm.call import Stage, begin, spent
from tickmark.llm.model import LanguageModel, Prompt, Reply, spent_on
from tickmark.model.usage import Usage

if TYPE_CHECKING:
    from tenacity import RetryCallState

ATTEMPTS = 6
FIRST_WAIT = 0.5
LONGEST_BACKOFF = 30.0
LONGEST_ASKED_WAIT = 60.0
PATIENCE = 900.0

LEAST_LIMITED_WAIT: Final = 0.05
"""A provider that says 0 seconds with each 429 is not asked faster than that."""


@dataclass(frozen=True, slots=True)
class _Rules:
    """What all questions of a model share."""

    attempts: int
    longest_wait: float
    patience: float
    stop: threading.Event | None
    clock: Callable[[], float]
    sleep: Callable[[float], object]
    jitter: Callable[[], float]


class RetryingModel:
    """Repeats calls that failed with ModelBusy or ModelUnreachable.

    Waits double from half a second to 30 s, each cut by up to a half at random; a `retry_after` of
    the provider is kept, and where it is longer than `longest_wait` seconds the call fails at once.
    Up to `attempts` calls fail, then the last error is raised; those that met the rate limit do not
    count, but end after `patience` seconds since the first. A set `stop` ends waits and repeats.
    What failed calls cost is part of the usage of the reply, or of the error, that ends them.
    `clock` (seconds), `sleep` and `jitter` (a number from 0 to 1) can be replaced.
    """

    def __init__(
        self,
        model: LanguageModel,
        *,
        attempts: int = ATTEMPTS,
        longest_wait: float = LONGEST_ASKED_WAIT,
        patience: float = PATIENCE,
        stop: threading.Event | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._model = model
        rest = sleep or (stop.wait if stop is not None else time.sleep)
        self._rules = _Rules(attempts, longest_wait, patience, stop, clock, rest, jitter)

    def complete(self, prompt: Prompt) -> Reply:
        """Answer one prompt."""
        try:
            return self._model.complete(prompt)
        except (ModelBusy, ModelUnreachable) as error:
            failure = error
        return _Repeats(self._model, prompt, failure, self._rules).answer()


class _Repeats:
    """The repeats of one question, which tenacity carries out; its first call has failed."""

    def __init__(
        self,
        model: LanguageModel,
        prompt: Prompt,
        failure: ModelBusy | ModelUnreachable,
        rules: _Rules,
    ) -> None:
        self._model = model
        self._prompt = prompt
        self._first: ModelBusy | ModelUnreachable | None = failure
        self._rules = rules
        self._failed = 0
        self._limited = 0
        self._limited_since = 0.0
        self._limited_waits = 0.0
        self._note = ""
        self._usage = Usage()

    def answer(self) -> Reply:
        """Ask until there is an answer; raises the last error."""
        import tenacity  # noqa: PLC0415 - costs start-up time

        retrying = tenacity.Retrying(
            sleep=self._rest,
            stop=self._gives_up,
            wait=self._wait,
            retry=tenacity.retry_if_exception_type((ModelBusy, ModelUnreachable)),
            reraise=True,
        )
        try:
            reply: Reply = retrying(self._ask)
        except (ModelError, BudgetExceeded) as error:
            if not isinstance(error, (ModelBusy, ModelUnreachable)):
                self._usage += spent_on(error)
            error.usage = self._usage
            raise
        return replace(reply, usage=self._usage + reply.usage)

    def _ask(self) -> Reply:
        try:
            if self._first is not None:
                failure, self._first = self._first, None
                raise failure
            return self._model.complete(self._prompt)
        except (ModelBusy, ModelUnreachable) as error:
            self._usage += spent_on(error)
            self._count(limited=isinstance(error, ModelBusy) and error.rate_limited)
            raise

    def _count(self, *, limited: bool) -> None:
        if not limited:
            self._failed += 1
            return
        if not self._limited:
            self._limited_since = self._rules.clock()
        self._limited += 1

    def _wait(self, state: RetryCallState) -> float:
        error = _error(state)
        limited = isinstance(error, ModelBusy) and error.rate_limited
        tries = self._limited if limited else self._failed
        backoff = min(LONGEST_BACKOFF, FIRST_WAIT * 2.0 ** min(tries - 1, 16))
        asked = _asked_wait(error)
        if asked is None:
            seconds = backoff * (1 - self._rules.jitter() / 2)
        else:
            seconds = asked + min(1.0, backoff) * self._rules.jitter()
        if limited:
            seconds = max(LEAST_LIMITED_WAIT, seconds)
            self._limited_waits += seconds
        self._note = _reason(error)
        return seconds

    def _gives_up(self, state: RetryCallState) -> bool:
        error = _error(state)
        stop = self._rules.stop
        if stop is not None and stop.is_set():
            return True
        if isinstance(error, ModelUnreachable) and error.given_up:
            return True
        asked = _asked_wait(error)
        if asked is not None and asked > self._rules.longest_wait:
            return True
        if isinstance(error, ModelBusy) and error.rate_limited:
            # A clock that stands still or goes back does not make it endless.
            waited = max(self._rules.clock() - self._limited_since, self._limited_waits)
            return waited > self._rules.patience
        return self._failed >= self._rules.attempts

    def _rest(self, seconds: float) -> None:
        start = begin(Stage.BACKOFF, seconds=seconds)
        self._rules.sleep(seconds)
        spent(Stage.BACKOFF, start, note=self._note)


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None


def _asked_wait(error: BaseException | None) -> float | None:
    return error.retry_after if isinstance(error, ModelBusy) else None


def _reason(error: BaseException | None) -> str:
    """What the wait is for, in a word or the status of HTTP."""
    if not isinstance(error, ModelBusy):
        return "unreachable"
    if error.status:
        return str(error.status)
    return "rate limit" if error.rate_limited else "overloaded"
