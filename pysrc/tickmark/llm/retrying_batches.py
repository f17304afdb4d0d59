"""Message batches that are asked for again after passing faults."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, TypeVar

from tickmark.errors import ModelBusy, ModelError, ModelUnreachable
from tickmark.llm.batch_model import BatchModel, BatchState, ListedBatch
from tickmark.llm.model import Prompt, Reply
from tickmark.llm.retrying import ATTEMPTS, FIRST_WAIT, LONGEST_ASKED_WAIT, LONGEST_BACKOFF

if TYPE_CHECKING:
    from tenacity import RetryCallState

T = TypeVar("T")

_TURNED_AWAY: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE, 529})


class RetryingBatches:
    """Repeats what failed with ModelBusy or ModelUnreachable, up to `attempts` times.

    Waits as RetryingModel does; a set `stop` ends them. What is handed in is repeated only where it
    surely did not arrive: else it could be paid twice. Of answers that broke off, those that were
    given are not given again. `sleep` (seconds) and `jitter` (a number from 0 to 1) can be
    replaced.
    """

    def __init__(
        self,
        model: BatchModel,
        *,
        attempts: int = ATTEMPTS,
        longest_wait: float = LONGEST_ASKED_WAIT,
        stop: threading.Event | None = None,
        sleep: Callable[[float], object] | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._model = model
        self._attempts = attempts
        self._longest_wait = longest_wait
        self._stop = stop
        self._sleep = sleep or (stop.wait if stop is not None else time.sleep)
        self._jitter = jitter

    def submit(self, prompts: Mapping[str, Prompt]) -> str:
        """Hand in prompts by name; the id of the batch."""
        return self._repeated(lambda: self._model.submit(prompts), _never_arrived)

    def state(self, batch: str) -> BatchState:
        """How far a batch is."""
        return self._repeated(lambda: self._model.state(batch), _passes)

    def recent(self) -> Sequence[ListedBatch]:
        """The batches that were handed in last, whoever did it."""
        return self._repeated(self._model.recent, _passes)

    def answers(self, batch: str) -> Iterator[tuple[str, Reply | ModelError]]:
        """The answers of an ended batch by name, each once."""
        given: set[str] = set()
        answers = self._model.answers(batch)

        def following() -> tuple[str, Reply | ModelError] | None:
            nonlocal answers
            try:
                return next((one for one in answers if one[0] not in given), None)
            except ModelError:
                answers = self._model.answers(batch)
                raise

        while (found := self._repeated(following, _passes)) is not None:
            given.add(found[0])
            yield found

    def cancel(self, batch: str) -> None:
        """Ask to end a batch; what is answered already is charged."""
        self._repeated(lambda: self._model.cancel(batch), _passes)

    def _repeated(self, ask: Callable[[], T], passes: Callable[[BaseException], bool]) -> T:
        import tenacity  # noqa: PLC0415 - costs start-up time

        retrying = tenacity.Retrying(
            sleep=self._rest,
            stop=self._gives_up,
            wait=self._wait,
            retry=tenacity.retry_if_exception(passes),
            reraise=True,
        )
        return retrying(ask)

    def _rest(self, seconds: float) -> None:
        self._sleep(seconds)

    def _wait(self, state: RetryCallState) -> float:
        backoff = min(LONGEST_BACKOFF, FIRST_WAIT * 2.0 ** (state.attempt_number - 1))
        asked = _asked_wait(state)
        if asked is None:
            return backoff * (1 - self._jitter() / 2)
        return asked + min(1.0, backoff) * self._jitter()

    def _gives_up(self, state: RetryCallState) -> bool:
        stopped = self._stop is not None and self._stop.is_set()
        long = (_asked_wait(state) or 0.0) > self._longest_wait
        return stopped or long or state.attempt_number >= self._attempts


def _passes(error: BaseException) -> bool:
    return isinstance(error, (ModelBusy, ModelUnreachable))


def _never_arrived(error: BaseException) -> bool:
    if isinstance(error, ModelBusy):
        return error.rate_limited or error.status in _TURNED_AWAY
    return isinstance(error, ModelUnreachable) and not error.perhaps_charged


def _asked_wait(state: RetryCallState) -> float | None:
    error = state.outcome.exception() if state.outcome is not None else None
    return error.retry_after if isinstance(error, ModelBusy) else None
