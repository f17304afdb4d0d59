"""A model whose calls leave through a flow."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from tickmark.llm.flow.flow import LONGEST_PAUSE, Flow
from tickmark.llm.model import LanguageModel, Prompt, Reply


class LimitedModel:
    """Lets each call wait until it may leave, and tells the flow how it ended.

    Before it waits, it has `prepare` do what a first call would else do when it may leave, such as
    to load the client: calls that were let go one by one would leave together then.
    The `flow` is one of its own with `concurrency`, `longest_pause`, `stop`, `clock` and `sleep`
    where none is given; models that share limits share one. Raises ModelBusy for a question that
    was not sent since a pause is too long or the run was stopped, and ModelUnreachable where the
    provider has failed for too long.
    """

    def __init__(
        self,
        model: LanguageModel,
        flow: Flow | None = None,
        *,
        prepare: Callable[[], object] | None = None,
        concurrency: int = 1,
        longest_pause: float = LONGEST_PAUSE,
        stop: threading.Event | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self._model = model
        self._prepare = prepare
        self._flow = flow or Flow(
            concurrency=concurrency,
            longest_pause=longest_pause,
            stop=stop,
            clock=clock,
            sleep=sleep,
        )

    def complete(self, prompt: Prompt) -> Reply:
        """Answer one prompt."""
        if self._prepare is not None:
            self._prepare()
        ticket = self._flow.enter(prompt)
        try:
            reply = self._model.complete(prompt)
        except BaseException as error:
            self._flow.leave(ticket, error=error)
            raise
        self._flow.leave(ticket, usage=reply.usage)
        return reply
